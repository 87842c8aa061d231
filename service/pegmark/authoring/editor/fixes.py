"""The edits that mend a problem, where it is plain what to write."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pegmark.authoring.editor.listening import Shape
from pegmark.authoring.editor.study import Study
from pegmark.authoring.suggestion import replacement
from pegmark.problems import Position, Problem, Span
from pegmark.rulebook.source import Scalar

_ADD = re.compile(r"`(on_unknown: \w+)`")
_REMOVE = re.compile(r"remove `(\w+)`")


@dataclass(frozen=True, slots=True)
class Fix:
    """One way to mend a problem: what it is called, and what to write in place of `span`."""

    title: str
    problem: Problem
    span: Span
    text: str


def fixes(study: Study, problem: Problem) -> Iterator[Fix]:
    """Yield the ways to mend a problem, none where it takes a person to think."""
    if problem.span is None:
        return
    lines = lines_of(study.texts.all.get(problem.span.file, b""))
    written = replacement(problem, _underlined(problem.span, lines))
    if written is not None:
        yield Fix(f"Write `{written}`", problem, problem.span, written)
    elif problem.code == "E0318":
        yield from _answers(study, problem, lines)
    elif problem.code == "E0319" and (found := _REMOVE.fullmatch(problem.help or "")):
        yield from _removal(study, problem, found[1], lines)


def lines_of(text: bytes) -> list[str]:
    """Return the lines of a text as problems count them, whatever is wrong with it."""
    return text.decode("utf-8", errors="replace").replace("\r\n", "\n").split("\n")


def _underlined(span: Span, lines: Sequence[str]) -> str:
    if span.start.line != span.end.line or span.start.line > len(lines):
        return ""
    return lines[span.start.line - 1][span.start.column - 1 : span.end.column - 1]


def _answers(study: Study, problem: Problem, lines: Sequence[str]) -> Iterator[Fix]:
    """Yield what a rule may do where its condition is unknown, written before its `why`."""
    shape = _shape(study, problem)
    if shape is None:
        return
    keys = {key.text: key for key, _ in shape.node.entries}
    before = keys.get("why") or keys.get("when")
    if before is None:
        return
    at = before.span.start
    alone = re.fullmatch(r"[ -]*", lines[at.line - 1][: at.column - 1]) is not None
    ending = "\n" + " " * (at.column - 1) if alone else ", "
    for answer in _ADD.findall(problem.help or ""):
        yield Fix(f"Add `{answer}`", problem, Span(before.span.file, at, at), f"{answer}{ending}")


def _removal(study: Study, problem: Problem, key: str, lines: Sequence[str]) -> Iterator[Fix]:
    """Yield how to take out a key that stands on a line of its own."""
    for shape in study.rules.shapes.values():
        for name, value in shape.node.entries:
            if name.text != key or not isinstance(value, Scalar) or value.span != problem.span:
                continue
            start, end = name.span.start, value.span.end
            line = lines[start.line - 1]
            beside = line[: start.column - 1] + line[end.column - 1 :]
            if start.line == end.line and not beside.strip():
                span = Span(name.span.file, Position(start.line, 1), Position(start.line + 1, 1))
                yield Fix(f"Remove `{key}`", problem, span, "")


def _shape(study: Study, problem: Problem) -> Shape | None:
    """Return the mapping that a problem is about, by its path."""
    assert problem.span is not None  # noqa: S101 - problems without a place have no fixes
    for shape in study.rules.shapes.values():
        if shape.path == problem.yaml_path and shape.node.span.file == problem.span.file:
            return shape
    return None
