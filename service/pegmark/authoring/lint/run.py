"""Ask every rule of style that is wanted, and place what it finds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pegmark.authoring.lint.finding import Finding, StyleRule
from pegmark.authoring.lint.ignores import read_ignores, without_ignored
from pegmark.authoring.lint.rules.registry import IDLE, MALFORMED, STYLE_RULES
from pegmark.authoring.lint.settings import LintSettings
from pegmark.authoring.lint.subject import Subject
from pegmark.problems import Position, Problem, Span

_NOWHERE = Span("", Position(0, 0), Position(0, 0))


def lint(subject: Subject, settings: LintSettings | None = None) -> list[Problem]:
    """Return what can be said better in a sound rulebook, by file and position."""
    wanted = settings or LintSettings()
    asked = [
        rule
        for rule in STYLE_RULES.values()
        if wanted.level(rule.code) != "off" and _can_be_asked(rule, subject)
    ]
    problems = [problem for rule in asked for problem in _problems(rule, subject)]
    ignores, malformed = read_ignores(subject)
    problems = without_ignored(subject, problems, ignores, {rule.code for rule in asked})
    return sorted(_levelled([*problems, *malformed], wanted), key=_place)


def _can_be_asked(rule: StyleRule, subject: Subject) -> bool:
    match rule.needs:
        case "day":
            return subject.at is not None
        case "suites":
            return subject.tested is not None
        case "proof":
            return subject.redundancy is not None
    return True


def _problems(rule: StyleRule, subject: Subject) -> Iterator[Problem]:
    # A list may be read by way of two that hold it; a thing is said once.
    for found in dict.fromkeys(rule.find(subject)):
        if subject.is_own(found.span):
            yield _problem(rule, subject, found)


def _problem(rule: StyleRule, subject: Subject, found: Finding) -> Problem:
    path, rule_id = subject.place(found.span)
    return Problem(
        rule.code,
        found.message,
        found.span,
        found.help,
        rule.severity,
        path,
        rule_id,
        found.note,
        found.related,
    )


def _levelled(problems: list[Problem], settings: LintSettings) -> Iterator[Problem]:
    for problem in problems:
        level = settings.level(problem.code)
        # What is wrong with an ignore is told though other rules alone were selected.
        if problem.code in (IDLE, MALFORMED) and level == "off" and problem.code not in settings.ignore:
            level = settings.severity.get(problem.code, STYLE_RULES[problem.code].severity)
        if level != "off":
            yield replace(problem, severity=level)


def _place(problem: Problem) -> tuple[Span, str]:
    return problem.span or _NOWHERE, problem.code
