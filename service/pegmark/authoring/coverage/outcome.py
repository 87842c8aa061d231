"""What follows from all rules together: bands, statuses, bounds, caps, and the tiers of the ladder."""

from __future__ import annotations

from pegmark.authoring.coverage.amounts import Steps
from pegmark.authoring.coverage.items import Place, place_of
from pegmark.authoring.coverage.ranges import Range
from pegmark.authoring.coverage.reach import Reach
from pegmark.authoring.coverage.watching import Watch
from pegmark.engine.compiled import Compiled
from pegmark.engine.decide import Terms
from pegmark.engine.emit import MICRO, ONE
from pegmark.language.prose import constant
from pegmark.rulebook.program import Amount, Curve, Program, Reason, Step, Table

BANDS = "bands"
"""What stands for a rule where bands are told apart: they have no id of their own."""
PROVED = "it is proved, and no case can show it"


class Outcomes:
    """What is noted of terms as a whole."""

    def __init__(self, watch: Watch, compiled: Compiled, steps: Steps) -> None:
        program = compiled.program
        self._compiled = compiled
        self._steps = steps
        self._seen = watch.register.seen
        self._add = watch.register.add
        self._rated(program)
        self._lost(watch, program)
        self._capped(program)
        for obligation in program.obligations:
            self._rule("guardrails", obligation.reason, "asked", PROVED)

    def _rule(self, section: str, reason: Reason, label: str, why: str | None = None) -> int:
        return self._add("rule", place_of(section, reason), label, unreachable=why)

    def _rated(self, program: Program) -> None:
        rating = program.rating
        place = Place("rating", BANDS, rating.span)
        self._bands = [
            self._add("branch", place, f"band {band} by its scores, from {least}")
            for band, least in rating.bands
        ]
        self._weakest = self._add("branch", place, f"held to the weakest pillar and {rating.lift}")
        self._mean = self._add("branch", place, "the mean of the pillars")
        named = {rating.ineligible_reason.id: self._rule("rating", rating.ineligible_reason, "stops")}
        for reason in (rating.worthless, None if rating.intake is None else rating.intake.reason):
            if reason is not None:
                named[reason.id] = self._rule("rating", reason, "stops")
        self._stops = named

    def _lost(self, watch: Watch, program: Program) -> None:
        haircut = program.haircut
        place = place_of("haircut", haircut.bounds_reason)
        low, high = _waterfall(watch.reach, program)
        below = f"before its bounds the haircut is never under {constant(haircut.low, 'ratio')}"
        above = f"before its bounds the haircut is never over {constant(haircut.high, 'ratio')}"
        self._bounds = (
            self._add(
                "branch",
                place,
                "raised to the least",
                unreachable=below if low >= float(haircut.low) else None,
            ),
            self._add("branch", place, "between its bounds"),
            self._add(
                "branch",
                place,
                "held to the most",
                unreachable=above if high <= float(haircut.high) else None,
            ),
        )
        self._bounded = self._add("rule", place, "asked")
        place = place_of("haircut", haircut.initial_reason)
        floor, share = (constant(value, "ratio") for value in (haircut.initial_floor, haircut.initial_share))
        self._initial = (
            self._add("branch", place, f"the floor of {floor}"),
            self._add("branch", place, f"the share of {share}"),
        )
        self._begun = self._add("rule", place, "asked")

    def _capped(self, program: Program) -> None:
        caps, ladder = program.caps, program.ladder
        place = place_of("caps", caps.account_reason)
        self._shared = self._add("rule", place, "asked")
        least = caps.least_venue * caps.account_share >= caps.least_account
        why = "its share of the venue's least is as much" if least else None
        self._account = (
            self._add("branch", place, "its share of the venue's cap"),
            self._add("branch", place, "the least account", unreachable=why),
        )
        self._least = self._add("branch", place, "the venue's least")
        place = place_of("ladder", ladder.reason)
        self._laddered = self._add("rule", place, "asked")
        self._tiers = [
            (int(point * MICRO), self._add("branch", place, f"a tier up to {constant(point, 'USD')}"))
            for point in ladder.breakpoints
        ]

    def note(self, terms: Terms) -> None:
        """Note what terms show."""
        seen, ratings = self._seen, self._compiled.ratings
        own = next(n for n, least in enumerate(ratings.thresholds) if terms.composite >= least)
        seen[self._bands[own]] = 1
        weakest = min(terms.scores.values()) + self._compiled.program.rating.lift
        seen[self._weakest if terms.composite == weakest else self._mean] = 1
        for rule in terms.status_by:
            if rule in self._stops:
                seen[self._stops[rule]] = 1
        for p in terms.positions:
            self._waterfall(p.amounts)
            if terms.status != "ineligible":
                self._first(p.maintenance)
        if terms.status != "ineligible":
            self._cap(terms)

    def _waterfall(self, amounts: tuple[int | None, ...]) -> None:
        """Follow a waterfall down to its bounds."""
        haircut = self._compiled.program.haircut
        x = amounts[0] or 0
        for k, step in enumerate(haircut.steps):
            amount = amounts[k + 1]
            if amount is None:
                continue
            match step.op:
                case "add":
                    x += amount
                case "multiply":
                    x = -(-x * amount // ONE)
                case _:
                    is_turned = amount > x if step.op == "max" else amount < x
                    self._steps.turn(k, is_turned)
                    x = amount if is_turned else x
        side = 0 if x < haircut.low * ONE else 2 if x > haircut.high * ONE else 1
        self._seen[self._bounds[side]] = self._seen[self._bounded] = 1

    def _first(self, maintenance: int) -> None:
        haircut = self._compiled.program.haircut
        share = -(-maintenance * haircut.initial_share.numerator // haircut.initial_share.denominator)
        is_share = share > haircut.initial_floor * ONE
        self._seen[self._initial[is_share]] = self._seen[self._begun] = 1

    def _cap(self, terms: Terms) -> None:
        scale = self._compiled.scale
        n, d = scale.account_share
        is_least = terms.venue_cap * n // d < scale.least_account
        self._seen[self._account[is_least]] = self._seen[self._shared] = self._seen[self._laddered] = 1
        if terms.venue_cap == scale.least_venue:
            self._seen[self._least] = 1
        for end, mark in self._tiers:
            if end <= terms.account_cap:
                self._seen[mark] = 1


def _waterfall(reach: Reach, program: Program) -> Range:
    """Return what a haircut may come to before its bounds."""
    low, high = _amount_range(reach, program.haircut.start)
    for step in program.haircut.steps:
        least, most = _amount_range(reach, step)
        match step.op:
            case "add":
                least, most = low + least, high + most
            case "max":
                least, most = max(low, least), max(high, most)
            case "min":
                least, most = min(low, least), min(high, most)
            case _:
                least, most = min(low * least, low * most), max(high * least, high * most)
        outcomes = {True} if step.when is None else reach.outcomes(step.when)
        low, high = (min(low, least), max(high, most)) if False in outcomes else (least, most)
    return low, high


def _amount_range(reach: Reach, step: Step) -> Range:
    """Return what an amount may come to where its step applies."""
    low, high = _known_range(reach, step.amount)
    if step.unknown is not None:
        low, high = min(low, float(step.unknown)), max(high, float(step.unknown))
    if step.limit is not None:
        low, high = min(low, float(step.limit)), min(high, float(step.limit))
    return low, high


def _known_range(reach: Reach, amount: Amount) -> Range:
    match amount:
        case Curve(_, _, points):
            values = [float(y) for _, y in points]
        case Table(_, _, rows):
            values = [float(value) for _, value in rows]
        case expression:
            return reach.number(expression)
    return min(values), max(values)
