"""What an asset inherits from material layers beneath it: class, scores, band, status, haircut."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from pegmark.engine.decide import UNRESOLVED, Layer
from tests.engine.books import GOOD, book, decided, settled
from tests.engine.test_classify import classify
from tests.engine.test_estimates import outcomes
from tests.engine.test_haircut import haircut
from tests.engine.test_rating import TWO_PILLARS, rating

ONE = 10**12
LAYER = "layer: {id: CLS-800, material: 10%, why: No wrapper is better., cite: [M]}\n"
RULES = (
    'when: custom.k == "high", then: best, on_unknown: skip',
    'when: custom.k == "middle", then: good, on_unknown: skip',
    'when: custom.k == "low", then: poor, on_unknown: skip',
)
STATUS = ("when: custom.q, then: run_off, on_unknown: skip",)
SECTIONS: dict[str, str] = {
    "classify": classify("first", *RULES, layer=LAYER),
    "scorecards": TWO_PILLARS,
    "rating": rating("{backing: 3, liquidity: 2}", 100, rules=STATUS),
}
WRAPS = book(**SECTIONS)
LISTED = {"backing.components": [{"kind": "stablecoin", "share": 1, "asset": "Y"}]}
FACTS: dict[str, Any] = {**GOOD, **LISTED, "custom.x": 0.2, "custom.k": "high", "custom.q": False}
SOUND = Layer(0, 100, 0, "accept", 0)


def test_a_sound_layer_changes_nothing() -> None:
    """A wrapper of the best is as good as it would be on its own."""
    with_layer = decided(WRAPS, FACTS, layer=SOUND)
    assert with_layer == decided(WRAPS, FACTS)
    assert (with_layer["class"], with_layer["decided_by"], with_layer["band"]) == ("best", "CLS-010", "A")


@pytest.mark.parametrize(
    ("index", "expected"),
    [
        (0, ("best", "CLS-010")),
        (1, ("good", "CLS-800")),
        (2, ("poor", "CLS-800")),
        (3, ("worst", "CLS-800")),
        (None, ("worst", "CLS-800")),
    ],
)
def test_class_is_never_better_than_the_layers(index: int | None, expected: tuple[str, str]) -> None:
    """The layer's rule decided where the layer is worse, and where it could not be resolved."""
    layer = Layer(index, 100, 0, "accept", 0)
    body = decided(WRAPS, FACTS, layer=layer)
    assert (body["class"], body["decided_by"]) == expected


def test_a_worse_class_of_its_own_stays() -> None:
    """A good layer lifts nothing, and an equal one did not decide."""
    for index in (0, 1, 2):
        body = decided(WRAPS, {**FACTS, "custom.k": "low"}, layer=Layer(index, 100, 0, "accept", 0))
        assert (body["class"], body["decided_by"]) == ("poor", "CLS-030")


@pytest.mark.parametrize(
    ("score", "scores"),
    [
        (100, {"backing": 97, "liquidity": 80, "composite": 90}),
        (90, {"backing": 90, "liquidity": 80, "composite": 86}),
        (50, {"backing": 50, "liquidity": 50, "composite": 50}),
        (0, {"backing": 0, "liquidity": 0, "composite": 0}),
        (None, {"backing": 0, "liquidity": 0, "composite": 0}),
    ],
)
def test_no_pillar_is_above_the_layers_score(score: int | None, scores: dict[str, int]) -> None:
    """Each pillar, and the composite with them; an unresolved layer scores nothing."""
    layer = Layer(0, score, 0, "accept", 0)
    assert decided(WRAPS, FACTS, layer=layer)["scores"] == scores


@pytest.mark.parametrize(
    ("index", "band", "capped_by"),
    [(0, "A", []), (1, "B", ["CLS-800"]), (3, "E", ["CLS-800"]), (None, "E", ["CLS-800"])],
)
def test_band_is_capped_by_the_layers(index: int | None, band: str, capped_by: list[str]) -> None:
    """Named like a knock-out, by the rule that says so."""
    body = decided(WRAPS, FACTS, layer=Layer(0, 100, index, "accept", 0))
    assert (body["band"], body["capped_by"]) == (band, capped_by)


@pytest.mark.parametrize(
    ("status", "q", "expected"),
    [
        ("accept", False, "accept"),
        ("no_new", False, "no_new"),
        ("run_off", False, "run_off"),
        ("no_new", True, "run_off"),
        ("ineligible", True, "ineligible"),
        (None, False, "ineligible"),
    ],
)
def test_status_is_the_worse_of_both(status: Any, q: bool, expected: str) -> None:
    """What is not taken is not taken wrapped; an unresolved layer is not taken."""
    body = decided(WRAPS, {**FACTS, "custom.q": q}, layer=Layer(0, 100, 0, status, 0))
    assert body["status"] == expected


def test_hidden_components_hide_no_layer() -> None:
    """Who does not say what an asset is made of is treated as resting on something unresolved."""
    hidden = decided(WRAPS, {**FACTS, "backing.components": None})
    unresolved = decided(WRAPS, {**FACTS, "backing.components": None}, layer=UNRESOLVED)
    assert hidden == unresolved
    assert (hidden["class"], hidden["decided_by"], hidden["status"]) == ("worst", "CLS-800", "ineligible")


def test_a_list_without_layers_is_no_wrapper() -> None:
    """Nothing is inherited where nothing lies beneath."""
    rows = [{"kind": "treasury_bill", "share": 1}]
    assert decided(WRAPS, {**FACTS, "backing.components": rows})["class"] == "best"


def test_rules_may_read_what_layers_came_to() -> None:
    """`layer.score` in points and `layer.haircut` as a share; 100 and 0 where there is no layer."""
    steps = haircut("op: add, limit: 90%, expr: layer.haircut, unknown: worst")
    rules = ("when: layer.score < 40, then: no_new, on_unknown: match",)
    compiled = book(
        **{**SECTIONS, "haircut": steps, "rating": rating("{backing: 3, liquidity: 2}", rules=rules)}
    )
    for layer, amount, status in (
        (None, 0, "accept"),
        (Layer(0, 40, 0, "accept", 7 * ONE // 100), 7 * ONE // 100, "accept"),
        (Layer(0, 39, 0, "accept", ONE), 90 * ONE // 100, "no_new"),
        (UNRESOLVED, 90 * ONE // 100, "ineligible"),
    ):
        terms = settled(compiled, FACTS, layer=layer)
        assert terms.positions[0].amounts[1] == amount
        assert terms.status == status


def test_an_unresolved_layer_is_missed_as_components() -> None:
    """What was submitted, and did not suffice, is the list."""
    rules = ("when: layer.score < 40, then: no_new, on_unknown: match",)
    compiled = book(**{**SECTIONS, "rating": rating("{backing: 3, liquidity: 2}", rules=rules)})
    unknown = decided(compiled, {**FACTS, "backing.components": None}, layer=UNRESOLVED)["unknown"]
    assert [entry["fact"] for entry in unknown if entry["mattered"]] == ["backing.components"]


def test_a_rulebook_may_ignore_layers() -> None:
    """Without a rule for layers only scores are held to them."""
    compiled = book(**{**SECTIONS, "classify": classify("first", *RULES)})
    body = decided(compiled, FACTS, layer=Layer(2, 60, 2, "run_off", 0))
    assert (body["class"], body["decided_by"], body["band"], body["status"]) == (
        "best",
        "CLS-010",
        "B",
        "accept",
    )
    assert body["scores"]["composite"] == 60
    assert decided(compiled, {**FACTS, "backing.components": None})["class"] == "best"


@pytest.mark.parametrize(
    ("part", "values"),
    [
        ("class_index", [0, 1, 2, 3, None]),
        ("score", [100, 70, 30, 0, None]),
        ("band_index", [0, 1, 2, 3, None]),
        ("status", ["accept", "no_new", "run_off", "ineligible", None]),
        ("haircut", [0, ONE // 100, ONE, None]),
    ],
)
def test_a_worse_layer_never_helps(part: str, values: list[Any]) -> None:
    """In no outcome, for each part of what is inherited; not knowing it is the worst of all."""
    steps = haircut("op: add, limit: 90%, expr: layer.haircut, unknown: worst")
    compiled = book(**{**SECTIONS, "haircut": steps})
    found = [outcomes(settled(compiled, FACTS, layer=replace(SOUND, **{part: value}))) for value in values]
    for better, worse in pairwise(found):
        assert all(a <= b for a, b in zip(better, worse, strict=True))
    assert found[0] != found[-1]
