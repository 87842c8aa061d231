"""The section `haircut`: what may be wrong, what is said of it, and where."""

from __future__ import annotations

import pytest

from tests.rulebook.books import Change, complaints, with_derived, with_start, with_step

CASES: list[tuple[list[Change], list[tuple[str, str, str]]]] = [
    (
        [("bounds: {id: HC-030, min: 1%, max: 100%", "bounds: {id: HC-030, min: 90%, max: 10%")],
        [("E0311", "`min` is above `max`", "90%")],
    ),
    (
        [("bounds: {id: HC-030, min: 1%, max: 100%", "bounds: {id: HC-030, min: 1%, max: 101%")],
        [("E0311", "`101%` is not between 0% and 100%", "101%")],
    ),
    (
        [("bounds: {id: HC-030, min: 1%, max: 100%", "bounds: {id: HC-030, min: 1%")],
        [("E0302", "`max` is missing", "{")],
    ),
    (
        [("initial: {id: HC-040, floor: 1%", "initial: {id: HC-040, floor: -1%")],
        [("E0311", "`-1%` is not between 0% and 100%", "-1%")],
    ),
    (
        [("  initial: {", "  final: {")],
        [("E0302", "`initial` is missing", "m"), ("E0301", "unknown key `final`", "final")],
    ),
    (
        [
            (
                ("  initial: {id: HC-040, floor: 1%, share: 25%, why: Room before liquidation., cite: [M]}"),
                "  initial: 5%",
            )
        ],
        [("E0303", "this is a value, where a mapping is needed", "5%")],
    ),
    (
        [("round: {to: 25bp, mode: up}", "round: {to: 0%, mode: up}")],
        [("E0311", "`0%` is not between 0.0001% and 100%", "0%")],
    ),
    (
        [("round: {to: 25bp, mode: up}", "round: {to: 25bp, mode: sideways}")],
        [("E0304", "`sideways` is not one of the choices", "sideways")],
    ),
    (
        [("    start: {", "    begin: {")],
        [("E0302", "`start` is missing", "b"), ("E0301", "unknown key `begin`", "begin")],
    ),
    (
        [with_start("by: redemption.settlement, table: {a: 2%}")],
        [("E0205", "a table is by a choice or a condition, and this is a number", "redemption.settlement")],
    ),
    ([with_start("by: nothing, table: {a: 2%}")], [("E0201", "unknown name `nothing`", "nothing")]),
    ([with_start("by: class")], [("E0302", "`table` is missing", "{")]),
    (
        [with_start("by: class, table: {}")],
        [("E0320", "the table has no row for `unclassified`, `endogenous`, `reserve`", "{")],
    ),
    (
        [with_start("by: class, table: {reserve: 2%, endogenous: 100%, unclassified: 101%}")],
        [("E0311", "`101%` is not between 0% and 100%", "101%")],
    ),
    (
        [with_start("by: class, table: {reserve: 2%, endogenous: 100%, unclasified: 100%}")],
        [
            ("E0320", "the table has no row for `unclassified`", "{"),
            ("E0320", "`unclasified` is no member of what the table is by", "unclasified"),
        ],
    ),
    (
        [with_start("by: class, table: {unclassified: 100%, reserve: 2%, endogenous: 1%}")],
        [("E0321", "`endogenous` is charged less than `reserve`, a better class", "{")],
    ),
    (
        [with_start("by: class, unknown: worst, table: {reserve: 2%, endogenous: 100%, unclassified: 100%}")],
        [("E0319", "the amount is never unknown", "worst")],
    ),
    (
        [with_start("by: redemption.right, table: {none: 9%, whitelisted: 5%, all_holders: 5%}")],
        [("E0318", "the amount can be unknown, and nothing says what then", "redemption.right")],
    ),
    (
        [
            with_start(
                "by: redemption.right, unknown: 8%, table: {none: 9%, whitelisted: 5%, all_holders: 5%}"
            )
        ],
        [("E0324", "unknown is charged `8%`, less than the worst, 9%", "8%")],
    ),
    (
        [
            with_start(
                "by: redemption.right, unknown: worst, table: {none: 9%, whitelisted: 5%, all_holders: 5%}"
            )
        ],
        [],
    ),
    (
        [
            with_start(
                "by: class, by2: redemption.at_par, unknown: worst, table: {reserve: "
                "{true: 2%, false: 3%}, endogenous: {true: 2%, false: 1%}, "
                "unclassified: {true: 5%, false: 5%}}"
            )
        ],
        [("E0321", "`endogenous` is charged less than `reserve`, a better class (under `false`)", "{")],
    ),
    (
        [
            with_start(
                "by: redemption.at_par, by2: class, unknown: worst, table: {true: "
                "{reserve: 5%, endogenous: 2%, unclassified: 5%}, false: {reserve: 5%, "
                "endogenous: 5%, unclassified: 5%}}"
            )
        ],
        [("E0321", "`endogenous` is charged less than `reserve`, a better class (under `true`)", "{")],
    ),
    (
        [
            with_start(
                "by: class, by2: redemption.at_par, unknown: worst, table: {reserve: "
                "{true: 2%}, endogenous: {true: 2%, false: 5%}, unclassified: {true: "
                "5%, false: 5%}}"
            )
        ],
        [("E0320", "the table has no row for `false`", "{")],
    ),
    (
        [
            with_start(
                "by: class, by2: redemption.at_par, table: {reserve: 2%, endogenous: "
                "3%, unclassified: 4%}, unknown: worst"
            )
        ],
        [
            ("E0303", "this is a value, where a mapping is needed", "2%"),
            ("E0303", "this is a value, where a mapping is needed", "3%"),
            ("E0303", "this is a value, where a mapping is needed", "4%"),
        ],
    ),
    (
        [with_start("by: class, by2: 5, table: {reserve: 2%, endogenous: 100%, unclassified: 100%}")],
        [("E0205", "a table is by a choice or a condition, and this is a number", "5")],
    ),
    (
        [with_start("by: class, by2: nothing, table: {reserve: 2%, endogenous: 100%, unclassified: 100%}")],
        [("E0201", "unknown name `nothing`", "nothing")],
    ),
    ([("op: add", "op: subtract")], [("E0304", "`subtract` is not one of the choices", "subtract")]),
    (
        [with_step("op: max, expr: peg.discount_now, unknown: worst")],
        [("E0324", "the worst of an expression without `limit` is not known", "worst")],
    ),
    (
        [with_step("op: max, expr: peg.discount_now, unknown: 50%")],
        [("E0324", "unknown is charged `50%`, less than the worst, 100%", "50%")],
    ),
    ([with_step("op: max, expr: peg.discount_now, unknown: 100%")], []),
    (
        [with_step("op: max, limit: 30%, expr: peg.discount_now, unknown: 5%")],
        [("E0324", "unknown is charged `5%`, less than the worst, 30%", "5%")],
    ),
    (
        [with_step("op: max, limit: 30%, expr: peg.discount_now, unknown: 5")],
        [
            ("E0204", "unit mismatch: number where ratio is needed", "5"),
            ("E0324", "unknown is charged `5`, less than the worst, 30%", "5"),
        ],
    ),
    (
        [with_step("op: max, limit: 30%, expr: peg.discount_now")],
        [("E0318", "the amount can be unknown, and nothing says what then", "peg.discount_now")],
    ),
    (
        [with_step("op: max, limit: 30%, expr: peg.discount_now, unknown: [worst]")],
        [
            ("E0318", "the amount can be unknown, and nothing says what then", "peg.discount_now"),
            ("E0303", "this is a list, where a value is needed", "["),
        ],
    ),
    (
        [with_step("op: max, limit: 30%, expr: 5%, unknown: worst")],
        [("E0319", "the amount is never unknown", "worst")],
    ),
    ([with_step("op: max, limit: 130%, expr: 5%")], [("E0311", "`130%` is not between 0% and 100%", "130%")]),
    ([with_step("op: max, limit: , expr: 5%")], [("E0109", "expression is empty", "")]),
    ([with_step("op: multiply, limit: 150%, expr: 1.5")], []),
    (
        [with_step("op: multiply, expr: 150%")],
        [("E0204", "unit mismatch: ratio where number is needed", "150%")],
    ),
    (
        [with_step("op: multiply, expr: hedge.coverage / 50%, unknown: 1000%")],
        [("E0204", "unit mismatch: ratio where number is needed", "hedge.coverage / 50%")],
    ),
    (
        [with_step("op: multiply, limit: 1000%, expr: redemption.settlement / 1d * 1, unknown: worst")],
        [("E0204", "unit mismatch: ratio where number is needed", "redemption.settlement / 1d * 1")],
    ),
    (
        [with_step("op: min, when: redemption.at_par, expr: 50%")],
        [
            (
                "E0334",
                "a `min` step can lower the haircut, and its condition can be unknown",
                "redemption.at_par",
            )
        ],
    ),
    ([with_step("op: min, when: known(redemption.at_par), expr: 50%")], []),
    ([with_step("op: max, when: redemption.at_par, expr: 50%")], []),
    (
        [with_step("op: max, when: 5, expr: 50%")],
        [("E0205", "this is a bare number, where a condition is needed", "5")],
    ),
    ([with_step("op: max, expr: nothing")], [("E0201", "unknown name `nothing`", "nothing")]),
    ([with_step("op: max, expr: $5")], [("E0204", "unit mismatch: USD where ratio is needed", "$5")]),
    ([with_step("op: add, expr: 5%")], [("E0331", "an additive step has no `limit`", "HC-025")]),
    ([with_step("op: add, limit: 5%")], [("E0332", "a step has one amount, and this has none", "HC-025")]),
    (
        [with_step("op: add, limit: 5%, expr: 5%, table: {by: class, rows: {}}")],
        [("E0332", "a step has one amount, and this has 2", "HC-025")],
    ),
    (
        [
            with_step(
                "op: max, table: {by: redemption.right, rows: {none: 5%, whitelisted: "
                "1%, all_holders: 0%}}, unknown: worst"
            )
        ],
        [],
    ),
    (
        [with_step("op: max, table: {by: class, rows: {reserve: 5%, endogenous: 1%, unclassified: 8%}}")],
        [("E0321", "`endogenous` is charged less than `reserve`, a better class", "{")],
    ),
    ([with_step("op: max, table: [x]")], [("E0303", "this is a list, where a mapping is needed", "[")]),
    (
        [with_step("op: max, curve: {of: redemption.settlement, points: [[1d, 0%], [9d, 5%]]}, unknown: 4%")],
        [("E0324", "unknown is charged `4%`, less than the worst, 5%", "4%")],
    ),
    (
        [
            with_step(
                "op: max, limit: 4%, curve: {of: redemption.settlement, points: [[1d, "
                "0%], [9d, 5%]]}, unknown: 4%"
            )
        ],
        [],
    ),
    (
        [with_step("op: max, curve: {of: redemption.right, points: [[1d, 0%], [9d, 5%]]}, unknown: worst")],
        [("E0205", "a curve is of a number, and this is a choice or a condition", "redemption.right")],
    ),
    (
        [
            with_step(
                "op: max, curve: {of: redemption.settlement, over: redemption.right, "
                "points: [[1d, 0%], [9d, 5%]]}, unknown: worst"
            )
        ],
        [("E0205", "a curve is of a number, and this is a choice or a condition", "redemption.right")],
    ),
    (
        [
            with_step(
                "op: max, curve: {of: redemption.settlement, over: liquidity.supply, "
                "points: [[1%, 0%], [9%, 5%]]}, unknown: worst"
            )
        ],
        [("E0204", "unit mismatch: dividing days by USD", "liquidity.supply")],
    ),
    (
        [
            with_step(
                "op: max, curve: {of: position.size, over: liquidity.supply, points: "
                "[[1%, 0%], [9%, 5%]]}, unknown: worst"
            )
        ],
        [],
    ),
    (
        [
            with_step(
                "op: max, curve: {of: position.size, over: nothing, points: [[1%, 0%], "
                "[9%, 5%]]}, unknown: worst"
            )
        ],
        [("E0201", "unknown name `nothing`", "nothing")],
    ),
    (
        [with_step("op: max, curve: {of: nothing, points: [[1%, 0%], [9%, 5%]]}, unknown: worst")],
        [("E0201", "unknown name `nothing`", "nothing")],
    ),
    (
        [with_step("op: max, curve: {of: redemption.settlement, points: [[1d, 0%]]}, unknown: worst")],
        [("E0303", "a curve has 2 to 64 points, and this has 1", "[")],
    ),
    (
        [
            with_step(
                "op: max, curve: {of: redemption.settlement, points: ["
                + ", ".join(f"[{n}d, 1%]" for n in range(1, 65))
                + "]}, unknown: worst"
            )
        ],
        [],
    ),
    (
        [
            with_step(
                "op: max, curve: {of: redemption.settlement, points: ["
                + ", ".join(f"[{n}d, 1%]" for n in range(1, 66))
                + "]}, unknown: worst"
            )
        ],
        [("E0303", "a curve has 2 to 64 points, and this has 65", "[")],
    ),
    (
        [with_step("op: max, curve: {of: redemption.settlement, points: [[1d, 0%], [2d]]}, unknown: worst")],
        [("E0303", "a point is a pair", "[")],
    ),
    (
        [with_step("op: max, curve: {of: redemption.settlement, points: [[1d, 0%], 2d]}, unknown: worst")],
        [("E0303", "this is a value, where a list is needed", "2d")],
    ),
    (
        [
            with_step(
                "op: max, curve: {of: redemption.settlement, points: [[2d, 0%], [1d, 1%]]}, unknown: worst"
            )
        ],
        [("E0322", "the x of this point is not above the one before", "1d")],
    ),
    (
        [
            with_step(
                "op: max, curve: {of: redemption.settlement, points: [[1d, 9%], [2d, "
                "1%], [3d, 1%]]}, unknown: worst"
            )
        ],
        [],
    ),
    (
        [
            with_step(
                "op: max, curve: {of: redemption.settlement, points: [[1d, 9%], [2d, "
                "1%], [3d, 2%]]}, unknown: worst"
            )
        ],
        [("E0323", "a curve must not turn: its y rise throughout, or fall throughout", "[")],
    ),
    (
        [with_step("op: max, curve: {of: redemption.settlement, points: 5}, unknown: worst")],
        [("E0303", "this is a value, where a list is needed", "5")],
    ),
    (
        [with_step("op: max, curve: {of: redemption.settlement}, unknown: worst")],
        [("E0302", "`points` is missing", "{")],
    ),
    (
        [
            with_step(
                "op: max, curve: {of: redemption.settlement, points: [[1, 0%], [2d, 1%]]}, unknown: worst"
            )
        ],
        [("E0204", "unit mismatch: number where days is needed", "1")],
    ),
    (
        [
            with_derived("half: {unit: ratio, expr: peg.stressed_average_discount / 2}"),
            with_step("op: add, limit: 5%, expr: half, unknown: worst"),
        ],
        [("E0333", "`peg.stressed_average_discount` is charged for by HC-020 and by HC-025", "HC-025")],
    ),
    (
        [
            with_derived("half: {unit: ratio, expr: peg.stressed_average_discount / 2}"),
            with_step("op: max, limit: 5%, expr: half, unknown: worst"),
        ],
        [],
    ),
    (
        [
            with_derived("is_far: {unit: bool, expr: peg.stressed_average_discount > 2%}"),
            with_step("op: add, limit: 5%, expr: if is_far then 5% else 0%, unknown: worst"),
        ],
        [],
    ),
    ([("    steps:\n", "    steps: []\n    stepz:\n")], [("E0301", "unknown key `stepz`", "stepz")]),
]


@pytest.mark.parametrize(("changes", "found"), CASES)
def test_what_is_said_of_haircut(changes: list[Change], found: list[tuple[str, str, str]]) -> None:
    """Proves for each slip which problems it brings, in which words, under which text; for others, none."""
    assert complaints(*changes) == found
