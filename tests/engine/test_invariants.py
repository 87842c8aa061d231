"""What holds of every decision by any rulebook, on random rulebooks and random facts."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from pegmark.engine.compiled import Compiled, compile_program
from pegmark.engine.decide import Layer, Terms, settle
from pegmark.engine.report import decide
from pegmark.facts.digest import identifier
from pegmark.facts.snapshot import Snapshot
from tests.engine.test_ladder import provision
from tests.reference.generate import Generator
from tests.reference.test_agreement import layer_of, snapshot_of

ONE, MICRO = 10**12, 10**6
SEEDS = st.integers(0, 39)
"""Few rulebooks, each of which is compiled once, and many facts."""
SIZES = st.lists(st.integers(1, 10**15).map(lambda n: n / MICRO), min_size=1, max_size=4)


@lru_cache
def compiled_of(seed: int) -> Compiled:
    """Return a random rulebook, ready to run."""
    return compile_program(Generator(50_000 + seed).program())


Case = tuple[Compiled, Snapshot, Layer | None]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Draw a rulebook, a snapshot and what lies beneath it."""
    compiled = compiled_of(draw(SEEDS))
    generator = Generator(draw(st.integers(0, 10**9)))
    day = date(draw(st.integers(2017, 2026)), 6, 30)
    return compiled, snapshot_of(generator, day), layer_of(compiled, generator.beneath())


def settled(case: Case, sizes: list[float]) -> Terms:
    """Return the terms of a case."""
    compiled, snapshot, layer = case
    return settle(compiled, snapshot, sizes, layer)


@given(cases(), SIZES)
def test_waterfall_sums_to_maintenance(case: Case, sizes: list[float]) -> None:
    """Exactly, in numbers of the grid, at every size, whatever the steps, eligible or not."""
    terms = settled(case, sizes)
    found = terms.waterfalls([(p.size, p.amounts, p.maintenance) for p in terms.positions])
    for position, lines in zip(terms.positions, found, strict=True):
        amounts = [round(line["amount"] * ONE) for line in lines]
        assert all(line["amount"] == amount / ONE for line, amount in zip(lines, amounts, strict=True))
        assert sum(amounts) == position.maintenance
        assert [line["rule"] for line in lines][-1] in ("ROUND", "INELIGIBLE")


@given(cases(), SIZES)
def test_haircuts_are_in_order(case: Case, sizes: list[float]) -> None:
    """0 to 1, initial covers maintenance, and in total no less is lost than alone."""
    for p in settled(case, sizes).positions:
        assert 0 <= p.maintenance <= p.initial <= ONE
        assert p.maintenance_total <= p.initial_total <= ONE
        assert p.maintenance <= p.maintenance_total
        assert p.initial <= p.initial_total


@given(cases())
def test_a_cap_is_finite_and_only_for_what_is_accepted(case: Case) -> None:
    """Nothing for what is ineligible; an account is never offered more than the venue takes."""
    terms = settled(case, [1e6])
    assert 0 <= terms.account_cap <= terms.venue_cap <= 10**13 * MICRO * 10
    if terms.status == "ineligible":
        assert (terms.venue_cap, terms.account_cap, terms.binding, terms.ladder) == (0, 0, None, [])
        assert all(p.maintenance_total == ONE for p in terms.positions)
    else:
        assert terms.binding is not None
        limits = [limit for limit in terms.limits if limit is not None]
        tick = case[0].scale.tick
        assert terms.venue_cap <= max([case[0].scale.least_venue, *(min(limits) + tick for _ in limits[:1])])


@given(cases())
def test_ladder_covers_the_haircut_at_its_breakpoints(case: Case) -> None:
    """Up to the account's cap, by rates that are multiples of the step and at most all of it."""
    compiled, _, _ = case
    terms = settled(case, [1e6])
    ends = [end for _, end, _, _ in terms.ladder]
    points = [point for point in compiled.scale.breakpoints if point <= terms.account_cap]
    for column, name in ((2, "initial_total"), (3, "maintenance_total")):
        rates = [tier[column] for tier in terms.ladder]
        assert all(0 <= rate <= ONE and rate % compiled.scale.rate == 0 for rate in rates)
        for point in points if terms.ladder else ():
            (position,) = settled(case, [point / MICRO]).positions
            assert provision(ends, rates, point) >= point * getattr(position, name)


@given(cases(), st.lists(st.integers(0, 10**15), min_size=2, max_size=6).map(sorted))
def test_more_collateral_is_never_worth_less(case: Case, holdings: list[int]) -> None:
    """By the ladder, over the account's cap too, where nothing more is counted."""
    terms = settled(case, [1e6])
    ends = [end for _, end, _, _ in terms.ladder]
    worth = []
    for held in holdings:
        counted = min(held, ends[-1] if ends else 0)
        for column in (2, 3):
            rates = [tier[column] for tier in terms.ladder]
            worth.append((column, counted * ONE - provision(ends, rates, counted)))
    for column in (2, 3):
        values = [value for which, value in worth if which == column]
        assert values == sorted(values)
        assert all(value >= 0 for value in values)


@settings(max_examples=50)
@given(cases(), SIZES)
def test_explaining_changes_nothing(case: Case, sizes: list[float]) -> None:
    """The outcomes are the same however much is explained, and each body has the id of its bytes."""
    compiled, snapshot, layer = case
    levels: list[Any] = ["none", "short", "full"]
    bodies = [decide(compiled, snapshot, sizes, layer, level) for level in levels]
    explained = ("id", "trace", "counterfactuals", "digests", "haircuts")
    outcomes = [{key: value for key, value in body.items() if key not in explained} for body in bodies]
    assert outcomes[0] == outcomes[1] == outcomes[2]
    assert bodies[1]["haircuts"] == bodies[2]["haircuts"]
    for body in bodies:
        bare = {key: value for key, value in body.items() if key != "id"}
        assert body["id"] == identifier("dec_", rfc8785.dumps(bare))


@given(cases(), SIZES)
def test_the_same_question_has_the_same_answer(case: Case, sizes: list[float]) -> None:
    """Nothing is kept from one decision to the next, and sizes do not see each other."""
    terms = settled(case, sizes)
    again = settled(case, list(reversed(sizes)))
    assert list(reversed(terms.positions)) == again.positions or terms.crossed != again.crossed
    alone = [settled(case, [size]) for size in sizes]
    assert set(terms.crossed) == {rule for one in alone for rule in one.crossed}
    if not terms.crossed:
        assert terms.positions == [one.positions[0] for one in alone]
