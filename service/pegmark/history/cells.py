"""The cells of a frame: values on the grids of their facts, and what is wrong with a row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from math import inf
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pegmark.engine.vector import columns
from pegmark.facts.snapshot import Value
from pegmark.facts.specification import FactSpec

Column = NDArray[Any]
MOST_NAMED = 20
"""How many of the rows that have something wrong in one way are named."""


class Fault(NamedTuple):
    """What is wrong with a cell, or a column where `row` is None; rows count from 1."""

    row: int | None
    column: str
    message: str
    code: str = ""

    def __str__(self) -> str:
        """Name the place first."""
        place = f"column `{self.column}`" if self.column else ""
        if self.row is not None:
            place = f"row {self.row:,}{', ' if place else ''}{place}"
        return f"{place}: {self.message}" if place else self.message


class FrameError(Exception):
    """A frame that cannot be decided; carries what was found wrong first, and how much there is more."""

    def __init__(self, faults: Sequence[Fault], more: int = 0) -> None:
        """Keep both."""
        self.faults, self.more = tuple(faults), more
        super().__init__("; ".join(map(str, faults)))


class Distinct(NamedTuple):
    """Cells, each once, and the place of each row's among them."""

    values: Sequence[Any]
    place: NDArray[np.int64]


@dataclass(slots=True)
class Rows:
    """A batch as it is read: values on their grids, codes of choices as texts' places, and what is wrong."""

    count: int
    values: dict[str, Column] = field(default_factory=dict)
    estimated: dict[str, NDArray[np.bool_]] = field(default_factory=dict)
    parts: dict[str, Column] = field(default_factory=dict)
    """The shares of what backs an asset, as they are stated: 0 where there is none."""
    faults: list[Fault] = field(default_factory=list)
    bad: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, np.bool_))

    def refuse(
        self, where: NDArray[np.bool_], column: str, message: Callable[[int], str], code: str = ""
    ) -> None:
        """Note what is wrong with rows; the first of them are named."""
        for row in np.flatnonzero(where & ~self.bad)[:MOST_NAMED].tolist():
            self.faults.append(Fault(row, column, message(row), code))
        self.bad |= where


def numbers(rows: Rows, name: str, column: Any, spec: FactSpec) -> Column:
    """Return the cells of a number's column on the grid of its unit, NaN where there is none."""
    kind = column.type
    if pa.types.is_null(kind):
        return np.full(rows.count, np.nan)
    if not (pa.types.is_floating(kind) or pa.types.is_integer(kind) or pa.types.is_decimal(kind)):
        raise FrameError([_first(name, column, f"should be a number ({spec.kind})")])
    x = _plain(pc.cast(column, pa.float64(), safe=False), np.nan)
    low, high = -inf if spec.low is None else spec.low, inf if spec.high is None else spec.high
    where = np.isinf(x) | (x < low) | (x > high)
    if where.any():
        rows.refuse(where, name, lambda row: f"{x[row]:g} is not between {low:g} and {high:g}", "H4224")
        x = np.where(where, np.nan, x)
    return on_grid(x, spec.kind)


def on_grid(x: Column, kind: str) -> Column:
    """Return numbers rounded as `units.quantise` rounds each."""
    found = columns.quantised(columns.Number(np.asarray(x, np.float64), False, -1e13, 1e13), kind == "USD").x
    return np.asarray(found) + 0.0


def _plain(column: Any, none: Any) -> Column:
    """Return a column as numpy has it, `none` where there is nothing."""
    found: Column = np.from_dlpack(pc.fill_null(column, none))
    return found


def flags_of(rows: Rows, name: str, column: Any) -> Column:
    """Return the cells of a column of true and false as 1 and 0, -1 where there is none."""
    if pa.types.is_null(column.type):
        return np.full(rows.count, -1, np.int8)
    if not pa.types.is_boolean(column.type):
        raise FrameError([_first(name, column, "should be true or false")])
    return _plain(pc.cast(column, pa.int8()), -1)


def members_of(rows: Rows, name: str, column: Any, members: Sequence[str]) -> Column:
    """Return the cells of a column of choices as places among the members, -1 where there is none."""
    if pa.types.is_null(column.type):
        return np.full(rows.count, -1, np.int16)
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        raise FrameError([_first(name, column, "should be a text")])
    encoded = column.dictionary_encode()
    encoded = encoded.combine_chunks() if hasattr(encoded, "combine_chunks") else encoded
    place = {member: n for n, member in enumerate(members)}
    texts = encoded.dictionary.to_pylist()
    codes = np.array([*(place.get(text, -2) for text in texts), -1], np.int16)
    indices = _plain(encoded.indices, len(texts))
    found: Column = codes[indices]
    where = found == -2
    if where.any():
        told = ", ".join(f"`{member}`" for member in members)
        rows.refuse(where, name, lambda row: f"`{texts[indices[row]][:80]}` is not one of {told}", "H4225")
        found = np.where(where, -1, found).astype(np.int16)
    return found


def _first(name: str, column: Any, message: str) -> Fault:
    """Return a fault of the first cell that is not empty."""
    row = next((n for n, cell in enumerate(column.to_pylist()) if cell is not None), None)
    return Fault(None if row is None else row + 1, name, message, "H4223")


def distinct(column: Any, rows: int, otherwise: str | None = None) -> Distinct:
    """Return the distinct cells of a column; where there is no column, the same in all rows."""
    if column is None:
        return Distinct([otherwise], np.zeros(rows, np.int64))
    encoded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    cells = encoded.dictionary.to_pylist()
    return Distinct([*cells, None], _plain(encoded.indices, len(cells)).astype(np.int64))


def texts_of(column: Any, rows: int, otherwise: str | None = None) -> Distinct:
    """Return the distinct cells of a column as texts."""
    cells = distinct(column, rows, otherwise)
    return Distinct([None if cell is None else str(cell) for cell in cells.values], cells.place)


def moment_of(value: Any) -> Any:
    """Return a date, or an instant in UTC, as a text; one without a zone is of UTC."""
    if isinstance(value, datetime):
        return value.isoformat() if value.tzinfo is not None else f"{value.isoformat()}Z"
    return value.isoformat() if isinstance(value, date) else value


def held_as(spec: FactSpec, value: Value | None) -> Any:
    """Return a value as a column holds it."""
    if spec.kind == "bool":
        return -1 if value is None else int(bool(value))
    if spec.kind == "enum":
        return -1 if value is None else spec.members.index(str(value))
    return np.nan if value is None else value


def known_in(column: Column) -> NDArray[np.bool_]:
    """Return where a column has a value."""
    found: NDArray[np.bool_] = ~np.isnan(column) if column.dtype == np.float64 else column >= 0
    return found
