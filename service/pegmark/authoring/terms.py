"""The parts of a rulebook that decide terms: rating, haircut, caps, mark, and what follows from them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise

from pegmark.authoring.parts import (
    Field,
    Figure,
    Formula,
    Part,
    Words,
    parts_of_classify,
    parts_of_scorecards,
    parts_of_the_head,
    told,
)
from pegmark.authoring.sense import LOOSER, NONE, STRICTER, UNCLEAR, Sense, turned
from pegmark.language.nodes import Typed
from pegmark.language.prose import constant
from pegmark.language.types import Kind
from pegmark.rulebook.program import Curve, Program, Rounding, Scalar, Step, Table

_ON_UNKNOWN = ("skip", "match")
_STATUSES = ("no_new", "run_off", "ineligible")


def parts(program: Program) -> Iterator[Part]:
    """Yield every part of a rulebook, in the order of evaluation."""
    yield from parts_of_the_head(program)
    yield from parts_of_classify(program)
    yield from parts_of_scorecards(program)
    yield from _rating(program)
    yield from _haircut(program)
    yield from _caps(program)
    yield from _mark(program)
    yield from _verdicts(program)


def _rating(program: Program) -> Iterator[Part]:
    rating = program.rating
    bands = tuple(band for band, _ in rating.bands)
    settings: list[Field] = [Figure(f"weight of {p}", Fraction(n), "number") for p, n in rating.weights]
    settings.append(Figure("lift", Fraction(rating.lift), "number", LOOSER))
    settings += [Figure(f"least of {band}", Fraction(n), "number", STRICTER) for band, n in rating.bands]
    yield Part("rating", "rating", rating.span, tuple(settings))
    for rule in rating.knock_outs:
        fields = (
            Formula("when", rule.when, STRICTER),
            Words("cap", rule.cap, bands),
            Words("on_unknown", rule.on_unknown or "", _ON_UNKNOWN),
            *told(rule.reason),
        )
        yield Part("rating", rule.reason.id, rule.reason.span, fields, STRICTER)
    reason = rating.ineligible_reason
    refused = [Words(f"class {name}", "ineligible", presence=STRICTER) for name in rating.ineligible]
    yield Part("rating", reason.id, reason.span, (*refused, *told(reason)), STRICTER)
    if rating.worthless is not None:
        reason = rating.worthless
        yield Part("rating", reason.id, reason.span, told(reason), STRICTER)
    if rating.intake is not None:
        reason = rating.intake.reason
        fields = (Words("least", rating.intake.least, bands[::-1]), *told(reason))
        yield Part("rating", reason.id, reason.span, fields, STRICTER)
    for status in rating.statuses:
        fields = (
            Formula("when", status.when, STRICTER),
            Words("then", status.then, _STATUSES),
            Words("on_unknown", status.on_unknown or "", _ON_UNKNOWN),
            *told(status.reason),
        )
        yield Part("rating", status.reason.id, status.reason.span, fields, STRICTER)


def _haircut(program: Program) -> Iterator[Part]:
    haircut = program.haircut
    yield _step(haircut.start, None)
    for n, step in enumerate(haircut.steps):
        yield _step(step, n)
    reason = haircut.bounds_reason
    bounds = (
        Figure("least", haircut.low, "ratio", STRICTER),
        Figure("most", haircut.high, "ratio", STRICTER),
        *_rounding(haircut.rounding, "ratio"),
        *told(reason),
    )
    yield Part("haircut", reason.id, reason.span, bounds)
    reason = haircut.initial_reason
    initial = (
        Figure("initial at least", haircut.initial_floor, "ratio", STRICTER),
        Figure("initial share", haircut.initial_share, "ratio", STRICTER),
        *told(reason),
    )
    yield Part("haircut", reason.id, reason.span, initial)
    yield _step(haircut.reference, None)


def _step(step: Step, place: int | None) -> Part:
    is_added = step.op in ("add", "max")
    presence: Sense = LOOSER if step.op == "min" else UNCLEAR
    if is_added and _is_gain(step):
        presence = STRICTER
    fields: list[Field] = [Words("op", step.op), Formula("when", step.when, presence)]
    match step.amount:
        case Curve(of, over, points):
            along = _along([y for _, y in points])
            fields.append(Formula("of", of, along))
            if over is not None:
                fields.append(Formula("over", over, turned(along, -1)))
            kind: Kind = of.type.kind if over is None else "ratio"
            fields += [Figure(f"at {constant(x, kind)}", y, "ratio", STRICTER) for x, y in points]
        case Table(by, by2, rows):
            fields.append(Formula("by", by))
            if by2 is not None:
                fields.append(Formula("and by", by2))
            fields += [Figure(f"for {'/'.join(key)}", value, "ratio", STRICTER) for key, value in rows]
        case amount:
            fields.append(Formula("amount", amount, STRICTER))
    fields.append(Figure("unknown", step.unknown, "ratio", STRICTER))
    fields.append(Figure("limit", step.limit, "ratio", STRICTER))
    return Part("haircut", step.reason.id, step.reason.span, (*fields, *told(step.reason)), presence, place)


def _along(amounts: Sequence[Fraction]) -> Sense:
    """Return what it does to go further along a curve."""
    steps = [after - before for before, after in pairwise(amounts)]
    if all(step >= 0 for step in steps):
        return STRICTER
    return LOOSER if all(step <= 0 for step in steps) else UNCLEAR


def _is_gain(step: Step) -> bool:
    """Return whether an amount is plainly never below zero."""
    match step.amount:
        case Curve(_, _, points):
            return all(y >= 0 for _, y in points)
        case Table(_, _, rows):
            return all(value >= 0 for _, value in rows)
    return step.op == "max"


def _rounding(rounding: Rounding, kind: Kind) -> tuple[Field, ...]:
    return Figure("round to", rounding.to, kind), Words("round", rounding.mode)


def _caps(program: Program) -> Iterator[Part]:
    caps = program.caps
    for limit in caps.limits:
        fields = (
            Formula("when", limit.when, STRICTER),
            Formula("amount", limit.amount, LOOSER),
            Figure("unknown", limit.unknown, "USD", LOOSER),
            *told(limit.reason),
        )
        yield Part("caps", limit.reason.id, limit.reason.span, fields, STRICTER)
    settings = (
        Figure("least of a venue", caps.least_venue, "USD", LOOSER),
        *_rounding(caps.rounding, "USD"),
        Formula("outstanding", caps.outstanding),
    )
    yield Part("caps", "caps", None, settings)
    reason = caps.account_reason
    account = (
        Figure("least of an account", caps.least_account, "USD", LOOSER),
        Figure("share", caps.account_share, "ratio", LOOSER),
        *told(reason),
    )
    yield Part("caps", reason.id, reason.span, account)
    reason = program.ladder.reason
    points = ", ".join(constant(point, "USD") for point in program.ladder.breakpoints)
    yield Part("ladder", reason.id, reason.span, (Words("breakpoints", points), *told(reason)))


def _mark(program: Program) -> Iterator[Part]:
    mark = program.mark
    fields = (
        Formula("basis", mark.basis),
        Formula("quote", mark.quote),
        Figure("least sources", Fraction(mark.min_sources), "number", STRICTER),
        Figure("most weight of a source", mark.max_source_weight, "ratio", LOOSER),
        Figure("most age", mark.max_age_days, "days", LOOSER),
        Figure("floor", mark.floor, "ratio"),
        Formula("floor when", mark.floor_when),
        Formula("close out", mark.close_out),
        Figure("close out unknown", mark.close_out_unknown, "days"),
        *told(mark.reason),
    )
    yield Part("mark", mark.reason.id, mark.reason.span, fields)


def _verdicts(program: Program) -> Iterator[Part]:
    for rule in program.conditions:
        fields: tuple[Field, ...] = (
            Words("code", rule.code),
            Words("parameter", rule.parameter),
            Formula("value", rule.value),
            Words("unknown", "" if rule.unknown is None else _scalar(rule.unknown, rule.value)),
            Words("applies", rule.applies),
            Formula("when", rule.when, STRICTER),
            Words("on_unknown", rule.on_unknown or "", _ON_UNKNOWN),
            *told(rule.reason),
        )
        yield Part("conditions", rule.reason.id, rule.reason.span, fields, STRICTER)
    for finding in program.review:
        # A finding is advice: no terms follow from it.
        fields = (
            Words("code", finding.code, is_told=True),
            Words("severity", finding.severity, is_told=True),
            Formula("when", finding.when, NONE),
            Words("on_unknown", finding.on_unknown or "", is_told=True),
            Words("remedy", finding.remedy, is_told=True),
            *told(finding.reason),
        )
        yield Part("review", finding.reason.id, finding.reason.span, fields, NONE)
    for assertion in program.assertions:
        fields = (Formula("always", assertion.expr, LOOSER), *told(assertion.reason))
        yield Part("guardrails", assertion.reason.id, assertion.reason.span, fields, STRICTER)
    for obligation in program.obligations:
        said = ", ".join(f"{name} {value}" for name, value in obligation.parameters)
        fields = (Words("prove", f"{obligation.kind}: {said}"), *told(obligation.reason))
        # What is proved of a rulebook changes no terms.
        yield Part("guardrails", obligation.reason.id, obligation.reason.span, fields, NONE)


def _scalar(value: Scalar, of: Typed) -> str:
    return constant(value, of.type.kind)
