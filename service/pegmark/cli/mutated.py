"""What came of mutants as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from pegmark.cli.terminal import Style
from pegmark.cli.told import written
from pegmark.cli.tried import Prepared
from pegmark.usecases.mutation import Outcome
from pegmark.usecases.tellers import Teller


@dataclass(frozen=True, slots=True)
class Mutated:
    """The mutants of a rulebook, and where they were tried what came of each."""

    prepared: Prepared
    outcomes: Sequence[Outcome]
    is_tried: bool = True
    told: Mapping[str, Teller] | None = None
    """Where it was looked for, the case that tells each survivor for which one was found."""
    written: Path | None = None
    kept: int = 0

    @property
    def survivors(self) -> list[Outcome]:
        """Return the mutants that no case notices and that can be told."""
        return [one for one in self.outcomes if one.state == "survived"]

    @property
    def equivalent(self) -> int:
        """Return how many mutants decide every asset alike."""
        return self._count("equivalent")

    @property
    def killed(self) -> int:
        """Return how many mutants some case notices."""
        return self._count("killed")

    @property
    def score(self) -> float:
        """Return the percentage killed of what can be told."""
        telling = len(self.outcomes) - self.equivalent
        return 100.0 * self.killed / telling if telling else 100.0

    @property
    def is_proved(self) -> bool:
        """Whether there was a solver for what survived."""
        return all(one.found.likeness is not None for one in self.survivors)

    def _count(self, state: str) -> int:
        return sum(one.state == state for one in self.outcomes)


def as_text(mutated: Mutated, style: Style) -> Iterator[str]:
    """Yield the mutants by rule, where they were tried only the survivors, and how many there are."""
    shown = mutated.survivors if mutated.is_tried else mutated.outcomes
    for _, found in groupby(shown, lambda one: (one.mutant.section, one.mutant.rule)):
        group = list(found)
        first = group[0].mutant
        yield f"  {style.heading(first.rule)}  {style.faint(f'{first.span.file}:{first.span.start.line}')}"
        for one in group:
            yield f"    {style.faint(one.mutant.id.rpartition('/')[2])}  {one.mutant.fault}"
            if mutated.told is not None:
                yield f"            {style.faint(_told(mutated, one))}"
    book, count = mutated.prepared.sources.book, len(mutated.outcomes)
    if not mutated.is_tried:
        yield f"{book}: {count:,} mutants"
        return
    survived = len(mutated.survivors)
    equal = f", {mutated.equivalent:,} proved no fault" if mutated.equivalent else ""
    score = style.paint(f"score {percent(mutated.score)} %", fg="red" if survived else "green", bold=True)
    if mutated.written is not None:
        yield f"{mutated.written}: {mutated.kept:,} more cases, to look through"
    if not mutated.is_proved:
        yield "Which of these are no fault is not proved: that needs z3, pip install 'pegmark[proof]'"
    yield f"{book}: {count:,} mutants, {mutated.killed:,} killed{equal}, {survived:,} survived: {score}"


def _told(mutated: Mutated, outcome: Outcome) -> str:
    teller = (mutated.told or {}).get(outcome.mutant.id)
    if teller is None:
        return "no asset was found that tells"
    case = written(teller, mutated.prepared)
    said = [f"like {case.like}", *([] if case.venue is None else [f"before {case.venue}"])]
    said += [f"{name}: {value}" for name, value in case.facts.items()]
    return f"{', '.join(said)} → {', '.join(f'{name}: {value}' for name, value in case.expect.items())}"


def as_data(mutated: Mutated) -> dict[str, Any]:
    """Return the mutants as JSON; those that were killed with the case that did it."""
    program = mutated.prepared.program
    counts: dict[str, Any] = {"mutants": len(mutated.outcomes)}
    if mutated.is_tried:
        counts |= {
            "killed": mutated.killed,
            "equivalent": mutated.equivalent,
            "survived": len(mutated.survivors),
            "score": float(percent(mutated.score)),
        }
    return {
        "rulebook": program.id,
        "version": program.version,
        **counts,
        "found": [_one(mutated, one) for one in mutated.outcomes],
    }


def _one(mutated: Mutated, outcome: Outcome) -> dict[str, Any]:
    mutant = outcome.mutant
    start = mutant.span.start
    said: dict[str, Any] = {
        "id": mutant.id,
        "section": mutant.section,
        "rule": mutant.rule,
        "mutator": mutant.change.mutator,
        "fault": mutant.fault,
        "file": mutant.span.file,
        "line": start.line,
        "column": start.column,
    }
    if mutated.is_tried:
        said |= {"state": outcome.state, "killed_by": outcome.found.killer, "proof": _proof(outcome)}
    teller = (mutated.told or {}).get(mutant.id)
    if teller is not None:
        case = written(teller, mutated.prepared)
        said["told_by"] = {
            "like": case.like,
            "venue": case.venue,
            "facts": dict(case.facts),
            "expect": dict(case.expect),
        }
    return said


def _proof(outcome: Outcome) -> str | None:
    """Return what was proved of a mutant that no case notices; None where nothing was."""
    found = outcome.found
    if found.is_same:
        return "same code"
    return None if found.likeness is None else found.likeness.outcome


def percent(score: float) -> str:
    """Return a score with one decimal, rounded down: what is not whole is never shown as 100.

    >>> percent(99.99), percent(100.0)
    ('99.9', '100')
    """
    return f"{int(score * 10) / 10:g}"
