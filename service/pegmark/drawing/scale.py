"""From amounts to places: a scale of shares, and one of money by its order of magnitude."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

_ROUND = (Fraction(1), Fraction(2), Fraction(5), Fraction(10))


@dataclass(frozen=True, slots=True)
class Shares:
    """A scale from zero to at least the greatest share that is shown."""

    step: Fraction
    count: int

    @classmethod
    def up_to(cls, greatest: float, at_most: int = 6) -> Shares:
        """Return a scale of as many round steps as are needed, `at_most` of them.

        >>> [str(tick) for tick in Shares.up_to(0.87).ticks]
        ['0', '1/5', '2/5', '3/5', '4/5', '1']
        """
        exact = max(Fraction(greatest).limit_denominator(10**9), Fraction(1, 1000))
        magnitude = Fraction(10) ** math.floor(math.log10(exact / at_most))
        step = next(n * magnitude for n in _ROUND if exact <= at_most * n * magnitude)
        return cls(step, math.ceil(exact / step))

    @property
    def most(self) -> float:
        """The share at its end."""
        return float(self.step * self.count)

    @property
    def ticks(self) -> list[Fraction]:
        """Where it is marked."""
        return [n * self.step for n in range(self.count + 1)]


@dataclass(frozen=True, slots=True)
class Magnitudes:
    """A logarithmic scale of money, from a power of ten to any amount."""

    least: float
    most: float

    @classmethod
    def of(cls, first: float, most: float) -> Magnitudes:
        """Return a scale on which `first` stands off the left end; at least two decades wide.

        >>> Magnitudes.of(25_000, 14_800_000)
        Magnitudes(least=10000.0, most=14800000)
        """
        decade = min(math.ceil(math.log10(first)) - 1, math.floor(math.log10(most / 100)))
        return cls(10.0**decade, most)

    def at(self, amount: float) -> float:
        """Return the place of an amount, 0 to 1."""
        if amount <= self.least:
            return 0.0
        return math.log(amount / self.least) / math.log(self.most / self.least)

    @property
    def decades(self) -> list[float]:
        """The powers of ten on it."""
        first, last = round(math.log10(self.least)), math.floor(math.log10(self.most) + 1e-9)
        return [10.0**n for n in range(first, last + 1)]
