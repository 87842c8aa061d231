"""Frames: a row an asset at a moment before a venue, decided in columns.

Columns are `asset`, `as_of`, `venue` (a stored one's name), `size_usd`, facts by the names that `pegmark
facts` lists, `backing.share.<kind>` for what backs it, and `<fact>.estimated` where a value is one. A cell
that is empty is unknown, also of a venue: where there are columns of one, no other is meant. What is wrong
is named with its row and column; nothing is converted but whole numbers to decimals.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import inf
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pegmark.engine.bounds import beyond_bounds
from pegmark.engine.compiled import Compiled
from pegmark.engine.vector import Block, Vector, columns, decide, worse_than_bounds
from pegmark.engine.writer import submitted
from pegmark.errors import FactsError, NotFound
from pegmark.facts.components import BASIS, COMPONENTS
from pegmark.facts.consistency import NESTED, TOLERANCE, contradictions
from pegmark.facts.model import Component
from pegmark.facts.snapshot import EARLIEST, LATEST, Snapshot, Value, moment, spelled
from pegmark.facts.vocabulary import COMPONENT_KINDS, FACTS, FactSpec
from pegmark.history.cells import (
    MOST_NAMED,
    Column,
    Distinct,
    Fault,
    FrameError,
    Rows,
    distinct,
    flags_of,
    held_as,
    known_in,
    members_of,
    moment_of,
    numbers,
    on_grid,
    texts_of,
)
from pegmark.history.told import alike_column, mattered, said_of, said_of_one

PLAIN = ("asset", "as_of", "venue", "size_usd")
SHARE = "backing.share."
ESTIMATED = ".estimated"
LEAST_SIZE, MOST_SIZE = 1.0, 1e12


class Venues(Protocol):
    """What is stored of venues; None is the one that is meant where nothing is said."""

    def facts(self, name: str | None, asset: str | None, at: str) -> Mapping[str, Value]:
        """Return the facts of a venue towards an asset at a moment; raises `NotFound`, or `FactsError`."""
        ...

    def turns(self, name: str | None) -> Sequence[datetime]:
        """Return, in order, the moments after which something else is known of a venue than before."""
        ...


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of every row besides what it states."""

    as_of: str | None = None
    venue: str | None = None
    sizes: Sequence[float] = (1_000_000.0,)


@dataclass(frozen=True, slots=True)
class Found:
    """What is decided of the rows of a batch, as a table; and what is wrong with those that are not in it."""

    table: Any
    faults: Sequence[Fault]
    refused: int


class Frames:
    """Decides frames by a rulebook."""

    def __init__(self, compiled: Compiled, custom: Mapping[str, FactSpec], venues: Venues) -> None:
        """Prepare nothing yet: what is needed is made for the days that are asked about."""
        self.compiled = compiled
        self.specs: dict[str, FactSpec] = {**FACTS, **custom}
        self._venues = venues
        self._vectors: dict[int, Vector] = {}

    def check(self, names: Sequence[str], asked: Asked) -> None:
        """Refuse columns that say nothing; raises `FrameError` with all of them."""
        faults = []
        groups = {name.partition(".")[0] for name in names if "." in name}
        for n, name in enumerate(names):
            base = name.removesuffix(ESTIMATED)
            if name in names[:n]:
                faults.append(Fault(None, name, "it stands twice"))
            elif name == COMPONENTS:
                faults.append(Fault(None, name, f"give a column a kind, as `{SHARE}cash`"))
            elif not (name in PLAIN or self._is_share(name) or (base in self.specs and base != COMPONENTS)):
                faults.append(Fault(None, name, "no fact is called so; `pegmark facts` lists them"))
        if "as_of" not in names and asked.as_of is None:
            faults.append(Fault(None, "as_of", "there is no such column, and no date is given"))
        if "venue" in groups and ("venue" in names or asked.venue is not None):
            faults.append(Fault(None, "venue", "a venue is given by name and by facts; keep one"))
        if faults:
            raise FrameError(faults)

    def type_of(self, name: str) -> Any:
        """Return what a column holds, as arrow's type."""
        if name.endswith(ESTIMATED):
            return pa.bool_()
        spec = self.specs.get(name)
        if name in ("asset", "as_of", "venue") or (spec is not None and spec.kind == "enum"):
            return pa.string()
        return pa.bool_() if spec is not None and spec.kind == "bool" else pa.float64()

    @staticmethod
    def _is_share(name: str) -> bool:
        return name.startswith(SHARE) and name.removeprefix(SHARE) in COMPONENT_KINDS

    def decide(self, batch: Any, asked: Asked, first: int = 0) -> Found:
        """Decide the rows of a record batch, the first of which is row `first` + 1 of all."""
        rows = Rows(batch.num_rows)
        rows.bad = np.zeros(rows.count, np.bool_)
        names = batch.schema.names
        given = dict(zip(names, batch.columns, strict=True))
        moments, epochs = self._days(rows, given.get("as_of"), asked.as_of)
        for name, column in given.items():
            if name.endswith(ESTIMATED):
                rows.estimated[name.removesuffix(ESTIMATED)] = flags_of(rows, name, column) == 1
            elif name not in PLAIN and not self._is_share(name):
                rows.values[name] = self._values(rows, name, column)
        self._shares(rows, {n: c for n, c in given.items() if self._is_share(n)})
        if not any(name.startswith("venue.") for name in names):
            venues = texts_of(given.get("venue"), rows.count, asked.venue)
            self._venue_facts(rows, venues, texts_of(given.get("asset"), rows.count), moments)
        sizes = self._sizes(rows, given.get("size_usd"), asked.sizes)
        self._refuse_contradictions(rows, moments)
        parts, places = [], []
        for epoch in np.unique(epochs[~rows.bad]).tolist():
            vector = self._vector(epoch)
            where = np.flatnonzero((epochs == epoch) & ~rows.bad)
            block = self._block(vector, rows, where)
            self._refuse_beyond(rows, vector, block, where, moments)
            if rows.bad[where].any():
                where = where[~rows.bad[where]]
                block = self._block(vector, rows, where)
            if len(where):
                at = [size[where] if isinstance(size, np.ndarray) else size for size in sizes]
                parts.append(self._told(vector, rows, block, at, where, moments))
                places.append(where)
        table = pa.concat_tables(parts) if parts else None
        if table is not None:
            place = np.concatenate(places)
            order = np.argsort(place, kind="stable")
            said = {"row": pa.array(place[order] + first + 1, pa.int64())}
            if "asset" in given:
                said["asset"] = given["asset"].take(pa.array(place[order]))
            if "as_of" in given:
                said["as_of"] = given["as_of"].take(pa.array(place[order]))
            table = table.take(pa.array(order))
            for n, (name, column) in enumerate(said.items()):
                table = table.add_column(n, name, column)
        faults = sorted(fault._replace(row=(fault.row or 0) + first + 1) for fault in rows.faults)
        return Found(table, faults, int(rows.bad.sum()))

    # Reading

    def _days(self, rows: Rows, column: Any, as_of: str | None) -> tuple[Distinct, NDArray[np.int64]]:
        """Return the moment of each row, None where that is refused, and the place of the params then."""
        cells = distinct(column, rows.count, as_of)
        texts = [moment_of(cell) for cell in cells.values]
        epochs = [self._epoch(text) for text in texts]
        wrong = np.array([isinstance(epoch, str) for epoch in epochs], np.bool_)[cells.place]
        rows.refuse(wrong, "as_of", lambda row: str(epochs[cells.place[row]]))
        usable = [None if isinstance(e, str) else text for text, e in zip(texts, epochs, strict=True)]
        places = np.array([-1 if isinstance(epoch, str) else epoch for epoch in epochs], np.int64)
        return Distinct(usable, cells.place), places[cells.place]

    def _epoch(self, text: Any) -> int | str:
        """Return the place of the params in force at a moment, or why there are none."""
        starts = self.compiled.starts
        if text is None:
            return "there is no date"
        try:
            day = moment(text).date() if isinstance(text, str) else None
        except (ValueError, OverflowError):
            day = None
        if day is None or not EARLIEST <= day <= LATEST:
            return f"`{str(text)[:40]}` is no date"
        if day < starts[0]:
            return f"the rulebook has no parameters before {starts[0]}"
        return sum(start <= day for start in starts) - 1

    def _values(self, rows: Rows, name: str, column: Any) -> Column:
        spec = self.specs[name]
        if spec.kind == "bool":
            return flags_of(rows, name, column)
        if spec.kind == "enum":
            return members_of(rows, name, column, spec.members)
        return numbers(rows, name, column, spec)

    def _shares(self, rows: Rows, given: Mapping[str, Any]) -> None:
        """Spread what backs an asset as `snapshot.spread` does; a kind of which there is 0 is not listed."""
        if not given:
            return
        spec = FactSpec("", "ratio", "none", "", "", low=0.0, high=10.0)
        shares = {
            name: np.nan_to_num(numbers(rows, name, column, spec), nan=0.0) for name, column in given.items()
        }
        total = np.zeros(rows.count)
        for share in shares.values():
            total = total + share
        listed = np.zeros(rows.count, np.bool_)
        for share in shares.values():
            listed |= share != 0.0
        rows.parts = shares
        basis = rows.values.get(BASIS)
        net = (
            np.zeros(rows.count, np.bool_)
            if basis is None
            else basis == self.specs[BASIS].members.index("net")
        )
        for kind in COMPONENT_KINDS:
            share = shares.get(SHARE + kind, np.zeros(rows.count))
            known = listed & (net | (share != 0.0))
            if kind == "undisclosed":
                share = np.where(net, share + np.maximum(0.0, 1.0 - total), share)
                known &= net | ~(total < 1.0)
            rows.values[SHARE + kind] = np.where(known, on_grid(share, "ratio"), np.nan)
        rows.values["backing.listed"] = np.where(listed, on_grid(total, "ratio"), np.nan)

    def _venue_facts(self, rows: Rows, venues: Distinct, assets: Distinct, moments: Distinct) -> None:
        """Take what is stored of the venue that each row names, as it takes the row's asset at the time."""
        spans = self._spans(venues, moments)
        combined = venues.place * len(assets.values) + assets.place
        combined = combined * (int(spans.max(initial=0)) + 1) + spans[venues.place, moments.place]
        _, rows_of, place = np.unique(combined, return_index=True, return_inverse=True)
        towards: list[Mapping[str, Value]] = []
        for n, row in enumerate(rows_of.tolist()):
            venue, asset = venues.values[venues.place[row]], assets.values[assets.place[row]]
            when = moments.values[moments.place[row]]
            if when is None:
                towards.append({})  # These rows are refused.
                continue
            try:
                towards.append(self._venues.facts(venue, asset, when))
            except (FactsError, NotFound) as error:
                towards.append({})
                message = str(error)
                rows.refuse(place == n, "venue", lambda _, message=message: message)  # type: ignore[misc]
        for name in dict.fromkeys(name for found in towards for name in found):
            said = [held_as(self.specs[name], found.get(name)) for found in towards]
            kind = self.specs[name].kind
            dtype: Any = np.int8 if kind == "bool" else np.int16 if kind == "enum" else np.float64
            rows.values[name] = np.array(said, dtype)[place]

    def _spans(self, venues: Distinct, moments: Distinct) -> NDArray[np.int64]:
        """Return, of each venue, in which span each moment lies: all that is known is the same in one."""
        found = []
        for name in venues.values:
            turns = self._venues.turns(name)
            found.append([0 if at is None else 1 + bisect_left(turns, moment(at)) for at in moments.values])
        return np.array(found, np.int64)

    def _sizes(self, rows: Rows, column: Any, sizes: Sequence[float]) -> list[Any]:
        if column is None:
            return list(sizes)
        spec = FactSpec("", "USD", "none", "", "", low=LEAST_SIZE, high=MOST_SIZE)
        found = numbers(rows, "size_usd", column, spec)
        rows.refuse(np.isnan(found), "size_usd", lambda _: "there is no size")
        return [found]

    # What contradicts itself

    def _refuse_contradictions(self, rows: Rows, moments: Distinct) -> None:
        where = np.zeros(rows.count, np.bool_)
        for found in _contradicting(rows.values, rows.parts, self.specs):
            where |= found
        for row in np.flatnonzero(where & ~rows.bad)[:MOST_NAMED].tolist():
            parts = [
                Component(kind=name.removeprefix(SHARE), share=float(share[row]))
                for name, share in rows.parts.items()
                if share[row]
            ]
            for problem in contradictions(self._row(rows, row, moments).values, parts):
                rows.faults.append(Fault(row, "", problem.message, problem.code))
        rows.bad |= where

    def _refuse_beyond(
        self, rows: Rows, vector: Vector, block: Block, where: NDArray[np.int64], moments: Distinct
    ) -> None:
        beyond = np.broadcast_to(worse_than_bounds(vector, block), len(where))
        for row in where[beyond][:MOST_NAMED].tolist():
            for problem in beyond_bounds(self.compiled, self._row(rows, row, moments)):
                rows.faults.append(Fault(row, "", problem.message, problem.code))
        rows.bad[where[beyond]] = True

    # Deciding

    def _vector(self, epoch: int) -> Vector:
        if epoch not in self._vectors:
            self._vectors[epoch] = Vector(self.compiled, self.compiled.starts[epoch])
        return self._vectors[epoch]

    def _block(self, vector: Vector, rows: Rows, where: NDArray[np.int64]) -> Block:
        facts: dict[str, columns.Value] = {}
        is_all = len(where) == rows.count
        for name, column in rows.values.items():
            if name not in vector.types and name != "backing.listed":
                continue
            part = column if is_all else column[where]
            spec = self.specs.get(name)
            if spec is not None and spec.kind == "bool":
                facts[name] = columns.verdict(part)
            elif spec is not None and spec.kind == "enum":
                codes = np.array([*(vector.codes[member] for member in spec.members), -1], np.int16)
                facts[name] = columns.choice(codes[part])
            else:
                low, high = (spec.low, spec.high) if spec is not None else (0.0, 10.0)
                facts[name] = columns.number(
                    part, -inf if low is None else low, inf if high is None else high
                )
        estimated = {
            name: (flags if is_all else flags[where])
            & known_in(rows.values[name] if is_all else rows.values[name][where])
            for name, flags in rows.estimated.items()
            if name in rows.values
        }
        return Block(len(where), facts, estimated)

    def _row(self, rows: Rows, row: int, moments: Distinct) -> Snapshot:
        """Return a row as it is decided alone."""
        values: dict[str, Value] = {}
        for name, column in rows.values.items():
            spec, cell = self.specs.get(name), column[row]
            if not bool(known_in(column[row : row + 1])[0]):
                continue
            if spec is not None and spec.kind == "bool":
                values[name] = bool(cell)
            elif spec is not None and spec.kind == "enum":
                values[name] = spec.members[int(cell)]
            else:
                values[name] = float(cell)
        known = frozenset(map(submitted, values))
        estimated = frozenset(name for name, flags in rows.estimated.items() if flags[row]) & known
        at = str(moments.values[moments.place[row]])
        return Snapshot(None, spelled(at), moment(at).date(), "", values, known, estimated, {}, (), {})

    def _told(
        self,
        vector: Vector,
        rows: Rows,
        block: Block,
        sizes: Sequence[Any],
        where: NDArray[np.int64],
        moments: Distinct,
    ) -> Any:
        """Return what is decided of a block as a table; rows that go beyond doubles are decided alone."""
        found = decide(vector, block, sizes)
        said = said_of(vector, found, sizes)
        known = {name: known_in(column[where]) for name, column in rows.values.items()}
        said["unknown_mattered"] = mattered(vector, found, known)
        beyond = np.flatnonzero(np.broadcast_to(found.beyond, found.rows)).tolist()
        if beyond:
            listed = {name: column.to_pylist() for name, column in said.items()}
            for row in beyond:
                one = self._row(rows, int(where[row]), moments)
                at = [float(size[row]) if isinstance(size, np.ndarray) else size for size in sizes]
                for name, value in said_of_one(self.compiled, one, at).items():
                    listed[name][row] = value
            said = {name: alike_column(column, listed[name]) for name, column in said.items()}
        return pa.table(said)


def _contradicting(
    values: Mapping[str, Column], parts: Mapping[str, Column], specs: Mapping[str, FactSpec]
) -> Iterator[Any]:
    """Yield where facts cannot both be true: as `consistency.contradictions`, which says which."""

    def is_member(name: str, member: str) -> Any:
        return values[name] == specs[name].members.index(member) if name in values else False

    def is_positive(name: str) -> Any:
        return values[name] > 0 if name in values else False

    def is_true(name: str) -> Any:
        return values[name] == 1 if name in values else False

    nobody = is_member("redemption.right", "none")
    yield nobody & is_positive("redemption.daily_capacity")
    yield nobody & is_true("redemption.at_par")
    yield nobody & is_true("redemption.gated")
    for _, wide, narrow, _ in NESTED:
        if wide in values and narrow in values:
            yield values[narrow] > values[wide]
    yield is_true("redemption.gated") & is_positive("redemption.daily_capacity")
    if "backing.attestation_age" in values:
        yield is_member("backing.attestor", "none") & known_in(values["backing.attestation_age"])
    if "venue.promotional_apr" in values:
        yield is_true("venue.promotion_counts_collateral") & (values["venue.promotional_apr"] == 0)
    if parts:
        net, total = is_member(BASIS, "net"), sum(parts.values())
        yield net & (total > 1 + TOLERANCE)
        if "backing.systemic_bank_share" in values:
            held, deposits = values["backing.systemic_bank_share"], parts.get(SHARE + "bank_deposit", 0.0)
            yield net & (total != 0) & (held > deposits + TOLERANCE)
