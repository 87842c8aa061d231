"""Faults in what a rule says besides its condition: what it leads to, and what it does with unknown."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, TypeVar

from pegmark.authoring.mutation.expressions import expressions
from pegmark.authoring.mutation.mutant import Change, Changed, neighbours
from pegmark.rulebook.program import ClassRule, Condition, KnockOut, Limit, ReviewRule, StatusRule, Step

Verdict = TypeVar("Verdict", KnockOut, StatusRule, ReviewRule)
Guarded = TypeVar("Guarded", Condition, Step, Limit)


def class_rules(rule: ClassRule, order: tuple[str, ...]) -> Changed[ClassRule]:
    """Yield a rule of class with a fault; classes run from best to worst in `order`."""
    for change, when in expressions(rule.when, "when"):
        yield change, replace(rule, when=when)
    for then in neighbours(order, rule.then):
        yield Change("outcome", "then", rule.then, then), replace(rule, then=then)
    if rule.on_unknown is not None:
        for other in ("skip", "worse", "otherwise"):
            if other != rule.on_unknown:
                change = Change("unknown", "on_unknown", rule.on_unknown, other)
                yield change, replace(rule, on_unknown=other)
    if rule.known_only:
        yield Change("unknown", "known_only", "true", "false"), replace(rule, known_only=False)


def fires(rule: Verdict) -> Changed[Verdict]:
    """Yield a rule with a fault in when it fires."""
    for change, when in expressions(rule.when, "when"):
        yield change, replace(rule, when=when)
    if rule.on_unknown is not None:
        flipped: Literal["match", "skip"] = "skip" if rule.on_unknown == "match" else "match"
        yield Change("unknown", "on_unknown", rule.on_unknown, flipped), replace(rule, on_unknown=flipped)


def capped(rule: KnockOut, bands: tuple[str, ...]) -> Changed[KnockOut]:
    """Yield a knock-out with a fault."""
    yield from fires(rule)
    for cap in neighbours(bands, rule.cap):
        yield Change("outcome", "cap", rule.cap, cap), replace(rule, cap=cap)


def held(rule: StatusRule) -> Changed[StatusRule]:
    """Yield a rule of status with a fault."""
    yield from fires(rule)
    for then in neighbours(("no_new", "run_off", "ineligible"), rule.then):
        yield Change("outcome", "then", rule.then, then), replace(rule, then=then)


def reviewed(rule: ReviewRule) -> Changed[ReviewRule]:
    """Yield a rule of review with a fault."""
    yield from fires(rule)
    for severity in neighbours(("low", "medium", "high", "critical"), rule.severity):
        change = Change("outcome", "severity", rule.severity, severity)
        yield change, replace(rule, severity=severity)


def guarded(rule: Guarded) -> Changed[Guarded]:
    """Yield what applies only sometimes with a fault in when it does."""
    if rule.when is not None:
        for change, when in expressions(rule.when, "when"):
            yield change, replace(rule, when=when)
        yield Change("dropped", "the condition is dropped", "", ""), replace(rule, when=None)
