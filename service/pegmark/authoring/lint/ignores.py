"""Ignores: `# pegmark: ignore[L012] reason`, on the line or above it, and what they leave out.

An ignore is for what stands on its line; where that line begins a rule or a definition, for all of it.
A comment that is alone on its line is for the next line that is none. Every ignore gives a reason, names
rules that there are, and leaves something out; one that does not is a problem itself.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from pegmark.authoring.lint.rules.registry import IDLE, MALFORMED, STYLE_RULES
from pegmark.authoring.lint.subject import Subject
from pegmark.language import shown
from pegmark.problems import Position, Problem, Span
from pegmark.rulebook.source import Scalar

_COMMENT = re.compile(r"(?:^|(?<=\s))#\s*pegmark:(?P<said>.*)$")
_IGNORE = re.compile(r"\s*ignore\[(?P<codes>[^\]]*)\]\s*(?P<reason>.*?)\s*$")
_FORM = "write `# pegmark: ignore[L012] and why`"


@dataclass(frozen=True, slots=True)
class Ignore:
    """One code that is ignored at one place; `line` is the line that it is for."""

    code: str
    span: Span
    line: int


def read_ignores(subject: Subject) -> tuple[list[Ignore], list[Problem]]:
    """Return the ignores of a rulebook's files, and what is wrong with how they are written."""
    found: list[Ignore] = []
    problems: list[Problem] = []
    for name, data in subject.files.items():
        lines = data.decode("utf-8", errors="replace").split("\n")
        texts = [placed.scalar for placed in subject.scalars.get(name, ())]
        for n, line in enumerate(lines, 1):
            comment = _COMMENT.search(line)
            if comment is None or _is_text(texts, n, comment.start() + 1):
                continue
            span = Span(name, Position(n, comment.start() + 1), Position(n, len(line.rstrip()) + 1))
            codes, wrong = _read(comment["said"], span)
            problems += wrong
            is_alone = not line[: comment.start()].strip()
            target = _next(lines, n) if is_alone else n
            found += [Ignore(code, span, target) for code in codes]
    return found, problems


def _is_text(texts: Sequence[Scalar], line: int, column: int) -> bool:
    """Tell whether what looks like a comment is within a text."""
    at = Position(line, column)
    return any(text.span.start <= at < text.at(len(text.text)) for text in texts)


def _next(lines: Sequence[str], number: int) -> int:
    """Return the next line that is more than a comment."""
    for n in range(number, len(lines)):
        if lines[n].strip() and not lines[n].lstrip().startswith("#"):
            return n + 1
    return number


def _read(said: str, span: Span) -> tuple[list[str], list[Problem]]:
    ignore = _IGNORE.match(said)
    if ignore is None:
        return [], [_malformed("this is no ignore", span, _FORM)]
    codes = [code.strip() for code in ignore["codes"].split(",")]
    problems = [
        _malformed(f"no rule `{shown(code)}` can be ignored", span, "`pegmark lint --rules` lists them")
        for code in codes
        if code not in STYLE_RULES or code in (IDLE, MALFORMED)
    ]
    if not ignore["reason"]:
        problems.append(_malformed("an ignore gives a reason", span, _FORM))
    return [] if problems else codes, problems


def _malformed(message: str, span: Span, help: str) -> Problem:
    return Problem(MALFORMED, message, span, help)


def without_ignored(
    subject: Subject, problems: Sequence[Problem], ignores: Sequence[Ignore], asked: Collection[str]
) -> list[Problem]:
    """Return the problems that are not ignored, and one for each ignore that ignored nothing.

    Only of rules that were `asked` it can be said that there was nothing to ignore.
    """
    used: set[Ignore] = set()
    left = []
    for problem in problems:
        matching = [ignore for ignore in ignores if _is_for(subject, ignore, problem)]
        used.update(matching)
        left += [] if matching else [problem]
    return left + [
        Problem(IDLE, f"nothing here is {ignore.code}, and it is ignored", ignore.span, "delete the comment")
        for ignore in ignores
        if ignore not in used and ignore.code in asked
    ]


def _is_for(subject: Subject, ignore: Ignore, problem: Problem) -> bool:
    span = problem.span
    if span is None or ignore.code != problem.code or ignore.span.file != span.file:
        return False
    if span.start.line == ignore.line:
        return True
    return any(
        block.first == ignore.line and block.first <= span.start.line <= block.last
        for block in subject.blocks
        if block.file == span.file
    )
