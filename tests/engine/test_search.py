"""The search: nothing smaller is overlooked, nothing that is told fails, and silence is meant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations, product
from random import Random
from typing import Any

import pytest

from pegmark.engine import search
from pegmark.engine.bounds import beyond_bounds
from pegmark.engine.compiled import Compiled
from pegmark.engine.decide import settle
from pegmark.engine.search import Goal, Question, Search
from pegmark.errors import FactsError
from pegmark.facts.levers import Change, Lever, levers
from tests.engine.books import SIZES, book, snapshot
from tests.engine.test_rating import rating

Given = dict[str, Any]

FACTS = """
    p: {unit: bool, worse: "true", meaning: A flag.}
    q: {unit: bool, worse: "false", meaning: Another flag.}
    x: {unit: ratio, worse: higher, low: 0%, high: 0.05%, meaning: A ratio.}
    y: {unit: ratio, worse: lower, low: 0%, high: 0.04%, meaning: Another ratio.}
    d: {unit: days, worse: higher, low: 0d, high: 4d, meaning: A length of time.}
    k: {unit: enum, worse: first, members: [low, middle, high], meaning: A choice.}
    """
FALLING, RISING = "direction: decreasing, bins", "direction: increasing, bins"
LINES = (
    "when: custom.p, table: {true: 0, false: 100}",
    "when: custom.q, table: {true: 100, false: 20}",
    f"of: custom.x, {FALLING}: [{{below: 0.01%, points: 100}}, {{below: 0.03%, points: 50}}, {{points: 0}}]",
    f"of: custom.y, {RISING}: [{{below: 0.02%, points: 0}}, {{below: 0.04%, points: 60}}, {{points: 100}}]",
    f"of: custom.x + custom.x, {FALLING}: [{{below: 0.05%, points: 100}}, {{points: 10}}]",
    f"of: custom.d, {FALLING}: [{{below: 1d, points: 100}}, {{below: 3d, points: 40}}, {{points: 0}}]",
    "by: custom.k, table: {low: 0, middle: 50, high: 100}",
    "when: custom.q or custom.y >= 0.03%, table: {true: 100, false: 0}",
)
KNOCK_OUTS = (
    "when: custom.p, cap: C, on_unknown: match",
    "when: custom.x > 0.02% and custom.d > 1d, cap: E, on_unknown: match",
    "when: custom.y < 0.01% or custom.q == false, cap: B, on_unknown: match",
)


def scorecard(*lines: str) -> str:
    """Return the section `scorecards` with one pillar of these lines."""
    rest = "unknown: 0, why: So., cite: [M]"
    listed = [f"    - {{id: SC-1{n}0, {line}, {rest}}}\n" for n, line in enumerate(lines)]
    return f"- pillar: backing\n  why: The only one.\n  characteristics:\n{''.join(listed)}"


def tiny(random: Random) -> Compiled:
    """Return a small rulebook in which better facts never make anything worse."""
    lines = random.sample(LINES, random.randint(2, 5))
    return book(
        facts=FACTS,
        scorecards=scorecard(*(f"{line}, weight: {random.randint(1, 4)}" for line in lines)),
        rating=rating(knock_outs=tuple(random.sample(KNOCK_OUTS, random.randint(0, 3)))),
        mark=MARK,
    )


MARK = """
    id: MK-010
    basis: '"multi_venue_index"'
    quote: USD
    min_sources: 3
    max_source_weight: 34%
    max_age: 0.01d
    floor: {value: 98%, when: not custom.p}
    close_out: {expr: custom.d, unknown: 4d}
    why: A price in one book is no price.
    cite: [M]
    """
VALUES: Mapping[str, Sequence[Any]] = {
    "p": (True, False),
    "q": (True, False),
    "x": (0.0, 0.0001, 0.00015, 0.0003, 0.0005),
    "y": (0.0, 0.0001, 0.0003, 0.0004),
    "d": (0, 1, 2.5, 4),
    "k": ("low", "middle", "high"),
}


def drawn(random: Random) -> Given:
    """Return facts some of which are estimates, or not known."""
    given: Given = {}
    for name, values in VALUES.items():
        value = random.choice(values)
        claim: Any = random.choice(
            [value, value, {"value": value, "estimated": True}, {"unknown": "not_disclosed"}]
        )
        given[f"custom.{name}"] = claim
    return given


class Brute:
    """Every set of changes, each decided from the facts as they would be submitted."""

    def __init__(self, compiled: Compiled, given: Given, leap: int = 0) -> None:
        self.compiled, self.given = compiled, given
        found = snapshot(compiled, given)
        terms = settle(compiled, found, SIZES)
        self.question = Question(compiled, found, SIZES, None)
        # Not only the next band: what is further off takes more.
        self.goal = Goal(max(1, terms.band - leap), terms.status)
        self.levers: Sequence[Lever] = levers(found, compiled.rated)

    def reaches(self, changes: Sequence[Change]) -> bool:
        """Tell whether changes are possible and reach the goal."""
        given = {**self.given, **{lever.fact: value for lever, value in changes}}
        try:
            found = snapshot(self.compiled, given)
        except FactsError:
            return False
        if beyond_bounds(self.compiled, found):
            return False
        terms = settle(self.compiled, found, SIZES)
        return self.goal.is_reached(terms.band, terms.status)

    def sufficient(self, size: int) -> Iterator[tuple[Change, ...]]:
        """Yield every set of one size that suffices."""
        for chosen in combinations(self.levers, size):
            if len({lever.group for lever in chosen}) == size:
                for values in product(*(lever.values for lever in chosen)):
                    changes = tuple(map(Change, chosen, values))
                    if self.reaches(changes):
                        yield changes

    def fewest(self) -> list[tuple[Change, ...]]:
        """Return the sets of the smallest size that suffice, values and all."""
        for size in range(1, search.MOST_CHANGES + 1):
            if found := list(self.sufficient(size)):
                return found
        return []

    def searched(self) -> Search:
        """Return a search of the same levers."""
        return Search(self.question, self.goal, self.levers)


def facts(changes: Sequence[Change]) -> frozenset[str]:
    """Return which facts change."""
    return frozenset(lever.fact for lever, _ in changes)


def smaller(changes: Sequence[Change]) -> Iterator[list[Change]]:
    """Yield the changes with one left out, or made one step smaller."""
    for n, (lever, value) in enumerate(changes):
        yield [*changes[:n], *changes[n + 1 :]]
        at = lever.values.index(value)
        if at:
            yield [*changes[:n], Change(lever, lever.values[at - 1]), *changes[n + 1 :]]


def case(seed: int) -> Brute:
    """Return one small rulebook and facts that it does not take for the best."""
    random = Random(seed)
    while True:
        brute = Brute(tiny(random), drawn(random), random.randint(0, 3))
        if not brute.reaches(()):
            return brute


@pytest.mark.parametrize("seed", range(80))
def test_no_smaller_set_is_overlooked(seed: int) -> None:
    """Proves, by trying everything, that the smallest sets are found, all of them, and none where none is."""
    brute = case(seed)
    expected, searched = brute.fewest(), brute.searched()
    found = searched.fewest()
    assert searched.is_exhausted
    assert {facts(each.changes) for each in found} == {facts(changes) for changes in expected}
    assert len(found) == len({facts(each.changes) for each in found})
    for each in found:
        assert each.changes in expected
        assert not any(brute.reaches(less) for less in smaller(each.changes))
    travels = [each.travel for each in found]
    assert travels == sorted(travels)


def test_every_size_is_among_what_is_tried() -> None:
    """Proves that the cases above take one change, two, three and more."""
    sizes = set()
    for seed in range(80):
        found = case(seed).searched().fewest()
        sizes.add(len(found[0].changes) if found else 0)
    assert sizes == {1, 2, 3, 4, 5}


REDEEMABLE = scorecard(
    "by: redemption.right, weight: 2, table: {none: 0, whitelisted: 60, all_holders: 100}",
    "when: redemption.at_par, weight: 2, table: {true: 100, false: 0}",
    *(
        f"of: {of}, weight: {weight}, {RISING}: "
        f"[{{below: {low}, points: 0}}, {{below: {high}, points: 50}}, {{points: 100}}]"
        for of, weight, low, high in (
            ("redemption.daily_capacity", 2, "$1M", "$10M"),
            ("liquidity.stressed_depth_2pct", 2, "$1M", "$9M"),
            ("liquidity.depth_2pct", 1, "$5M", "$5.5M"),
            ("backing.share.treasury_bill + backing.share.cash", 2, "50%", "90%"),
            ("backing.collateral_ratio", 2, "70%", "95%"),
        )
    ),
)
BOUNDED = """
sources: {N: {title: Filling-in, href: docs/method.md}}
params: {}
normal:
  - id: NM-010
    fact: backing.collateral_ratio
    take: >-
      if backing.basis == "net" then 100% - backing.share.own_token - backing.share.undisclosed
      else backing.collateral_ratio
    why: So.
    cite: [N]
  - id: NM-020
    fact: liquidity.stressed_depth_2pct
    take: 5% * liquidity.depth_2pct
    why: So.
    cite: [N]
"""
TRIED: Mapping[str, Sequence[Any]] = {
    "redemption.daily_capacity": (0.0, 1e6, 5e6, 1e7, 1e13),
    "liquidity.stressed_depth_2pct": (0.0, 5e5, 1e6, 4e6, 9e6, 1e13),
    "liquidity.depth_2pct": (0.0, 2e6, 5e6, 9e6, 1e13),
    "backing.collateral_ratio": (0.0, 0.7, 0.95, 1.0, 10.0),
    "backing.components": (0.05, 0.1, 0.2, 0.3, 0.45, 0.6, 1.0),
}
"""The values tried of facts that have thousands: wherever an outcome or a contradiction may begin."""


class Contradictory(Brute):
    """The same among facts that may contradict each other or a bound."""

    def __init__(self, compiled: Compiled, given: Given, leap: int = 0) -> None:
        super().__init__(compiled, given, leap)
        self.levers = [self.coarse(lever) for lever in self.levers if lever.fact != "backing.basis"]

    @staticmethod
    def coarse(lever: Lever) -> Lever:
        """Return a lever with few enough values to try them all."""
        tried = TRIED.get(lever.fact)
        if tried is None:
            return lever
        # In both directions of the range: from the first value there is to the last.
        values = tuple(value for value in tried if lever.values[0] <= value <= lever.values[-1])
        return replace(lever, values=tuple(dict.fromkeys((*values, lever.values[-1]))))

    def reaches(self, changes: Sequence[Change]) -> bool:
        """Tell the same, with what moves between kinds moved."""
        moves = [(*lever.move, value) for lever, value in changes if lever.move is not None]
        stated = [change for change in changes if change.lever.move is None]
        whole = self.given
        self.given = {**whole, "backing.components": moved(whole["backing.components"], moves)}
        try:
            return super().reaches(stated)
        finally:
            self.given = whole


def moved(rows: Sequence[Mapping[str, Any]], moves: Sequence[tuple[str, str, Any]]) -> list[Given]:
    """Return components by kind after moves; what is undisclosed need not be listed."""
    shares = {row["kind"]: row["share"] for row in rows}
    for source, target, share in moves:
        if source in shares:
            shares[source] = round(shares[source] - share, 12)
        shares[target] = round(shares.get(target, 0) + share, 12)
    return [{"kind": kind, "share": share} for kind, share in shares.items() if share]


def exposed(random: Random) -> Given:
    """Return facts that stand in each other's way."""
    given: Given = {
        "custom.k": "high",
        "liquidity.supply": 1e7,
        "backing.basis": "net",
        "backing.components": moved(
            random.choice(
                [
                    [{"kind": "treasury_bill", "share": 0.5}, {"kind": "own_token", "share": 0.45}],
                    [{"kind": "own_token", "share": 0.3}, {"kind": "treasury_bill", "share": 0.7}],
                    [{"kind": "treasury_bill", "share": 0.4}],
                ]
            ),
            [],
        ),
    }
    own = sum(row["share"] for row in given["backing.components"] if row["kind"] != "treasury_bill")
    bound = round(sum(row["share"] for row in given["backing.components"]) - own, 12)
    depth = random.choice([None, 4e6, 9e6])
    right = random.choice([None, "none", "whitelisted"])
    claims = {
        "redemption.right": right,
        "redemption.at_par": random.choice([None, False, *([True] if right == "whitelisted" else [])]),
        "redemption.gated": random.choice([None, False, *([True] if right == "whitelisted" else [])]),
        "liquidity.depth_2pct": depth,
        "liquidity.stressed_depth_2pct": random.choice([None, 1e6]) if depth else None,
        "backing.collateral_ratio": random.choice([None, bound, 1.0]),
    }
    return given | {name: claim for name, claim in claims.items() if claim is not None}


@pytest.mark.parametrize("seed", range(40))
def test_what_contradicts_itself_is_no_way(seed: int) -> None:
    """Proves the same where changes stand in each other's way: some make room for others, some never can."""
    random = Random(seed)
    compiled = book(BOUNDED, scorecards=REDEEMABLE, rating=rating())
    brute = Contradictory(compiled, exposed(random), random.randint(0, 3))
    expected, searched = brute.fewest(), brute.searched()
    found = searched.fewest()
    assert searched.is_exhausted
    assert {facts(each.changes) for each in found} == {facts(changes) for changes in expected}
    for each in found:
        assert each.changes in expected
        assert not any(brute.reaches(less) for less in smaller(each.changes))


@pytest.mark.parametrize(("budget", "most"), [("MOST_RUNS", 5), ("MOST_RUNS", 40), ("MOST_SETS", 2)])
def test_a_search_that_is_cut_short_says_so(monkeypatch: pytest.MonkeyPatch, budget: str, most: int) -> None:
    """Proves that a spent budget is told, that it is kept to, and that what was found until then holds."""
    brute = next(brute for brute in map(case, range(80)) if len(brute.searched().fewest()[0].changes) == 4)
    monkeypatch.setattr(search, budget, most)
    searched = brute.searched()
    found = searched.fewest()
    assert not searched.is_exhausted
    assert searched.runs <= most + 2 or budget != "MOST_RUNS"
    assert all(brute.reaches(each.changes) for each in found)


def test_a_rulebook_that_rewards_the_worse_is_noticed() -> None:
    """Proves that a smaller set which a wider one hid is found all the same, and that the doubt is told."""
    compiled = book(
        facts=FACTS,
        mark=MARK,
        scorecards=scorecard(f"{LINES[0]}, weight: 1"),
        # To be quick and of the best kind is worse than to be one of both, unless the other flag is set.
        rating=rating(
            knock_outs=(
                'when: custom.d < 1d and custom.k == "high" and not custom.q, cap: E, on_unknown: skip',
            )
        ),
    )
    given = {"custom.p": True, "custom.q": False, "custom.d": 4, "custom.k": "middle"}
    searched = Brute(compiled, given).searched()
    assert [facts(each.changes) for each in searched.fewest()] == [{"custom.p"}]
    assert not searched.is_exhausted


def test_a_guardrail_that_would_be_crossed_is_no_way() -> None:
    """Proves that changes after which the engine refuses the asset are not told, for all the better band."""
    guard = '[{id: GR-010, assert: "output.maintenance >= 2%", why: So., cite: [M]}]'
    given = {"custom.p": True, "custom.q": True, "custom.k": "middle"}
    sections = {
        "facts": FACTS,
        "mark": MARK,
        "scorecards": scorecard("by: custom.k, table: {low: 0, middle: 50, high: 100}, weight: 1"),
        "rating": rating(),
    }
    free, held = Brute(book(**sections), given), Brute(book(guardrails=guard, **sections), given)
    assert [facts(each.changes) for each in free.searched().fewest()] == [{"custom.k"}]
    assert held.searched().fewest() == []
