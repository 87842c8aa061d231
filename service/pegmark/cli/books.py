"""The rulebook that a verb is to use: a path, a name among the rulebooks, or the usual one."""

from __future__ import annotations

import os
from pathlib import Path

from pegmark.errors import NotFound, RulebookError
from pegmark.language import nearest
from pegmark.rulebook.load import check_files, normal_file, read_files
from pegmark.rulebook.program import Program
from pegmark.settings import read_settings


def book_path(named: str | None) -> Path:
    """Return the folder of a rulebook; raises `NotFound` where there is none."""
    settings = read_settings(os.environ)
    name = named or settings.rulebook
    try:
        if named and Path(named).exists():
            return Path(named)
    except OSError:
        pass  # Too long for the name of a file.
    known = rulebooks(settings.rules)
    if name in known:
        return known[name]
    near = nearest(name, known)
    raise NotFound("rulebook", name, [near] if near else sorted(known)[:3])


def rulebooks(rules: Path) -> dict[str, Path]:
    """Return the folders of a folder of rulebooks, by name."""
    return {
        found.name: found for found in rules.iterdir() if found.is_dir() and not found.name.startswith(".")
    }


def filling_in() -> tuple[str, bytes]:
    """Return the filling-in that is compiled into every rulebook, and its name."""
    return normal_file(read_settings(os.environ).rules)


def program_of(named: str | None) -> Program:
    """Return a rulebook's program; raises `NotFound`, or `RulebookError` with every problem."""
    files, problems = read_files(book_path(named))
    program = None
    if not problems:
        program, problems = check_files(files, filling_in())
    if program is None:
        raise RulebookError(problems)
    return program
