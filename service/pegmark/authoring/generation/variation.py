"""What to vary, and how: the facts that a rule rests on, and the values at which something may change.

Those are the constants that a fact is compared with, through whatever is derived from it, and their
neighbours on the grid of six decimals; its ends; not known; and an estimate.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from pegmark.facts.components import BASIS, COMPONENT_KINDS, COMPONENTS
from pegmark.facts.specification import FactSpec
from pegmark.language.nodes import Compare, Const, Read, Typed, children
from pegmark.language.types import Kind
from pegmark.rulebook.program import Bins, Curve, Program

SIZE = "size"
"""What stands for a fact where the size of the position is varied."""
MICRO = 10**6
"""Steps of the grid on which neighbours lie, in one unit."""
MOST_USD = Fraction(10**9)
_SIZES = tuple(Fraction(10**power) for power in range(3, 10))
_SHARES = (Fraction(0), Fraction(1, 2), Fraction(1))
_SHARE = "backing.share."


@dataclass(frozen=True, slots=True)
class Estimated:
    """Stands for what a fixture says of a fact, said as an estimate."""


class Variation:
    """The facts that each rule rests on, and the values to try of each."""

    def __init__(
        self, program: Program, expressions: Mapping[str, Sequence[Typed]], specs: Mapping[str, FactSpec]
    ) -> None:
        self._program = program
        self._specs = specs
        self._means: dict[str, Typed] = {one.name: one.expr for one in program.derived}
        self._means |= {filling.fact: filling.expr for filling in program.fillings}
        self._params = {param.name: param for param in program.params}
        self._expressions = expressions
        self._near: dict[str, set[Fraction]] = {}
        for nodes in expressions.values():
            for node in nodes:
                self._compare(node)
        self._grids(program)

    def facts(self, rule: str) -> list[str]:
        """Return the facts that a rule or a derived name rests on, those that it reads itself first.

        What follows from all rules together rests on the facts of all.
        """
        every = [node for nodes in self._expressions.values() for node in nodes]
        names = list(filter(self._is_varied, self._names(self._expressions.get(rule, every))))
        if any(name.startswith(_SHARE) for name in names):
            names += [COMPONENTS, BASIS]
        return list(dict.fromkeys(names))

    def _is_varied(self, name: str) -> bool:
        return name == SIZE or name in self._specs or name.removeprefix(_SHARE) in COMPONENT_KINDS

    def _names(self, nodes: Iterable[Typed]) -> Iterator[str]:
        seen: set[str] = set()
        todo = list(nodes)
        while todo:
            node = todo.pop(0)
            if not isinstance(node, Read):
                todo += children(node)
            elif node.name not in seen:
                seen.add(node.name)
                if node.name in self._means:
                    todo.append(self._means[node.name])
                if node.origin == "position":
                    yield SIZE
                elif node.origin == "fact" and not node.name.startswith("layer."):
                    yield node.name

    def _compare(self, node: Typed) -> None:
        """Note the constants that stand in comparisons, for the facts that they are compared with."""
        if isinstance(node, Compare) and node.left.type.is_numeric:
            constants = {value for side in (node.left, node.right) for value in self._constants(side)}
            for name in self._names((node.left, node.right)):
                self._near.setdefault(name, set()).update(constants)
        for child in children(node):
            self._compare(child)

    def _constants(self, node: Typed) -> Iterator[Fraction]:
        match node:
            case Const(value) if isinstance(value, Fraction):
                yield value
            case Read(name) if name in self._params:
                for dated in self._params[name].values:
                    if isinstance(dated.value, Fraction):
                        yield dated.value
        for child in children(node):
            yield from self._constants(child)

    def _grids(self, program: Program) -> None:
        haircut = program.haircut
        curves = [step.amount for step in (haircut.start, *haircut.steps, haircut.reference)]
        scales = [(curve.of, [x for x, _ in curve.points]) for curve in curves if isinstance(curve, Curve)]
        scales += [
            (line.grid.of, list(line.grid.edges))
            for card in program.scorecards
            for line in card.characteristics
            if isinstance(line.grid, Bins)
        ]
        for of, edges in scales:
            for name in self._names((of,)):
                self._near.setdefault(name, set()).update(edges)

    def levers(self, rule: str, kind: Kind) -> list[str]:
        """Return the numbers of a kind that a rule rests on, and can be moved along."""
        return [name for name in self.facts(rule) if self._kind(name) == kind]

    def _kind(self, name: str) -> Kind:
        if name.startswith(_SHARE):
            return "ratio"
        return "USD" if name == SIZE else self._specs[name].kind

    def _is_number(self, name: str) -> bool:
        return name != COMPONENTS and self._kind(name) not in ("bool", "enum")

    def samples(self, name: str) -> list[Fraction]:
        """Return values of a number from the least to the most, among them all that it is compared with."""
        near = self._near.get(name, set())
        if name == SIZE:
            return sorted({*_SIZES, *(value for value in near if 1 <= value <= MOST_USD)})
        if name.startswith(_SHARE):
            return sorted({*_SHARES, *(value for value in near if 0 <= value <= 1)})
        spec = self._specs[name]
        low = Fraction(0) if spec.low is None else Fraction(spec.low)
        high = MOST_USD if spec.high is None else min(Fraction(spec.high), MOST_USD)
        if spec.kind == "USD":
            near = {*near, *_SIZES}
        return sorted({low, high, *(value for value in near if low <= value <= high)})

    def values(self, name: str, *, is_coarse: bool = False) -> list[Any]:
        """Return what to try of a fact: values, None for not known, and what is said of it as an estimate.

        Coarse are the values that something is compared with, without their neighbours.
        """
        if self._is_number(name):
            found = self.samples(name)
            least, most = found[0], found[-1]
            steps = (0,) if is_coarse or name.startswith(_SHARE) else (-1, 0, 1)
            around = {value + Fraction(k, MICRO) for value in found for k in steps}
            numbers: list[Any] = sorted(value for value in around if least <= value <= most)
            return numbers if name == SIZE or name.startswith(_SHARE) else [None, *numbers, Estimated()]
        if name == COMPONENTS:
            return [None, Estimated()]
        spec = self._specs[name]
        choices = [True, False] if spec.kind == "bool" else spec.members
        return [None, *choices, Estimated()]
