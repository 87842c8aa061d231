"""Watch the cases of suites as they are decided: what of a rulebook they exercise."""

from __future__ import annotations

from collections.abc import Sequence

from pegmark.authoring.coverage.observer import Observer
from pegmark.authoring.coverage.report import Coverage, Observation
from pegmark.errors import FactsError
from pegmark.usecases.assess import prepare
from pegmark.usecases.desk import Desk
from pegmark.usecases.trials import Trial


def covered(desk: Desk, trials: Sequence[Trial]) -> Coverage:
    """Return what the questions of trials exercise of the usual rulebook of a desk.

    A question that is refused exercises nothing; nor does what lies beneath an asset, which is decided
    for the sake of the asset alone.
    """
    observer = Observer(desk.book(None).compiled)
    observations = []
    for trial in trials:
        try:
            case = prepare(desk, trial.question)
        except FactsError:
            continue
        seen = observer.observe(case.snapshot, case.sizes, case.layer)
        observations.append(Observation(trial.case.title, seen))
    return Coverage(observer.items, observations)
