"""What is asked: stored assets, files, folders of files, and files of many lines.

Questions come one after the other, in the order in which they were named, so that a file of lines may
be of any length.
"""

from __future__ import annotations

import stat
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from typing import BinaryIO

import click
import orjson

from pegmark.cli.documents import STANDARD_INPUT, beginning, minding, opened, shown_name
from pegmark.cli.refusal import NOWHERE, Refused
from pegmark.problems import Position, Problem, Span
from pegmark.rulebook.source import MAX_BYTES
from pegmark.usecases.catalogue import Catalogue

DOCUMENTS = (".yaml", ".yml", ".json")
LINES = (".jsonl", ".ndjson")


@dataclass(frozen=True, slots=True)
class Asset:
    """A question about a stored asset."""

    name: str


@dataclass(frozen=True, slots=True)
class File:
    """A question that a file states; `data` is what it says, where that was read already."""

    name: str
    data: bytes | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A question in a line of a file: the body of a `POST /v1/assessments`.

    Of one that is too long no more is kept than shows that it is; `size` counts all of it.
    """

    file: str
    number: int
    text: bytes
    size: int

    @property
    def place(self) -> Span:
        """Where the line stands."""
        return Span(self.file, Position(self.number, 1), Position(self.number, 2))


Source = Asset | File | Line


@dataclass(frozen=True, slots=True)
class LineFile:
    """A file of a question a line (JSON Lines); `begun` are lines that have been read already."""

    name: str
    begun: tuple[bytes, ...] = ()

    def lines(self, longest: int) -> Iterator[Line]:
        """Yield the lines that are not blank, none of which may have more than `longest` bytes."""
        with opened(self.name) as file:
            pieces = chain(self.begun, iter(partial(file.readline, longest + 1), b""))
            for number, start in enumerate(pieces, 1):
                piece, size = start, len(start)
                while piece and not piece.endswith(b"\n"):
                    piece = next(pieces, b"")
                    size += len(piece)
                text = start.rstrip(b"\r\n")
                if text.strip():
                    yield Line(shown_name(self.name), number, text, size)


Named = Asset | File | LineFile


@dataclass(frozen=True, slots=True)
class Inquiry:
    """Everything that was named; `is_one` where that is a single question and nothing else."""

    named: Sequence[Named]
    is_one: bool

    @property
    def has_lines(self) -> bool:
        """Whether files of lines are among it."""
        return any(isinstance(named, LineFile) for named in self.named)

    def sources(self, longest: int) -> Iterator[Source]:
        """Yield every question; no line may have more than `longest` bytes."""
        for named in self.named:
            if isinstance(named, LineFile):
                yield from named.lines(longest)
            else:
                yield named

    def paths(self) -> Iterator[Path]:
        """Yield the files that are read, other than standard input."""
        for named in self.named:
            if not isinstance(named, Asset) and named.name != STANDARD_INPUT:
                yield Path(named.name)


def inquiry(names: Sequence[str], catalogue: Catalogue, *, is_lines: bool) -> Inquiry:
    """Return what is named; raises `Refused` where a file or folder cannot be used.

    With `is_lines`, standard input holds a question a line even where it is only one.
    """
    if names.count(STANDARD_INPUT) > 1:
        raise click.UsageError("standard input can be read once")
    found: list[Named] = []
    is_one = len(names) == 1 and not is_lines
    for name in names:
        if name == STANDARD_INPUT:
            found.append(LineFile(name) if is_lines else _standard_input(sys.stdin.buffer))
        elif not is_file(name) or _is_asset_too(name, catalogue):
            found.append(Asset(name))
        elif _is_folder(name):
            found += _within(name)
            is_one = False
        else:
            found.append(_file(name))
    return Inquiry(found, is_one and not isinstance(found[0], LineFile))


def is_file(name: str) -> bool:
    """Return whether a name is one of a file or folder, there or not, and not of an asset."""
    if name == STANDARD_INPUT or "/" in name or Path(name).suffix.lower() in (*DOCUMENTS, *LINES):
        return True
    try:
        return Path(name).exists()
    except OSError:
        return False  # Too long for a name of a file: then it is an asset's that is not known.


def _is_asset_too(name: str, catalogue: Catalogue) -> bool:
    """Return whether a folder is called as an asset is, which is then meant."""
    try:
        return Path(name).is_dir() and name in catalogue.assets()
    except OSError:
        return False  # Whoever opens it says why not.


def _is_folder(name: str) -> bool:
    """Return whether a file that was named is a folder; raises `Refused` where it is not there."""
    with minding(name):
        return stat.S_ISDIR(Path(name).stat().st_mode)


def _file(name: str) -> Named:
    return LineFile(name) if Path(name).suffix.lower() in LINES else File(name)


def _within(folder: str) -> list[Named]:
    """Return the files of a folder and of those in it that may state questions, sorted by path."""
    suffixes = (*DOCUMENTS, *LINES)
    paths = [
        path
        for path in Path(folder).rglob("*")
        if path.suffix.lower() in suffixes and not path.name.startswith(".") and path.is_file()
    ]
    if not paths:
        span = Span(folder, NOWHERE, NOWHERE)
        hint = f"the names of its files would end in {', '.join(suffixes)}"
        raise Refused([Problem("", "no file in this folder states a question", span, hint)])
    return [_file(str(path)) for path in sorted(paths)]


def _standard_input(stream: BinaryIO) -> Named:
    """Tell lines from a document: no document begins with a line that is a whole object, and goes on."""
    first = stream.readline(MAX_BYTES + 1)
    if not _is_object(first):
        return File(STANDARD_INPUT, first + beginning(stream))
    following = [first]
    while not following[-1].strip() or len(following) == 1:
        line = stream.readline(MAX_BYTES + 1)
        if not line:
            return File(STANDARD_INPUT, first)
        following.append(line)
    return LineFile(STANDARD_INPUT, tuple(following))


def _is_object(line: bytes) -> bool:
    try:
        return line.endswith(b"\n") and isinstance(orjson.loads(line), dict)
    except orjson.JSONDecodeError:
        return False
