"""Which of two rulebooks is at least as strict at every asset there can be: proved, or refuted by an asset.

The solver is imported where something is proved, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from pegmark.rulebook.program import Program

Relation = Literal["equivalent", "after", "before", "neither", "unsettled"]


@dataclass(frozen=True, slots=True)
class Counterexample:
    """Why one rulebook is not as strict: a rule, and an asset that it gives better terms, where one shows it.

    `outcomes` are what the other gives and what this one gives. `why` says what of the constants is looser.
    """

    rule: str
    why: str
    facts: Mapping[str, Any] | None = None
    sizes: Sequence[float] = ()
    outcomes: Sequence[tuple[str, Any, Any]] = ()


@dataclass(frozen=True, slots=True)
class Way:
    """Whether one is at least as strict: how many goals are proved, what refutes others, what is open."""

    proved: int
    refuted: tuple[Counterexample, ...]
    open: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether every goal is proved."""
        return not self.refuted and not self.open

    @property
    def is_shown_not_to(self) -> bool:
        """Whether an asset, or a constant that everything passes through, shows that it is not."""
        return any(one.facts is not None or one.why for one in self.refuted)


@dataclass(frozen=True, slots=True)
class Strictness:
    """Both ways, by the params in force on a day."""

    day: date
    after: Way
    before: Way

    @property
    def relation(self) -> Relation:
        """Which is at least as strict as the other."""
        if self.after.holds and self.before.holds:
            return "equivalent"
        if self.after.holds or self.before.holds:
            return "after" if self.after.holds else "before"
        return "neither" if self.after.is_shown_not_to and self.before.is_shown_not_to else "unsettled"


def proved(
    before: Program,
    after: Program,
    bases: Sequence[Mapping[str, Any]],
    today: date,
    seconds: float,
    jobs: int,
) -> Strictness:
    """Prove both ways; raises `ImportError` without a solver.

    `bases` are facts of assets on which a refutation is tried; `seconds` is what a goal may take.
    """
    from pegmark.proof.prove import epochs  # noqa: PLC0415 - the solver is for those alone who prove

    day = max(today, epochs(before)[-1], epochs(after)[-1])
    return Strictness(
        day,
        _way(before, after, bases, day, seconds, jobs),
        _way(after, before, bases, day, seconds, jobs),
    )


def _way(
    base: Program, tight: Program, bases: Sequence[Mapping[str, Any]], day: date, seconds: float, jobs: int
) -> Way:
    """Return whether `tight` is at least as strict as `base`."""
    from pegmark.proof.prove import Task, goals_for, prove  # noqa: PLC0415
    from pegmark.proof.witness import Witnesses  # noqa: PLC0415

    task = Task(tight, day, base)
    verdicts = prove(task, goals_for(task), seconds, jobs, lambda _: None)
    refuted = []
    finder: Witnesses | None = None
    for verdict in verdicts:
        if verdict.outcome != "refuted":
            continue
        finder = finder or Witnesses(tight, day, bases, base)
        witness = finder.of(verdict)
        if witness is None:
            refuted.append(Counterexample(verdict.goal.rule, verdict.why))
        else:
            outcomes = [(one.name, one.before, one.after) for one in witness.differences]
            facts = {name: said for name, said in witness.worse.items() if said is not None}
            refuted.append(Counterexample(verdict.goal.rule, verdict.why, facts, witness.sizes[1], outcomes))
    return Way(
        sum(verdict.outcome == "proved" for verdict in verdicts),
        tuple(refuted),
        tuple(verdict.goal.rule for verdict in verdicts if verdict.outcome not in ("proved", "refuted")),
    )
