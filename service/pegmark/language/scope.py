"""Which names and functions an expression may use, and where it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from heapq import nlargest

from pegmark.language.nodes import Origin
from pegmark.language.types import Type
from pegmark.problems import Position

LONGEST_MEANT = 100
"""Characters of a name for which a near one is looked for."""
MOST_MEANT = 1000
"""Among more names than these none is looked for: it would take too long."""
LIKELIEST = 40
"""How many names are compared in full, which is slow."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """A name that can be read."""

    origin: Origin
    type: Type


@dataclass(frozen=True, slots=True)
class Scope:
    """The names in reach of one section, and whether `coalesce` is.

    `elsewhere` holds names that exist but may not be read here, with the reason.
    """

    symbols: Mapping[str, Symbol]
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    coalesce: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where an expression stands: `at` maps an offset in its text to a position in the file."""

    file: str
    at: Callable[[int], Position]
    yaml_path: str = ""
    rule_id: str | None = None


def nearest(name: str, names: Iterable[str]) -> str | None:
    """Return the name most like `name`, or the first of the same last part, if any is close.

    >>> nearest("liquidty.supply", ["liquidity.supply", "hedge.share"])
    'liquidity.supply'
    >>> nearest("supply", ["liquidity.supply", "hedge.share"])
    'liquidity.supply'
    """
    names = list(names)
    if len(name) > LONGEST_MEANT or len(names) > MOST_MEANT:
        return None
    likely = names
    if len(names) > LIKELIEST:
        likely = nlargest(LIKELIEST, names, key=lambda other: _shared(name, other))
    found = get_close_matches(name, likely, n=1, cutoff=0.6)
    if not found:
        last = name.rpartition(".")[2]
        found = [other for other in names if other.rpartition(".")[2] == last]
    return found[0] if found else None


def _shared(one: str, other: str) -> int:
    """Return how many characters two names have in common at their beginning and at their end."""
    return _alike(one, other) + _alike(one[::-1], other[::-1])


def _alike(one: str, other: str) -> int:
    return next(
        (n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(min(one, other, key=len))
    )
