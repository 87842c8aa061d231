"""The section `scorecards`: what may be wrong, what is said of it, and where."""

from __future__ import annotations

import pytest

from tests.rulebook.books import Change, complaints, graded

CASES: list[tuple[list[Change], list[tuple[str, str, str]]]] = [
    (
        [("  - pillar: backing\n", "  - pillar: and\n"), ("{backing: 1}", "{and: 1}")],
        [("E0306", "`and` is a word of the language", "and")],
    ),
    (
        [
            (
                "rating:\n",
                (
                    "  - {pillar: backing, why: W., characteristics: [{id: SC-020, when: "
                    "redemption.at_par, weight: 1, unknown: 0, table: {true: 1, false: 0}, "
                    "why: W., cite: [M]}]}\nrating:\n"
                ),
            )
        ],
        [("E0308", "pillar `backing` is used twice", "backing")],
    ),
    (
        [("  - pillar: backing\n", "  - pillar: [backing]\n"), ("{backing: 1}", "{}")],
        [("E0303", "this is a list, where a value is needed", "[")],
    ),
    (
        [("  - pillar: backing\n", "  - pillar: backing\n    applies: 5\n")],
        [("E0205", "this is a bare number, where a condition is needed", "5")],
    ),
    ([("  - pillar: backing\n", "  - pillar: backing\n    applies: redemption.at_par\n")], []),
    (
        [graded("of: backing.collateral_ratio, by: redemption.right")],
        [("E0302", "a characteristic has one of `of`, `by`, `when`", "SC-010")],
    ),
    (
        [graded("direction: increasing")],
        [("E0302", "a characteristic has one of `of`, `by`, `when`", "SC-010")],
    ),
    (
        [
            graded(
                "of: redemption.at_par, direction: increasing, bins: [{below: 100%, "
                "points: 0}, {points: 100}]"
            )
        ],
        [("E0205", "bins are of a number, and this is a choice or a condition", "redemption.at_par")],
    ),
    (
        [graded("of: nothing, direction: increasing, bins: [{below: 100%, points: 0}, {points: 100}]")],
        [("E0201", "unknown name `nothing`", "nothing")],
    ),
    (
        [
            graded(
                "of: backing.collateral_ratio, direction: increasing, table: {a: 1}, "
                "bins: [{below: 100%, points: 0}, {points: 100}]"
            )
        ],
        [("E0301", "unknown key `table`: it does not go with `of`", "{")],
    ),
    (
        [graded("of: backing.collateral_ratio")],
        [("E0302", "`bins` is missing", "{"), ("E0302", "`direction` is missing", "{")],
    ),
    (
        [graded("of: backing.collateral_ratio, direction: up, bins: [{points: 100}]")],
        [("E0304", "`up` is not one of the choices", "up")],
    ),
    (
        [
            graded(
                "of: backing.collateral_ratio, direction: increasing, bins: [{below: "
                "100%, points: 0}, {below: 90%, points: 50}, {points: 100}]"
            )
        ],
        [("E0325", "edges of bins must rise", "90%")],
    ),
    (
        [
            graded(
                "of: backing.collateral_ratio, direction: increasing, bins: [{below: "
                "100%, points: 0}, {below: 100%, points: 50}, {points: 100}]"
            )
        ],
        [("E0325", "edges of bins must rise", "100%")],
    ),
    (
        [
            graded(
                "of: backing.collateral_ratio, direction: increasing, bins: [{below: "
                "100, points: 0}, {points: 100}]"
            )
        ],
        [("E0204", "unit mismatch: number where ratio is needed", "100")],
    ),
    (
        [graded("of: backing.collateral_ratio, direction: increasing, bins: [{points: 0}, {points: 100}]")],
        [("E0325", "only the last bin is without `below`", "{")],
    ),
    (
        [graded("of: backing.collateral_ratio, direction: increasing, bins: []")],
        [("E0303", "the list is empty", "[")],
    ),
    (
        [
            graded(
                "of: backing.collateral_ratio, direction: increasing, bins: [{below: "
                "100%, points: 50}, {points: 0}]"
            )
        ],
        [("E0326", "points must rise, as `direction: increasing` says", "[")],
    ),
    (
        [
            graded(
                "of: backing.collateral_ratio, direction: decreasing, bins: [{below: "
                "100%, points: 50}, {points: 0}]"
            )
        ],
        [],
    ),
    (
        [
            graded(
                (
                    "of: backing.collateral_ratio, direction: increasing, bins: [{below: "
                    "100%, points: 20}, {points: 30}]"
                ),
                21,
            )
        ],
        [("E0324", "unknown earns 21 points, more than the 20 of the worst", "21")],
    ),
    (
        [graded("by: redemption.right, bins: []")],
        [
            ("E0302", "`table` is missing", "{"),
            ("E0301", "unknown key `bins`: it does not go with `by`", "["),
        ],
    ),
    (
        [
            graded(
                "by: redemption.right, direction: increasing, table: {none: 0, "
                "whitelisted: 50, all_holders: 100}"
            )
        ],
        [("E0301", "unknown key `direction`: it does not go with `by`", "increasing")],
    ),
    (
        [graded("by: redemption.right, table: {none: 0, whitelist: 50, all_holders: 100}")],
        [
            ("E0320", "the table has no row for `whitelisted`", "{"),
            ("E0320", "`whitelist` is no member of what the table is by", "whitelist"),
        ],
    ),
    (
        [graded("by: redemption.right, table: {none: 0, whitelisted: 50, all_holders: 100, soon: 5}")],
        [("E0320", "`soon` is no member of what the table is by", "soon")],
    ),
    (
        [graded("by: redemption.right, table: [x]")],
        [
            ("E0303", "this is a list, where a mapping is needed", "["),
            ("E0320", "the table has no row for `none`, `whitelisted`, `all_holders`", "["),
        ],
    ),
    (
        [graded("by: backing.collateral_ratio, table: {none: 0}")],
        [
            (
                "E0205",
                "a table is by a choice or a condition, and this is a number",
                "backing.collateral_ratio",
            )
        ],
    ),
    ([graded("by: nothing, table: {none: 0}")], [("E0201", "unknown name `nothing`", "nothing")]),
    ([graded("by: redemption.at_par, table: {true: 10, false: 5}")], []),
    (
        [graded("when: backing.collateral_ratio, table: {true: 0, false: 5}")],
        [("E0205", "this is a ratio, where a condition is needed", "backing.collateral_ratio")],
    ),
    (
        [graded("when: redemption.at_par, table: {true: 10, false: 5}", 6)],
        [("E0324", "unknown earns 6 points, more than the 5 of the worst", "6")],
    ),
    (
        [graded("when: redemption.at_par, table: {true: 101, false: 5}")],
        [("E0311", "`101` is not a whole number from 0 to 100", "101")],
    ),
    (
        [graded("when: redemption.at_par, table: {true: 10, false: \uff10}")],
        [("E0311", "`\uff10` is not a whole number from 0 to 100", "\uff10")],
    ),
    (
        [graded("when: redemption.at_par, table: {true: 10, false: -1}")],
        [("E0311", "`-1` is not a whole number from 0 to 100", "-1")],
    ),
    (
        [graded("of: band, direction: increasing, bins: [{points: 100}]")],
        [("E0207", "`band` cannot be read here", "band")],
    ),
    (
        [graded("of: score.backing, direction: increasing, bins: [{points: 100}]")],
        [("E0201", "unknown name `score.backing`", "score.backing")],
    ),
    ([("weight: 1\n", "weight: 0\n")], [("E0311", "`0` is not a whole number from 1 to 100", "0")]),
    ([("weight: 1\n", "weight: [1]\n")], [("E0303", "this is a list, where a value is needed", "[")]),
    ([("points: 100}]", "points: 1.5}]")], [("E0311", "`1.5` is not a whole number from 0 to 100", "1.5")]),
]


@pytest.mark.parametrize(("changes", "found"), CASES)
def test_what_is_said_of_scorecards(changes: list[Change], found: list[tuple[str, str, str]]) -> None:
    """Proves for each slip which problems it brings, in which words, under which text; for others, none."""
    assert complaints(*changes) == found
