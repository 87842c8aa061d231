"""The outputs that guardrails assert something of: what they may be at most, at any asset.

Each is a variable within what the rules leave it. Curves are taken at any of their values, and class,
band and scores are whatever they may be: more than can happen, so that what is proved holds of what does.
"""

from __future__ import annotations

from fractions import Fraction

import z3

from pegmark.proof.cores import amount_of, applied, limit_of, neutral
from pegmark.proof.terms import (
    Choice,
    Formula,
    Number,
    Real,
    Term,
    Truth,
    arithmetic,
    compare,
    every,
    implies,
    least,
    most,
    no,
    pick,
    real,
    some,
)
from pegmark.proof.translate import Reading
from pegmark.rulebook.program import Curve, Program, Step

ZERO, ONE = Fraction(0), Fraction(1)


def outputs(program: Program, reading: Reading, chosen: Choice) -> tuple[dict[str, Term], Formula]:
    """Return terms for `output.…`, and what holds of them; `chosen` is the class."""
    eligible = z3.Bool("output.eligible")
    maintenance, initial = z3.Real("maintenance"), z3.Real("initial")
    lost, room = z3.Real("maintenance in total"), z3.Real("initial in total")
    cap = z3.Real("output.cap")
    haircut = program.haircut
    tick = haircut.rounding.to
    holds: list[Formula] = []
    before, free = _waterfall(program, reading)
    holds.append(free)
    bounded = most(haircut.low, least(haircut.high, before))
    is_up = haircut.rounding.mode == "up"
    low, high = (
        (bounded, arithmetic("+", bounded, tick))
        if is_up
        else (
            arithmetic("-", bounded, tick),
            bounded,
        )
    )
    floor = haircut.low - (haircut.low % tick) if not is_up else haircut.low
    accepted = [
        compare(">=", maintenance, low),
        compare("<=", maintenance, least(high, haircut.high)),
        compare(">=", maintenance, floor),
    ]
    more = most(haircut.initial_floor, arithmetic("*", maintenance, haircut.initial_share))
    intake = arithmetic("+", maintenance, more)
    accepted += [
        compare(">=", initial, least(ONE, intake)),
        compare("<=", initial, least(ONE, arithmetic("+", intake, tick))),
    ]
    reference = amount_of(haircut.reference, reading)
    for total, own in ((lost, maintenance), (room, initial)):
        left = arithmetic("*", arithmetic("-", ONE, own), arithmetic("-", ONE, reference))
        accepted.append(compare("==", total, arithmetic("-", ONE, left)))
    accepted += _cap(program, reading, cap)
    ineligible = [
        compare("==", chosen.index, Fraction(chosen.members.index(name)))
        for name in program.rating.ineligible
    ]
    accepted.append(no(some(*ineligible)))
    refused = [lost == 1, room == 1, cap == 0]
    holds += [implies(eligible, every(*accepted)), implies(no(eligible), every(*refused))]
    return {
        "output.maintenance": Number(lost, True),
        "output.initial": Number(room, True),
        "output.cap": Number(cap, True),
        "output.eligible": Truth(eligible, z3.Not(eligible)),
        "output.class": chosen,
    }, every(*holds)


def _cap(program: Program, reading: Reading, cap: Real) -> list[Formula]:
    caps = program.caps
    limits = [limit_of(limit, reading) for limit in caps.limits]
    if not limits:
        return [cap == real(caps.least_venue)]
    tick = caps.rounding.to if caps.rounding.mode == "up" else ZERO
    highest = most(caps.least_venue, arithmetic("+", most(ZERO, least(*limits)), tick))
    return [compare(">=", cap, ZERO), compare("<=", cap, highest)]


def _waterfall(program: Program, reading: Reading) -> tuple[Real, Formula]:
    """Return maintenance before its bounds, and what holds of the curves within it."""
    haircut = program.haircut
    found: Real = amount_of(haircut.start, reading)
    free = []
    for n, step in enumerate(haircut.steps):
        if isinstance(step.amount, Curve):
            amount, within = _somewhere(step, step.amount, reading, n)
            free.append(within)
        else:
            amount = amount_of(step, reading)
        found = applied(step, found, amount)
    return found, every(*free)


def _somewhere(step: Step, curve: Curve, reading: Reading, n: int) -> tuple[Real, Formula]:
    amount = z3.Real(f"curve {n}")
    ends = [y for _, y in curve.points] + [ONE if step.unknown is None else step.unknown]
    limit = max(ends) if step.limit is None else min(max(ends), step.limit)
    within = every(compare(">=", amount, min(ends)), compare("<=", amount, limit))
    if step.when is None:
        return amount, within
    return pick(reading.truth(step.when).no, neutral(step), amount), within
