"""What a rule of style is, and what it finds; the rest of a problem is the same for all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from pegmark.authoring.lint.subject import Subject
from pegmark.problems import Related, Severity, Span

Needs = Literal["", "day", "suites", "proof"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One place where a rule of style is not kept."""

    message: str
    span: Span
    help: str
    related: tuple[Related, ...] = ()
    note: str | None = None


@dataclass(frozen=True, slots=True)
class StyleRule:
    """A rule of style: its permanent code, its name, how severe it is unless one's settings say otherwise.

    `needs` names what it cannot do without: a day to be at, suites beside the rulebook, a prover. Where
    that is not there the rule is not asked, and an ignore of it is not called idle.
    """

    code: str
    name: str
    summary: str
    find: Callable[[Subject], Iterable[Finding]]
    severity: Severity = "warning"
    needs: Needs = ""
