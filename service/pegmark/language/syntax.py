"""What the parser sees: the shape of an expression before names are resolved.

`start` and `end` are offsets in the text, brackets around the whole included, `end` exclusive.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from pegmark.language.tokens import Malformed
from pegmark.language.types import Unit


@dataclass(frozen=True, slots=True)
class Number:
    """A literal with its unit."""

    amount: Fraction
    unit: Unit
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Text:
    """A quoted enum member."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Truth:
    """`true` or `false`."""

    value: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Name:
    """A name, dotted or not."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Call:
    """A function and its arguments; `start` to `name_end` is its name."""

    function: str
    arguments: tuple[Syntax, ...]
    start: int
    end: int
    name_end: int


@dataclass(frozen=True, slots=True)
class Unary:
    """`not x` or `-x`."""

    op: str
    operand: Syntax
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Binary:
    """Two operands of + - * /."""

    op: str
    left: Syntax
    right: Syntax
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Logical:
    """Two or more operands of `and` or of `or`."""

    op: str
    operands: tuple[Syntax, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Chain:
    """One or more comparisons: `98% <= x < 102%`."""

    operands: tuple[Syntax, ...]
    ops: tuple[str, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class OneOf:
    """`x in ("a", "b")`."""

    operand: Syntax
    members: tuple[Syntax, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Conditional:
    """`if condition then yes else no`."""

    condition: Syntax
    yes: Syntax
    no: Syntax
    start: int
    end: int


Syntax = Number | Text | Truth | Name | Call | Unary | Binary | Logical | Chain | OneOf | Conditional


def names(node: Syntax) -> Iterator[str]:
    """Yield every name that `node` reads, left to right, repeats included."""
    match node:
        case Name(name):
            yield name
        case Call(_, nodes) | Logical(_, nodes) | Chain(nodes):
            for inner in nodes:
                yield from names(inner)
        case Unary(_, inner) | OneOf(inner):
            yield from names(inner)
        case Binary(_, left, right):
            yield from names(left)
            yield from names(right)
        case Conditional(condition, yes, no):
            for inner in (condition, yes, no):
                yield from names(inner)


def widened(node: Syntax, start: int, end: int) -> Syntax:
    """Return `node` with the brackets around it."""
    return replace(node, start=start, end=end)


def wrong(code: str, message: str, node: Syntax, hint: str | None = None) -> Malformed:
    """Return what is wrong with a node, to be raised."""
    return Malformed(code, message, node.start, node.end, hint)
