"""`pegmark check`: what it prints and with which code it exits."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run

HOUSE = "rules/house"
BROKEN = "fixtures/broken_rules/E0204"


@pytest.fixture(autouse=True)
def in_the_checkout(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Paths are printed as they were given."""
    monkeypatch.chdir(checkout)


def test_a_sound_rulebook_exits_0(run: Run) -> None:
    """Proves that the house rulebook is named with its version and without errors."""
    ran = run("check", HOUSE)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines()[-1].startswith("rules/house: ok, house ")


def test_a_broken_rulebook_exits_1(run: Run) -> None:
    """Proves that a problem is shown with code, place, line and caret, then the count, on standard output."""
    ran = run("check", BROKEN)
    assert (ran.code, ran.err) == (1, "")
    assert ran.out.startswith("error[E0204]: ")
    assert f"--> {BROKEN}/rulebook.yaml:" in ran.out
    assert "^" in ran.out
    assert ran.out.splitlines()[-1] == f"{BROKEN}: 1 error"


def test_several_rulebooks_are_checked_in_one_run(run: Run) -> None:
    """Proves that each path has its verdict and that one broken book decides the exit code."""
    ran = run("check", HOUSE, BROKEN, "fixtures/broken_rules/E0101/rulebook.yaml")
    assert ran.code == 1
    verdicts = [line for line in ran.out.splitlines() if line.startswith(("rules/", "fixtures/"))]
    assert [verdict.partition(":")[0] for verdict in verdicts] == [
        HOUSE,
        BROKEN,
        "fixtures/broken_rules/E0101/rulebook.yaml",
    ]


def test_problems_are_data_too(run: Run) -> None:
    """Proves that `--format json` holds what the text says, and whether all is well."""
    sound = run("check", HOUSE, "--format", "json")
    assert (sound.code, json.loads(sound.out)["ok"]) == (0, True)
    broken = run("check", BROKEN, "--format", "json")
    reply = json.loads(broken.out)
    assert (broken.code, reply["ok"]) == (1, False)
    [problem] = reply["problems"]
    assert problem["code"] == "E0204"
    assert problem["file"] == f"{BROKEN}/rulebook.yaml"
    assert f":{problem['range']['start']['line']}:" in run("check", BROKEN).out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "missing argument 'PATH…'"),
        (["no/such/path"], "invalid value for 'PATH…': Path 'no/such/path' does not exist"),
        ([HOUSE, "--format", "xml"], "invalid value for '--format'"),
    ],
)
def test_wrong_use_exits_2(run: Run, arguments: list[str], message: str) -> None:
    """Proves that a path that is not there is wrong use, not a broken rulebook."""
    ran = run("check", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"error: {message}")
    assert ran.err.endswith("hint: see `pegmark check --help`\n")


def test_a_folder_without_rules_is_refused(run: Run, tmp_path: Path) -> None:
    """Proves that an empty folder is no sound rulebook."""
    ran = run("check", str(tmp_path))
    assert ran.code == 1
    assert "error[E0013]" in ran.out


def test_the_filling_in_of_the_settings_is_used(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Proves that a rulebook is checked with the filling-in that it would be served with."""
    (tmp_path / "normal.yaml").write_text("normal: [\n")
    monkeypatch.setenv("PEGMARK_RULES", str(tmp_path))
    ran = run("check", HOUSE)
    assert ran.code == 1
    assert f"{tmp_path}/normal.yaml" in ran.out
