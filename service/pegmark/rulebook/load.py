"""The one door: a folder of YAML becomes a program, or every problem in it.

The filling-in (`normal.yaml`, beside the rulebooks) is compiled into every program.
"""

from __future__ import annotations

from collections.abc import Mapping as Lookup
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from pegmark.errors import RulebookError
from pegmark.problems import Position, Problem, Span
from pegmark.rulebook.book import Book
from pegmark.rulebook.digest import resolved_digest, text_digest
from pegmark.rulebook.files import NORMAL, normal_file, oversized, read_files
from pegmark.rulebook.program import Program
from pegmark.rulebook.reading import MAX_PROBLEMS, Enough, Reader
from pegmark.rulebook.source import Allowance, Mapping

__all__ = ["NORMAL", "check", "check_files", "load", "normal_file", "read_files"]


def load(path: Path) -> Program:
    """Load the rulebook in a folder (or one file); raises `RulebookError` with every problem."""
    program, problems = check(path)
    if program is None:
        raise RulebookError(problems)
    return program


def check(path: Path) -> tuple[Program | None, list[Problem]]:
    """Return the program at `path`, if it has no errors, and every problem, by file and position."""
    files, problems = read_files(path)
    return (None, problems) if problems else check_files(files)


def check_files(
    files: Lookup[str, bytes], normal: tuple[str, bytes] | None = None, reader: Reader | None = None
) -> tuple[Program | None, list[Problem]]:
    """Check a rulebook given as texts by file name; a `reader` of your own sees what is read, and as what."""
    problem = oversized(files)
    if problem is not None:
        return None, [problem]
    reader = reader or Reader()
    program = None
    with suppress(Enough):
        program = _read(reader, files, normal or normal_file())
    found = sorted(reader.problems, key=_place)
    if len(found) >= MAX_PROBLEMS:
        found[-1] = replace(found[-1], note="more may be wrong: it is looked for when these are right")
    if any(problem.severity == "error" for problem in found):
        return None, found
    return program, found


def _place(problem: Problem) -> tuple[Span, str]:
    return problem.span or Span("", Position(0, 0), Position(0, 0)), problem.code


def _read(reader: Reader, files: Lookup[str, bytes], normal: tuple[str, bytes]) -> Program | None:
    trees: dict[str, Mapping] = {}
    normal_name, normal_data = normal
    allowance = Allowance()
    for name, data in (*sorted(files.items()), normal):
        tree = reader.tree(data, name, allowance)
        if tree is not None:
            trees[name] = tree
        if allowance.left < 0:
            break
    if len(trees) <= len(files):
        return None
    book = Book(reader, {name: trees[name] for name in sorted(files)}, trees[normal_name])
    program = book.read()
    if program is None:
        return None
    program = replace(program, text_digest=text_digest(files, normal_data))
    return replace(program, resolved_digest=resolved_digest(program))
