"""The suites of the overlay that ships: tried on its base, they show where the two differ and where not."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from pegmark.cli.tried import prepare, read_sources
from pegmark.usecases.trials import run_trial
from tools.golden import ROOT

OVERLAY, HOUSE = "rules/example_exchange", "rules/house"


@cache
def held(book: str, suite: str) -> dict[str, bool]:
    """Whether each case of one of the overlay's suites holds of a rulebook."""
    path = ROOT / OVERLAY / "tests" / f"{suite}.yaml"
    sources, problems = read_sources(path, ROOT / Path(book), ROOT / "fixtures")
    prepared = prepare(sources)
    assert [*problems, *prepared.problems] == []
    assert prepared.desk is not None
    return {trial.case.title: run_trial(prepared.desk, trial).holds for trial in prepared.trials}


@pytest.mark.parametrize("suite", ["alike", "stricter"])
def test_the_suites_hold_of_the_overlay(suite: str) -> None:
    """Proves that the overlay does what its suites say."""
    assert held(OVERLAY, suite)
    assert all(held(OVERLAY, suite).values())


def test_where_it_agrees_the_house_does_the_same() -> None:
    """Proves that each case of `alike` holds of the house, and no case of `stricter` does."""
    assert all(held(HOUSE, "alike").values())
    assert not any(held(HOUSE, "stricter").values())
