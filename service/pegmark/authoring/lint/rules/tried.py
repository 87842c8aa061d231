"""Suites: what a rule does is expected somewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from pegmark.authoring.lint.finding import Finding
from pegmark.authoring.lint.subject import Subject
from pegmark.rulebook.program import Reason


class _Ruled(Protocol):
    @property
    def reason(self) -> Reason: ...


def untested(subject: Subject) -> Iterator[Finding]:
    """Find rules that no suite names: class rules, knock-outs, steps, limits, conditions, findings."""
    if subject.tested is None:
        return
    program = subject.program
    rating = program.rating
    kinds: tuple[tuple[str, Sequence[_Ruled]], ...] = (
        ("class rule", program.classify.rules),
        ("knock-out", rating.knock_outs),
        ("status rule", rating.statuses),
        ("step", program.haircut.steps),
        ("limit", program.caps.limits),
        ("condition", program.conditions),
        ("finding", program.review),
    )
    for what, rules in kinds:
        for rule in rules:
            if rule.reason.id not in subject.tested:
                message = f"no suite expects anything of the {what} {rule.reason.id}"
                yield Finding(
                    message, rule.reason.span, "add a case in which it decides, and one in which it does not"
                )
