"""What a full explanation says it would take: whose doing, in which words, and when it says nothing."""

from __future__ import annotations

from typing import Any

import pytest

from pegmark.engine.decide import UNRESOLVED, Layer
from pegmark.facts.digest import canonical
from tests.engine.books import GOOD, book, decided
from tests.engine.test_rating import rating
from tests.engine.test_search import FALLING, scorecard

LINES = scorecard(
    "by: custom.k, table: {low: 0, middle: 50, high: 100}, weight: 1",
    "when: venue.redemption_account, table: {true: 100, false: 0}, weight: 1",
)
# Nothing but the whole is better than the last but one.
STEEP = rating().replace("at_least: 75", "at_least: 95").replace("at_least: 50", "at_least: 80")
COMPILED = book(scorecards=LINES)
MIDDLE: dict[str, Any] = {**GOOD, "custom.k": "middle", "venue.redemption_account": False}


def taking(given: dict[str, Any], compiled: Any = COMPILED, **options: Any) -> dict[str, Any]:
    """Return what is said of what it would take."""
    found = decided(compiled, {**MIDDLE, **given}, **options)["counterfactuals"]
    assert canonical(found)
    return found


def test_each_side_is_told_what_it_can_do() -> None:
    """Proves that a way of the asset's and one of the venue's stand side by side, with what they come to."""
    found = taking({})
    assert (found["to_band"], found["to_status"], found["exhausted"]) == ("B", None, True)
    assert found["found"] == [
        {
            "whose": "asset",
            "changes": [{"fact": "custom.k", "was": "known", "from": "middle", "to": "high", "share": None}],
            "class": "best",
            "band": "B",
            "status": "accept",
            "haircut": {"size_usd": 1_000_000, "initial": 0.02, "maintenance": 0.01},
            "venue_cap_usd": 50_000_000,
        },
        {
            "whose": "venue",
            "changes": [
                {
                    "fact": "venue.redemption_account",
                    "was": "known",
                    "from": False,
                    "to": True,
                    "share": None,
                }
            ],
            "class": "good",
            "band": "A",
            "status": "accept",
            "haircut": {"size_usd": 1_000_000, "initial": 0.03, "maintenance": 0.02},
            "venue_cap_usd": 50_000_000,
        },
    ]


def test_both_are_told_of_where_neither_is_enough() -> None:
    """Proves that a way which takes both sides is told only then, and as such."""
    found = taking({}, book(scorecards=LINES, rating=STEEP))
    assert [(way["whose"], [change["fact"] for change in way["changes"]]) for way in found["found"]] == [
        ("both", ["venue.redemption_account", "custom.k"])
    ]


def test_what_is_not_accepted_is_told_how_to_be() -> None:
    """Proves that acceptance, not a band, is the goal of what has neither."""
    found = taking({"custom.k": None})
    assert (found["to_band"], found["to_status"]) == (None, "accept")
    (way,) = found["found"]
    assert way["status"] == "accept"
    assert way["changes"] == [
        {"fact": "custom.k", "was": "not_collected", "from": None, "to": "low", "share": None}
    ]


def test_an_estimate_is_told_apart() -> None:
    """Proves that what has only to be confirmed has the same value before and after."""
    found = taking({"custom.k": {"value": "high", "estimated": True}, "venue.redemption_account": None})
    (way,) = [way for way in found["found"] if way["whose"] == "asset"]
    assert way["changes"] == [
        {"fact": "custom.k", "was": "estimated", "from": "high", "to": "high", "share": None}
    ]


@pytest.mark.parametrize("is_estimated", [False, True])
def test_a_move_names_both_kinds_and_what_moves(is_estimated: bool) -> None:
    """Proves how a change of backing is told, and that a list may have only to be confirmed."""
    lines = scorecard(
        f"of: backing.share.own_token, {FALLING}: [{{below: 5%, points: 100}}, {{points: 0}}], weight: 1"
    )
    share = 0.04 if is_estimated else 0.25
    rows = [{"kind": "own_token", "share": share}, {"kind": "treasury_bill", "share": round(1 - share, 2)}]
    given = {
        "backing.basis": "net",
        "backing.components": {"value": rows, "estimated": is_estimated},
    }
    (way,) = taking(given, book(scorecards=lines, rating=STEEP))["found"]
    told = {
        "fact": "backing.components",
        "was": "known",
        "from": "own_token",
        "to": "treasury_bill",
        "share": 0.2001,
    }
    confirmed = {"fact": "backing.components", "was": "estimated", "from": None, "to": None, "share": None}
    assert way["changes"] == [confirmed if is_estimated else told]


def test_the_best_band_wants_nothing() -> None:
    """Proves that where there is no better band there is nothing to look for."""
    found = taking({"custom.k": "high", "venue.redemption_account": True})
    assert found == {"to_band": None, "to_status": None, "found": [], "exhausted": True, "runs": 0}


LAYERED = """
    output: class
    order: [best, good, poor, worst]
    hit: first
    layer: {id: CLS-800, material: 10%, why: No wrapper is better., cite: [M]}
    rules:
      - {id: CLS-010, when: custom.k == "high", then: best, on_unknown: skip, why: High., cite: [M]}
      - {id: CLS-020, when: custom.k == "middle", then: good, on_unknown: skip, why: Middle., cite: [M]}
      - {id: CLS-900, otherwise: worst, why: Not known.}
    """


@pytest.mark.parametrize("layer", [UNRESOLVED, Layer(1, 60, 2, "accept", 0)])
def test_what_lies_beneath_is_not_its_own_to_change(layer: Layer) -> None:
    """Proves that an asset which its layer holds down is told of no way, and that it means none."""
    found = taking({}, book(scorecards=LINES, classify=LAYERED), layer=layer)
    assert (found["found"], found["exhausted"]) == ([], True)
    assert found["to_band"] or found["to_status"]


def test_a_crossed_guardrail_is_no_fact_to_change() -> None:
    """Proves that nothing is searched for where it is the rulebook that refuses."""
    guard = '[{id: GR-010, assert: "output.maintenance >= 20%", why: So., cite: [M]}]'
    found = taking({}, book(scorecards=LINES, guardrails=guard))
    assert (found["to_status"], found["found"], found["runs"]) == ("accept", [], 0)


@pytest.mark.parametrize("explain", ["none", "short"])
def test_only_a_full_explanation_searches(explain: str) -> None:
    """Proves that the other levels pay nothing for it."""
    assert decided(COMPILED, MIDDLE, explain=explain)["counterfactuals"] is None
