"""Which names and functions an expression may use, and where it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from pegmark.language.nodes import Origin
from pegmark.language.types import Type
from pegmark.problems import Position

LONGEST_MEANT = 100
"""Characters of a name for which a near one is looked for."""


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
    if len(name) > LONGEST_MEANT:
        return None
    found = get_close_matches(name, names, n=1, cutoff=0.6)
    if not found:
        last = name.rpartition(".")[2]
        found = [other for other in names if other.rpartition(".")[2] == last]
    return found[0] if found else None
