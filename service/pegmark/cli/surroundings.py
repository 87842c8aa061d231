"""What a decision does not say and a reader wants to know: titles, dates of facts, what lies beneath."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel

from pegmark.cli.questions import Asked
from pegmark.errors import NotFound
from pegmark.facts.model import Stated
from pegmark.facts.snapshot import moment
from pegmark.usecases.assess import REFERENCE
from pegmark.usecases.desk import Desk


@dataclass(frozen=True, slots=True)
class Beneath:
    """An asset that backs the one decided, with what share, and since when it is known so."""

    asset: str
    share: float
    as_of: str | None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands around a decision."""

    rulebook: str
    title: str | None = None
    facts: str | None = None
    venue_title: str | None = None
    layers: tuple[Beneath, ...] = ()


def surroundings(desk: Desk, asked: Asked) -> Surroundings:
    """Return what stands around the decision of a question."""
    question = asked.question
    title, facts, source = asked.title, question.facts, None
    if facts is None and question.asset is not None:
        stored = desk.catalogue.in_force(question.asset, moment(question.as_of))
        assert stored is not None  # noqa: S101 - it has been decided
        title, facts, source = stored.title, stored.facts, stored.as_of
    venue_title = asked.venue_title
    if venue_title is None and not isinstance(question.venue, BaseModel):
        venue_title = desk.catalogue.venue(question.venue or REFERENCE).title
    program = desk.book(None).program
    return Surroundings(
        f"{program.id} {program.version}",
        title,
        source,
        venue_title,
        _layers(desk, asked, facts),
    )


def _layers(desk: Desk, asked: Asked, facts: BaseModel | None) -> tuple[Beneath, ...]:
    claim = getattr(getattr(facts, "backing", None), "components", None)
    components = claim.value if isinstance(claim, Stated) else claim
    shares: dict[str, float] = {}
    for component in components if isinstance(components, list) else ():
        if component.asset is not None:
            shares[component.asset] = shares.get(component.asset, 0.0) + component.share
    return tuple(Beneath(asset, share, _known_since(desk, asked, asset)) for asset, share in shares.items())


def _known_since(desk: Desk, asked: Asked, asset: str) -> str | None:
    question = asked.question
    if question.layers and asset in question.layers:
        return None if question.layers[asset] is None else question.as_of
    try:
        stored = desk.catalogue.in_force(asset, moment(question.as_of))
    except NotFound:
        return None
    return None if stored is None else stored.as_of
