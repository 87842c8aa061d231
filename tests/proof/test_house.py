"""The house keeps every promise, on two processes, with the params in force."""

from __future__ import annotations

from collections import Counter

import pytest

from pegmark.proof.goals import Goal
from pegmark.proof.obligations import goals_of
from pegmark.proof.pair import Driver
from pegmark.proof.prove import Task, epochs, goals_for, prove
from pegmark.proof.prover import Prover, Verdict
from pegmark.proof.refinement import Refinement
from tests.proof.planting import DAY, house


@pytest.mark.slow
def test_every_goal_is_proved() -> None:
    """Every goal of the house is proved, each is heard of once, and they come in the order asked for."""
    task = Task(house(), DAY)
    wanted = goals_for(task)
    heard: list[Verdict] = []
    verdicts = prove(task, wanted, 30, 2, heard.append)
    assert [verdict.goal for verdict in verdicts] == wanted
    assert Counter(verdict.goal for verdict in heard) == Counter(wanted)
    assert [f"{v.goal} {v.outcome} {v.why}" for v in verdicts if v.outcome != "proved"] == []


def test_the_goals_cover_what_is_promised() -> None:
    """Every fact that a rule of the house reads is worsened and hidden, and every core asked about it."""
    program = house()
    wanted = goals_for(Task(program, DAY))
    drivers = {goal.driver for goal in wanted if goal.driver is not None}
    prover = Prover(program, DAY)
    read = prover.rests.of(*(node for core in prover.cores.values() for node in core.nodes))
    facts = [name for name in prover.assets.specs if name in read]
    assert len(facts) > 40
    assert {Driver("hidden", name) for name in (*facts, "backing.components")} <= drivers
    adverse = {name for name in facts if prover.assets.specs[name].worse != "none"}
    assert {Driver("worse", name) for name in adverse} <= drivers
    assert Driver("larger", "position.size") in drivers
    assert {goal.rule for goal in wanted if goal.driver is not None} == set(prover.cores)
    reachable = {goal.rule for goal in wanted if goal.kind == "reachable"}
    assert {rule.reason.id for rule in (*program.classify.rules, *program.rating.knock_outs)} <= reachable
    assert {goal.rule for goal in wanted if goal.kind == "holds"} == {
        assertion.reason.id for assertion in program.assertions
    }
    assert Goal("ordered", "HC-BASE") in wanted


def test_guardrails_are_discharged_by_goals() -> None:
    """What a guardrail asks to be proved is a number of goals, all of them asked for."""
    program = house()
    prover = Prover(program, DAY)
    wanted = set(goals_for(Task(program, DAY)))
    assert len(program.obligations) == 2
    for obligation in program.obligations:
        asked = goals_of(obligation, program, prover.assets.specs)
        assert asked
        assert set(asked) <= wanted


def test_the_house_refines_itself() -> None:
    """A rulebook is at least as strict as itself, in every goal."""
    refinement = Refinement(house(), house(), DAY)
    goals = refinement.goals()
    assert {"frame", "class", "score.backing", "HC-BASE", "CAP-EXIT", "KO-OWN", "ST-DEFICIT"} <= {
        goal.rule for goal in goals
    }
    assert {refinement.prove(goal, 20).outcome for goal in goals} == {"proved"}


def test_epochs_are_those_of_the_params() -> None:
    """There is one set of params for each date on which one changes."""
    assert epochs(house()) == [min(epochs(house()))]
