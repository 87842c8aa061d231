"""What a model of the solver says of facts, as a request would state it."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from pegmark.facts.components import COMPONENTS
from pegmark.proof.likeness import Estimate

GRIDS = (Fraction(1, 100), Fraction(1, 10_000), Fraction(1, 10**6), Fraction(1, 10**12))
"""Numbers are first tried as rough as anybody would state them."""


def stated(values: Mapping[str, Any], grid: Fraction) -> dict[str, Any]:
    """Return the values of a model as a request states them, on a grid."""
    return {name: _stated(name, value, grid) for name, value in values.items()}


def _stated(name: str, value: Any, grid: Fraction) -> Any:
    if isinstance(value, Estimate):
        return {"value": _stated(name, value.value, grid), "estimated": True}
    if name == COMPONENTS:
        if value is None:
            return None
        return [{"kind": kind, "share": _stated("", share, grid)} for kind, share in value.items()]
    if not isinstance(value, Fraction):
        return value
    # Dollars and days are stated in whole numbers where they are large.
    step = max(grid, Fraction(1)) if abs(value) >= 1000 and grid >= Fraction(1, 10_000) else grid
    rounded = round(value / step) * step
    return int(rounded) if rounded.denominator == 1 else float(rounded)
