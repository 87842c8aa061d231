"""Stored assets and venues."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from pegmark.api.schemas.shared import Href, Reply


class SnapshotEntry(Reply):
    """One snapshot of an asset, without its facts."""

    as_of: str
    title: str | None
    facts: int = Field(ge=0, description="How many facts it states.")
    href: Href


class AssetEntry(Reply):
    """An asset and its snapshots, oldest first."""

    asset: str
    snapshots: list[SnapshotEntry]
    href: Href


class AssetPage(Reply):
    """One page of assets."""

    items: list[AssetEntry]
    next: str | None = Field(description="Give it as `cursor` for the next page; null on the last.")


class StoredSnapshotReply(Reply):
    """One snapshot as it is stored; a bare fact is as of the snapshot."""

    asset: str
    as_of: str
    title: str | None
    note: str | None
    facts: dict[str, dict[str, Any]]


class VenueEntry(Reply):
    """A stored venue; without `as_of` its facts hold at any time."""

    venue: str
    as_of: str | None
    title: str | None
    note: str | None
    facts: dict[str, Any]
    assets: dict[str, dict[str, Any]] = Field(
        description="Facts towards single assets; they win over `facts`."
    )
    href: Href


class VenuePage(Reply):
    """All stored venues."""

    items: list[VenueEntry]
    next: None
