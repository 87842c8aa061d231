"""Questions on which every fact that the bench's rules read is known, made from the shipped fixtures.

Each is one fixture in which some facts are another fixture's, numbers are moved a little, what is not
known is made up, and what would contradict itself is made to agree. The seed is fixed. A question is
asked as a request is, and what is refused all the same is drawn anew, so that all are valid.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import orjson

from pegmark.api.reading import validated
from pegmark.api.schemas.assessment import AssessmentRequest
from pegmark.bootstrap import build_desk
from pegmark.engine.compiled import Epoch
from pegmark.engine.writer import submitted
from pegmark.errors import FactsError
from pegmark.facts.components import COMPONENTS
from pegmark.facts.snapshot import Snapshot
from pegmark.facts.vocabulary import FACTS, FactSpec
from pegmark.language.nodes import Typed, reads
from pegmark.rulebook.program import Bins, Program
from pegmark.settings import read_settings
from pegmark.usecases.assess import prepare
from pegmark.usecases.desk import Desk

RULES = Path(__file__).resolve().parent / "rules"
AS_OF, SEED = "2026-10-07", 20261126

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """The body of a question, and the snapshot that it comes to."""

    body: bytes
    snapshot: Snapshot


def bench_desk() -> Desk:
    """Return a desk with the bench's rulebook and the shipped fixtures."""
    return build_desk(read_settings({"PEGMARK_RULES": str(RULES), "PEGMARK_RULEBOOK": "bench"}))


def epoch_of(desk: Desk) -> Epoch:
    """Return the bench's rulebook as it runs on the day that is asked about."""
    compiled = desk.book(None).compiled
    return compiled.at(compiled.starts[-1])


def compared(program: Program) -> list[Typed]:
    """Return the expression of each condition and table that is compared, in the order of the text."""
    grids = [line.grid for card in program.scorecards for line in card.characteristics]
    return [
        *(rule.when for rule in program.classify.rules),
        *(grid.of if isinstance(grid, Bins) else grid.by for grid in grids),
        *(rule.when for rule in program.rating.knock_outs),
        *(rule.when for rule in program.rating.statuses),
    ]


def facts_read(program: Program) -> list[str]:
    """Return the readable names of the facts that the conditions and tables read, sorted."""
    return sorted({r.name for node in compared(program) for r in reads(node) if r.origin == "fact"})


def questions(desk: Desk, count: int) -> list[Asked]:
    """Return `count` valid questions with facts inline; the same ones every time."""
    random = Random(SEED)
    wanted = facts_read(desk.book(None).program)
    stated = [FACTS[name] for name in sorted({submitted(name) for name in wanted} - {COMPONENTS})]
    sources = _sources(desk)
    found: list[Asked] = []
    while len(found) < count:
        body = orjson.dumps(_request(random, stated, *sources))
        try:
            question = validated(AssessmentRequest, body).question()
            snapshot = prepare(desk, question).snapshot
        except FactsError:
            continue
        if all(name in snapshot.values for name in wanted):
            found.append(Asked(body, snapshot))
    return found


def _sources(desk: Desk) -> tuple[list[Facts], list[Facts]]:
    """Return the bare facts of every stored snapshot that says what backs it, and of every venue."""
    catalogue = desk.catalogue
    stored = [snapshot for name in catalogue.assets() for snapshot in catalogue.snapshots(name)]
    assets = [_bare(snapshot.text) for snapshot in stored]
    return [facts for facts in assets if COMPONENTS in facts], [
        _bare({"venue": venue.text}) for venue in catalogue.venues()
    ]


def _bare(text: Mapping[str, Any]) -> Facts:
    return {
        f"{group}.{name}": claim["value"]
        for group, claims in text.items()
        for name, claim in claims.items()
        if "value" in claim
    }


def _request(
    random: Random, stated: Sequence[FactSpec], assets: Sequence[Facts], venues: Sequence[Facts]
) -> dict[str, Any]:
    own = random.choice(assets) | random.choice(venues)
    facts: dict[str, Any] = {}
    for spec in stated:
        others = [source[spec.name] for source in (*assets, *venues) if spec.name in source]
        if spec.name in own and random.random() < 0.7:
            facts[spec.name] = _moved(random, spec, own[spec.name])
        elif others and random.random() < 0.9:
            facts[spec.name] = _moved(random, spec, random.choice(others))
        else:
            facts[spec.name] = _made_up(random, spec)
    shares = _shares(random, own[COMPONENTS])
    _reconcile(facts, shares)
    groups: dict[str, dict[str, Any]] = {}
    for name, value in facts.items():
        group, _, attribute = name.partition(".")
        groups.setdefault(group, {})[attribute] = value
    components = [{"kind": kind, "share": share} for kind, share in shares.items()]
    groups["backing"] |= {"basis": "net", "components": components}
    venue = groups.pop("venue")
    return {"as_of": AS_OF, "venue": venue, "facts": groups, "rulebook": "bench", "explain": "none"}


def _moved(random: Random, spec: FactSpec, value: Any) -> Any:
    """Return a number a little off; anything else as it is."""
    if isinstance(value, (bool, str)):
        return value
    return _within(spec, value * random.gauss(1, 0.05))


def _made_up(random: Random, spec: FactSpec) -> Any:
    match spec.kind:
        case "bool":
            return random.random() < 0.5
        case "enum":
            return random.choice(spec.members)
        case "USD":
            return round(10 ** random.uniform(5, 10))
        case "days":
            return random.randint(0, 100)
        case "ratio":
            return _within(spec, round(random.betavariate(1, 3), 4))
    return random.randint(0, 10)


def _within(spec: FactSpec, value: float) -> float:
    assert spec.low is not None
    assert spec.high is not None
    return min(max(float(f"{value:.6g}"), spec.low), spec.high)


def _shares(random: Random, listed: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """Return the kinds of backing with shares a little off, that add up to no more than they did, or 1."""
    found: dict[str, float] = {}
    for component in listed:
        moved = component["share"] * random.uniform(0.7, 1.4)
        found[component["kind"]] = found.get(component["kind"], 0.0) + moved
    most = min(1.0, sum(component["share"] for component in listed))
    scale = most / sum(found.values())
    return {kind: int(share * scale * 1e6) / 1e6 for kind, share in found.items()}


def _reconcile(facts: dict[str, Any], shares: Mapping[str, float]) -> None:
    """Make facts agree that were drawn apart: see `facts.consistency` and the bounds of rules/normal.yaml."""
    deposits = shares.get("bank_deposit", 0.0)
    for name in ("backing.largest_bank_share", "backing.systemic_bank_share"):
        facts[name] = min(facts[name], deposits)
    backed = sum(share for kind, share in shares.items() if kind not in ("own_token", "undisclosed"))
    facts["backing.collateral_ratio"] = max(facts["backing.collateral_ratio"], backed)
    if not shares.get("hedged_crypto"):
        facts["hedge.short_share"] = 0.0
    if facts["backing.attestor"] == "none":
        # Nobody attests, so there is no age; but all that is compared is to be known.
        facts["backing.attestor"] = "issuer"
    if facts["redemption.right"] == "none":
        facts |= {"redemption.at_par": False, "redemption.gated": False}
    if facts["redemption.right"] == "none" or facts["redemption.gated"]:
        facts["redemption.daily_capacity"] = 0.0
    depth = facts["liquidity.depth_2pct"] = min(facts["liquidity.depth_2pct"], facts["liquidity.supply"])
    stressed = facts["liquidity.stressed_depth_2pct"]
    facts["liquidity.stressed_depth_2pct"] = min(max(stressed, 0.02 * depth), depth)
    facts["peg.max_discount_365d"] = max(facts["peg.max_discount_365d"], facts["peg.discount_now"])
