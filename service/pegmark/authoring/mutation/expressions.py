"""Faults in an expression: each changes one node, and says it in the text of the rule language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction

from pegmark.authoring.mutation.mutant import Change, Changed, neighbours, put, within, without
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
LONGEST = 60
"""How much of an expression may stand around the literal that is changed, in characters."""
INVERSE: Mapping[Arithmetic, Arithmetic] = {"+": "-", "-": "+", "*": "/", "/": "*"}


def expressions(node: Typed, place: str) -> Changed[Typed]:
    """Yield an expression with each fault that it can have, in the order of the text."""
    for mutator, changed in _faults(node):
        yield Change(mutator, place, *_told(node, changed), node.span), changed
    for n, child in enumerate(children(node)):
        for change, changed in within(place, expressions(child, str(n))):
            whole = with_child(node, n, changed)
            is_bare = isinstance(child, Const) and change.span == child.span
            yield _in(node, whole, change) if is_bare else change, whole


def _told(node: Typed, changed: Typed) -> tuple[str, str]:
    """Return both sides of a fault; of a sum only the term whose sign turns."""
    match node, changed:
        case Arith(op, _, right), Arith(other):
            return f"{op} {text(right)}", f"{other} {text(right)}"
    return text(node), text(changed)


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
        case Choose():
            match n:
                case 0:
                    return replace(node, condition=child)
                case 1:
                    return replace(node, yes=child)
            return replace(node, no=child)
    raise IndexError(n)


def _faults(node: Typed) -> Iterator[tuple[str, Typed]]:
    """Yield what a node may become by a fault of its own, with the kind of fault."""
    match node:
        case Const(value):
            yield from (("constant", replace(node, value=near)) for near in _constants(node, value))
        case Read(type=kind) if kind.kind == "bool":
            yield "negated", Not(node, BOOL, node.span)
        case Not(operand):
            yield "negated", operand
        case Logic(op):
            yield "logic", replace(node, op="or" if op == "and" else "and")
            yield from (("dropped", left) for left in _dropped(node))
        case Compare(op):
            if op in EDGE:
                yield "comparison", replace(node, op=EDGE[op])
            yield "negated", replace(node, op=OPPOSITE[op])
        case Member(operand, members):
            yield "negated", Not(node, BOOL, node.span)
            if len(members) > 1:
                yield from (
                    ("member", replace(node, members=without(members, n))) for n in range(len(members))
                )
            others = [member for member in operand.type.members if member not in members]
            yield from (("member", replace(node, members=(*members, member))) for member in others)
        case Arith(op):
            yield "arithmetic", replace(node, op=INVERSE[op])
        case Choose(_, yes, no):
            yield "branch", yes
            yield "branch", no
        case Known():
            yield "negated", Not(node, BOOL, node.span)
        case Extreme(op):
            yield "extreme", replace(node, op="max" if op == "min" else "min")
            yield from (("dropped", left) for left in _dropped(node))
        case Abs(operand):
            yield "dropped", operand


def _constants(node: Const, value: Fraction | bool | str) -> Iterator[Fraction | bool | str]:
    match value:
        case bool():
            yield not value
        case str():
            yield from neighbours(node.type.members, value)
        case _:
            assert node.type.kind not in ("bool", "enum")  # noqa: S101 - by its value
            yield from dict.fromkeys(nearby(value, node.type.kind, Fraction(0) if value >= 0 else None))


def _dropped(node: Logic | Extreme) -> Iterator[Typed]:
    """Yield what is left without each operand."""
    for n in range(len(node.operands)):
        left = without(node.operands, n)
        yield left[0] if len(left) == 1 else replace(node, operands=left)
