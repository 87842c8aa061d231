"""Facts, params and derived names: what may be wrong, what is said of it, and where."""

from __future__ import annotations

import pytest

from tests.rulebook.books import Change, complaints, with_derived, with_fact, with_param, with_rule, with_top

CASES: list[tuple[list[Change], list[tuple[str, str, str]]]] = [
    ([with_fact("unit: number, worse: lower")], [("E0314", "`f` is never read", "f")]),
    (
        [
            with_fact("unit: number, worse: lower, low: 5, high: 1"),
            with_rule("when: known(custom.f), then: endogenous"),
        ],
        [("E0311", "`low` is above `high`", "5")],
    ),
    (
        [
            with_fact("unit: number, worse: lower, low: -5, high: 1"),
            with_rule("when: known(custom.f), then: endogenous"),
        ],
        [],
    ),
    (
        [with_fact("unit: bool, worse: true, low: 5"), with_rule("when: known(custom.f), then: endogenous")],
        [("E0301", "unknown key `low`: only a number has bounds", "5")],
    ),
    (
        [
            with_fact("unit: bool, worse: true, members: [a, b]"),
            with_rule("when: known(custom.f), then: endogenous"),
        ],
        [("E0301", "unknown key `members`: only a choice has members", "[")],
    ),
    (
        [with_fact("unit: enum, worse: first"), with_rule("when: known(custom.f), then: endogenous")],
        [("E0302", "`members` is missing", "{")],
    ),
    (
        [
            with_fact("unit: enum, worse: first, members: [a]"),
            with_rule("when: known(custom.f), then: endogenous"),
        ],
        [("E0303", "the list has fewer than 2 items", "[")],
    ),
    (
        [
            with_fact("unit: enum, worse: first, members: [a, a, b]"),
            with_rule("when: known(custom.f), then: endogenous"),
        ],
        [("E0308", "name `a` is used twice", "a")],
    ),
    (
        [
            with_fact("unit: enum, worse: first, members: [a, b]"),
            with_rule('when: custom.f == "b", then: endogenous, on_unknown: skip'),
        ],
        [],
    ),
    (
        [with_fact("unit: bool, worse: lower"), with_rule("when: known(custom.f), then: endogenous")],
        [("E0304", "`lower` is not one of the choices", "lower")],
    ),
    (
        [with_fact("unit: feet, worse: true"), with_rule("when: known(custom.f), then: endogenous")],
        [("E0304", "`feet` is not one of the choices", "feet")],
    ),
    (
        [with_top("facts: {if: {unit: bool, worse: true, meaning: M.}}")],
        [("E0306", "`if` is a word of the language", "if")],
    ),
    (
        [
            with_top("facts: {f: {unit: bool, worse: true, meaning: M.}, F: 5}"),
            with_rule("when: known(custom.f), then: endogenous"),
        ],
        [("E0303", "this is a value, where a mapping is needed", "5")],
    ),
    (
        [
            with_param("p: {unit: ratio, values: [], why: W., cite: [M]}"),
            ("own_paper >= own_limit", "own_paper >= own_limit + p"),
        ],
        [("E0303", "the list is empty", "[")],
    ),
    (
        [("value: 20%}", "value: 20%}, {from: 2016-01-01, value: 30%}")],
        [("E0312", "`2016-01-01` is not after `2017-01-01`", "2016-01-01")],
    ),
    (
        [("value: 20%}", "value: 20%}, {from: 2017-01-01, value: 30%}")],
        [("E0312", "`2017-01-01` is not after `2017-01-01`", "2017-01-01")],
    ),
    (
        [("value: 20%}", "value: 20%}, {value: 30%}")],
        [("E0302", "`from` is missing", "{"), ("E0312", "`2017-01-01` is not after `2017-01-01`", "{")],
    ),
    ([("value: 20%}", "value: 20%}, {from: 2024-01-01, value: 30%}")], []),
    ([("{from: 2017-01-01, value: 20%}", "{from: 2017-01-01}")], [("E0302", "`value` is missing", "{")]),
    ([("{from: 2017-01-01, value: 20%}", "{value: 20%}")], [("E0302", "`from` is missing", "{")]),
    (
        [("{from: 2017-01-01, value: 20%}", "{from: 17-01-01, value: 20%}")],
        [("E0311", "`17-01-01` is not a date", "17-01-01")],
    ),
    ([("value: 20%}", "value: 20}")], [("E0204", "unit mismatch: number where ratio is needed", "20")]),
    ([("value: 20%}", "value: 1e3}")], [("E0103", "`1e3` is not a number with a unit", "1e3")]),
    ([("value: 20%}", "value: }")], [("E0109", "expression is empty", "")]),
    (
        [("value: 20%}", "value: " + "9" * 400 + "}")],
        [
            (
                "E0110",
                "`99999999999999999999999999999999999999999999999999999999999…` is too large",
                "9999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999",
            )
        ],
    ),
    ([("value: 20%}", "value: own_paper}")], [("E0201", "unknown name `own_paper`", "own_paper")]),
    ([("value: 20%}", "value: 20% + 1%}")], [("E0205", "`20% + 1%` is not a literal", "20% + 1%")]),
    (
        [("own_limit: {unit", "and: {unit"), ("own_paper >= own_limit", "own_paper >= 20%")],
        [("E0306", "`and` is a word of the language", "and")],
    ),
    (
        [with_param("max: {unit: bool, values: [{from: 2017-01-01, value: true}], why: W., cite: [M]}")],
        [("E0306", "`max` is a word of the language", "max")],
    ),
    (
        [with_param("class: {unit: bool, values: [{from: 2017-01-01, value: true}], why: W., cite: [M]}")],
        [("E0308", "name `class` is taken", "class")],
    ),
    (
        [with_param("p: {unit: shares, values: [{from: 2017-01-01, value: true}], why: W., cite: [M]}")],
        [("E0304", "`shares` is not one of the choices", "shares")],
    ),
    (
        [
            with_param("p: {unit: bool, values: [{from: 2017-01-01, value: 5}], why: W., cite: [M]}"),
            with_rule("when: p, then: endogenous"),
        ],
        [("E0205", "this is a bare number, where a condition is needed", "5")],
    ),
    (
        [with_derived("own_limit: {unit: ratio, expr: 5%}")],
        [("E0308", "name `own_limit` is taken", "own_limit")],
    ),
    ([with_derived("a: {unit: ratio, expr: a + 1%}")], [("E0313", "`a` is derived from itself: a → a", "a")]),
    (
        [with_derived("a: {unit: ratio, expr: b}", "b: {unit: ratio, expr: c}", "c: {unit: ratio, expr: a}")],
        [("E0313", "`a` is derived from itself: a → b → c → a", "a")],
    ),
    (
        [
            with_derived(
                *(f"{a}: {{unit: ratio, expr: {b}}}" for a, b in zip("abcdefgh", "bcdefgha", strict=True))
            )
        ],
        [("E0313", "`a` is derived from itself: a → b → … → a", "a")],
    ),
    (
        [
            with_derived('a: {unit: ratio, expr: "b*2"}', "b: {unit: ratio, expr: -own_paper}"),
            ("own_paper >= own_limit", "a>=own_limit"),
        ],
        [],
    ),
    (
        [
            with_derived(
                'a: {unit: ratio, expr: "if known(b) then 1% else 0%"}', "b: {unit: ratio, expr: own_paper}"
            ),
            ("own_paper >= own_limit", "a >= own_limit"),
            (", on_unknown: otherwise", ""),
        ],
        [],
    ),
    (
        [with_derived('a: {unit: enum, members: [x, y], expr: \'if redemption.at_par then "x" else "z"\'}')],
        [("E0206", '`"z"` is not a member', '"z"')],
    ),
    (
        [
            with_derived(
                'a: {unit: enum, members: [x, y], expr: \'if redemption.at_par then "x" else "y"\'}'
            ),
            with_rule('when: a == "y", then: endogenous, on_unknown: skip'),
        ],
        [],
    ),
    ([with_derived("a: {unit: enum, expr: redemption.right}")], [("E0302", "`members` is missing", "{")]),
    (
        [
            with_derived("a: {unit: ratio, members: [x], expr: own_paper}"),
            ("own_paper >= own_limit", "a >= own_limit"),
        ],
        [("E0301", "unknown key `members`: only a choice has members", "[")],
    ),
    (
        [
            with_derived("a: {unit: ratio, why: , expr: own_paper}"),
            ("own_paper >= own_limit", "a >= own_limit"),
        ],
        [("E0303", "a text is empty", "")],
    ),
    (
        [
            with_derived("a: {unit: ratio, why: W., cite: [N], expr: own_paper}"),
            ("own_paper >= own_limit", "a >= own_limit"),
        ],
        [("E0310", "`N` is cited and is no source", "N")],
    ),
    (
        [with_derived("a: {unit: furlongs, expr: own_paper}"), ("own_paper >= own_limit", "a >= own_limit")],
        [("E0304", "`furlongs` is not one of the choices", "furlongs")],
    ),
    (
        [with_derived("a: {unit: ratio, expr: [x]}"), ("own_paper >= own_limit", "a >= own_limit")],
        [("E0303", "this is a list, where a value is needed", "[")],
    ),
    (
        [with_derived("a: {unit: ratio, expr: }"), ("own_paper >= own_limit", "a >= own_limit")],
        [("E0109", "expression is empty", "")],
    ),
    (
        [with_derived("a: {unit: ratio, expr: position.size}"), ("own_paper >= own_limit", "a >= own_limit")],
        [("E0207", "`position.size` cannot be read here", "position.size")],
    ),
    (
        [with_derived('a: {unit: bool, expr: class == "reserve"}')],
        [("E0207", "`class` cannot be read here", "class")],
    ),
]


@pytest.mark.parametrize(("changes", "found"), CASES)
def test_what_is_said_of_definitions(changes: list[Change], found: list[tuple[str, str, str]]) -> None:
    """Proves for each slip which problems it brings, in which words, under which text; for others, none."""
    assert complaints(*changes) == found
