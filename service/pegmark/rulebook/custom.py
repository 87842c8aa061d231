"""A rulebook's own facts as rows of the vocabulary, so that they are taken like any other."""

from __future__ import annotations

from fractions import Fraction

from pegmark.facts.units import RANGES, Kind
from pegmark.facts.vocabulary import FactSpec
from pegmark.rulebook.program import CustomFact


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
