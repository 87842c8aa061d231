"""Every goal of a rulebook proved, by as many processes as are wanted."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from multiprocessing import get_context

from pegmark.proof.goals import Goal, goals
from pegmark.proof.obligations import goals_of
from pegmark.proof.pair import drivers
from pegmark.proof.prover import Prover, Verdict
from pegmark.proof.refinement import Refinement
from pegmark.rulebook.program import Program

BATCH = 24
"""Goals that a process takes at once: enough to pay for what goals of one driver share."""

Tell = Callable[[Verdict], None]


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be proved: a rulebook on a day, and with `base` that it is at least as strict."""

    program: Program
    day: date
    base: Program | None = None


_prover: Prover | Refinement | None = None
"""What a process proves with."""


def goals_for(task: Task) -> list[Goal]:
    """Return every goal of a task."""
    if task.base is not None:
        return Refinement(task.base, task.program, task.day).goals()
    prover = Prover(task.program, task.day)
    found = list(goals(task.program, list(drivers(task.program, prover.assets))))
    for obligation in task.program.obligations:
        found += goals_of(obligation, task.program, prover.assets.specs)
    return list(dict.fromkeys(found))


def prove(task: Task, wanted: Sequence[Goal], seconds: float, jobs: int, tell: Tell) -> list[Verdict]:
    """Return the verdict on each goal, in their order; `tell` hears of each as it comes.

    `seconds` is what a goal may take.
    """
    batches = _batches(wanted)
    found: dict[Goal, Verdict] = {}

    def take(verdicts: Iterable[Verdict]) -> None:
        for verdict in verdicts:
            found[verdict.goal] = verdict
            tell(verdict)

    if jobs <= 1 or len(batches) <= 1:
        prover = _made(task)
        for batch in batches:
            take(prover.prove(goal, seconds) for goal in batch)
        return [found[goal] for goal in wanted]
    # Not forked: z3 keeps state that a fork would share.
    crew = ProcessPoolExecutor(jobs, get_context("spawn"), _begin, (task,))
    try:
        running: set[Future[list[Verdict]]] = {crew.submit(_run, batch, seconds) for batch in batches}
        while running:
            done, running = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                take(future.result())
    finally:
        crew.shutdown(cancel_futures=True)
    return [found[goal] for goal in wanted]


def _batches(wanted: Sequence[Goal]) -> list[list[Goal]]:
    """Return goals in batches, those of one driver together, the long ones first."""
    ordered = sorted(wanted, key=lambda goal: (goal.driver is not None, str(goal.driver)))
    found: list[list[Goal]] = []
    for driver, same in groupby(ordered, key=lambda goal: goal.driver):
        group = list(same)
        if driver is not None and found and len(found[-1]) + len(group) <= BATCH:
            found[-1] += group
        elif driver is None:
            found += [[goal] for goal in group if goal.kind == "holds"]
            rest = [goal for goal in group if goal.kind != "holds"]
            found += [rest[n : n + BATCH] for n in range(0, len(rest), BATCH)]
        else:
            found.append(group)
    return found


def _made(task: Task) -> Prover | Refinement:
    if task.base is not None:
        return Refinement(task.base, task.program, task.day)
    return Prover(task.program, task.day)


def _begin(task: Task) -> None:
    global _prover  # noqa: PLW0603 - what a process works with has to stand somewhere
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Whoever started the crew ends it.
    _prover = _made(task)


def _run(batch: Sequence[Goal], seconds: float) -> list[Verdict]:
    assert _prover is not None  # noqa: S101 - each process began
    return [_prover.prove(goal, seconds) for goal in batch]


def epochs(program: Program) -> list[date]:
    """Return the days from which other params are in force."""
    starts = sorted({dated.start for param in program.params for dated in param.values})
    first = max((param.values[0].start for param in program.params), default=date(2017, 1, 1))
    return [first, *(day for day in starts if day > first)]


__all__ = ["Task", "epochs", "goals_for", "prove"]
