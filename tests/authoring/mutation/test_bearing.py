"""What a fault bears on: facts through derived names, and the numbers of rule and params."""

from __future__ import annotations

from fractions import Fraction

import pytest

from pegmark.authoring.mutation import Mutant, mutants
from pegmark.authoring.mutation.bearing import bearing
from pegmark.rulebook.program import Program
from tests.authoring.suites import prepared_house


@pytest.fixture(scope="module")
def house() -> Program:
    """The house rulebook."""
    return prepared_house().program


def first(program: Program, rule: str, place: str = "") -> Mutant:
    """The first mutant of a rule, or of a place in it."""
    return next(m for m in mutants(program) if m.rule == rule and m.change.place.startswith(place))


def test_facts_are_found_through_derived_names(house: Program) -> None:
    """Proves that a rule on `own_paper` bears on the shares it is the sum of, and on its own threshold."""
    on = bearing(house, first(house, "KO-OWN").program)
    assert on.facts == ("backing.share.own_token", "backing.share.undisclosed")
    assert on.numbers["ratio"] == (Fraction(1, 10),)


def test_a_param_bears_on_what_is_read_beside_it(house: Program) -> None:
    """Proves that the value of a param, and the facts of the rules that read it, are found."""
    on = bearing(house, first(house, "lock_limit").program)
    assert "redemption.lock" in on.facts
    assert Fraction(30) in {*on.numbers["days"], *on.others.get("days", ())}


def test_edges_of_bins_are_numbers_too(house: Program) -> None:
    """Proves that a line of a scorecard is told at its edges."""
    on = bearing(house, first(house, "SC-C-050", "points").program)
    assert on.facts == ("backing.largest_custodian_share",)
    assert on.numbers["ratio"] == (Fraction(2, 5), Fraction(7, 10))


def test_a_weight_bears_on_everything(house: Program) -> None:
    """Proves that what is no rule's is looked for anywhere."""
    assert len(bearing(house, first(house, "rating", "weight").program).facts) > 50
