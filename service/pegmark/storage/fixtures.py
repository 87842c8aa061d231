"""Snapshots and venues from YAML files, read and validated once, when the process starts.

A file that cannot be used stops the process, with every problem of that file and where in it each
stands.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from operator import attrgetter
from pathlib import Path
from typing import Any, NoReturn

from pydantic import BaseModel, ValidationError

from pegmark.errors import FactProblem, FactsError, NotFound
from pegmark.facts.model import AssetName, Facts, Line, Part, VenueFacts, When
from pegmark.facts.snapshot import LATEST, moment, take
from pegmark.problems import Problem
from pegmark.storage.documents import Document, from_yaml


class SnapshotFile(Part):
    """What is known of an asset at one moment; a bare fact is as of that moment."""

    asset: AssetName
    as_of: When
    title: Line | None = None
    note: Line | None = None
    facts: Facts  # type: ignore[valid-type]  # made when the module is loaded


class VenueFile(Part):
    """A venue; with `as_of`, a bare fact is as of that moment, without, it holds at any.

    `assets` holds what is otherwise towards single assets: there its facts win over `facts`.
    """

    venue: AssetName
    as_of: When | None = None
    title: Line | None = None
    note: Line | None = None
    facts: VenueFacts  # type: ignore[valid-type]  # made when the module is loaded
    assets: dict[AssetName, VenueFacts] | None = None  # type: ignore[valid-type]  # as above


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
    """A venue that a question may name.

    `facts` are those towards any asset; `assets` holds whole sets of facts towards single ones.
    """

    id: str
    as_of: str | None
    title: str | None
    note: str | None
    facts: BaseModel
    assets: Mapping[str, BaseModel]
    text: Mapping[str, Any]
    asset_texts: Mapping[str, Mapping[str, Any]]

    def towards(self, asset: str | None) -> BaseModel:
        """Return the facts of the venue as it takes `asset`."""
        return self.facts if asset is None else self.assets.get(asset, self.facts)


class Fixtures:
    """The catalogue of a folder with `snapshots` and `venues`."""

    def __init__(self, folder: Path) -> None:
        """Read everything; raises `FactsError` naming the first file that cannot be used."""
        self._snapshots: dict[str, list[StoredSnapshot]] = {}
        moments: dict[tuple[str, datetime], str] = {}
        for path in _files(folder / "snapshots"):
            snapshot = _snapshot(path)
            first = moments.setdefault((snapshot.asset, snapshot.at), path.name)
            if first != path.name:
                _refuse(path.name, f"`{snapshot.asset}` at {snapshot.as_of} stands in `{first}` already")
            self._snapshots.setdefault(snapshot.asset, []).append(snapshot)
        for snapshots in self._snapshots.values():
            snapshots.sort(key=attrgetter("at"))
        venues: dict[str, tuple[StoredVenue, str]] = {}
        for path in _files(folder / "venues"):
            venue = _venue(path)
            _, other = venues.setdefault(venue.id, (venue, path.name))
            if other != path.name:
                _refuse(path.name, f"venue `{venue.id}` stands in `{other}` already")
        self._venues = {name: venues[name][0] for name in sorted(venues)}

    def assets(self) -> Sequence[str]:
        """Return the names of all assets, sorted without regard to case."""
        return sorted(self._snapshots, key=str.casefold)

    def snapshots(self, asset: str) -> Sequence[StoredSnapshot]:
        """Return the snapshots of an asset, oldest first; raises `NotFound`."""
        if asset not in self._snapshots:
            raise NotFound("asset", asset, _alike(asset, self._snapshots))
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
            raise NotFound("venue", name, _alike(name, self._venues))
        return self._venues[name]


def dated(facts: Mapping[str, Any], as_of: str) -> dict[str, Any]:
    """Return groups of facts with every fact that says no date as of `as_of`; null is absent.

    >>> dated({"peg": {"discount_now": 0.01}}, "2025-10-09")
    {'peg': {'discount_now': {'value': 0.01, 'as_of': '2025-10-09'}}}
    """
    return {
        group: {name: _dated(claim, as_of) for name, claim in claims.items() if claim is not None}
        for group, claims in facts.items()
        if claims is not None
    }


def _dated(claim: Any, as_of: str) -> dict[str, Any]:
    return (
        {**claim, "as_of": claim.get("as_of", as_of)}
        if isinstance(claim, dict)
        else {"value": claim, "as_of": as_of}
    )


def _alike(name: str, names: Iterable[str]) -> list[str]:
    folded = {known.casefold(): known for known in names}
    return [folded[near] for near in get_close_matches(name.casefold(), folded, n=2)]


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        _refuse(folder.name, "there is no such folder", f"make `{folder}`, or set PEGMARK_FIXTURES")
    return sorted(folder.rglob("*.yaml"))


def _snapshot(path: Path) -> StoredSnapshot:
    text, file = _read(path, SnapshotFile)
    facts = _validated(text, Facts, dated(text.data["facts"], file.as_of), ("facts",))
    # What a rulebook declares for itself is checked against that rulebook, by whoever asks.
    general = facts.model_copy(update={"custom": None})
    try:
        take(asset=file.asset, as_of=file.as_of, facts=general, venue=None, venue_name="")
    except FactsError as refused:
        _refuse_facts(text, refused)
    return StoredSnapshot(
        file.asset, file.as_of, moment(file.as_of), file.title, file.note, facts, text.data["facts"]
    )


def _venue(path: Path) -> StoredVenue:
    text, file = _read(path, VenueFile)
    general = text.data["facts"]
    single = text.data.get("assets") or {}
    return StoredVenue(
        file.venue,
        file.as_of,
        file.title,
        file.note,
        _venue_facts(text, file, general, ("facts",)),
        {
            name: _venue_facts(text, file, {**general, **own}, ("assets", name))
            for name, own in single.items()
        },
        general,
        single,
    )


def _venue_facts(text: Document, file: Any, said: Mapping[str, Any], at: tuple[str, ...]) -> BaseModel:
    """Return what a venue says, as a model, once it can be used."""
    data = said if file.as_of is None else dated({"venue": said}, file.as_of)["venue"]
    facts: BaseModel = _validated(text, VenueFacts, data, at)
    as_of = file.as_of or LATEST.isoformat()
    try:
        take(
            asset=None,
            as_of=as_of,
            facts=None,
            venue=facts,
            venue_name=file.venue,
            venue_pointer="".join(f"/{key}" for key in at),
        )
    except FactsError as refused:
        _refuse_facts(text, refused)
    return facts


def _read(path: Path, model: type[BaseModel]) -> tuple[Document, Any]:
    found = from_yaml(path.read_bytes(), path.name)
    if not isinstance(found, Document):
        raise FactsError(_of_form(path.name, problem) for problem in found)
    return found, _validated(found, model, found.data)


def _of_form(name: str, problem: Problem) -> FactProblem:
    place = "" if problem.span is None else f":{problem.span.start.line}:{problem.span.start.column}"
    return FactProblem("", "Q0009", f"{name}{place}: {problem.message}", problem.help)


def _problem(text: Document, path: Sequence[str | int], message: str, help: str | None = None) -> FactProblem:
    """Return a problem with the value at `path`, or with what is nearest above it."""
    at, keys = text.place(path)
    pointer = "".join(f"/{key}" for key in keys)
    place = "" if at is None else f":{at.line}:{at.column}"
    return FactProblem(pointer, "Q0009", f"{text.name}{place}: {message}", help)


def _validated(text: Document, model: type[BaseModel], data: Any, at: tuple[str, ...] = ()) -> Any:
    try:
        return model.__pydantic_validator__.validate_python(data, strict=True)
    except ValidationError as refused:
        found = refused.errors(include_url=False, include_input=False)
    raise FactsError(_problem(text, (*at, *error["loc"]), *_worded(error)) for error in found)


def _worded(error: Any) -> tuple[str, str | None]:
    match error["type"], error["loc"]:
        case "extra_forbidden", _:
            return "there is no such key", "`pegmark facts` lists what may be known"
        case "missing", (*_, key):
            return f"the key `{key}` is missing", None
    message = error["msg"].removeprefix("Input ")
    return message[:1].lower() + message[1:], None


def _refuse_facts(text: Document, refused: FactsError) -> NoReturn:
    raise FactsError(
        _problem(text, p.pointer.split("/")[1:], f"{p.message} [{p.code}]", p.help) for p in refused.problems
    ) from None


def _refuse(name: str, message: str, help: str | None = None) -> NoReturn:
    raise FactsError([FactProblem("", "Q0009", f"{name}: {message}", help)])
