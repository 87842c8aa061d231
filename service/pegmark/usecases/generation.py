"""Look for cases: both sides of every edge, what nothing exercises, and conditions that decide alone.

Everything is tried in an order that follows from the texts alone, so that the same rulebook and suites
give the same cases.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, islice, pairwise, zip_longest
from typing import Any

from pegmark.authoring.coverage.independence import pair
from pegmark.authoring.coverage.items import Decision, Item, Place, Scale
from pegmark.authoring.coverage.observer import Observer
from pegmark.authoring.coverage.report import Coverage
from pegmark.authoring.generation.candidate import Candidate, case_of
from pegmark.authoring.generation.variation import MICRO, Variation
from pegmark.authoring.suite import Setting, Suite
from pegmark.errors import FactsError
from pegmark.facts.vocabulary import FACTS
from pegmark.usecases.assess import assess, prepare
from pegmark.usecases.desk import Desk
from pegmark.usecases.trials import question_of

MOST_TRIED = 1_500
"""Of cases, after which a search gives up."""
Seen = frozenset[int]


@dataclass(frozen=True, slots=True)
class Found:
    """A case that was found: of which rule, what it is called, what it is for."""

    place: Place
    name: str
    purpose: str
    candidate: Candidate


class Search:
    """Looks for cases of a rulebook, beginning with the fixtures of its suites."""

    def __init__(self, desk: Desk, suites: Sequence[Suite], written: Coverage) -> None:
        book = desk.book(None)
        self._desk = desk
        self._fixtures: dict[str, Setting] = {}
        for suite in suites:
            self._fixtures |= suite.fixtures
        self._observer = Observer(book.compiled)
        self._register = self._observer.register
        specs = {**FACTS, **book.custom}
        self._variation = Variation(book.program, self._register.expressions, specs)
        self._known: dict[Candidate, Seen | None] = {}
        self._written = [(None, one.seen) for one in written.observations]
        self._seen = set(written.seen)
        self._bases = [name for name in self._fixtures if self.seen(Candidate(name)) is not None]

    @property
    def fixtures(self) -> Mapping[str, Setting]:
        """The fixtures that cases begin with, by name."""
        return self._fixtures

    def seen(self, candidate: Candidate) -> Seen | None:
        """Return what a candidate exercises; None where its question is refused."""
        if candidate not in self._known:
            self._known[candidate] = self._observed(candidate)
        return self._known[candidate]

    def _observed(self, candidate: Candidate) -> Seen | None:
        question = question_of(self._desk, case_of(candidate, self._fixtures[candidate.base]))
        if question is None:
            return None
        try:
            case = prepare(self._desk, question)
        except FactsError:
            return None
        return self._observer.observe(case.snapshot, case.sizes, case.layer)

    def body(self, candidate: Candidate) -> dict[str, Any]:
        """Return the decision on a candidate that was found."""
        question = question_of(self._desk, case_of(candidate, self._fixtures[candidate.base]))
        assert question is not None  # noqa: S101 - it was observed
        return assess(self._desk, question)

    def cases(self) -> Iterator[Found]:
        """Yield what is found: edges, then what is left to exercise, then pairs."""
        kept: list[tuple[Candidate | None, Seen]] = [*self._written]
        for look in (self._edges, self._witnesses):
            for found in look():
                seen = self.seen(found.candidate)
                assert seen is not None  # noqa: S101 - it was observed
                self._seen |= seen
                kept.append((found.candidate, seen))
                yield found
        yield from self._pairs(kept)

    # Edges

    def _edges(self) -> Iterator[Found]:
        for scale in self._register.scales:
            for n, edge in enumerate(scale.edges):
                yield from self._edge(scale, n, edge)

    def _edge(self, scale: Scale, n: int, edge: str) -> Iterator[Found]:
        """Yield the cases around an edge, on the first fixture and along the first fact that lead across."""
        rule = scale.place.rule
        for base in self._bases:
            for lever in self._variation.levers(rule, scale.kind):
                around = self._across(scale, n, base, lever)
                if around is None:
                    continue
                below, at, above = (Candidate(base).having(lever, value) for value in around)
                if scale.is_curve:
                    yield Found(scale.place, f"{rule}: at {edge}", "a point of its curve", at)
                else:
                    yield Found(scale.place, f"{rule}: just below {edge}", "the edge of a bin", below)
                    yield Found(scale.place, f"{rule}: {edge}", "the edge of a bin", at)
                    if self.seen(above) is not None:
                        yield Found(scale.place, f"{rule}: just above {edge}", "the edge of a bin", above)
                return

    def _across(
        self, scale: Scale, n: int, base: str, lever: str
    ) -> tuple[Fraction, Fraction, Fraction] | None:
        """Return the values of a lever just below an edge, at it, and just above, on the grid."""
        places = [
            (value, place)
            for value in self._variation.samples(lever)
            if (place := self._interval(scale, Candidate(base).having(lever, value))) is not None
        ]
        for (a, first), (b, second) in pairwise(places):
            if (first <= n) is not (second <= n):
                below, at = (a, b) if first <= n else (b, a)
                return self._narrowed(scale, n, base, lever, below, at)
        return None

    def _narrowed(
        self, scale: Scale, n: int, base: str, lever: str, below: Fraction, at: Fraction
    ) -> tuple[Fraction, Fraction, Fraction] | None:
        low, high = round(below * MICRO), round(at * MICRO)
        while abs(high - low) > 1:
            middle = (low + high) // 2
            place = self._interval(scale, Candidate(base).having(lever, Fraction(middle, MICRO)))
            if place is None:
                return None
            low, high = (middle, high) if place <= n else (low, middle)
        return Fraction(low, MICRO), Fraction(high, MICRO), Fraction(2 * high - low, MICRO)

    def _interval(self, scale: Scale, candidate: Candidate) -> int | None:
        seen = self.seen(candidate)
        found = [] if seen is None else [n for n, mark in enumerate(scale.marks) if mark in seen]
        return found[0] if len(found) == 1 else None

    # What nothing exercises

    def _witnesses(self) -> Iterator[Found]:
        for changes in (1, 2):
            for n, item in enumerate(self._register.items):
                if n in self._seen or item.unreachable is not None:
                    continue
                candidate = self._witness(n, item, changes)
                if candidate is not None:
                    name = f"{item.place.rule}: {item.title}".replace("`", "")
                    yield Found(item.place, name, "what nothing else exercises", candidate)

    def _witness(self, n: int, item: Item, changes: int) -> Candidate | None:
        for candidate in islice(self._around(item.place.rule, changes), MOST_TRIED):
            seen = self.seen(candidate)
            if seen is not None and n in seen:
                return candidate
        return None

    def _around(self, rule: str, changes: int) -> Iterator[Candidate]:
        """Yield the fixtures in turn with one change of what a rule rests on, then with the next."""
        facts = self._variation.facts(rule)
        changed = [self._changed(Candidate(base), facts, changes, changes > 1) for base in self._bases]
        for turn in zip_longest(*changed):
            yield from (candidate for candidate in turn if candidate is not None)

    def _changed(
        self, candidate: Candidate, facts: Sequence[str], changes: int, is_coarse: bool
    ) -> Iterator[Candidate]:
        for n, fact in enumerate(facts):
            for value in self._variation.values(fact, is_coarse=is_coarse):
                changed = candidate.having(fact, value)
                if changes == 1:
                    yield changed
                else:
                    yield from self._changed(changed, facts[n + 1 :], changes - 1, is_coarse)

    # Conditions that decide alone

    def _pairs(self, kept: list[tuple[Candidate | None, Seen]]) -> Iterator[Found]:
        for decision in self._register.decisions:
            for place, marks in enumerate(decision.conditions):
                item = self._register.items[marks[True]]
                if pair(decision, place, kept) is None:
                    yield from self._pair(decision, place, item, kept)

    def _pair(
        self, decision: Decision, place: int, item: Item, kept: list[tuple[Candidate | None, Seen]]
    ) -> Iterator[Found]:
        rule = decision.place.rule
        for changes in (1, 2):
            found = pair(decision, place, self._tried(rule, changes))
            if found is None:
                continue
            for candidate, side in zip(found, ("true", "false"), strict=True):
                seen = self.seen(candidate)
                assert seen is not None  # noqa: S101 - it was observed
                kept.append((candidate, seen))
                name = f"{rule}: {item.of} {side}, all else equal"
                yield Found(decision.place, name, "a condition that decides alone", candidate)
            return

    def _tried(self, rule: str, changes: int) -> Iterator[tuple[Candidate, Seen]]:
        """Yield fixtures as they are, then changed, with what they exercise."""
        whole = map(Candidate, self._bases)
        for candidate in chain(whole, islice(self._around(rule, changes), MOST_TRIED)):
            seen = self.seen(candidate)
            if seen is not None:
                yield candidate, seen
