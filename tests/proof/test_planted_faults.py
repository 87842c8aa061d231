"""Each fault planted in the house is caught, and by what is said beside it."""

from __future__ import annotations

import pytest

from pegmark.proof.goals import Goal
from pegmark.proof.obligations import goals_of
from pegmark.proof.prove import Task, goals_for
from pegmark.proof.prover import Prover
from pegmark.proof.refinement import Refinement
from pegmark.rulebook.program import Program
from tests.proof.planting import DAY, Fault, faults, house

FAULTS = faults()


@pytest.fixture(scope="module")
def base() -> Program:
    return house()


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_is_caught(fault: Fault, base: Program) -> None:
    """A planted fault is refused by the check, or refutes the goal that is named; without it, neither."""
    program, problems = fault.planted()
    how, _, name = fault.caught.partition(" ")
    if how == "check":
        assert program is None
        assert name in {problem.code for problem in problems}
        return
    assert program is not None, [problem.message for problem in problems]
    match how:
        case "prove":
            assert _outcome(program, name) == "refuted"
            assert name not in _names(base) or _outcome(base, name) == "proved"
        case "against":
            refinement = Refinement(base, program, DAY)
            (goal,) = [goal for goal in refinement.goals() if goal.rule == name]
            assert refinement.prove(goal, 20).outcome == "refuted"
            same = Refinement(base, base, DAY)
            assert same.prove(Goal("refines", name), 20).outcome == "proved"
        case "guardrail":
            prover = Prover(program, DAY)
            (obligation,) = [o for o in program.obligations if o.reason.id == name]
            asked = goals_of(obligation, program, prover.assets.specs)
            assert "refuted" in {prover.prove(goal, 20).outcome for goal in asked}
        case _:
            raise AssertionError(fault.caught)


def test_there_are_enough() -> None:
    """Thirty faults at least are planted, and each way of catching them is used."""
    assert len(FAULTS) >= 30
    assert {fault.caught.partition(" ")[0] for fault in FAULTS} == {"check", "prove", "against", "guardrail"}


def _names(program: Program) -> set[str]:
    return {str(goal) for goal in goals_for(Task(program, DAY))}


def _outcome(program: Program, name: str) -> str:
    (goal,) = [goal for goal in goals_for(Task(program, DAY)) if str(goal) == name]
    return Prover(program, DAY).prove(goal, 30).outcome
