"""What an unknown fact costs: its best value is the best there can be, and the cost is what that changes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from random import Random
from typing import Any

import pytest

from pegmark.bootstrap import build_desk
from pegmark.facts.model import Facts, VenueFacts
from pegmark.facts.units import RANGES, quantise
from pegmark.facts.vocabulary import COMPONENT_KINDS, FACTS, FactSpec
from pegmark.settings import read_settings
from pegmark.usecases.assess import Question, assess
from pegmark.usecases.desk import Desk
from tools.assets import shipped
from tools.unknowns import COMPONENTS, SIZES, Case, Terms, at_best, costs, together

DAY = "2026-06-30"
DIRECTED = [
    spec
    for spec in FACTS.values()
    if spec.worse != "none" and spec.name != COMPONENTS and spec.group != "terms"
]
"""Facts with a better side; those of a venue's own terms cannot be submitted yet."""


@cache
def desk() -> Desk:
    """What ships."""
    return build_desk(read_settings({}))


def case(**groups: dict[str, Any]) -> Case:
    """A made-up asset before a made-up venue."""
    venue = VenueFacts.model_validate(groups.pop("venue", {}))
    return Case(desk(), "made-up", DAY, Facts.model_validate(groups), venue)


def best_of(made_up: Case, fact: str) -> Any:
    """The best value of a fact, where there is one."""
    found = at_best(made_up, fact)
    return None if found is None else found[0]


def better_end(spec: FactSpec) -> Any:
    """The end of a fact's range that is best for a lender."""
    match spec.worse:
        case "first":
            return spec.members[-1]
        case "true" | "false":
            return spec.worse == "false"
        case "from_one":
            return 1.0
    low, high = (
        end if end is not None else RANGES[spec.kind][n] for n, end in enumerate((spec.low, spec.high))
    )
    return low if spec.worse == "higher" else high


@pytest.mark.parametrize("spec", DIRECTED, ids=lambda spec: spec.name)
def test_where_nothing_is_in_the_way_the_best_is_the_end_of_the_range(spec: FactSpec) -> None:
    """Proves that each fact is taken to the better side that the vocabulary gives it, all the way."""
    assert best_of(case(), spec.name) == better_end(spec)


def share(kind: str, of: float) -> dict[str, Any]:
    """Backing with one part of a kind and the rest in bills."""
    parts = [{"kind": kind, "share": of}, {"kind": "treasury_bill", "share": 1 - of}]
    return {"components": parts, "basis": "net"}


LIMITED = {
    "bids are at most what is in issue": (
        {"liquidity": {"supply": 73e6}},
        "liquidity.depth_2pct",
        73e6,
    ),
    "deposits at some banks are at most those at all, and the tolerance": (
        {"backing": share("bank_deposit", 0.2)},
        "backing.systemic_bank_share",
        0.205,
    ),
    "what was met is at most what the known capacity is the bound of": (
        {"redemption": {"daily_capacity": 5e6, "gated": False}},
        "redemption.largest_met_24h",
        1e7,
    ),
    "a discount within a month is between today's and the year's": (
        {"peg": {"discount_now": 0.01, "max_discount_365d": 0.04}},
        "peg.max_discount_30d",
        0.01,
    ),
    "nobody is paid at par where nobody may redeem": (
        {"redemption": {"right": "none"}},
        "redemption.at_par",
        False,
    ),
    "what nobody attests has no age": ({"backing": {"attestor": "none"}}, "backing.attestation_age", None),
    "where the report has an age, somebody signed it": (
        {"backing": {"attestation_age": 10}},
        "backing.attestor",
        "big_four",
    ),
}


@pytest.mark.parametrize(("known", "fact", "best"), LIMITED.values(), ids=LIMITED.keys())
def test_the_best_contradicts_nothing_that_is_known(known: dict[str, Any], fact: str, best: Any) -> None:
    """Proves that the best value stops where a check or a bound would refuse a better one."""
    found = best_of(case(**known), fact)
    # A bound is rounded to the grid before it is compared, so that the limit may be a step further.
    assert found == (pytest.approx(best, abs=1e-5) if isinstance(best, float) else best)


@pytest.mark.parametrize("fact", ["reference.kind", "reference.currency", "control.freeze", COMPONENTS])
def test_a_fact_without_a_direction_takes_the_value_with_the_best_terms(fact: str) -> None:
    """Proves that no other value of such a fact ranks better than the one that is taken."""
    made_up = case(
        backing={"basis": "net", "segregated": True, "attestor": "big_four", "attestation_age": 1},
        redemption={"right": "all_holders", "at_par": True, "lock": 0, "gated": False},
        control={"issuer_regulation": "prudential"},
        venue={"redemption_account": True},
    )
    found = at_best(made_up, fact)
    assert found is not None
    values: Any = FACTS[fact].members or (True, False)
    if fact == COMPONENTS:
        values = [[{"kind": kind, "share": 1.0}] for kind in COMPONENT_KINDS]
        assert found[1].terms.cls == made_up.terms.cls or found[1].rank < made_up.rank
    others = [made_up.stating(fact, value) for value in values]
    assert found[1].rank == min(other.rank for other in others if other.is_admissible)


def test_nothing_else_is_told_otherwise() -> None:
    """Proves that stating one fact leaves every other as it was, the venue's and the asset's."""
    stored = shipped().stands[0][0].cases[0]
    for fact, value in (("liquidity.supply", 5e9), ("venue.depth_2pct", 1e6), ("hedge.coverage", 1.0)):
        told = stored.stating(fact, value)
        group, _, attribute = fact.partition(".")
        before = {"venue": stored.venue.model_dump(exclude_none=True)} | stored.facts.model_dump(
            exclude_none=True
        )
        after = {"venue": told.venue.model_dump(exclude_none=True)} | told.facts.model_dump(exclude_none=True)
        assert after[group].pop(attribute) == value
        before.get(group, {}).pop(attribute, None)
        assert {name: said for name, said in after.items() if said} == {n: s for n, s in before.items() if s}


def test_the_terms_now_are_those_of_the_stored_asset() -> None:
    """Proves that what is compared with is the decision that a caller gets who names asset and venue."""
    for stand in (stands[0] for stands in shipped().stands):
        for found, venue in zip(stand.cases, stand.venues, strict=True):
            question = Question(found.as_of, found.asset, venue=venue.id, sizes=SIZES)
            body = assess(desk(), question)
            terms = found.terms
            assert terms.cap_usd == body["cap"]["venue_usd"]
            assert terms.binding == body["cap"]["binding"]
            assert (terms.cls, terms.status, terms.band) == (body["class"], body["status"], body["band"])
            for n, haircut in enumerate(body["haircuts"]):
                assert terms.maintenance[n] == haircut["maintenance"]["total"]
                assert terms.initial[n] == haircut["initial"]["total"]
            mattered = {fact["fact"] for fact in body["unknown"] if fact["mattered"]}
            assert {cost.fact for cost in costs(found)} == mattered


def worse(before: Case, after: Case) -> list[str]:
    """The outcomes that are worse in the second."""
    return [
        name
        for name, old, new in zip(
            ("status", "class", "band", "$1M", "$10M", "cap"), before.rank, after.rank, strict=True
        )
        if new > old
    ]


def test_to_know_the_best_never_costs() -> None:
    """Proves for all that ships that no outcome is worse with a fact at its best, alone or together."""
    tried = moved = 0
    for stand in (stand for stands in shipped().stands for stand in stands):
        for before, found, known in zip(stand.cases, stand.costs, stand.known, strict=True):
            for cost in found.values():
                pair = at_best(before, cost.fact)
                assert pair is None or not worse(before, pair[1]), (stand.heading, cost.fact)
                tried += 1
                moved += cost.terms != before.terms
            assert known.cap_usd >= max(cost.terms.cap_usd for cost in found.values())
            assert known.maintenance[0] <= min(cost.terms.maintenance[0] for cost in found.values())
    assert tried > 500
    assert tried / 10 < moved < tried


def others(random: Random, spec: FactSpec) -> Iterator[Any]:
    """Values that a fact might have."""
    if spec.kind == "bool":
        yield from (True, False)
    elif spec.members:
        yield from spec.members
    else:
        low, high = (
            end if end is not None else RANGES[spec.kind][n] for n, end in enumerate((spec.low, spec.high))
        )
        for _ in range(12):
            drawn = low + (high - low) * random.random() ** random.choice([1, 4, 12])
            yield quantise(drawn, spec.kind)


@pytest.mark.parametrize("name", ["USDe", "WBETH"])
def test_no_other_value_is_better_than_the_best(name: str) -> None:
    """Proves that whatever an unknown fact may turn out to be, no outcome beats that at its best value."""
    random = Random(name)
    stand = next(stands[-1] for stands in shipped().stands if stands[0].snapshot.asset == name)
    tried = 0
    for before in stand.cases:
        for fact in before.unknown:
            pair = at_best(before, fact)
            for value in others(random, FACTS[fact]):
                other = before.stating(fact, value)
                if other.is_admissible and pair is not None:
                    tried += 1
                    assert not worse(other, pair[1]), (fact, value)
    assert tried > 200


def test_facts_of_no_use_alone_cost_together() -> None:
    """Proves that what is limited by two unknown facts costs nothing for either, and something for both."""
    made_up = case(
        reference={"kind": "fiat", "currency": "USD"},
        backing={"components": [{"kind": "treasury_bill", "share": 1}], "basis": "net", "segregated": True,
                 "attestor": "onchain_proof"},
        redemption={"right": "all_holders", "at_par": True, "gated": False, "lock": 0, "daily_capacity": 1e9},
        liquidity={"supply": 1e9},
        control={"issuer_regulation": "licensed"},
        venue={"redemption_account": True, "loss_resources": 1e9},
    )  # fmt: skip
    group = ("venue.noncash_collateral", "venue.issuer_group_collateral")
    by_fact = {cost.fact: cost.terms for cost in costs(made_up)}
    assert made_up.terms.binding == "LEAST"
    assert {by_fact[fact].cap_usd for fact in group} == {made_up.terms.cap_usd}
    assert together(made_up).cap_usd == 0.05 * 1e9
    assert together(made_up).binding == "CAP-SUPPLY"


def test_what_the_largest_bank_cost_usdc_in_march_2023() -> None:
    """Proves a cost that can be had by hand: half of all cash, down to the class's base."""
    usdc = next(s for stands in shipped().stands for s in stands if s.heading == "USDC, 10 March 2023")
    cost = usdc.costs[0]["backing.largest_bank_share"]
    assert (cost.state, cost.best) == ("not_disclosed", 0.0)
    assert usdc.cases[0].terms.maintenance[0] == 0.12
    assert cost.terms.maintenance[0] == 0.02
    assert isinstance(cost.terms, Terms)
