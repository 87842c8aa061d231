"""`/v1/assets`: what is stored of assets, as of each date."""

from __future__ import annotations

from bisect import bisect_right
from typing import Annotated, Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import PathParameter, QueryParameter

from pegmark.api.operation import Link, Operation, declared
from pegmark.api.refusals import Refusal
from pegmark.api.replies import Document, reply
from pegmark.api.schemas.catalogue import AssetEntry, AssetPage, StoredSnapshotReply
from pegmark.usecases.catalogue import Catalogue, StoredSnapshot
from pegmark.usecases.desk import Desk

LIST_ASSETS = Operation(
    id="list_assets",
    tag="assets",
    summary="List stored assets",
    description=(
        "Sorted by name, without regard to case, each with its snapshots. Follow `next` until it is null."
    ),
    answer=AssetPage,
    query=("limit", "cursor"),
    has_etag=True,
    links={"asset": Link("get_asset", {"asset": "$response.body#/items/0/asset"})},
)
GET_ASSET = Operation(
    id="get_asset",
    tag="assets",
    summary="Get one asset and its snapshots",
    description="A question is answered by the latest snapshot that is not after its `as_of`.",
    answer=AssetEntry,
    errors=(404,),
    has_etag=True,
    links={
        "snapshot": Link(
            "get_snapshot",
            {"asset": "$response.body#/asset", "as_of": "$response.body#/snapshots/0/as_of"},
        )
    },
)
GET_SNAPSHOT = Operation(
    id="get_snapshot",
    tag="assets",
    summary="Get one snapshot, with its facts",
    description=(
        "The facts as they are stored, each with its source; `as_of` must be one of those the asset lists. "
        "`facts` has the form that `POST /v1/assessments` takes."
    ),
    answer=StoredSnapshotReply,
    errors=(404,),
    has_etag=True,
    links={
        "assess": Link("assess", body={"asset": "$response.body#/asset", "as_of": "$response.body#/as_of"})
    },
)

Asset = Annotated[
    str, PathParameter(description="The asset's name, case-sensitive: `GET /v1/assets` lists them.")
]
AsOf = Annotated[str, PathParameter(description="When the snapshot was true: a date, or an instant.")]
Limit = Annotated[int, QueryParameter(ge=1, le=100, description="How many items a page has at most.")]
Cursor = Annotated[
    str | None,
    QueryParameter(max_length=128, pattern="^([0-9a-f]{2})+$", description="`next` of the page before."),
]


def routes(desk: Desk) -> list[HTTPRouteHandler]:
    """Return the handlers of this area."""
    catalogue = desk.catalogue
    names = sorted(catalogue.assets(), key=_place)
    entries = {name: _entry(catalogue, name) for name in names}
    assets = {name: Document.json(entry) for name, entry in entries.items()}
    snapshots = {
        (name, stored.as_of): Document.json(_snapshot(stored))
        for name in names
        for stored in catalogue.snapshots(name)
    }

    @get("/v1/assets", sync_to_thread=False, **declared(LIST_ASSETS))
    def list_assets(
        request: Request[Any, Any, Any], limit: Limit = 50, cursor: Cursor = None
    ) -> Response[bytes]:
        # A cursor is the name that a page ended with; hex, since `+` may stand in a name.
        last = bytes.fromhex(cursor or "").decode(errors="replace")
        start = bisect_right(names, _place(last), key=_place)
        page = names[start : start + limit]
        following = page[-1].encode().hex() if start + limit < len(names) else None
        return reply(request, Document.json({"items": [entries[name] for name in page], "next": following}))

    @get("/v1/assets/{asset:str}", sync_to_thread=False, **declared(GET_ASSET))
    def get_asset(request: Request[Any, Any, Any], asset: Asset) -> Response[bytes]:
        catalogue.snapshots(asset)  # raises `NotFound`, with what may have been meant
        return reply(request, assets[asset])

    @get("/v1/assets/{asset:str}/snapshots/{as_of:str}", sync_to_thread=False, **declared(GET_SNAPSHOT))
    def get_snapshot(request: Request[Any, Any, Any], asset: Asset, as_of: AsOf) -> Response[bytes]:
        known = [stored.as_of for stored in catalogue.snapshots(asset)]
        if as_of not in known:
            detail = f"nothing is stored on `{asset}` as of `{as_of}`"
            raise Refusal.of(
                "H4041", detail, help=f"it is stored as of {', '.join(known)}", parameter="as_of"
            )
        return reply(request, snapshots[asset, as_of])

    return [list_assets, get_asset, get_snapshot]


def _place(name: str) -> tuple[str, str]:
    """Return what assets are sorted by."""
    return name.casefold(), name


def _entry(catalogue: Catalogue, name: str) -> dict[str, Any]:
    snapshots = [
        {
            "as_of": stored.as_of,
            "title": stored.title,
            "facts": sum(len(group) for group in stored.text.values()),
            "href": f"/v1/assets/{name}/snapshots/{stored.as_of}",
        }
        for stored in catalogue.snapshots(name)
    ]
    return {"asset": name, "snapshots": snapshots, "href": f"/v1/assets/{name}"}


def _snapshot(stored: StoredSnapshot) -> dict[str, Any]:
    return {
        "asset": stored.asset,
        "as_of": stored.as_of,
        "title": stored.title,
        "note": stored.note,
        "facts": stored.text,
    }
