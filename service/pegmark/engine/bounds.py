"""Whether what is known keeps to the bounds that stand in for it where it is not.

Each filling of a program is a bound from the unfavourable side: its fact is never worse than that.
A known value that is worse contradicts what the bound follows from, and to hide it would help; so
the expression that fills the fact in also checks it.
"""

from __future__ import annotations

from collections.abc import Iterator

from pegmark.engine.compiled import Compiled
from pegmark.engine.emit import as_json
from pegmark.engine.writer import submitted
from pegmark.errors import FactProblem
from pegmark.facts.consistency import contradiction
from pegmark.facts.snapshot import Snapshot
from pegmark.facts.vocabulary import READABLE
from pegmark.language.nodes import reads
from pegmark.rulebook.program import Filling, Program


def beyond_bounds(compiled: Compiled, snapshot: Snapshot, venue_pointer: str = "/venue") -> list[FactProblem]:
    """Return a problem for each known fact that is worse than its bound.

    Where the bound rests on a fact that is unknown (`not_credible`, for one) there is none to keep to.
    Raises `LookupError` where the rulebook has no params yet at the snapshot's day.
    """
    program = compiled.program
    problems = []
    for n, value, bound in compiled.at(snapshot.day).bounds(snapshot.values):
        filling = program.fillings[n]
        side = "under" if READABLE[filling.fact].worse == "lower" else "over"
        message = (
            f"`{filling.fact}` is {as_json(value)}, {side} its bound {as_json(bound)} ({filling.reason.id})"
        )
        bounding = sorted(set(_bounding(program, filling, snapshot.known)))
        problems.append(contradiction("F0111", filling.fact, bounding, message, venue_pointer))
    return problems


def _bounding(program: Program, filling: Filling, known: frozenset[str]) -> Iterator[str]:
    """Yield the submitted facts that a bound follows from, through bounds that stand in for others."""
    earlier = {other.fact: other for other in program.fillings[: program.fillings.index(filling)]}
    for read in reads(filling.expr):
        fact = submitted(read.name)
        if fact in known and fact != filling.fact:
            yield fact
        elif read.name in earlier:
            yield from _bounding(program, earlier[read.name], known)
