"""Conditions: none that the ranges of facts answer already, and none that is hard to read for nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pegmark.authoring.lint.finding import Finding
from pegmark.authoring.lint.ranges import Choices, Interval, Range, range_of, ranges_of
from pegmark.authoring.lint.subject import Subject
from pegmark.authoring.lint.walk import expressions, nodes
from pegmark.language import text
from pegmark.language.nodes import Choose, Compare, Const, Logic, Not, Read, Typed, children
from pegmark.language.prose import constant

_OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}
_LONGEST = 60
"""So much of an expression is quoted in a message."""


def decided(subject: Subject) -> Iterator[Finding]:
    """Find conditions that the ranges of what they read leave no choice."""
    for node, said, beyond in _decided(subject):
        if beyond is None:
            message = f"`{quoted(node)}` {said} wherever it is known"
            yield Finding(message, node.span, "leave it out, or ask what was meant")


def beyond_range(subject: Subject) -> Iterator[Finding]:
    """Find thresholds that a fact is always on one side of."""
    for node, said, beyond in _decided(subject):
        if beyond is not None:
            message = f"`{quoted(node)}` {said} wherever it is known: {beyond}"
            yield Finding(
                message, node.span, "move the threshold into the range, or leave the comparison out"
            )


def _decided(subject: Subject) -> Iterator[tuple[Typed, str, str | None]]:
    """Yield conditions that have one value alone, which, and where a fact's own range is why, that range."""
    names = ranges_of(subject.program)
    for expression in expressions(subject.program):
        for node in nodes(expression):
            # A part that is decided decides the whole; it is shown, and the whole is not.
            if (truth := _truth(node, names)) and not any(_truth(part, names) for part in children(node)):
                yield node, truth, _beyond(node, names)


def _truth(node: Typed, names: Mapping[str, Range]) -> str:
    if node.type.kind != "bool" or isinstance(node, Const | Read):
        return ""
    found = range_of(node, names)
    if not isinstance(found, Choices) or len(found.members) != 1:
        return ""
    return "holds" if True in found.members else "fails"


def _beyond(node: Typed, names: Mapping[str, Range]) -> str | None:
    match node:
        case Compare(_, Read(name, "fact", kind), Const()) | Compare(_, Const(), Read(name, "fact", kind)):
            found = names.get(name)
            if isinstance(found, Interval):
                low, high = (
                    constant(end, kind.kind) for end in (found.low, found.high) if not isinstance(end, float)
                )
                return f"it runs from {low} to {high}"
    return None


def negations(subject: Subject) -> Iterator[Finding]:
    """Find negations that say what can be said without them."""
    for expression in expressions(subject.program):
        for node in nodes(expression):
            if isinstance(node, Not) and (better := _without(node.operand)) is not None:
                yield Finding(f"`{quoted(node)}` negates needlessly", node.span, f"say `{quoted(better)}`")


def _without(operand: Typed) -> Typed | None:
    """Return the opposite of a condition without a negation before it, None where that is no better."""
    match operand:
        case Not(inner):
            return inner
        case Compare(op, left, right, kind, span):
            return Compare(_OPPOSITE[op], left, right, kind, span)  # type: ignore[arg-type]
        case Logic(op, operands, kind, span) if any(isinstance(part, Not) for part in operands):
            turned = (part.operand if isinstance(part, Not) else Not(part, kind, span) for part in operands)
            return Logic("or" if op == "and" else "and", tuple(turned), kind, span)
    return None


def opposite(node: Typed) -> Typed:
    """Return the condition that holds just where `node` fails.

    Both are unknown in the same places.
    """
    return _without(node) or Not(node, node.type, node.span)


def truths(subject: Subject) -> Iterator[Finding]:
    """Find conditions that are compared with `true` or `false`."""
    for expression in expressions(subject.program):
        for node in nodes(expression):
            match node:
                case Compare(op, asked, Const(bool() as truth)) | Compare(op, Const(bool() as truth), asked):
                    better = asked if truth is (op == "==") else opposite(asked)
                    message = f"`{quoted(node)}` compares a condition with {str(truth).lower()}"
                    yield Finding(message, node.span, f"say `{quoted(better)}`")


def chosen_truths(subject: Subject) -> Iterator[Finding]:
    """Find `if` that chooses between true and false."""
    for expression in expressions(subject.program):
        for node in nodes(expression):
            match node:
                case Choose(asked, Const(bool() as yes), Const(bool() as no)) if yes is not no:
                    better = asked if yes else opposite(asked)
                    message = f"`{quoted(node)}` chooses what its condition already is"
                    yield Finding(message, node.span, f"say `{quoted(better)}`")


def quoted(node: Typed) -> str:
    """Return an expression as a message shows it."""
    said = text(node)
    return said if len(said) <= _LONGEST else f"{said[: _LONGEST - 1]}…"
