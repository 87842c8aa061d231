"""The rulebook that a verb is to use: a path, a name among the rulebooks, or the usual one."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from pegmark.errors import NotFound, RulebookError
from pegmark.language import nearest
from pegmark.problems import Problem
from pegmark.rulebook.load import check_files, normal_file, read_base, read_files, resolve
from pegmark.rulebook.program import Program
from pegmark.rulebook.source import Mapping as Tree
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


def base_of(path: Path, files: Mapping[str, bytes]) -> tuple[dict[str, bytes], list[Problem]]:
    """Return the files that an overlay extends, beside it or among the rulebooks; none of other books."""
    return read_base(path, files, read_settings(os.environ).rules)


def filling_in() -> tuple[str, bytes]:
    """Return the filling-in that is compiled into every rulebook, and its name."""
    return normal_file(read_settings(os.environ).rules)


def trees_of(named: str | None) -> Mapping[str, Tree]:
    """Return a sound rulebook as it is written, the changes of an overlay made; raises like `program_of`."""
    path = book_path(named)
    files, problems = read_files(path)
    base, more = base_of(path, files)
    if problems or more:
        raise RulebookError([*problems, *more])
    return resolve(files, filling_in(), base)


def program_of(named: str | None) -> Program:
    """Return a rulebook's program; raises `NotFound`, or `RulebookError` with every problem."""
    path = book_path(named)
    files, problems = read_files(path)
    base, more = base_of(path, files)
    problems += more
    program = None
    if not problems:
        program, problems = check_files(files, filling_in(), base)
    if program is None:
        raise RulebookError(problems)
    return program
