"""Reasons are for a reader: a sentence, of its own, that says more than the rule's name does."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pegmark.authoring.lint.finding import Finding
from pegmark.authoring.lint.subject import Subject, entry
from pegmark.authoring.lint.walk import Told, reasons
from pegmark.problems import Related
from pegmark.rulebook.source import Scalar

_LEAST_WORDS, _LEAST_LETTERS = 2, 8
"""`Who attests.` is a reason; `Risk.` is none."""
_WORD = re.compile(r"[a-z0-9]+")
_FILLER = frozenset(
    ("a", "an", "and", "are", "in", "is", "it", "of", "on", "or", "rule", "the", "this", "to")
)
_ENDS = (".", "!", "?", ".”", '."', ".)")


def told(subject: Subject) -> Iterator[Told]:
    """Yield everything that gives a reason: rules, params, pillars and retired ids."""
    program = subject.program
    for param in program.params:
        yield Told(param.name, param.why, param.span)
    for _, reason in reasons(program):
        if reason.id:
            yield Told(reason.id, reason.why, reason.span)
    for card in program.scorecards:
        yield Told(card.pillar, card.why, card.span)
    whys = {one.id: one.why for one in program.retired}
    for tree in subject.trees.values():
        listed = entry(tree, "retired")
        for item in getattr(listed, "items", ()):
            name = entry(item, "id")
            if isinstance(name, Scalar):
                yield Told(name.text, whys.get(name.text, ""), name.span)


def short(subject: Subject) -> Iterator[Finding]:
    """Find reasons too short to be one."""
    for one in told(subject):
        words = _words(one.why)
        if len(words) < _LEAST_WORDS or sum(map(len, words)) < _LEAST_LETTERS:
            yield Finding(
                f"the why of `{one.name}` is no reason: `{one.why}`",
                one.span,
                "say what goes wrong without it",
            )


def echoing(subject: Subject) -> Iterator[Finding]:
    """Find reasons that only say the name of the rule again, or what follows from it."""
    program = subject.program
    follows = {rule.reason.id: rule.then for rule in program.classify.rules}
    follows |= {finding.reason.id: finding.code for finding in program.review}
    follows |= {condition.reason.id: condition.code for condition in program.conditions}
    for one in told(subject):
        words = set(_words(one.why)) - _FILLER
        if words and words <= set(_words(f"{one.name} {follows.get(one.name, '')}")):
            yield Finding(
                f"the why of `{one.name}` only repeats its name", one.span, "say what goes wrong without it"
            )


def repeated(subject: Subject) -> Iterator[Finding]:
    """Find reasons that are given twice."""
    first: dict[str, Told] = {}
    for one in told(subject):
        if not subject.is_own(one.span):
            continue
        before = first.setdefault(" ".join(_words(one.why)), one)
        if before is not one:
            related = (Related(f"`{before.name}` gives it first", before.span),)
            message = f"`{one.name}` and `{before.name}` give the same why"
            yield Finding(message, one.span, "say what each is for, or make one of the two", related)


def unfinished(subject: Subject) -> Iterator[Finding]:
    """Find reasons and remedies that do not end as a sentence does."""
    for placed in (one for file in subject.scalars.values() for one in file):
        key, text = placed.path.rpartition(".")[2], placed.scalar.text.strip()
        is_key = placed.scalar.text == key
        if key in ("why", "remedy", "meaning") and text and not is_key and not text.endswith(_ENDS):
            whose = f" of `{placed.rule_id}`" if placed.rule_id else ""
            yield Finding(
                f"the {key}{whose} does not end as a sentence", placed.scalar.span, "end it with a full stop"
            )


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower().replace("'", ""))
