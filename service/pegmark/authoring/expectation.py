"""What may be expected of an output: a value, a range, one of several; of a list, what it holds.

An expectation keeps the text it was written as, which is what a failed case shows.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pegmark.facts.units import Kind, quantise

Op = Literal["<=", ">=", "<", ">"]
_OPERATORS: Mapping[Op, Callable[[float, float], bool]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
}


@dataclass(frozen=True, slots=True)
class Anything:
    """Nothing is expected: a cell of a table that does not matter in its row."""


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of these values, or with `is_not` none of them; None is an output that is not there."""

    values: tuple[float | bool | str | None, ...]
    kind: Kind | None = None
    is_not: bool = False


@dataclass(frozen=True, slots=True)
class Bounded:
    """A number within bounds, each with its comparison."""

    bounds: tuple[tuple[Op, float], ...]
    kind: Kind


@dataclass(frozen=True, slots=True)
class Members:
    """A list, in whatever order: `only` these, or some that it `has` and some that it `lacks`."""

    only: frozenset[str] | None = None
    has: frozenset[str] = frozenset()
    lacks: frozenset[str] = frozenset()


Test = Anything | OneOf | Bounded | Members


@dataclass(frozen=True, slots=True)
class Expectation:
    """What is expected, and the text it was written as."""

    test: Test
    text: str

    def holds(self, got: Any) -> bool:
        """Tell whether an output is as expected.

        >>> Expectation(Bounded((("<=", 0.1),), "ratio"), "<= 10%").holds(0.1)
        True
        >>> Expectation(Members(lacks=frozenset({"KO-OWN"})), "lacks KO-OWN").holds(["KO-OWN"])
        False
        """
        match self.test:
            case Anything():
                return True
            case OneOf(values, kind, is_not):
                return is_not is not any(_equal(value, got, kind) for value in values)
            case Bounded(bounds, kind):
                is_number = isinstance(got, (int, float)) and not isinstance(got, bool)
                return is_number and all(
                    _OPERATORS[op](quantise(got, kind), quantise(bound, kind)) for op, bound in bounds
                )
            case Members(only, has, lacks):
                found = set(got or ())
                return (only is None or found == only) and has <= found and not lacks & found


def _equal(value: float | bool | str | None, got: Any, kind: Kind | None) -> bool:
    numbers = (int, float)
    if kind is None or isinstance(value, bool) or isinstance(got, bool):
        return type(value) is type(got) and value == got
    if isinstance(value, numbers) and isinstance(got, numbers):
        return quantise(value, kind) == quantise(got, kind)
    return value is got is None or (isinstance(value, str) and value == got)
