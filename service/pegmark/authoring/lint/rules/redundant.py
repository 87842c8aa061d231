"""What is said already: by the operand beside it, by a rule before it, by another rule of its list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from pegmark.authoring.lint.finding import Finding
from pegmark.authoring.lint.rules.conditions import opposite, quoted
from pegmark.authoring.lint.subject import Subject
from pegmark.authoring.lint.walk import expressions, nodes
from pegmark.language import text
from pegmark.language.nodes import Extreme, Logic, Typed
from pegmark.problems import Related
from pegmark.rulebook.cover import condition, covers
from pegmark.rulebook.program import ClassRule, KnockOut, ReviewRule, StatusRule


def operands(subject: Subject) -> Iterator[Finding]:
    """Find operands that another operand beside them makes needless."""
    for expression in expressions(subject.program):
        for node in nodes(expression):
            match node:
                case Logic(op, parts):
                    yield from _among(op, parts)
                case Extreme(op, parts):
                    for n, part in enumerate(parts):
                        if any(text(part) == text(before) for before in parts[:n]):
                            yield Finding(
                                f"`{quoted(part)}` stands in `{op}` twice", part.span, "leave one out"
                            )


def _among(op: str, parts: Sequence[Typed]) -> Iterator[Finding]:
    forms = [condition(part) for part in parts]
    for n, part in enumerate(parts):
        for m, other in enumerate(parts):
            # Of two that are the same the later is needless.
            wide, narrow = (forms[n], forms[m]) if op == "and" else (forms[m], forms[n])
            is_same = covers(narrow, wide)
            if m == n or not covers(wide, narrow) or (is_same and m > n):
                continue
            than = "narrower" if op == "and" else "wider"
            message = f"`{quoted(part)}` changes nothing beside `{quoted(other)}`, which is {than}"
            if is_same:
                message = f"`{quoted(part)}` stands beside `{quoted(other)}` and says the same"
            yield Finding(message, part.span, "leave it out", (Related("the other operand", other.span),))
            break


def decided_before(subject: Subject) -> Iterator[Finding]:
    """Find parts of class rules that hold wherever the rules before them leave anything to decide.

    A rule that stops where it is true and where it is unknown leaves only where it is false.
    """
    classify = subject.program.classify
    if classify.hit != "first":
        return
    left: list[tuple[ClassRule, Typed]] = []
    for rule in classify.rules:
        # Of what is known only an estimate of, a rule may ask by reading it.
        for part in () if rule.known_only else _conjuncts(rule.when):
            for before, known in left:
                if covers(condition(part), condition(known)):
                    yield _decided(part, rule, before)
                    break
        if rule.on_unknown in (None, "otherwise"):
            left += [(rule, known) for known in _false(rule.when)]


def _decided(part: Typed, rule: ClassRule, before: ClassRule) -> Finding:
    related = (Related(f"{before.reason.id} is here", before.reason.span),)
    message = f"`{quoted(part)}` holds wherever {before.reason.id} leaves anything to decide"
    help = "leave it out"
    if part is rule.when:
        help = f"see that {rule.reason.id} is meant to take all that is left, and say so in an ignore"
    return Finding(message, part.span, help, related)


def _conjuncts(node: Typed) -> Sequence[Typed]:
    return node.operands if isinstance(node, Logic) and node.op == "and" else (node,)


def _false(node: Typed) -> list[Typed]:
    """Return what holds where `node` is false, as far as that can be said in parts."""
    if isinstance(node, Logic) and node.op == "or":
        return [known for part in node.operands for known in _false(part)]
    return [] if isinstance(node, Logic) else [opposite(node)]


def repeated_conditions(subject: Subject) -> Iterator[Finding]:
    """Find rules of one list that ask the same."""
    rating = subject.program.rating
    lists: tuple[Sequence[KnockOut | StatusRule | ReviewRule], ...] = (
        rating.knock_outs,
        rating.statuses,
        subject.program.review,
    )
    for listed in lists:
        for before, rule in combinations(listed, 2):
            if text(before.when) == text(rule.when):
                message = f"{rule.reason.id} and {before.reason.id} have the same condition"
                related = (Related(f"{before.reason.id} is here", before.reason.span),)
                yield Finding(message, rule.when.span, "make one rule of the two", related)


def covered(subject: Subject) -> Iterator[Finding]:
    """Find knock-outs and status rules that add nothing: another holds wherever they do, as severely."""
    rating = subject.program.rating
    bands = [name for name, _ in rating.bands]
    statuses = ("no_new", "run_off", "ineligible")
    yield from _covered(rating.knock_outs, [bands.index(rule.cap) for rule in rating.knock_outs])
    yield from _covered(rating.statuses, [statuses.index(rule.then) for rule in rating.statuses])


def _covered(rules: Sequence[KnockOut | StatusRule], severities: Sequence[int]) -> Iterator[Finding]:
    forms = [condition(rule.when) for rule in rules]
    for n, rule in enumerate(rules):
        for m, other in enumerate(rules):
            is_no_less = severities[m] >= severities[n] and _minds_unknown(other, rule)
            if m == n or not is_no_less or not covers(forms[m], forms[n]):
                continue
            if text(rule.when) != text(other.when):
                message = f"{rule.reason.id} makes nothing worse: {other.reason.id} holds wherever it does"
                related = (Related(f"{other.reason.id} is here", other.reason.span),)
                yield Finding(message, rule.reason.span, "delete it, or let it be the more severe", related)
                break


def _minds_unknown(wide: KnockOut | StatusRule, narrow: KnockOut | StatusRule) -> bool:
    """Tell whether `wide` holds for want of a fact wherever `narrow` does."""
    return wide.on_unknown in (None, "match") or narrow.on_unknown in (None, "skip")


def proved(subject: Subject) -> Iterator[Finding]:
    """Find what a prover says could be left out."""
    if subject.redundancy is None:
        return
    for needless in subject.redundancy.needless(subject.program):
        message = f"{needless.what} changes no decision"
        yield Finding(message, needless.span, "leave it out", note=needless.because)
