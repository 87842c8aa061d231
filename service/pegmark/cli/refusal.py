"""The stop of a verb whose input is refused."""

from __future__ import annotations

from collections.abc import Iterable

from pegmark.problems import Problem


class Refused(Exception):
    """What was typed, or a file that was named, is refused; carries every problem found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Keep every problem, in the order given."""
        self.problems = tuple(problems)
        super().__init__("; ".join(problem.message for problem in self.problems))
