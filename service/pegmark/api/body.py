"""From bytes to a validated model, strictly: what is not exactly the JSON described is refused.

A valid body is read twice: by pydantic, which validates it, and by a scanner that only looks for
keys given twice, which pydantic does not mind. Everything else is looked into only when it failed.
"""

from __future__ import annotations

import asyncio
import json
import math
import re
from typing import Any, NoReturn, TypeVar

from litestar import Request
from pydantic import BaseModel, ValidationError

from pegmark.api.faults import faults_of
from pegmark.api.problems import Fault, Refusal

DEEPEST = 64
SECONDS = 10
"""How long a body may take to arrive."""

_JSON_TYPE = re.compile(rb'\s*application/json\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?;?\s*', re.IGNORECASE)
_NO_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*+"|[^][}{"]+', re.DOTALL)
_SQUARE = str.maketrans("{}", "[]")


Model = TypeVar("Model", bound=BaseModel)


class JsonRequest(Request[Any, Any, Any]):
    """A request whose body, where one is read, is JSON in UTF-8 and nothing else."""

    async def body(self) -> bytes:
        """Return the body, once its headers say that it is JSON; raises `Refusal`."""
        if not isinstance(self._body, bytes):
            self._mind_headers()
            try:
                async with asyncio.timeout(SECONDS):
                    self._body = await self._whole()
            except TimeoutError:
                detail = f"the body took longer than {SECONDS} seconds"
                raise Refusal.of("H4080", detail, pointer="") from None
        return self._body

    async def read(self, model: type[Model]) -> Model:
        """Return the body as the model it states; raises `Refusal`."""
        return validated(model, await self.body())

    def _mind_headers(self) -> None:
        """Refuse a body that is not said to be JSON, is said to be encoded, or is announced too long."""
        kinds: list[bytes] = []
        for name, value in self.scope["headers"]:
            if name == b"content-type":
                kinds.append(value)
            elif name == b"content-encoding" and value.strip().lower() != b"identity":
                raise Refusal.of("H4151", "the body is said to be encoded", parameter="Content-Encoding")
            elif name == b"content-length" and len(value) < 16 and int(value) > self._most:
                # The server has seen to it that it is a number.
                raise _too_long(self._most)
        if kinds != [b"application/json"] and not (len(kinds) == 1 and _JSON_TYPE.fullmatch(kinds[0])):
            said = "the body is not said to be JSON" if any(kinds) else "no `Content-Type` is given"
            raise Refusal.of("H4150", said, parameter="Content-Type")

    @property
    def _most(self) -> float:
        most = self.app.request_max_body_size
        return most if isinstance(most, int) else math.inf

    async def _whole(self) -> bytes:
        most, body = self._most, bytearray()
        while True:
            message: Any = await self.receive()
            if message["type"] == "http.disconnect":
                raise Refusal.of("H4008", "the client went away", pointer="")
            body += message["body"]
            if len(body) > most:
                raise _too_long(most)
            if not message.get("more_body", False):
                break
        if not body:
            raise Refusal.of("H4005", "the body is empty", pointer="")
        return bytes(body)


def _too_long(most: float) -> Refusal:
    return Refusal.of("H4130", f"the body is longer than {most} bytes", pointer="")


def validated(model: type[Model], body: bytes) -> Model:
    """Return the model that `body` states; raises `Refusal`."""
    try:
        valid: Model = model.__pydantic_validator__.validate_json(body, strict=True)
    except ValidationError as error:
        # INVARIANT: what is not JSON is 400, even where it is also not what the operation takes.
        data = _parsed(body)
        if error.error_count() == 1 and (found := error.errors()[0])["type"] == "json_invalid":
            raise Refusal.of("H4009", found["ctx"]["error"], pointer="") from None
        raise Refusal("H4220", *faults_of(error, model, data)) from None
    try:
        _SCANNER.decode(body.decode())
    except _Repeated:
        _refuse_repeated(body.decode())
    return valid


class _Repeated(Exception):
    pass


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Repeated
    return found


def _no_constant(name: str) -> NoReturn:
    raise json.JSONDecodeError(f"`{name}` is no JSON", name, 0)


# Integers as floats: Python refuses to make an int of more than 4,300 digits.
_SCANNER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_no_constant, parse_int=float)


def _parsed(body: bytes) -> Any:
    """Return a body as plain data; raises `Refusal` if it is not JSON that can be read."""
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise Refusal.of("H4002", f"byte {error.start} is not UTF-8", pointer="") from None
    if text.startswith("\ufeff"):
        raise Refusal.of("H4002", "the body starts with a byte-order mark", pointer="")
    _refuse_depth(text)
    try:
        return _SCANNER.decode(text)
    except _Repeated:
        _refuse_repeated(text)
    except json.JSONDecodeError as error:
        place = "" if error.msg.startswith("`") else f" at line {error.lineno}, column {error.colno}"
        raise Refusal.of("H4001", f"{error.msg[:1].lower()}{error.msg[1:]}{place}", pointer="") from None


def _refuse_depth(text: str) -> None:
    """Refuse what is nested too deeply, before anything reads it that would need a stack."""
    brackets = _NO_BRACKET.sub("", text).translate(_SQUARE)
    for _ in range(DEEPEST):
        if "[]" not in brackets:
            break
        brackets = brackets.replace("[]", "")  # the innermost level
    if "[]" in brackets or brackets.count("[") > DEEPEST:
        raise Refusal.of("H4004", f"more than {DEEPEST} levels of nesting", pointer="")


def _refuse_repeated(text: str) -> NoReturn:
    """Name every key that stands twice, by its pointer."""
    tree = json.JSONDecoder(object_pairs_hook=_Pairs, parse_constant=_no_constant, parse_int=float).decode(
        text
    )
    faults = [
        Fault("H4003", f"the key `{_shown(pointer)}` stands twice", "keep one", pointer=pointer)
        for pointer in _repeated(tree, "")
    ]
    raise Refusal("H4003", faults)


class _Pairs(list[Any]):
    """The pairs of an object, told apart from an array."""


def _repeated(tree: Any, pointer: str) -> list[str]:
    found: list[str] = []
    waiting = [(tree, pointer)]
    while waiting:
        node, at = waiting.pop()
        if isinstance(node, _Pairs):
            seen: set[str] = set()
            for key, value in node:
                below = f"{at}/{escaped(key)}"
                if key in seen:
                    found.append(below)
                seen.add(key)
                waiting.append((value, below))
        elif isinstance(node, list):
            waiting += [(item, f"{at}/{n}") for n, item in enumerate(node)]
    return sorted(dict.fromkeys(found))


def escaped(key: str) -> str:
    """Return a key as a token of a JSON pointer."""
    return key.replace("~", "~0").replace("/", "~1")


def _shown(pointer: str) -> str:
    return pointer.rpartition("/")[2][:80]
