"""Which names and functions an expression may use, and what they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from pegmark.language.nodes import Origin
from pegmark.language.types import Type
from pegmark.problems import Position


@dataclass(frozen=True, slots=True)
class Symbol:
    """A name that can be read."""

    origin: Origin
    type: Type


@dataclass(frozen=True, slots=True)
class Scope:
    """The names in reach of one section.

    `elsewhere` holds names that exist but may not be read here, with the reason.
    """

    symbols: Mapping[str, Symbol]
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    coalesce: bool = False

    def near(self, name: str) -> str | None:
        """Return the readable name most like `name`, if any is."""
        return nearest(name, self.symbols)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an expression stands: `at` maps an offset in its text to a position in the file."""

    file: str
    at: Callable[[int], Position]
    yaml_path: str = ""
    rule_id: str | None = None


def nearest(name: str, names: Mapping[str, object]) -> str | None:
    """Return the name most like `name`, also by its last part, if any is close."""
    found = get_close_matches(name, names, n=1, cutoff=0.6)
    if not found:
        last = name.rpartition(".")[2]
        found = [other for other in names if other.rpartition(".")[2] == last][:1]
    return found[0] if found else None
