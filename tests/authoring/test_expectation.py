"""What may be expected of an output: each form holds where it should and fails where it should."""

from __future__ import annotations

import pytest

from tests.authoring.suites import refused, verdict

HOLDING = [
    ("class: fiat_reserve", "class: fiat_reserve_mixed"),
    ("class: [government_fund, fiat_reserve]", "class: [government_fund, term_claim]"),
    ("class: not term_claim", "class: not fiat_reserve"),
    ("class: any", None),
    ("eligible: true", "eligible: false"),
    ("haircut.initial: 6%", "haircut.initial: 6.25%"),
    ("haircut.initial: 0.06", "haircut.initial: 0.0625"),
    ("haircut.initial: <= 6%", "haircut.initial: < 6%"),
    ('haircut.initial: ">= 6%"', 'haircut.initial: "> 6%"'),
    ("haircut.initial: at most 0.06", "haircut.initial: at most 5.99%"),
    ("haircut.initial: at least 600bp", "haircut.initial: at least 6.01%"),
    ("haircut.initial: under 7%", "haircut.initial: under 6%"),
    ("haircut.initial: over 5%", "haircut.initial: over 6%"),
    ("haircut.initial: 5%..6%", "haircut.initial: 6.1%..7%"),
    ("haircut.initial: [5%, 6%]", "haircut.initial: [5%, 7%]"),
    ("haircut.initial: not 5%", "haircut.initial: not 6%"),
    ("cap.venue_usd: $1bn..$2bn", "cap.venue_usd: over $2bn"),
    ("cap.venue_usd: not null", "cap.venue_usd: null"),
    ("mark.floor: null", "mark.floor: 98%"),
    ("capped_by: []", "capped_by: KO-OWN"),
    ("capped_by: lacks KO-OWN", "capped_by: has KO-OWN"),
    ("conditions: {has: [CN-MARK, CN-GROUP], lacks: CN-EXIT}", "conditions: {has: CN-MARK, lacks: CN-GROUP}"),
    ("conditions: any", "conditions: [CN-MARK]"),
    ("conditions.CN-NOTICE: 24h", "conditions.CN-NOTICE: 2d"),
    ("conditions.CN-EXIT: null", "conditions.CN-EXIT: 90d"),
    ("trace.CLS-120: true", "trace.CLS-120: unknown"),
    ("trace.HC-TERM: false", "trace.HC-TERM: unknown"),
    ("trace.SC-B-010: 55", "trace.SC-B-010: 80"),
    ("scores: {backing: 60..70, composite: under 60}", "scores: {backing: under 60}"),
    ("haircut: {initial: {total: 6%, reference: 0%}}", "haircut: {initial: {total: 5%}}"),
    ("unknown.backing.largest_bank_share: not_disclosed", "unknown.backing.largest_bank_share: stale"),
    ("counterfactuals.to_band: B", "counterfactuals.to_band: A"),
    ("counterfactuals.facts: has control.mint_authority", "counterfactuals.facts: []"),
    ("error: []", "error: F0101"),
]


@pytest.mark.parametrize("expect", [holding for holding, _ in HOLDING])
def test_what_is_so_holds(expect: str) -> None:
    """Proves that each form of expectation is met by a decision that is as it says."""
    assert verdict(f"{{{expect}}}").differences == ()


@pytest.mark.parametrize("expect", [failing for _, failing in HOLDING if failing])
def test_what_is_not_so_fails(expect: str) -> None:
    """Proves that the same form fails where the decision is otherwise, in that one cell."""
    [difference] = verdict(f"{{{expect}}}").differences
    output = expect.partition(":")[0]
    assert difference.output.startswith(output)
    assert difference.expected != difference.got


def test_a_cell_is_shown_as_it_was_written_and_as_one_would_write_it() -> None:
    """Proves that both sides of a difference are in the language of suites, units included."""
    found = verdict("{haircut.initial: at most 0.05, cap.venue_usd: $1bn, capped_by: has KO-OWN}")
    assert [(one.output, one.expected, one.got) for one in found.differences] == [
        ("haircut.initial", "at most 0.05", "6%"),
        ("cap.venue_usd", "$1bn", "$1.48444bn"),
        ("capped_by", "has KO-OWN", "[]"),
    ]


MALFORMED = [
    ("class: fiat_resreve", "E0304", "did you mean `fiat_reserve`?"),
    ("class: <= fiat_reserve", "T0010", "write a value, or a list of those that will do"),
    ("haircut.initial: 6", "E0311", "write `6%`; it is from 0% to 100%"),
    ("haircut.initial: $6", "E0204", None),
    ("haircut.initial: at most 6d", "E0204", None),
    ("haircut.initial: 6%..5%", "T0010", "write the lesser end first"),
    ("haircut.initial: -5%", "E0311", "it is from 0% to 100%"),
    ("cap.venue_usd: 5%", "E0204", None),
    ("eligible: yes", "E0304", "one of `true`, `false`"),
    ("capped_by: null", "T0010", "write `[…]`, `has …`, `lacks …`, or `[]` for none"),
    ("capped_by: [KO-ONW]", "T0011", "did you mean `KO-OWN`?"),
    ("capped_by: {hass: KO-OWN}", "E0301", "did you mean `has`?"),
    ("decided_by: CLS-121", "E0304", "did you mean `CLS-120`?"),
    ("unknown_mattered: has peg.discount_nw", "T0007", "did you mean `peg.discount_now`?"),
    ("conditions.CN-MARKS: 3", "T0011", "did you mean `CN-MARK`?"),
    ("haircut.steps.HC-HEGDE: 3%", "T0011", "did you mean `HC-HEDGE`?"),
    ("trace.LAD-010: 3%", "T0011", None),
    ("findings.RV-999: high", "T0011", None),
    ("unknown.backing.largest_bank_shar: stale", "T0007", "did you mean `backing.largest_bank_share`?"),
    ("clas: fiat_reserve", "T0009", "did you mean `class`?"),
    ("haircuts.soon.initial: 3%", "T0009", "write one like `$250k` or `$1M`"),
    ("error: E0101", "T0010", "write one like `F0101` or `Q0006`"),
]


@pytest.mark.parametrize(("expect", "code", "help"), MALFORMED)
def test_what_can_never_hold_is_refused(expect: str, code: str, help: str | None) -> None:
    """Proves that an expectation that no decision could meet is told at its place, with what to write."""
    text = f"cases:\n  - case: One\n    asset: USDC\n    at: 2026-10-07\n    expect:\n      {expect}\n"
    [found] = refused(text)
    assert (found.code, found.span is not None and found.span.start.line) == (code, 7)
    assert help is None or found.help == help
