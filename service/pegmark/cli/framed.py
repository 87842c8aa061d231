"""`pegmark assess --frame`: a table in, a table out, in parts that outlast whatever interrupts them.

Each batch of rows becomes a part in a folder beside the result. Whoever asks the same again goes on after
the parts that are there; the result has its name once it is whole, and then the parts are gone.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import click
import pyarrow as pa
import pyarrow.csv as tables
from pyarrow import ipc, parquet

from pegmark.cli.refusal import NOWHERE, Refused, reason
from pegmark.engine.report import engine_digest
from pegmark.errors import NotFound
from pegmark.facts.model import Missing, Stated
from pegmark.facts.snapshot import Value, moment, take
from pegmark.facts.vocabulary import FACTS
from pegmark.history.cells import FrameError
from pegmark.history.frames import Asked, Frames
from pegmark.problems import Problem, Span
from pegmark.usecases.assess import REFERENCE
from pegmark.usecases.catalogue import Catalogue
from pegmark.usecases.desk import Book

FORMS = (".parquet", ".csv", ".arrow")
ROWS = 1 << 16
"""How many rows are decided at a time, and make a part."""
MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Written:
    """What became of the rows of a frame."""

    decided: int
    dropped: int
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """What is asked: a table, by which rules, where the answer goes."""

    source: Path
    target: Path
    book: Book
    catalogue: Catalogue
    as_of: str | None
    venue: str | None
    sizes: tuple[float, ...]
    is_dropping: bool


@dataclass(frozen=True, slots=True)
class _Opened:
    """A table that is read batch by batch; `rows` None is not known before."""

    names: Sequence[str]
    rows: int | None
    batches: Iterator[Any]


def decide_frame(frame: Frame, is_shown: bool) -> Written:
    """Decide a table and write the answer; raises `Refused`, and then nothing was written."""
    for path in (frame.source, frame.target):
        if path.suffix.lower() not in FORMS:
            raise Refused([_of(path, "", f"a frame is a file in {', '.join(FORMS)}")])
    parts = frame.target.with_name(frame.target.name + ".parts")
    with _minding(frame.source):
        said = _manifest(frame)
    with _minding(frame.target):
        _begin(parts, said)
        try:
            written = _parts(frame, parts, is_shown)
        except Refused:
            shutil.rmtree(parts, ignore_errors=True)
            raise
        _join(parts, frame.target)
        shutil.rmtree(parts)
    return written


def _manifest(frame: Frame) -> str:
    """Return what makes two runs the same one."""
    digest = sha256()
    with frame.source.open("rb") as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
    return json.dumps(
        {
            "source": digest.hexdigest(),
            "rulebook": frame.book.program.resolved_digest,
            "engine": engine_digest(),
            "as_of": frame.as_of,
            "venue": frame.venue,
            "sizes_usd": frame.sizes,
            "drop": frame.is_dropping,
            "rows": ROWS,
        }
    )


def _begin(parts: Path, said: str) -> None:
    """Keep the parts of the same run, and no others."""
    manifest = parts / MANIFEST
    if manifest.is_file() and manifest.read_text(encoding="utf-8") == said:
        return
    shutil.rmtree(parts, ignore_errors=True)
    parts.mkdir(parents=True)
    _put(manifest, said.encode())


def _parts(frame: Frame, parts: Path, is_shown: bool) -> Written:
    """Write the parts that are not there yet."""
    decider = Frames(frame.book.compiled, frame.book.custom, _Venues(frame.catalogue))
    asked = Asked(frame.as_of, frame.venue, frame.sizes)
    dropped = first = 0
    problems: list[Problem] = []
    with _opened(frame.source, decider) as opened, _progress(opened.rows, is_shown) as tell:
        with _refusing(frame.source):
            decider.check(opened.names, asked)
        for n, batch in enumerate(opened.batches):
            path = parts / f"{n:06}.parquet"
            if path.is_file():
                refused = batch.num_rows - parquet.read_metadata(path).num_rows
            else:
                with _refusing(frame.source):
                    found = decider.decide(batch, asked, first)
                refused = found.refused
                told = [_of(frame.source, fault.code, str(fault)) for fault in found.faults]
                if told and not frame.is_dropping:
                    raise Refused(told)
                problems += told[: 20 - len(problems)]
                part = path.with_suffix(".part")
                parquet.write_table(found.table if found.table is not None else pa.table({}), part)
                part.replace(path)
            first += batch.num_rows
            dropped += refused
            tell(batch.num_rows)
    return Written(first - dropped, dropped, tuple(problems))


def _join(parts: Path, target: Path) -> None:
    """Write the parts as one file, which has its name once it is whole."""
    paths = [path for path in sorted(parts.glob("*.parquet")) if parquet.read_metadata(path).num_columns]
    temporary = parts / f"whole{target.suffix.lower()}"
    is_parquet = target.suffix.lower() == ".parquet"
    schema = parquet.read_schema(paths[0]) if paths else pa.schema([])
    if not is_parquet:
        # Elsewhere a column has one list of names, and each part its own.
        texts = {field.name: pa.string() for field in schema if pa.types.is_dictionary(field.type)}
        schema = pa.schema([(field.name, texts.get(field.name, field.type)) for field in schema])
    make = {".parquet": parquet.ParquetWriter, ".csv": tables.CSVWriter, ".arrow": ipc.new_file}
    with make[target.suffix.lower()](str(temporary), schema) as writer:
        for path in paths:
            table = parquet.read_table(path)
            writer.write_table(table if is_parquet else table.cast(schema))
    with temporary.open("rb") as file:
        os.fsync(file.fileno())
    temporary.replace(target)


@contextmanager
def _opened(source: Path, decider: Frames) -> Iterator[_Opened]:
    """Give what a file holds; raises `Refused` where that cannot be read."""
    with ExitStack() as within:
        with _reading(source):
            match source.suffix.lower():
                case ".parquet":
                    file = within.enter_context(parquet.ParquetFile(source))
                    names, count = file.schema_arrow.names, file.metadata.num_rows
                    batches = file.iter_batches(ROWS)
                case ".arrow":
                    reader = ipc.open_file(str(source))
                    names, count = reader.schema.names, None
                    batches = _even(reader.get_batch(n) for n in range(reader.num_record_batches))
                case _:
                    reader = within.enter_context(_csv(source, decider))
                    names, count, batches = reader.schema.names, None, _even(reader)
        yield _Opened(names, count, _minded(source, batches))


def _minded(source: Path, batches: Iterator[Any]) -> Iterator[Any]:
    """Yield batches; raises `Refused` where the next cannot be read."""
    waiting = iter(batches)
    while True:
        with _reading(source):
            batch = next(waiting, None)
        if batch is None:
            return
        yield batch


@contextmanager
def _reading(source: Path) -> Iterator[None]:
    try:
        yield
    except (pa.ArrowException, UnicodeDecodeError, csv.Error) as error:
        message = f"it cannot be read: {str(error).splitlines()[0]}"
        raise Refused([_of(source, "", message)]) from None


def _csv(source: Path, decider: Frames) -> Any:
    with source.open(newline="", encoding="utf-8-sig") as file:
        names = next(csv.reader(file), [])
    # What a column holds follows from its name, not from what its first rows look like.
    types = {name: decider.type_of(name) for name in names}
    convert = tables.ConvertOptions(column_types=types, null_values=[""], strings_can_be_null=True)
    return tables.open_csv(source, convert_options=convert)


def _even(batches: Iterator[Any]) -> Iterator[Any]:
    """Yield the same rows in batches of one length, so that parts are the same however a file is cut."""
    waiting: list[Any] = []
    count = 0
    for batch in batches:
        waiting.append(batch)
        count += batch.num_rows
        while count >= ROWS:
            table = pa.Table.from_batches(waiting)
            yield table.slice(0, ROWS).combine_chunks().to_batches()[0]
            rest = table.slice(ROWS)
            waiting, count = rest.to_batches(), rest.num_rows
    if count:
        yield pa.Table.from_batches(waiting).combine_chunks().to_batches()[0]


class _Venues:
    """What a catalogue says of venues."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def facts(self, name: str | None, asset: str | None, at: str) -> Mapping[str, Value]:
        venue = self._catalogue.venue(name or REFERENCE).towards(asset)
        return take(asset=None, as_of=at, facts=None, venue=venue, venue_name=name or REFERENCE).values

    def turns(self, name: str | None) -> Sequence[datetime]:
        try:
            stored = self._catalogue.venue(name or REFERENCE)
        except NotFound:
            return ()
        found: set[datetime] = set()
        for facts in (stored.facts, *stored.assets.values()):
            for attribute, claim in facts.__dict__.items():
                if isinstance(claim, (Stated, Missing)):
                    found.update(_turns(claim, FACTS[f"venue.{attribute}"].max_age_days))
        return sorted(found)


def _turns(claim: Stated | Missing, max_age_days: int | None) -> Iterator[datetime]:
    """Yield the last moment before a claim may be used, and the last at which it is not stale."""
    if claim.as_of is not None:
        yield moment(claim.as_of) - timedelta(microseconds=1)
        if max_age_days is not None:
            yield moment(claim.as_of) + timedelta(days=max_age_days)
    if isinstance(claim, Stated) and claim.knowable_at is not None:
        yield moment(claim.knowable_at) - timedelta(microseconds=1)


@contextmanager
def _progress(count: int | None, is_shown: bool) -> Iterator[Any]:
    if not is_shown:
        yield lambda _: None
        return
    rows: Iterator[int] = iter(())  # the bar is told how many, it takes none
    with click.progressbar(rows, length=count, label="decided", file=sys.stderr) as bar:
        yield bar.update


@contextmanager
def _refusing(source: Path) -> Iterator[None]:
    try:
        yield
    except FrameError as error:
        raise Refused(_of(source, fault.code, str(fault)) for fault in error.faults) from None


@contextmanager
def _minding(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Refused([_of(path, "", reason(error))]) from None


def _of(path: Path, code: str, message: str) -> Problem:
    return Problem(code, message, Span(str(path), NOWHERE, NOWHERE))


def _put(path: Path, data: bytes) -> None:
    part = path.with_suffix(".part")
    part.write_bytes(data)
    part.replace(path)
