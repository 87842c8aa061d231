"""Points, pillars, composite, bands, knock-outs and status."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from tests.engine.books import GOOD, SECTIONS, book, decided, settled
from tests.engine.test_haircut import haircut

TWO_PILLARS = """
- pillar: backing
  why: One.
  characteristics:
    - id: SC-010
      of: custom.x
      weight: 2
      direction: increasing
      bins: [{below: 10%, points: 0}, {below: 20%, points: 60}, {points: 100}]
      unknown: 0
      why: More is better.
      cite: [M]
    - id: SC-020
      by: custom.k
      weight: 1
      table: {low: 10, middle: 50, high: 91}
      unknown: 5
      why: So.
      cite: [M]
- pillar: liquidity
  why: Two.
  characteristics:
    - id: SC-030
      by: custom.p
      weight: 1
      table: {"true": 80, "false": 30}
      unknown: 20
      why: So.
      cite: [M]
"""
HEDGE = """
- pillar: hedge
  why: Only where something is hedged.
  applies: custom.q
  characteristics:
    - id: SC-040
      of: custom.y
      weight: 1
      direction: increasing
      bins: [{below: 50%, points: 10}, {points: 95}]
      unknown: 0
      why: More is better.
      cite: [M]
"""


def rating(
    weights: str = "{backing: 1}",
    lift: int = 100,
    knock_outs: Sequence[str] = (),
    rules: Sequence[str] = (),
    status: str = "",
) -> str:
    """Return the section `rating`; rules are numbered from 110, and `status` goes before those of status."""
    text = SECTIONS["rating"].replace("{backing: 1}", weights).replace("lift: 25", f"lift: {lift}")
    for key, prefix, listed in (("knock_outs", "KO", knock_outs), ("rules", "ST", rules)):
        numbered = [
            f"{{id: {prefix}-1{n}0, {rule}, why: So., cite: [M]}}" for n, rule in enumerate(listed, 1)
        ]
        before = status if key == "rules" else ""
        text = text.replace(f"{key}: []", f"{before}{key}: [{', '.join(numbered)}]")
    return text


def scored(scorecards: str, weights: str, lift: int = 100, **facts: Any) -> dict[str, int]:
    """Return the scores of facts."""
    compiled = book(scorecards=scorecards, rating=rating(weights, lift))
    given = {**GOOD, **{f"custom.{name}": value for name, value in facts.items()}}
    return decided(compiled, given)["scores"]


BOTH = "{backing: 3, liquidity: 2}"
ALL = "{backing: 3, liquidity: 2, hedge: 5}"


@pytest.mark.parametrize(
    ("x", "points"),
    [(0, 0), (0.0999999, 0), (0.1, 60), (0.1999, 60), (0.2, 100), (10, 100), (-1, 0), (None, 0)],
)
def test_bins_hold_their_lower_edge(x: float | None, points: int) -> None:
    """A value on an edge belongs to the bin above; beyond the ends the first and last bin hold."""
    assert scored(TWO_PILLARS, BOTH, x=x, k="middle")["backing"] == (2 * points + 50) // 3


def test_bins_are_asked_with_rounded_numbers() -> None:
    """0.1 + 0.2 is on the edge at 30 %, though in binary it is above it."""
    card = TWO_PILLARS.replace("of: custom.x", "of: custom.x + custom.y").replace("20%", "30%")
    assert scored(card, BOTH, x=0.1, y=0.2, k="middle")["backing"] == (2 * 100 + 50) // 3
    assert scored(card, BOTH, x=0.1, y=0.1999999999999, k="middle")["backing"] == (2 * 100 + 50) // 3


@pytest.mark.parametrize(("k", "points"), [("low", 10), ("middle", 50), ("high", 91), (None, 5)])
def test_points_by_choice(k: str | None, points: int) -> None:
    """Each member has its points, and so has not knowing."""
    assert scored(TWO_PILLARS, BOTH, x=0.15, k=k)["backing"] == (2 * 60 + points) // 3


@pytest.mark.parametrize(("p", "points"), [(True, 80), (False, 30), (None, 20)])
def test_points_by_condition(p: bool | None, points: int) -> None:
    """A condition has three outcomes too."""
    assert scored(TWO_PILLARS, BOTH, p=p)["liquidity"] == points


def test_pillar_and_composite_are_rounded_down() -> None:
    """floor(200 + 91) / 3 = 97, floor((3 x 97 + 2 x 30) / 5) = 70: integers throughout."""
    found = scored(TWO_PILLARS, BOTH, x=0.2, k="high", p=False)
    assert found == {"backing": 97, "liquidity": 30, "composite": 70}


@pytest.mark.parametrize(("lift", "composite"), [(0, 30), (10, 40), (40, 70), (100, 70)])
def test_composite_stays_near_the_weakest_pillar(lift: int, composite: int) -> None:
    """No more than `lift` above it, however strong the others are."""
    assert scored(TWO_PILLARS, BOTH, lift, x=0.2, k="high", p=False)["composite"] == composite


@pytest.mark.parametrize(
    ("q", "y", "hedge", "composite"),
    [
        (False, 0.1, 100, (3 * 97 + 2 * 80) // 5),
        (False, None, 100, (3 * 97 + 2 * 80) // 5),
        (True, 0.1, 10, (3 * 97 + 2 * 80 + 5 * 10) // 10),
        (None, 0.1, 10, (3 * 97 + 2 * 80 + 5 * 10) // 10),
        (None, None, 0, (3 * 97 + 2 * 80 + 5 * 0) // 10),
    ],
)
def test_a_pillar_that_does_not_apply_is_out(
    q: bool | None, y: float | None, hedge: int, composite: int
) -> None:
    """Where the mechanism is absent the pillar is 100 and no part of the mean; unknown counts as present."""
    found = scored(TWO_PILLARS + HEDGE, ALL, q=q, y=y, x=0.2, k="high", p=True)
    assert (found["hedge"], found["composite"]) == (hedge, composite)


def test_a_pillar_with_a_mechanism_never_raises_the_mean() -> None:
    """Taking on a risk and scoring well in it is no way to a better composite."""
    without = scored(TWO_PILLARS + HEDGE, ALL, q=False, x=0.15, k="low", p=False)
    with_good_hedge = scored(TWO_PILLARS + HEDGE, ALL, q=True, y=1, x=0.15, k="low", p=False)
    assert with_good_hedge["hedge"] == 95
    assert with_good_hedge["composite"] == without["composite"] == (3 * 43 + 2 * 30) // 5


def test_a_rulebook_of_conditional_pillars_has_a_composite() -> None:
    """With no pillar that always applies the mean is that of those that do, and 100 without any."""
    weights = "{hedge: 5}"
    assert scored(HEDGE, weights, q=True, y=0) == {"hedge": 10, "composite": 10}
    assert scored(HEDGE, weights, q=False) == {"hedge": 100, "composite": 100}


@pytest.mark.parametrize(("n", "band"), [(2, "A"), (1, "B"), (0, "E"), (None, "E")])
def test_bands_begin_at_their_least_score(n: float | None, band: str) -> None:
    """100, 50 and 0 points fall where the cuts say; exactly at a cut the better band holds."""
    assert decided(book(), {**GOOD, "custom.n": n})["band"] == band


@pytest.mark.parametrize(
    ("score", "band"), [(75, "A"), (74, "B"), (50, "B"), (49, "C"), (25, "C"), (24, "E")]
)
def test_edges_of_bands(score: int, band: str) -> None:
    """One point below a cut is the next band."""
    card = SECTIONS["scorecards"].replace("points: 100", f"points: {score}").replace("50}", f"{score}}}")
    card = card.replace("{below: 1, points: 0}, ", "")
    assert decided(book(scorecards=card))["band"] == band


KNOCK_OUTS = (
    "when: custom.q, cap: B, on_unknown: skip",
    "when: custom.x > 50%, cap: C, on_unknown: match",
    "when: custom.y > 50%, cap: C, on_unknown: skip",
    "when: score.backing < 40, cap: C",
)


@pytest.mark.parametrize(
    ("facts", "band", "capped_by"),
    [
        ({"x": 0, "y": 0, "q": False}, "A", []),
        ({"x": 0, "y": 0, "q": True}, "B", ["KO-110"]),
        ({"x": 0, "y": 0, "q": None}, "A", []),
        ({"x": None, "y": 0, "q": False}, "C", ["KO-120"]),
        ({"x": 0, "y": None, "q": False}, "A", []),
        ({"x": 1, "y": 1, "q": True}, "C", ["KO-120", "KO-130"]),
        ({"x": 0, "y": 0, "q": True, "n": 1}, "B", []),
        ({"x": 0, "y": 1, "q": True, "n": 1}, "C", ["KO-130"]),
        ({"x": 0, "y": 0, "q": True, "n": 0}, "E", []),
    ],
)
def test_knock_outs_cap_the_band(facts: dict[str, Any], band: str, capped_by: list[str]) -> None:
    """The worst that fires holds; only those that set the band are named; unknown fires where it says so."""
    compiled = book(rating=rating(knock_outs=KNOCK_OUTS))
    body = decided(compiled, {**GOOD, **{f"custom.{name}": value for name, value in facts.items()}})
    assert (body["band"], body["capped_by"]) == (band, capped_by)


STATUS = (
    "when: custom.x > 2%, then: no_new, on_unknown: match",
    "when: custom.y > 2%, then: run_off, on_unknown: skip",
    "when: custom.q, then: ineligible, on_unknown: skip",
)


@pytest.mark.parametrize(
    ("facts", "status", "by"),
    [
        ({"x": 0.02, "y": 0.02, "q": False}, "accept", []),
        ({"x": 0.03, "y": 0.02, "q": False}, "no_new", ["ST-110"]),
        ({"x": None, "y": 0.02, "q": False}, "no_new", ["ST-110"]),
        ({"x": 0.02, "y": 0.03, "q": False}, "run_off", ["ST-120"]),
        ({"x": 0.03, "y": 0.03, "q": False}, "run_off", ["ST-120"]),
        ({"x": 0.02, "y": None, "q": None}, "accept", []),
        ({"x": 0.02, "y": 0.02, "q": True}, "ineligible", ["ST-130"]),
        ({"x": 0.03, "y": 0.03, "q": True}, "ineligible", ["ST-130"]),
        ({"x": 0.03, "y": 0.03, "q": True, "k": None}, "ineligible", ["ST-010", "ST-130"]),
    ],
)
def test_the_worst_status_that_fires_holds(facts: dict[str, Any], status: str, by: list[str]) -> None:
    """Accept unless something speaks against it; unknown does where the rule says `match`; each is named."""
    compiled = book(rating=rating(rules=STATUS))
    body = decided(compiled, {**GOOD, **{f"custom.{name}": value for name, value in facts.items()}})
    assert (body["status"], body["eligible"]) == (status, status != "ineligible")
    assert body["status_by"] == by


INTAKE = "intake: {id: ST-020, least: C, why: So., cite: [M]}, "


@pytest.mark.parametrize(
    ("x", "y", "status", "by"),
    [
        (0.02, 0.02, "accept", []),
        (0.51, 0.02, "accept", []),
        (0.02, 0.51, "no_new", ["ST-020"]),
        (0.02, 0.71, "run_off", ["ST-110"]),
    ],
)
def test_nothing_new_is_taken_of_what_is_rated_too_low(
    x: float, y: float, status: str, by: list[str]
) -> None:
    """Intake ends below its least band, whatever set the band; a worse status stays, and is its rule's."""
    capped = (
        "when: custom.x > 50%, cap: C, on_unknown: skip",
        "when: custom.y > 50%, cap: E, on_unknown: skip",
    )
    worse = ("when: custom.y > 70%, then: run_off, on_unknown: skip",)
    compiled = book(rating=rating(knock_outs=capped, rules=worse, status=INTAKE))
    body = decided(compiled, {**GOOD, "custom.x": x, "custom.y": y})
    assert (body["status"], body["status_by"]) == (status, by)


WORTHLESS = "worthless: {id: ST-030, why: So., cite: [M]}, "


@pytest.mark.parametrize(
    ("x", "status", "by"),
    [
        (0.5, "accept", []),
        (0.99, "accept", []),
        (1, "ineligible", ["ST-030"]),
        (None, "ineligible", ["ST-030"]),
    ],
)
def test_what_the_least_account_loses_in_full_is_ineligible(
    x: float | None, status: str, by: list[str]
) -> None:
    """Whatever sizes are asked: the least account decides, and what is worth nothing is offered no cap."""
    steps = haircut("op: max, expr: custom.x, unknown: 100%")
    compiled = book(rating=rating(status=WORTHLESS), haircut=steps)
    for sizes in ((1.0,), (1e5, 1e9)):
        body = decided(compiled, {**GOOD, "custom.x": x}, sizes=sizes)
        assert (body["status"], body["status_by"], body["eligible"]) == (status, by, status == "accept")
        assert (body["cap"]["venue_usd"] > 0) is (status == "accept")
    without = decided(book(haircut=steps), {**GOOD, "custom.x": x})
    assert without["status"] == "accept"


def test_a_size_that_is_lost_in_full_leaves_a_smaller_one_its_worth() -> None:
    """It is the least account that counts, not the size asked nor the cap."""
    curve = "curve: {of: position.size, over: custom.u, points: [[100%, 0%], [200%, 100%]]}"
    steps = haircut(f"op: add, limit: 100%, unknown: worst, {curve}")
    compiled = book(rating=rating(status=WORTHLESS), haircut=steps)
    body = decided(compiled, {**GOOD, "custom.u": 4e5}, sizes=(1e5, 1e8))
    assert body["status"] == "accept"
    assert [part["maintenance"]["total"] == 1 for part in body["haircuts"]] == [False, True]


@pytest.mark.parametrize("facts", [{"custom.q": True}, {"custom.k": None}], ids=["by rule", "by class"])
def test_an_ineligible_asset_is_worth_nothing(facts: dict[str, Any]) -> None:
    """Haircut 1 at every size, caps 0, the last band and no tier, by a rule as by its class."""
    compiled = book(rating=rating(rules=STATUS))
    given = {**GOOD, "custom.x": 0, "custom.y": 0, **facts}
    body = decided(compiled, given, sizes=(1e5, 1e8))
    assert body["status"] == "ineligible"
    assert body["band"] == "E"
    for one in body["haircuts"]:
        for part in ("initial", "maintenance"):
            assert one[part] == {"basis": 1, "reference": 0, "total": 1}
        assert one["waterfall"][-1]["rule"] in ("INELIGIBLE", "ROUND")
        assert sum(line["amount"] for line in one["waterfall"]) == 1
    assert body["ladder"] == [{"from_usd": 0, "to_usd": None, "initial": 1, "maintenance": 1}]
    cap = body["cap"]
    assert (cap["venue_usd"], cap["account_usd"], cap["binding"]) == (0, 0, None)
    # What the limits would have been is still told.
    assert cap["limits"] == {"CP-010": {"usd": 50_000_000, "unknown": False}}


def test_scores_of_an_ineligible_asset_are_its_own() -> None:
    """The band is the last by decree; how it was scored stays visible."""
    terms = settled(book(), {**GOOD, "custom.k": None})
    assert (terms.scores, terms.composite, terms.band) == ({"backing": 100}, 100, 3)
