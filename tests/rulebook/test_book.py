"""Headers, sections as a whole and what they cite: what may be wrong, what is said of it, and where."""

from __future__ import annotations

import pytest

from tests.rulebook.books import Change, complaints, with_param, with_top

CASES: list[tuple[list[Change], list[tuple[str, str, str]]]] = [
    (
        [("ladder: {id", "laddder: {id")],
        [("E0302", "section `ladder` is missing", ""), ("E0301", "unknown section `laddder`", "laddder")],
    ),
    ([with_top("colour: red")], [("E0301", "unknown section `colour`", "colour")]),
    ([("language: 1", "language: 2")], [("E0304", "language `2` is not known here", "2")]),
    ([("language: 1", "language: [1]")], [("E0303", "this is a list, where a value is needed", "[")]),
    ([('version: "1"', "version: ")], [("E0303", "a text is empty", "")]),
    ([("owners: [risk]", "owners: []")], [("E0303", "the list is empty", "[")]),
    ([("owners: [risk]", "owners: [risk, ~]")], [("E0303", "a text is empty", "~")]),
    ([with_top("effective: 2026-13-01")], [("E0311", "`2026-13-01` is not a date", "2026-13-01")]),
    ([with_top("effective: yesterday")], [("E0311", "`yesterday` is not a date", "yesterday")]),
    ([with_top("effective: 2026-12-01")], []),
    (
        [with_top("estimates: {weight: own_limi}")],
        [("E0304", "`own_limi` is not one of the choices", "own_limi")],
    ),
    ([with_top("estimates: {weight: own_limit}")], []),
    (
        [with_top("estimates: {weight: own_limit}"), ("value: 20%}", "value: 120%}")],
        [("E0311", "`own_limit` weighs estimates, and is not between 0% and 100%", "own_limit")],
    ),
    (
        [
            with_top("estimates: {weight: loud}"),
            with_param("loud: {unit: bool, values: [{from: 2017-01-01, value: true}], why: W., cite: [M]}"),
        ],
        [("E0304", "`loud` is not one of the choices", "loud")],
    ),
    ([("rulebook: tiny", "rulebook: 1tiny")], [("E0306", "`1tiny` is not a name", "1tiny")]),
    ([("rulebook: tiny", "rulebook: [tiny]")], [("E0303", "this is a list, where a value is needed", "[")]),
    (
        [("rulebook: tiny", "rulebook: " + "t" * 41)],
        [
            (
                "E0306",
                "`ttttttttttttttttttttttttttttttttttttttttt` is not a name",
                "ttttttttttttttttttttttttttttttttttttttttt",
            )
        ],
    ),
    ([("cite: [M]", "cite: [MM]")], [("E0310", "`MM` is cited and is no source", "MM")]),
    ([("cite: [M]", "cite: [[M]]")], [("E0303", "this is a list, where a value is needed", "[")]),
    ([("cite: [M]", "cite: []")], [("E0310", "nothing is cited", "[")]),
    ([("cite: [M]", "cite: M")], [("E0303", "this is a value, where a list is needed", "M")]),
    ([(", href: docs/methodology.md", "")], [("E0302", "`href` is missing", "{")]),
    (
        [("sources: {M: {title: Method, href: docs/methodology.md}}", "sources: {M: Method}")],
        [("E0303", "this is a value, where a mapping is needed", "Method")],
    ),
    (
        [(("ladder: {id: LD-010, breakpoints: [$1M, $10M], why: Where accounts differ., cite: [M]}\n"), "")],
        [("E0302", "section `ladder` is missing", "")],
    ),
    (
        [
            (
                ("ladder: {id: LD-010, breakpoints: [$1M, $10M], why: Where accounts differ., cite: [M]}"),
                "ladder:",
            )
        ],
        [("E0303", "nothing stands here, where a mapping is needed", "")],
    ),
    ([("why: By class.,", "why: ,")], [("E0303", "a text is empty", "")]),
    ([("why: By class.,", "why: ~,")], [("E0303", "a text is empty", "~")]),
    ([("why: By class.,", 'why: " ",')], [("E0303", "a text is empty", '" "')]),
    ([("why: By class.,", "")], [("E0302", "`why` is missing", "{")]),
    ([("why: By class.,", "why: By class, and size.,")], [("E0301", "unknown key `and size.`", "and size.")]),
    ([("id: HC-010", "id: ")], [("E0307", "`` is not a rule id", "")]),
    ([("id: HC-010", "id: [HC-010]")], [("E0303", "this is a list, where a value is needed", "[")]),
    (
        [("id: HC-010", "id: HC-" + "9" * 40)],
        [
            (
                "E0307",
                "`HC-9999999999999999999999999999999999999999` is not a rule id",
                "HC-9999999999999999999999999999999999999999",
            )
        ],
    ),
    ([("id: HC-010", "id: HC-010-ß")], [("E0307", "`HC-010-ß` is not a rule id", "HC-010-ß")]),
    (
        [with_top("retired: [{id: [x], date: 2026-01-01, why: W.}]")],
        [("E0303", "this is a list, where a value is needed", "[")],
    ),
    (
        [with_top("retired: [{id: CLS-001, date: 2026-01-99, why: W.}]")],
        [("E0311", "`2026-01-99` is not a date", "2026-01-99")],
    ),
    ([with_top("retired: [{id: CLS-001, date: 2026-01-01, why: W.}]")], []),
    (
        [
            with_top(
                "retired: [{id: CLS-001, date: 2026-01-01, why: W.}, {id: CLS-001, "
                "date: 2026-01-01, why: W.}]"
            )
        ],
        [("E0308", "retired id `CLS-001` is used twice", "CLS-001")],
    ),
]


@pytest.mark.parametrize(("changes", "found"), CASES)
def test_what_is_said_of_book(changes: list[Change], found: list[tuple[str, str, str]]) -> None:
    """Proves for each slip which problems it brings, in which words, under which text; for others, none."""
    assert complaints(*changes) == found
