"""What refutes a goal is told as assets that the engine has decided, and as a suite that fails on them."""

from __future__ import annotations

from functools import cache

import yaml

from pegmark.authoring.reading import read_suites
from pegmark.authoring.refutation import HEADER, as_suite
from pegmark.cli.prove import bases
from pegmark.engine.compiled import compile_program
from pegmark.facts.vocabulary import FACTS
from pegmark.proof.goals import Goal
from pegmark.proof.prove import Task, goals_for
from pegmark.proof.prover import Prover, Verdict
from pegmark.proof.refinement import Refinement
from pegmark.proof.witness import Said, Witness, Witnesses
from pegmark.rulebook.program import Program
from pegmark.storage.fixtures import Fixtures
from pegmark.usecases.desk import Book, Desk
from pegmark.usecases.trials import prepare_trials, run_trial
from tests.proof.planting import DAY, FAULTS, faults, house


def planted(name: str) -> Program:
    """Return the house with a fault."""
    (fault,) = [fault for fault in faults() if fault.name == name]
    program, _ = fault.planted()
    assert program is not None
    return program


def refuted(program: Program, name: str) -> Verdict:
    """Return the verdict on a goal that is refuted."""
    (goal,) = [goal for goal in goals_for(Task(program, DAY)) if str(goal) == name]
    verdict = Prover(program, DAY).prove(goal, 20)
    assert verdict.outcome == "refuted"
    return verdict


def trials(program: Program, text: str) -> list[bool]:
    """Return of each case of a suite whether it holds under a rulebook."""
    suites, problems = read_suites({"refuted.yaml": text.encode()}, program, FACTS, ["refuted.yaml"])
    assert problems == []
    book = Book({}, program, compile_program(program), {})
    desk = Desk(Fixtures(FAULTS.parent), {program.id: book}, program.id)
    found, problems = prepare_trials(desk, suites)
    assert problems == []
    return [run_trial(desk, trial).holds for trial in found]


def test_a_refutation_is_an_asset_with_nothing_in_it_that_does_not_matter() -> None:
    """A hidden gate helps: the asset is known by what the class needs, and the gate is what differs."""
    program = planted("unknown-skips-an-adverse-rule")
    verdict = refuted(program, "KO-GATED hidden redemption.gated")
    found = Witnesses(program, DAY, bundled()).of(verdict)
    assert found is not None
    differ = {name for name in found.better if found.better.get(name) != found.worse.get(name)}
    assert differ == {"redemption.gated"}
    assert "redemption.gated" not in found.worse
    assert "band" in {one.name for one in found.differences}


def test_a_suite_fails_until_the_rules_are_mended() -> None:
    """What is written fails on the faulty rules in one case each, and holds on the house."""
    program = planted("hidden-affiliation")
    verdict = refuted(program, "HC-WRONGWAY hidden venue.issuer_affiliated")
    witness = Witnesses(program, DAY, bundled()).of(verdict)
    assert witness is not None
    text = as_suite(program, [(str(verdict.goal), witness)], FACTS)
    assert text.startswith(HEADER)
    assert len(yaml.safe_load(text)["cases"]) == 2
    assert trials(program, text) == [True, False]
    assert trials(house(), text) == [True, True]


def test_a_guardrail_is_crossed_by_a_whole_asset() -> None:
    """What refutes an assertion is one asset, which the engine makes ineligible for it."""
    program = planted("guardrail-below-what-is-asserted")
    witness = Witnesses(program, DAY, bundled()).of(refuted(program, "GR-CASH holds"))
    if witness is not None:
        assert [one.name for one in witness.differences] == ["crossed"]


def test_a_refinement_is_refuted_by_an_asset_under_two_rulebooks() -> None:
    """A looser start is shown by an asset that loses less under it."""
    base, loose = house(), planted("looser-overlay-haircut")
    verdict = Refinement(base, loose, DAY).prove(Goal("refines", "HC-BASE"), 20)
    witness = Witnesses(loose, DAY, bundled(), base).of(verdict)
    assert isinstance(witness, Witness)
    assert witness.better == witness.worse
    assert {one.name for one in witness.differences} >= {"haircut.maintenance"}


@cache
def bundled() -> list[Said]:
    """Return the stored assets, on which a refutation is tried."""
    return list(bases(house()))
