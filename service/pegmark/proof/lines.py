"""What the lines of the waterfall and the status say, all other rules and estimates being minded.

The change that a step makes depends on what came before it, and an amount that reads an estimate lies
part of the way to where the estimate is not known.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from pegmark.engine.compiled import STATUSES
from pegmark.proof.cores import amount_of, applied, fires
from pegmark.proof.signals import ONE, ZERO, applies_to
from pegmark.proof.terms import (
    Choice,
    Formula,
    Number,
    Real,
    arithmetic,
    compare,
    every,
    most,
    no,
    pick,
    some,
)
from pegmark.proof.translate import Reading
from pegmark.rulebook.program import Curve, Haircut, Program, StatusRule, Step, Table


class Blended(NamedTuple):
    """An asset with and without its estimates, and how far amounts lie from the one to the other."""

    known: Reading
    sure: Reading
    weight: Fraction

    def amount(self, step: Step) -> Number:
        """Return what a step comes to; not there where it applies to neither."""
        nothing = ZERO if step.op in ("add", "max") else ONE
        applies = [applies_to(step.when, reading) for reading in (self.known, self.sure)]
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
