"""Which rulebook a file belongs to, and its texts as they stand in the editor."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pegmark.authoring.files import TESTS
from pegmark.problems import Problem
from pegmark.rulebook.bases import read_base
from pegmark.rulebook.decoding import MAX_BYTES
from pegmark.rulebook.files import NORMAL, read_files

Buffers = Mapping[str, bytes]
"""Texts that are open, saved or not, by the path of their file."""

MOST_LEVELS = 3
"""How far above a file its rulebook is looked for."""
MOST_LOOKED_AT = 64
"""How many files of one folder are looked into for it."""
MOST_BOOKS = 8
"""How many rulebooks are checked when the filling-in beside them changes."""
_HEADER = re.compile(rb"^rulebook[ ]*:", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of a rulebook and of its suites, and what is wrong with the files as such."""

    rules: Mapping[str, bytes]
    suites: Mapping[str, bytes]
    normal: tuple[str, bytes]
    problems: tuple[Problem, ...] = ()
    base: Mapping[str, bytes] = field(default_factory=dict)
    """The texts that an overlay extends."""

    @property
    def judged(self) -> tuple[object, ...]:
        """Return all that a check of the rules depends on."""
        return self.rules, self.normal, self.base

    @property
    def all(self) -> Mapping[str, bytes]:
        """Return every text by the name of its file."""
        return {self.normal[0]: self.normal[1], **self.rules, **self.suites}


def books_of(file: Path, buffers: Buffers) -> list[Path]:
    """Return the rulebooks that a file belongs to: one, or those beside a filling-in, or none.

    A rulebook is a folder, the nearest above the file in which one file has the section `rulebook`; where
    several have it, each is a rulebook by itself.
    """
    if file.suffix != ".yaml":
        return []
    if file.name == NORMAL:
        return list(_beside(file, buffers))[:MOST_BOOKS]
    for folder in list(file.parents)[:MOST_LEVELS]:
        headed = _headed(folder, buffers)
        if len(headed) == 1 or (headed and TESTS in file.relative_to(folder).parts):
            return [folder]
        if headed:
            return [file] if file in headed else []
    return []


def texts_of(book: Path, buffers: Buffers, normal: tuple[str, bytes]) -> Texts:
    """Return a rulebook's texts: those of open files as they stand in the editor, the others as on disk.

    `normal` is the filling-in where none stands beside the rulebook.
    """
    is_folder = book not in map(Path, buffers) and not book.is_file()
    rules, problems = _merged(book, buffers, is_folder=is_folder)
    suites: dict[str, bytes] = {}
    if is_folder and ((tests := book / TESTS).is_dir() or any(tests in Path(n).parents for n in buffers)):
        suites, wrong = _merged(tests, buffers, is_folder=True)
        problems = [*problems, *wrong]
    base, missing = read_base(book, rules)
    filling = _normal(book.parent / NORMAL, buffers) or normal
    return Texts(rules, suites, filling, (*problems, *missing), base)


def _merged(folder: Path, buffers: Buffers, *, is_folder: bool) -> tuple[dict[str, bytes], list[Problem]]:
    found, problems = read_files(folder)
    opened = {name: text for name, text in buffers.items() if _is_of(Path(name), folder, is_folder=is_folder)}
    if opened and not found:
        # What was deleted, or never saved, is still what is being written.
        problems = [problem for problem in problems if problem.code != "E0013"]
    return {**found, **opened}, problems


def _is_of(file: Path, folder: Path, *, is_folder: bool) -> bool:
    if not is_folder:
        return file == folder
    if file.suffix != ".yaml" or not file.is_relative_to(folder):
        return False
    inside = file.relative_to(folder).parts
    return not any(part.startswith(".") for part in inside) and TESTS not in inside[:-1]


def _normal(file: Path, buffers: Buffers) -> tuple[str, bytes] | None:
    text = _text(file, buffers)
    return None if text is None else (file.as_posix(), text)


def _beside(file: Path, buffers: Buffers) -> Iterator[Path]:
    """Yield the rulebooks of a folder: those of a filling-in."""
    try:
        folders = sorted(found for found in file.parent.iterdir() if found.is_dir())
    except OSError:
        return
    yield from (found for found in folders if not found.name.startswith(".") and _headed(found, buffers))


def _headed(folder: Path, buffers: Buffers) -> list[Path]:
    """Return the files of a folder that have the section `rulebook`."""
    try:
        names = {found for found in folder.glob("*.yaml") if not found.name.startswith(".")}
    except OSError:
        names = set()
    names |= {Path(name) for name in buffers if Path(name).parent == folder and name.endswith(".yaml")}
    texts = ((name, _text(name, buffers)) for name in sorted(names)[:MOST_LOOKED_AT])
    return [name for name, text in texts if text is not None and _HEADER.search(text)]


def _text(file: Path, buffers: Buffers) -> bytes | None:
    if (opened := buffers.get(file.as_posix())) is not None:
        return opened
    try:
        with file.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError:
        return None
