"""The stop of a verb whose input is refused."""

from __future__ import annotations

from collections.abc import Iterable

from pegmark.problems import Position, Problem

NOWHERE = Position(0, 0)
"""The place of what concerns a file, or an option, as a whole."""


def where(problem: Problem) -> str:
    """Return the place of a problem as a message begins with it, or nothing where it has none."""
    span = problem.span
    if span is None:
        return ""
    # Line 0 is the file as a whole.
    return f"{span.file}:{span.start.line}:{span.start.column}: " if span.start.line else f"{span.file}: "


def reason(error: OSError | ValueError) -> str:
    """Return why a file cannot be read or written, in a few words."""
    said = getattr(error, "strerror", None) or "no file has such a name"
    return f"{said[:1].lower()}{said[1:]}"


class Refused(Exception):
    """What was typed, or a file that was named, is refused; carries every problem found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Keep every problem, in the order given."""
        self.problems = tuple(problems)
        super().__init__("; ".join(problem.message for problem in self.problems))

    def __reduce__(self) -> tuple[type[Refused], tuple[tuple[Problem, ...]]]:
        """Pass from one process to another whole."""
        return Refused, (self.problems,)
