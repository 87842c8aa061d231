"""A check of ours for schemathesis: a request that fits its schema is refused for what it means alone."""

from __future__ import annotations

from typing import Any

import schemathesis


@schemathesis.check
def refused_for_its_meaning(ctx: Any, response: Any, case: Any) -> None:
    """Hold the shape that is documented to the shape that is taken: `H` codes are about shape."""
    if response.status_code == 422 and case.meta is not None and not case.meta.generation.mode.is_negative:
        codes = {error["code"] for error in response.json()["errors"]}
        of_shape = sorted(code for code in codes if code.startswith("H"))
        assert not of_shape, f"fits the schema and is refused for its shape: {', '.join(of_shape)}"
