"""Where each character of a YAML scalar stands in its file, whatever the scalar's style.

A text that stands in the file as it is needs no table. Any other is followed through the file once,
when the first position is asked for: quotes, escapes, folds and indentation are stepped over.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Literal

from pegmark.problems import Position

Style = Literal["plain", "single", "double", "block"]

_DOUBLED = {"single": "'", "double": "\\"}
_ESCAPES = {
    "single": re.compile(r"''|."),
    "double": re.compile(r"\\(?:x.{2}|u.{4}|U.{8}|.)|."),
    "plain": re.compile(r"."),
}


def positions(
    text: str, style: Style, start: Position, end: Position, lines: Sequence[str]
) -> Callable[[int], Position]:
    """Return what maps an offset in `text` to its position; `len(text)` maps to the position after it.

    `start` and `end` enclose the scalar with its quotes or its block header; `lines` are the file's.
    """
    # Made for every scalar, and asked of few.
    found: list[Position] = []

    def at(offset: int) -> Position:
        column = start.column + (style in ("single", "double"))
        is_plain = style != "block" and _DOUBLED.get(style, "\n") not in text
        if is_plain and lines[start.line - 1].startswith(text, column - 1):
            return Position(start.line, column + min(offset, len(text)))
        if not found:
            follow = _through_block if style == "block" else _through_flow
            found.extend(follow(text, style, start, end, lines))
        return found[min(offset, len(found) - 1)]

    return at


def _through_flow(
    text: str, style: Style, start: Position, end: Position, lines: Sequence[str]
) -> list[Position]:
    """Follow a plain or quoted scalar: lines are stripped and folded, escapes are one character."""
    quote = style != "plain"
    found: list[Position] = []
    after = Position(start.line, start.column + quote)
    blanks = 0
    is_joined = False
    for number in range(start.line, end.line + 1):
        line = lines[number - 1]
        first = start.column - 1 + quote if number == start.line else len(line) - len(line.lstrip(" "))
        last = end.column - 1 - quote if number == end.line else _stripped(line, style)
        said = line[first:last] if first < last else ""
        if number > start.line:
            if not said and number < end.line:
                blanks += 1
                continue
            found += [after] * (blanks or not is_joined)
            blanks = 0
        is_joined = False
        for match in _ESCAPES[style].finditer(said):
            column = first + match.start() + 1
            if match.group() == "\\" and match.end() == len(said):
                is_joined = True
                after = Position(number, column)
            else:
                found.append(Position(number, column))
                after = Position(number, first + match.end() + 1)
        if not said:
            after = Position(number, min(first, last) + 1)
    return _checked(text, [*found, after], start)


def _through_block(
    text: str, style: Style, start: Position, end: Position, lines: Sequence[str]
) -> list[Position]:
    """Follow a block scalar: its lines stand in the text as they are, but for their indentation."""
    del style, end
    raw = next((line for line in lines[start.line :] if line.strip()), "")
    said = next((line for line in text.split("\n") if line.strip()), "")
    indent = _margin(raw) - _margin(said)
    found: list[Position] = []
    after = Position(start.line + 1, indent + 1)
    for number, line in enumerate(lines[start.line :], start.line + 1):
        if len(found) == len(text) or (line.strip() and _margin(line) < indent):
            break
        content = line[indent:]
        if not content:
            continue
        at = len(found)
        while text[at : at + 1] in (" ", "\n") and not text.startswith(content, at):
            at += 1
        found += [after] * (at - len(found))
        found += [Position(number, indent + 1 + n) for n in range(len(content))]
        after = Position(number, indent + 1 + len(content))
    found += [after] * (len(text) - len(found))
    return _checked(text, [*found, after], start)


def _stripped(line: str, style: Style) -> int:
    """Return how long a line is without the blanks that a fold takes away."""
    kept = line.rstrip(" ")
    escapes = len(kept) - len(kept.rstrip("\\"))
    return len(kept) + (style == "double" and escapes % 2 == 1 and len(kept) < len(line))


def _margin(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _checked(text: str, found: list[Position], start: Position) -> list[Position]:
    # A text that was not followed exactly is pointed at as a whole.
    return found if len(found) == len(text) + 1 else [start]
