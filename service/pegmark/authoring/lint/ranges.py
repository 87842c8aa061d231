"""What a value can be, told from the ranges of facts alone: an interval, or a set of choices.

Sound and not exact: every value that can come about is in the range, and others may be, as each read
of a fact is taken by itself. What is unknown is left out; a range is of what is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from pegmark.facts.vocabulary import READABLE
from pegmark.language.nodes import (
    Abs,
    Arith,
    Choose,
    Coalesce,
    Compare,
    Const,
    Extreme,
    Known,
    Logic,
    Member,
    Not,
    Read,
    Typed,
)
from pegmark.language.types import Type
from pegmark.rulebook.program import Program

Bound = Fraction | float
"""Exact, or infinite."""
INFINITE = float("inf")


@dataclass(frozen=True, slots=True)
class Interval:
    """Numbers from `low` to `high`, both ends included."""

    low: Bound
    high: Bound


@dataclass(frozen=True, slots=True)
class Choices:
    """Members of an enum, or truth values."""

    members: frozenset[str | bool]


Range = Interval | Choices
ANYTHING = Interval(-INFINITE, INFINITE)
EITHER = Choices(frozenset({True, False}))
_LEAST_ZERO = Interval(Fraction(0), INFINITE)
_OUTCOMES: Mapping[str, Interval] = {
    "output.maintenance": Interval(Fraction(0), Fraction(1)),
    "output.initial": Interval(Fraction(0), Fraction(1)),
    "output.cap": _LEAST_ZERO,
    "position.size": _LEAST_ZERO,
}


def ranges_of(program: Program) -> dict[str, Range]:
    """Return the range of every name that the rules of a program may read."""
    found: dict[str, Range] = dict(_OUTCOMES)
    for name, spec in READABLE.items():
        kind = Type(spec.kind, spec.members)
        found[name] = (
            Interval(_bound(spec.low, -1), _bound(spec.high, 1)) if kind.is_numeric else _every(kind)
        )
    for fact in program.custom:
        low = -INFINITE if fact.low is None else fact.low
        high = INFINITE if fact.high is None else fact.high
        found[fact.name] = Interval(low, high) if fact.type.is_numeric else _every(fact.type)
    for param in program.params:
        values = [dated.value for dated in param.values]
        numbers = [value for value in values if isinstance(value, Fraction)]
        is_number = param.type.is_numeric and bool(numbers)
        found[param.name] = (
            Interval(min(numbers), max(numbers)) if is_number else Choices(frozenset(map(bool, values)))
        )
    for filling in program.fillings:
        # A filling may be beyond what may be stated.
        found[filling.fact] = _joined(found[filling.fact], range_of(filling.expr, found))
    for derived in program.derived:
        found[derived.name] = range_of(derived.expr, found)
    return found


def _bound(value: float | None, sign: int) -> Bound:
    return sign * INFINITE if value is None else Fraction(str(value))


def _every(kind: Type) -> Choices:
    return EITHER if kind.kind == "bool" else Choices(frozenset(kind.members))


def range_of(node: Typed, names: Mapping[str, Range]) -> Range:
    """Return what `node` can be where it is known."""
    if node.type.is_numeric:
        return _number(node, names)
    if node.type.kind == "bool":
        return Choices(frozenset(_truths(node, names)))
    match node:
        case Const(value):
            return Choices(frozenset({str(value)}))
        case Read(name):
            return names.get(name, _every(node.type))
        case Choose() | Coalesce():
            return _any_of(node, names)
    return _every(node.type)


def interval_of(node: Typed, names: Mapping[str, Range]) -> Interval:
    """Return the range of a number."""
    found = range_of(node, names)
    return found if isinstance(found, Interval) else ANYTHING


def _number(node: Typed, names: Mapping[str, Range]) -> Range:
    match node:
        case Const(Fraction() as value):
            return Interval(value, value)
        case Read(name):
            return names.get(
                name, Interval(Fraction(0), Fraction(100)) if node.type.kind == "points" else ANYTHING
            )
        case Choose() | Coalesce():
            return _any_of(node, names)
        case Extreme(op, operands):
            parts = [interval_of(operand, names) for operand in operands]
            lows, highs = [part.low for part in parts], [part.high for part in parts]
            return Interval(min(lows), min(highs)) if op == "min" else Interval(max(lows), max(highs))
        case Abs(operand):
            part = interval_of(operand, names)
            ends: list[Bound] = [part.low, -part.high, Fraction(0)]
            far: list[Bound] = [part.high, -part.low]
            return Interval(max(ends), max(far))
        case Arith(op, left, right):
            return _arithmetic(op, interval_of(left, names), interval_of(right, names))
    return ANYTHING


def _arithmetic(op: str, left: Interval, right: Interval) -> Interval:
    match op:
        case "+":
            return Interval(left.low + right.low, left.high + right.high)
        case "-":
            return Interval(left.low - right.high, left.high - right.low)
        case "*":
            return _corners(left, right)
    if right.low > 0 and right.high < INFINITE:
        return _corners(left, Interval(1 / Fraction(right.high), 1 / Fraction(right.low)))
    return _LEAST_ZERO if left.low >= 0 and right.low >= 0 else ANYTHING


def _corners(left: Interval, right: Interval) -> Interval:
    # Nothing times however much is nothing.
    found = [
        a * b if a and b else Fraction(0) for a, b in product((left.low, left.high), (right.low, right.high))
    ]
    return Interval(min(found), max(found))


def _any_of(node: Choose | Coalesce, names: Mapping[str, Range]) -> Range:
    """Return the range of a choice: of those operands that can be chosen."""
    if isinstance(node, Coalesce):
        parts = []
        for operand in node.operands:
            parts.append(range_of(operand, names))
            if not operand.type.optional:
                break
    else:
        asked = _truths(node.condition, names)
        parts = [
            range_of(part, names) for part, truth in ((node.yes, True), (node.no, False)) if truth in asked
        ]
    found = parts[0]
    for part in parts[1:]:
        found = _joined(found, part)
    return found


def _joined(one: Range, other: Range) -> Range:
    if isinstance(one, Interval) and isinstance(other, Interval):
        return Interval(min(one.low, other.low), max(one.high, other.high))
    if isinstance(one, Choices) and isinstance(other, Choices):
        return Choices(one.members | other.members)
    return ANYTHING


def _truths(node: Typed, names: Mapping[str, Range]) -> set[str | bool]:
    """Return whether a condition can be true, and whether it can be false."""
    match node:
        case Const(value):
            return {bool(value)}
        case Read(name):
            found = names.get(name, EITHER)
            return set(found.members) if isinstance(found, Choices) else {True, False}
        case Not(operand):
            return {not truth for truth in _truths(operand, names)}
        case Logic(op, operands):
            decisive = op == "or"
            parts = [_truths(operand, names) for operand in operands]
            indecisive = not decisive
            either: set[str | bool] = {decisive} if any(decisive in part for part in parts) else set()
            return either | ({indecisive} if all(indecisive in part for part in parts) else set())
        case Compare():
            return _compared(node, names)
        case Member(operand, members):
            found = range_of(operand, names)
            if isinstance(found, Choices):
                return {member in members for member in found.members}
        case Known(operand):
            return {True, False} if operand.type.optional else {True}
        case Choose() | Coalesce():
            found = _any_of(node, names)
            return set(found.members) if isinstance(found, Choices) else {True, False}
    return {True, False}


def _compared(node: Compare, names: Mapping[str, Range]) -> set[str | bool]:
    left, right = range_of(node.left, names), range_of(node.right, names)
    if isinstance(left, Choices) and isinstance(right, Choices):
        return {(a == b) is (node.op == "==") for a, b in product(left.members, right.members)}
    if not isinstance(left, Interval) or not isinstance(right, Interval):
        return {True, False}
    is_one = left.low == left.high == right.low == right.high
    is_apart = left.high < right.low or right.high < left.low
    match node.op:
        case "<":
            can, cannot = left.low < right.high, left.high >= right.low
        case "<=":
            can, cannot = left.low <= right.high, left.high > right.low
        case ">":
            can, cannot = left.high > right.low, left.low <= right.high
        case ">=":
            can, cannot = left.high >= right.low, left.low < right.high
        case "==":
            can, cannot = not is_apart, not is_one
        case _:
            can, cannot = not is_one, not is_apart
    return {truth for truth, is_so in ((True, can), (False, cannot)) if is_so}
