"""What a decision says, as numbers that are there or not: what two programs are compared by.

Whether a rule fires is a number that is there where it does; what does not apply is not there. That one
of two programs lacks a rule is then no case of its own. What is said of a trace and of missing facts is
left out: these follow the text of a rule, and no terms hang on them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from pegmark.engine.compiled import STATUSES
from pegmark.language.nodes import Typed
from pegmark.proof.assets import LAYER_CLASS, Asset
from pegmark.proof.cores import amount_of, fires, limit_of, points
from pegmark.proof.terms import (
    Choice,
    Formula,
    Number,
    Real,
    Term,
    Truth,
    below,
    compare,
    every,
    no,
    pick,
    some,
)
from pegmark.proof.translate import Reading, constant
from pegmark.rulebook.expressions import step_expressions
from pegmark.rulebook.program import (
    Assertion,
    Bins,
    Characteristic,
    Classify,
    Condition,
    KnockOut,
    Limit,
    Mark,
    Program,
    ReviewRule,
    Scorecard,
    StatusRule,
    Step,
)

ZERO, ONE = Fraction(0), Fraction(1)
NOTHING = Number(ZERO, False)
SEVERITIES = ("low", "medium", "high", "critical")
APPLIES = ("acceptance", "intake", "continuous")

Item = (
    Scorecard
    | tuple[Scorecard, Characteristic]
    | KnockOut
    | StatusRule
    | Step
    | Limit
    | Mark
    | Condition
    | ReviewRule
    | Assertion
    | Typed
)


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that a decision says, and the expressions it reads."""

    item: Item
    nodes: tuple[Typed | None, ...]


def said(program: Program) -> Mapping[str, Said]:
    """Return all that a decision says besides the class, by name, in the order of evaluation."""
    return dict(_said(program))


def _said(program: Program) -> Iterator[tuple[str, Said]]:
    for card in program.scorecards:
        yield card.pillar, Said(card, (card.applies,))
        for line in card.characteristics:
            of = line.grid.of if isinstance(line.grid, Bins) else line.grid.by
            yield line.reason.id, Said((card, line), (card.applies, of))
    rules: tuple[KnockOut | StatusRule, ...] = (*program.rating.knock_outs, *program.rating.statuses)
    for rule in rules:
        yield rule.reason.id, Said(rule, (rule.when,))
    haircut = program.haircut
    for step in (haircut.start, *haircut.steps, haircut.reference):
        yield step.reason.id, Said(step, step_expressions(step))
    for limit in program.caps.limits:
        yield limit.reason.id, Said(limit, (limit.when, limit.amount))
    if program.caps.outstanding is not None:
        yield "outstanding", Said(program.caps.outstanding, (program.caps.outstanding,))
    mark = program.mark
    yield "mark", Said(mark, (mark.basis, mark.quote, mark.floor_when, mark.close_out))
    for condition in program.conditions:
        yield condition.reason.id, Said(condition, (condition.when, condition.value))
    for finding in program.review:
        yield finding.reason.id, Said(finding, (finding.when,))
    for assertion in program.assertions:
        yield assertion.reason.id, Said(assertion, (assertion.expr,))


def signals(item: Item, program: Program, reading: Reading) -> tuple[Number, ...]:
    """Return what a decision says by one item, as numbers that are there or not."""
    match item:
        case Scorecard():
            return (Number(ONE, applies_to(item.applies, reading)),)
        case (Scorecard() as card, Characteristic() as line):
            return (Number(points(card, line, reading), True), Number(Fraction(line.weight), True))
        case KnockOut():
            bands = [band for band, _ in program.rating.bands]
            return (Number(Fraction(bands.index(item.cap)), fires(item, reading)),)
        case StatusRule():
            return (Number(Fraction(STATUSES.index(item.then)), fires(item, reading)),)
        case Step():
            return (Number(amount_of(item, reading), applies_to(item.when, reading)),)
        case Limit():
            applies = applies_to(item.when, reading)
            known = every(applies, reading.number(item.amount).known)
            return Number(limit_of(item, reading), applies), Number(ONE, known)
        case Mark():
            return _marked(item, reading)
        case Condition():
            holds = _listed(item, reading)
            value = _value(reading.term(item.value))
            if item.unknown is not None:
                other = _value(constant(item.unknown, item.value.type)).value
                value = Number(pick(value.known, value.value, other), True)
            return (
                Number(value.value, every(holds, value.known)),
                Number(Fraction(APPLIES.index(item.applies)), holds),
            )
        case ReviewRule():
            when = reading.truth(item.when)
            holds = no(when.no) if item.on_unknown == "match" else when.yes
            return (Number(Fraction(SEVERITIES.index(item.severity)), holds),)
        case Assertion():
            return (Number(ONE, reading.truth(item.expr).yes),)
    return (reading.number(item),)


def applies_to(when: Typed | None, reading: Reading) -> Formula:
    """Return whether what has a condition applies: also where that is unknown."""
    return True if when is None else no(reading.truth(when).no)


def _marked(mark: Mark, reading: Reading) -> tuple[Number, ...]:
    close_out = reading.number(mark.close_out)
    constants = (Fraction(mark.min_sources), mark.max_source_weight, mark.max_age_days)
    return (
        _value(reading.term(mark.basis)),
        _value(reading.term(mark.quote)),
        Number(mark.floor, reading.truth(mark.floor_when).yes),
        Number(pick(close_out.known, close_out.value, mark.close_out_unknown), True),
        *(Number(value, True) for value in constants),
    )


def _listed(condition: Condition, reading: Reading) -> Formula:
    if condition.when is None:
        return True
    when = reading.truth(condition.when)
    return no(when.no) if condition.on_unknown == "match" else when.yes


def _value(term: Term) -> Number:
    match term:
        case Choice(index, known, _):
            return Number(index, known)
        case Truth(yes, _):
            return Number(pick(yes, ONE, ZERO), term.known)
    return term


def differ(these: tuple[Number, ...], others: tuple[Number, ...]) -> Formula:
    """Return where two programs say different things."""
    return some(
        *(
            some(
                every(this.known, no(other.known)),
                every(no(this.known), other.known),
                every(this.known, other.known, compare("!=", this.value, other.value)),
            )
            for this, other in zip(these, others, strict=True)
        )
    )


def decided(
    classify: Classify, plain: Reading, sure: Reading, asset: Asset, ids: Mapping[str, Fraction]
) -> tuple[Real, Real]:
    """Return the class by its place from the worst, and by the number in `ids` the rule that decides.

    Rules that need known facts (`known_only`) read `sure`, in which what is estimated is not known.
    """
    places = {name: Fraction(n) for n, name in enumerate(reversed(classify.order))}
    last, nobody = places[classify.otherwise], ids[classify.otherwise_reason.id]
    told = [
        (rule, (sure if rule.known_only else plain).truth(rule.when), places[rule.then], ids[rule.reason.id])
        for rule in classify.rules
    ]
    found: Real = last if classify.hit == "first" else Fraction(len(places))
    by: Real = nobody

    def decide(condition: Formula, place: Real, rule: Real) -> None:
        nonlocal found, by
        found, by = pick(condition, place, found), pick(condition, rule, by)

    if classify.hit == "first":
        for rule, when, place, own in reversed(told):
            if rule.on_unknown == "worse":
                # It may be what the rule says: what follows holds if it is worse than that.
                decide(every(no(when.known), compare("<=", place, found)), place, own)
            elif rule.on_unknown == "otherwise":
                decide(no(when.known), last, own)
            decide(when.yes, place, own)
    else:
        for rule, when, place, own in told:
            decide(every(when.yes, below(place, found)), place, own)
            if rule.on_unknown in ("worse", "otherwise"):
                held = place if rule.on_unknown == "worse" else last
                decide(every(no(when.known), below(held, found)), held, own)
        found = pick(compare("==", found, Fraction(len(places))), last, found)
    if classify.layering is not None:
        layer = asset.layer[LAYER_CLASS]
        assert isinstance(layer, Choice)  # noqa: S101 - `Assets.any` says so
        beneath = pick(every(asset.backing.known, layer.known), layer.index, last)
        decide(below(beneath, found), beneath, ids[classify.layering.reason.id])
    return found, by
