"""`pegmark prove`: what it prints in which form, what it writes, and with which code it exits."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Run

GOOD, BAD = (f"coalesce(venue.issuer_affiliated, {flag})" for flag in ("true", "false"))


@pytest.fixture
def book(checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the house rulebook that anybody may change; paths are from where it stands."""
    shutil.copytree(checkout / "rules/house", tmp_path / "mine", ignore=shutil.ignore_patterns("tests"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PEGMARK_FIXTURES", str(checkout / "fixtures"))
    return tmp_path / "mine"


def plant(book: Path, file: str, find: str, put: str) -> None:
    """Change a line of a rulebook."""
    text = (book / file).read_text()
    assert text.count(find) == 1
    (book / file).write_text(text.replace(find, put))


def test_proved(book: Path, run: Run) -> None:
    """What is proved is counted, and exits with 0."""
    ran = run("prove", "mine", "--only", "HC-GAP", "--jobs", "1")
    assert ran.code == 0, ran.out
    assert "refuted" not in ran.out
    assert ran.out.startswith("house 2026.12.0, params of ")
    assert " proved in " in ran.out


def test_refuted(book: Path, run: Run) -> None:
    """A refutation is told with the asset that shows it, in both forms, and exits with 1."""
    plant(
        book,
        "derive.yaml",
        "coalesce(venue.issuer_affiliated, true)",
        "coalesce(venue.issuer_affiliated, false)",
    )
    ran = run("prove", "mine", "--only", "HC-WRONGWAY hidden", "--jobs", "1")
    assert ran.code == 1
    assert "refuted HC-WRONGWAY hidden venue.issuer_affiliated" in ran.out
    assert "venue.issuer_affiliated: true -> unknown" in ran.out
    assert "haircut.maintenance: " in ran.out
    ran = run("prove", "mine", "--only", "HC-WRONGWAY hidden", "--jobs", "2", "--format", "json")
    (data,) = json.loads(ran.out)
    (goal,) = [goal for goal in data["goals"] if goal["outcome"] == "refuted"]
    assert goal["goal"] == "HC-WRONGWAY hidden venue.issuer_affiliated"
    assert "venue.issuer_affiliated" not in goal["witness"]["worse"]
    assert data["rulebook"] == "house"


def test_what_is_written_fails_until_mended(book: Path, run: Run) -> None:
    """A suite of what refutes fails on faulty rules and holds on mended ones; no other file is lost."""
    (book / "tests").mkdir()
    file = book / "tests/refuted.yaml"
    plant(book, "derive.yaml", GOOD, BAD)
    proving = ("prove", "mine", "--only", "HC-WRONGWAY hidden", "--jobs", "1", "--write", str(file))
    assert run(*proving).code == 1
    assert run("test", "mine").code == 1
    assert run(*proving).code == 1  # its own file is written anew
    plant(book, "derive.yaml", BAD, GOOD)
    assert run("test", "mine").code == 0
    file.write_text("suite: Mine\n")
    plant(book, "derive.yaml", GOOD, BAD)
    ran = run(*proving)
    assert "a person wrote this file" in ran.err
    assert file.read_text() == "suite: Mine\n"


def test_against(book: Path, run: Run) -> None:
    """A rulebook is proved at least as strict as another, or refuted with an asset under both."""
    assert run("prove", "mine", "--against", "house", "--jobs", "1").code == 0
    plant(book, "haircut.yaml", "hedged_synthetic: {R: 8%, M: 12%}", "hedged_synthetic: {R: 6%, M: 10%}")
    ran = run("prove", "mine", "--against", "house", "--jobs", "1")
    assert ran.code == 1
    assert "refuted HC-BASE refines" in ran.out
    assert "against house 2026.12.0" in ran.out


def test_wrong_use(book: Path, run: Run) -> None:
    """What cannot be used is told in one line with code 2, or 1 where it is the rulebook."""
    ran = run("prove", "mine", "--only", "HC-NOWHERE")
    assert (ran.code, ran.out) == (2, "")
    assert "no goal is called `HC-NOWHERE`" in ran.err
    ran = run("prove", "mine", "--against", "nowhere")
    assert ran.code == 2
    assert "no rulebook is called `nowhere`" in ran.err
    assert run("prove", "nowhere").code == 2
    plant(book, "caps.yaml", "market_depth,", "market_dept,")
    ran = run("prove", "mine")
    assert ran.code == 1
    assert "E0201" in ran.err


def test_without_the_solver(book: Path) -> None:
    """Without z3 it says what to install."""
    program = (
        "import sys; sys.modules['z3'] = None\n"
        "from pegmark.cli.verbs import run; sys.exit(run(['prove', 'mine']))"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert ran.returncode == 2
    assert ran.stderr.splitlines()[0] == "error: proofs need z3, which is not installed"
    assert "pegmark[proof]" in ran.stderr
