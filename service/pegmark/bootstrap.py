"""The composition root: settings in, everything that answers questions out."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pegmark.engine.compiled import compile_program
from pegmark.errors import NotFound, RulebookError
from pegmark.problems import Problem
from pegmark.rulebook.digest import root_of
from pegmark.rulebook.load import check_files, normal_file, read_base, read_files
from pegmark.settings import Settings
from pegmark.storage.fixtures import Fixtures
from pegmark.usecases.desk import Book, Desk, declared

__all__ = ["build_book", "build_desk", "normal_of"]


def build_desk(settings: Settings) -> Desk:
    """Return what questions are answered with, rulebooks compiled and fixtures validated.

    Raises `RulebookError` with every problem of every rulebook, `FactsError` for a fixture that
    cannot be used, and `NotFound` where the default rulebook is none of those in the folder.
    """
    normal = normal_of(settings)
    books: dict[str, Book] = {}
    problems: list[Problem] = []
    for folder in sorted(settings.rules.iterdir()):
        if folder.is_dir() and not folder.name.startswith("."):
            try:
                books[folder.name] = build_book(folder, normal, settings.rules)
            except RulebookError as refused:
                problems += refused.problems
    if problems:
        raise RulebookError(problems)
    desk = Desk(Fixtures(settings.fixtures), books, settings.rulebook)
    if settings.rulebook not in books:
        raise NotFound("rulebook", settings.rulebook, sorted(books)[:3])
    return desk


def normal_of(settings: Settings) -> tuple[str, bytes]:
    """Return the filling-in beside the rulebooks, or the one that ships with pegmark."""
    return normal_file(settings.rules)


def build_book(path: Path, normal: tuple[str, bytes] | None = None, rules: Path | None = None) -> Book:
    """Return the rulebook in a folder or file, ready to run; raises `RulebookError`.

    The base of an overlay is beside it, or in the folder `rules`.
    """
    files, problems = read_files(path)
    base, more = read_base(path, files, rules)
    problems += more
    program = None
    if not problems:
        program, problems = check_files(files, normal, base)
    if program is None:
        raise RulebookError(problems)
    names = _names(files)
    texts = {names[name]: data.decode() for name, data in sorted(files.items())}
    compiled = compile_program(program)
    if program.extends is not None:
        names |= {file: f"{program.extends.rulebook}/{name}" for file, name in _names(base).items()}
    return Book(texts, program, compiled, declared(program.custom), names)


def _names(files: Iterable[str]) -> dict[str, str]:
    """Return the name that each file has within the folder of its rulebook."""
    root = root_of(files)
    return {name: name.removeprefix(root) for name in files}
