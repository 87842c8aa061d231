"""A sound rulebook, small enough to see at once, and ways to change one thing in it."""

from __future__ import annotations

from pathlib import Path

from pegmark.problems import Problem, Span
from pegmark.rulebook.load import check_files
from pegmark.rulebook.program import Program

FILE = "tiny/rulebook.yaml"
SOUND = Path(__file__).with_name("sound.yaml").read_text(encoding="utf-8")


def changed(*changes: tuple[str, str]) -> str:
    """Return the sound rulebook with each of `changes` made, once; each must find its place."""
    text = SOUND
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def check(text: str) -> tuple[Program | None, list[Problem]]:
    """Return what checking a rulebook of one file gives."""
    return check_files({FILE: text.encode()})


def sound(text: str = SOUND) -> Program:
    """Return the program of a rulebook with which nothing is wrong."""
    program, problems = check(text)
    assert problems == []
    assert program is not None
    return program


def problem(*changes: tuple[str, str]) -> Problem:
    """Return the one problem that changes bring."""
    text = changed(*changes)
    (found,) = check(text)[1]
    return found


def said(*changes: tuple[str, str]) -> tuple[str, str, str]:
    """Return code and message of the one problem that changes bring, and the text it underlines."""
    found = problem(*changes)
    return found.code, found.message, underlined(changed(*changes), found.span)


def underlined(text: str, span: Span | None) -> str:
    """Return the stretch of a text that a span covers."""
    assert span is not None
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    start, end = (starts[p.line - 1] + p.column - 1 for p in (span.start, span.end))
    return text[start:end]
