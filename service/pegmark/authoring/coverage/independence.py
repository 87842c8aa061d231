"""Which conditions are shown to decide alone: two cases that differ in one, and in what comes of the rule."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from pegmark.authoring.coverage.items import Decision, Marks
from pegmark.authoring.coverage.ranges import Outcome

Vector = tuple[Outcome, ...]
Case = TypeVar("Case")


def vector(decision: Decision, seen: frozenset[int]) -> tuple[Vector, Outcome] | None:
    """Return what each condition of a rule came to, and the whole; None where it was not asked just once."""
    found = [_only(marks, seen) for marks in (*decision.conditions, decision.outcomes)]
    told = [outcome for outcomes in found for outcome in outcomes]
    return (tuple(told[:-1]), told[-1]) if all(len(outcomes) == 1 for outcomes in found) else None


def _only(marks: Marks, seen: frozenset[int]) -> list[Outcome]:
    return [outcome for outcome, mark in marks.items() if mark in seen]


def pair(
    decision: Decision, place: int, cases: Iterable[tuple[Case, frozenset[int]]]
) -> tuple[Case, Case] | None:
    """Return the first two cases that differ in the condition at `place` alone, and in the outcome."""
    met: dict[Vector, dict[Outcome, tuple[Case, Outcome]]] = {}
    for case, seen in cases:
        found = vector(decision, seen)
        if found is None:
            continue
        conditions, outcome = found
        sides = met.setdefault((*conditions[:place], *conditions[place + 1 :]), {})
        sides.setdefault(conditions[place], (case, outcome))
        if True in sides and False in sides and sides[True][1] is not sides[False][1]:
            return sides[True][0], sides[False][0]
    return None
