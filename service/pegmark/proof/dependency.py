"""What a rule rests on: submitted facts and outcomes, through derived names and bounds that fill in."""

from __future__ import annotations

from pegmark.engine.writer import submitted
from pegmark.facts.components import BASIS, COMPONENTS
from pegmark.language.nodes import Typed, reads
from pegmark.rulebook.program import Program

SIZE = "position.size"


class Dependencies:
    """Answers for one program; what was found of a name is kept."""

    def __init__(self, program: Program) -> None:
        self._names: dict[str, frozenset[str]] = {}
        # In the order of evaluation: each reads earlier ones alone, and a bound the fact as it was submitted.
        for filling in program.fillings:
            self._names[filling.fact] = _submitted(filling.fact) | self.of(filling.expr)
        for derived in program.derived:
            self._names[derived.name] = self.of(derived.expr)

    def of(self, *nodes: Typed) -> frozenset[str]:
        """Return the submitted facts, the outcomes (`class`, `score.…`) and `position.size` read.

        Layers are told apart from the components they come with (`layer.haircut`).
        """
        found: set[str] = set()
        for node in nodes:
            for read in reads(node):
                if read.origin in ("outcome", "position"):
                    found.add(read.name)
                elif read.origin != "param":
                    found |= self.of_name(read.name)
        return frozenset(found)

    def of_name(self, name: str) -> frozenset[str]:
        """Return what a derived name or a readable fact rests on."""
        return self._names.get(name) or _submitted(name)


def _submitted(name: str) -> frozenset[str]:
    own = submitted(name)
    if name.startswith("layer."):
        return frozenset({own, name})
    return frozenset({own, BASIS}) if own == COMPONENTS else frozenset({own})
