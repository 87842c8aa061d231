"""The smallest sets of changes that reach a goal, each decided by the engine.

A set of levers is first tried with each at its best, contradictions aside. What does not reach the goal
then cannot reach it at any values, and neither can a set within it; so each set that fails is widened
as far as it fails, and whatever lies within is never tried. What does reach the goal is drawn back to
where nothing contradicts, and from there each change is made as small as it can be.

INVARIANT: better facts never make a decision worse. Where a rulebook breaks that a set may be missed;
what is found is decided all the same. A search that notices says that it has not seen everything.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from pegmark.engine.bounds import beyond_bounds
from pegmark.engine.compiled import Compiled, Status
from pegmark.engine.decide import Layer, Terms, settle, stand
from pegmark.engine.emit import MICRO
from pegmark.facts.consistency import contradictions
from pegmark.facts.levers import Change, Lever, changed, components, moved_rows
from pegmark.facts.snapshot import Snapshot

MOST_CHANGES = 5
MOST_RUNS = 500
"""How often one search runs the generated program, which with estimates runs twice each time."""
MOST_SETS = 20_000
"""How many sets one search looks at, most of them without running anything."""
_STRIDES = 16

At = list[int | None]
"""How far each lever of a set is pulled: the index of its value; None where it is left alone."""


@dataclass(frozen=True, slots=True)
class Question:
    """What was decided: by which program, of which facts, at which sizes, above which layer."""

    compiled: Compiled
    snapshot: Snapshot
    sizes: Sequence[float]
    layer: Layer | None


@dataclass(frozen=True, slots=True)
class Goal:
    """A band better than `band`; acceptance, where the status is `ineligible`."""

    band: int
    status: Status

    def is_reached(self, band: int, status: Status) -> bool:
        """Tell whether what was decided is good enough."""
        if self.status == "ineligible":
            return status == "accept"
        return status != "ineligible" and band < self.band


@dataclass(frozen=True, slots=True)
class Found:
    """Changes that reach the goal, none of which can be left out or be smaller, and what they come to."""

    changes: tuple[Change, ...]
    terms: Terms

    @property
    def travel(self) -> float:
        """How far the facts move, each as a share of its whole range."""
        return sum((lever.values.index(value) + 1) / lever.steps for lever, value in self.changes)


class _Spent(Exception):
    """The budget is spent."""


class Search:
    """One search among `levers`; `runs` and `is_exhausted` tell of it when it is done."""

    def __init__(self, question: Question, goal: Goal, levers: Sequence[Lever]) -> None:
        self.runs = 0
        self.is_exhausted = True
        self._question, self._goal, self._levers = question, goal, levers
        compiled = question.compiled
        # Band and status do not depend on how finely the ladder is drawn beyond the least account.
        least = compiled.scale.least_account
        points = (least,) if least else ()
        usd = tuple(point / MICRO for point in points)
        coarse = replace(compiled.scale, breakpoints=points, breakpoints_usd=usd)
        self._coarse = replace(compiled, scale=coarse)
        self._rows = components(question.snapshot)
        # Sets of levers are bits; what cannot be pulled together with each, and what fails at its best.
        groups = [lever.group for lever in levers]
        self._excluded = [
            sum(1 << m for m, group in enumerate(groups) if group == own and m != n)
            for n, own in enumerate(groups)
        ]
        self._failing: list[int] = []

    def fewest(self) -> list[Found]:
        """Return the smallest sets, those that move least first."""
        found: dict[tuple[Change, ...], Found] = {}
        try:
            for size in range(1, min(MOST_CHANGES, len(self._levers)) + 1):
                for mask in self._candidates(size):
                    if (least := self._least(self._named(mask))) is not None:
                        found[least.changes] = least
                if found:
                    break
        except _Spent:
            self.is_exhausted = False
        return sorted(found.values(), key=lambda each: (len(each.changes), each.travel))

    def _candidates(self, size: int) -> Iterator[int]:
        """Yield the sets of `size` levers that reach the goal at their best.

        A set within one that fails is widened by what that one does not hold: there is no other way out.
        """
        todo, seen = [0], {0}
        while todo:
            if len(seen) > MOST_SETS:
                raise _Spent
            mask = todo.pop()
            failing = next((wide for wide in self._failing if mask & wide == mask), None)
            if failing is None and not self._reaches_at_best(mask):
                failing = mask
                if mask.bit_count() < size:
                    failing = self._grown(mask)
                    self._failing.append(failing)
            if mask.bit_count() < size:
                for n, excluded in enumerate(self._excluded):
                    wider = mask | 1 << n
                    if wider not in seen and not mask & excluded and not (failing or 0) >> n & 1:
                        seen.add(wider)
                        todo.append(wider)
            elif failing is None:
                yield mask

    def _grown(self, mask: int) -> int:
        """Return a largest set around one that fails which fails too."""
        for n, excluded in enumerate(self._excluded):
            wider = mask | 1 << n
            if wider != mask and not mask & excluded and not self._reaches_at_best(wider):
                mask = wider
        return mask

    def _named(self, mask: int) -> list[Lever]:
        return [lever for n, lever in enumerate(self._levers) if mask >> n & 1]

    def _reaches_at_best(self, mask: int) -> bool:
        return self._reaches([Change(lever, lever.values[-1]) for lever in self._named(mask)])

    def _changed(self, changes: Iterable[Change]) -> Snapshot:
        return changed(self._question.snapshot, self._rows, changes)

    def _reaches(self, changes: Sequence[Change]) -> bool:
        snapshot = self._changed(changes)
        self.runs += 2 if snapshot.estimated else 1
        if self.runs > MOST_RUNS:
            raise _Spent
        terms = stand(self._coarse, snapshot, self._question.layer).terms
        return self._goal.is_reached(terms.band, terms.status)

    def _is_consistent(self, changes: Sequence[Change]) -> bool:
        snapshot, rows = self._changed(changes), moved_rows(self._rows, changes)
        return not contradictions(snapshot.values, rows) and not beyond_bounds(
            self._question.compiled, snapshot
        )

    def _least(self, chosen: Sequence[Lever]) -> Found | None:
        """Return the set with each lever pulled no further than it must be, where it is possible at all."""
        at = self._best(chosen)
        if None in at or not self._reaches(_pulled(chosen, at)):
            return None
        for n, furthest in enumerate(at):

            def is_enough(to: int | None, n: int = n) -> bool:
                changes = _pulled(chosen, [*at[:n], to, *at[n + 1 :]])
                return self._is_consistent(changes) and self._reaches(changes)

            if is_enough(None):
                # The smaller set was ruled out by a wider one that fails: the invariant does not hold.
                self.is_exhausted = False
                at[n] = None
            else:
                at[n] = bisect_left(range(furthest or 0), True, key=is_enough)
        changes = _pulled(chosen, at)
        terms = settle(
            self._question.compiled, self._changed(changes), self._question.sizes, self._question.layer
        )
        # At a size that is asked about, a guardrail may yet be crossed.
        return Found(tuple(changes), terms) if self._goal.is_reached(terms.band, terms.status) else None

    def _best(self, chosen: Sequence[Lever]) -> At:
        """Return how far the levers can be pulled together without a contradiction.

        One may make room for another (a right to redeem for a capacity), so it is tried until none moves.
        """
        at: At = [None] * len(chosen)
        while True:
            before = list(at)
            for n, lever in enumerate(chosen):

                def is_free(to: int, n: int = n) -> bool:
                    return self._is_consistent(_pulled(chosen, [*at[:n], to, *at[n + 1 :]]))

                at[n] = _furthest(at[n], len(lever.values) - 1, is_free)
            if at == before:
                return at


def _furthest(start: int | None, last: int, is_free: Callable[[int], bool]) -> int | None:
    """Return the greatest index from `start` to `last` that is free; what is free is an interval.

    Without a start one is looked for in strides, for an interval that is not very short.
    """
    if start == last or is_free(last):
        return last
    if start is None:
        start = next(filter(is_free, range(0, last, last // _STRIDES + 1)), None)
    if start is None:
        return None
    return start + bisect_left(range(start + 1, last), True, key=lambda to: not is_free(to))


def _pulled(chosen: Sequence[Lever], at: Sequence[int | None]) -> list[Change]:
    return [Change(lever, lever.values[to]) for lever, to in zip(chosen, at, strict=True) if to is not None]
