"""Kleene's three values over z3: numbers, choices and conditions that may be unknown.

Constants stay Python's as long as they can, so that what is decided without a fact never reaches the
solver. Numbers are exact reals: the grid that engines round to is finer than any rule's threshold, and
what is refuted is replayed by the engine.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from functools import cache
from typing import Any, NamedTuple

import z3

Formula = Any
"""A Python truth value, or z3's `BoolRef`."""
Real = Any
"""A `Fraction`, or z3's `ArithRef`."""


class Truth(NamedTuple):
    """A condition: when it is true, and when it is false; it is unknown where it is neither."""

    yes: Formula
    no: Formula

    @property
    def known(self) -> Formula:
        """When it is not unknown."""
        return some(self.yes, self.no)


class Number(NamedTuple):
    """A number, and when it is known."""

    value: Real
    known: Formula


class Choice(NamedTuple):
    """A member of an enum by its place, from the worst, and when it is known."""

    index: Real
    known: Formula
    members: tuple[str, ...]


Term = Truth | Number | Choice


def every(*parts: Formula) -> Formula:
    """Return the conjunction."""
    found = []
    for part in parts:
        if part is False:
            return False
        if part is not True:
            found.append(part)
    return True if not found else found[0] if len(found) == 1 else z3.And(found)


def some(*parts: Formula) -> Formula:
    """Return the disjunction."""
    found = []
    for part in parts:
        if part is True:
            return True
        if part is not False:
            found.append(part)
    return False if not found else found[0] if len(found) == 1 else z3.Or(found)


def no(part: Formula) -> Formula:
    """Return the negation."""
    return (not part) if isinstance(part, bool) else z3.Not(part)


def implies(if_: Formula, then: Formula) -> Formula:
    """Return the implication."""
    return some(no(if_), then)


def real(x: Real) -> Any:
    """Return a number as z3 has it."""
    return _constant(x) if isinstance(x, (Fraction, int)) else x


@cache
def _constant(x: Fraction | int) -> Any:
    return z3.RealVal(x)


def pick(condition: Formula, yes: Real, otherwise: Real) -> Real:
    """Return one of two numbers."""
    if isinstance(condition, bool):
        return yes if condition else otherwise
    if isinstance(yes, Fraction) and isinstance(otherwise, Fraction) and yes == otherwise:
        return yes
    return z3.If(condition, real(yes), real(otherwise))


def either(condition: Formula, yes: Formula, otherwise: Formula) -> Formula:
    """Return one of two formulas."""
    if isinstance(condition, bool):
        return yes if condition else otherwise
    return some(every(condition, yes), every(no(condition), otherwise))


def compare(op: str, left: Real, right: Real) -> Formula:
    """Return whether two numbers compare."""
    if not (isinstance(left, Fraction) and isinstance(right, Fraction)):
        left, right = real(left), real(right)
    match op:
        case "<":
            return left < right
        case "<=":
            return left <= right
        case ">":
            return left > right
        case ">=":
            return left >= right
        case "==":
            return left == right
    return left != right


def below(left: Real, right: Real) -> Formula:
    """Return whether `left` is less."""
    return compare("<", left, right)


def least(*numbers: Real) -> Real:
    """Return the least of numbers."""
    return _fold("<=", numbers)


def most(*numbers: Real) -> Real:
    """Return the greatest of numbers."""
    return _fold(">=", numbers)


def _fold(op: str, numbers: Iterable[Real]) -> Real:
    first, *rest = numbers
    for number in rest:
        first = pick(compare(op, first, number), first, number)
    return first


def arithmetic(op: str, left: Real, right: Real) -> Real:
    """Return the sum, difference, product or quotient; a quotient by zero is whatever it is."""
    if isinstance(left, Fraction) and isinstance(right, Fraction):
        match op:
            case "+":
                return left + right
            case "-":
                return left - right
            case "*":
                return left * right
        return left / right if right else Fraction(0)
    match op:
        case "+" | "-":
            return _sum(op, left, right)
        case "*":
            return _times(left, right)
    return _times(left, 1 / right) if isinstance(right, Fraction) and right else real(left) / real(right)


def _sum(op: str, left: Real, right: Real) -> Real:
    """Return the sum or difference; of a constant and one of constants, one of constants."""
    for this, other in ((left, right), (right, left)):
        if isinstance(other, Fraction) and not isinstance(this, Fraction) and _is_chosen(this):
            condition, yes, otherwise = this.children()
            parts = [_sum(op, *((end, right) if this is left else (left, end))) for end in (yes, otherwise)]
            return z3.If(condition, *parts)
        if isinstance(other, Fraction) and z3.is_rational_value(this):
            value = Fraction(this.numerator_as_long(), this.denominator_as_long())
            return real(arithmetic(op, *((value, right) if this is left else (left, value))))
    return real(left) + real(right) if op == "+" else real(left) - real(right)


def _times(left: Real, right: Real) -> Real:
    """Return the product; one of constants that a condition chooses from stays linear."""
    for this, other in ((left, right), (right, left)):
        if isinstance(this, Fraction):
            return real(this) * real(other)
        if z3.is_rational_value(this):
            return this * real(other)
        if _is_chosen(this):
            condition, yes, otherwise = this.children()
            return z3.If(condition, _times(other, yes), _times(other, otherwise))
    return left * right


def _is_chosen(x: Any) -> bool:
    """Tell whether a number is one of constants."""
    if z3.is_app_of(x, z3.Z3_OP_ITE):
        return all(z3.is_rational_value(end) or _is_chosen(end) for end in x.children()[1:])
    return False
