"""The rulebook to begin with: it is sound, laid out, and shows each of its rules by a case."""

from __future__ import annotations

from pathlib import Path

import pytest

from pegmark.authoring.format import formatted
from pegmark.authoring.scaffold import new_rulebook, wrong_id
from pegmark.cli.tried import prepare, read_sources
from pegmark.rulebook.load import check_files
from pegmark.usecases.assess import assess
from pegmark.usecases.rules import rules_of
from pegmark.usecases.trials import run_trial

TURNING = ("CL", "KO", "ST", "CN", "RV")
"""How ids begin of rules on which the answer turns, as a decision names them."""


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """The rulebook in a folder."""
    for name, text in new_rulebook("desk_7").items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def rules(id: str) -> dict[str, bytes]:
    """The texts of the rules, without the suite."""
    return {name: text.encode() for name, text in new_rulebook(id).items() if "/" not in name}


def test_it_is_sound_and_has_the_id() -> None:
    """Proves that nothing is wrong with it, not even a warning, and that it is called what it should be."""
    program, problems = check_files(rules("desk_7"))
    assert problems == []
    assert program is not None
    assert program.id == "desk_7"


def test_it_is_laid_out() -> None:
    """Proves that `pegmark fmt` has nothing to do."""
    for name, text in new_rulebook("desk_7").items():
        assert formatted(text.encode(), name) == (text.encode(), []), name


def test_every_file_teaches() -> None:
    """Proves that each file begins with what it is for."""
    assert [name for name, text in new_rulebook("x").items() if not text.startswith("# ")] == []


def test_its_cases_hold_and_turn_on_every_rule(book: Path, checkout: Path) -> None:
    """Proves that whoever changes a rule of it has a case to change; GR-… no case can show."""
    sources, problems = read_sources(book, None, checkout / "fixtures")
    assert problems == []
    prepared = prepare(sources)
    desk = prepared.desk
    assert prepared.problems == []
    assert desk is not None
    assert [trial.case.title for trial in prepared.trials if not run_trial(desk, trial).holds] == []
    shown: set[str] = set()
    for trial in prepared.trials:
        body = assess(desk, trial.question)
        shown |= {body["decided_by"], body["cap"]["binding"], *body["capped_by"], *body["status_by"]}
        shown |= {one["rule"] for one in (*body["conditions"], *body["findings"])}
        shown |= {line["rule"] for one in body["haircuts"] for line in one["waterfall"] if line["amount"]}
    assert shown >= {
        rule.reason.id for rule in rules_of(desk.book(None).program) if rule.reason.id[:2] in TURNING
    }


@pytest.mark.parametrize("id", ["a", "desk_7", "A" * 40])
def test_an_id_is_taken(id: str) -> None:
    """Proves that what is taken is an id to the checker, too."""
    assert wrong_id(id) is None
    program, _ = check_files(rules(id))
    assert program is not None
    assert program.id == id


@pytest.mark.parametrize("id", ["", "7", "my-house", "a b", "é", "A" * 41, "x\ny", "null", "a: b", "../x"])
def test_another_id_is_refused(id: str) -> None:
    """Proves that a name which the checker would refuse is told before anything is written."""
    problem = wrong_id(id)
    assert problem is not None
    assert problem.message.endswith("is not a name")
