"""Mutants tried on suites: what is noticed, what cannot be, and the asset by which the rest is told."""

from __future__ import annotations

import pytest

from pegmark.authoring.mutation import Mutant, mutants
from pegmark.authoring.reading import read_settings
from pegmark.cli.tried import Prepared
from pegmark.engine.compiled import compile_program
from pegmark.engine.report import decide
from pegmark.facts.vocabulary import FACTS
from pegmark.proof.equivalence import Compared
from pegmark.usecases.assess import prepare
from pegmark.usecases.mutation import Found, Ground, Outcome
from pegmark.usecases.separation import Separation
from pegmark.usecases.tellers import tellers
from tests.authoring.suites import prepared_house, reading

WEAK = """
fixtures:
  paper:
    asset: USDC
    at: 2026-10-07
    facts:
      backing.components: {treasury_bill: 85%, own_token: 15%}
      backing.largest_bank_share: null
      backing.systemic_bank_share: null
cases:
  - case: Much of it is its own paper
    like: paper
    expect: {capped_by: has KO-OWN, trace.KO-OWN: true}
"""


@pytest.fixture(scope="module")
def weak() -> Prepared:
    """A suite of one case."""
    return reading(weak=WEAK)


@pytest.fixture(scope="module")
def ground(weak: Prepared) -> Ground:
    """Where mutants are tried on it."""
    assert weak.desk is not None
    return Ground(weak.desk, weak.trials)


def those_of(rule: str) -> dict[str, Mutant]:
    """The mutants of a rule of the house rulebook, by the words for the fault."""
    return {mutant.fault: mutant for mutant in mutants(prepared_house().program) if mutant.rule == rule}


def test_a_case_notices_what_it_looks_at(ground: Ground) -> None:
    """Proves that a rule that no longer fires is noticed by the case that expects it to, by its title."""
    found = those_of("KO-OWN")
    title = "weak: Much of it is its own paper"
    assert ground.killer(found["`own_paper >= 10%` → `own_paper < 10%`"]) == title
    assert ground.killer(found["the rule is removed"]) == title


def test_a_weak_suite_lets_faults_survive(ground: Ground) -> None:
    """Proves that an edge on which no case lies can move."""
    outcome = ground.outcome(those_of("KO-OWN")["`own_paper >= 10%` → `own_paper > 10%`"])
    assert outcome == Found()


def test_what_runs_as_the_same_code_can_never_be_noticed(ground: Ground) -> None:
    """Proves that a limit above the most of a curve is no fault, and that a limit that binds is one."""
    assert ground.outcome(those_of("HC-CROWDING")["limit: `5%` → `6%`"]) == Found(is_same=True)
    assert ground.outcome(those_of("HC-CROWDING")["limit: `5%` → `4%`"]) == Found()


def test_an_asset_is_found_that_tells_and_does(ground: Ground, weak: Prepared) -> None:
    """Proves that what is found is decided differently, and that its expectation is the base's answer."""
    assert weak.desk is not None
    mutant = those_of("KO-OWN")["`own_paper >= 10%` → `own_paper > 10%`"]
    fixtures, venues = read_settings({"weak.yaml": b"suite: Weak\n" + WEAK.encode()}, FACTS)
    separation = Separation(weak.desk, fixtures, venues)
    [teller] = tellers(ground, separation, [Outcome(mutant)])
    assert teller is not None
    asked = separation.asked(teller.candidate)
    assert asked is not None
    base, other = (
        decide(compile_program(program), asked.snapshot, asked.sizes)
        for program in (prepared_house().program, mutant.program)
    )
    assert base["capped_by"] != other["capped_by"]
    assert {name: base[name] for name in teller.expect} != {name: other[name] for name in teller.expect}


@pytest.mark.parametrize("rule", ["HC-GAP", "SC-C-050", "CN-PROMO", "RV-050", "CAP-ACCOUNT"])
def test_a_quick_look_agrees_with_a_whole_one(rule: str) -> None:
    """Proves that a mutant noticed by shortcuts decides some case's question differently, in full."""
    prepared = prepared_house()
    assert prepared.desk is not None
    ground = Ground(prepared.desk, prepared.trials)
    questions = {trial.case.title: trial.question for trial in prepared.trials}
    for mutant in list(those_of(rule).values())[::4]:
        killer = ground.killer(mutant)
        if killer is None:
            continue
        asked = prepare(prepared.desk, questions[killer])
        both = [
            decide(compile_program(program), asked.snapshot, asked.sizes, asked.layer, "full")
            for program in (prepared.program, mutant.program)
        ]
        for body in both:
            body.pop("id")
        assert both[0] != both[1]


@pytest.mark.slow
def test_the_house_suites_notice_every_fault() -> None:
    """Proves that a case of the house suites notices every mutant that is not proved to be no fault."""
    prepared = prepared_house()
    assert prepared.desk is not None
    compare = Compared(prepared.program, compile_program(prepared.program).starts, 300.0)
    ground = Ground(prepared.desk, prepared.trials, compare)
    tried = mutants(prepared.program)
    outcomes = [ground.outcome(mutant) for mutant in tried]
    survivors = [
        mutant.id for mutant, outcome in zip(tried, outcomes, strict=True) if outcome.state == "survived"
    ]
    assert not survivors
    assert sum(outcome.state == "killed" for outcome in outcomes) > 2_300
