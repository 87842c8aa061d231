"""`pegmark mutate`: what it prints of mutants, what it writes, and with which code it exits."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Run

SUITE = """\
suite: What ALPHA is
fixtures:
  alpha:
    asset: ALPHA
    at: 2026-01-15
    facts: {peg.max_discount_30d: null, peg.max_discount_365d: null}
cases:
  - case: At par
    like: alpha
    expect: {class: not unclassified, capped_by: lacks KO-DISCOUNT}
  - case: At a discount
    like: alpha
    facts: {peg.discount_now: 3%}
    expect: {capped_by: has KO-DISCOUNT}
"""
ONLY = ("--only", "KO-DISCOUNT", "--jobs", "1")


@pytest.fixture
def book(checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the house rulebook with a suite of two cases; paths are from where it stands."""
    shutil.copytree(checkout / "rules/house", tmp_path / "mine", ignore=shutil.ignore_patterns("tests"))
    folder = tmp_path / "mine/tests"
    folder.mkdir()
    (folder / "alpha.yaml").write_text(SUITE)
    monkeypatch.chdir(tmp_path)
    return Path("mine")


def test_survivors_are_printed_with_their_place(run: Run, book: Path) -> None:
    """Proves that what no case notices is listed under its rule, and counted in the score."""
    ran = run("mutate", str(book), *ONLY)
    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert lines[0].startswith("  KO-DISCOUNT  mine/rating.yaml:")
    fault = "`peg.discount_now > intake_discount` → `peg.discount_now >= intake_discount`"
    assert any(line.endswith(fault) for line in lines)
    assert lines[-1].startswith("mine: 6 mutants, 3 killed, 3 survived: score 50 %")


@pytest.mark.parametrize(("least", "code"), [("50", 0), ("51", 1)])
def test_a_score_under_what_is_asked_exits_1(run: Run, book: Path, least: str, code: int) -> None:
    """Proves that a build can hold a rulebook to a score."""
    assert run("mutate", str(book), *ONLY, "--fail-under", least).code == code


def test_the_list_tries_nothing(run: Run, book: Path) -> None:
    """Proves that `--list` prints mutants alone, and that one of them can be asked for by its id."""
    found = json.loads(run("mutate", str(book), "--only", "KO-DISCOUNT", "--list", "--format", "json").out)
    assert found["mutants"] == 6
    assert "score" not in found
    name = found["found"][0]["id"]
    one = json.loads(run("mutate", str(book), "--only", name, "--format", "json").out)
    assert [mutant["id"] for mutant in one["found"]] == [name]


def test_what_no_asset_can_tell_is_no_survivor(run: Run, book: Path) -> None:
    """Proves that a fault which is proved to decide every asset alike counts for nothing."""
    reply = json.loads(run("mutate", str(book), "--only", "HC-HEDGE/d26985", "--format", "json").out)
    assert [(one["state"], one["proof"]) for one in reply["found"]] == [("equivalent", "equivalent")]
    assert (reply["survived"], reply["score"]) == (0, 100.0)


def test_without_a_solver_nothing_is_proved(run: Run, book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves that survivors stay survivors where z3 is not installed, and that this is said."""
    monkeypatch.setitem(sys.modules, "pegmark.proof.equivalence", None)
    ran = run("mutate", str(book), "--only", "HC-HEDGE/d26985")
    assert (ran.code, ran.err) == (0, "")
    assert "pip install 'pegmark[proof]'" in ran.out
    assert "1 survived: score 0 %" in ran.out


def test_json_says_what_killed(run: Run, book: Path) -> None:
    """Proves that each mutant has its state, and the case that noticed it."""
    reply = json.loads(run("mutate", str(book), *ONLY, "--format", "json").out)
    killed = [mutant for mutant in reply["found"] if mutant["state"] == "killed"]
    assert {mutant["killed_by"] for mutant in killed} <= {"alpha: At par", "alpha: At a discount"}
    assert (reply["killed"], reply["survived"], reply["score"]) == (3, 3, 50.0)


def test_more_processes_say_the_same(run: Run, book: Path) -> None:
    """Proves that mutants come in their order, whatever the number of processes."""
    one, two = (run("mutate", str(book), "--only", "CN-LOOP", "--jobs", jobs) for jobs in ("1", "2"))
    assert one == two


def test_what_is_written_kills(run: Run, book: Path) -> None:
    """Proves that `--write` adds cases that hold, after those of a person, and that they raise the score."""
    path = book / "tests/mutation.yaml"
    path.write_text("suite: Mine\n\ncases:\n  - {case: Mine, like: alpha, expect: {eligible: true}}\n")
    ran = run("mutate", str(book), *ONLY, "--write")
    assert ran.code == 0
    assert "mine/tests/mutation.yaml: " in ran.out
    assert path.read_text().startswith("suite: Mine\n\ncases:\n  - {case: Mine,")
    assert run("test", str(book)).code == 0
    assert run("mutate", str(book), *ONLY, "--fail-under", "100").code == 0


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--only", "KO-DISCOUMT"], 1, "no rule with a mutant is called `KO-DISCOUMT`"),
        (["--fail-under", "101"], 2, "--fail-under"),
        (["--rulebook", "nowhere"], 2, "nowhere"),
    ],
)
def test_what_cannot_be_done_is_one_error(
    run: Run, book: Path, arguments: list[str], code: int, said: str
) -> None:
    """Proves that wrong use is told, without a traceback."""
    ran = run("mutate", str(book), *arguments)
    assert (ran.code, ran.out) == (code, "")
    assert said in ran.err
    assert "Traceback" not in ran.err


def test_a_case_that_fails_anyway_is_told(run: Run, book: Path) -> None:
    """Proves that mutants are tried on suites that hold alone."""
    path = book / "tests/alpha.yaml"
    path.write_text(SUITE.replace("not unclassified", "unclassified"))
    ran = run("mutate", str(book), *ONLY)
    assert (ran.code, ran.out) == (2, "")
    assert "the case `alpha: At par` fails without any fault" in ran.err
