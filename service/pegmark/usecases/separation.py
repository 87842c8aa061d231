"""Find an asset on which a mutant and the rulebook it was made from say different things.

The assets of the suites are moved to where the faulty rule turns: each fact it rests on takes the numbers
it meets there and those a step away, each of its members, and is left out; then two facts at once. Every
such asset is decided by both programs, so that what is found needs no proof.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import zip_longest
from typing import Any, TypeVar

from pegmark.authoring.mutation import Mutant
from pegmark.authoring.mutation.bearing import Bearing, bearing
from pegmark.authoring.mutation.numbers import nearby
from pegmark.authoring.suite import Case, Claim, Setting
from pegmark.engine.writer import submitted
from pegmark.errors import FactsError
from pegmark.facts.components import COMPONENTS
from pegmark.facts.specification import FactSpec
from pegmark.facts.units import Kind
from pegmark.facts.vocabulary import READABLE
from pegmark.problems import Position, Span
from pegmark.proof.stated import GRIDS, stated
from pegmark.usecases.assess import Case as Asked
from pegmark.usecases.assess import prepare
from pegmark.usecases.desk import Desk
from pegmark.usecases.trials import question_of

SHARE = "backing.share."
MOST, SINGLES = 3_000, 600
"""How many assets are looked at for one mutant, and how many of them are the first with one change."""
NOWHERE = Span("", Position(0, 0), Position(0, 0))
Found = TypeVar("Found")
Said = Any
"""A value as a request has it; None where nothing is said."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An asset of the suites with some facts changed, before one of their venues or its own."""

    like: str
    venue: str | None
    changes: tuple[tuple[str, Said], ...]


class Separation:
    """Looks for assets among variants of fixtures; what has been asked once is kept."""

    def __init__(self, desk: Desk, fixtures: Mapping[str, Setting], venues: Mapping[str, Setting]) -> None:
        self.desk = desk
        self.fixtures = fixtures
        self.venues = venues
        self._asked: dict[str, Asked | None] = {}
        self._remembered: dict[str, Any] = {}

    def remembered(self, about: object, ask: Callable[[], Found]) -> Found:
        """Return what was found about something before, or is now."""
        key = repr(about)
        if key not in self._remembered:
            self._remembered[key] = ask()
        found: Found = self._remembered[key]
        return found

    def forget(self) -> None:
        """Forget what was asked: another rule turns elsewhere."""
        self._asked.clear()
        self._remembered.clear()

    def candidates(self, mutant: Mutant) -> Iterator[Candidate]:
        """Yield what may tell a mutant from its base, the fewest changes first."""
        on = bearing(self.desk.book(None).program, mutant.program)
        values = {fact: list(values_of(fact, on)) for fact in dict.fromkeys(map(submitted, on.facts))}
        values = {fact: found for fact, found in values.items() if found}
        wheres = [(like, venue) for venue in (None, *self.venues) for like in self.fixtures]
        yield from (Candidate(like, venue, ()) for like, venue in wheres)
        # Each fact's next value by turns, so that none waits for all of another's.
        turns = zip_longest(*([(fact, said) for said in found] for fact, found in values.items()))
        singles = [one for turn in turns for one in turn if one is not None]
        plain = next(iter(self.fixtures))
        yield from (Candidate(plain, None, (single,)) for single in singles[:SINGLES])
        # The same for everyone: a generator of its own, from the mutant's name.
        chance = random.Random(mutant.rule)  # noqa: S311 - no secret
        while values:
            count = min(len(values), chance.choice((1, 1, 2, 2, 3)))
            facts = sorted(chance.sample(sorted(values), count))
            changes = tuple((fact, chance.choice(values[fact])) for fact in facts)
            yield Candidate(*chance.choice(wheres), changes)

    def like(self, values: Mapping[str, Said]) -> Iterator[Candidate]:
        """Yield assets of which a solver's values are stated, the roughest first."""
        wheres = [(like, venue) for venue in (None, *self.venues) for like in self.fixtures]
        # What lies beneath is another asset's.
        plain = {name: value for name, value in values.items() if not name.startswith("layer.")}
        for grid in GRIDS:
            changes = tuple(stated(plain, grid).items())
            yield from (Candidate(like, venue, changes) for like, venue in wheres)

    def asked(self, candidate: Candidate) -> Asked | None:
        """Return the question about a candidate; None where its facts contradict each other."""
        key = repr(candidate)
        if key not in self._asked:
            self._asked[key] = self._prepared(candidate)
        return self._asked[key]

    def setting(self, candidate: Candidate) -> Setting:
        """Return what a suite would say of a candidate."""
        base = self.fixtures[candidate.like]
        if candidate.venue is not None:
            base = self.venues[candidate.venue].over(base)
        claims = {fact: Claim(said, NOWHERE) for fact, said in candidate.changes}
        return Setting(facts=claims).over(base)

    def _prepared(self, candidate: Candidate) -> Asked | None:
        case = Case("", "", None, NOWHERE, self.setting(candidate), ())
        question = question_of(self.desk, case)
        if question is None:
            return None
        try:
            asked = prepare(self.desk, question)
        except FactsError:
            return None
        return None if asked.layer is not None else asked._replace(standing=None)


def values_of(fact: str, on: Bearing) -> Iterator[Said]:
    """Yield what a fact may be said to be where a rule turns on it."""
    if fact == COMPONENTS:
        yield from _components(on)
        return
    spec = READABLE.get(fact)
    if spec is None:
        return
    match spec.kind:
        case "bool":
            yield from (True, False)
        case "enum":
            yield from spec.members
        case _:
            yield from sorted(_numbers(spec, on))
    yield None


def _numbers(spec: FactSpec, on: Bearing) -> set[float]:
    kind: Any = spec.kind
    found = set(_around(kind, on.numbers.get(kind, ()))) | set(on.others.get(kind, ())) | {Fraction(0)}
    if kind == "USD":
        found |= {Fraction(10) ** n * m for n in range(4, 11) for m in (1, 3)}
    if kind == "ratio":
        found |= {Fraction(n, 20) for n in range(21)}
    low = Fraction(0) if spec.low is None else Fraction(spec.low)
    high = Fraction(10) ** 12 if spec.high is None else Fraction(spec.high)
    return {float(number) for number in found if low <= number <= high}


def _around(kind: Kind, numbers: Sequence[Fraction]) -> Iterator[Fraction]:
    for number in numbers:
        yield number
        yield from nearby(number, kind)


def _components(on: Bearing) -> Iterator[Said]:
    """Yield lists of backing: each kind that counts in each share that counts, beside another kind."""
    kinds = [name.removeprefix(SHARE) for name in on.facts if name.startswith(SHARE)]
    rests = dict.fromkeys(("treasury_bill", "gold", *kinds))
    near = [number for number in _around("ratio", on.numbers.get("ratio", ())) if number > 0]
    # A share times what it loses comes to a number of the rule.
    far = [number for number in (*near, *on.others.get("ratio", ())) if number > 0]
    shares = dict.fromkeys([Fraction(1), Fraction(1, 2), *near, *far])
    yield None
    for share in shares:
        if share <= 1:
            yield from _mixed(kinds, share, list(rests))
    for number in near:
        for other in far:
            share = Fraction(round(number / other * 10**6), 10**6)
            if 0 < share < 1 and share not in shares:
                yield from _mixed(kinds, share, list(rests)[:2])


def _mixed(kinds: Sequence[str], share: Fraction, rests: Sequence[str]) -> Iterator[Said]:
    for kind in kinds:
        if share == 1:
            yield [_row(kind, share)]
            continue
        for rest in rests:
            if rest != kind:
                yield [_row(kind, share), _row(rest, 1 - share)]


def _row(kind: str, share: Fraction) -> dict[str, Any]:
    return {"kind": kind, "share": float(share)}
