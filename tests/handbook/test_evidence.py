"""What suites show of rules: only what holds, and only what a decision rests on."""

from __future__ import annotations

from pegmark.handbook.evidence import Evidence, tried
from pegmark.usecases.rules import rules_of
from tests.authoring.suites import reading
from tests.authoring.test_house import NEVER
from tests.handbook.books import house_evidence, house_program


def evidence(text: str) -> Evidence:
    """What a suite shows of the house."""
    prepared = reading(suite=text)
    assert prepared.problems == []
    assert prepared.desk is not None
    return tried(prepared.desk, prepared.suites, prepared.trials)


def test_a_case_shows_what_its_decision_rests_on() -> None:
    """Proves that the rule of the class, steps that take something and what binds are shown, others not."""
    found = evidence(
        """
        cases:
          - case: One
            asset: USDe
            at: 2025-10-09
            venue: exchange-2025-10
            expect: {class: hedged_synthetic}
        """
    )
    assert found.shown["CLS-050"] == (("What is tried", "One"),)
    assert {"HC-BASE", "HC-WRONGWAY", "RV-010", "CN-PROMO", "MK-010"} <= set(found.shown)
    assert {"CLS-110", "CLS-900", "HC-TERM", "KO-OWN", "BOUND", "ROUND", "LEAST"} & set(found.shown) == set()
    assert (found.cases, found.failing) == (1, 0)


def test_a_case_that_fails_shows_nothing() -> None:
    """Proves that no rule is said to be shown by a case that does not hold, and that it is counted."""
    case = "case: One, asset: USDC, at: 2026-10-07, expect: {class: endogenous}"
    found = evidence(f"cases: [{{{case}}}]")
    assert dict(found.shown) == {}
    assert (found.cases, found.failing) == (1, 1)
    assert found.tallies[0].failing == 1


def test_a_case_that_is_refused_as_expected_holds_and_shows_nothing() -> None:
    """Proves that a question which is refused counts as a case, and rests on no rule."""
    text = """
        cases:
          - case: Too much of it
            at: 2026-10-07
            facts: {backing.components: {treasury_bill: 90%, gold: 90%}, backing.basis: net}
            expect: {error: any}
        """
    found = evidence(text)
    assert (found.cases, found.failing, dict(found.shown)) == (1, 0, {})


def test_rows_of_a_table_have_names_of_their_own() -> None:
    """Proves that a row is told with its table."""
    found = evidence(
        """
        tables:
          - table: Two
            at: 2026-10-07
            given: [asset]
            expect: [class]
            rows:
              one: [USDC, fiat_reserve]
              other: [BUIDL, government_fund]
        """
    )
    assert ("What is tried", "Two / one") in found.shown["HC-BASE"]


def test_the_house_shows_what_can_be_shown() -> None:
    """Proves that the handbook of the house names as never shown just the rules that no case can show."""

    without = {rule.reason.id for rule in rules_of(house_program())} - set(house_evidence().shown)
    assert without == set(NEVER)
