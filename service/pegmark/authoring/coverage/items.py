"""What there is to exercise in a rulebook: each rule, each branch, each outcome of each condition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pegmark.language.nodes import Typed
from pegmark.language.types import Kind
from pegmark.problems import Span
from pegmark.rulebook.program import Reason

ItemKind = Literal["rule", "branch", "condition"]
KINDS: tuple[ItemKind, ...] = ("rule", "branch", "condition")


@dataclass(frozen=True, slots=True)
class Place:
    """The rule, or derived name, that an item belongs to."""

    section: str
    rule: str
    span: Span


def place_of(section: str, reason: Reason) -> Place:
    """Return the place of a rule."""
    return Place(section, reason.id, reason.span)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that a suite can exercise.

    `label` says what is to be seen: "does not hold", "the bin from 3% to 8%", "true". `of` is the text of
    the expression that this is an outcome of, where that is not the rule as a whole. `unreachable` says why
    no facts bring it about, where that is shown.
    """

    kind: ItemKind
    place: Place
    label: str
    of: str
    span: Span
    unreachable: str | None

    @property
    def title(self) -> str:
        """What is exercised, in words."""
        return f"`{self.of}` {self.label}" if self.of else self.label


Marks = Mapping[bool | None, int]
"""The numbers of items by what a condition comes to; None is unknown."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Neighbouring intervals of a number, from the least up: bins, or the segments of a curve.

    `kind` is that of the number, or of what is divided where it is a quotient.
    """

    place: Place
    edges: tuple[str, ...]
    marks: tuple[int, ...]
    kind: Kind
    is_curve: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """The condition of a rule as a whole, and the conditions that it is made of."""

    place: Place
    outcomes: Marks
    conditions: list[Marks]


class Register:
    """Lists items as a rulebook is walked, and holds which of them were seen since it was last cleared."""

    def __init__(self) -> None:
        self.items: list[Item] = []
        self.decisions: list[Decision] = []
        self.scales: list[Scale] = []
        self.expressions: dict[str, list[Typed]] = {}
        self.seen = bytearray()

    def add(
        self,
        kind: ItemKind,
        place: Place,
        label: str,
        of: str = "",
        span: Span | None = None,
        unreachable: str | None = None,
    ) -> int:
        """List an item and return its number."""
        self.items.append(Item(kind, place, label, of, span or place.span, unreachable))
        self.seen.append(0)
        return len(self.items) - 1

    def clear(self) -> None:
        """Forget what was seen."""
        self.seen[:] = bytes(len(self.seen))

    def numbers(self) -> frozenset[int]:
        """Return the numbers of the items that were seen."""
        return frozenset(n for n, was_seen in enumerate(self.seen) if was_seen)

    def astray(self) -> Sequence[Item]:
        """Return the items that were seen although nothing should bring them about."""
        return [item for n, item in enumerate(self.items) if item.unreachable is not None and self.seen[n]]
