"""The ladder: rates by tier that provide at least the haircut at every size, in exact integers."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pegmark.engine.ladder import ladder, marginal_rates
from tests.engine.books import GOOD, SECTIONS, book, decided, settled
from tests.engine.test_haircut import haircut

ONE = 10**12
STEP = ONE // 400


@st.composite
def shapes(draw: st.DrawFn) -> tuple[list[int], list[int], int]:
    """Draw sizes that rise, average haircuts that do not fall, and a step."""
    sizes = sorted(draw(st.sets(st.integers(1, 10**15), min_size=1, max_size=8)))
    rate = st.one_of(st.integers(0, ONE), st.integers(0, 400).map(lambda n: n * STEP))
    haircuts = sorted(draw(st.lists(rate, min_size=len(sizes), max_size=len(sizes))))
    return sizes, haircuts, draw(st.sampled_from([1, STEP, ONE // 100, ONE // 4, ONE]))


def provision(sizes: list[int], rates: list[int], at: int) -> int:
    """Return what a ladder provides for a position of size `at`, scale 1e12 x money."""
    total = start = 0
    for end, rate in zip(sizes, rates, strict=True):
        total += rate * max(0, min(at, end) - start)
        start = end
    return total


@given(shapes(), st.floats(0, 1))
def test_average_is_never_below_the_haircut(shape: tuple[list[int], list[int], int], where: float) -> None:
    """Not at a breakpoint and not between two, where the haircut may already be that of the next one."""
    sizes, haircuts, step = shape
    rates = marginal_rates(sizes, haircuts, step)
    start = 0
    for end, average in zip(sizes, haircuts, strict=True):
        for at in (start + 1, min(end, start + 1 + int((end - start) * where)), end):
            assert provision(sizes, rates, at) >= at * average
        start = end


@given(shapes())
def test_rates_are_multiples_of_the_step_from_0_to_1(shape: tuple[list[int], list[int], int]) -> None:
    """So adding collateral never lowers its value: no part of it costs more than it is worth."""
    sizes, haircuts, step = shape
    for rate in marginal_rates(sizes, haircuts, step):
        assert 0 <= rate <= ONE
        assert rate % step == 0


@given(shapes())
def test_a_haircut_that_does_not_depend_on_size_is_its_own_rate(
    shape: tuple[list[int], list[int], int],
) -> None:
    """Nothing is provided beyond what is asked: one tier, or equal haircuts, give the haircut itself."""
    sizes, haircuts, _ = shape
    assert marginal_rates(sizes, [haircuts[0]] * len(sizes), 1) == [haircuts[0]] * len(sizes)


@given(shapes(), shapes())
def test_tiers_join_and_initial_is_never_below_maintenance(
    shape: tuple[list[int], list[int], int], other: tuple[list[int], list[int], int]
) -> None:
    """Tiers run from 0 without a gap, no two neighbours are alike, and initial covers maintenance."""
    sizes, maintenance, step = shape
    initial = sorted((other[1] * len(sizes))[: len(sizes)])
    tiers = ladder(sizes, maintenance, initial, step)
    assert tiers[0][0] == 0
    assert tiers[-1][1] == sizes[-1]
    for (_, end, *rates), (start, _, *next_rates) in pairwise(tiers):
        assert end == start
        assert rates != next_rates
    assert all(i >= m for _, _, i, m in tiers)
    plain = dict(zip(sizes, marginal_rates(sizes, maintenance, step), strict=True))
    for size, rate in plain.items():
        assert [m for start, end, _, m in tiers if start < size <= end] == [rate]


@pytest.mark.parametrize(
    ("sizes", "haircuts", "rates"),
    [
        ([1], [ONE // 10], [10]),
        ([1, 2], [ONE // 10, ONE // 10], [10, 10]),
        ([1, 2], [ONE // 10, ONE // 5], [20, 20]),
        ([10, 20], [0, ONE // 100], [1, 1]),
        ([1, 2, 4], [ONE // 100, ONE // 100, ONE // 100], [1, 1, 1]),
        ([1, 2, 3], [0, 0, ONE], [100, 100, 100]),
        ([1, 10], [0, ONE // 2], [50, 50]),
    ],
)
def test_small_ladders(sizes: list[int], haircuts: list[int], rates: list[int]) -> None:
    """By hand: the provision at a breakpoint covers the haircut that may hold just above it."""
    assert [rate * 100 // ONE for rate in marginal_rates(sizes, haircuts, ONE // 100)] == rates


SIZED = haircut(
    "op: add, limit: 90%, unknown: worst, "
    "curve: {of: position.size, over: custom.v, points: [[0%, 0%], [100%, 40%]]}"
)


def test_ladder_of_a_decision_covers_its_haircuts() -> None:
    """At 40 sizes up to the account's cap the ladder provides at least what the haircut asks."""
    compiled = book(haircut=SIZED)
    given = {**GOOD, "custom.v": 1e7}
    sizes = [5e6 * n / 40 for n in range(1, 41)]
    terms = settled(compiled, given, sizes)
    assert terms.ladder[-1][1] == terms.account_cap == 5 * 10**12
    ends = [end for _, end, _, _ in terms.ladder]
    for position in terms.positions:
        at = int(position.size * 10**6)
        for column, average in ((2, position.initial_total), (3, position.maintenance_total)):
            assert provision(ends, [tier[column] for tier in terms.ladder], at) >= at * average


def test_ladder_ends_at_the_account_cap() -> None:
    """Breakpoints beyond it are left out; above it nothing is counted."""
    tiers = decided(book(haircut=SIZED), {**GOOD, "custom.v": 1e7})["ladder"]
    assert [(tier["from_usd"], tier["to_usd"]) for tier in tiers] == [
        (0, 100_000),
        (100_000, 1_000_000),
        (1_000_000, 5_000_000),
        (5_000_000, None),
    ]
    assert (tiers[-1]["initial"], tiers[-1]["maintenance"]) == (1, 1)


def test_without_a_cap_there_is_no_tier() -> None:
    """A rulebook may offer nothing at all to an accepted asset; its ladder is then empty."""
    section = (
        SECTIONS["caps"].replace("$50M", "$0").replace("venue: $1M, account: $100k", "venue: $0, account: $0")
    )
    claim = (
        SECTIONS["haircut"]
        .replace("good: 0%", "good: 33.3%")
        .replace("poor: 0%, worst: 0%", "poor: 40%, worst: 40%")
    )
    body = decided(book(caps=section, haircut=claim))
    assert (body["status"], body["cap"]["account_usd"]) == ("accept", 0)
    assert body["ladder"] == [{"from_usd": 0, "to_usd": None, "initial": 1, "maintenance": 1}]


def test_equal_tiers_are_one() -> None:
    """A haircut that does not depend on the size gives a single tier."""
    assert len(decided(book())["ladder"]) == 2


def test_a_breakpoint_at_the_cap_is_no_tier_of_its_own() -> None:
    """The last tier ends at the cap once."""
    compiled = book(ladder="{id: LD-010, breakpoints: [$5M], why: So., cite: [M]}", haircut=SIZED)
    tiers = decided(compiled, {**GOOD, "custom.v": 1e7})["ladder"]
    assert [tier["to_usd"] for tier in tiers] == [5_000_000, None]


def test_a_haircut_that_falls_makes_no_falling_ladder() -> None:
    """Should a rulebook's haircut fall with size, the ladder is built on the highest so far."""
    falling = haircut("op: min, expr: 10% - custom.x * (position.size / $5M), unknown: 100%")
    text = falling.replace("good: 2%", "good: 10%")
    compiled = book(haircut=text, ladder=SECTIONS["ladder"])
    terms = settled(compiled, {**GOOD, "custom.x": 0.08}, [1e5, 1e6, 5e6])
    assert terms.positions[0].maintenance > terms.positions[2].maintenance
    ends = [end for _, end, _, _ in terms.ladder]
    for position in terms.positions:
        at = int(position.size * 10**6)
        assert provision(ends, [tier[3] for tier in terms.ladder], at) >= at * position.maintenance_total
