"""Random, fully known, admissible assets, and the ways to make one worse."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

from pegmark.engine.bounds import beyond_bounds
from pegmark.engine.compiled import Compiled
from pegmark.errors import FactsError
from pegmark.facts.model import Facts, VenueFacts
from pegmark.facts.snapshot import Snapshot, take
from pegmark.facts.vocabulary import COMPONENT_ORDER, FACTS, FactSpec

Given = dict[str, Any]
"""Facts by name, bare; components as a list of mappings."""
Components = list[dict[str, Any]]

AS_OF = "2026-06-30"

# Shapes of backing that reach every class; shares are drawn around them.
_SHAPES: tuple[tuple[str, ...], ...] = (
    ("treasury_bill", "reverse_repo", "government_fund"),
    ("treasury_bill", "bank_deposit", "cash"),
    ("treasury_bill", "gold", "bitcoin", "secured_loan", "corporate_debt"),
    ("crypto", "bitcoin", "stablecoin"),
    ("gold",),
    ("staked_crypto", "crypto"),
    ("hedged_crypto", "stablecoin"),
    ("stablecoin",),
    ("lending_position", "stablecoin", "structured_credit", "private_credit"),
    ("own_token", "crypto"),
    ("venue_claim", "stablecoin"),
    ("real_estate", "equity", "other", "government_debt", "strategy_fund"),
)
_REFERENCES = (
    ("fiat", "USD"),
    ("fiat", "USD"),
    ("fiat", "EUR"),
    ("commodity", "XAU"),
    ("crypto_asset", "ETH"),
    ("crypto_asset", "SOL"),
)


def draw(random: Random, compiled: Compiled) -> Given:
    """Return one fully known asset at one fully known venue."""
    while True:
        given = {spec.name: _value(random, spec) for spec in FACTS.values() if spec.group != "terms"}
        given["reference.kind"], given["reference.currency"] = random.choice(_REFERENCES)
        given["backing.components"], given["backing.basis"] = _components(random), "net"
        _reconcile(random, given)
        if snapshot(given, compiled) is not None:
            return given


def _value(random: Random, spec: FactSpec) -> Any:
    if spec.name == "backing.components":
        return None
    if spec.kind == "bool":
        is_good = random.random() < 0.7
        return is_good if spec.worse == "false" else not is_good
    if spec.kind == "enum":
        return random.choice(
            spec.members[len(spec.members) // 2 :] if random.random() < 0.6 else spec.members
        )
    if spec.kind == "USD":
        return round(10 ** random.uniform(4, 11), 2)
    if spec.kind == "days":
        drawn = random.choice([0, 0.5, 1, 3, 7, 20, 29, 31, 60, 400]) * random.uniform(0.8, 1.0)
        return round(min(drawn, spec.high or drawn), 6)
    if spec.kind == "number":
        return float(random.choice([1, 1, 2, 3, 5]))
    low = spec.low or 0.0
    if spec.worse in ("lower", "from_one"):
        return round(max(low, random.choice([0.0, 0.5, 0.9, 0.99, 1.0]) * random.uniform(0.9, 1.0)), 6)
    return round(
        max(low, random.choice([0.0, 0.004, 0.015, 0.03, 0.15, 0.4, 0.9]) * random.uniform(0.5, 1.0)), 6
    )


def _components(random: Random) -> list[dict[str, Any]]:
    kinds = list(random.choice(_SHAPES))
    if random.random() < 0.4:
        kinds += random.sample(
            ["own_token", "undisclosed", "lending_position", "hedged_crypto", "bank_deposit", "bitcoin"], 1
        )
    kinds = list(dict.fromkeys(kinds))
    weights = [
        random.uniform(0.2, 3) if n == 0 else random.choice([0.02, 0.1, 0.3, 1]) * random.random()
        for n in range(len(kinds))
    ]
    total = sum(weights) / random.choice([1.0, 1.0, 0.999, 0.97])
    return [
        {"kind": kind, "share": round(weight / total, 6)} for kind, weight in zip(kinds, weights, strict=True)
    ]


def _reconcile(random: Random, given: Given) -> None:
    """Adjust what facts imply of each other, so that most draws are admissible."""
    shares = {c["kind"]: c["share"] for c in given["backing.components"]}
    listed = min(sum(shares.values()), 1.0)
    given["backing.collateral_ratio"] = round(listed + random.choice([0.001, 0.02, 0.12, 0.6]), 6)
    given["backing.largest_bank_share"] = round(shares.get("bank_deposit", 0.0) * random.random(), 6)
    given["backing.systemic_bank_share"] = round(shares.get("bank_deposit", 0.0) * random.random(), 6)
    given["hedge.short_share"] = round(shares.get("hedged_crypto", 0.0) * random.uniform(0.5, 1.2), 6)
    if given["redemption.right"] == "none":
        given["redemption.at_par"], given["redemption.daily_capacity"] = False, 0.0
        given["redemption.largest_met_24h"] = 0.0
    if given["redemption.gated"]:
        given["redemption.daily_capacity"] = 0.0
    elif given["redemption.right"] != "none":
        given["redemption.largest_met_24h"] = round(
            given["redemption.daily_capacity"] * random.uniform(0, 1.9), 2
        )
    if given["backing.attestor"] == "none":
        given["backing.attestor"] = "issuer"
    # Large enough that the limits of the cap, and not its least, decide.
    given["venue.noncash_collateral"] = round(10 ** random.uniform(9, 11), 2)
    given["venue.issuer_group_collateral"] = round(
        given["venue.noncash_collateral"] * random.choice([0, 0, 0.1, 0.3]) * random.random(), 2
    )
    given["venue.loss_resources"] = round(10 ** random.uniform(8, 10.5), 2)
    given["liquidity.supply"] = supply = round(10 ** random.uniform(8, 11), 2)
    least = 0.0002 * 0.25 * supply
    given["liquidity.depth_2pct"] = round(min(supply, least * random.choice([1.1, 10, 100])), 2)
    given["liquidity.stressed_depth_2pct"] = round(
        given["liquidity.depth_2pct"] * random.uniform(0.021, 1), 2
    )
    given["peg.max_discount_30d"] = max(given["peg.max_discount_30d"], given["peg.discount_now"])
    given["peg.max_discount_365d"] = max(given["peg.max_discount_365d"], given["peg.max_discount_30d"])
    given["venue.max_discount_365d"] = max(given["venue.max_discount_365d"], given["venue.discount_now"])
    if given["venue.promotional_apr"] == 0:
        given["venue.promotion_counts_collateral"] = False
    if random.random() < 0.8:
        given["peg.discount_now"] = min(given["peg.discount_now"], 0.004)


def snapshot(given: Mapping[str, Any], compiled: Compiled) -> Snapshot | None:
    """Return the snapshot of facts, or None where they contradict each other or a bound."""
    groups: dict[str, dict[str, Any]] = {}
    for name, value in given.items():
        group, _, attribute = name.partition(".")
        groups.setdefault(group, {})[attribute] = value
    venue = VenueFacts.model_validate(groups.pop("venue", {}))
    facts = Facts.model_validate(groups)
    try:
        found = take(asset="random", as_of=AS_OF, facts=facts, venue=venue, venue_name="inline")
    except FactsError:
        return None
    return None if beyond_bounds(compiled, found) else found


def worsenings(random: Random, given: Given) -> Iterator[tuple[str, Given]]:
    """Yield copies with one thing worse: each fact that has a worse direction, and moved shares."""
    for spec in FACTS.values():
        if spec.name in given and spec.name != "backing.components":
            worse = worsened(random, spec, given[spec.name])
            if worse is not None:
                yield spec.name, {**given, spec.name: worse}
    is_net = given.get("backing.basis") == "net"
    for what, changed in moves(random, given.get("backing.components", []), is_net):
        yield what, {**given, "backing.components": changed}


def moves(random: Random, components: Components, is_net: bool) -> Iterator[tuple[str, Components]]:
    """Yield copies of components, each with share moved to a worse kind.

    In a list that is not known to be net what is not listed is unknown: to list a kind more or fewer tells
    more or less, and such moves are left out.
    """
    for better, worse in COMPONENT_ORDER:
        changed = moved(random, [dict(c) for c in components], better, worse)
        if changed is not None and (is_net or _kinds(changed) == _kinds(components)):
            yield f"{better} -> {worse}", changed


def _kinds(components: Components) -> set[str]:
    return {component["kind"] for component in components}


def worsened(random: Random, spec: FactSpec, value: Any) -> Any:
    """Return a worse value of a fact, None if there is none."""
    match spec.worse:
        case "true" | "false":
            worst = spec.worse == "true"
            return worst if value != worst else None
        case "first":
            at = spec.members.index(value)
            return random.choice(spec.members[:at]) if at else None
        case "higher":
            top = spec.high if spec.high is not None else value
            return (
                round(random.choice([top, value + (top - value) * random.random() ** 3]), 6)
                if top > value
                else None
            )
        case "lower":
            low = spec.low or 0.0
            return (
                round(random.choice([low, value - (value - low) * random.random() ** 3]), 6)
                if value > low
                else None
            )
        case "from_one":
            return round(max(0.0, 1 - abs(value - 1) * 1.5 - 0.01), 6)
    return None


def moved(random: Random, components: Components, better: str, worse: str) -> Components | None:
    """Return components with part of one of a better kind made of a worse one; None where there is none.

    What another asset stands for stays that asset's: lent out, it is still the same token that is lent.
    """
    holders = [c for c in components if c["kind"] == better and c["share"] > 0]
    if not holders:
        return None
    source = random.choice(holders)
    part = round(source["share"] * random.choice([1.0, random.random(), 0.02]), 6)
    rest = [{**c, "share": round(c["share"] - part, 6)} if c is source else c for c in components]
    target = {**source, "kind": worse, "share": part}
    for c in rest:
        if {**c, "share": 0} == {**target, "share": 0}:
            c["share"] = round(c["share"] + part, 6)
            return rest
    return [*rest, target]
