"""What questions are answered with: rulebooks that are ready to run, and the catalogue."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from pegmark.engine.compiled import Compiled
from pegmark.engine.decide import Layer, Standing
from pegmark.errors import NotFound
from pegmark.facts.snapshot import Snapshot
from pegmark.facts.vocabulary import FactSpec
from pegmark.rulebook.custom import declared
from pegmark.rulebook.program import Program
from pegmark.usecases.catalogue import Catalogue

__all__ = ["Book", "Desk", "declared"]


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
