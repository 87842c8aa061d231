"""Whether one condition holds wherever another does, told from how the two are written.

Sound and not complete: what is found is true, and much that is true takes a proof to find.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from pegmark.language import text
from pegmark.language.nodes import Compare, Const, Logic, Member, Typed

MAX_LEAVES = 12
"""Conditions of more parts are compared as a whole only, which bounds the time that it takes."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A part without `and` or `or`; where it bounds a number, the bound; where it picks, the members."""

    said: str
    of: str = ""
    op: str = ""
    bound: Fraction = Fraction(0)
    members: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Junction:
    """Parts of which all hold, or one."""

    op: Literal["and", "or"]
    parts: tuple[Condition, ...]


Condition = Leaf | Junction

_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_TRUE, _FALSE = "true", "false"


def condition(node: Typed) -> Condition:
    """Return a condition in the form that is compared."""
    found = _read(node)
    return found if _leaves(found) <= MAX_LEAVES else Leaf(text(node))


def _read(node: Typed) -> Condition:
    match node:
        case Logic(op, operands):
            return Junction(op, tuple(map(_read, operands)))
        case Compare(op, left, Const(Fraction() as bound)) if op in _TURNED:
            return Leaf(text(node), text(left), op, bound)
        case Compare(op, Const(Fraction() as bound), right) if op in _TURNED:
            return Leaf(text(node), text(right), _TURNED[op], bound)
        case Compare("==", left, Const(str() as member)):
            return Leaf(text(node), text(left), members=frozenset({member}))
        case Member(operand, members):
            return Leaf(text(node), text(operand), members=frozenset(members))
    return Leaf(text(node))


def _leaves(found: Condition) -> int:
    return 1 if isinstance(found, Leaf) else sum(map(_leaves, found.parts))


def is_never(found: Condition) -> bool:
    """Tell whether a condition is plainly false."""
    return isinstance(found, Leaf) and found.said == _FALSE


def covers(wide: Condition, narrow: Condition) -> bool:
    """Tell whether `wide` is true wherever `narrow` is, and not false wherever `narrow` is unknown.

    >>> from pegmark.language.nodes import Read
    >>> a, b = Leaf("x >= 10%", "x", ">=", Fraction(1, 10)), Leaf("x > 20%", "x", ">", Fraction(1, 5))
    >>> covers(a, b), covers(b, a), covers(Junction("or", (a, b)), Junction("and", (b, Leaf("y"))))
    (True, False, True)
    """
    if isinstance(narrow, Junction) and narrow.op == "or":
        return all(covers(wide, part) for part in narrow.parts)
    if isinstance(wide, Junction):
        whether: Callable[..., bool] = all if wide.op == "and" else any
        return whether(covers(part, narrow) for part in wide.parts)
    if isinstance(narrow, Junction):
        return any(covers(wide, part) for part in narrow.parts)
    return wide.said in (narrow.said, _TRUE) or _is_wider(wide, narrow)


def _is_wider(wide: Leaf, narrow: Leaf) -> bool:
    if not wide.of or wide.of != narrow.of:
        return False
    if wide.members or narrow.members:
        return bool(narrow.members) and narrow.members <= wide.members
    if wide.op[0] != narrow.op[0]:
        return False
    # `x > 1` is no wider than `x >= 1`; everything else follows from the bounds.
    is_open = len(wide.op) == 1 and len(narrow.op) == 2
    if wide.op[0] == "<":
        return narrow.bound < wide.bound or (narrow.bound == wide.bound and not is_open)
    return narrow.bound > wide.bound or (narrow.bound == wide.bound and not is_open)
