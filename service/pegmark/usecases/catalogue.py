"""What a question may name instead of spelling it out: stored assets and stored venues."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from pegmark.storage.fixtures import StoredSnapshot, StoredVenue

__all__ = ["Catalogue", "StoredSnapshot", "StoredVenue"]


class Catalogue(Protocol):
    """Where stored assets and venues are looked up; `pegmark.storage` satisfies it."""

    def assets(self) -> Sequence[str]:
        """Return the names of all assets, sorted."""
        ...

    def snapshots(self, asset: str) -> Sequence[StoredSnapshot]:
        """Return the snapshots of an asset, oldest first; raises `NotFound`."""
        ...

    def in_force(self, asset: str, at: datetime) -> StoredSnapshot | None:
        """Return the latest snapshot of an asset that is not after `at`; raises `NotFound`."""
        ...

    def venues(self) -> Sequence[StoredVenue]:
        """Return all venues, sorted by id."""
        ...

    def venue(self, name: str) -> StoredVenue:
        """Return a venue; raises `NotFound`."""
        ...
