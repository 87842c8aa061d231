"""Shipped snapshots at shipped venues, taken apart into single facts and put together without some."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import BaseModel

from pegmark.engine.bounds import beyond_bounds
from pegmark.engine.decide import Layer, Terms, settle
from pegmark.errors import FactsError
from pegmark.facts.model import Facts
from pegmark.facts.snapshot import Snapshot, take
from pegmark.usecases.assess import Question, prepare
from pegmark.usecases.desk import Book, Desk

SIZES = (1e5, 1e6, 1e7, 1e8)
Claims = Mapping[str, Any]
"""Validated claims (bare, stated or unknown) by the name of the fact."""


@dataclass(frozen=True, slots=True)
class Shipped:
    """One snapshot at one venue; `claims` holds every fact submitted, the venue's included."""

    name: str
    asset: str
    as_of: str
    book: Book
    layer: Layer | None
    facts: BaseModel
    venue: BaseModel
    claims: Claims

    def settle(self, claims: Claims | None = None) -> Terms | None:
        """Decide with `claims` instead of all; None where they contradict each other."""
        given = self.claims if claims is None else claims
        snapshot = self._take(given)
        if snapshot is None:
            return None
        layer = self.layer if snapshot.layers else None
        return settle(self.book.compiled, snapshot, SIZES, layer)

    def _take(self, claims: Claims) -> Snapshot | None:
        groups: dict[str, dict[str, Any]] = {}
        for name, claim in claims.items():
            group, _, attribute = name.partition(".")
            groups.setdefault(group, {})[attribute] = claim
        venue = type(self.venue).model_construct(**groups.pop("venue", {}))
        parts = {g: _model(g).model_construct(**found) for g, found in groups.items()}
        facts = type(self.facts).model_construct(**parts)
        try:
            found = take(asset=self.asset, as_of=self.as_of, facts=facts, venue=venue, venue_name="test")
        except FactsError:
            return None
        return None if beyond_bounds(self.book.compiled, found) else found


def _model(group: str) -> type[BaseModel]:
    """Return the model of a group of facts, of which this asset may have none."""
    model: type[BaseModel] = get_args(Facts.model_fields[group].annotation)[0]
    return model


def shipped(desk: Desk) -> list[Shipped]:
    """Return every snapshot at every venue."""
    found = []
    for asset in desk.catalogue.assets():
        for stored in desk.catalogue.snapshots(asset):
            for venue in desk.catalogue.venues():
                case = prepare(desk, Question(stored.as_of, asset, venue=venue.id, sizes=SIZES))
                claims = {f"{group}.{fact}": claim for group, fact, claim in _claims(stored.facts)}
                facts = venue.towards(asset)
                claims |= {f"venue.{name}": claim for name, claim in _set(facts)}
                name = f"{asset} {stored.as_of} at {venue.id}"
                parts = (case.book, case.layer, stored.facts, facts, claims)
                found.append(Shipped(name, asset, stored.as_of, *parts))
    return found


def _claims(facts: BaseModel) -> list[tuple[str, str, Any]]:
    return [(group, name, claim) for group, part in _set(facts) for name, claim in _set(part)]


def _set(model: BaseModel) -> list[tuple[str, Any]]:
    given = [
        (name, getattr(model, name)) for name in type(model).model_fields if name in model.model_fields_set
    ]
    return [(name, value) for name, value in given if value is not None]
