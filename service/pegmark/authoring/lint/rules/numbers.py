"""Numbers: one that has a name is called by it, one that stands often gets one, and all are written alike."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction

from pegmark.authoring.lint.finding import Finding
from pegmark.authoring.lint.rules.conditions import quoted
from pegmark.authoring.lint.subject import Subject, mappings
from pegmark.authoring.lint.walk import expressions, nodes
from pegmark.language import text
from pegmark.language.nodes import Arith, Compare, Const, Logic, Read, Typed
from pegmark.language.prose import constant
from pegmark.problems import Related, Span
from pegmark.rulebook.source import Node, Scalar

_OFTEN = 3
"""In so many places a number or an expression is worth a name."""
_PARTS = 3
"""Of so many names and numbers an expression is worth one."""
_PLAIN = (Fraction(0), Fraction(1))
"""Nothing and everything need no name."""
_AMOUNT = re.compile(r"(?<![\w.$%])\d[\d_.]*(%|bp|h|d|y)(?!\w)", re.ASCII)
_KINDS = {"%": "ratios", "bp": "ratios", "h": "times", "d": "times", "y": "times"}
_LISTS = ("points", "bins", "table", "rows")


def unnamed(subject: Subject) -> Iterator[Finding]:
    """Find thresholds that are a param's number, of what is elsewhere compared with the param."""
    params = {param.name: param for param in subject.program.params}
    named: dict[tuple[str, Fraction], str] = {}
    for of, other, _ in _comparisons(subject):
        if isinstance(other, Read) and other.origin == "param":
            value = params[other.name].values[-1].value
            if isinstance(value, Fraction):
                named[(of, value)] = other.name
    for of, other, node in _comparisons(subject):
        if isinstance(other, Const) and isinstance(other.value, Fraction) and (of, other.value) in named:
            name = named[(of, other.value)]
            message = (
                f"`{quoted(node)}` writes out what `{name}` is, and elsewhere `{of}` is compared with it"
            )
            related = (Related(f"`{name}` is here", params[name].span),)
            yield Finding(message, other.span, f"write `{name}`, so that both move together", related)


def repeated(subject: Subject) -> Iterator[Finding]:
    """Find thresholds that are written out for one thing in several places."""
    places: dict[tuple[str, Fraction], list[tuple[Span, Const]]] = defaultdict(list)
    for of, other, node in _comparisons(subject):
        if not isinstance(other, Const) or not isinstance(other.value, Fraction) or other.value in _PLAIN:
            continue
        if subject.is_own(node.span):
            places[(of, other.value)].append((other.span, other))
    for (of, value), found in places.items():
        if len(found) >= _OFTEN:
            span, first = found[0]
            said = constant(value, first.type.kind)
            message = f"`{of}` is compared with {said} in {len(found)} places"
            related = tuple(Related("and here", other) for other, _ in found[1:])
            yield Finding(message, span, "make it a param, with a why and a source", related)


def _comparisons(subject: Subject) -> Iterator[tuple[str, Typed, Compare]]:
    """Yield what is compared, with what, and where: each comparison from either side."""
    for expression in expressions(subject.program):
        for node in nodes(expression):
            if isinstance(node, Compare) and node.left.type.is_numeric:
                yield text(node.left), node.right, node
                yield text(node.right), node.left, node


def repeated_expressions(subject: Subject) -> Iterator[Finding]:
    """Find what is worked out in the same way in several places."""
    places: dict[str, list[Typed]] = defaultdict(list)
    for expression in expressions(subject.program):
        for node in nodes(expression):
            is_long = isinstance(node, Arith | Logic) and _size(node) >= _PARTS
            # Outcomes are there only where they have been decided; a derived name comes before.
            if is_long and subject.is_own(node.span) and not any(_is_later(part) for part in nodes(node)):
                places[text(node)].append(node)
    for said, found in places.items():
        if len(found) >= _OFTEN:
            is_within = any(
                said != other and said in other and len(places[other]) == len(found) for other in places
            )
            if not is_within:
                related = tuple(Related("and here", other.span) for other in found[1:])
                message = f"`{quoted(found[0])}` stands in {len(found)} places"
                yield Finding(message, found[0].span, "give it a name under `derive`", related)


def _size(node: Typed) -> int:
    return sum(isinstance(part, Const | Read) for part in nodes(node))


def _is_later(node: Typed) -> bool:
    return isinstance(node, Read) and node.origin in ("outcome", "position")


def mixed_units(subject: Subject) -> Iterator[Finding]:
    """Find lists of points, bins or rows in which one kind of number is written in two units."""
    for root in subject.trees.values():
        for tree in mappings(root):
            for key, child in tree.entries:
                if key.text in _LISTS:
                    yield from _mixed(key.text, child)


def _mixed(name: str, node: Node) -> Iterator[Finding]:
    first: dict[str, tuple[str, Span]] = {}
    for scalar in _scalars(node):
        for found in _AMOUNT.finditer(scalar.text):
            unit, kind = found[1], _KINDS[found[1]]
            if float(found[0].removesuffix(unit).replace("_", "")) == 0:
                continue
            before, span = first.setdefault(kind, (unit, scalar.span))
            if unit != before:
                message = f"one of these {name} is in `{unit}` and another in `{before}`"
                related = (Related(f"the first in `{before}`", span),)
                yield Finding(message, scalar.span, f"write all {kind} of a list in one unit", related)
                return


def _scalars(node: Node) -> Iterator[Scalar]:
    match node:
        case Scalar():
            yield node
        case _:
            parts = (
                node.items
                if not hasattr(node, "entries")
                else (part for pair in node.entries for part in pair)
            )
            for part in parts:
                yield from _scalars(part)


def idle_arithmetic(subject: Subject) -> Iterator[Finding]:
    """Find arithmetic that leaves its operand as it is."""
    for expression in expressions(subject.program):
        for node in nodes(expression):
            if isinstance(node, Arith) and (kept := _kept(node)) is not None:
                yield Finding(f"`{quoted(node)}` is `{quoted(kept)}`", node.span, f"write `{quoted(kept)}`")


def _kept(node: Arith) -> Typed | None:
    """Return the operand that the arithmetic leaves as it is, if one has the type of the whole."""
    match node:
        case Arith("+", kept, Const(Fraction(numerator=0))) | Arith("+", Const(Fraction(numerator=0)), kept):
            return kept
        case Arith("-", kept, Const(Fraction(numerator=0))):
            return kept
        case Arith("*" | "/", kept, Const(value)) if value == 1 and kept.type.kind == node.type.kind:
            return kept
        case Arith("*", Const(value), kept) if value == 1 and kept.type.kind == node.type.kind:
            return kept
    return None
