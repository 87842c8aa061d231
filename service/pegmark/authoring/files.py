"""Where suites stand: in the folder `tests` of a rulebook, or in a file that is named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from pegmark.problems import Problem
from pegmark.rulebook.decoding import whole
from pegmark.rulebook.files import read_files

TESTS = "tests"
_HELP = "suites are YAML files in the folder `tests` of a rulebook"


@dataclass(frozen=True, slots=True)
class SuiteFiles:
    """The texts of suites by name, and those whose cases are `wanted`: the others lend their fixtures."""

    texts: Mapping[str, bytes]
    wanted: frozenset[str]


def folder_of(path: Path) -> Path | None:
    """Return the folder of suites at a path: that of a rulebook, or the one a file or folder stands in.

    >>> folder_of(Path("rules/house/tests/deep/caps.yaml")).as_posix()
    'rules/house/tests'
    """
    inside = next((folder for folder in (path, *path.parents) if folder.name == TESTS), None)
    return path / TESTS if inside is None and path.is_dir() else inside


def read_suite_files(path: Path) -> tuple[SuiteFiles, list[Problem]]:
    """Return the suites at a path, a rulebook's folder or one file, and what is wrong with the files."""
    folder = folder_of(path)
    texts, problems = read_files(path if folder is None else folder)
    wanted = frozenset(
        name for name in texts if folder is None or Path(name).is_relative_to(_below(path, folder))
    )
    if not problems and not wanted:
        problems = [Problem("T0001", "no suite is here", whole(path.as_posix()), _HELP)]
    return SuiteFiles(texts, wanted), [_of_suites(problem) for problem in problems]


def _below(path: Path, folder: Path) -> Path:
    """Return what a suite is wanted below: all of a rulebook's, or what was named among them."""
    return path if path.is_relative_to(folder) else folder


def _of_suites(problem: Problem) -> Problem:
    match problem.code:
        case "E0013" if problem.message.startswith("no rulebook"):
            return replace(problem, code="T0001", message="no suite is here", help=_HELP)
        case "E0014":
            return replace(problem, message=problem.message.replace("a rulebook has", "there may be"))
        case "E0015":
            return replace(problem, message="files of suites end in `.yaml`")
    return problem
