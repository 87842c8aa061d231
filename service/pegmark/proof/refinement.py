"""Whether one rulebook is at least as strict as another, at every asset.

`tight` refines `base` if no asset has a better class, score, band or status under it, a lower haircut or a
higher cap. It is shown rule by rule, with what both hold of outcomes of earlier sections: under `tight`
they are no better. A rule may be new where it can only make things worse.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from time import monotonic
from typing import Any

from pegmark.engine.compiled import STATUSES
from pegmark.proof.assets import Assets, facts_in
from pegmark.proof.cores import (
    NO_LIMIT,
    amount_of,
    applied,
    class_index,
    fires,
    limit_of,
    neutral,
    points,
)
from pegmark.proof.goals import Goal
from pegmark.proof.pair import BAND, CLASS, lower, outcomes
from pegmark.proof.prover import Verdict, concerning, solve, valued
from pegmark.proof.terms import (
    Formula,
    Real,
    Term,
    arithmetic,
    below,
    compare,
    every,
    least,
    no,
    some,
)
from pegmark.proof.translate import Language, Reading
from pegmark.rulebook.program import Haircut, Program, Step

FRAME = "frame"
"""What is compared as it is written: constants that everything passes through."""


class Refinement:
    """The goals of one rulebook's being at least as strict as another."""

    def __init__(self, base: Program, tight: Program, day: date) -> None:
        self.base, self.tight = base, tight
        self._assets = Assets(base, Language(base, day)), Assets(tight, Language(tight, day))
        # What only the tighter one declares is no fact to the other.
        self.asset = self._assets[1].any() if tight.custom else self._assets[0].any()
        given, ranges = outcomes(base)
        tighter: dict[str, Term] = dict(given)
        holds = [ranges]
        for name, term in given.items():
            if name in (CLASS, BAND) or name.startswith("score."):
                tighter[name], apart = lower(term, f"{name}'", is_higher=False)
                holds.append(apart)
        self._holds = every(*holds)
        self._readings = tuple(
            assets.reading(self.asset, said)
            for assets, said in zip(self._assets, (given, tighter), strict=True)
        )
        self._asked: dict[str, Formula] = {}

    def goals(self) -> list[Goal]:
        """Return every goal, in the order of evaluation."""
        if not self._asked:
            self._asked = dict(self._formulas())
        return [Goal("refines", FRAME), *(Goal("refines", name) for name in self._asked)]

    def prove(self, goal: Goal, seconds: float) -> Verdict:
        """Return what becomes of a goal within so many seconds."""
        start = monotonic()
        if goal.rule == FRAME:
            why = objection(self.base, self.tight)
            return Verdict(goal, "refuted" if why else "proved", monotonic() - start, why or "")
        self.goals()
        formula = self._asked[goal.rule]
        if formula is False:
            return Verdict(goal, "proved", monotonic() - start)
        cone = facts_in(formula)
        laws = [law.holds(self.asset) for law in concerning(cone, self._assets[0].laws)]
        outcome, model = solve(every(self._holds, formula), laws, start + seconds)
        values = valued(model, self.asset, self.asset, cone) if outcome == "refuted" else None
        return Verdict(goal, outcome, monotonic() - start, "", values)

    def _formulas(self) -> Iterator[tuple[str, Formula]]:
        """Yield of each goal when it is refuted."""
        base, tight = self._readings
        b, t = self.base, self.tight
        if b.classify.order == t.classify.order:
            yield "class", below(class_index(b.classify, base), class_index(t.classify, tight))
        cards = {card.pillar: card for card in t.scorecards}
        for card in b.scorecards:
            other = cards.get(card.pillar)
            if other is not None:
                yield f"score.{card.pillar}", below(_score(card, base), _score(other, tight))
        bands = [name for name, _ in b.rating.bands]
        for rule in b.rating.knock_outs:
            held = [
                fires(o, tight) for o in t.rating.knock_outs if bands.index(o.cap) >= bands.index(rule.cap)
            ]
            yield rule.reason.id, every(fires(rule, base), no(some(*held)))
        for status in b.rating.statuses:
            severity = STATUSES.index(status.then)
            held = [fires(o, tight) for o in t.rating.statuses if STATUSES.index(o.then) >= severity]
            yield status.reason.id, every(fires(status, base), no(some(*held)))
        yield from _haircut(b.haircut, t.haircut, base, tight)
        limits = {limit.reason.id: limit for limit in t.caps.limits}
        lowest = least(NO_LIMIT, *(limit_of(limit, tight) for limit in t.caps.limits))
        for limit in b.caps.limits:
            same = limits.get(limit.reason.id)
            own = limit_of(limit, base)
            # That its namesake is no higher is enough, and easier to show.
            found = lowest if same is None else limit_of(same, tight)
            yield limit.reason.id, below(own, found)


def _score(card: Any, reading: Reading) -> Real:
    total: Real = Fraction(0)
    for line in card.characteristics:
        total = arithmetic("+", total, arithmetic("*", points(card, line, reading), Fraction(line.weight)))
    return arithmetic("/", total, Fraction(sum(line.weight for line in card.characteristics)))


def _haircut(b: Haircut, t: Haircut, base: Reading, tight: Reading) -> Iterator[tuple[str, Formula]]:
    """Yield when a step is less than its namesake, or a new one lowers what came before."""
    steps = {step.reason.id: step for step in (*t.steps,)}
    yield b.start.reason.id, below(amount_of(t.start, tight), amount_of(b.start, base))
    kept = [step.reason.id for step in b.steps if step.reason.id in steps]
    order = [step.reason.id for step in t.steps if step.reason.id in set(kept)]
    if order != kept or any(
        step.op != steps[step.reason.id].op for step in b.steps if step.reason.id in steps
    ):
        yield "haircut.steps", below(_waterfall(t, tight), _waterfall(b, base))
        return
    for step in b.steps:
        other = steps.get(step.reason.id)
        after = neutral(step) if other is None else amount_of(other, tight)
        yield step.reason.id, below(after, amount_of(step, base))
    own = {step.reason.id for step in b.steps}
    for step in t.steps:
        if step.reason.id not in own:
            yield step.reason.id, _lowers(step, tight)
    yield b.reference.reason.id, below(amount_of(t.reference, tight), amount_of(b.reference, base))


def _lowers(step: Step, reading: Reading) -> Formula:
    match step.op:
        case "add":
            return below(amount_of(step, reading), Fraction(0))
        case "max":
            return False
        case "multiply":
            return below(amount_of(step, reading), Fraction(1))
    return compare("<", amount_of(step, reading), Fraction(1))


def _waterfall(haircut: Haircut, reading: Reading) -> Real:
    found: Real = amount_of(haircut.start, reading)
    for step in haircut.steps:
        found = applied(step, found, amount_of(step, reading))
    return found


def objection(base: Program, tight: Program) -> str | None:
    """Return what of the constants that everything passes through is looser; None where nothing is."""
    return next(_objections(base, tight), None)


def _objections(b: Program, t: Program) -> Iterator[str]:
    if b.classify.order != t.classify.order or b.classify.otherwise != t.classify.otherwise:
        yield "the classes differ, or their order"
    if b.classify.layering != t.classify.layering and not _is_stricter_layering(b, t):
        yield "what lies beneath is looked at less closely"
    yield from _rating(b, t)
    yield from _amounts(b.haircut, t.haircut)
    yield from _caps(b, t)


def _is_stricter_layering(b: Program, t: Program) -> bool:
    before, after = b.classify.layering, t.classify.layering
    return after is not None and (before is None or after.material <= before.material)


def _rating(b: Program, t: Program) -> Iterator[str]:
    if [card.pillar for card in b.scorecards] != [card.pillar for card in t.scorecards]:
        yield "the pillars differ"
    if b.rating.weights != t.rating.weights:
        yield "pillars are weighed otherwise"
    if [name for name, _ in b.rating.bands] != [name for name, _ in t.rating.bands]:
        yield "the bands differ"
    elif any(after < before for (_, before), (_, after) in zip(b.rating.bands, t.rating.bands, strict=True)):
        yield "a band begins lower"
    if t.rating.lift > b.rating.lift:
        yield "the composite is lifted further above the weakest pillar"
    if not set(b.rating.ineligible) <= set(t.rating.ineligible):
        yield "a class that was never accepted may be"
    if b.rating.worthless is not None and t.rating.worthless is None:
        yield "what is worthless may be accepted"
    if b.rating.intake is not None and _taken(t) > _taken(b):
        yield "worse bands are newly taken"


def _taken(program: Program) -> int:
    """Return how many bands are newly taken."""
    bands = [name for name, _ in program.rating.bands]
    intake = program.rating.intake
    return len(bands) if intake is None else bands.index(intake.least) + 1


def _amounts(b: Haircut, t: Haircut) -> Iterator[str]:
    if t.low < b.low:
        yield "the least haircut is lower"
    if t.high < b.high:
        yield "the greatest haircut is lower"
    if b.rounding != t.rounding and not (b.rounding.to == t.rounding.to and t.rounding.mode == "up"):
        yield "haircuts are rounded otherwise"
    if t.initial_floor < b.initial_floor or t.initial_share < b.initial_share:
        yield "initial lies less above maintenance"


def _caps(b: Program, t: Program) -> Iterator[str]:
    if t.caps.least_venue > b.caps.least_venue or t.caps.least_account > b.caps.least_account:
        yield "a least cap is higher"
    if t.caps.account_share > b.caps.account_share:
        yield "an account may have a larger share of the cap"
    if b.caps.rounding != t.caps.rounding and not (
        b.caps.rounding.to == t.caps.rounding.to and t.caps.rounding.mode == "down"
    ):
        yield "caps are rounded otherwise"
