"""The one door: a folder of YAML becomes a program, or every problem in it.

The filling-in (`normal.yaml`, beside the rulebooks) is compiled into every program. An overlay is
given with the texts of its base, which `bases.read_base` finds.
"""

from __future__ import annotations

from collections.abc import Mapping as Lookup
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from pegmark.errors import RulebookError
from pegmark.problems import Position, Problem, Span
from pegmark.rulebook.bases import read_base
from pegmark.rulebook.book import Book
from pegmark.rulebook.digest import resolved_digest, text_digest
from pegmark.rulebook.files import NORMAL, normal_file, oversized, read_files
from pegmark.rulebook.located import located
from pegmark.rulebook.overlay import Base, is_overlay, merge
from pegmark.rulebook.program import Extension, Program
from pegmark.rulebook.reading import MAX_PROBLEMS, Enough, Reader
from pegmark.rulebook.source import Allowance, Mapping

__all__ = [
    "NORMAL",
    "check",
    "check_files",
    "load",
    "load_base",
    "normal_file",
    "read_base",
    "read_files",
    "resolve",
]

Files = Lookup[str, bytes]


def load(path: Path) -> Program:
    """Load the rulebook in a folder (or one file); raises `RulebookError` with every problem."""
    program, problems = check(path)
    if program is None:
        raise RulebookError(problems)
    return program


def load_base(
    path: Path, normal: tuple[str, bytes] | None = None, rules: Path | None = None
) -> Program | None:
    """Load what the overlay at `path` rests on, or return None where it is none; raises `RulebookError`.

    `normal` is the filling-in, if not the one that ships; `rules` a further folder to find the base in.
    """
    files, problems = read_files(path)
    base, more = read_base(path, files, rules)
    if problems or more:
        raise RulebookError([*problems, *more])
    if not base:
        return None
    program, problems = check_files(base, normal)
    if program is None:
        raise RulebookError(problems)
    return program


def check(path: Path) -> tuple[Program | None, list[Problem]]:
    """Return the program at `path`, if it has no errors, and every problem, by file and position."""
    files, problems = read_files(path)
    base, more = read_base(path, files)
    problems += more
    return (None, problems) if problems else check_files(files, base=base)


def check_files(
    files: Files,
    normal: tuple[str, bytes] | None = None,
    base: Files | None = None,
    reader: Reader | None = None,
) -> tuple[Program | None, list[Problem]]:
    """Check a rulebook given as texts by file name; of an overlay, `base` are those it rests on.

    A `reader` of your own sees what is read, and as what.
    """
    problem = oversized(files)
    if problem is not None:
        return None, [problem]
    normal = normal or normal_file()
    reader = reader or Reader()
    program = None
    written: dict[str, Mapping] = {}
    with suppress(Enough):
        found = _read(reader, files, normal, base or {}, written)
        program = None if found is None else _program(reader, found, text_digest(files, normal[1]))
    problems = sorted(located(reader.problems, written), key=_place)
    if len(problems) >= MAX_PROBLEMS:
        problems[-1] = replace(problems[-1], note="more may be wrong: it is looked for when these are right")
    if any(problem.severity == "error" for problem in problems):
        return None, problems
    return program, problems


def resolve(
    files: Files, normal: tuple[str, bytes] | None = None, base: Files | None = None
) -> Lookup[str, Mapping]:
    """Return the trees of a sound rulebook, the changes of an overlay made; raises `RulebookError`."""
    program, problems = check_files(files, normal, base)
    found = None if program is None else _read(Reader(), files, normal or normal_file(), base or {}, {})
    if found is None:
        raise RulebookError(problems)
    return found.trees


@dataclass(frozen=True, slots=True)
class _Found:
    """The trees of one rulebook, those of an overlay merged, and of the filling-in."""

    trees: Lookup[str, Mapping]
    normal: Mapping
    extends: Extension | None = None


def _place(problem: Problem) -> tuple[Span, str]:
    return problem.span or Span("", Position(0, 0), Position(0, 0)), problem.code


def _read(
    reader: Reader, files: Files, normal: tuple[str, bytes], base: Files, written: dict[str, Mapping]
) -> _Found | None:
    """Return the trees of a rulebook; those of an overlay and its base are kept in `written` as they are."""
    found = _parsed(reader, files, normal)
    if found is None or not is_overlay(found.trees):
        return found
    below = _base(base, normal)
    written |= {**below.trees, **found.trees}
    merged = merge(reader, found.trees, below)
    return None if merged is None else replace(found, trees=merged[0], extends=merged[1])


def _parsed(reader: Reader, files: Files, normal: tuple[str, bytes]) -> _Found | None:
    trees: dict[str, Mapping] = {}
    allowance = Allowance()
    for name, data in (*sorted(files.items()), normal):
        tree = reader.tree(data, name, allowance)
        if tree is not None:
            trees[name] = tree
        if allowance.left < 0:
            break
    if len(trees) <= len(files):
        return None
    return _Found({name: trees[name] for name in sorted(files)}, trees[normal[0]])


def _base(files: Files, normal: tuple[str, bytes]) -> Base:
    """Return what an overlay rests on, as far as it can be read."""
    problem = oversized(files) if files else None
    if not files or problem is not None:
        return Base({}, None, () if problem is None else (problem,))
    reader = Reader()
    found = program = None
    with suppress(Enough):
        found = _parsed(reader, files, normal)
        program = None if found is None or is_overlay(found.trees) else _program(reader, found, "")
    return Base({} if found is None else found.trees, program, tuple(reader.problems))


def _program(reader: Reader, found: _Found, digest: str) -> Program | None:
    program = Book(reader, found.trees, found.normal).read()
    if program is None:
        return None
    program = replace(program, text_digest=digest, extends=found.extends)
    return replace(program, resolved_digest=resolved_digest(program))
