"""What it costs that a fact is not known: the terms now, beside those with the fact at its best.

The best value of a fact is the one furthest to its better side, by the direction that the vocabulary
gives it, which neither contradicts what else is known nor is worse than its bound. A fact without a
direction is tried at every value that it may have, and a list of backing at every kind of it alone;
of these the best is what gives the best terms. The cost is what may be gained by knowing, at most:
everything else stays as it is, the other unknown facts too.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from pydantic import BaseModel

from pegmark.engine.compiled import STATUSES
from pegmark.errors import FactsError
from pegmark.facts.model import Facts, VenueFacts
from pegmark.facts.snapshot import Value
from pegmark.facts.units import RANGES, quantise
from pegmark.facts.vocabulary import COMPONENT_KINDS, FACTS, FactSpec
from pegmark.storage.fixtures import StoredSnapshot, StoredVenue
from pegmark.usecases.assess import Question, assess, prepare
from pegmark.usecases.desk import Desk

SIZES = (1_000_000.0, 10_000_000.0)
COMPONENTS = "backing.components"

Best = Value | list[dict[str, Any]]
"""A value of a fact: a list where it is the backing."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a venue would go by: ratios as decimals, the haircuts by size of `SIZES`, money in USD."""

    cls: str
    status: str
    band: str
    maintenance: tuple[float, ...]
    initial: tuple[float, ...]
    cap_usd: float
    binding: str | None


@dataclass(frozen=True, slots=True)
class Cost:
    """A fact that is not known and mattered: its state, its best value, and the terms with that.

    `best` is None where every value contradicts what else is known; then the terms are those now.
    """

    fact: str
    state: str
    best: Best | None
    terms: Terms


@dataclass(frozen=True)
class Case:
    """Facts of an asset before a venue, from which single facts can be told otherwise."""

    desk: Desk
    asset: str
    as_of: str
    facts: BaseModel
    venue: BaseModel

    @classmethod
    def of(cls, desk: Desk, stored: StoredSnapshot, venue: StoredVenue) -> Case:
        """Return what is stored of an asset, as of its own date, before a stored venue."""
        return cls(desk, stored.asset, stored.as_of, stored.facts, venue.towards(stored.asset))

    def stating(self, fact: str, value: Best) -> Case:
        """Return the case with one fact known, as of the day of the question."""
        group, _, attribute = fact.partition(".")
        if group == "venue":
            said = VenueFacts.model_validate({attribute: value})
            return replace(self, venue=_with(self.venue, said, attribute))
        told: BaseModel = getattr(Facts.model_validate({group: {attribute: value}}), group)
        before: BaseModel | None = getattr(self.facts, group)
        after = told if before is None else _with(before, told, attribute)
        return replace(self, facts=self.facts.model_copy(update={group: after}))

    @property
    def question(self) -> Question:
        """The question about this case."""
        return Question(self.as_of, self.asset, self.facts, self.venue, sizes=SIZES, explain="none")

    @cached_property
    def is_admissible(self) -> bool:
        """Whether its facts neither contradict each other nor are worse than their bounds."""
        try:
            prepare(self.desk, self.question)
        except FactsError:
            return False
        return True

    @cached_property
    def decision(self) -> Mapping[str, Any]:
        """The body of the decision."""
        return assess(self.desk, self.question)

    @cached_property
    def terms(self) -> Terms:
        """The terms of the decision."""
        body = self.decision
        haircuts = {
            which: tuple(float(haircut[which]["total"]) for haircut in body["haircuts"])
            for which in ("maintenance", "initial")
        }
        cap = body["cap"]
        return Terms(
            body["class"], body["status"], body["band"], **haircuts,
            cap_usd=float(cap["venue_usd"]), binding=cap["binding"],
        )  # fmt: skip

    @property
    def unknown(self) -> dict[str, str]:
        """The facts that are not known and mattered, in the order of the vocabulary, and why not."""
        return {fact["fact"]: fact["state"] for fact in self.decision["unknown"] if fact["mattered"]}

    @property
    def rank(self) -> tuple[float, ...]:
        """How good the terms are, lowest best: status before class, band, haircuts and cap."""
        terms, book = self.terms, self.desk.book(None)
        return (
            STATUSES.index(self.decision["status"]),
            book.program.classify.order.index(terms.cls),
            book.compiled.bands.index(terms.band),
            *terms.maintenance,
            -terms.cap_usd,
        )


def costs(case: Case) -> list[Cost]:
    """Return the cost of every fact that is not known and mattered, each for itself."""
    found = []
    for fact, state in case.unknown.items():
        best, known = at_best(case, fact) or (None, case)
        found.append(Cost(fact, state, best, known.terms))
    return found


def together(case: Case) -> Terms:
    """Return the terms with all of these facts known, each at the best that those before it leave."""
    known = case
    for fact in case.unknown:
        best = at_best(known, fact)
        known = known if best is None else best[1]
    return known.terms


def at_best(case: Case, fact: str) -> tuple[Best, Case] | None:
    """Return the best value of a fact and the case with it; None where no value is admissible."""
    spec = FACTS[fact]
    if spec.worse == "none" or fact == COMPONENTS:
        tried = [(value, case.stating(fact, value)) for value in _every_value(spec)]
        return min(
            (pair for pair in tried if pair[1].is_admissible), key=lambda pair: pair[1].rank, default=None
        )
    if spec.kind in ("bool", "enum"):
        in_order: Iterable[Value] = (spec.worse == "false", spec.worse != "false")
        if spec.kind == "enum":
            in_order = reversed(spec.members)
        tried = [(value, case.stating(fact, value)) for value in in_order]
        return next((pair for pair in tried if pair[1].is_admissible), None)
    value = _nearest_to_best(case, spec)
    return None if value is None else (value, case.stating(fact, value))


def _every_value(spec: FactSpec) -> Iterator[Best]:
    if spec.name == COMPONENTS:
        yield from ([{"kind": kind, "share": 1.0}] for kind in COMPONENT_KINDS)
    elif spec.kind == "bool":
        yield from (True, False)
    else:
        # A number without a direction has no best value; none of its kind is read by a rule.
        yield from spec.members


def _nearest_to_best(case: Case, spec: FactSpec) -> float | None:
    """Return the admissible number nearest to the best that its range allows.

    What contradicts a number is another on the wrong side of it, so the admissible ones are an
    interval. Mostly it ends at a number that is known; else its end is found by halving, to the
    grid of the unit.
    """

    def is_admissible(value: float) -> bool:
        return case.stating(spec.name, value).is_admissible

    low, high = (
        bound if bound is not None else RANGES[spec.kind][end]
        for end, bound in enumerate((spec.low, spec.high))
    )
    best = {"higher": low, "lower": high, "from_one": 1.0}[spec.worse]
    values = prepare(case.desk, case.question).snapshot.values.values()
    limits = {value for value in values if isinstance(value, float) and low <= value <= high}
    nearest_first = sorted({best, low, high, *limits}, key=lambda value: (abs(value - best), value))
    within = next(filter(is_admissible, nearest_first), None)
    if within is None or within == best:
        return within
    grid = 1e-6 if spec.kind == "USD" else 1e-12
    middle = within + math.copysign(max(grid, math.ulp(within)), best - within)
    while (middle := quantise(middle, spec.kind)) not in (best, within):
        if is_admissible(middle):
            within = middle
        else:
            best = middle
        middle = (best + within) / 2
    return within


def _with(before: BaseModel, said: BaseModel, attribute: str) -> BaseModel:
    return before.model_copy(update={attribute: getattr(said, attribute)})
