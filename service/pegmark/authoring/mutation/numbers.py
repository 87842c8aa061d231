"""Numbers near a number: a step that is just worth writing, and one that nobody overlooks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from pegmark.authoring.mutation.mutant import Change, Changed
from pegmark.facts.units import Kind
from pegmark.language.prose import constant

STEPS: Mapping[Kind, tuple[Fraction, Fraction]] = {
    "ratio": (Fraction(1, 10_000), Fraction(1, 100)),
    "days": (Fraction(1, 10), Fraction(1)),
    "number": (Fraction(1, 100), Fraction(1)),
    "points": (Fraction(1), Fraction(10)),
}
"""The two steps of each unit; dollars move by a thousandth and a tenth of themselves."""


def nearby(value: Fraction, kind: Kind, least: Fraction | None = Fraction(0)) -> Iterator[Fraction]:
    """Yield the numbers a step away, none below `least`, the finer step first.

    >>> [str(x) for x in nearby(Fraction(1, 200), "ratio")]
    ['49/10000', '51/10000', '3/200']
    """
    steps = (abs(value) / 1000, abs(value) / 10) if kind == "USD" else STEPS[kind]
    for step in steps:
        # From no dollars on one is the first step.
        for near in (value - (step or 1), value + (step or 1)):
            if least is None or near >= least:
                yield near


def numbers(
    value: Fraction,
    kind: Kind,
    place: str,
    least: Fraction | None = Fraction(0),
    most: Fraction | None = None,
) -> Changed[Fraction]:
    """Yield a number as it is nearby, between `least` and `most`."""
    for near in dict.fromkeys(nearby(value, kind, least)):
        if most is None or near <= most:
            yield Change("number", place, constant(value, kind), constant(near, kind)), near


def whole(value: int, place: str, least: int = 0, most: int | None = None, step: int = 1) -> Changed[int]:
    """Yield a whole number a step away, between `least` and `most`."""
    for near in (value - step, value + step):
        if least <= near and (most is None or near <= most):
            yield Change("number", place, str(value), str(near)), near
