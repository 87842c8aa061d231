"""What is wrong with a text that YAML cannot read, in our words.

libyaml and the pure-Python parser word the same mistake differently; here both come to one code,
message, place and help.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import yaml

from pegmark.problems import Position, Problem, Related, Span

MAX_DEPTH = 24
_INDENT = "indent entries of one mapping, or items of one list, alike"
_QUOTE = "put the text in quotes"


class _Mistake(NamedTuple):
    """One mistake: how the parsers word it, how we do; `is_before`: it lies where the context begins."""

    pattern: str
    message: str
    help: str
    is_before: bool = False
    began: str | None = None
    code: str = "E0001"


_COLON = _Mistake(
    r"mapping values are not allowed|found unexpected ':'",
    "`:` may not stand here",
    "put a text that holds `: ` in quotes; or see how the lines are indented",
)
_MISTAKES = (
    _Mistake(r"document start", "this does not go on with what stands above it", _INDENT),
    _Mistake(
        r"(scanning|parsing) a tag",
        "tags are not allowed",
        "write the value alone",
        code="E0008",
        is_before=True,
    ),
    _COLON,
    _Mistake(r"mapping keys are not allowed", "a key may not begin here", _INDENT),
    _Mistake(
        r"sequence entries are not allowed",
        "an item of a list may not begin here",
        "begin the list on the next line",
    ),
    _Mistake(
        r"scanning a simple key",
        "a key without `:`",
        "write `key: value`; a text goes on over several lines after `>-`",
        is_before=True,
    ),
    _Mistake(
        r"flow mapping",
        "`,` or `}` should stand here",
        "write `{key: value, key: value}`",
        began="opened here",
    ),
    _Mistake(r"flow sequence", "`,` or `]` should stand here", "write `[value, value]`", began="opened here"),
    _Mistake(
        r"block mapping", "this is no entry of the mapping above it", _INDENT, began="the mapping begins here"
    ),
    _Mistake(
        r"block collection", "this is no item of the list above it", _INDENT, began="the list begins here"
    ),
    _Mistake(r"node content", "a value should stand here", "write a value, or remove what asks for one"),
    _Mistake(
        r"end of stream|document (separator|indicator)",
        "text in quotes is not closed",
        "end it with the quote it begins with",
        is_before=True,
    ),
    _Mistake(
        r"block scalar",
        "only a comment may follow `|` or `>` on its line",
        "begin the text on the next line",
        is_before=True,
    ),
    _Mistake(r"an alias", "a value may not begin with `*`", _QUOTE, is_before=True),
    _Mistake(r"an anchor", "a value may not begin with `&`", _QUOTE, is_before=True),
    _Mistake(r"directive", "a line may not begin with `%`", _QUOTE, is_before=True),
    _Mistake(
        r"hexa?decimal|unknown escape",
        "text in quotes holds a malformed escape",
        "write `\\\\` for a backslash, or use single quotes",
        is_before=True,
    ),
)


def malformed(error: yaml.MarkedYAMLError, text: str, file: str) -> Problem:
    """Return the one problem of a text that a parser gave up on."""
    said = f"{error.context or ''}: {error.problem or ''}"
    lines = text.split("\n")
    began = _position(error.context_mark, lines)
    at = _position(error.problem_mark, lines) or began or Position(1, 1)
    if "invalid Unicode character escape" in said:
        return without_character(file, at)
    if "maximum nesting depth" in said:
        return too_deep(file, at)
    if "cannot start any token" in said:
        first = lines[at.line - 1][at.column - 1 : at.column]
        return _problem("E0001", f"a value may not begin with `{first}`", file, at, _QUOTE)
    for mistake in _MISTAKES:
        if re.search(mistake.pattern, said):
            where = began if mistake.is_before and began else at
            related = (Related(mistake.began, _span(file, began)),) if mistake.began and began else ()
            return _problem(mistake.code, mistake.message, file, where, mistake.help, related)
    return _problem("E0001", "this cannot be read as YAML", file, at, None)


def too_deep(file: str, at: Position) -> Problem:
    """Return the problem of what is nested too deeply."""
    help = "no section needs this; see how lines are indented"
    return _problem("E0011", f"nested more than {MAX_DEPTH} deep", file, at, help)


def touching(file: str, at: Position) -> Problem:
    """Return the problem of a colon that touches a comma or bracket: only libyaml refuses it."""
    return _problem("E0001", _COLON.message, file, at, _COLON.help)


def without_character(file: str, at: Position) -> Problem:
    """Return the problem of an escape whose digits, which begin `at`, are those of no character."""
    return _problem("E0003", "escape that stands for no character", file, at, "write the character itself")


def _position(mark: yaml.Mark | None, lines: Sequence[str]) -> Position | None:
    if mark is None:
        return None
    if mark.line >= len(lines):
        # libyaml counts one more line after a text that does not end in one.
        return Position(len(lines), len(lines[-1]) + 1)
    return Position(mark.line + 1, mark.column + 1)


def _span(file: str, at: Position) -> Span:
    return Span(file, at, Position(at.line, at.column + 1))


def _problem(
    code: str, message: str, file: str, at: Position, help: str | None, related: tuple[Related, ...] = ()
) -> Problem:
    return Problem(code, message, _span(file, at), help, related=related)
