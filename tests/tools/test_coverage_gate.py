"""The coverage gate: each package on its own, nothing rounded into passing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tools.coverage_gate import GATED, main, shortfalls


def _report(covered: int, total: int, **others: tuple[int, int]) -> dict[str, dict[str, object]]:
    counts = dict.fromkeys(GATED, (covered, total)) | others
    return {
        "files": {
            f"service/pegmark/{package}/module.py": {
                "summary": {"covered_branches": covered, "num_branches": total}
            }
            for package, (covered, total) in counts.items()
        }
    }


def test_exactly_at_the_gate_passes() -> None:
    """Proves that the gate is 95 %, inclusive."""
    assert shortfalls(_report(95, 100)) == []


def test_one_package_cannot_hide_another() -> None:
    """Proves that each package is held to the gate alone, and that 94.99 % is short of it."""
    assert shortfalls(_report(10_000, 10_000, engine=(9_499, 10_000))) == ["engine"]


def test_a_package_that_was_not_measured_is_short() -> None:
    """Proves that a package cannot pass by not being imported."""
    assert shortfalls(_report(100, 100, facts=(0, 0), cli=(0, 50))) == ["facts"]


@pytest.mark.parametrize(("covered", "code"), [(100, 0), (50, 1)])
def test_the_exit_code_says_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], covered: int, code: int
) -> None:
    """Proves that `make test` fails when the gate does, and says where."""
    report = tmp_path / "coverage.json"
    report.write_text(json.dumps(_report(covered, 100)), encoding="utf-8")
    assert main(str(report)) == code
    said = capsys.readouterr()
    assert "branches covered: language" in said.out
    assert ("below 95 %" in said.err) is bool(code)
