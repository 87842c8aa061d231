"""What a fault bears on: the facts that the rule it is in rests on, and the numbers they meet there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from fractions import Fraction
from typing import Any, get_args

from pegmark.facts.units import Kind
from pegmark.language.nodes import Const, Read, Typed, children
from pegmark.rulebook.expressions import expressions
from pegmark.rulebook.program import Bins, Curve, Param, Program

EXPRESSION = get_args(Typed)


@dataclass(frozen=True, slots=True)
class Bearing:
    """The readable facts that a rule rests on, the nearest first, and the numbers beside them by unit.

    `numbers` stand in the rule itself, `others` in what it reads.
    """

    facts: tuple[str, ...]
    numbers: Mapping[Kind, tuple[Fraction, ...]]
    others: Mapping[Kind, tuple[Fraction, ...]]


def bearing(base: Program, mutated: Program) -> Bearing:
    """Return what the fault of a mutant bears on."""
    found = list(_differing(base, mutated))
    params = {one.name for one in found if isinstance(one, Param)}
    if params:
        found += [node for node in expressions(base) if params & {read.name for read in _reads(node)}]
    if not any(_nodes(one) for one in found):
        # What is no rule's, like a weight, is told by anything.
        found += expressions(base)
    return _followed(base, found)


def _differing(one: Any, other: Any) -> Iterator[Any]:
    """Yield the smallest rules, or expressions, in which two programs differ."""
    if one is other or isinstance(one, str | int | bool | None) or isinstance(other, str | int | None):
        return
    if isinstance(one, tuple) and isinstance(other, tuple):
        if len(one) == len(other):
            for left, right in zip(one, other, strict=True):
                yield from _differing(left, right)
        else:
            yield from (item for item in one if not any(item is kept for kept in other))
    elif isinstance(one, EXPRESSION) or hasattr(one, "reason") or isinstance(one, Param):
        yield one
        yield other
    elif is_dataclass(one):
        for field in fields(one):
            yield from _differing(getattr(one, field.name), getattr(other, field.name))


def _followed(program: Program, roots: list[Any]) -> Bearing:
    """Follow names from rules to the facts they rest on, and collect the numbers on the way."""
    means = {derived.name: derived.expr for derived in program.derived}
    means |= {filling.fact: filling.expr for filling in program.fillings}
    values = {param.name: param for param in program.params}
    facts: dict[str, None] = {}
    near: _Numbers = defaultdict(dict)
    far: _Numbers = defaultdict(dict)
    seen: set[str] = set()
    todo, numbers = roots, near
    while todo:
        after: list[Any] = []
        for root in todo:
            for unit, number in _corners(root):
                numbers[unit].setdefault(number)
            for node in _nodes(root):
                match node:
                    case Const(Fraction() as value, kind):
                        numbers[kind.kind].setdefault(value)
                    case Read(name, origin, kind) if name not in seen:
                        seen.add(name)
                        if origin == "fact":
                            facts.setdefault(name)
                        if name in means:
                            after.append(means[name])
                        if origin == "param" and isinstance(last := values[name].values[-1].value, Fraction):
                            numbers[kind.kind].setdefault(last)
        todo, numbers = after, far
    return Bearing(tuple(facts), _listed(near), _listed(far))


_Numbers = dict[Kind, dict[Fraction, None]]


def _listed(numbers: _Numbers) -> Mapping[Kind, tuple[Fraction, ...]]:
    return {kind: tuple(found) for kind, found in numbers.items()}


def _nodes(root: Any) -> list[Typed]:
    """Return every node of the expressions in something, however deep."""
    if isinstance(root, EXPRESSION):
        return [root, *(node for child in children(root) for node in _nodes(child))]
    if isinstance(root, tuple):
        return [node for item in root for node in _nodes(item)]
    if is_dataclass(root):
        return [node for field in fields(root) for node in _nodes(getattr(root, field.name))]
    return []


def _reads(root: Any) -> list[Read]:
    return [node for node in _nodes(root) if isinstance(node, Read)]


def _corners(root: Any) -> Iterator[tuple[Kind, Fraction]]:
    """Yield the edges of bins, and the corners of curves, in a rule."""
    for part in (getattr(root, "grid", None), getattr(root, "amount", None), root):
        match part:
            case Bins(of, edges):
                yield from ((of.type.kind, edge) for edge in edges)
            case Curve(of, None, points):
                yield from ((of.type.kind, x) for x, _ in points)
