"""Cases tried by several processes at once; the verdicts come in the order of the cases all the same."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor

from pegmark.authoring.verdict import Verdict
from pegmark.cli.tried import Prepared, Sources, prepare
from pegmark.usecases.trials import Trial, run_trial

WORTH = 2_000
"""So many cases take as long as another process takes to start."""

_prepared: Prepared | None = None
"""What a process of the crew works on."""


def verdicts(prepared: Prepared, trials: Sequence[Trial], jobs: int | None) -> list[Verdict]:
    """Return the verdict on each trial; `jobs` None is as many processes as pay."""
    desk = prepared.desk
    assert desk is not None  # noqa: S101 - there are trials only where there is a desk
    if (count := jobs or worth(len(trials))) <= 1:
        return [run_trial(desk, trial) for trial in trials]
    # Trials do not travel: each process reads the same texts, and a trial has the same place in all of them.
    places = {id(trial): n for n, trial in enumerate(prepared.trials)}
    wanted = [places[id(trial)] for trial in trials]
    crew = ProcessPoolExecutor(min(count, len(wanted)), None, _begin, (prepared.sources,))
    try:
        return list(crew.map(_run, wanted, chunksize=max(1, len(wanted) // (4 * count))))
    finally:
        crew.shutdown(cancel_futures=True)


def worth(cases: int, processors: int | None = None) -> int:
    """Return how many processes so many cases are worth.

    >>> worth(100, 8), worth(5_000, 8), worth(100_000, 8)
    (1, 2, 8)
    """
    return max(1, min(processors or os.cpu_count() or 1, cases // WORTH))


def _begin(sources: Sources) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Whoever started the crew ends it.
    global _prepared  # noqa: PLW0603 - the state of a worker, set once when it starts
    _prepared = prepare(sources)


def _run(place: int) -> Verdict:
    assert _prepared is not None and _prepared.desk is not None  # noqa: PT018, S101 - begun before
    return run_trial(_prepared.desk, _prepared.trials[place])
