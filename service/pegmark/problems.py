"""Problems as values: what is wrong with a text or a request, where, and what to do about it.

A problem is never raised on its own; only loading stops, with every problem attached
(`pegmark.errors.RulebookError`). Codes are permanent: `E` refuses a rulebook, `A` reports an
analysis of a rulebook that is well formed (refused too unless its severity is a warning).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

Severity = Literal["error", "warning"]


class Position(NamedTuple):
    """A place in a file; both counted from 1, columns in characters (code points)."""

    line: int
    column: int


class Span(NamedTuple):
    """A stretch of one file; `end` is exclusive."""

    file: str
    start: Position
    end: Position


@dataclass(frozen=True, slots=True)
class Related:
    """Another place that explains a problem."""

    message: str
    span: Span


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong.

    `message` is lower case, one line, without a full stop, user text in backticks. `help` says
    what to do. `yaml_path` is the path inside the file (`classify.rules[3].when`).
    """

    code: str
    message: str
    span: Span | None = None
    help: str | None = None
    severity: Severity = "error"
    yaml_path: str = ""
    rule_id: str | None = None
    note: str | None = None
    related: tuple[Related, ...] = ()
