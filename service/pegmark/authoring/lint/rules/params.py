"""Params: a dated value that changes nothing, and one that nobody has looked at for years."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from pegmark.authoring.lint.finding import Finding
from pegmark.authoring.lint.subject import Subject, entry
from pegmark.problems import Span
from pegmark.rulebook.program import Param
from pegmark.rulebook.reading import FIRST_DAY
from pegmark.rulebook.source import Sequence


def idle_values(subject: Subject) -> Iterator[Finding]:
    """Find dated values that are what they replace."""
    for param in subject.program.params:
        for n, (before, dated) in enumerate(pairwise(param.values), 1):
            if before.value == dated.value:
                message = f"from {dated.start} on `{param.name}` is what it was before"
                yield Finding(
                    message, _value(subject, param, n), "leave it out, and say in `why` that it was reviewed"
                )


def stale(subject: Subject) -> Iterator[Finding]:
    """Find dated values that are older than what is called stale; one that holds since ever has no date."""
    if subject.at is None:
        return
    for param in subject.program.params:
        last = param.values[-1].start
        age = (subject.at - last).days
        if last > FIRST_DAY and age > subject.stale_years * 365:
            message = f"`{param.name}` was last set on {last}, {age // 365} years before {subject.at}"
            span = _value(subject, param, len(param.values) - 1)
            yield Finding(
                message, span, "review it: set a new value, or say in an ignore when it was looked at"
            )


def _value(subject: Subject, param: Param, n: int) -> Span:
    for key, node in subject.defined("params"):
        values = entry(node, "values")
        if key.text == param.name and isinstance(values, Sequence) and n < len(values.items):
            return values.items[n].span
    return param.span
