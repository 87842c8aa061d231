"""`/v1/venues`: the venues that a question may name."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import PathParameter

from pegmark.api.operation import Link, Operation, declared
from pegmark.api.replies import Document, reply
from pegmark.api.schemas.catalogue import VenueEntry, VenuePage
from pegmark.usecases.catalogue import StoredVenue
from pegmark.usecases.desk import Desk

LIST_VENUES = Operation(
    id="list_venues",
    tag="venues",
    summary="List stored venues",
    description="The venues that `venue` of a question may name. `reference` is taken where it names none.",
    answer=VenuePage,
    has_etag=True,
    links={"venue": Link("get_venue", {"venue": "$response.body#/items/0/venue"})},
)
GET_VENUE = Operation(
    id="get_venue",
    tag="venues",
    summary="Get one venue, with its facts",
    description=(
        "`facts` has the form that `venue` of `POST /v1/assessments` takes; "
        "`assets` says what is otherwise towards single assets."
    ),
    answer=VenueEntry,
    errors=(404,),
    has_etag=True,
)

Venue = Annotated[str, PathParameter(description="The venue's id: `GET /v1/venues` lists them.")]


def routes(desk: Desk) -> list[HTTPRouteHandler]:
    """Return the handlers of this area."""
    entries = {venue.id: _entry(venue) for venue in desk.catalogue.venues()}
    page = Document.json({"items": list(entries.values()), "next": None})
    venues = {name: Document.json(entry) for name, entry in entries.items()}

    @get("/v1/venues", sync_to_thread=False, **declared(LIST_VENUES))
    def list_venues(request: Request[Any, Any, Any]) -> Response[bytes]:
        return reply(request, page)

    @get("/v1/venues/{venue:str}", sync_to_thread=False, **declared(GET_VENUE))
    def get_venue(request: Request[Any, Any, Any], venue: Venue) -> Response[bytes]:
        return reply(request, venues[desk.catalogue.venue(venue).id])

    return [list_venues, get_venue]


def _entry(venue: StoredVenue) -> dict[str, Any]:
    return {
        "venue": venue.id,
        "as_of": venue.as_of,
        "title": venue.title,
        "note": venue.note,
        "facts": venue.text,
        "assets": venue.asset_texts,
        "href": f"/v1/venues/{venue.id}",
    }
