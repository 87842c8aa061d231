"""Rating, review and guardrails: what may be wrong, what is said of it, and where."""

from __future__ import annotations

import pytest

from tests.rulebook.books import Change, complaints, with_finding, with_guardrail, with_knock_out, with_status

CASES: list[tuple[list[Change], list[tuple[str, str, str]]]] = [
    (
        [("{band: E, at_least: 0}", "{band: E, at_least: 10}")],
        [("E0327", "no band is for a score below 10", "{")],
    ),
    (
        [("{band: E, at_least: 0}", "{band: E, at_least: 50}, {band: F, at_least: 0}")],
        [("E0327", "band `E` begins at 50, and the better one above it at 50", "{")],
    ),
    (
        [("{band: E, at_least: 0}", "{band: A, at_least: 0}, {band: E, at_least: 0}")],
        [("E0308", "band `A` is used twice", "A")],
    ),
    (
        [("{band: E, at_least: 0}", "{at_least: 1}, {band: E, at_least: 0}")],
        [("E0302", "`band` is missing", "{")],
    ),
    ([("{band: E, at_least: 0}", "{band: 5, at_least: 0}")], [("E0306", "`5` is not a name", "5")]),
    (
        [("[{band: A, at_least: 50}, {band: E, at_least: 0}]", "[{band: A, at_least: 0}]")],
        [("E0303", "the list has fewer than 2 items", "[")],
    ),
    ([("weights: {backing: 1}", "weights: {}")], [("E0328", "no weight is given to `backing`", "{")]),
    (
        [("weights: {backing: 1}", "weights: {backing: 101}")],
        [("E0311", "`101` is not a whole number from 1 to 100", "101")],
    ),
    (
        [("weights: {backing: 1}", "weights: [backing]")],
        [("E0303", "this is a list, where a mapping is needed", "[")],
    ),
    ([("lift: 25", "lift: 101")], [("E0311", "`101` is not a whole number from 0 to 100", "101")]),
    (
        [with_knock_out("when: own_paper > 5%, cap: E")],
        [("E0318", "the condition can be unknown, and nothing says what then", "own_paper > 5%")],
    ),
    (
        [with_knock_out("when: own_paper > 5%, cap: A, on_unknown: match")],
        [("E0304", "`A` is not one of the choices", "A")],
    ),
    ([with_knock_out("when: score.backing < 5, cap: E")], []),
    (
        [with_knock_out("when: score.backin < 5, cap: E")],
        [("E0201", "unknown name `score.backin`", "score.backin")],
    ),
    ([with_knock_out("cap: E")], [("E0302", "`when` is missing", "{")]),
    (
        [("classes: [endogenous, unclassified]", "classes: [endogenus, unclassified]")],
        [("E0304", "`endogenus` is not one of the choices", "endogenus")],
    ),
    (
        [
            (
                (
                    "ineligible: {id: ST-010, classes: [endogenous, unclassified], why: "
                    "Never taken., cite: [M]}"
                ),
                "ineligible: [endogenous]",
            )
        ],
        [("E0303", "this is a list, where a mapping is needed", "[")],
    ),
    ([with_status("when: redemption.gated, then: no_new, on_unknown: match")], []),
    (
        [with_status("when: redemption.gated, then: accept, on_unknown: match")],
        [("E0304", "`accept` is not one of the choices", "accept")],
    ),
    ([with_status('when: band == "E", then: no_new')], [("E0207", "`band` cannot be read here", "band")]),
    ([with_status("then: no_new")], [("E0302", "`when` is missing", "{")]),
    ([with_finding("when: redemption.gated, on_unknown: skip")], []),
    (
        [with_finding("when: redemption.gated, on_unknown: otherwise")],
        [("E0304", "`otherwise` is not one of the choices", "otherwise")],
    ),
    ([with_finding("when: 5")], [("E0205", "this is a bare number, where a condition is needed", "5")]),
    (
        [with_finding("when: known(redemption.gated), severiti: low")],
        [("E0301", "unknown key `severiti`", "severiti")],
    ),
    ([with_guardrail("assert: output.initial >= output.maintenance")], []),
    (
        [with_guardrail("assert: output.initial")],
        [("E0205", "this is a ratio, where a condition is needed", "output.initial")],
    ),
    (
        [with_guardrail("assert: 5, monotone: {}")],
        [("E0330", "a guardrail says one thing, and this says 2", "GR-010")],
    ),
    (
        [
            with_guardrail(
                "monotone: {output: haircut.maintenance, input: position.size, direction: increasing}"
            )
        ],
        [],
    ),
    (
        [
            with_guardrail(
                "monotone: {output: haircut.maintenence, input: position.size, direction: increasing}"
            )
        ],
        [("E0304", "`haircut.maintenence` is not one of the choices", "haircut.maintenence")],
    ),
    (
        [with_guardrail("monotone: {output: haircut.maintenance, input: own_paper, direction: up}")],
        [
            ("E0304", "`own_paper` is not one of the choices", "own_paper"),
            ("E0304", "`up` is not one of the choices", "up"),
        ],
    ),
    (
        [with_guardrail("monotone: {output: haircut.maintenance, input: position.size}")],
        [("E0302", "`direction` is missing", "{")],
    ),
    ([with_guardrail("unknown_never_helps: {output: score.backing}")], []),
    (
        [with_guardrail("unknown_never_helps: {output: score.x}")],
        [("E0304", "`score.x` is not one of the choices", "score.x")],
    ),
    ([with_guardrail("ordered_table: {table: HC-010}")], []),
    (
        [with_guardrail("ordered_table: {table: HC-020}")],
        [("E0304", "`HC-020` is not one of the choices", "HC-020")],
    ),
    ([with_guardrail("refines: {base: other}")], []),
    ([with_guardrail("refines: {base: }")], [("E0303", "a text is empty", "")]),
    ([with_guardrail("refines: other")], [("E0303", "this is a value, where a mapping is needed", "other")]),
    (
        [with_guardrail("improves: other")],
        [
            ("E0330", "a guardrail says one thing, and this says nothing", "GR-010"),
            ("E0301", "unknown key `improves`", "improves"),
        ],
    ),
]


@pytest.mark.parametrize(("changes", "found"), CASES)
def test_what_is_said_of_verdicts(changes: list[Change], found: list[tuple[str, str, str]]) -> None:
    """Proves for each slip which problems it brings, in which words, under which text; for others, none."""
    assert complaints(*changes) == found
