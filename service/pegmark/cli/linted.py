"""A rulebook as `lint` reads it: its files, its suites, its settings, and what stands around it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pegmark.authoring.files import folder_of, read_suite_files
from pegmark.authoring.lint.mentions import mentions
from pegmark.authoring.lint.redundancy import Redundancy
from pegmark.authoring.lint.run import lint
from pegmark.authoring.lint.settings import FILE, LintSettings, read_lint_settings
from pegmark.authoring.lint.subject import Subject
from pegmark.cli.books import base_of, filling_in
from pegmark.cli.documents import beginning, opened
from pegmark.cli.forms import Checked, FailOn
from pegmark.cli.refusal import Refused
from pegmark.problems import Problem
from pegmark.rulebook.load import check_files, read_files
from pegmark.settings import read_settings
from pegmark.storage.names import stated


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line asks for."""

    settings: LintSettings
    fail_on: FailOn
    at: date | None = None
    redundancy: Redundancy | None = None


def linted(path: Path, asked: Asked) -> Checked:
    """Return what can be said better at a path; raises `Refused` where its settings cannot be used."""
    files, problems = read_files(path)
    program = None
    normal = filling_in()
    quoted = {**files, normal[0]: normal[1]}
    base, more = base_of(path, files)
    problems += more
    if not problems:
        program, problems = check_files(files, normal, base)
    if program is None:
        return Checked(path, files, quoted, None, tuple(problems), "lint", asked.fail_on)
    settings = asked.settings.over(_settings_beside(path))
    tested, malformed = _tested(path)
    subject = Subject(
        program=program,
        files=files,
        assets=frozenset(
            name for (name,) in stated(read_settings(os.environ).fixtures / "snapshots", "asset")
        ),
        tested=tested,
        at=asked.at,
        stale_years=settings.stale_years,
        links_to=_links_from(path),
        redundancy=asked.redundancy,
    )
    warned = problems if settings.select is None else []
    found = [*_in_order([*warned, *lint(subject, settings)]), *malformed]
    return Checked(path, files, quoted, program, tuple(found), "lint", asked.fail_on)


def _in_order(problems: Iterable[Problem]) -> list[Problem]:
    placed = [problem for problem in problems if problem.span is not None]
    return sorted(placed, key=lambda problem: (problem.span, problem.code))


def _settings_beside(path: Path) -> LintSettings:
    file = (path if path.is_dir() else path.parent) / FILE
    if not file.exists():
        return LintSettings()
    with opened(str(file)) as text:
        data = beginning(text)
    settings, problems = read_lint_settings(data, file.as_posix())
    if problems:
        raise Refused(problems)
    return settings


def _tested(path: Path) -> tuple[frozenset[str] | None, list[Problem]]:
    """Return what the suites of a rulebook name, None where there are none."""
    folder = folder_of(path) if path.is_dir() else None
    if folder is None or not folder.is_dir():
        return None, []
    suites, problems = read_suite_files(path)
    if problems:
        return None, problems
    return mentions(suites.texts)


def _links_from(path: Path) -> Callable[[str], bool]:
    """Return what tells whether a file is there, seen from a rulebook, from above it, or from here."""
    whole = path.resolve()
    folders = (Path.cwd(), whole, *whole.parents)

    def is_there(name: str) -> bool:
        try:
            return bool(name) and any((folder / name).is_file() for folder in folders)
        except (OSError, ValueError):
            return False  # No file has such a name.

    return is_there
