"""Whether two rulebooks decide every asset alike: what is proved so, and what tells the rest apart."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from pegmark.authoring.mutation import Mutant, mutants
from pegmark.proof.equivalence import TOGETHER, Equivalence
from pegmark.proof.likeness import Estimate, Likeness
from pegmark.usecases.mutation import Ground
from tests.authoring.suites import prepared_house

SECONDS = 20.0


@pytest.fixture(scope="module")
def house() -> Equivalence:
    """The house rulebook, to hold others against."""
    return Equivalence(prepared_house().program, date(2026, 10, 7))


def those_of(*rules: str) -> list[Mutant]:
    """The mutants of some rules of the house."""
    return [mutant for mutant in mutants(prepared_house().program) if mutant.rule in rules]


def likeness(house: Equivalence, rule: str, fault: str) -> Likeness:
    """What came of holding one mutant against the house."""
    (mutant,) = (one for one in those_of(rule) if fault in one.fault)
    return house.of(mutant.program, SECONDS)


@pytest.mark.parametrize(
    ("rule", "fault"),
    [
        ("HC-HEDGE", "limit: `8%` → `9%`"),  # The amount itself never is as much.
        ("CAP-LOSS", '`fiat_reserve` is added to `class in ("overcollateralised'),  # An earlier branch.
        ("bank_loss", "`backing.share.bank_deposit <= 0%` → `backing.share.bank_deposit < 0%`"),
        ("CLS-160", "on_unknown: `skip` → `worse`"),  # What follows is no better.
        ("ST-DEFICIT", "on_unknown: `match` → `skip`"),  # Of what is not known so much is lost already.
        ("HC-BOUND", "min: `0.5%` → `0.51%`"),
        ("HC-INITIAL", "floor: `1%` → `0.99%`"),  # Rounding makes up for it.
        ("LAD-010", "breakpoint 14: `$500M` → `$500.5M`"),  # No account holds more.
        ("SC-H-010", "unknown: `0` → `10`"),
    ],
)
def test_what_no_asset_can_tell_is_equivalent(house: Equivalence, rule: str, fault: str) -> None:
    """Proves of faults of several kinds that they are none."""
    assert likeness(house, rule, fault) == Likeness("equivalent")


@pytest.mark.parametrize(
    ("rule", "fault", "by"),
    [
        ("HC-HEDGE", "limit: `8%` → `7%`", "HC-HEDGE"),
        ("HC-BOUND", "min: `0.5%` → `1.5%`", "HC-BOUND"),
        ("HC-INITIAL", "floor: `1%` → `0%`", TOGETHER),
        ("LAD-010", "breakpoint 14: `$500M` → `$499.5M`", "LAD-010"),
        ("CLS-030", "on_unknown: `worse` → `skip`", "class"),
        ("NM-060", "`$0` → `$1`", "NM-060"),
        ("KO-OWN", "the rule is removed", "KO-OWN"),
        ("rating", "lift: `25` → `26`", TOGETHER),
    ],
)
def test_what_an_asset_can_tell_is_different(house: Equivalence, rule: str, fault: str, by: str) -> None:
    """Proves that a fault is told by what a decision says of it, or by the constants alone."""
    found = likeness(house, rule, fault)
    assert (found.outcome, found.by) == ("different", by)
    assert (found.values is None) is (by == TOGETHER)


def test_an_asset_lies_where_the_fault_is(house: Equivalence) -> None:
    """Proves that the values are those of an asset that meets what was moved."""
    found = likeness(house, "CN-LOOP", "`yield.native_apr > 0%` → `yield.native_apr > 0.01%`")
    assert found.values is not None
    assert 0 < found.values["yield.native_apr"] <= Fraction(1, 10_000)


def test_estimates_are_named(house: Equivalence) -> None:
    """Proves that a fault which only an estimate shows is told by one."""
    found = likeness(house, "HC-OWN", "unknown: `95%` → `94%`")
    assert found.outcome == "different"
    assert found.values is not None
    assert any(isinstance(value, Estimate) for value in found.values.values())


def test_what_a_case_notices_is_never_equivalent(house: Equivalence) -> None:
    """Proves on every mutant of rules of several kinds that engine and solver agree."""
    prepared = prepared_house()
    assert prepared.desk is not None
    ground = Ground(prepared.desk, prepared.trials)
    alike = [
        mutant
        for mutant in those_of("is_hedged", "HC-PROMOTION", "KO-BRIDGE", "CN-LOOP", "CAP-GROUP")
        if house.of(mutant.program, SECONDS).outcome == "equivalent"
    ]
    assert alike
    assert [mutant.title for mutant in alike if ground.killer(mutant) is not None] == []
