"""Everything pegmark raises on purpose.

A problem is a value (`pegmark.problems`); an error is a stop. The tree is the whole public set:

    PegmarkError
    ├── RulebookError   a rulebook was refused; carries every problem found in it
    ├── FactsError      submitted facts contradict themselves; carries every problem found in them
    ├── NotFound        something was asked for by a name that nothing has
    └── SettingsError   the environment holds settings that cannot be used

Status codes are not known here: `pegmark.api` alone maps an error to a response.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pegmark.problems import Problem

__all__ = [
    "FactProblem",
    "FactsError",
    "NotFound",
    "PegmarkError",
    "RulebookError",
    "SettingProblem",
    "SettingsError",
]


class FactProblem(NamedTuple):
    """One thing that is wrong with submitted facts; `pointer` is a JSON pointer (RFC 6901)."""

    pointer: str
    code: str
    message: str
    help: str | None = None


class SettingProblem(NamedTuple):
    """One environment variable that cannot be used, and why."""

    variable: str
    message: str


class PegmarkError(Exception):
    """Anything pegmark raises on purpose; `str()` of it is fit to be shown to a user."""


class RulebookError(PegmarkError):
    """A rulebook was refused."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Keep every problem, in the order given."""
        self.problems = tuple(problems)
        super().__init__(_listed("rulebook refused", (f"{p.code}: {p.message}" for p in self.problems)))


class FactsError(PegmarkError):
    """Submitted facts contradict themselves, or are dated so that they cannot be used."""

    def __init__(self, problems: Iterable[tuple[str, str, str, str | None]]) -> None:
        """Keep every problem: `FactProblem`s, or tuples in its order."""
        self.problems = tuple(FactProblem(*problem) for problem in problems)
        lines = (f"{p.pointer}: {p.message}" if p.pointer else p.message for p in self.problems)
        super().__init__(_listed("facts refused", lines))


class NotFound(PegmarkError):
    """Nothing of the kind `what` has the name `name`; `suggestions` are the nearest that exist."""

    def __init__(self, what: str, name: str, suggestions: Iterable[str] = ()) -> None:
        """Word the message as `no asset is called X; did you mean Y?`.

        >>> print(NotFound("asset", "USDE", ["USDe", "sUSDe"]))
        no asset is called `USDE`; did you mean `USDe` or `sUSDe`?
        """
        self.what = what
        self.name = name
        self.suggestions = tuple(suggestions)
        hint = " or ".join(f"`{suggestion}`" for suggestion in self.suggestions)
        super().__init__(f"no {what} is called `{name}`" + (f"; did you mean {hint}?" if hint else ""))


class SettingsError(PegmarkError):
    """The environment holds settings that cannot be used."""

    def __init__(self, problems: Iterable[SettingProblem]) -> None:
        """Keep every problem, in the order given."""
        self.problems = tuple(problems)
        super().__init__(_listed("settings refused", (f"{p.variable}: {p.message}" for p in self.problems)))


def _listed(heading: str, lines: Iterable[str]) -> str:
    return "\n  ".join((heading + ":", *lines))
