"""A text with a mark where the cursor is, made whole enough to be read.

What is being typed is half a line: a key without its colon, a bracket that nobody has closed. Each of a few
ways to end it is tried, until one can be read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pegmark.problems import Position

MARK = "zzcursorzz"
"""What stands for the cursor: a name, so that it may stand wherever one may."""

_BEFORE_KEY = re.compile(r"\s*(?:- +)*[\w.-]*|.*[{,]\s*[\w.-]*")
_BESIDE = re.compile(r"[\w.-]*")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\']|\'\')*\'')
_PAIRS = {"{": "}", "[": "]"}


def marked(text: str, place: Position) -> Iterator[str]:
    """Yield texts with a mark at a place, the likeliest first."""
    lines = text.split("\n")
    while len(lines) < place.line:
        lines.append("")
    line = lines[place.line - 1]
    before, after = line[: place.column - 1], line[place.column - 1 :]
    for written in dict.fromkeys(_written(before, after)):
        yield "\n".join([*lines[: place.line - 1], written, *lines[place.line :]])


def _written(before: str, after: str) -> Iterator[str]:
    mark = f" {MARK}" if before.endswith(":") else MARK
    rest = after[len(_BESIDE.match(after)[0]) :]  # type: ignore[index]  # it matches nothing at least
    closing = _closing(before)
    plain = [f"{before}{mark}{end}" for end in (after, rest, closing, f'"{closing}')]
    # In a list in brackets a colon would make a mapping of an item.
    keyed = [f"{before}{mark}: x{end}" for end in (rest, closing, f" {rest}{closing}")]
    is_key = _BEFORE_KEY.fullmatch(before) and not rest.lstrip().startswith(":")
    yield from [*keyed, *plain] if is_key else [*plain, *keyed]


def _closing(before: str) -> str:
    """Return the brackets that the text before the cursor leaves open."""
    opened: list[str] = []
    for character in _QUOTED.sub("", before):
        if character in _PAIRS:
            opened.append(_PAIRS[character])
        elif opened and character == opened[-1]:
            opened.pop()
    return "".join(reversed(opened))
