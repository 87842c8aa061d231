"""Names: no rule singles out an asset, and ids and names say no more and no less than they should."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from pegmark.authoring.lint.finding import Finding
from pegmark.authoring.lint.subject import Subject, entry
from pegmark.authoring.lint.walk import expressions, nodes, reasons
from pegmark.language import text
from pegmark.language.nodes import Compare, Const, Member, Read
from pegmark.problems import Related, Span
from pegmark.rulebook.program import Reason
from pegmark.rulebook.source import Scalar, Sequence

_PARTS = re.compile(r"[-_.\s]+")
_NUMBERED = re.compile(r"(.+)-(\d+)")


def named_assets(subject: Subject) -> Iterator[Finding]:
    """Find ids, names, classes and choices that are the ticker of an asset."""
    help = "rule on what an asset is, by its facts; no asset is treated by its name"
    for what, said, span in _said(subject):
        named = _asset_in(said, subject.assets)
        if named:
            yield Finding(f"{what} `{said}` singles out an asset: {named}", span, help)


def _said(subject: Subject) -> Iterator[tuple[str, str, Span]]:
    program = subject.program
    yield from (("rule", reason.id, reason.span) for _, reason in reasons(program) if reason.id)
    for section, what in (("facts", "fact"), ("params", "param"), ("derive", "name")):
        for key, node in subject.defined(section):
            yield what, key.text, key.span
            yield from _members(what, entry(node, "members"))
    yield from _members("class", entry(subject.written("classify"), "order"))
    yield from (("code", finding.code, finding.reason.span) for finding in program.review)
    yield from (("code", condition.code, condition.reason.span) for condition in program.conditions)
    for expression in expressions(program):
        for part in nodes(expression):
            match part:
                case Compare(_, _, Const(str() as member)) | Compare(_, Const(str() as member), _):
                    yield "choice", member, part.span
                case Member(_, members):
                    yield from (("choice", member, part.span) for member in members)


def _members(what: str, listed: object) -> Iterator[tuple[str, str, Span]]:
    for item in listed.items if isinstance(listed, Sequence) else ():
        if isinstance(item, Scalar):
            yield f"member of a {what}", item.text, item.span


def _asset_in(said: str, assets: frozenset[str]) -> str | None:
    parts = {part.casefold() for part in (said, *_PARTS.split(said))}
    return next((asset for asset in sorted(assets) if asset.casefold() in parts), None)


def prefixes(subject: Subject) -> Iterator[Finding]:
    """Find ids that begin otherwise than most of their list."""
    for _, listed in _lists(subject):
        counts = Counter(_prefix(reason.id) for reason in listed)
        usual, most = counts.most_common(1)[0]
        if most * 2 <= len(listed):
            continue
        for reason in listed:
            if _prefix(reason.id) != usual:
                message = f"`{reason.id}` stands among rules whose ids begin with `{usual}-`"
                yield Finding(message, reason.span, f"a new rule takes `{usual}-…`; an old id stays as it is")


def order(subject: Subject) -> Iterator[Finding]:
    """Find numbered ids that do not rise in their list."""
    for _, listed in _lists(subject):
        numbered = [
            (found[1], int(found[2]), reason)
            for reason in listed
            if (found := _NUMBERED.fullmatch(reason.id))
        ]
        for (stem, before, above), (other, number, reason) in pairwise(numbered):
            if stem == other and number < before:
                related = (Related(f"`{above.id}` is here", above.span),)
                message = f"`{reason.id}` stands after `{above.id}`"
                yield Finding(
                    message, reason.span, "number rules in the order in which they are read", related
                )


def aliases(subject: Subject) -> Iterator[Finding]:
    """Find derived names that are another name for one thing."""
    for derived in subject.program.derived:
        if isinstance(derived.expr, Read):
            message = f"`{derived.name}` is only another name for `{derived.expr.name}`"
            yield Finding(message, derived.span, f"read `{derived.expr.name}` where it is needed")


def constants(subject: Subject) -> Iterator[Finding]:
    """Find derived names that are a number, which has neither a date nor a reason there."""
    for derived in subject.program.derived:
        if not any(isinstance(node, Read) for node in nodes(derived.expr)):
            message = f"`{derived.name}` reads nothing: it is always {text(derived.expr)}"
            yield Finding(message, derived.span, "make it a param, with a date, a why and a source")


def _lists(subject: Subject) -> Iterator[tuple[str, list[Reason]]]:
    """Yield the rules of each list that holds several."""
    lists: dict[str, list[Reason]] = {}
    for section, reason in reasons(subject.program):
        if reason.id and subject.is_own(reason.span):
            lists.setdefault(section, []).append(reason)
    yield from ((section, listed) for section, listed in lists.items() if len(listed) > 1)


def _prefix(rule_id: str) -> str:
    return rule_id.partition("-")[0]
