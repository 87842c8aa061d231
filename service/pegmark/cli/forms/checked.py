"""A rulebook that was checked: where it is, its files, and what is wrong with it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pegmark.problems import Position, Problem, Span
from pegmark.rulebook.program import Program

FailOn = Literal["error", "warning", "never"]
"""The least severe problem that a verb fails for."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of checking one path; `files` are the rulebook's, `quoted` all that problems point into."""

    path: Path
    files: Mapping[str, bytes]
    quoted: Mapping[str, bytes]
    program: Program | None
    problems: tuple[Problem, ...]
    verb: str = "check"
    fail_on: FailOn = "error"

    @property
    def errors(self) -> int:
        """Return how many problems are errors: in `check`, those that refuse the rulebook."""
        return sum(problem.severity == "error" for problem in self.problems)

    def is_failure(self, problem: Problem) -> bool:
        """Tell whether a problem is one that the verb fails for."""
        return self.program is None or self.fail_on in (problem.severity, "warning")

    @property
    def fails(self) -> bool:
        """Whether the verb fails."""
        return any(map(self.is_failure, self.problems))


def all_problems(checked: Iterable[Checked]) -> list[Problem]:
    """Return every problem, path by path."""
    return [problem for one in checked for problem in one.problems]


def is_whole(span: Span) -> bool:
    """Tell whether a span stands for a file as a whole."""
    return span.start == span.end == Position(1, 1)


def remarks(problem: Problem) -> list[str]:
    """Return what is said of a problem besides its message, a line each."""
    said = (("note", problem.note), ("help", problem.help))
    return [f"{label}: {text}" for label, text in said if text]


def from_here(name: str) -> Path | None:
    """Return a file's path from the folder that we run in, None where it lies outside of it."""
    here, path = Path.cwd(), Path(os.path.normpath(Path.cwd() / name))
    return path.relative_to(here) if path.is_relative_to(here) else None
