"""Reports of real assets, whole: what a reader sees change when a rule, a fact or a word changes."""

from __future__ import annotations

import pytest

from tools.reports import GOLDEN, REPORTS, main, report


@pytest.fixture(autouse=True)
def what_ships(surroundings: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The fixtures that ship, not the made-up ones."""
    monkeypatch.delenv("PEGMARK_FIXTURES")


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_is_what_was_last_read_and_committed(name: str) -> None:
    """Proves that no change reaches a report unseen; `python -m tools.reports` writes them anew."""
    assert report(REPORTS[name]) == (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")


def test_no_report_is_left_over() -> None:
    """Proves that every file among the golden reports is still held to something."""
    assert {path.stem for path in GOLDEN.iterdir()} == set(REPORTS)


def test_a_change_is_shown_and_fails_the_check(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object, capsys: pytest.CaptureFixture[str]
) -> None:
    """Proves that `--check` prints the difference, writes nothing and fails, and that writing mends it."""
    monkeypatch.setattr("tools.reports.GOLDEN", tmp_path)
    monkeypatch.setattr("tools.reports.REPORTS", {"ust": REPORTS["ust"]})
    assert main(["--check"]) == 1
    shown = capsys.readouterr()
    assert "+endogenous · not accepted · band E" in shown.out
    assert "python -m tools.reports" in shown.err
    assert main([]) == 0
    assert main(["--check"]) == 0
