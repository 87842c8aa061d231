"""The trace: every rule with outcome, what it read, both sides of each comparison, params in force."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from pegmark.facts.digest import canonical
from tests.engine.books import GOOD, SECTIONS, book, decided, only
from tests.engine.test_caps import caps
from tests.engine.test_classify import classify
from tests.engine.test_estimates import estimate
from tests.engine.test_haircut import haircut
from tests.engine.test_rating import rating
from tests.engine.test_terms import condition, guard
from tests.engine.test_unknown import FILLED

PARAMS = """
weight: {unit: ratio, values: [{from: 2017-01-01, value: 25%}], why: A quarter., cite: [M]}
limit:
  unit: ratio
  values: [{from: 2017-01-01, value: 20%}, {from: 2025-01-01, value: 30%}]
  why: So.
  cite: [M]
"""
SIZED = (
    "op: add, limit: 90%, unknown: worst, "
    "curve: {of: position.size, over: custom.v, points: [[0%, 0%], [100%, 40%]]}"
)
EVERYTHING = book(
    FILLED,
    params=PARAMS,
    derive="a: {unit: ratio, expr: custom.x + custom.y}",
    classify=classify(
        "first",
        "when: a >= limit, then: poor, on_unknown: otherwise",
        'when: custom.k == "middle", then: good, on_unknown: skip',
    ),
    rating=rating(
        knock_outs=("when: score.backing < 50, cap: C",),
        rules=("when: custom.q, then: no_new, on_unknown: match",),
    ),
    haircut=haircut(SIZED, "op: max, expr: custom.x, unknown: 100%, when: custom.q"),
    caps=caps("expr: liquidity.depth_2pct, unknown: worst, when: custom.q", 'expr: "$50M"'),
    conditions=condition("custom.d", unknown="9d", when="custom.q", on_unknown="skip"),
    review=(
        "- {id: RV-010, code: c, severity: low, when: custom.u / custom.v > 10%, on_unknown: skip, "
        "remedy: R., why: So., cite: [M]}"
    ),
    guardrails=guard("output.maintenance >= 0%"),
)
KNOWN: dict[str, Any] = {
    **GOOD,
    "custom.q": False,
    "custom.x": 0.05,
    "custom.y": 0.1,
    "custom.u": 3e5,
    "custom.v": 1e7,
    "liquidity.volume_24h": 1e9,
}


def traced(facts: dict[str, Any], rule: str, compiled: Any = EVERYTHING, **options: Any) -> dict[str, Any]:
    """Return the one line of the trace that a rule left."""
    return only(decided(compiled, {**KNOWN, **facts}, **options)["trace"], rule=rule)


def test_every_rule_leaves_its_lines_in_order() -> None:
    """Filling, class, points, caps, steps, rating, mark, conditions, review; a step by size at each."""
    trace = decided(EVERYTHING, KNOWN, (1e5, 1e6))["trace"]
    assert [(line["section"], line["rule"]) for line in trace] == [
        ("normal", "NM-010"),
        ("classify", "CLS-010"),
        ("classify", "CLS-020"),
        ("scorecards", "SC-010"),
        ("caps", "CP-100"),
        ("caps", "CP-101"),
        ("haircut", "HC-010"),
        ("haircut", "HC-101"),
        ("haircut", "HC-050"),
        ("rating", "KO-110"),
        ("rating", "ST-110"),
        ("haircut", "HC-100"),
        ("haircut", "HC-100"),
        ("mark", "MK-010"),
        ("conditions", "CN-010"),
        ("review", "RV-010"),
    ]


def test_a_rule_tells_by_how_much_it_did_not_match() -> None:
    """Values read, both sides, the margin between them, and the param with the day it came into force."""
    assert traced({}, "CLS-010") == {
        "section": "classify",
        "rule": "CLS-010",
        "outcome": False,
        "reads": {"a": 0.15},
        "comparisons": [{"text": "a >= limit", "left": 0.15, "right": 0.3, "margin": -0.15}],
        "params": {"limit": {"value": 0.3, "from": "2025-01-01"}},
    }


def test_a_rule_tells_by_how_much_it_matched() -> None:
    """The margin is exact where binary subtraction is not."""
    found = traced({"custom.x": 0.25, "custom.y": 0.1}, "CLS-010")
    assert found["outcome"] is True
    assert found["comparisons"][0]["margin"] == 0.05


def test_an_unknown_side_has_no_margin() -> None:
    """The outcome, the value read, the side and the margin are null."""
    found = traced({"custom.x": None}, "CLS-010")
    assert (found["outcome"], found["reads"]) == (None, {"a": None})
    assert found["comparisons"] == [{"text": "a >= limit", "left": None, "right": 0.3, "margin": None}]


def test_a_comparison_of_computed_sides_tells_what_was_compared() -> None:
    """The quotient, not its parts, stands beside the threshold."""
    found = traced({}, "RV-010")
    assert found["comparisons"] == [
        {"text": "custom.u / custom.v > 10%", "left": 0.03, "right": 0.1, "margin": -0.07}
    ]
    assert found["reads"] == {"custom.u": 300_000, "custom.v": 10_000_000}


@pytest.mark.parametrize(
    ("rule", "at_work"), [("HC-101", 0.05), ("CP-100", 20_000_000)], ids=["step", "limit"]
)
@pytest.mark.parametrize(("q", "is_in_force"), [(True, True), (False, False), (None, True)])
def test_what_does_not_apply_says_so(rule: str, at_work: float, q: bool | None, is_in_force: bool) -> None:
    """A step or limit whose mechanism is absent did not hold; otherwise its outcome is the amount."""
    found = traced({"custom.q": q}, rule)
    assert found["outcome"] == (at_work if is_in_force else False)
    assert found["reads"]["custom.q"] is q


def test_an_unknown_amount_is_null() -> None:
    """Which is told apart from an amount that does not apply."""
    assert traced({"custom.q": True, "custom.x": None}, "HC-101")["outcome"] is None


def test_outcomes_of_other_sections() -> None:
    """Points, the basis of the mark, what was filled in, and verdicts."""
    assert traced({}, "SC-010")["outcome"] == 100
    assert traced({}, "MK-010")["outcome"] == "multi_venue_index"
    assert traced({}, "MK-010")["reads"] == {"custom.p": True, "custom.d": 1}
    filled = traced({}, "NM-010")
    assert (filled["outcome"], filled["params"]) == (
        20_000_000,
        {"share": {"value": 0.02, "from": "2017-01-01"}},
    )
    assert traced({}, "KO-110")["reads"] == {"score.backing": 100}
    assert traced({}, "ST-110")["outcome"] is False
    assert traced({"custom.q": None}, "ST-110")["outcome"] is None
    assert traced({"custom.q": True}, "CN-010")["reads"] == {"custom.q": True, "custom.d": 1}


def test_a_known_fact_is_not_filled_in() -> None:
    """No line where nothing stood in."""
    trace = decided(EVERYTHING, {**KNOWN, "liquidity.depth_2pct": 3e7})["trace"]
    assert "NM-010" not in [line["rule"] for line in trace]


def test_the_trace_reads_the_position_at_its_size() -> None:
    """One line for each size asked for, in their order, and none for the sizes of the ladder."""
    trace = decided(EVERYTHING, KNOWN, (1e6, 1e5, 1e6))["trace"]
    found = [line for line in trace if line["rule"] == "HC-100"]
    assert [line["reads"]["position.size"] for line in found] == [1_000_000, 100_000, 1_000_000]
    assert [line["outcome"] for line in found] == [0.04, 0.004, 0.04]


def test_estimates_are_traced_as_they_were_read() -> None:
    """With their value, once; the second reading without them leaves no lines."""
    whole = decided(EVERYTHING, KNOWN)["trace"]
    estimated = decided(EVERYTHING, {**KNOWN, "custom.x": estimate(0.05)})["trace"]
    assert [line["rule"] for line in estimated] == [line["rule"] for line in whole]
    assert only(estimated, rule="CLS-010")["reads"] == {"a": 0.15}


@pytest.mark.parametrize("explain", ["none", "short"])
def test_only_a_full_explanation_has_a_trace(explain: str) -> None:
    """The rest of the body is the same, but for the digest of the question and the id that follows."""
    full = decided(EVERYTHING, KNOWN)
    brief = decided(EVERYTHING, KNOWN, explain=explain)
    assert brief["trace"] is None
    outcomes = ("class", "status", "scores", "band", "ladder", "mark", "cap", "conditions", "unknown")
    assert {key: brief[key] for key in outcomes} == {key: full[key] for key in outcomes}
    assert brief["digests"]["facts"] != full["digests"]["facts"]


def test_a_trace_is_json() -> None:
    """Nothing in it is a number that JSON cannot write."""
    for facts in ({}, dict.fromkeys(KNOWN)):
        body = decided(EVERYTHING, {**KNOWN, **facts})
        assert canonical(body["trace"])


# Params in force


@pytest.mark.parametrize(
    ("as_of", "limit", "start", "cls"),
    [
        ("2024-12-31", 0.2, "2017-01-01", "poor"),
        ("2025-01-01", 0.3, "2025-01-01", "good"),
        ("2025-01-01T00:30:00+01:00", 0.2, "2017-01-01", "poor"),
        ("2024-12-31T23:30:00-01:00", 0.3, "2025-01-01", "good"),
    ],
)
def test_params_are_read_at_the_day_of_the_snapshot(as_of: str, limit: float, start: str, cls: str) -> None:
    """A param changes at midnight UTC, and the decision with it; the trace says since when it holds."""
    body = decided(EVERYTHING, {**KNOWN, "custom.x": 0.15}, as_of=as_of)
    assert body["class"] == cls
    assert only(body["trace"], rule="CLS-010")["params"] == {"limit": {"value": limit, "from": start}}


def test_before_the_first_param_nothing_can_be_decided() -> None:
    """The engine says so; whoever asks turns it into a problem of the question."""
    with pytest.raises(LookupError, match="rulebook tiny has no params before 2017-01-01"):
        decided(EVERYTHING, KNOWN, as_of="2016-12-31")


def test_epochs_are_compiled_once_each() -> None:
    """Every day between two changes runs the same function."""
    days = ("2017-01-01", "2020-02-29", "2024-12-31", "2025-01-01", "2099-01-01")
    functions = [EVERYTHING.at(date.fromisoformat(day)).answer for day in days]
    assert [function is functions[0] for function in functions] == [True, True, True, False, False]
    assert functions[3] is functions[4]
    assert [start.isoformat() for start in EVERYTHING.starts] == ["2017-01-01", "2025-01-01"]


def test_a_rulebook_without_params_holds_on_every_day() -> None:
    """Nothing changes and nothing begins."""
    header = SECTIONS["header"].replace("        estimates: {weight: weight}\n", "")
    compiled = book(header=header, params="{}")
    assert decided(compiled, GOOD, as_of="2009-01-03")["class"] == "good"
