"""Checked expressions: the few forms that every reader of a rulebook has to understand.

The parser's syntax becomes these after names are resolved and units agree; chains, `in` over one
member, `clamp` and unary minus are already unfolded. The compiler, the reference interpreter, the
vector engine, the proofs and the prose all read this module and nothing of the parser.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from operator import attrgetter
from typing import Any, Literal

from pegmark.language.types import Type
from pegmark.problems import Span

Origin = Literal["fact", "param", "derived", "position", "outcome"]
Comparison = Literal["<", "<=", ">", ">=", "==", "!="]
Arithmetic = Literal["+", "-", "*", "/"]


@dataclass(frozen=True, slots=True)
class Const:
    """A literal: an exact number in the unit of its type, a boolean or an enum member."""

    value: Fraction | bool | str
    type: Type
    span: Span


@dataclass(frozen=True, slots=True)
class Read:
    """A name and where it comes from.

    A fact (`group.name`), a param, a derived name, `position.size`, or an outcome decided by an earlier
    section (`class`, `band`, `score.<pillar>`, `output.<name>`).
    """

    name: str
    origin: Origin
    type: Type
    span: Span


@dataclass(frozen=True, slots=True)
class Not:
    """Kleene negation."""

    operand: Typed
    type: Type
    span: Span


@dataclass(frozen=True, slots=True)
class Logic:
    """Kleene conjunction or disjunction of two or more operands."""

    op: Literal["and", "or"]
    operands: tuple[Typed, ...]
    type: Type
    span: Span


@dataclass(frozen=True, slots=True)
class Compare:
    """Compare two numbers of one unit, two enums of one type (`==`, `!=`) or two booleans."""

    op: Comparison
    left: Typed
    right: Typed
    type: Type
    span: Span


@dataclass(frozen=True, slots=True)
class Member:
    """Whether an enum is one of `members`."""

    operand: Typed
    members: tuple[str, ...]
    type: Type
    span: Span


@dataclass(frozen=True, slots=True)
class Arith:
    """Arithmetic; division by zero is unknown, overflow is unknown."""

    op: Arithmetic
    left: Typed
    right: Typed
    type: Type
    span: Span


@dataclass(frozen=True, slots=True)
class Choose:
    """`if condition then yes else no`; unknown where the condition is."""

    condition: Typed
    yes: Typed
    no: Typed
    type: Type
    span: Span


@dataclass(frozen=True, slots=True)
class Known:
    """Whether the operand is known; itself always known."""

    operand: Typed
    type: Type
    span: Span


@dataclass(frozen=True, slots=True)
class Extreme:
    """Least or greatest of two or more numbers of one unit; unknown if any operand is."""

    op: Literal["min", "max"]
    operands: tuple[Typed, ...]
    type: Type
    span: Span


@dataclass(frozen=True, slots=True)
class Abs:
    """Absolute value."""

    operand: Typed
    type: Type
    span: Span


@dataclass(frozen=True, slots=True)
class Coalesce:
    """The first known operand; allowed in `derive` and `normal` only."""

    operands: tuple[Typed, ...]
    type: Type
    span: Span


Typed = Const | Read | Not | Logic | Compare | Member | Arith | Choose | Known | Extreme | Abs | Coalesce


def children(node: Typed) -> tuple[Typed, ...]:
    """Return the direct operands of `node`, left to right."""
    # A table, since a pattern is tried case by case, and every expression is walked many times.
    return _OPERANDS[type(node)](node)


_OPERANDS: dict[type, Callable[[Any], tuple[Typed, ...]]] = {
    **dict.fromkeys((Const, Read), lambda _: ()),
    **dict.fromkeys((Not, Member, Known, Abs), lambda node: (node.operand,)),
    **dict.fromkeys((Logic, Extreme, Coalesce), attrgetter("operands")),
    **dict.fromkeys((Compare, Arith), attrgetter("left", "right")),
    Choose: attrgetter("condition", "yes", "no"),
}


def reads(node: Typed) -> tuple[Read, ...]:
    """Return every `Read` in `node`, in order, repeats included."""
    found: list[Read] = []
    stack: list[Typed] = [node]
    while stack:
        node = stack.pop()
        if isinstance(node, Read):
            found.append(node)
        else:
            stack.extend(reversed(children(node)))
    return tuple(found)
