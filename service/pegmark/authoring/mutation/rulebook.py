"""Every mutant of a rulebook, section by section, in the order of evaluation.

Guardrails are left alone: they say what the rules must never do, so that no sound rulebook tells a
fault in one. So is what no decision says: titles, reasons, sources.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any, TypeVar

from pegmark.authoring.mutation import amounts, rules
from pegmark.authoring.mutation.expressions import expressions
from pegmark.authoring.mutation.mutant import (
    Change,
    Changed,
    Mutant,
    mutant,
    neighbours,
    put,
    swapped,
    without,
)
from pegmark.authoring.mutation.numbers import numbers, whole
from pegmark.rulebook.program import Condition, Haircut, Mark, Program, Rating, Reason

T = TypeVar("T")
Ruled = TypeVar("Ruled")
REMOVED = Change("removed", "the rule is removed", "", "")


def mutants(program: Program) -> list[Mutant]:
    """Return every mutant of a rulebook, in the order of evaluation."""
    sections = (_params, _normal, _derive, _classify, _scorecards, _rating, _haircut, _ladder, _caps)
    return [found for section in (*sections, _mark, _conditions, _review) for found in section(program)]


def _params(program: Program) -> Iterator[Mutant]:
    for n, param in enumerate(program.params):
        for k, dated in enumerate(param.values):
            place = "value" if len(param.values) == 1 else f"value from {dated.start}"
            for change, value in amounts.scalars(dated.value, param.type.kind, place):
                changed = replace(param, values=put(param.values, k, replace(dated, value=value)))
                book = replace(program, params=put(program.params, n, changed))
                yield mutant("params", param.name, change, param.span, book)


def _normal(program: Program) -> Iterator[Mutant]:
    for n, filling in enumerate(program.fillings):
        for change, expr in expressions(filling.expr, "take"):
            book = replace(program, fillings=put(program.fillings, n, replace(filling, expr=expr)))
            yield mutant("normal", filling.reason.id, change, filling.reason.span, book)


def _derive(program: Program) -> Iterator[Mutant]:
    for n, derived in enumerate(program.derived):
        for change, expr in expressions(derived.expr, "expr"):
            book = replace(program, derived=put(program.derived, n, replace(derived, expr=expr)))
            yield mutant("derive", derived.name, change, derived.span, book)


def _classify(program: Program) -> Iterator[Mutant]:
    classify = program.classify

    def book(**changed: Any) -> Program:
        return replace(program, classify=replace(classify, **changed))

    layering = classify.layering
    if layering is not None:
        for change, material in numbers(layering.material, "ratio", "material"):
            changed = book(layering=replace(layering, material=material))
            yield mutant("classify", layering.reason.id, change, layering.reason.span, changed)
    yield from _ruled(
        "classify", classify.rules, lambda rule: rules.class_rules(rule, classify.order), book, "rules"
    )
    if classify.hit == "first":
        for n, (rule, after) in enumerate(zip(classify.rules, classify.rules[1:], strict=False)):
            change = Change("swapped", f"comes after {after.reason.id}", "", "")
            reason = rule.reason
            yield mutant("classify", reason.id, change, reason.span, book(rules=swapped(classify.rules, n)))


def _ruled(
    section: str,
    items: tuple[Ruled, ...],
    changes: Callable[[Ruled], Changed[Ruled]],
    book: Callable[..., Program],
    name: str,
) -> Iterator[Mutant]:
    """Yield the mutants of rules that stand in a list: each changed, and each removed."""
    for n, rule in enumerate(items):
        reason: Reason = rule.reason  # type: ignore[attr-defined]  # every rule has one
        for change, changed in changes(rule):
            yield mutant(section, reason.id, change, reason.span, book(**{name: put(items, n, changed)}))
        yield mutant(section, reason.id, REMOVED, reason.span, book(**{name: without(items, n)}))


def _scorecards(program: Program) -> Iterator[Mutant]:
    for n, card in enumerate(program.scorecards):

        def book(n: int = n, card: Any = card, **changed: Any) -> Program:
            return replace(program, scorecards=put(program.scorecards, n, replace(card, **changed)))

        if card.applies is not None:
            for change, applies in expressions(card.applies, "applies"):
                yield mutant("scorecards", card.pillar, change, card.span, book(applies=applies))
            dropped = Change("dropped", "the condition is dropped", "", "")
            yield mutant("scorecards", card.pillar, dropped, card.span, book(applies=None))
        found = _ruled("scorecards", card.characteristics, amounts.characteristics, book, "characteristics")
        # A pillar without a line has no score.
        yield from (one for one in found if len(card.characteristics) > 1 or one.change is not REMOVED)


def _rating(program: Program) -> Iterator[Mutant]:
    rating = program.rating

    def book(**changed: Any) -> Program:
        return replace(program, rating=replace(rating, **changed))

    for change, changed in _rated(rating):
        yield mutant("rating", "rating", change, rating.span, book(**changed))
    bands = tuple(band for band, _ in rating.bands)
    yield from _ruled("rating", rating.knock_outs, lambda rule: rules.capped(rule, bands), book, "knock_outs")
    yield from _ruled("rating", rating.statuses, rules.held, book, "statuses")
    reason = rating.ineligible_reason
    for n, name in enumerate(rating.ineligible):
        change = Change("member", f"{name} is removed", "", "")
        yield mutant("rating", reason.id, change, reason.span, book(ineligible=without(rating.ineligible, n)))
    for name in program.classify.order:
        if name not in rating.ineligible:
            change = Change("member", f"{name} is added", "", "")
            yield mutant(
                "rating", reason.id, change, reason.span, book(ineligible=(*rating.ineligible, name))
            )
    if rating.worthless is not None:
        yield mutant("rating", rating.worthless.id, REMOVED, rating.worthless.span, book(worthless=None))
    if rating.intake is not None:
        reason = rating.intake.reason
        for band in neighbours(bands, rating.intake.least):
            change = Change("outcome", "least", rating.intake.least, band)
            changed_book = book(intake=replace(rating.intake, least=band))
            yield mutant("rating", reason.id, change, reason.span, changed_book)
        yield mutant("rating", reason.id, REMOVED, reason.span, book(intake=None))


def _rated(rating: Rating) -> Changed[dict[str, Any]]:
    for n, (pillar, weight) in enumerate(rating.weights):
        for change, given in whole(weight, f"weight of {pillar}", least=1):
            yield change, {"weights": put(rating.weights, n, (pillar, given))}
    for change, lift in whole(rating.lift, "lift", most=amounts.FULL):
        yield change, {"lift": lift}
    # The last band is what is left.
    for n, (band, least) in enumerate(rating.bands[:-1]):
        for change, given in whole(least, f"least of {band}", least=1, most=amounts.FULL):
            yield change, {"bands": put(rating.bands, n, (band, given))}


def _haircut(program: Program) -> Iterator[Mutant]:
    haircut = program.haircut

    def book(**changed: Any) -> Program:
        return replace(program, haircut=replace(haircut, **changed))

    for name, step in (("start", haircut.start), ("reference", haircut.reference)):
        for change, changed in amounts.steps(step):
            yield mutant("haircut", step.reason.id, change, step.reason.span, book(**{name: changed}))
    yield from _ruled("haircut", haircut.steps, _steps, book, "steps")
    for reason, change, fields in _bounded(haircut):
        yield mutant("haircut", reason.id, change, reason.span, book(**fields))


def _steps(step: Any) -> Changed[Any]:
    yield from amounts.steps(step)
    yield from amounts.ops(step)


def _bounded(haircut: Haircut) -> Iterator[tuple[Reason, Change, dict[str, Any]]]:
    bounds, initial, one = haircut.bounds_reason, haircut.initial_reason, Fraction(1)
    for change, low in numbers(haircut.low, "ratio", "min", most=haircut.high):
        yield bounds, change, {"low": low}
    for change, high in numbers(haircut.high, "ratio", "max", least=haircut.low, most=one):
        yield bounds, change, {"high": high}
    for change, rounding in amounts.roundings(haircut.rounding, "ratio"):
        yield bounds, change, {"rounding": rounding}
    for change, floor in numbers(haircut.initial_floor, "ratio", "floor", most=one):
        yield initial, change, {"initial_floor": floor}
    for change, share in numbers(haircut.initial_share, "ratio", "share", most=one):
        yield initial, change, {"initial_share": share}


def _ladder(program: Program) -> Iterator[Mutant]:
    ladder = program.ladder
    for change, breakpoints in _sizes(ladder.breakpoints):
        book = replace(program, ladder=replace(ladder, breakpoints=breakpoints))
        yield mutant("ladder", ladder.reason.id, change, ladder.reason.span, book)


def _sizes(sizes: tuple[Fraction, ...]) -> Changed[tuple[Fraction, ...]]:
    for n, size in enumerate(sizes):
        for change, near in numbers(size, "USD", f"breakpoint {n + 1}"):
            yield change, put(sizes, n, near)
        if len(sizes) > 1:
            yield Change("removed", f"breakpoint {n + 1} is removed", "", ""), without(sizes, n)


def _caps(program: Program) -> Iterator[Mutant]:
    caps = program.caps

    def book(**changed: Any) -> Program:
        return replace(program, caps=replace(caps, **changed))

    yield from _ruled("caps", caps.limits, amounts.limits, book, "limits")
    reason = caps.account_reason
    for name, kind, value in (
        ("least_venue", "USD", caps.least_venue),
        ("least_account", "USD", caps.least_account),
        ("account_share", "ratio", caps.account_share),
    ):
        for change, near in numbers(value, kind, name.replace("_", " ")):  # type: ignore[arg-type]  # a unit
            yield mutant("caps", reason.id, change, reason.span, book(**{name: near}))
    for change, rounding in amounts.roundings(caps.rounding, "USD"):
        yield mutant("caps", reason.id, change, reason.span, book(rounding=rounding))
    if caps.outstanding is not None:
        for change, node in expressions(caps.outstanding, "outstanding"):
            yield mutant("caps", reason.id, change, reason.span, book(outstanding=node))


def _mark(program: Program) -> Iterator[Mutant]:
    mark, reason = program.mark, program.mark.reason
    for change, fields in _marked(mark):
        book = replace(program, mark=replace(mark, **fields))
        yield mutant("mark", reason.id, change, reason.span, book)


def _marked(mark: Mark) -> Changed[dict[str, Any]]:
    for name in ("basis", "quote", "floor_when", "close_out"):
        for change, node in expressions(getattr(mark, name), name):
            yield change, {name: node}
    for change, least in whole(mark.min_sources, "min_sources", least=1):
        yield change, {"min_sources": least}
    for name, kind in (
        ("max_source_weight", "ratio"),
        ("max_age_days", "days"),
        ("floor", "ratio"),
        ("close_out_unknown", "days"),
    ):
        for change, value in numbers(getattr(mark, name), kind, name):  # type: ignore[arg-type]  # a unit
            yield change, {name: value}


def _conditions(program: Program) -> Iterator[Mutant]:
    def book(**changed: Any) -> Program:
        return replace(program, **changed)

    yield from _ruled("conditions", program.conditions, _conditioned, book, "conditions")


def _conditioned(condition: Condition) -> Changed[Condition]:
    yield from rules.guarded(condition)
    if condition.when is not None and condition.on_unknown is not None:
        flipped: Any = "skip" if condition.on_unknown == "match" else "match"
        change = Change("unknown", "on_unknown", condition.on_unknown, flipped)
        yield change, replace(condition, on_unknown=flipped)
    for change, value in expressions(condition.value, "value"):
        yield change, replace(condition, value=value)
    if condition.unknown is not None:
        for change, unknown in amounts.scalars(condition.unknown, condition.value.type.kind, "unknown"):
            yield change, replace(condition, unknown=unknown)
    for applies in neighbours(("acceptance", "intake", "continuous"), condition.applies):
        change = Change("outcome", "applies", condition.applies, applies)
        yield change, replace(condition, applies=applies)


def _review(program: Program) -> Iterator[Mutant]:
    def book(**changed: Any) -> Program:
        return replace(program, **changed)

    yield from _ruled("review", program.review, rules.reviewed, book, "review")
