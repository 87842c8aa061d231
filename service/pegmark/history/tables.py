"""Tables of snapshots, a row each: CSV, and Parquet where pandas is installed.

Columns are `asset`, `as_of`, `venue` (a stored one's name) and facts by the names that `pegmark facts` lists,
those of a venue among them. `backing.components` is a list, in CSV as JSON; a column a kind,
`backing.share.cash`, does as well. An empty cell is a fact that is not given. A row becomes the body of a
`POST /v1/assessments`, to be validated as such.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

from pegmark.facts.components import COMPONENTS
from pegmark.facts.vocabulary import COMPONENT_KINDS, FACTS

TABLES = (".csv", ".parquet")
_PLAIN = ("asset", "as_of", "venue")
_SHARE = "backing.share."
_MIDNIGHT = "T00:00:00"


class TableError(Exception):
    """A table that cannot be read: why, and what to do."""

    def __init__(self, message: str, help: str | None = None) -> None:
        """Keep both."""
        self.help = help
        super().__init__(message)


def is_table(name: str) -> bool:
    """Return whether a file is named as one of a table."""
    return Path(name).suffix.lower() in TABLES


def rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the requests of a table, each with its line or row; raises `TableError`, or `OSError`."""
    read = _parquet if path.suffix.lower() == ".parquet" else _csv
    yield from read(path)


def _csv(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.reader(file, strict=True)
        try:
            columns = next(reader, [])
            make = _maker(columns)
            for cells in reader:
                if len(cells) > len(columns):
                    raise TableError(
                        f"line {reader.line_num} has {len(cells)} cells for {len(columns)} columns"
                    )
                if any(cells):
                    yield reader.line_num, make([_typed(c, v) for c, v in zip(columns, cells, strict=False)])
        except csv.Error as error:
            raise TableError(f"line {reader.line_num}: {error}") from None
        except UnicodeDecodeError:
            raise TableError("the file is not UTF-8", "save it as UTF-8") from None


def _typed(column: str, cell: str) -> Any:
    """Return a cell as what its column takes; one that is no such thing stays a text, to be refused."""
    if not cell:
        return None
    if column == COMPONENTS:
        with suppress(json.JSONDecodeError):
            return json.loads(cell)
        return cell
    kind = FACTS[column].kind if column in FACTS else "ratio" if column.startswith(_SHARE) else "enum"
    if kind == "bool":
        return {"true": True, "false": False}.get(cell.lower(), cell)
    if kind != "enum":
        with suppress(ValueError):
            number = float(cell)
            return number if math.isfinite(number) else cell
    return cell


def _parquet(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        # Who has no such file needs no such package; and it has no types.
        arrow: Any = import_module("pyarrow")
        parquet: Any = import_module("pyarrow.parquet")
    except ModuleNotFoundError:
        help = "install `pegmark[history]`, or save it as CSV"
        raise TableError("Parquet is not read here", help) from None
    try:
        with parquet.ParquetFile(path) as file:
            make = _maker(file.schema_arrow.names)
            number = 0
            for batch in file.iter_batches(batch_size=1024):
                for cells in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                    number += 1
                    yield number, make(cells)
    except arrow.ArrowException as error:
        raise TableError(f"this is no Parquet: {str(error).splitlines()[0]}") from None


def _maker(columns: Sequence[str]) -> Callable[[Sequence[Any]], dict[str, Any]]:
    """Return what makes a request of the cells of a row; raises `TableError` for a column that is none."""
    for n, column in enumerate(columns):
        group, _, attribute = column.partition(".")
        is_share = column.startswith(_SHARE) and column.removeprefix(_SHARE) in COMPONENT_KINDS
        is_fact = column in FACTS or column == COMPONENTS or (group == "custom" and attribute)
        if not (column in _PLAIN or is_share or is_fact):
            raise TableError(f"there is no fact `{column[:80]}`", "`pegmark facts` lists what may be known")
        if column in columns[:n]:
            raise TableError(f"the column `{column[:80]}` stands twice")
    groups = {column.partition(".")[0] for column in columns if "." in column}
    if "venue" in columns and "venue" in groups:
        raise TableError("a venue is given by name and by facts", "keep `venue`, or `venue.…`")
    if COMPONENTS in columns and any(column.startswith(_SHARE) for column in columns):
        raise TableError("components are given as a list and by kind", f"keep `{COMPONENTS}`, or `{_SHARE}…`")
    if "as_of" not in columns:
        raise TableError("there is no column `as_of`", "columns are `asset`, `as_of` and facts by name")
    return lambda cells: _request(dict(zip(columns, cells, strict=False)))


def _request(row: Mapping[str, Any]) -> dict[str, Any]:
    request: dict[str, Any] = {}
    facts: dict[str, dict[str, Any]] = {}
    shares = []
    for column, cell in row.items():
        value = _value(cell)
        if value is None:
            continue
        group, _, attribute = column.partition(".")
        if not attribute:
            request[column] = value
        elif not column.startswith(_SHARE):
            facts.setdefault(group, {})[attribute] = value
        elif value != 0:
            shares.append({"kind": column.removeprefix(_SHARE), "share": value})
    if shares:
        facts.setdefault("backing", {})["components"] = shares
    venue = facts.pop("venue", None)
    if venue is not None:
        request["venue"] = venue
    return {**request, "facts": facts} if facts else request


def _value(cell: Any) -> Any:
    """Return a cell as JSON has it, None where it is empty; what JSON has not, as a text, to be refused."""
    match cell:
        case float() if math.isnan(cell):
            return None
        case float() if math.isinf(cell):
            return str(cell)
        case Decimal():
            return float(cell)
        case date():
            return _day(cell)
        case list():
            return _components(cell)
    return cell


def _components(value: list[Any]) -> list[Any]:
    """Return a list of structs without what they leave open."""
    return [{k: v for k, v in c.items() if v is not None} if isinstance(c, dict) else c for c in value]


def _day(value: date) -> str:
    if not isinstance(value, datetime):
        return value.isoformat()
    said = value.isoformat()
    if said.endswith(_MIDNIGHT):
        return said.removesuffix(_MIDNIGHT)
    return said if value.tzinfo is not None else f"{said}Z"
