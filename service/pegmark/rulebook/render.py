"""Problems for people and for programs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pegmark.problems import Position, Problem, Span

WIDEST = 100
"""Characters of a line that are shown; of a longer one, those around what is wrong."""


def render(problem: Problem, files: Mapping[str, bytes]) -> str:
    """Return a problem as text: code, message, place, the line itself with carets, note and help.

    `files` gives the texts that spans point into; a file that is not there is not quoted.
    """
    lines = [f"{problem.severity}[{problem.code}]: {problem.message}"]
    span = problem.span
    gutter = 3
    if span is not None and _is_whole(span):
        lines.append(f"  --> {span.file}")
    elif span is not None:
        lines.append(f"  --> {span.file}:{span.start.line}:{span.start.column}")
        quoted = _line(files.get(span.file), span)
        if quoted is not None:
            number = str(span.start.line)
            gutter = len(number) + 1
            bar = " " * gutter + "|"
            shown, first, last = _window(quoted, span)
            shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in shown)
            lines += [bar, f"{number} | {shown}", f"{bar} {' ' * first}{'^' * max(1, last - first)}"]
    pad = " " * gutter
    if problem.note:
        lines.append(f"{pad}= note: {problem.note}")
    lines += [
        f"{pad}= note: {r.message}: {r.span.file}:{r.span.start.line}"
        for r in problem.related
        if not problem.note
    ]
    if problem.help:
        lines.append(f"{pad}= help: {problem.help}")
    return "\n".join(lines)


def _is_whole(span: Span) -> bool:
    """Tell whether a span stands for a file as a whole."""
    return span.start == span.end == Position(1, 1)


def _line(data: bytes | None, span: Span) -> str | None:
    if data is None:
        return None
    found = data.decode("utf-8", errors="replace").split("\n")
    if span.start.line > len(found):
        return None
    return found[span.start.line - 1].removesuffix("\r")


def _window(line: str, span: Span) -> tuple[str, int, int]:
    """Return a line as it is shown, and the offsets in it of what the span underlines."""
    first = span.start.column - 1
    last = span.end.column - 1 if span.end.line == span.start.line else len(line)
    last = min(last, len(line))
    if len(line) <= WIDEST:
        return line, first, last
    start = max(0, min(first - WIDEST * 3 // 5, len(line) - WIDEST))
    before, after = "…" * (start > 0), "…" * (start + WIDEST < len(line))
    shown = f"{before}{line[start : start + WIDEST]}{after}"
    offset = len(before) - start
    return shown, first + offset, min(last, start + WIDEST) + offset


def as_json(problem: Problem) -> dict[str, Any]:
    """Return a problem as plain data; lines and columns count from 1, `end` is exclusive."""
    span = problem.span
    return {
        "code": problem.code,
        "severity": problem.severity,
        "message": problem.message,
        "file": span.file if span else None,
        "range": _range(span) if span else None,
        "yaml_path": problem.yaml_path,
        "rule_id": problem.rule_id,
        "help": problem.help,
        "note": problem.note,
        "related": [
            {"message": r.message, "file": r.span.file, "range": _range(r.span)} for r in problem.related
        ],
    }


def _range(span: Span) -> dict[str, dict[str, int]]:
    return {
        end: {"line": position.line, "column": position.column}
        for end, position in (("start", span.start), ("end", span.end))
    }
