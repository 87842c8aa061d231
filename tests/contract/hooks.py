"""Checks of ours for schemathesis: what fits its schema is refused for what it means alone, and what does
not is refused, if within a batch.
"""

from __future__ import annotations

import re
from typing import Any

import schemathesis
from schemathesis.core.parameters import ParameterLocation

BATCH = "/v1/assessments/batch"
LOADED = ("house", "example_exchange")
ID = r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"


@schemathesis.check
def refused_for_its_meaning(ctx: Any, response: Any, case: Any) -> None:
    """Hold the shape that is documented to the shape that is taken: `H` codes are about shape."""
    if case.meta is None or case.meta.generation.mode.is_negative:
        return
    codes = {error["code"] for problem in problems(response, case) for error in problem["errors"]}
    of_shape = sorted(code for code in codes if code.startswith("H"))
    assert not of_shape, f"fits the schema and is refused for its shape: {', '.join(of_shape)}"


@schemathesis.check
def a_misfit_in_a_batch_is_refused(_: Any, response: Any, case: Any) -> None:
    """Hold a batch to what other requests are held to: nothing that does not fit is decided."""
    if BATCH in case.path and response.status_code == 200 and case.meta is not None:
        is_misfit = case.meta.is_negative_at(ParameterLocation.BODY)
        assert not is_misfit or problems(response, case), "an item does not fit, and all are decided"


def problems(response: Any, case: Any) -> list[Any]:
    """The problem documents of a refused body, whole or item by item."""
    if response.status_code == 422:
        return [response.json()]
    if response.status_code == 200 and BATCH in case.path:
        return [item["problem"] for item in response.json()["items"] if item["problem"] is not None]
    return []


@schemathesis.hook("map_body").apply_to(operation_id="diff_rulebooks")
def of_what_is_loaded(_: Any, body: Any) -> Any:
    """Compare rulebooks that are there: nobody comes upon their ids by chance."""
    if isinstance(body, dict):
        return {key: _loaded(key, value) for key, value in body.items()}
    return body


def _loaded(key: str, value: Any) -> Any:
    is_id = key in ("before", "after") and isinstance(value, str) and re.fullmatch(ID, value)
    return LOADED[len(value) % 8 == 0] if is_id else value
