"""One reading of the facts by a rulebook, or two blended where facts are estimates.

With estimates the generated program is run once with them taken as known and once with them hidden;
each point, amount and limit then lies between the two, so that known <= estimated <= unknown by
construction.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from itertools import accumulate
from operator import or_
from typing import Any

from pegmark.engine.compiled import Epoch
from pegmark.engine.evaluation import Amounts, Evaluation

FULL = 100
"""The most points that a characteristic has."""


def between(known: int, unknown: int, weight: tuple[int, int]) -> int:
    """Return `known` moved towards `unknown` by `weight`, rounded towards `unknown`."""
    n, d = weight
    return known + (unknown - known) * n // d if unknown < known else known - (known - unknown) * n // d


def _in_force(reading: Evaluation, cards: Sequence[int]) -> Iterator[int]:
    """Yield points, of `cards` by their place; a pillar that does not apply has lost none."""
    for points, card in zip(reading.points, cards, strict=True):
        yield points if reading.applies[card] else FULL


class Reading:
    """One reading of the facts, or two blended, behind one face."""

    def __init__(
        self,
        epoch: Epoch,
        absent: Sequence[int],
        cards: Sequence[int],
        facts: Mapping[str, Any],
        hidden: Mapping[str, Any] | None,
        log: list[Any] | None,
    ) -> None:
        self._weight = epoch.weight
        self._absent = absent
        unsure = None if hidden is None else epoch.answer(hidden, None, None, None)
        # A class that needs known facts is one that stands without the estimates.
        confirmed = None if unsure is None else unsure.confirming
        if log is None:
            self.known = epoch.answer(facts, None, confirmed, None)
        else:
            self.known = epoch.explain(facts, None, confirmed, log.append)
        if unsure is not None and unsure.cls != self.known.cls:
            unsure = epoch.answer(hidden, self.known.cls, None, None)
        self._unsure = unsure
        self.points, self.applies, self.limits = self.known.points, self.known.applies, self.known.limits
        if unsure is not None:
            self.points = tuple(map(self._least, _in_force(self.known, cards), _in_force(unsure, cards)))
            self.applies = tuple(a or b for a, b in zip(self.applies, unsure.applies, strict=True))
            self.limits = tuple(map(self._limit, self.limits, unsure.limits))

    def _least(self, known: int, unknown: int) -> int:
        return between(known, min(known, unknown), self._weight)

    def _limit(self, known: int | None, unknown: int | None) -> int | None:
        if known is None or unknown is None:
            return unknown if known is None else known
        return self._least(known, unknown)

    def _amount(self, known: int | None, unknown: int | None, absent: int) -> int | None:
        """Return an amount between the two; a step that does not apply is as good as one of `absent`."""
        if known is None and unknown is None:
            return None
        a, b = (absent if amount is None else amount for amount in (known, unknown))
        return between(a, max(a, b), self._weight)

    def at(self, size: float) -> tuple[Amounts, int]:
        """Return the amounts of a position of `size` (start, steps, reference), and what was missed."""
        amounts, missed = self.known.at(size)
        if self._unsure is not None:
            amounts = tuple(map(self._amount, amounts, self._unsure.at(size)[0], self._absent))
        return amounts, missed

    def totals(self, sizes: Sequence[float]) -> tuple[list[int], list[int], int]:
        """Return the most that maintenance and initial in total reach up to each size, and what was missed.

        `sizes` rise; a ladder can be built on haircuts alone that nowhere fall.
        """
        if self._unsure is None:
            return self.known.totals(sizes)
        found = [self.at(size) for size in sizes]
        closed = [self.known.close(amounts) for amounts, _ in found]
        return (
            list(accumulate((total for *_, total, _ in closed), max)),
            list(accumulate((total for *_, total in closed), max)),
            reduce(or_, (missed for _, missed in found), 0),
        )
