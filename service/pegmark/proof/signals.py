"""What a decision says, as numbers that are there or not: what two programs are compared by.

Whether a rule fires is a number that is there where it does; what does not apply is not there. That one
of two programs lacks a rule is then no case of its own. What is said of a trace and of missing facts is
left out: these follow the text of a rule, and no terms hang on them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from pegmark.engine.compiled import STATUSES
from pegmark.language.nodes import Typed
from pegmark.proof.assets import LAYER_CLASS, Asset
from pegmark.proof.cores import amount_of, applied, fires, limit_of, points
from pegmark.proof.terms import (
    Choice,
    Formula,
    Number,
    Real,
    Term,
    Truth,
    arithmetic,
    below,
    compare,
    every,
    most,
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
    Curve,
    Haircut,
    KnockOut,
    Limit,
    Mark,
    Program,
    ReviewRule,
    Scorecard,
    StatusRule,
    Step,
    Table,
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
            return (Number(ONE, _applies(item.applies, reading)),)
        case (Scorecard() as card, Characteristic() as line):
            return (Number(points(card, line, reading), True), Number(Fraction(line.weight), True))
        case KnockOut():
            bands = [band for band, _ in program.rating.bands]
            return (Number(Fraction(bands.index(item.cap)), fires(item, reading)),)
        case StatusRule():
            return (Number(Fraction(STATUSES.index(item.then)), fires(item, reading)),)
        case Step():
            return (Number(amount_of(item, reading), _applies(item.when, reading)),)
        case Limit():
            applies = _applies(item.when, reading)
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


def _applies(when: Typed | None, reading: Reading) -> Formula:
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


class Blended(NamedTuple):
    """An asset with and without its estimates, and how far amounts lie from the one to the other."""

    known: Reading
    sure: Reading
    weight: Fraction

    def amount(self, step: Step) -> Number:
        """Return what a step comes to; not there where it applies to neither."""
        nothing = ZERO if step.op in ("add", "max") else ONE
        applies = [_applies(step.when, reading) for reading in (self.known, self.sure)]
        at = [
            pick(holds, amount_of(step, reading), nothing)
            for holds, reading in zip(applies, (self.known, self.sure), strict=True)
        ]
        lost = arithmetic("-", most(*at), at[0])
        return Number(arithmetic("+", at[0], arithmetic("*", self.weight, lost)), some(*applies))


def told_step(name: str, program: Program, blended: Blended) -> tuple[Number, ...]:
    """Return what the line of a step says: an amount, or by how much it changes the haircut so far."""
    haircut = program.haircut
    if name == haircut.reference.reason.id:
        return (blended.amount(haircut.reference),)
    for step, own, before, after in _lines(haircut, blended):
        if step.reason.id == name:
            is_added = step is haircut.start or step.op == "add"
            change = own.value if is_added else arithmetic("-", after, before)
            return (Number(change, own.known),)
    raise LookupError(name)


def _lines(haircut: Haircut, blended: Blended) -> Iterator[tuple[Step, Number, Real, Real]]:
    """Yield each step with its amount, and the haircut before and after it."""
    before: Real = ZERO
    for step in (haircut.start, *haircut.steps):
        own = blended.amount(step)
        found = own.value if step is haircut.start else applied(step, before, own.value)
        after = pick(own.known, found, before)
        yield step, own, before, after
        before = after


def is_lost(program: Program, blended: Blended) -> Formula:
    """Return where one step loses everything and none after it takes back, so that nothing is accepted."""
    haircut = program.haircut
    if program.rating.worthless is None or haircut.high < ONE:
        return False
    return is_least(ONE, haircut, blended)


def is_least(low: Fraction, haircut: Haircut, blended: Blended) -> Formula:
    """Return where one step comes to `low` or more, and none after it takes back: there the haircut does."""
    found: Formula = False
    kept: Formula = True
    for step in reversed((haircut.start, *haircut.steps)):
        own = blended.amount(step)
        if step is haircut.start or step.op == "max":
            found = some(found, every(own.known, compare(">=", own.value, low), kept))
        elif step.op == "add":
            kept = every(kept, _is_no_gain(step, own))
        else:
            kept = False
    return found


def _is_no_gain(step: Step, own: Number) -> Formula:
    """Return where a step adds nothing negative: of what is read off a list, told by the list."""
    match step.amount:
        case Curve(points=points):
            return min(y for _, y in points) >= ZERO
        case Table(rows=rows):
            return min(value for _, value in rows) >= ZERO
    return compare(">=", own.value, ZERO)


def told_status(
    rule: StatusRule, program: Program, reading: Reading, chosen: Choice, lost: Formula
) -> tuple[Number, ...]:
    """Return the status that a rule gives, where none that is worse is given."""
    rating, severity = program.rating, STATUSES.index(rule.then)
    worse = [fires(other, reading) for other in rating.statuses if STATUSES.index(other.then) > severity]
    if severity < STATUSES.index("ineligible"):
        refused = (Fraction(chosen.members.index(name)) for name in rating.ineligible)
        worse += [compare("==", chosen.index, place) for place in refused]
    return (Number(Fraction(severity), every(fires(rule, reading), no(some(*worse, lost)))),)


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
