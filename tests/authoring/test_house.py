"""The house suite: every case holds, and every rule of the house is shown by one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pytest

from pegmark.errors import FactsError
from pegmark.rulebook.program import Program
from pegmark.usecases.assess import assess
from pegmark.usecases.coverage import covered
from pegmark.usecases.desk import Desk
from pegmark.usecases.rules import Rule, rules_of
from pegmark.usecases.trials import run_trial
from tests.authoring.suites import prepared_house

Body = Mapping[str, Any]

NEVER: Mapping[str, str] = {
    "CLS-900": "where CLS-020 does not hold CLS-170 does, so that one of the two decides",
    "GR-INITIAL": "initial is maintenance and something more",
    "GR-CAP": "CAP-SUPPLY is held to as much",
    "GR-CLASS": "ST-CLASS has made such a class ineligible",
    "GR-CASH": "HC-BOUND holds maintenance to as much",
    "GR-SYNTHETIC": "HC-BASE begins with more for those classes",
    "GR-SIZE": "an obligation for a prover, which a decision does not ask",
    "GR-UNKNOWN": "an obligation for a prover, which a decision does not ask",
}
"""Rules that no case can show, and why."""


@cache
def decisions() -> tuple[Body, ...]:
    """The decisions on all cases that are decided, explained in full."""
    desk, trials = desk_of_the_house(), prepared_house().trials
    return tuple(body for trial in trials if (body := decided(desk, trial.question)) is not None)


def decided(desk: Desk, question: Any) -> Body | None:
    """A decision, or None where the question is refused."""
    try:
        return assess(desk, question._replace(explain="full"))
    except FactsError:
        return None


def desk_of_the_house() -> Desk:
    """The desk that the house suite is tried at."""
    desk = prepared_house().desk
    assert desk is not None
    return desk


def house() -> Program:
    """The house rulebook."""
    return desk_of_the_house().book(None).program


def outcomes(rule: str) -> Iterator[Any]:
    """What came of a rule in every case that traced it."""
    return (entry["outcome"] for body in decisions() for entry in body["trace"] if entry["rule"] == rule)


def lines(rule: str) -> Iterator[float]:
    """What a line of the waterfall came to in every case."""
    found = (line for body in decisions() for haircut in body["haircuts"] for line in haircut["waterfall"])
    return (line["amount"] for line in found if line["rule"] == rule)


def is_shown(rule: Rule) -> bool:
    """Whether some case turns on a rule."""
    program, name, section = house(), rule.reason.id, rule.section.partition(".")[0]
    haircut = program.haircut
    if name == haircut.initial_reason.id:
        # Both sides of the larger of the two.
        steps = {
            round(one["initial"]["basis"] - one["maintenance"]["basis"], 9)
            for body in decisions()
            for one in body["haircuts"]
        }
        return 0.01 in steps and any(step > 0.01 for step in steps)
    if name == haircut.bounds_reason.id:
        return any(lines("BOUND"))
    if name == haircut.reference.reason.id:
        return any(one["initial"]["reference"] for body in decisions() for one in body["haircuts"])
    match section:
        case "normal":
            return any(outcome is not None for outcome in outcomes(name))
        case "classify":
            return any(body["decided_by"] == name for body in decisions())
        case "scorecards":
            return len(set(outcomes(name))) > 1
        case "rating":
            return any(name in (*body["capped_by"], *body["status_by"]) for body in decisions())
        case "haircut":
            return any(amount > 0 for amount in lines(name))
        case "caps" if name == program.caps.account_reason.id:
            return any(body["cap"]["account_usd"] < body["cap"]["venue_usd"] for body in decisions())
        case "caps":
            return any(body["cap"]["binding"] == name for body in decisions())
        case "ladder":
            return any(len(body["ladder"]) > 2 for body in decisions())
        case "mark":
            return len(set(outcomes(name))) > 1
        case "conditions" | "review" | "guardrails":
            listed = "conditions" if section == "conditions" else "findings"
            return any(name == one["rule"] for body in decisions() for one in body[listed])
    return False


def test_every_case_of_the_house_holds() -> None:
    """Proves that the house rules are what the house suite says they are."""
    assert prepared_house().problems == []
    verdicts = [run_trial(desk_of_the_house(), trial) for trial in prepared_house().trials]
    assert len(verdicts) > 200
    assert [verdict.title for verdict in verdicts if not verdict.holds] == []


@pytest.mark.parametrize("rule", list(rules_of(house())), ids=lambda rule: rule.reason.id)
def test_every_rule_of_the_house_is_shown(rule: Rule) -> None:
    """Proves that each rule turns some case, or that it is known why none can."""
    assert is_shown(rule) is (rule.reason.id not in NEVER)


def test_all_of_the_house_is_exercised() -> None:
    """Proves that no rule, branch or condition is without a case, but for what is out of reach."""
    coverage = covered(desk_of_the_house(), prepared_house().trials)
    assert len(coverage.items) > 1_000
    assert [f"{item.place.rule}: {item.title}" for _, item in coverage.missing] == []
    rules = {item.place.rule for item in coverage.unreachable if item.kind == "rule"}
    assert rules == {"CLS-900", "GR-SIZE", "GR-UNKNOWN"}
    asked = coverage.touching["classes: What cannot be classified is not accepted"]
    assert {"CLS-010", "CLS-020", "own_paper"} <= asked
    assert not asked & {"CLS-030", "CLS-170"}


def test_every_class_band_and_status_is_shown() -> None:
    """Proves that no outcome that the rules can give is without a case."""
    program = house()
    assert {body["class"] for body in decisions()} == set(program.classify.order)
    assert {body["band"] for body in decisions()} == {band for band, _ in program.rating.bands}
    assert {body["status"] for body in decisions()} == {"accept", "no_new", "run_off", "ineligible"}


def test_every_cell_of_the_start_table_is_shown() -> None:
    """Proves that each class is shown redeemed and sold, as far as a class can be."""
    found = {
        (entry["reads"]["class"], entry["reads"]["exit_route"])
        for body in decisions()
        for entry in body["trace"]
        if entry["rule"] == "HC-BASE"
    }
    # A term claim is locked, so that nobody redeems it.
    wanted = {(name, way) for name in house().classify.order for way in "RM"} - {("term_claim", "R")}
    assert wanted - found == set()
