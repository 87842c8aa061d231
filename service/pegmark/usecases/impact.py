"""What another rulebook does to a population: who gets other terms, by how much, and by which rules.

Counts are kept, not decisions, so that a population may be of any size and be counted in parts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, NamedTuple

from pegmark.engine.compiled import STATUSES
from pegmark.engine.decide import settle
from pegmark.engine.emit import MICRO, ONE
from pegmark.usecases.assess import Case, Question, prepare, prepare_alike
from pegmark.usecases.desk import Desk

__all__ = ["Asked", "Impact", "Measure", "Mover", "Tally", "compared", "explained"]

MOST_MOVERS = 10
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
OUTCOMES = ("class", "band", "status")


class Outcome(NamedTuple):
    """What a decision comes to; haircuts in total, scale 1e12, a size each; the cap in millionths of USD."""

    cls: str
    band: str
    status: str
    maintenance: tuple[int, ...]
    initial: tuple[int, ...]
    cap: int


class Asked(NamedTuple):
    """Which question an outcome is of: its place, what it is about, and how to ask it again."""

    place: int
    asset: str
    as_of: str
    again: Any = None


class Mover(NamedTuple):
    """One that got other terms; `rules` decided otherwise, as far as that was looked into."""

    asked: Asked
    before: Outcome
    after: Outcome
    rules: tuple[str, ...] = ()

    @property
    def distance(self) -> tuple[int, int, int, int]:
        """How far it moved; of equals the earlier one comes first."""
        before, after = self.before, self.after
        haircut = max(abs(a - b) for a, b in zip(after.initial, before.initial, strict=True))
        steps = abs(STATUSES.index(after.status) - STATUSES.index(before.status))
        return haircut, steps, abs(after.cap - before.cap), -self.asked.place


@dataclass(frozen=True, slots=True)
class Measure:
    """How a number moved: how many for the better, for the worse and not; quantiles of those that did."""

    name: str
    size: float | None
    better: int
    worse: int
    unchanged: int
    quantiles: Mapping[float, float]
    least: float | None
    most: float | None


@dataclass(frozen=True, slots=True)
class Impact:
    """What another rulebook does to a population."""

    population: str
    decided: int
    refused: int
    changed: int
    moves: Mapping[str, Sequence[tuple[str, str, int]]]
    measures: Sequence[Measure]
    movers: Sequence[Mover]


@dataclass(slots=True)
class Tally:
    """Counts of a part of a population."""

    sizes: Sequence[float]
    decided: int = 0
    refused: int = 0
    changed: int = 0
    moves: dict[str, Counter[tuple[str, str]]] = field(
        default_factory=lambda: {o: Counter() for o in OUTCOMES}
    )
    moved: dict[Hashable, list[int]] = field(default_factory=dict)
    movers: list[Mover] = field(default_factory=list)

    def add(self, asked: Asked, before: Outcome, after: Outcome) -> None:
        """Count a question that both rulebooks decided."""
        self.decided += 1
        if before == after:
            return
        self.changed += 1
        for name, was, now in zip(OUTCOMES, before, after, strict=False):
            if was != now:
                self.moves[name][str(was), str(now)] += 1
        for key, was_at, now_at in self._amounts(before, after):
            if was_at != now_at:
                self.moved.setdefault(key, []).append(now_at - was_at)
        self.movers.append(Mover(asked, before, after))
        if len(self.movers) >= 8 * MOST_MOVERS:
            self.trim()

    def merge(self, other: Tally) -> None:
        """Count what was counted elsewhere."""
        self.decided += other.decided
        self.refused += other.refused
        self.changed += other.changed
        for name, counts in other.moves.items():
            self.moves[name].update(counts)
        for key, deltas in other.moved.items():
            self.moved.setdefault(key, []).extend(deltas)
        self.movers += other.movers
        self.trim()

    def impact(self, population: str) -> Impact:
        """Return what the counts come to."""
        self.trim()
        keys: list[tuple[str, int | None]] = [
            (name, n) for n in range(len(self.sizes)) for name in ("maintenance", "initial")
        ]
        return Impact(
            population,
            self.decided,
            self.refused,
            self.changed,
            {
                name: [(was, now, count) for (was, now), count in _by_count(counts)]
                for name, counts in self.moves.items()
            },
            [self._measure(name, n) for name, n in (*keys, ("cap", None))],
            tuple(self.movers),
        )

    def _amounts(self, before: Outcome, after: Outcome) -> Iterable[tuple[Hashable, int, int]]:
        for n in range(len(self.sizes)):
            yield ("maintenance", n), before.maintenance[n], after.maintenance[n]
            yield ("initial", n), before.initial[n], after.initial[n]
        yield ("cap", None), before.cap, after.cap

    def _measure(self, name: str, n: int | None) -> Measure:
        deltas = sorted(self.moved.get((name, n), ()))
        scale = ONE if name != "cap" else MICRO
        up = sum(delta > 0 for delta in deltas)
        down = len(deltas) - up
        better, worse = (up, down) if name == "cap" else (down, up)
        return Measure(
            name,
            None if n is None else self.sizes[n],
            better,
            worse,
            self.decided - len(deltas),
            {q: _exact(_quantile(deltas, q), scale) for q in QUANTILES} if deltas else {},
            _exact(deltas[0], scale) if deltas else None,
            _exact(deltas[-1], scale) if deltas else None,
        )

    def trim(self) -> None:
        """Keep of those that moved the ones that moved farthest."""
        self.movers.sort(key=lambda mover: mover.distance, reverse=True)
        del self.movers[MOST_MOVERS:]


def compared(tally: Tally, before: Desk, after: Desk, question: Question, asked: Asked) -> None:
    """Decide a question by both rulebooks and count it; raises `FactsError` where one refuses it."""
    first = prepare(before, question)
    second = prepare_alike(after, question, first)
    tally.add(asked, _outcome(first), _outcome(second))


def explained(before: Desk, after: Desk, question: Question, renamed: Mapping[str, str]) -> tuple[str, ...]:
    """Return the rules that decide a question otherwise, or in one rulebook alone, in order.

    `renamed` gives the new names of rules that have another name alone.
    """
    first, second = (_outcomes_by_rule(prepare(desk, question)) for desk in (before, after))
    first = {renamed.get(rule, rule): outcomes for rule, outcomes in first.items()}
    return tuple(rule for rule in {**first, **second} if first.get(rule) != second.get(rule))


def _outcome(case: Case) -> Outcome:
    compiled = case.book.compiled
    terms = settle(compiled, case.snapshot, case.sizes, case.layer, standing=case.standing)
    return Outcome(
        compiled.program.classify.order[terms.cls],
        compiled.bands[terms.band],
        terms.status,
        tuple([position.maintenance_total for position in terms.positions]),
        tuple([position.initial_total for position in terms.positions]),
        terms.venue_cap,
    )


def _outcomes_by_rule(case: Case) -> dict[str, list[Any]]:
    terms = settle(case.book.compiled, case.snapshot, case.sizes, case.layer, tracing=True)
    found: dict[str, list[Any]] = {}
    for n, outcome, _, _ in terms.log or ():
        found.setdefault(terms.epoch.rules[n].reason.id, []).append(outcome)
    # These leave no line of their own; the settings of the rating are called `rating`, as where they change.
    thresholds = case.book.compiled.ratings.thresholds
    found["rating"] = [terms.composite, sum(terms.composite < least for least in thresholds)]
    for rule in (*terms.capped_by, *terms.status_by, *filter(None, [terms.binding])):
        found.setdefault(rule, []).append("decides")
    return found


def _by_count(counts: Counter[tuple[str, str]]) -> list[tuple[tuple[str, str], int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def _quantile(ordered: Sequence[int], share: float) -> int:
    """Return the least value that so large a share does not exceed.

    >>> _quantile([1, 2, 3, 4], 0.5), _quantile([7], 0.95)
    (2, 7)
    """
    return ordered[max(0, -(-len(ordered) * round(share * 100) // 100) - 1)]


def _exact(value: int, scale: int) -> float:
    return float(Fraction(value, scale))
