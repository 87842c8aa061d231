"""Faults in an expression: each changes one node, and says it in the text of the rule language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Literal

from pegmark.authoring.mutation.mutant import LONGEST, Change, Changed, cut, neighbours, put, within, without
from pegmark.authoring.mutation.numbers import nearby
from pegmark.language.nodes import (
    Abs,
    Arith,
    Arithmetic,
    Choose,
    Coalesce,
    Compare,
    Comparison,
    Const,
    Extreme,
    Known,
    Logic,
    Member,
    Not,
    Read,
    Typed,
    children,
)
from pegmark.language.prose import text
from pegmark.language.types import BOOL

EDGE: Mapping[Comparison, Comparison] = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
OPPOSITE: Mapping[Comparison, Comparison] = {
    "<": ">=",
    "<=": ">",
    ">": "<=",
    ">=": "<",
    "==": "!=",
    "!=": "==",
}
INVERSE: Mapping[Arithmetic, Arithmetic] = {"+": "-", "-": "+", "*": "/", "/": "*"}


def expressions(node: Typed, place: str) -> Changed[Typed]:
    """Yield an expression with each fault that it can have, in the order of the text."""
    for mutator, changed, words in _faults(node):
        yield Change(mutator, place, text(node), text(changed), node.span, words), changed
    for n, child in enumerate(children(node)):
        for change, changed in within(place, expressions(child, str(n))):
            whole = with_child(node, n, changed)
            is_bare = isinstance(child, Const) and change.span == child.span
            yield _in(node, whole, change) if is_bare else change, whole


def _in(node: Typed, whole: Typed, change: Change) -> Change:
    """Return a fault in a literal with what the literal stands in, where that is short."""
    match node:
        case Compare() | Arith(op="*" | "/") | Choose() if len(text(node)) <= LONGEST:
            return replace(change, before=text(node), after=text(whole))
    return change


def with_child(node: Typed, n: int, child: Typed) -> Typed:
    """Return `node` with another operand in place `n`, as `children` counts them."""
    match node:
        case Not() | Member() | Known() | Abs():
            return replace(node, operand=child)
        case Logic() | Extreme() | Coalesce():
            return replace(node, operands=put(node.operands, n, child))
        case Compare() | Arith():
            return replace(node, left=child) if n == 0 else replace(node, right=child)
        case Choose(condition, yes, no):
            condition, yes, no = put((condition, yes, no), n, child)
            return replace(node, condition=condition, yes=yes, no=no)
    raise IndexError(n)


Fault = tuple[str, Typed, str]
"""The kind of fault, what a node becomes by it, and words where both sides together would say too much."""


def _faults(node: Typed) -> Iterator[Fault]:
    """Yield the faults that a node can have of its own."""
    match node:
        case Const(value):
            yield from (("constant", replace(node, value=near), "") for near in _constants(node, value))
        case Read(type=kind) if kind.kind == "bool":
            yield "negated", Not(node, BOOL, node.span), ""
        case Not(operand):
            yield "negated", operand, ""
        case Logic(op, operands):
            other: Literal["and", "or"] = "or" if op == "and" else "and"
            words = f"`{op}` → `{other}` after `{cut(text(operands[0]))}`"
            yield "logic", replace(node, op=other), words
            yield from _dropped(node)
        case Compare(op):
            if op in EDGE:
                yield "comparison", replace(node, op=EDGE[op]), ""
            yield "negated", replace(node, op=OPPOSITE[op]), ""
        case Member():
            yield "negated", Not(node, BOOL, node.span), ""
            yield from _members(node)
        case Arith(op, _, right):
            words = f"`{op} {cut(text(right))}` → `{INVERSE[op]} {cut(text(right))}`"
            yield "arithmetic", replace(node, op=INVERSE[op]), words
        case Choose(condition, yes, no):
            for left, word in ((yes, "always"), (no, "never")):
                yield "branch", left, f"`if {cut(text(condition))}` is {word} so"
        case Known():
            yield "negated", Not(node, BOOL, node.span), ""
        case Extreme(op):
            opposite: Literal["min", "max"] = "max" if op == "min" else "min"
            words = f"`{op}` → `{opposite}` of `{cut(text(node.operands[0]))}` and more"
            yield "extreme", replace(node, op=opposite), words
            yield from _dropped(node)
        case Abs(operand):
            yield "dropped", operand, ""


def _constants(node: Const, value: Fraction | bool | str) -> Iterator[Fraction | bool | str]:
    match value:
        case bool():
            yield not value
        case str():
            yield from neighbours(node.type.members, value)
        case _:
            assert node.type.kind not in ("bool", "enum")  # noqa: S101 - by its value
            yield from dict.fromkeys(nearby(value, node.type.kind, Fraction(0) if value >= 0 else None))


def _dropped(node: Logic | Extreme) -> Iterator[Fault]:
    """Yield what is left without each operand."""
    for n, operand in enumerate(node.operands):
        left = without(node.operands, n)
        changed = left[0] if len(left) == 1 else replace(node, operands=left)
        yield "dropped", changed, f"`{cut(text(operand))}` is dropped"


def _members(node: Member) -> Iterator[Fault]:
    """Yield a test of membership with each member less, and with each more."""
    members = node.members
    for n, member in enumerate(members):
        if len(members) > 1:
            changed = replace(node, members=without(members, n))
            yield "member", changed, f"`{member}` is missing from `{cut(text(node))}`"
    for member in node.operand.type.members:
        if member not in members:
            changed = replace(node, members=(*members, member))
            yield "member", changed, f"`{member}` is added to `{cut(text(node))}`"
