"""What ships, at every venue: what it is said to take is what it takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import pytest

from pegmark.bootstrap import build_desk
from pegmark.engine.decide import Terms
from pegmark.engine.emit import MICRO, ONE
from pegmark.facts.model import Component, Stated
from pegmark.settings import read_settings
from pegmark.usecases.assess import Question, assess
from pegmark.usecases.desk import Desk
from tests.properties.shipped import SIZES, Claims, Shipped, shipped

pytestmark = pytest.mark.slow

COMPONENTS = "backing.components"
Told = dict[str, Any]


@cache
def the_desk() -> Desk:
    """The shipped rulebook, snapshots and venues."""
    return build_desk(read_settings({}))


@cache
def cases() -> dict[str, Shipped]:
    """Every shipped snapshot at every shipped venue, by name."""
    return {case.name: case for case in shipped(the_desk())}


@cache
def explained(name: str) -> Told:
    """The full explanation of a case."""
    case, venue = cases()[name], name.rpartition(" at ")[2]
    return assess(the_desk(), Question(case.as_of, case.asset, venue=venue, sizes=SIZES, explain="full"))


every_case = pytest.mark.parametrize("name", list(cases()))


def after(claims: Claims, changes: Sequence[Told]) -> Claims:
    """Return the claims with changes made, each as somebody would submit it."""
    then = dict(claims)
    for change in changes:
        fact = change["fact"]
        claim = then.get(fact)
        if fact != COMPONENTS:
            value = float(change["to"]) if type(change["to"]) is int else change["to"]
            then[fact] = replaced(claim, value)
        else:
            rows = claim.value if isinstance(claim, Stated) else claim
            is_move = change["share"] is not None
            then[fact] = replaced(claim, moved(rows, change) if is_move else rows, is_sure=not is_move)
    return then


def replaced(claim: Any, value: Any, is_sure: bool = True) -> Any:
    """Return a claim with another value; what is bare or was not known becomes bare, of the day."""
    if isinstance(claim, Stated) and not is_sure:
        return claim.model_copy(update={"value": value})
    return value


def moved(rows: Sequence[Component], change: Told) -> list[Component]:
    """Return components with a share of one kind made another's; what is not listed is not said."""
    left, found = change["share"], []
    for row in rows:
        taken = min(left, row.share) if row.kind == change["from"] and row.asset is None else 0.0
        left = round(left - taken, 12)
        if row.share > taken:
            found.append(row.model_copy(update={"share": round(row.share - taken, 12)}))
    for n, row in enumerate(found):
        if row.kind == change["to"] and row.asset is None:
            found[n] = row.model_copy(update={"share": round(row.share + change["share"], 12)})
            return found
    return [*found, Component(kind=change["to"], share=change["share"])]


def is_reached(told: Told, terms: Terms | None, bands: Sequence[str], band: str) -> bool:
    """Tell whether terms are what was to be reached; what contradicts itself reaches nothing."""
    if terms is None:
        return False
    if told["to_status"] is not None:
        return terms.status == told["to_status"]
    return terms.status != "ineligible" and terms.band < bands.index(band)


@every_case
def test_what_is_told_is_what_is_decided_then(name: str) -> None:
    """Proves of each way that the facts, submitted so, have just the class, band, haircut and cap claimed."""
    case, body = cases()[name], explained(name)
    compiled = case.book.compiled
    for way in body["counterfactuals"]["found"]:
        terms = case.settle(after(case.claims, way["changes"]))
        assert terms is not None
        assert is_reached(body["counterfactuals"], terms, compiled.bands, body["band"])
        first = terms.positions[0]
        assert way == {
            "whose": way["whose"],
            "changes": way["changes"],
            "class": compiled.program.classify.order[terms.cls],
            "band": compiled.bands[terms.band],
            "status": terms.status,
            "haircut": {
                "size_usd": SIZES[0],
                "initial": first.initial_total / ONE,
                "maintenance": first.maintenance_total / ONE,
            },
            "venue_cap_usd": terms.venue_cap / MICRO,
        }


@every_case
def test_nothing_in_a_way_can_be_left_out(name: str) -> None:
    """Proves that no part of a way suffices, and that each change has a side to make it."""
    case, body = cases()[name], explained(name)
    told = body["counterfactuals"]
    for way in told["found"]:
        for fewer in parts(way["changes"]):
            terms = case.settle(after(case.claims, fewer))
            assert not is_reached(told, terms, case.book.compiled.bands, body["band"]), fewer
        sides = {"venue" if change["fact"].startswith("venue.") else "asset" for change in way["changes"]}
        assert sides == ({"asset", "venue"} if way["whose"] == "both" else {way["whose"]})


def parts(changes: Sequence[Told]) -> Iterator[list[Told]]:
    """Yield every proper subset of changes, none included."""
    for mask in range((1 << len(changes)) - 1):
        yield [change for n, change in enumerate(changes) if mask >> n & 1]


def test_most_of_what_ships_can_be_better() -> None:
    """Proves that the cases above are not proved of nothing."""
    found = [explained(name)["counterfactuals"]["found"] for name in cases()]
    assert sum(map(bool, found)) > len(found) / 2
    assert {len(way["changes"]) for ways in found for way in ways} >= {1, 2, 3, 4}
    assert {way["whose"] for ways in found for way in ways} == {"asset", "venue", "both"}
