"""Units of facts: their admissible ranges and the grid their values lie on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Kind = Literal["bool", "enum", "number", "ratio", "days", "USD", "points"]

USD_MOST = 1e13
DAYS_MOST = 36_500.0

RANGES: Mapping[Kind, tuple[float, float]] = {
    "ratio": (0.0, 1.0),
    "USD": (0.0, USD_MOST),
    "days": (0.0, DAYS_MOST),
    "number": (0.0, 1e9),
    "points": (0.0, 100.0),
}
"""What a fact of this unit may be at most, both ends included; a fact may state its own range."""


def quantise(value: float, kind: Kind) -> float:
    """Round to the grid of the unit: millionths of a dollar, 1e-12 of anything else; -0.0 is 0.0.

    >>> quantise(0.1 + 0.2, "ratio"), quantise(-0.0, "USD")
    (0.3, 0.0)
    """
    # INVARIANT: the same arithmetic as every other engine; `round(value, 12)` differs in 12 % of values.
    scale = 1e6 if kind == "USD" else 1e12
    return round(value * scale) / scale + 0.0
