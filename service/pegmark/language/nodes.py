"""Checked expressions: the few forms that every reader of a rulebook has to understand.

The parser's syntax becomes these after names are resolved and units agree; chains, `in` over one
member, `clamp` and unary minus are already unfolded. The compiler, the reference interpreter, the
vector engine, the proofs and the prose all read this module and nothing of the parser.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

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
    match node:
        case Const() | Read():
            return ()
        case Not() | Member() | Known() | Abs():
            return (node.operand,)
        case Logic() | Extreme() | Coalesce():
            return node.operands
        case Compare() | Arith():
            return (node.left, node.right)
        case Choose():
            return (node.condition, node.yes, node.no)


def reads(node: Typed) -> tuple[Read, ...]:
    """Return every `Read` in `node`, in order, repeats included."""
    if isinstance(node, Read):
        return (node,)
    return tuple(read for child in children(node) for read in reads(child))
