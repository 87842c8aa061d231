"""The grid that numbers lie on, in floats: what every engine does inline is said here once.

Unknown is NaN, as in the engines; so is what overflows.
"""

from __future__ import annotations

from math import ceil, floor, isfinite, nan

from pegmark.language.types import Kind

OVERFLOW = 1e15
"""Numbers this large are unknown: beyond it a double no longer holds every whole number of cents."""


def quantise(value: float, kind: Kind) -> float:
    """Round to the grid of the unit: millionths of a dollar, 1e-12 of anything else.

    >>> quantise(0.1 + 0.2, "ratio"), quantise(-0.0, "USD"), quantise(1e300, "USD")
    (0.3, 0.0, nan)
    """
    scale = 1e6 if kind == "USD" else 1e12
    # `round` of a float is an integer, and an integer has no -0.0.
    return round(value * scale) / scale if -OVERFLOW < value < OVERFLOW else nan


def up(value: float, step: float, kind: Kind) -> float:
    """Round up to a multiple of `step`; what lies on one stays, whatever its last bits.

    >>> up(0.1 + 0.2, 0.05, "ratio"), up(0.3001, 0.05, "ratio")
    (0.3, 0.35)
    """
    steps = quantise(value / step, "number")
    return quantise(ceil(steps) * step, kind) if isfinite(steps) else nan


def down(value: float, step: float, kind: Kind) -> float:
    """Round down to a multiple of `step`; what lies on one stays, whatever its last bits.

    >>> down(0.3499, 0.05, "ratio"), down(0.7 + 0.1, 0.1, "ratio")
    (0.3, 0.8)
    """
    steps = quantise(value / step, "number")
    return quantise(floor(steps) * step, kind) if isfinite(steps) else nan
