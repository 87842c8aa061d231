"""Suites as texts, read and tried on the house rulebook before the stored assets."""

from __future__ import annotations

from contextlib import chdir
from functools import cache
from pathlib import Path
from textwrap import dedent

from pegmark.authoring.reading import read_suites
from pegmark.authoring.verdict import Verdict
from pegmark.cli.tried import Prepared, Sources, prepare, read_sources
from pegmark.facts.vocabulary import FACTS
from pegmark.problems import Problem
from pegmark.usecases.trials import prepare_trials, run_trial

ROOT = Path(__file__).resolve().parents[2]
HEAD = "suite: What is tried\n"
USDC = "asset: USDC\n    at: 2026-10-07\n    "
"""The beginning of a case about a stored asset."""


@cache
def house() -> Sources:
    """What the house suite is read from; paths are from the checkout."""
    with chdir(ROOT):
        found, problems = read_sources(Path("rules/house"), None, ROOT / "fixtures")
    assert problems == []
    return found


@cache
def prepared_house() -> Prepared:
    """The house suite, ready to be tried."""
    return prepare(house())


def reading(**texts: str) -> Prepared:
    """Suites by the names of their files; a first line `suite:` is put before each."""
    files = {
        f"{name}.yaml": (text if text.startswith("suite:") else HEAD + dedent(text)).encode()
        for name, text in texts.items()
    }
    sources, desk = house(), prepared_house().desk
    assert desk is not None
    book = desk.book(None)
    suites, problems = read_suites(files, book.program, {**FACTS, **book.custom})
    if problems:
        return Prepared(sources, problems=problems)
    trials, problems = prepare_trials(desk, suites)
    return Prepared(sources, desk, suites, trials, problems)


def refused(text: str) -> list[Problem]:
    """The problems of a suite."""
    return list(reading(suite=text).problems)


def verdicts(**texts: str) -> list[Verdict]:
    """The verdicts on every case of suites that are well formed."""
    prepared = reading(**texts)
    assert prepared.problems == []
    assert prepared.desk is not None
    return [run_trial(prepared.desk, trial) for trial in prepared.trials]


def verdict(expect: str, setting: str = USDC) -> Verdict:
    """The verdict on one case."""
    [found] = verdicts(suite=f"cases:\n  - case: One\n    {setting}expect: {expect}\n")
    return found
