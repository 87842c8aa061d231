"""What questions are answered with: rulebooks that are ready to run, and the catalogue."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from pegmark.engine.compiled import Compiled, compile_program
from pegmark.engine.decide import Layer, Standing
from pegmark.errors import NotFound, RulebookError
from pegmark.facts.snapshot import Snapshot
from pegmark.facts.vocabulary import FactSpec
from pegmark.rulebook.custom import declared
from pegmark.rulebook.files import NORMAL
from pegmark.rulebook.load import check_files
from pegmark.rulebook.program import Program
from pegmark.usecases.catalogue import Catalogue

__all__ = ["Book", "Desk", "book_of", "declared"]


@dataclass(frozen=True, slots=True)
class Book:
    """One rulebook: its text by file name, what it means, and how it runs.

    `shown` names the files that its rules stand in, those of an overlay's base among them, as others may
    see them: where the folder is on this machine is nobody's business.
    """

    files: Mapping[str, str]
    program: Program
    compiled: Compiled
    custom: Mapping[str, FactSpec]
    shown: Mapping[str, str] = field(default_factory=dict)

    def within(self, file: str) -> str:
        """Return a file's name within the rulebook: where that is on this machine is nobody's business."""
        if file in self.shown:
            return self.shown[file]
        names = [name for name in self.files if f"/{file}".endswith(f"/{name}")]
        return max(names, key=len, default=NORMAL)


def book_of(texts: Mapping[str, str], normal: bytes) -> Book:
    """Return the rulebook that texts are, filled in by `normal`; raises `RulebookError`."""
    files = {name: text.encode() for name, text in texts.items()}
    program, problems = check_files(files, (NORMAL, normal))
    if program is None:
        raise RulebookError(problems)
    return Book(dict(texts), program, compile_program(program), declared(program.custom))


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything a question may refer to; `default` is the rulebook of questions that name none.

    `found` remembers, of questions about what is stored, all that no size changes.
    """

    catalogue: Catalogue
    books: Mapping[str, Book]
    default: str
    found: dict[Hashable, tuple[Snapshot, Layer | None, Standing]] = field(
        default_factory=dict, compare=False, repr=False
    )

    def book(self, name: str | None) -> Book:
        """Return a rulebook by id; raises `NotFound`."""
        found = self.books.get(self.default if name is None else name)
        if found is None:
            raise NotFound("rulebook", name or self.default, get_close_matches(name or "", self.books, n=2))
        return found
