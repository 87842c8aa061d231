"""What a mutant is, and the parts that all mutators are made with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TypeVar

from pegmark.problems import Span
from pegmark.rulebook.program import Program

T = TypeVar("T")

LONGEST = 60
"""How much of an expression is shown to say where a fault is, in characters."""


@dataclass(frozen=True, slots=True)
class Change:
    """One fault in something: what kind of fault, where within, both sides in words, and what it becomes.

    `place` leads from the thing to what is changed in it (`when.0.1`); `span` is None where only the
    whole thing has a place in the text. `words` say what the two sides do not.
    """

    mutator: str
    place: str
    before: str
    after: str
    span: Span | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A rulebook with one fault in it.

    `rule` is the id, or the name, of what the fault is in. `id` stays as long as that and the fault do.
    """

    id: str
    section: str
    rule: str
    change: Change
    span: Span
    program: Program

    @property
    def title(self) -> str:
        """Return the fault in words."""
        return f"{self.rule}: {self.fault}"

    @property
    def fault(self) -> str:
        """Return the fault in words, without the rule's id."""
        change = self.change
        if change.words or not change.after:
            return change.words or change.place
        # Where the fault is in an expression, the expression says where.
        where = "" if change.span is not None else f"{change.place}: "
        return f"{where}`{cut(change.before, 2 * LONGEST)}` → `{cut(change.after, 2 * LONGEST)}`"


def mutant(section: str, rule: str, change: Change, whole: Span, program: Program) -> Mutant:
    """Return the mutant of a change in something that stands at `whole`."""
    said = repr((section, rule, change.mutator, change.place, change.before, change.after))
    name = f"{rule}/{sha256(said.encode()).hexdigest()[:6]}"
    return Mutant(name, section, rule, change, change.span or whole, program)


def cut(said: str, most: int = LONGEST) -> str:
    """Return a text, no more of it than helps to find it.

    >>> cut("own_paper < 1%", 9)
    'own_paper…'
    """
    return said if len(said) <= most else f"{said[:most]}…"


def put(items: tuple[T, ...], n: int, item: T) -> tuple[T, ...]:
    """Return `items` with another one in place `n`.

    >>> put((1, 2, 3), 1, 5)
    (1, 5, 3)
    """
    return (*items[:n], item, *items[n + 1 :])


def without(items: tuple[T, ...], n: int) -> tuple[T, ...]:
    """Return `items` but for the one in place `n`.

    >>> without((1, 2, 3), 1)
    (1, 3)
    """
    return (*items[:n], *items[n + 1 :])


def swapped(items: tuple[T, ...], n: int) -> tuple[T, ...]:
    """Return `items` with the one in place `n` and the next in each other's.

    >>> swapped((1, 2, 3), 1)
    (1, 3, 2)
    """
    return (*items[:n], items[n + 1], items[n], *items[n + 2 :])


def neighbours(order: tuple[T, ...], item: T) -> Iterator[T]:
    """Yield what stands beside `item` in an order.

    >>> list(neighbours(("A", "B", "C"), "C"))
    ['B']
    """
    n = order.index(item)
    yield from order[max(n - 1, 0) : n]
    yield from order[n + 1 : n + 2]


Changed = Iterator[tuple[Change, T]]
"""Changes of something, each with what it becomes."""


def within(place: str, changes: Changed[T]) -> Changed[T]:
    """Yield the changes of a part as those of the whole, by where the part is."""
    for change, found in changes:
        yield replace(change, place=f"{place}.{change.place}" if change.place else place), found
