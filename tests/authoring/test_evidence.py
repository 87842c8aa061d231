"""Why a cell differs: the rule that is named, and its line of the trace."""

from __future__ import annotations

import pytest

from pegmark.authoring.evidence import Evidence
from tests.authoring.suites import USDC, verdict

EXCHANGE = "asset: USDe\n    at: 2025-10-09\n    venue: exchange-2025-10\n    "
UST = "asset: UST\n    at: 2022-04-30\n    "
DOUBTED = (
    "asset: USDC\n    at: 2026-10-07\n    facts: {peg.discount_now: 3%, peg.max_discount_365d: 3%}\n    "
)


def why(expect: str, setting: str) -> Evidence:
    """Why the one cell differs."""
    [difference] = verdict(f"{{{expect}}}", setting).differences
    return difference.evidence


@pytest.mark.parametrize(
    ("setting", "expect", "rule"),
    [
        # The first rule that would have had to hold, and did not.
        (USDC, "class: government_fund", "CLS-110"),
        (USDC, "decided_by: CLS-110", "CLS-110"),
        # The rule that held before any that was wanted could.
        (USDC, "class: term_claim", "CLS-040"),
        (USDC, "class: fiat_reserve_mixed", "CLS-120"),
        (EXCHANGE, "class: strategy_fund", "CLS-030"),
        (EXCHANGE, "class: fiat_reserve", "CLS-050"),
        (USDC, "class: not fiat_reserve", "CLS-120"),
        (DOUBTED, "status: accept", "ST-DISCOUNT"),
        (UST, "status: accept", "ST-CLASS"),
        (UST, "eligible: true", "ST-CLASS"),
        (DOUBTED, "band: A", "KO-DISCOUNT"),
        (DOUBTED, "capped_by: []", "KO-DISCOUNT"),
        (USDC, "capped_by: has KO-MINT", "KO-MINT"),
        (EXCHANGE, "findings: lacks RV-050", "RV-050"),
        (EXCHANGE, "findings.RV-010: low", "RV-010"),
        (USDC, "conditions: [CN-MARK]", "CN-WEIGHT"),
        (USDC, "haircut.steps.HC-SHORTFALL: 1%", "HC-SHORTFALL"),
        (USDC, "cap.limits.CAP-EXIT: $1", "CAP-EXIT"),
        (USDC, "binding: CAP-EXIT", "CAP-SUPPLY"),
        (USDC, "cap.venue_usd: $1", "CAP-SUPPLY"),
        (EXCHANGE, "binding: CAP-SUPPLY", "LEAST"),
        (USDC, "mark.quote: null", "MK-010"),
        (USDC, "close_out_hours: 1", "MK-010"),
        (USDC, "trace.CLS-120: false", "CLS-120"),
        (USDC, "unknown_mattered: lacks backing.largest_bank_share", "NM-020"),
        (USDC, "unknown.control.audited: stale", "SC-C-040"),
        (USDC, "error: F0101", "CLS-120"),
    ],
)
def test_the_rule_that_decided_is_named(setting: str, expect: str, rule: str) -> None:
    """Proves that a reader is led to the rule that made the difference, and to what it read."""
    found = why(expect, setting)
    assert found.rule == rule
    if found.entry is not None:
        assert found.entry["rule"] == rule


@pytest.mark.parametrize(
    ("setting", "expect", "note"),
    [
        (USDC, "band: A", "; A from 75, "),
        (USDC, "scores.composite: 1", "backing 66, "),
        (USDC, "scores.backing: 1", "SC-B-010 55 times 4, "),
        (USDC, "haircut.initial: 1%", "HC-BASE 2%, HC-SHORTFALL 2.515%, ROUND 0.235%"),
        (USDC, "ladder.$100k.initial: 1%", "HC-BASE 2%, "),
        (USDC, "haircut.steps.HC-BASE: 1%", "HC-BASE 2%, "),
        (USDC, "cap.account_usd: $1", "CAP-SUPPLY $1.48444bn"),
        (UST, "status: accept", "class endogenous"),
        (USDC, "unknown: has peg.discount_now", "no rule read peg.discount_now and found nothing"),
    ],
)
def test_sums_are_taken_apart(setting: str, expect: str, note: str) -> None:
    """Proves that an amount comes with the parts it is made of."""
    assert note in (why(expect, setting).note or "")


def test_a_refusal_says_what_is_wrong_with_the_question() -> None:
    """Proves that a case whose facts contradict themselves fails in each cell, with code and reason."""
    setting = f"{USDC}facts: {{backing.components: {{cash: 80%, gold: 40%}}}}\n    "
    found = verdict("{class: fiat_reserve, band: any, status: accept}", setting)
    assert [(one.output, one.got) for one in found.differences] == [
        ("class", "refused: F0101, F0112"),
        ("status", "refused: F0101, F0112"),
    ]
    assert "net shares sum to 1.2" in (found.differences[0].evidence.note or "")
    assert verdict("{error: has F0101}", setting).holds
    assert not verdict("{error: F0101}", setting).holds


def test_what_was_decided_is_no_refusal() -> None:
    """Proves that a decision where a refusal is expected fails, and says what was decided."""
    [difference] = verdict("{error: F0101}").differences
    assert (difference.output, difference.got) == ("error", "decided: fiat_reserve, accept")
