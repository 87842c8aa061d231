"""Unknown: what is asked to an asset's disadvantage is not passed over because nobody says."""

from __future__ import annotations

from collections.abc import Iterator

from pegmark.authoring.lint.finding import Finding
from pegmark.authoring.lint.subject import Subject, entry
from pegmark.problems import Related, Span
from pegmark.rulebook.program import Condition, KnockOut, Reason, ReviewRule, StatusRule


def adverse_skips(subject: Subject) -> Iterator[Finding]:
    """Find knock-outs, status rules, conditions and findings that a withheld fact escapes."""
    program = subject.program
    rating = program.rating
    rules: tuple[KnockOut | StatusRule | Condition | ReviewRule, ...]
    rules = (*rating.knock_outs, *rating.statuses, *program.conditions, *program.review)
    for rule in rules:
        if rule.on_unknown == "skip":
            message = f"{rule.reason.id} is adverse and passed over where nobody says"
            help = "write `on_unknown: match`, so that silence does not pay"
            yield Finding(message, _on_unknown(subject, rule.reason), help)


def skipped_classes(subject: Subject) -> Iterator[Finding]:
    """Find class rules that are passed over where unknown, though a better class may follow."""
    classify = subject.program.classify
    rank = {name: n for n, name in enumerate(classify.order)}
    if classify.hit != "first":
        return
    for n, rule in enumerate(classify.rules):
        better = next(
            (after for after in classify.rules[n + 1 :] if rank[after.then] < rank[rule.then]), None
        )
        if rule.on_unknown == "skip" and better is not None:
            message = f"{rule.reason.id} is passed over where nobody says, and {better.reason.id} is better"
            related = (Related(f"{better.reason.id} is here", better.reason.span),)
            help = "write `on_unknown: worse` or `otherwise`, or put it after the better classes"
            yield Finding(message, _on_unknown(subject, rule.reason), help, related)


def _on_unknown(subject: Subject, reason: Reason) -> Span:
    written = entry(subject.rules.get(reason.id), "on_unknown")
    return reason.span if written is None else written.span
