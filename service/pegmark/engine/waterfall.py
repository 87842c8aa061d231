"""The haircuts of a position, in exact integers of scale 1e12."""

from __future__ import annotations

from typing import NamedTuple

from pegmark.engine.emit import ONE
from pegmark.engine.evaluation import Amounts


class Position(NamedTuple):
    """The haircuts of a position of one size."""

    size: float
    amounts: Amounts
    maintenance: int
    initial: int
    maintenance_total: int
    initial_total: int

    @property
    def reference(self) -> int:
        """The haircut of what the claim is on."""
        return self.amounts[-1] or 0


def worthless(size: float, amounts: Amounts) -> Position:
    """Return the haircuts of an asset that is not accepted."""
    return Position(size, amounts, ONE, ONE, ONE, ONE)


def rounded(value: int, to: int, mode: str) -> int:
    """Round an integer to a multiple of `to`, up or down."""
    return -(-value // to) * to if mode == "up" else value // to * to
