"""Values of a block of rows, and Kleene's three-valued operations on them.

A number is a float64 array in which NaN is unknown; a verdict is two masks, where it holds and where it
does not, unknown being neither; a choice is an array of codes in which -1 is unknown. Whatever is the
same in all rows is a plain Python value and stays one: a column that is absent costs nothing, and
neither does what follows from it. Each says whether it is surely known, so that masks of what cannot be
unknown are not worked out; a number also how small and how large it can be, so that what cannot overflow
is not looked after.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from math import inf, isfinite, isnan, nan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pegmark.engine import emit

Floats = float | NDArray[np.float64]
Mask = bool | NDArray[np.bool_]
Codes = int | NDArray[np.int16]

FAR = 1e15
"""From here on a number is unknown once it is rounded."""


@dataclass(slots=True)
class Number:
    """Numbers, and between which bounds those that are known lie."""

    x: Floats
    is_sure: bool
    low: float = -inf
    high: float = inf


@dataclass(slots=True)
class Verdict:
    """Where a condition holds and where it does not; `no` None is everywhere else."""

    yes: Mask
    no: Mask | None = None

    @property
    def is_sure(self) -> bool:
        """Whether it is nowhere unknown."""
        return self.no is None

    @property
    def fails(self) -> Mask:
        """Where it does not hold."""
        return negated(self.yes) if self.no is None else self.no

    @property
    def unknown(self) -> Mask:
        """Where it is unknown."""
        return False if self.no is None else negated(either(self.yes, self.no))


@dataclass(slots=True)
class Choice:
    """Members of an enum, by their codes."""

    code: Codes
    is_sure: bool


Value = Number | Verdict | Choice

UNKNOWN = Number(nan, False, 0.0, 0.0)
UNDECIDED = Verdict(False, False)
UNCHOSEN = Choice(-1, False)


def constant(x: float) -> Number:
    """Return the number that is the same in all rows."""
    return UNKNOWN if isnan(x) else Number(x, True, x, x)


def number(x: NDArray[np.float64], low: float, high: float) -> Number:
    """Return a column of numbers between bounds."""
    return Number(x, not bool(np.isnan(x).any()), low, high)


def verdict(code: NDArray[np.int8]) -> Verdict:
    """Return a column of 1, 0 and -1: it holds, does not, is unknown."""
    return Verdict(code == 1, code == 0 if bool((code < 0).any()) else None)


def choice(code: NDArray[np.int16]) -> Choice:
    """Return a column of codes."""
    return Choice(code, not bool((code < 0).any()))


# Masks


def negated(mask: Mask) -> Mask:
    """Return where a mask is not."""
    return not mask if isinstance(mask, bool) else ~mask


def both(one: Mask, other: Mask) -> Mask:
    """Return where both masks are."""
    if isinstance(one, bool):
        return other if one else False
    if isinstance(other, bool):
        return one if other else False
    return one & other


def either(one: Mask, other: Mask) -> Mask:
    """Return where one of two masks is."""
    if isinstance(one, bool):
        return True if one else other
    if isinstance(other, bool):
        return True if other else one
    return one | other


def is_any(mask: Mask) -> bool:
    """Return whether a mask is anywhere."""
    return mask if isinstance(mask, bool) else bool(mask.any())


def chosen(mask: Mask, one: Any, other: Any) -> Any:
    """Return `one` where a mask is, `other` elsewhere."""
    if isinstance(mask, bool):
        return one if mask else other
    return np.where(mask, one, other)


# Verdicts


def negation(a: Verdict) -> Verdict:
    """Return `not a`."""
    return Verdict(a.fails, None if a.no is None else a.yes)


def conjunction(operands: Sequence[Verdict]) -> Verdict:
    """Return `and` of two or more."""
    return _joined(operands, both, either)


def disjunction(operands: Sequence[Verdict]) -> Verdict:
    """Return `or` of two or more."""
    return _joined(operands, either, both)


def _joined(
    operands: Sequence[Verdict], holding: Callable[[Mask, Mask], Mask], failing: Callable[[Mask, Mask], Mask]
) -> Verdict:
    yes = reduce(holding, [operand.yes for operand in operands])
    if all(operand.is_sure for operand in operands):
        return Verdict(yes)
    return Verdict(yes, reduce(failing, [operand.fails for operand in operands]))


_TESTS = {
    "<": (np.less, np.greater_equal),
    "<=": (np.less_equal, np.greater),
    ">": (np.greater, np.less_equal),
    ">=": (np.greater_equal, np.less),
}


def compared(op: str, a: Number, b: Number) -> Verdict:
    """Return the comparison of two numbers that lie on their grids."""
    if _is_nothing(a) or _is_nothing(b):
        return UNDECIDED
    if op in ("==", "!="):
        same = plain(np.equal(a.x, b.x))
        if a.is_sure and b.is_sure:
            equal = Verdict(same)
        else:
            equal = Verdict(same, either(plain(np.less(a.x, b.x)), plain(np.greater(a.x, b.x))))
        return equal if op == "==" else negation(equal)
    holds, fails = _TESTS[op]
    # With NaN neither holds.
    yes = plain(holds(a.x, b.x))
    return Verdict(yes, None if a.is_sure and b.is_sure else plain(fails(a.x, b.x)))


def alike(a: Verdict | Choice, b: Verdict | Choice) -> Verdict:
    """Return whether two conditions, or two choices, are the same."""
    if isinstance(a, Verdict) and isinstance(b, Verdict):
        yes = either(both(a.yes, b.yes), both(a.fails, b.fails))
        if a.is_sure and b.is_sure:
            return Verdict(yes)
        return Verdict(yes, either(both(a.yes, b.fails), both(a.fails, b.yes)))
    assert isinstance(a, Choice)  # noqa: S101 - the checker compares like with like
    assert isinstance(b, Choice)  # noqa: S101
    same = plain(np.equal(a.code, b.code))
    if a.is_sure and b.is_sure:
        return Verdict(same)
    known = both(_is_chosen(a), _is_chosen(b))
    return Verdict(both(same, known), both(negated(same), known))


def among(a: Choice, codes: Sequence[int]) -> Verdict:
    """Return whether a choice is one of some."""
    yes: Mask = False
    for code in codes:
        yes = either(yes, plain(np.equal(a.code, code)))
    return Verdict(yes, None if a.is_sure else both(negated(yes), _is_chosen(a)))


def known(a: Value) -> Verdict:
    """Return where a value is known."""
    if a.is_sure:
        return Verdict(True)
    match a:
        case Number(x):
            return Verdict(plain(np.equal(x, x)))
        case Verdict(yes):
            return Verdict(either(yes, a.fails))
        case Choice():
            return Verdict(_is_chosen(a))


def unknown(a: Value) -> Mask:
    """Return where a value is unknown."""
    return a.unknown if isinstance(a, Verdict) else negated(known(a).yes)


def _is_chosen(a: Choice) -> Mask:
    return True if a.is_sure else plain(np.greater_equal(a.code, 0))


def plain(mask: Any) -> Mask:
    """Return a mask that is the same in all rows as a Python value."""
    return bool(mask) if isinstance(mask, (bool, np.bool_)) else mask


# Numbers


def _is_nothing(a: Number) -> bool:
    """Return whether a number is unknown in all rows."""
    return isinstance(a.x, float) and isnan(a.x)


def arithmetic(op: str, a: Number, b: Number) -> Number:
    """Return `a op b`, not rounded; x/0 is unknown."""
    if _is_nothing(a) or _is_nothing(b):
        return UNKNOWN
    low, high = _bounds(op, a, b)
    is_sure = a.is_sure and b.is_sure and isfinite(low) and isfinite(high)
    match op:
        case "+":
            x = a.x + b.x
        case "-":
            x = a.x - b.x
        case "*":
            x = a.x * b.x
        case _:
            x = _divided(a.x, b.x, is_safe=is_sure)
    return Number(x, is_sure, low, high)


def _divided(a: Floats, b: Floats, is_safe: bool) -> Floats:
    if not isinstance(a, np.ndarray) and not isinstance(b, np.ndarray):
        return emit.divide(a, b)
    if is_safe:
        return a / b
    return a / np.where(np.equal(b, 0.0), nan, b)


def _bounds(op: str, a: Number, b: Number) -> tuple[float, float]:
    """Return between which bounds the result lies where it is known."""
    if op == "+":
        ends = [a.low + b.low, a.high + b.high]
    elif op == "-":
        ends = [a.low - b.high, a.high - b.low]
    elif op == "*":
        ends = [x * y for x in (a.low, a.high) for y in (b.low, b.high)]
    elif b.low > 0 or b.high < 0:
        ends = [x / y for x in (a.low, a.high) for y in (b.low, b.high)]
    else:
        return -inf, inf
    return (-inf, inf) if any(map(isnan, ends)) else (min(ends), max(ends))


def quantised(a: Number, is_usd: bool) -> Number:
    """Return numbers on their grid: what is too large is unknown."""
    rounded = emit.quantise_usd if is_usd else emit.quantise
    if not isinstance(a.x, np.ndarray):
        return constant(rounded(float(a.x)))
    scale = 1e6 if is_usd else 1e12
    x = a.x * scale
    np.rint(x, out=x)
    x /= scale
    if a.low > -FAR and a.high < FAR:
        return Number(x, a.is_sure, rounded(a.low), rounded(a.high))
    x[~(np.abs(a.x) < FAR)] = nan
    return Number(x, False, max(a.low, -FAR), min(a.high, FAR))


def magnitude(a: Number) -> Number:
    """Return the absolute value."""
    low = 0.0 if a.low < 0 < a.high else min(abs(a.low), abs(a.high))
    return Number(
        np.abs(a.x) if isinstance(a.x, np.ndarray) else abs(a.x), a.is_sure, low, max(abs(a.low), abs(a.high))
    )


def extreme(op: str, operands: Sequence[Number]) -> Number:
    """Return the least or greatest of two or more; unknown if any is."""
    if any(map(_is_nothing, operands)):
        return UNKNOWN
    pick, of = (np.minimum, min) if op == "min" else (np.maximum, max)
    found: Any = operands[0].x
    for operand in operands[1:]:
        found = pick(found, operand.x)
    x: Floats = found if isinstance(found, np.ndarray) else float(found)
    low, high = of(o.low for o in operands), of(o.high for o in operands)
    return Number(x, all(o.is_sure for o in operands), low, high)


def selected(condition: Verdict, yes: Value, no: Value) -> Value:
    """Return `if condition then yes else no`; unknown where the condition is."""
    match yes, no:
        case Number(), Number():
            other = no.x if condition.is_sure else chosen(condition.fails, no.x, nan)
            x = chosen(condition.yes, yes.x, other)
            is_sure = condition.is_sure and yes.is_sure and no.is_sure
            return Number(x, is_sure, min(yes.low, no.low), max(yes.high, no.high))
        case Choice(), Choice():
            code = no.code if condition.is_sure else chosen(condition.fails, no.code, -1)
            is_sure = condition.is_sure and yes.is_sure and no.is_sure
            return Choice(chosen(condition.yes, yes.code, code), is_sure)
        case Verdict(), Verdict():
            holds = either(both(condition.yes, yes.yes), both(condition.fails, no.yes))
            if condition.is_sure and yes.is_sure and no.is_sure:
                return Verdict(holds)
            return Verdict(holds, either(both(condition.yes, yes.fails), both(condition.fails, no.fails)))
    raise TypeError  # the checker lets nobody choose between unlike things


def first_known(operands: Sequence[Value]) -> Value:
    """Return the first operand that is known."""
    found = operands[-1]
    for earlier in reversed(operands[:-1]):
        found = filled(earlier, found)
    return found


def filled(a: Value, b: Value) -> Value:
    """Return `a`, and `b` where it is unknown."""
    if a.is_sure:
        return a
    match a, b:
        case Number(), Number():
            is_known = known(a).yes
            x = chosen(is_known, a.x, b.x)
            return Number(x, b.is_sure, min(a.low, b.low), max(a.high, b.high))
        case Choice(), Choice():
            return Choice(chosen(_is_chosen(a), a.code, b.code), b.is_sure)
        case Verdict(), Verdict():
            unsure = a.unknown
            yes = either(a.yes, both(unsure, b.yes))
            return Verdict(yes) if b.is_sure else Verdict(yes, either(a.fails, both(unsure, b.fails)))
    raise TypeError
