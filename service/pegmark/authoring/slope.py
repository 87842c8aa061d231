"""Which way an expression moves where something in it grows, as far as its form shows that.

Truth is ordered false, unknown, true. What grows with a number rises; what falls with it sinks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

from pegmark.facts.vocabulary import FACTS
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
from pegmark.rulebook.program import Program

Slope = int | None
"""1 rises, -1 sinks, 0 does not move; None is not plain."""


MOST_STEPS = 1_000_000
"""How much is looked at; of a rulebook that takes more, the rest is not plain."""


class Slopes:
    """Slopes of the expressions of one rulebook, through derived names and fillings."""

    def __init__(self, program: Program) -> None:
        """Take the names of a program as what they mean."""
        self._left = MOST_STEPS
        self._means: Mapping[str, Typed] = {derived.name: derived.expr for derived in program.derived}
        self._fillings: Mapping[str, Typed] = {filling.fact: filling.expr for filling in program.fillings}
        self._positive = {
            param.name
            for param in program.params
            if all(isinstance(dated.value, Fraction) and dated.value >= 0 for dated in param.values)
        }

    def by_name(self, node: Typed, name: str) -> Slope:
        """Return how `node` moves where what is read as `name` grows."""
        return self._by(node, lambda one: isinstance(one, Read) and one.name == name)

    def by_part(self, node: Typed, part: Typed) -> Slope:
        """Return how `node` moves where this very part of it grows."""
        return self._by(node, lambda one: one is part)

    def _by(self, node: Typed, is_it: Callable[[Typed], bool]) -> Slope:
        seen: dict[str, Slope] = {}
        # What is filled in may be read by other fillings: where one moves, none is plain.
        moves = any(self._of(filling, is_it, seen) != 0 for filling in self._fillings.values())
        return self._of(node, is_it, dict.fromkeys(self._fillings) if moves else seen)

    def _of(self, node: Typed, is_it: Callable[[Typed], bool], seen: dict[str, Slope]) -> Slope:
        def of(one: Typed) -> Slope:
            return self._of(one, is_it, seen)

        self._left -= 1
        if self._left < 0:
            return None
        if is_it(node):
            return 1
        match node:
            case Const() | Known():
                return 0
            case Read(name):
                if name in self._means and name not in seen:
                    seen[name] = of(self._means[name])
                return seen.get(name, 0)
            case Not(operand):
                return _reversed(of(operand))
            case Logic(_, operands) | Extreme(_, operands) | Coalesce(operands):
                return _joined(*map(of, operands))
            case Compare(op, left, right):
                if op in ("==", "!="):
                    return _if_still(of(left), of(right))
                sides = of(left), _reversed(of(right))
                return _joined(*sides) if op in (">", ">=") else _reversed(_joined(*sides))
            case Member(operand) | Abs(operand):
                return _if_still(of(operand))
            case Choose(condition, yes, no):
                return _joined(of(yes), of(no)) if of(condition) == 0 else None
            case Arith(op, left, right):
                return self._arithmetic(op, left, right, of)

    def _arithmetic(self, op: str, left: Typed, right: Typed, of: Callable[[Typed], Slope]) -> Slope:
        first, second = of(left), of(right)
        if op in ("+", "-"):
            return _joined(first, second if op == "+" else _reversed(second))
        # A factor that does not move may be of any sign, where the other does not either.
        if (first != 0 and not self._is_positive(right)) or (second != 0 and not self._is_positive(left)):
            return _if_still(first, second)
        if op == "/" and second != 0 and not self._is_positive(right):
            return None
        return _joined(first, second if op == "*" else _reversed(second))

    def _is_positive(self, node: Typed) -> bool:
        """Return whether a number is plainly never below zero."""
        match node:
            case Const(value):
                return isinstance(value, Fraction) and value >= 0
            case Read(name, origin):
                if name in FACTS:
                    low = FACTS[name].low
                    return low is not None and low >= 0
                if name in self._means:
                    return self._is_positive(self._means[name])
                is_share = name.startswith("backing.share.")
                return is_share or name in self._positive or origin == "position"
            case Arith(op, left, right):
                return op != "-" and self._is_positive(left) and self._is_positive(right)
            case Extreme("max", operands):
                return any(map(self._is_positive, operands))
            case Extreme(_, operands) | Coalesce(operands):
                return all(map(self._is_positive, operands))
            case Choose(_, yes, no):
                return self._is_positive(yes) and self._is_positive(no)
            case Abs():
                return True
        return False


def _reversed(slope: Slope) -> Slope:
    return None if slope is None else -slope


def _if_still(*slopes: Slope) -> Slope:
    return 0 if all(slope == 0 for slope in slopes) else None


def _joined(*slopes: Slope) -> Slope:
    """Return the slope of what moves with each of several.

    >>> _joined(0, 1), _joined(1, -1), _joined(0, None)
    (1, None, None)
    """
    found = {slope for slope in slopes if slope != 0}
    if len(found) > 1:
        return None
    return found.pop() if found else 0
