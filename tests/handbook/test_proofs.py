"""What a prover found, as a handbook tells it: of each rule, of each guardrail, and of nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from pegmark.handbook import as_markdown, handbook
from pegmark.handbook.evidence import Evidence
from pegmark.handbook.proofs import Goal, ProofsError, read_proofs, summary, told
from tests.handbook.books import house_program

DIGEST = "sha256:1"


def goal(name: str, kind: str, outcome: str = "proved") -> dict[str, Any]:
    """A goal as a report has it."""
    return {"goal": name, "kind": kind, "rule": name.partition(" ")[0], "outcome": outcome, "seconds": 0.1}


def report(*goals: dict[str, Any], digest: str = DIGEST) -> dict[str, Any]:
    """What came of the goals of one day."""
    return {"rulebook": "house", "digest": digest, "params_of": "2026-12-01", "goals": list(goals)}


GOALS = (
    goal("GR-CAP holds", "holds"),
    goal("HC-OWN larger position.size", "never better"),
    goal("HC-OWN hidden backing.components", "never better", "unknown"),
    goal("CLS-010 hidden venue.issuer_affiliated", "never better"),
    goal("maintenance passes", "passes"),
)


def test_a_guardrail_is_told_by_its_goals() -> None:
    """Proves that an assertion has its own goal, and an obligation those of rules and what passes them on."""
    proofs = read_proofs([report(*GOALS)], DIGEST)
    obligations = {one.reason.id: one for one in house_program().obligations}
    assert [goal.name for goal in proofs.of_rule("GR-CAP")] == ["GR-CAP holds"]
    assert [goal.name for goal in proofs.of_obligation(obligations["GR-SIZE"])] == [
        "HC-OWN larger position.size",
        "maintenance passes",
    ]
    hidden = proofs.of_obligation(obligations["GR-UNKNOWN"])
    assert [goal.outcome for goal in hidden] == ["unknown", "proved", "proved"]


def test_what_passes_on_proves_nothing_by_itself() -> None:
    """Proves that without goals of rules an obligation is not proved, whatever else is."""
    proofs = read_proofs([report(GOALS[0], GOALS[4])], DIGEST)
    assert [proofs.of_obligation(one) for one in house_program().obligations] == [[], []]


def test_a_handbook_tells_what_is_proved_and_what_is_not() -> None:
    """Proves that counts stand at the guardrails and in the head, and failures by name."""
    said = as_markdown(handbook(house_program(), Evidence(), read_proofs([report(*GOALS)], DIGEST)))
    assert "- proofs: 4 of 5 goals proved; not HC-OWN hidden backing.components (unknown), by the" in said
    assert said.count("- proofs: not proved\n") == 4
    assert "- proofs: 1 of 1 goals proved\n" in said
    assert "- proofs: 2 of 2 goals proved\n" in said
    assert "- proofs: 2 of 3 goals proved; not HC-OWN hidden" in said


def test_without_proofs_nothing_is_proved() -> None:
    """Proves that a handbook made without a file says of each guardrail that it is not proved."""
    said = as_markdown(handbook(house_program(), Evidence()))
    assert said.count("- proofs: not proved\n") == 7
    assert f"- proofs: {summary(None)}" in said


def test_many_failures_are_counted() -> None:
    """Proves that three failures are named and the others counted."""
    goals = [Goal(f"G{n}", "holds", f"G{n}", "refuted") for n in range(5)]
    assert told(goals) == "0 of 5 goals proved; not G0 (refuted), G1 (refuted), G2 (refuted) and 2 more"
    assert told([]) == "not proved"


def test_days_are_told_together() -> None:
    """Proves that proofs by the params of several days are one result."""
    later = {**report(GOALS[0]), "params_of": "2027-01-01"}
    proofs = read_proofs([report(GOALS[0]), later], DIGEST)
    assert summary(proofs) == "2 of 2 goals proved, by the params of 2026-12-01 and 2027-01-01"


@pytest.mark.parametrize("data", [None, 1, "x", {"goals": []}, [1], [{}], [{**report(), "goals": [1]}]])
def test_what_is_no_result_is_refused(data: Any) -> None:
    """Proves that data of another form is told for what it is."""
    with pytest.raises(ProofsError, match="this is not what"):
        read_proofs(data, DIGEST)


@pytest.mark.parametrize("data", [[], [report(*GOALS, digest="sha256:2")], [report(), report(digest="x")]])
def test_proofs_of_another_rulebook_are_refused(data: Any) -> None:
    """Proves that what was proved before a change proves nothing after it."""
    with pytest.raises(ProofsError, match="another rulebook"):
        read_proofs(data, DIGEST)
