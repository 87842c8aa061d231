"""What is stored, read when something of it is first asked for: a population may state all that it asks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property
from pathlib import Path

from pegmark.cli.refusal import Refused
from pegmark.errors import FactsError
from pegmark.problems import Problem
from pegmark.storage.fixtures import Fixtures, StoredSnapshot, StoredVenue


class Stored:
    """The catalogue of a folder; whatever is asked of it raises `Refused` where a file cannot be used.

    Not `FactsError`: it is not the question that is at fault.
    """

    def __init__(self, folder: Path) -> None:
        """Read nothing yet."""
        self._folder = folder

    @cached_property
    def _found(self) -> Fixtures:
        try:
            return Fixtures(self._folder)
        except FactsError as error:
            raise Refused(Problem(p.code, p.message, None, p.help) for p in error.problems) from None

    def assets(self) -> Sequence[str]:
        """Return the names of all assets, sorted without regard to case."""
        return self._found.assets()

    def snapshots(self, asset: str) -> Sequence[StoredSnapshot]:
        """Return the snapshots of an asset, oldest first; raises `NotFound`."""
        return self._found.snapshots(asset)

    def in_force(self, asset: str, at: datetime) -> StoredSnapshot | None:
        """Return the latest snapshot of an asset that is not after `at`; raises `NotFound`."""
        return self._found.in_force(asset, at)

    def venues(self) -> Sequence[StoredVenue]:
        """Return all venues, sorted by id."""
        return self._found.venues()

    def venue(self, name: str) -> StoredVenue:
        """Return a venue; raises `NotFound`."""
        return self._found.venue(name)
