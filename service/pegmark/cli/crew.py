"""Work shared by several processes; what comes of it is in order all the same."""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any, TypeVar

from pegmark.authoring.verdict import Verdict
from pegmark.usecases.desk import Desk
from pegmark.usecases.trials import Trial, run_trial

Done = TypeVar("Done")

WORTH = 1_000
"""Of so many cases for each, another process makes up for what it costs to start it and to hear from it."""

_work: Callable[[int], Any] | None = None
"""What a process of the crew inherits, and does."""


def verdicts(desk: Desk, trials: Sequence[Trial], jobs: int | None) -> list[Verdict]:
    """Return the verdict on each trial; `jobs` None is as many processes as pay."""
    count = min(jobs or worth(len(trials)), len(trials))
    chunk = max(1, len(trials) // (4 * count)) if count else 1
    return list(shared(lambda place: run_trial(desk, trials[place]), len(trials), count, chunk))


def shared(work: Callable[[int], Done], length: int, jobs: int, chunk: int) -> Iterator[Done]:
    """Yield what comes of `work` for each place, in order; `chunk` places stay together.

    Reading suites and building questions takes as long as deciding them, so that a process which had to do
    that again would gain nothing: processes are forked, and where that is not safe there is one.
    """
    global _work  # noqa: PLW0603 - what is inherited by a fork has to stand somewhere
    if jobs <= 1 or sys.platform != "linux":
        yield from map(work, range(length))
        return
    _work = work
    crew = ProcessPoolExecutor(jobs, get_context("fork"), _begin)
    try:
        yield from crew.map(_run, range(length), chunksize=chunk)
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
    gc.freeze()  # What is inherited stays: it need not be looked through for garbage.


def _run(place: int) -> Any:
    assert _work is not None  # noqa: S101 - inherited
    return _work(place)
