"""The rules of a rulebook in words: every one of them, and what each kind says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

import pytest

from pegmark.data import data_root
from pegmark.rulebook.load import load
from pegmark.rulebook.program import Reason
from pegmark.usecases.rules import Rule, rules_of
from tests.engine.books import book
from tests.engine.test_caps import caps
from tests.engine.test_classify import classify
from tests.engine.test_haircut import haircut
from tests.engine.test_rating import TWO_PILLARS, rating
from tests.engine.test_terms import condition
from tests.engine.test_unknown import FILLED

BOOK = book(
    FILLED,
    classify=classify(
        "first",
        "when: custom.x > 2%, then: poor, on_unknown: otherwise, known_only: true",
        "when: custom.p, then: best, on_unknown: skip",
        "when: known(custom.q), then: good, known_only: true",
        layer="layer: {id: CLS-800, material: 10%, why: So., cite: [M]}\n",
    ),
    scorecards=TWO_PILLARS,
    rating=rating(
        "{backing: 3, liquidity: 2}",
        knock_outs=("when: custom.q, cap: C, on_unknown: match",),
        rules=("when: custom.q, then: run_off, on_unknown: skip",),
        status=(
            "worthless: {id: ST-020, why: So., cite: [M]}, "
            "intake: {id: ST-030, least: C, why: So., cite: [M]}, "
        ),
    ),
    haircut=haircut(
        "op: add, limit: 30%, unknown: worst, when: custom.q, "
        "curve: {of: position.size, over: custom.v, points: [[5%, 0%], [100%, 4%]]}",
        "op: max, expr: custom.x, unknown: 100%",
        "op: multiply, table: {by: custom.k, rows: {low: 100%, middle: 90%, high: 80%}}, unknown: worst",
        "op: min, expr: 90%",
    ),
    caps=caps("expr: 2% * liquidity.supply, unknown: worst, when: custom.q", 'expr: "$50M"'),
    conditions=condition("custom.d", unknown="9d", when="custom.q", on_unknown="match"),
    review=(
        "- {id: RV-010, code: found, severity: high, when: custom.p, on_unknown: match, remedy: Mend it., "
        "why: So., cite: [M]}"
    ),
    guardrails=(
        "- {id: GR-010, assert: output.maintenance >= 1%, why: So., cite: [M]}\n"
        "- {id: GR-020, monotone: {output: cap, input: liquidity.supply, direction: increasing}, "
        "why: So., cite: [M]}"
    ),
)


@pytest.mark.parametrize(
    ("rule", "section", "when", "then", "unknown"),
    [
        (
            "NM-010",
            "normal",
            "liquidity.depth_2pct is unknown",
            "it takes share * liquidity.volume_24h",
            "",
        ),
        (
            "CLS-010",
            "classify",
            "custom.x > 2%",
            "class poor",
            "where it cannot be told, the class is worst; estimates do not count as known",
        ),
        ("CLS-020", "classify", "custom.p", "class best", "where it cannot be told, the rule is skipped"),
        ("CLS-030", "classify", "known(custom.q)", "class good", "estimates do not count as known"),
        ("CLS-900", "classify", "no other rule holds", "class worst", ""),
        (
            "CLS-800",
            "classify",
            "a component that is another asset has a share of at least 10%",
            "class, pillars and band are no better than that asset's",
            "",
        ),
        (
            "SC-010",
            "scorecards.backing",
            "",
            "weight 2, points of custom.x: below 10%: 0, below 20%: 60, otherwise 100",
            "unknown: 0",
        ),
        (
            "SC-030",
            "scorecards.liquidity",
            "",
            "weight 1, points of custom.p: true: 80, false: 30",
            "unknown: 20",
        ),
        ("KO-110", "rating", "custom.q", "band no better than C", "where it cannot be told, the rule holds"),
        ("ST-010", "rating", "class is one of worst", "status ineligible", ""),
        ("ST-020", "rating", "the least account loses everything", "status ineligible", ""),
        ("ST-030", "rating", "band is worse than C", "status no better than no_new", ""),
        (
            "ST-110",
            "rating",
            "custom.q",
            "status no better than run_off",
            "where it cannot be told, the rule is skipped",
        ),
        (
            "HC-010",
            "haircut",
            "",
            "start from by class: worst 100%, poor 10%, good 2%, best 1%",
            "",
        ),
        (
            "HC-100",
            "haircut",
            "custom.q",
            "add by position.size / custom.v: 0% at 5%, 4% at 100%, at most 30%",
            "unknown: 4%",
        ),
        ("HC-101", "haircut", "", "at least custom.x", "unknown: 100%"),
        (
            "HC-102",
            "haircut",
            "",
            "multiply by custom.k: low 100%, middle 90%, high 80%",
            "unknown: 100%",
        ),
        ("HC-103", "haircut", "", "at most 90%", ""),
        ("HC-030", "haircut", "", "between 0% and 100%, rounded up to 0.25%", ""),
        ("HC-040", "haircut", "", "initial = maintenance + max(1%, 25% of it)", ""),
        ("CP-100", "caps", "custom.q", "at most 2% * liquidity.supply", "unknown: $0"),
        ("CP-101", "caps", "", "at most $50M", ""),
        ("CP-020", "caps", "", "an account at most 10% of the venue's cap, at least $100k", ""),
        ("LD-010", "ladder", "", "breaks at $100k, $1M, $10M", ""),
        ("MK-010", "mark", "", 'basis "multi_venue_index", quote "USD"', ""),
        (
            "CN-010",
            "conditions",
            "custom.q",
            "cond: part = custom.d (intake)",
            "where it cannot be told, the rule holds",
        ),
        (
            "RV-010",
            "review",
            "custom.p",
            "finding found (high): Mend it.",
            "where it cannot be told, the rule holds",
        ),
        ("GR-010", "guardrails", "", "always output.maintenance >= 1%", ""),
        (
            "GR-020",
            "guardrails",
            "",
            "monotone: direction increasing, input liquidity.supply, output cap",
            "",
        ),
    ],
)
def test_each_kind_of_rule_in_words(rule: str, section: str, when: str, then: str, unknown: str) -> None:
    """What it reads or asks, what follows, and what if it is unknown."""
    found = {said.reason.id: said for said in rules_of(BOOK.program)}[rule]
    assert found == Rule(section, found.reason, when, then, unknown)


def test_every_rule_of_the_house_is_told_once() -> None:
    """Whatever has an id and a reason in the program, and nothing twice."""
    house = load(data_root() / "rules" / "house")
    told = [rule.reason.id for rule in rules_of(house)]
    assert len(set(told)) == len(told)
    assert set(told) == {reason.id for reason in _reasons(house)}
    assert all(rule.then for rule in rules_of(house))


def _reasons(part: Any) -> Iterator[Reason]:
    if isinstance(part, Reason):
        yield part
    elif isinstance(part, tuple):
        for item in part:
            yield from _reasons(item)
    elif is_dataclass(part):
        for field in fields(part):
            yield from _reasons(getattr(part, field.name))
