"""Cases tried by several processes at once; the verdicts come in the order of the cases all the same."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from pegmark.authoring.verdict import Verdict
from pegmark.usecases.desk import Desk
from pegmark.usecases.trials import Trial, run_trial

WORTH = 1_000
"""Of so many cases for each, another process makes up for what it costs to start it and to hear from it."""

_work: tuple[Desk, Sequence[Trial]] | None = None
"""What a process of the crew inherits, and works on."""


def verdicts(desk: Desk, trials: Sequence[Trial], jobs: int | None) -> list[Verdict]:
    """Return the verdict on each trial; `jobs` None is as many processes as pay.

    Reading suites and building questions takes as long as deciding them, so that a process which had to do
    that again would gain nothing: processes are forked, and where that is not safe there is one.
    """
    global _work  # noqa: PLW0603 - what is inherited by a fork has to stand somewhere
    count = min(jobs or worth(len(trials)), len(trials))
    if count <= 1 or sys.platform != "linux":
        return [run_trial(desk, trial) for trial in trials]
    _work = desk, trials
    crew = ProcessPoolExecutor(count, get_context("fork"), _begin)
    try:
        return list(crew.map(_run, range(len(trials)), chunksize=max(1, len(trials) // (4 * count))))
    finally:
        crew.shutdown(cancel_futures=True)
        _work = None


def worth(cases: int, processors: int | None = None) -> int:
    """Return how many processes so many cases are worth.

    >>> worth(100, 8), worth(2_000, 8), worth(100_000, 8)
    (1, 2, 8)
    """
    return max(1, min(processors or os.cpu_count() or 1, cases // WORTH))


def _begin() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Whoever started the crew ends it.


def _run(place: int) -> Verdict:
    assert _work is not None  # noqa: S101 - inherited
    desk, trials = _work
    return run_trial(desk, trials[place])
