"""The section `classify`: what may be wrong, what is said of it, and where."""

from __future__ import annotations

import pytest

from tests.rulebook.books import Change, complaints, with_layer, with_rule

CASES: list[tuple[list[Change], list[tuple[str, str, str]]]] = [
    ([("  output: class", "  output: klass")], [("E0304", "`klass` is not one of the choices", "klass")]),
    (
        [("order: [reserve, endogenous", "order: [reserve, reserve, endogenous")],
        [("E0308", "name `reserve` is used twice", "reserve")],
    ),
    (
        [("order: [reserve, endogenous, unclassified]", "order: reserve")],
        [
            ("E0303", "this is a value, where a list is needed", "reserve"),
            ("E0304", "`endogenous` is not one of the choices", "endogenous"),
            ("E0304", "`reserve` is not one of the choices", "reserve"),
            ("E0304", "`unclassified` is not one of the choices", "unclassified"),
            ("E0304", "`endogenous` is not one of the choices", "endogenous"),
            ("E0304", "`unclassified` is not one of the choices", "unclassified"),
            ("E0320", "the table has no row for `true`, `false`", "{"),
            ("E0320", "`reserve` is no member of what the table is by", "reserve"),
            ("E0320", "`endogenous` is no member of what the table is by", "endogenous"),
            ("E0320", "`unclassified` is no member of what the table is by", "unclassified"),
            ("E0320", "the table has no row for `true`, `false`", "{"),
            ("E0320", "`reserve` is no member of what the table is by", "reserve"),
            ("E0320", "`endogenous` is no member of what the table is by", "endogenous"),
            ("E0320", "`unclassified` is no member of what the table is by", "unclassified"),
        ],
    ),
    (
        [("    - {id: CLS-900, otherwise: unclassified, why: Not shown to be anything.}\n", "")],
        [("E0317", "`classify` has no `otherwise`", "-")],
    ),
    (
        [
            (
                ", why: Not shown to be anything.}",
                (
                    ", why: W.}\n    - {id: CLS-901, when: redemption.gated, then: "
                    "reserve, on_unknown: skip, why: W., cite: [M]}"
                ),
            )
        ],
        [("E0317", "`otherwise` is the last rule, and this one comes after it", "{")],
    ),
    (
        [
            (
                ", why: Not shown to be anything.}",
                ", why: W.}\n    - {id: CLS-901, otherwise: unclassified, why: W.}",
            )
        ],
        [("E0317", "`otherwise` is the last rule, and this one comes after it", "{")],
    ),
    (
        [(", why: Not shown to be anything.}", ", why: W., on_unknown: skip}")],
        [("E0301", "unknown key `on_unknown`", "on_unknown")],
    ),
    (
        [("otherwise: unclassified, why", "otherwise: unclassifed, why")],
        [("E0304", "`unclassifed` is not one of the choices", "unclassifed")],
    ),
    ([with_rule("then: reserve")], [("E0302", "`when` is missing", "{")]),
    ([with_rule("when: redemption.gated, on_unknown: skip")], [("E0302", "`then` is missing", "{")]),
    (
        [with_rule("when: redemption.gated, then: reserves, on_unknown: skip")],
        [("E0304", "`reserves` is not one of the choices", "reserves")],
    ),
    (
        [with_rule("when: redemption.gated, then: reserve, on_unknown: match")],
        [("E0304", "`match` is not one of the choices", "match")],
    ),
    (
        [with_rule("when: redemption.gated, then: reserve, on_unknown: skip, known_only: yes")],
        [("E0304", "`yes` is not one of the choices", "yes")],
    ),
    ([with_rule("when: redemption.gated, then: reserve, on_unknown: skip, known_only: true")], []),
    ([with_rule("when: false, then: reserve")], [("A0101", "rule CLS-030 can never fire", "CLS-030")]),
    (
        [with_rule("when: redemption.gated, then: unclassified, on_unknown: skip")],
        [("A0102", "rule CLS-030 changes nothing", "CLS-030")],
    ),
    (
        [("    - {id: CLS-020", "    - 5\n    - {id: CLS-020")],
        [("E0303", "this is a value, where a mapping is needed", "5")],
    ),
    ([with_layer("material: 110%")], [("E0311", "`110%` is not between 0% and 100%", "110%")]),
    (
        [with_layer("score: 5")],
        [("E0302", "`material` is missing", "{"), ("E0301", "unknown key `score`", "score")],
    ),
    ([with_layer("material: 10%")], []),
    (
        [("  hit: first", "  hit: first\n  layer:")],
        [("E0303", "nothing stands here, where a mapping is needed", "")],
    ),
    (
        [with_rule("when: redemption.at_par, then: reserve, on_unknown: skip")],
        [("A0101", "rule CLS-030 can never fire", "CLS-030")],
    ),
    (
        [with_rule("when: backing.segregated and redemption.at_par, then: endogenous, on_unknown: skip")],
        [("A0101", "rule CLS-030 can never fire", "CLS-030")],
    ),
    (
        [with_rule("when: redemption.at_par, then: endogenous, on_unknown: skip, known_only: true")],
        [("A0101", "rule CLS-030 can never fire", "CLS-030")],
    ),
    ([with_rule("when: redemption.at_par, then: endogenous, on_unknown: otherwise")], []),
    ([with_rule("when: redemption.at_par, then: endogenous, on_unknown: worse")], []),
    (
        [with_rule("when: own_paper > own_limit or redemption.at_par, then: endogenous, on_unknown: skip")],
        [],
    ),
    (
        [
            ("hit: first", "hit: unique"),
            with_rule("when: redemption.at_par and backing.segregated, then: endogenous, on_unknown: skip"),
        ],
        [("A0103", "rules CLS-020 and CLS-030 both fire, and `hit` is `unique`", "CLS-030")],
    ),
    (
        [
            ("hit: first", "hit: unique"),
            with_rule("when: redemption.at_par and backing.segregated, then: reserve, on_unknown: skip"),
        ],
        [],
    ),
    (
        [
            ("hit: first", "hit: unique"),
            with_rule("when: redemption.at_par, then: endogenous, on_unknown: skip"),
        ],
        [("A0103", "rules CLS-030 and CLS-020 both fire, and `hit` is `unique`", "CLS-020")],
    ),
    (
        [
            ("hit: first", "hit: worst"),
            with_rule("when: redemption.at_par and backing.segregated, then: reserve, on_unknown: skip"),
        ],
        [("A0101", "rule CLS-030 can never decide", "CLS-030")],
    ),
    (
        [
            ("hit: first", "hit: worst"),
            with_rule("when: redemption.at_par or backing.segregated, then: endogenous, on_unknown: skip"),
        ],
        [("A0101", "rule CLS-020 can never decide", "CLS-020")],
    ),
    (
        [
            ("hit: first", "hit: worst"),
            with_rule("when: redemption.at_par and backing.segregated, then: endogenous, on_unknown: skip"),
        ],
        [],
    ),
    (
        [
            ("hit: first", "hit: worst"),
            with_rule("when: redemption.gated, then: unclassified, on_unknown: skip"),
        ],
        [],
    ),
]


@pytest.mark.parametrize(("changes", "found"), CASES)
def test_what_is_said_of_classify(changes: list[Change], found: list[tuple[str, str, str]]) -> None:
    """Proves for each slip which problems it brings, in which words, under which text; for others, none."""
    assert complaints(*changes) == found
