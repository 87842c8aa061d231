"""Ladder, caps, mark and conditions: what may be wrong, what is said of it, and where."""

from __future__ import annotations

import pytest

from tests.rulebook.books import Change, complaints, with_condition, with_limit, with_top

CASES: list[tuple[list[Change], list[tuple[str, str, str]]]] = [
    ([("breakpoints: [$1M, $10M]", "breakpoints: []")], [("E0303", "the list is empty", "[")]),
    ([("breakpoints: [$1M, $10M]", "breakpoints: [$0, $10M]")], [("E0311", "`$0` is below $1", "$0")]),
    (
        [("breakpoints: [$1M, $10M]", "breakpoints: [$1M, $1M]")],
        [("E0322", "this breakpoint is not above the one before", "$1M")],
    ),
    ([("ladder: {id: LD-010", "ladder: {id: LD-010, x: y")], [("E0301", "unknown key `x`", "x")]),
    (
        [with_limit("expr: 2% * liquidity.supply")],
        [("E0318", "the limit can be unknown, and nothing says what then", "2% * liquidity.supply")],
    ),
    ([with_limit("expr: $5M, unknown: worst")], [("E0319", "the limit is never unknown", "worst")]),
    ([with_limit("expr: $5M")], []),
    (
        [with_limit("expr: 2% * liquidity.supply, unknown: $5")],
        [("E0324", "an unknown limit is `$5`, and a known one can be less", "$5")],
    ),
    ([with_limit("expr: 2% * liquidity.supply, unknown: $0")], []),
    (
        [with_limit("expr: 2% * liquidity.supply, unknown: 5%")],
        [("E0204", "unit mismatch: ratio where USD is needed", "5%")],
    ),
    ([with_limit("expr: 2%, unknown: worst")], [("E0204", "unit mismatch: ratio where USD is needed", "2%")]),
    (
        [with_limit("expr: 2% * position.size, unknown: worst")],
        [("E0207", "`position.size` cannot be read here", "position.size")],
    ),
    (
        [with_limit("when: 5, expr: 2% * liquidity.supply, unknown: worst")],
        [("E0205", "this is a bare number, where a condition is needed", "5")],
    ),
    ([with_limit("unknown: worst")], [("E0302", "`expr` is missing", "{")]),
    (
        [("  limits:\n", "  limits: []\n  limitz:\n")],
        [("E0303", "the list is empty", "["), ("E0301", "unknown key `limitz`", "limitz")],
    ),
    (
        [("account: {id: CP-020, share: 10%", "account: {id: CP-020, share: 110%")],
        [("E0311", "`110%` is not between 0% and 100%", "110%")],
    ),
    (
        [("account: {id: CP-020, share: 10%, why: No account is the venue., cite: [M]}", "account: 10%")],
        [("E0303", "this is a value, where a mapping is needed", "10%")],
    ),
    (
        [("round: {to: $10k, mode: down}", "round: {to: $0, mode: down}")],
        [("E0311", "`$0` is below $0.01", "$0")],
    ),
    (
        [("round: {to: $10k, mode: down}", "round: {to: $10k, mode: down}\n  outstanding: 5%")],
        [("E0204", "unit mismatch: ratio where USD is needed", "5%")],
    ),
    (
        [
            (
                "round: {to: $10k, mode: down}",
                "round: {to: $10k, mode: down}\n  outstanding: venue.collateral_outstanding",
            )
        ],
        [],
    ),
    (
        [("mark:\n", "mark_:\n")],
        [("E0302", "section `mark` is missing", ""), ("E0301", "unknown section `mark_`", "mark_")],
    ),
    (
        [("basis: '\"multi_venue_index\"'", "basis: multi_venue_index")],
        [("E0201", "unknown name `multi_venue_index`", "multi_venue_index")],
    ),
    (
        [("basis: '\"multi_venue_index\"'", "basis: venue.price_source")],
        [("E0318", "`basis` can be unknown, and a mark is always stated", "venue.price_source")],
    ),
    ([("quote: USD", "quote: USDD")], [("E0201", "unknown name `USDD`", "USDD")]),
    (
        [("quote: USD", "quote: reference.currency")],
        [("E0318", "`quote` can be unknown, and a mark is always stated", "reference.currency")],
    ),
    ([("quote: USD", 'quote: \'if known(redemption.at_par) then "USD" else "EUR"\'')], []),
    ([("quote: USD", "quote: [USD]")], [("E0303", "this is a list, where a value is needed", "[")]),
    ([("min_sources: 3", "min_sources: 0")], [("E0311", "`0` is not a whole number from 1 to 100", "0")]),
    (
        [("floor: {value: 98%", "floor: {value: 198%")],
        [("E0311", "`198%` is not between 0% and 100%", "198%")],
    ),
    (
        [("floor: {value: 98%, when: redemption.at_par}", "floor: {value: 98%, when: }")],
        [("E0109", "expression is empty", "")],
    ),
    ([("unknown: 10d}", "unknown: -10d}")], [("E0311", "`-10d` is below 0d", "-10d")]),
    ([("unknown: 10d}", "unknown: }")], [("E0109", "expression is empty", "")]),
    ([(", unknown: 10d}", "}")], [("E0302", "`unknown` is missing", "{")]),
    ([("max_age: 0.01d", "max_age: 5")], [("E0204", "unit mismatch: number where days is needed", "5")]),
    (
        [("  why: A price in one book is no price.\n", "  why: W.\n  extra: 1\n")],
        [("E0301", "unknown key `extra`", "extra")],
    ),
    ([with_condition("value: 3")], []),
    ([with_condition("value: '\"word\"'")], []),
    ([with_condition("value: word")], [("E0201", "unknown name `word`", "word")]),
    ([with_condition("value: band")], []),
    (
        [with_condition("value: redemption.settlement")],
        [("E0318", "the value can be unknown, and nothing says what then", "redemption.settlement")],
    ),
    ([with_condition("value: redemption.settlement, unknown: 5d")], []),
    (
        [with_condition("value: redemption.settlement, unknown: 5")],
        [("E0204", "unit mismatch: number where days is needed", "5")],
    ),
    ([with_condition("value: 5d, unknown: 5d")], [("E0319", "the value is never unknown", "5d")]),
    (
        [with_condition("value: 5d, when: redemption.at_par")],
        [("E0318", "the condition can be unknown, and nothing says what then", "redemption.at_par")],
    ),
    ([with_condition("value: 5d, when: redemption.at_par, on_unknown: match")], []),
    (
        [with_condition("value: 5d, when: known(band), on_unknown: match")],
        [("E0319", "the condition is never unknown", "match")],
    ),
    ([with_condition("value: , when: known(band)")], [("E0109", "expression is empty", "")]),
    ([with_condition("value: [5d]")], [("E0303", "this is a list, where a value is needed", "[")]),
    (
        [
            with_top(
                "conditions: [{id: CN-010, code: c, parameter: p, applies: sometimes, "
                "why: W., cite: [M], value: 5}]"
            )
        ],
        [("E0304", "`sometimes` is not one of the choices", "sometimes")],
    ),
]


@pytest.mark.parametrize(("changes", "found"), CASES)
def test_what_is_said_of_terms(changes: list[Change], found: list[tuple[str, str, str]]) -> None:
    """Proves for each slip which problems it brings, in which words, under which text; for others, none."""
    assert complaints(*changes) == found
