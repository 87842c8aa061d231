"""A refusal: everything that is wrong with a question, and the problem document (RFC 9457) it becomes.

No framework here: what is refused in a file gets the same document as what is refused in a request.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, NamedTuple

import orjson

from pegmark.api.codes import CODES
from pegmark.api.faults import MOST_ERRORS, Fault
from pegmark.errors import FactsError

__all__ = ["PROBLEM_JSON", "Limit", "Refusal", "body_of", "refusal_of"]

PROBLEM_JSON = "application/problem+json"


class Refusal(Exception):
    """A request that is refused, with everything that is wrong with it."""

    def __init__(
        self, code: str, faults: Iterable[Fault], left_out: int = 0, headers: dict[str, str] | None = None
    ) -> None:
        """Take the status from the code; keep at most `MOST_ERRORS` faults."""
        found = list(faults)
        self.code = code
        self.status_code = CODES[code].status
        self.headers = headers or {}
        self.faults = found[:MOST_ERRORS]
        self.left_out = left_out + max(0, len(found) - MOST_ERRORS)
        self.detail = self.faults[0].detail
        super().__init__(self.detail)

    @classmethod
    def of(cls, code: str, detail: str, **place: Any) -> Refusal:
        """Return a refusal with one fault, its help taken from the code."""
        headers = place.pop("headers", None)
        help = place.pop("help", None) or CODES[code].text
        return cls(code, [Fault(code, detail, help, **place)], headers=headers)


class Limit(NamedTuple):
    """How many bytes a body may have, and under which code a longer one is refused."""

    most: float = math.inf
    code: str = "H4130"

    def refusal(self) -> Refusal:
        """Return what a longer body is refused with."""
        return Refusal.of(self.code, f"the body is longer than {self.most} bytes", pointer="")


def refusal_of(error: FactsError) -> Refusal:
    """Return a question that cannot be answered as a refusal."""
    return Refusal("H4220", [Fault(p.code, p.message, p.help, p.pointer) for p in error.problems])


def body_of(refusal: Refusal) -> bytes:
    """Return a refusal as a problem document."""
    body = {
        "type": f"/v1/problems/{refusal.code}",
        "title": CODES[refusal.code].title,
        "status": refusal.status_code,
        "detail": refusal.detail,
        "errors": [fault._asdict() for fault in refusal.faults],
        "left_out": refusal.left_out,
    }
    # Text that came in through a header or a path may hold what UTF-8 cannot.
    return orjson.dumps(_encodable(body))


def _encodable(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict):
        return {key: _encodable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_encodable(item) for item in value]
    return value
