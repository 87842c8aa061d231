"""Snapshots and venues from YAML files, read and validated once, when the process starts."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from operator import attrgetter
from pathlib import Path
from typing import Any

import orjson
import yaml
from pydantic import BaseModel, ValidationError

from pegmark.errors import FactProblem, FactsError, NotFound
from pegmark.facts.model import AssetName, Facts, Line, Strict, VenueFacts, When
from pegmark.facts.snapshot import moment

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class SnapshotFile(Strict):
    """What is known of an asset at one moment; a bare fact is as of that moment."""

    asset: AssetName
    as_of: When
    title: Line | None = None
    note: Line | None = None
    facts: Facts  # type: ignore[valid-type]


class VenueFile(Strict):
    """A venue; with `as_of`, a bare fact is as of that moment, without, it holds at any."""

    venue: AssetName
    as_of: When | None = None
    title: Line | None = None
    note: Line | None = None
    facts: VenueFacts  # type: ignore[valid-type]


@dataclass(frozen=True, slots=True)
class StoredSnapshot:
    """All that is stored of one asset at one moment: `facts` for deciding, `text` as written."""

    asset: str
    as_of: str
    at: datetime
    title: str | None
    note: str | None
    facts: BaseModel
    text: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class StoredVenue:
    """A venue that a question may name."""

    id: str
    as_of: str | None
    title: str | None
    note: str | None
    facts: BaseModel
    text: Mapping[str, Any]


class Fixtures:
    """The catalogue of a folder with `snapshots` and `venues`."""

    def __init__(self, folder: Path) -> None:
        """Read everything; raises `FactsError` naming the first file that cannot be used."""
        self._snapshots: dict[str, list[StoredSnapshot]] = {}
        for path in sorted((folder / "snapshots").rglob("*.yaml")):
            snapshot = _snapshot(path)
            self._snapshots.setdefault(snapshot.asset, []).append(snapshot)
        for snapshots in self._snapshots.values():
            snapshots.sort(key=attrgetter("at"))
        found = [_venue(path) for path in sorted((folder / "venues").rglob("*.yaml"))]
        self._venues = {venue.id: venue for venue in sorted(found, key=attrgetter("id"))}

    def assets(self) -> Sequence[str]:
        """Return the names of all assets, sorted without regard to case."""
        return sorted(self._snapshots, key=str.casefold)

    def snapshots(self, asset: str) -> Sequence[StoredSnapshot]:
        """Return the snapshots of an asset, oldest first; raises `NotFound`."""
        if asset not in self._snapshots:
            raise NotFound("asset", asset, _nearest(asset, self._snapshots))
        return self._snapshots[asset]

    def in_force(self, asset: str, at: datetime) -> StoredSnapshot | None:
        """Return the latest snapshot of an asset that is not after `at`; raises `NotFound`."""
        snapshots = self.snapshots(asset)
        n = bisect_right(snapshots, at, key=attrgetter("at"))
        return snapshots[n - 1] if n else None

    def venues(self) -> Sequence[StoredVenue]:
        """Return all venues, sorted by id."""
        return list(self._venues.values())

    def venue(self, name: str) -> StoredVenue:
        """Return a venue; raises `NotFound`."""
        if name not in self._venues:
            raise NotFound("venue", name, _nearest(name, self._venues))
        return self._venues[name]


def dated(facts: Mapping[str, Any], as_of: str) -> dict[str, Any]:
    """Return groups of facts with every fact that says no date as of `as_of`.

    >>> dated({"peg": {"discount_now": 0.01}}, "2025-10-09")
    {'peg': {'discount_now': {'value': 0.01, 'as_of': '2025-10-09'}}}
    """
    return {
        group: {name: _dated(claim, as_of) for name, claim in claims.items()}
        for group, claims in facts.items()
    }


def _dated(claim: Any, as_of: str) -> dict[str, Any]:
    return (
        {**claim, "as_of": claim.get("as_of", as_of)}
        if isinstance(claim, dict)
        else {"value": claim, "as_of": as_of}
    )


def _nearest(name: str, names: Mapping[str, Any]) -> list[str]:
    folded = {known.casefold(): known for known in names}
    return [folded[near] for near in get_close_matches(name.casefold(), folded, n=2)]


def _snapshot(path: Path) -> StoredSnapshot:
    text, file = _read(path, SnapshotFile)
    facts = _validated(path, Facts, dated(text["facts"], file.as_of))
    return StoredSnapshot(
        file.asset, file.as_of, moment(file.as_of), file.title, file.note, facts, text["facts"]
    )


def _venue(path: Path) -> StoredVenue:
    text, file = _read(path, VenueFile)
    facts = file.facts
    if file.as_of is not None:
        facts = _validated(path, VenueFacts, dated({"venue": text["facts"]}, file.as_of)["venue"])
    return StoredVenue(file.venue, file.as_of, file.title, file.note, facts, text["facts"])


def _read(path: Path, model: type[BaseModel]) -> tuple[dict[str, Any], Any]:
    with path.open("rb") as opened:
        # Through JSON, so that YAML's dates are text and the model is as strict as it is over HTTP.
        text = orjson.loads(orjson.dumps(yaml.load(opened, Loader=_LOADER)))  # noqa: S506 - a safe loader
    return text, _validated(path, model, text)


def _validated(path: Path, model: type[BaseModel], text: Any) -> Any:
    try:
        return model.__pydantic_validator__.validate_json(orjson.dumps(text), strict=True)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)
        raise FactsError(
            FactProblem("/" + "/".join(map(str, e["loc"])), "Q0009", f"{path.name}: {e['msg']}")
            for e in found
        ) from None
