"""From the amounts of the steps to maintenance, initial and total haircuts, in exact integers.

Ratios are integers of scale 1e12, so the lines of a waterfall sum to the haircut exactly.
"""

from __future__ import annotations

from dataclasses import dataclass

from pegmark.engine.emit import ONE
from pegmark.rulebook.program import Haircut

Amounts = tuple[int | None, ...]
"""The amount of the start, of each step, and of the reference; None where a step does not apply."""


@dataclass(frozen=True, slots=True)
class Position:
    """The haircuts of a position of one size."""

    size: float
    amounts: Amounts
    maintenance: int
    initial: int
    reference: int
    maintenance_total: int
    initial_total: int


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a waterfall: the step it stands for (0 is the start; None for `BOUND`, `ROUND`)."""

    rule: str
    step: int | None
    amount: int


class Waterfall:
    """The waterfall of one rulebook."""

    def __init__(self, haircut: Haircut) -> None:
        self._ids = (haircut.start.reason.id, *(step.reason.id for step in haircut.steps))
        self._ops = tuple(step.op for step in haircut.steps)
        self._low, self._high = int(haircut.low * ONE), int(haircut.high * ONE)
        self.tick = int(haircut.rounding.to * ONE)
        self._mode = haircut.rounding.mode
        self._floor = int(haircut.initial_floor * ONE)
        self._share = haircut.initial_share.as_integer_ratio()

    def position(self, size: float, amounts: Amounts, running: int) -> Position:
        """Return the haircuts that follow from `running`, which is what `amounts` come to."""
        return self._complete(size, amounts, self._settle(running)[1])

    def worthless(self, size: float, amounts: Amounts) -> Position:
        """Return the haircuts of an asset that is not accepted."""
        return self._complete(size, amounts, ONE)

    def lines(self, position: Position) -> list[Line]:
        """Return the contribution of each step that applies; the sum is maintenance, exactly."""
        found, before = [], 0
        for n, after in zip(self._applied(position.amounts), self._running(position.amounts), strict=True):
            found.append(Line(self._ids[n], n, after - before))
            before = after
        bounded, settled = self._settle(before)
        found += [Line("BOUND", None, bounded - before), Line("ROUND", None, settled - bounded)]
        if settled != position.maintenance:
            found.append(Line("INELIGIBLE", None, position.maintenance - settled))
        return found

    @staticmethod
    def _applied(amounts: Amounts) -> list[int]:
        return [n for n, amount in enumerate(amounts[:-1]) if n == 0 or amount is not None]

    def _running(self, amounts: Amounts) -> list[int]:
        """Return the haircut after the start and after each step that applies."""
        running = amounts[0] or 0
        found = [running]
        for op, amount in zip(self._ops, amounts[1:-1], strict=True):
            if amount is None:
                continue
            if op == "add":
                running += amount
            elif op == "max":
                running = max(running, amount)
            elif op == "min":
                running = min(running, amount)
            else:
                running = -(-running * amount // ONE)
            found.append(running)
        return found

    def _settle(self, running: int) -> tuple[int, int]:
        """Return the haircut within its bounds, and that rounded."""
        bounded = min(max(running, self._low), self._high)
        return bounded, min(self._high, rounded(bounded, self.tick, self._mode))

    def _complete(self, size: float, amounts: Amounts, maintenance: int) -> Position:
        n, d = self._share
        extra = max(self._floor, -(-maintenance * n // d))
        initial = min(ONE, rounded(maintenance + extra, self.tick, "up"))
        reference = amounts[-1] or 0
        return Position(
            size,
            amounts,
            maintenance,
            initial,
            reference,
            _total(maintenance, reference),
            _total(initial, reference),
        )


def rounded(value: int, to: int, mode: str) -> int:
    """Round an integer to a multiple of `to`, up or down."""
    return -(-value // to) * to if mode == "up" else value // to * to


def _total(basis: int, reference: int) -> int:
    """Return 1 - (1 - basis)(1 - reference): what a claim on something that itself falls may lose."""
    return ONE - (ONE - basis) * (ONE - reference) // ONE
