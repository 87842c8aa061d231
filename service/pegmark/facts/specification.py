"""What is said of a fact: one row of the vocabulary, and how to write one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pegmark.facts.units import DAYS_MOST, RANGES, USD_MOST, Kind

Worse = Literal["higher", "lower", "first", "true", "false", "from_one", "none"]
WORSE: Mapping[Worse, str] = {
    "higher": "higher is worse",
    "lower": "lower is worse",
    "first": "worst first",
    "true": "yes is worse",
    "false": "no is worse",
    "from_one": "further from 1 is worse",
    "none": "neither way is worse",
}
"""Which way is worse, in words."""


@dataclass(frozen=True, slots=True)
class FactSpec:
    """One fact.

    `members` run from worst to best. `low` and `high` are inclusive, in the unit of `kind`.
    `worse`: which way is worse for a lender (`first`: an earlier member; `from_one`: further from
    1). `max_age_days`: older than this at `as_of` the fact is stale; None never is.
    """

    name: str
    kind: Kind
    worse: Worse
    meaning: str
    where: str
    max_age_days: int | None = None
    low: float | None = None
    high: float | None = None
    members: tuple[str, ...] = ()

    @property
    def group(self) -> str:
        """The part before the dot."""
        return self.name.partition(".")[0]

    @property
    def attribute(self) -> str:
        """The part after the dot."""
        return self.name.partition(".")[2]


# How long a statement of each sort can be relied on, in days.
TERMS = 730  # legal terms and contract code: until they are read again
YEAR = 400  # what is published once a year
QUARTER = 130  # what is published once a quarter
MONTH = 45  # what is published once a month
DAYS = 10  # what is measured daily, over a holiday
NOW = 5  # what is measured now, over a long weekend


def ratio(
    name: str,
    worse: Worse,
    age: int | None,
    meaning: str,
    where: str,
    *,
    low: float = 0.0,
    high: float = RANGES["ratio"][1],
) -> FactSpec:
    """Return a share or rate as a decimal, 0 to 1 unless said otherwise."""
    return FactSpec(name, "ratio", worse, meaning, where, age, low, high)


def number(
    name: str,
    worse: Worse,
    age: int | None,
    meaning: str,
    where: str,
    *,
    low: float = 0.0,
    high: float = RANGES["number"][1],
) -> FactSpec:
    """Return a bare number."""
    return FactSpec(name, "number", worse, meaning, where, age, low, high)


def days(
    name: str, worse: Worse, age: int | None, meaning: str, where: str, *, high: float = DAYS_MOST
) -> FactSpec:
    """Return a length of time in days."""
    return FactSpec(name, "days", worse, meaning, where, age, 0.0, high)


def usd(name: str, worse: Worse, age: int | None, meaning: str, where: str) -> FactSpec:
    """Return an amount in US dollars."""
    return FactSpec(name, "USD", worse, meaning, where, age, 0.0, USD_MOST)


def flag(name: str, worse: Worse, age: int | None, meaning: str, where: str) -> FactSpec:
    """Return a yes or no."""
    return FactSpec(name, "bool", worse, meaning, where, age)


def choice(
    name: str, members: str, age: int | None, meaning: str, where: str, *, worse: Worse = "first"
) -> FactSpec:
    """Return one of `members`, given from worst to best with spaces between."""
    return FactSpec(name, "enum", worse, meaning, where, age, members=tuple(members.split()))
