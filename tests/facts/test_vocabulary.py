"""The vocabulary: every fact is documented, has a worse side or a reason for none, and an order of kinds."""

from __future__ import annotations

from graphlib import TopologicalSorter

import pytest

from pegmark.facts.specification import FactSpec
from pegmark.facts.units import RANGES, Kind, quantise
from pegmark.facts.vocabulary import (
    COMPONENT_KINDS,
    COMPONENT_ORDER,
    FACTS,
    GROUPS,
    READABLE,
    describe,
)

NO_WORSE_SIDE = {
    "reference.kind",
    "reference.currency",
    "reference.conversion_rate",
    "reference.rate_source",
    "control.freeze",
}
"""Labels and scales of what a token refers to, and what protects some lenders from others."""


@pytest.mark.parametrize("spec", FACTS.values(), ids=lambda spec: spec.name)
def test_every_fact_says_what_it_means_and_where_it_is_found(spec: FactSpec) -> None:
    """Both are sentences, and the second is no repetition of the first."""
    for text in (spec.meaning, spec.where):
        assert not text[0].islower() or text.startswith("totalSupply")
        assert text.endswith(".")
        assert 20 <= len(text) <= 120
    assert spec.meaning != spec.where


@pytest.mark.parametrize("spec", FACTS.values(), ids=lambda spec: spec.name)
def test_the_worse_side_fits_the_kind(spec: FactSpec) -> None:
    """Numbers are worse higher, lower or away from one; flags true or false; choices towards the first."""
    sides = {"bool": {"true", "false"}, "enum": {"first"}}.get(spec.kind, {"higher", "lower", "from_one"})
    assert spec.worse in sides | ({"none"} if spec.name in NO_WORSE_SIDE else set())


def test_facts_without_a_worse_side_are_the_listed_ones() -> None:
    """`none` exempts a fact from the proofs of monotony, so every exemption is written down."""
    assert {spec.name for spec in FACTS.values() if spec.worse == "none"} == NO_WORSE_SIDE
    assert [spec.name for spec in FACTS.values() if spec.worse == "from_one"] == ["hedge.coverage"]


@pytest.mark.parametrize("spec", FACTS.values(), ids=lambda spec: spec.name)
def test_ranges_and_members_fit_the_kind(spec: FactSpec) -> None:
    """A number has a range, on its grid; a choice has two or more members and no range; a flag neither."""
    if spec.name == "backing.components":
        assert (spec.low, spec.high, spec.members) == (None, None, ())
    elif spec.kind in ("bool", "enum"):
        assert (spec.low, spec.high) == (None, None)
        assert len(set(spec.members)) == len(spec.members)
        assert (len(spec.members) >= 2) == (spec.kind == "enum")
    else:
        assert spec.members == ()
        assert spec.low is not None
        assert spec.high is not None
        assert spec.low < spec.high
        assert quantise(spec.low, spec.kind) == spec.low
        assert quantise(spec.high, spec.kind) == spec.high
    assert spec.max_age_days is None or spec.max_age_days > 0


def test_ranges_are_those_of_the_unit_unless_said_otherwise() -> None:
    """No fact in dollars or days is wider than its unit."""
    for spec in FACTS.values():
        if spec.kind in ("USD", "days"):
            low, high = RANGES[spec.kind]
            assert spec.low == low
            assert spec.high is not None
            assert spec.high <= high


@pytest.mark.parametrize(
    ("name", "worst_to_best"),
    [
        ("backing.basis", "gross net"),
        ("backing.attestor", "none issuer custodian onchain_proof audit_firm big_four"),
        ("redemption.right", "none whitelisted all_holders"),
        ("redemption.hours", "business_days market_hours continuous"),
        ("yield.source", "undisclosed emissions funding lending staking reserves none"),
        ("control.mint_authority", "single_key multisig timelocked_multisig contract"),
        ("control.issuer_regulation", "none exempt_fund licensed registered_fund prudential"),
        ("venue.price_source", "own_order_book par multi_venue_index redemption_value"),
        ("venue.external_execution", "none manual automatic"),
    ],
)
def test_choices_run_from_worst_to_best(name: str, worst_to_best: str) -> None:
    """The order of members is what `first is worse` means, so it is written down a second time."""
    assert FACTS[name].members == tuple(worst_to_best.split())


def test_names_are_unique_and_made_of_group_and_attribute() -> None:
    """`group.attribute`, each fact in the group it names, none twice."""
    specs = [spec for group in GROUPS.values() for spec in group]
    assert {spec.name: spec for spec in specs} == FACTS
    assert len(specs) == len(FACTS)
    for spec in specs:
        assert spec.name == f"{spec.group}.{spec.attribute}"
        assert spec in GROUPS[spec.group]


def test_readable_names_are_the_facts_with_components_spread() -> None:
    """A rule reads every fact but the list, its shares and sum, and what layers came to."""
    shares = {f"backing.share.{kind}" for kind in COMPONENT_KINDS}
    extra = shares | {"backing.listed", "layer.score", "layer.haircut"}
    assert set(READABLE) == (set(FACTS) - {"backing.components"}) | extra
    assert {READABLE[name].worse for name in shares} == {"none"}
    assert (READABLE["layer.score"].worse, READABLE["layer.haircut"].worse) == ("lower", "higher")


def test_order_of_components_names_known_kinds_and_has_no_circle() -> None:
    """Following worse and worse kinds ends; each pair joins two kinds that exist."""
    assert {kind for pair in COMPONENT_ORDER for kind in pair} <= set(COMPONENT_KINDS)
    assert len(set(COMPONENT_ORDER)) == len(COMPONENT_ORDER)
    graph: dict[str, set[str]] = {}
    for better, worse in COMPONENT_ORDER:
        graph.setdefault(worse, set()).add(better)
    assert list(TopologicalSorter(graph).static_order())[-1] == "undisclosed"


def test_nothing_leads_away_from_what_is_charged_for_or_counted_on() -> None:
    """No pair takes a hedge away, none makes an asset of a better class complete, undisclosed is the end."""
    better, worse = ({pair[side] for pair in COMPONENT_ORDER} for side in (0, 1))
    assert "hedged_crypto" not in better
    assert worse.isdisjoint({"gold", "staked_crypto", "crypto", "bitcoin", "stablecoin", "treasury_bill"})
    assert "undisclosed" not in better


@pytest.mark.parametrize("kind", COMPONENT_KINDS.values(), ids=lambda kind: kind.name)
def test_every_kind_of_component_says_what_it_is(kind: object) -> None:
    """One sentence each, which `pegmark facts` and the API show."""
    assert isinstance(meaning := getattr(kind, "meaning", None), str)
    assert meaning.endswith(".")


def test_description_is_the_whole_vocabulary_as_plain_data() -> None:
    """Every fact with unit, range or members, worse side, age, meaning and place; kinds of the list."""
    described = {entry["name"]: entry for entry in describe()}
    assert list(described) == list(FACTS)
    assert described["redemption.right"] == {
        "name": "redemption.right",
        "unit": "enum",
        "members": ["none", "whitelisted", "all_holders"],
        "low": None,
        "high": None,
        "worse": "first",
        "max_age_days": 730,
        "meaning": FACTS["redemption.right"].meaning,
        "where": FACTS["redemption.right"].where,
        "kinds": None,
    }
    assert described["peg.discount_now"]["low"] == -1.0
    assert described["peg.discount_now"]["members"] is None
    components = described["backing.components"]
    assert components["unit"] == "list"
    assert components["kinds"] == [
        {"kind": kind.name, "meaning": kind.meaning} for kind in COMPONENT_KINDS.values()
    ]


@pytest.mark.parametrize(
    ("value", "kind", "rounded"),
    [
        (0.1 + 0.2, "ratio", 0.3),
        (1e-13, "number", 0.0),
        (5e-13, "days", 0.0),
        (1.5e-12, "points", 2e-12),
        (0.0000004, "USD", 0.0),
        (0.0000015, "USD", 0.000002),
        (1e13, "USD", 1e13),
        (-0.0, "ratio", 0.0),
        (-1e-13, "ratio", 0.0),
    ],
)
def test_grid_of_each_unit(value: float, kind: Kind, rounded: float) -> None:
    """A millionth of a dollar, 1e-12 of anything else, halves to even, and no minus zero."""
    found = quantise(value, kind)
    assert found == rounded
    assert str(found)[0] != "-"
