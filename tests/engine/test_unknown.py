"""Which unknown facts mattered: those whose absence sent some rule down its unknown branch."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.books import GOOD, NORMAL, SECTIONS, book, decided
from tests.engine.test_caps import caps
from tests.engine.test_classify import classify
from tests.engine.test_haircut import haircut
from tests.engine.test_rating import rating
from tests.engine.test_terms import condition


def mattered(facts: dict[str, Any], normal: str = NORMAL, **sections: str) -> list[str]:
    """Return the facts that mattered, of those not known."""
    body = decided(book(normal, **sections), {**GOOD, **facts})
    assert all(set(entry) == {"fact", "state", "mattered"} for entry in body["unknown"])
    return [entry["fact"] for entry in body["unknown"] if entry["mattered"]]


def test_nothing_is_unknown_where_everything_read_is_known() -> None:
    """Facts that no rule reads are not listed, though nobody gave them."""
    assert decided(book())["unknown"] == []


def test_an_absent_fact_is_listed_only_if_it_mattered() -> None:
    """What nobody gave and nothing asked for is no news; what was given as unknown always is."""
    given = {name: claim for name, claim in GOOD.items() if name != "custom.n"}
    assert decided(book(), given)["unknown"] == [
        {"fact": "custom.n", "state": "not_collected", "mattered": True}
    ]
    stated = {**GOOD, "custom.n": {"unknown": "not_credible"}, "custom.x": {"unknown": "not_disclosed"}}
    assert decided(book(), stated)["unknown"] == [
        {"fact": "custom.n", "state": "not_credible", "mattered": True},
        {"fact": "custom.x", "state": "not_disclosed", "mattered": False},
    ]


def test_a_stale_fact_is_listed_as_stale() -> None:
    """It was given, it is too old to be used, and it is told whether that mattered."""
    stale = {"peg.discount_now": {"value": 0, "as_of": "2020-01-01"}}
    rule = "when: peg.discount_now > 2%, then: no_new, on_unknown: match"
    for sections, is_missed in (({}, False), ({"rating": rating(rules=(rule,))}, True)):
        body = decided(book(**sections), {**GOOD, **stale})
        assert body["unknown"] == [{"fact": "peg.discount_now", "state": "stale", "mattered": is_missed}]


# Class rules

Q = "when: custom.q, then: best, on_unknown: skip"
X = "when: custom.x > 0%, then: good, on_unknown: skip"
Y_STOPS = "when: custom.y > 0%, then: poor, on_unknown: otherwise"


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"custom.q": True}, []),
        ({"custom.q": False, "custom.y": 1}, []),
        ({"custom.q": None, "custom.y": 1}, ["custom.q"]),
        ({"custom.q": False, "custom.y": None}, ["custom.y"]),
        ({"custom.q": False, "custom.y": 0, "custom.x": None}, ["custom.x"]),
        ({"custom.q": None, "custom.y": None, "custom.x": None}, ["custom.y", "custom.q"]),
    ],
)
def test_rules_after_the_one_that_decided_were_not_asked(facts: dict[str, Any], expected: list[str]) -> None:
    """A first hit ends the questions: what a later rule would have missed did not matter."""
    section = classify("first", Q, Y_STOPS, X)
    assert sorted(mattered(facts, classify=section)) == sorted(expected)


def test_rules_after_one_that_may_hold_are_asked() -> None:
    """It does not stop; what was missed up to the rule that holds mattered, and nothing after that."""
    maybe = "when: custom.y > 0%, then: poor, on_unknown: worse"
    section, none = classify("first", maybe, Q, X), {"custom.y": None, "custom.x": None}
    found = mattered({**none, "custom.q": None}, classify=section)
    assert sorted(found) == ["custom.q", "custom.x", "custom.y"]
    assert mattered({**none, "custom.q": True}, classify=section) == ["custom.y"]


def test_all_rules_are_asked_where_the_worst_decides() -> None:
    """Whatever else holds, a rule that could not be told was passed over."""
    section = classify("worst", Q, Y_STOPS, X)
    assert mattered({"custom.q": True, "custom.y": 0, "custom.x": None}, classify=section) == ["custom.x"]


def test_a_condition_that_is_known_all_the_same_misses_nothing() -> None:
    """False and unknown is false: what the other side is did not matter."""
    section = classify("first", "when: custom.q and custom.x > 0%, then: best, on_unknown: skip")
    assert mattered({"custom.q": False, "custom.x": None}, classify=section) == []
    assert mattered({"custom.q": True, "custom.x": None}, classify=section) == ["custom.x"]
    assert mattered({"custom.q": True, "custom.x": None, "custom.k": None}, classify=section) == ["custom.x"]


# The other sections


@pytest.mark.parametrize("on_unknown", ["match", "skip"])
def test_verdicts(on_unknown: str) -> None:
    """Knock-outs, status, conditions and findings miss what they could not tell, firing or not."""
    when = f"when: custom.x > 0%, on_unknown: {on_unknown}"
    review = f"- {{id: RV-010, code: c, severity: low, {when}, remedy: R., why: So., cite: [M]}}"
    for sections in (
        {"rating": rating(knock_outs=(f"{when}, cap: C",))},
        {"rating": rating(rules=(f"{when}, then: no_new",))},
        {"conditions": condition("1", when="custom.x > 0%", on_unknown=on_unknown)},
        {"review": review},
    ):
        assert mattered({"custom.x": None}, **sections) == ["custom.x"]
        assert mattered({"custom.x": 0}, **sections) == []


def test_values_of_conditions() -> None:
    """A value that something stands in for was missed."""
    section = condition("custom.x", unknown="5%")
    assert mattered({"custom.x": None}, conditions=section) == ["custom.x"]
    assert mattered({"custom.x": 0}, conditions=section) == []


def test_a_value_nobody_is_told_was_not_missed() -> None:
    """Where the condition does not apply its value is not asked for."""
    section = condition("custom.x", unknown="5%", when="custom.q", on_unknown="skip")
    assert mattered({"custom.x": None, "custom.q": False}, conditions=section) == []
    assert mattered({"custom.x": None, "custom.q": True}, conditions=section) == ["custom.x"]


def test_a_stand_in_within_a_value_counts_where_the_value_is_told() -> None:
    """A derived name that took something in place of the fact, in a condition that applies or does not."""
    derive = "a: {unit: ratio, expr: 'coalesce(custom.x, 90%)'}"
    section = condition("a", when="custom.q", on_unknown="skip")
    for q, expected in ((True, ["custom.x"]), (False, [])):
        assert mattered({"custom.x": None, "custom.q": q}, derive=derive, conditions=section) == expected


def test_points_of_a_pillar_that_applies() -> None:
    """A characteristic misses what it could not score; a pillar that is out asks nothing."""
    card = SECTIONS["scorecards"].replace("why: The only one.", "why: So.\n          applies: custom.q")
    for q, expected in ((True, ["custom.n"]), (False, []), (None, ["custom.n", "custom.q"])):
        assert sorted(mattered({"custom.n": None, "custom.q": q}, scorecards=card)) == expected


def test_limits() -> None:
    """A limit that zero stands in for was missed; one that does not exist was not asked."""
    section = caps("expr: custom.u, unknown: worst, when: custom.q")
    for q, expected in ((True, ["custom.u"]), (False, []), (None, ["custom.q", "custom.u"])):
        assert sorted(mattered({"custom.u": None, "custom.q": q}, caps=section)) == expected


def test_steps_that_read_the_size() -> None:
    """They are evaluated for each size, and miss what they miss at any."""
    section = haircut(
        "op: add, limit: 50%, unknown: worst, "
        "curve: {of: position.size, over: custom.v, points: [[0%, 0%], [1%, 9%]]}"
    )
    assert mattered({"custom.v": None}, haircut=section) == ["custom.v"]
    assert mattered({"custom.v": 1}, haircut=section) == []


@pytest.mark.parametrize(
    "claim", [{}, {"custom.y": {"value": 0, "estimated": True}}], ids=["known", "estimate"]
)
def test_the_ladder_is_part_of_the_decision(claim: dict[str, Any]) -> None:
    """A step that is at work only at sizes of the ladder misses what it reads there."""
    section = haircut("op: add, limit: 50%, expr: custom.x, unknown: worst, when: position.size > $2M")
    assert mattered({"custom.x": None, **claim}, haircut=section) == ["custom.x"]


def test_the_mark() -> None:
    """A close-out horizon that something stands in for, and a floor that could not be told."""
    assert mattered({"custom.d": None}) == ["custom.d"]
    assert mattered({"custom.p": None}) == ["custom.p"]


# Through other names


def test_through_derived_names() -> None:
    """A rule that reads a derived name missed the facts the name rests on, at any depth."""
    derive = "a: {unit: ratio, expr: custom.x + custom.y}\nb: {unit: ratio, expr: a * 2}"
    rule = rating(rules=("when: b > 100%, then: no_new, on_unknown: match",))
    assert mattered({"custom.x": 0, "custom.y": None}, derive=derive, rating=rule) == ["custom.y"]
    assert sorted(mattered({}, derive=derive, rating=rule)) == ["custom.x", "custom.y"]


def test_a_stand_in_was_used_for_what_it_stands_in_for() -> None:
    """`coalesce` makes the name known; the fact whose place was taken mattered nonetheless."""
    derive = "a: {unit: ratio, expr: 'coalesce(custom.x, 90%)'}"
    rule = rating(rules=("when: a > 50%, then: no_new",))
    assert mattered({"custom.x": None}, derive=derive, rating=rule) == ["custom.x"]
    assert mattered({"custom.x": 0}, derive=derive, rating=rule) == []


def test_what_comes_after_the_first_that_is_known_is_not_asked() -> None:
    """Of three, the second is missed only where the first is."""
    derive = "a: {unit: ratio, expr: 'coalesce(custom.x, custom.y, 90%)'}"
    rule = rating(rules=("when: a > 50%, then: no_new",))
    for x, y, expected in (
        (0, None, []),
        (None, 0, ["custom.x"]),
        (None, None, ["custom.x", "custom.y"]),
    ):
        assert mattered({"custom.x": x, "custom.y": y}, derive=derive, rating=rule) == expected


def test_a_stand_in_within_a_class_rule_counts_if_the_rule_was_asked() -> None:
    """A rule that is always known thanks to a stand-in misses the fact; one that was not reached does not."""
    derive = "a: {unit: ratio, expr: 'coalesce(custom.x, 90%)'}"
    section = classify("first", Q, "when: a > 50%, then: good", "when: true, then: poor")
    for q, expected in ((False, ["custom.x"]), (True, [])):
        facts = {"custom.q": q, "custom.x": None}
        assert mattered(facts, derive=derive, classify=section) == expected
    section = classify("worst", Q, "when: a > 50%, then: good")
    assert mattered({"custom.q": True, "custom.x": None}, derive=derive, classify=section) == ["custom.x"]


def test_a_stand_in_for_a_name_that_had_one() -> None:
    """Both the fact that the inner name did without and what made the outer one unknown were missed."""
    derive = (
        "a: {unit: ratio, expr: 'coalesce(custom.x, 90%) + custom.y'}\n"
        "b: {unit: ratio, expr: 'coalesce(a, 5%)'}\n"
        "c: {unit: ratio, expr: 'coalesce(a * 2, 5%)'}"
    )
    for name in ("b", "c"):
        rule = rating(rules=(f"when: {name} > 50%, then: no_new",))
        for x, y, expected in (
            (0, 0, []),
            (None, 0, ["custom.x"]),
            (0, None, ["custom.y"]),
            (None, None, ["custom.x", "custom.y"]),
        ):
            assert mattered({"custom.x": x, "custom.y": y}, derive=derive, rating=rule) == expected


def test_a_stand_in_may_be_for_something_computed() -> None:
    """Then all the facts it rests on had their place taken."""
    derive = "a: {unit: ratio, expr: 'coalesce(custom.x + custom.y, 90%)'}"
    rule = rating(rules=("when: a > 50%, then: no_new",))
    assert mattered({"custom.x": 0}, derive=derive, rating=rule) == ["custom.y"]
    assert mattered({"custom.x": 0, "custom.y": 0}, derive=derive, rating=rule) == []


def test_a_stand_in_in_a_branch_that_was_not_taken_was_not_used() -> None:
    """`if` asks only the branch it takes."""
    derive = "a: {unit: ratio, expr: 'if custom.p then coalesce(custom.x, 90%) else 0%'}"
    rule = rating(rules=("when: a > 50%, then: no_new, on_unknown: match",))
    assert mattered({"custom.p": False}, derive=derive, rating=rule) == []
    assert mattered({"custom.p": True}, derive=derive, rating=rule) == ["custom.x"]


FILLED = """
sources: {N: {title: Filling-in, href: docs/method.md}}
params:
  share: {unit: ratio, values: [{from: 2017-01-01, value: 2%}], why: So., cite: [N]}
normal:
  - {id: NM-010, fact: liquidity.depth_2pct, take: share * liquidity.volume_24h, why: So., cite: [N]}
"""
DEPTH = caps("expr: 100 * liquidity.depth_2pct, unknown: worst")


def test_what_is_filled_in_was_missed() -> None:
    """A bound stood in for the fact; where the bound is unknown too, both are missed."""
    filled = {"liquidity.volume_24h": 1e6}
    assert mattered(filled, FILLED, caps=DEPTH) == ["liquidity.depth_2pct"]
    assert mattered({}, FILLED, caps=DEPTH) == ["liquidity.volume_24h", "liquidity.depth_2pct"]
    known = {"liquidity.depth_2pct": 1e6}
    assert mattered(known, FILLED, caps=DEPTH) == []


def test_components_are_missed_as_one_fact() -> None:
    """A share, the sum of shares and a layer's score are parts of the one list that is submitted."""
    rule = rating(rules=("when: backing.share.gold > 50%, then: no_new, on_unknown: match",))
    assert mattered({}, rating=rule) == ["backing.components"]
    rule = rating(rules=("when: backing.listed > 50%, then: no_new, on_unknown: match",))
    assert mattered({}, rating=rule) == ["backing.components"]
