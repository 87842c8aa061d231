"""Estimates lie between known and unknown: points, amounts, limits, mechanisms, and the class."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pegmark.engine.decide import STATUSES, Terms
from pegmark.engine.reading import between
from tests.engine.books import GOOD, SECTIONS, book, decided, settled
from tests.engine.test_caps import caps
from tests.engine.test_haircut import ONE, haircut
from tests.engine.test_rating import TWO_PILLARS, rating

WEIGHTS = st.tuples(st.integers(0, 10), st.integers(1, 10)).map(lambda nd: (min(nd), max(nd)))


def estimate(value: Any) -> dict[str, Any]:
    """Return a claim that is an estimate."""
    return {"value": value, "estimated": True}


@given(st.integers(-(10**15), 10**15), st.integers(-(10**15), 10**15), WEIGHTS)
def test_between_is_between(known: int, unknown: int, weight: tuple[int, int]) -> None:
    """Never beyond either end, and rounded towards the unknown one."""
    found = between(known, unknown, weight)
    assert min(known, unknown) <= found <= max(known, unknown)
    n, d = weight
    exact = known * d + (unknown - known) * n
    assert abs(found - unknown) * d <= abs(exact - unknown * d)
    assert abs(found * d - exact) < d
    assert between(known, unknown, (0, 1)) == known
    assert between(known, unknown, (1, 1)) == unknown


# The weight of the tiny rulebook is a quarter.


@pytest.mark.parametrize(("x", "known"), [(0.15, 60), (0.3, 100), (0.05, 0)])
def test_points_of_an_estimate(x: float, known: int) -> None:
    """A quarter of the way down to the points for unknown, rounded down; never up to them."""
    card = SECTIONS["scorecards"].replace("of: custom.n", "of: custom.x").replace("below: 1,", "below: 10%,")
    card = card.replace("below: 2, points: 50", "below: 20%, points: 60").replace("unknown: 0", "unknown: 17")
    compiled = book(scorecards=card.replace("below: 10%, points: 0", "below: 10%, points: 17"))
    known = max(known, 17)
    score = settled(compiled, {**GOOD, "custom.x": estimate(x)}).scores["backing"]
    assert score == known + (17 - known) * 1 // 4


STEP = "op: add, limit: 40%, expr: custom.x, unknown: worst"


@pytest.mark.parametrize(("x", "expected"), [(0.04, 0.13), (0.4, 0.4), (0.5, 0.4), (0, 0.1), (-0.04, 0.07)])
def test_amount_of_an_estimate(x: float, expected: float) -> None:
    """A quarter of the way from the amount to the limit: 4 % becomes 4 + 36 / 4 = 13 %."""
    (found,) = decided(book(haircut=haircut(STEP)), {**GOOD, "custom.x": estimate(x)})["haircuts"]
    assert found["waterfall"][1]["amount"] == pytest.approx(expected)


def test_each_step_is_blended_on_its_own() -> None:
    """An estimate moves the step that reads it and no other, and each line stays a line."""
    section = haircut(STEP, "op: max, expr: custom.y, unknown: 100%")
    compiled = book(haircut=section)
    known = {**GOOD, "custom.x": 0.04, "custom.y": 0.01}
    (x_only,) = settled(compiled, {**known, "custom.x": estimate(0.04)}).positions
    (y_only,) = settled(compiled, {**known, "custom.y": estimate(0.01)}).positions
    (plain,) = settled(compiled, known).positions
    assert x_only.amounts == (plain.amounts[0], 13 * ONE // 100, *plain.amounts[2:])
    assert y_only.amounts == (*plain.amounts[:2], 2575 * ONE // 10_000, plain.amounts[3])


@pytest.mark.parametrize(
    ("q", "expected"),
    [(True, 0.2), (False, None), (estimate(True), 0.2), (estimate(False), 0.05), (None, 0.2)],
)
def test_an_estimated_mechanism_is_a_quarter_there(q: Any, expected: float | None) -> None:
    """Where an estimate says that it is absent, a quarter of the charge for its presence stays."""
    section = haircut("op: add, limit: 50%, expr: 20%, when: custom.q")
    compiled = book(haircut=section)
    (position,) = settled(compiled, {**GOOD, "custom.q": q}).positions
    amount = position.amounts[1]
    assert (None if amount is None else amount / ONE) == expected


def test_a_pillar_that_an_estimate_rules_out_loses_a_part() -> None:
    """A pillar that applies but for an estimate loses a quarter of what it would lose."""
    applies = "- pillar: hedge\n  why: So.\n  applies: custom.q\n  characteristics:\n"
    line = (
        "    - {id: SC-090, by: custom.p, weight: 1, unknown: 0, why: So., cite: [M], "
        'table: {"true": 40, "false": 10}}\n'
    )
    compiled = book(
        scorecards=TWO_PILLARS + applies + line, rating=rating("{backing: 1, liquidity: 1, hedge: 1}")
    )
    scores = {
        str(q): settled(compiled, {**GOOD, "custom.q": q}).scores["hedge"]
        for q in (True, False, None, estimate(False))
    }
    assert list(scores.values()) == [40, 100, 40, 85]


@pytest.mark.parametrize(("u", "expected"), [(40e6, 30e6), (0, 0)])
def test_limit_of_an_estimate(u: float, expected: float) -> None:
    """A quarter of the way down to the limit for unknown."""
    found = decided(book(caps=caps("expr: custom.u, unknown: worst")), {**GOOD, "custom.u": estimate(u)})[
        "cap"
    ]
    assert found["limits"]["CP-100"] == {"usd": expected, "unknown": False}


def test_a_limit_that_is_there_only_without_the_estimate_binds() -> None:
    """A limit whose absence is only estimated is a limit."""
    section = caps("expr: custom.u, unknown: worst, when: custom.q", 'expr: "$90M"')
    for q, expected in ((False, 90e6), (estimate(False), 8e6), (True, 8e6)):
        found = decided(book(caps=section), {**GOOD, "custom.u": 8e6, "custom.q": q})["cap"]
        assert found["venue_usd"] == expected


def test_the_class_keeps_the_estimate_where_it_may() -> None:
    """The class is decided once; both readings then use its row of every table."""
    terms = settled(book(), {**GOOD, "custom.k": estimate("middle")})
    assert terms.cls == 1
    assert terms.positions[0].amounts[0] == ONE // 50


def test_without_a_weight_an_estimate_counts_as_unknown() -> None:
    """A rulebook that does not say what an estimate is worth trusts it for nothing."""
    header = SECTIONS["header"].replace("        estimates: {weight: weight}\n", "")
    compiled = book(header=header, haircut=haircut(STEP))
    for claim in (estimate(0.04), None):
        (position,) = settled(compiled, {**GOOD, "custom.x": claim}).positions
        assert position.amounts[1] == 40 * ONE // 100


FULL = book(
    scorecards=TWO_PILLARS,
    rating=rating(
        "{backing: 3, liquidity: 2}", knock_outs=("when: custom.y > 50%, cap: C, on_unknown: match",)
    ),
    haircut=haircut(STEP, "op: max, expr: custom.y, unknown: 100%, when: custom.q", mode="up"),
    caps=caps("expr: custom.u, unknown: worst", "expr: custom.v, unknown: worst, when: custom.q"),
)
VALUES: Mapping[str, st.SearchStrategy[Any]] = {
    "p": st.booleans(),
    "q": st.booleans(),
    "x": st.sampled_from([-0.1, 0.0, 0.05, 0.1, 0.15, 0.2, 0.5]),
    "y": st.sampled_from([0.0, 0.01, 0.3, 0.5, 0.6]),
    "u": st.sampled_from([0.0, 1e6, 2e7, 1e9]),
    "v": st.sampled_from([0.0, 1e6, 2e7, 1e9]),
    "k": st.sampled_from(["low", "middle", "high"]),
}


def outcomes(terms: Terms) -> list[float]:
    """Return every outcome such that more is worse."""
    return [
        terms.cls,
        terms.band,
        STATUSES.index(terms.status),
        *(-score for score in terms.scores.values()),
        -terms.composite,
        -terms.venue_cap,
        -terms.account_cap,
        *(p.maintenance_total for p in terms.positions),
        *(p.initial_total for p in terms.positions),
    ]


@given(st.fixed_dictionaries(dict(VALUES)), st.sets(st.sampled_from(sorted(VALUES))))
def test_known_is_no_worse_than_estimated_and_that_no_worse_than_unknown(
    facts: dict[str, Any], chosen: set[str]
) -> None:
    """For any set of facts of a rulebook with every kind of section, in every outcome."""
    stated = {f"custom.{name}": value for name, value in facts.items()}
    names = {f"custom.{name}" for name in chosen}
    known = outcomes(settled(FULL, {**GOOD, **stated}))
    estimated = outcomes(settled(FULL, {**GOOD, **stated, **{n: estimate(stated[n]) for n in names}}))
    unknown = outcomes(settled(FULL, {**GOOD, **stated, **dict.fromkeys(names)}))
    assert all(a <= b <= c for a, b, c in zip(known, estimated, unknown, strict=True))
