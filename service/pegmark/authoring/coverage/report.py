"""What suites exercise, put together: how much of each section, and what of it nothing exercises."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from pegmark.authoring.coverage.items import KINDS, Item, ItemKind


@dataclass(frozen=True, slots=True)
class Observation:
    """A case by its title, and the numbers of the items that it exercises."""

    title: str
    seen: frozenset[int]


@dataclass(frozen=True, slots=True)
class Count:
    """How many items there are that can be exercised, and how many of them are."""

    seen: int = 0
    all: int = 0

    @property
    def share(self) -> Fraction:
        """What part is exercised; of nothing, all is."""
        return Fraction(self.seen, self.all) if self.all else Fraction(1)

    def __add__(self, other: Count) -> Count:
        return Count(self.seen + other.seen, self.all + other.all)


@dataclass(frozen=True)
class Coverage:
    """The items of a rulebook, and which case exercises which."""

    items: Sequence[Item]
    observations: Sequence[Observation]

    @cached_property
    def seen(self) -> frozenset[int]:
        """The numbers of the items that some case exercises."""
        return frozenset().union(*(one.seen for one in self.observations))

    @cached_property
    def touching(self) -> Mapping[str, frozenset[str]]:
        """The rules, and derived names, that each case asks, by the title of the case.

        A change to a rule that a case does not ask cannot change what comes of that case.
        """
        return {one.title: frozenset(self.items[n].place.rule for n in one.seen) for one in self.observations}

    @property
    def missing(self) -> Iterator[tuple[int, Item]]:
        """The items that nothing exercises though something may."""
        for n, item in enumerate(self.items):
            if n not in self.seen and item.unreachable is None:
                yield n, item

    @property
    def unreachable(self) -> Iterator[Item]:
        """The items that nothing can exercise."""
        return (item for item in self.items if item.unreachable is not None)

    def counts(self, kinds: Iterable[ItemKind] = KINDS) -> dict[str, dict[ItemKind, Count]]:
        """Return the counts of each kind, by section in the order of the rulebook."""
        found: dict[str, dict[ItemKind, Count]] = {}
        for n, item in enumerate(self.items):
            section = found.setdefault(item.place.section, {kind: Count() for kind in kinds})
            if item.kind in section and item.unreachable is None:
                section[item.kind] += Count(n in self.seen, 1)
        return found

    def total(self, *kinds: ItemKind) -> Count:
        """Return the count of the items of some kinds, of all by default."""
        counts = self.counts(kinds or KINDS).values()
        return sum((count for section in counts for count in section.values()), Count())
