"""What questions are answered with: rulebooks that are ready to run, and the catalogue."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from fractions import Fraction

from pegmark.engine.compiled import Compiled
from pegmark.engine.decide import Layer, Standing
from pegmark.errors import NotFound
from pegmark.facts.snapshot import Snapshot
from pegmark.facts.units import RANGES, Kind
from pegmark.facts.vocabulary import FactSpec
from pegmark.rulebook.program import CustomFact, Program
from pegmark.usecases.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class Book:
    """One rulebook: its text by file name, what it means, and how it runs."""

    files: Mapping[str, str]
    program: Program
    compiled: Compiled
    custom: Mapping[str, FactSpec]


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


def declared(custom: tuple[CustomFact, ...]) -> dict[str, FactSpec]:
    """Return a rulebook's own facts by name, as rows of the vocabulary."""
    return {
        fact.name: FactSpec(
            fact.name,
            fact.type.kind,
            fact.worse,  # type: ignore[arg-type]  # one of the vocabulary's directions; the loader sees to it
            fact.meaning,
            "The rulebook that declares it.",
            low=_bound(fact.low, fact.type.kind, 0),
            high=_bound(fact.high, fact.type.kind, 1),
            members=fact.type.members,
        )
        for fact in custom
    }


def _bound(stated: Fraction | None, kind: Kind, end: int) -> float | None:
    """Return one end of a range: as stated, else the unit's, so that no number is without bounds."""
    return float(stated) if stated is not None else RANGES[kind][end] if kind in RANGES else None
