"""One goal to the solver, and what it says: proved, refuted by an asset, or unknown.

A goal is refuted by an asset; so what is asked of the solver is such an asset, and where there is none the
goal is proved. It is first asked for among more than all admissible assets, with less to mind; only if
one is found there, or none is ruled out, are the conditions added that rule out what would be refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from time import monotonic
from typing import Any, Literal

import z3

from pegmark.facts.components import BASIS, COMPONENTS
from pegmark.language.nodes import Typed
from pegmark.proof import passes
from pegmark.proof.assets import Asset, Assets, Law
from pegmark.proof.cores import (
    NO_LIMIT,
    amount_of,
    class_index,
    cores,
    fires,
    improved,
    limit_of,
    neutral,
)
from pegmark.proof.dependency import SIZE
from pegmark.proof.goals import Goal
from pegmark.proof.outputs import outputs as outputs_of
from pegmark.proof.pair import Driver, Pair, outcomes, pair
from pegmark.proof.products import linear
from pegmark.proof.terms import Choice, Formula, Number, Term, compare, every, no, some
from pegmark.proof.translate import Language, Reading
from pegmark.rulebook.expressions import step_expressions
from pegmark.rulebook.program import Condition as ListedCondition
from pegmark.rulebook.program import KnockOut, Limit, Program, ReviewRule, StatusRule, Step

Outcome = Literal["proved", "refuted", "unknown"]
SEEDS = (0, 7, 42, 1001)
"""With which the solver starts anew: it is lucky with one and not with another."""
FIRST = 2.0
"""Seconds of the first try, doubled each time."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a goal.

    `values` are those of a refuting pair's facts by name, the better asset's and the worse one's, None
    where a fact is not known; `why` says what no asset is needed to see.
    """

    goal: Goal
    outcome: Outcome
    seconds: float
    why: str = ""
    values: tuple[dict[str, Any], dict[str, Any]] | None = field(default=None, repr=False)


class Prover:
    """Proves the goals of one program, on one day."""

    def __init__(self, program: Program, day: date) -> None:
        self.program = program
        self.language = Language(program, day)
        self.assets = Assets(program, self.language)
        self.rests = self.assets.rests
        self.cores = {core.rule: core for core in cores(program)}
        self.asset = self.assets.any()
        self.given, self.ranges = outcomes(program)
        self.reading = self.assets.reading(self.asset, self.given)
        self._last: tuple[Driver, Pair, tuple[Reading, Reading]] | None = None
        self._held: dict[Law, Formula] = {}
        self._also: dict[Law, Formula] = {}

    def prove(self, goal: Goal, seconds: float) -> Verdict:
        """Return what becomes of a goal within so many seconds."""
        start = monotonic()
        outcome, why, values = self._decide(goal, start + seconds)
        return Verdict(goal, outcome, monotonic() - start, why, values)

    def _decide(self, goal: Goal, until: float) -> tuple[Outcome, str, Any]:
        match goal.kind:
            case "ordered":
                why = passes.disordered(self.program, self._step(goal.rule))
                return ("refuted" if why else "proved"), why or "", None
            case "passes":
                why = passes.objection(self.program, goal.rule)
                if why:
                    return "refuted", why, None
        outcome: Outcome = "proved"
        model: Any = None
        refuting: tuple[Asset, Asset] | None = None
        for formula, conditions, both in self._asked(goal):
            refuting = both
            outcome, model = solve(formula, conditions, until)
            if outcome == "proved":
                break
        if goal.kind == "reachable":
            if outcome == "proved":
                return "refuted", "nothing can make it do so", None
            return ("proved" if outcome == "refuted" else "unknown"), "", None
        values = None
        if outcome == "refuted" and refuting is not None:
            values = valued(model, *refuting, self._cone(goal))
            if goal.driver is not None and goal.driver.name == SIZE:
                for told, size in zip(values, _sizes(model, goal.driver), strict=True):
                    told[SIZE] = size
        return outcome, "", values

    def _asked(self, goal: Goal) -> Iterator[tuple[Formula, list[Formula], Any]]:
        """Yield what is asked for, with conditions it has to meet; the last is exactly what refutes."""
        match goal.kind:
            case "never better":
                assert goal.driver is not None  # noqa: S101 - of this kind
                core = self.cores[goal.rule]
                asked, readings = self._pair(goal.driver)
                cone = self._cone(goal)
                both = (asked.better, asked.worse)
                formulas = list(improved(core, *readings, both))
                for is_light in (True, False):
                    laws = self._of_both(cone, asked, goal.driver, is_light=is_light)
                    yield from ((every(asked.holds, formula), laws, both) for formula in formulas)
            case "reachable":
                yield from self._reaching(goal)
            case "overlap":
                rules = {rule.reason.id: rule for rule in self.program.classify.rules}
                a, b = rules[goal.rule], rules[goal.about]
                truths = self.reading.truth(a.when).yes, self.reading.truth(b.when).yes
                laws = self._conditions(self.rests.of(a.when, b.when))
                yield every(*truths, a.then != b.then), laws, (self.asset, self.asset)
            case "holds":
                yield from self._holding(goal)
            case "passes":
                steps = (self.program.haircut.start, *self.program.haircut.steps)
                cone = self.rests.of(*(node for step in steps for node in step_expressions(step)))
                for formula in passes.refuted(self.program, goal.rule, self.reading):
                    asked = every(self.ranges, formula)
                    yield asked, self._conditions(cone), (self.asset, self.asset)
            case _:
                raise LookupError(goal.kind)

    def _pair(self, driver: Driver) -> tuple[Pair, tuple[Reading, Reading]]:
        """Return a pair, and both its assets as the rules read them; goals come driver by driver."""
        if self._last is None or self._last[0] != driver:
            asked = pair(self.assets, self.asset, self.given, driver)
            self._also.clear()
            better = self.reading if asked.outcomes[0] is self.given else None
            self._last = (
                driver,
                asked._replace(holds=every(self.ranges, asked.holds)),
                (
                    better or self.assets.reading(asked.better, asked.outcomes[0]),
                    self.assets.reading(asked.worse, asked.outcomes[1]),
                ),
            )
        return self._last[1:]

    def _of_both(self, cone: frozenset[str], asked: Pair, driver: Driver, *, is_light: bool) -> list[Formula]:
        """Return what holds of both assets; of the worse one only what is about the difference."""
        laws = self._laws(cone, is_light)
        other = [] if asked.worse is asked.better else [law for law in laws if law.facts & driver.changes]
        for law in other:
            if law not in self._also:
                self._also[law] = law.holds(asked.worse)
        return [self._of_asset(law) for law in laws] + [self._also[law] for law in other]

    def _of_asset(self, law: Law) -> Formula:
        if law not in self._held:
            self._held[law] = law.holds(self.asset)
        return self._held[law]

    def _reaching(self, goal: Goal) -> Iterator[tuple[Formula, list[Formula], Any]]:
        rated: dict[str, Term] = dict(self.given)
        plain = self.reading
        classify = self.program.classify
        stops = [
            some(when.yes, every(no(when.known), rule.on_unknown == "otherwise"))
            for rule in classify.rules
            for when in [plain.truth(rule.when)]
        ]
        ids = [rule.reason.id for rule in classify.rules]
        nodes: tuple[Typed, ...] = tuple(rule.when for rule in classify.rules)
        if goal.rule in ids:
            n = ids.index(goal.rule)
            before = stops[:n] if classify.hit == "first" else []
            formula = every(plain.truth(classify.rules[n].when).yes, *map(no, before))
        elif goal.rule == classify.otherwise_reason.id:
            # Rules that cannot be told may lead there as well.
            formula = compare("==", class_index(classify, plain), Fraction(0))
        else:
            rated["class"] = Choice(class_index(classify, plain), True, classify.order[::-1])
            reading = self.assets.reading(self.asset, rated)
            rule = self._rule(goal.rule)
            if "class" not in self.rests.of(*_expressions(rule)):
                nodes = ()
            nodes += _expressions(rule)
            formula = _fires(rule, reading)
        yield every(self.ranges, formula), self._conditions(self.rests.of(*nodes)), (self.asset, self.asset)

    def _holding(self, goal: Goal) -> Iterator[tuple[Formula, list[Formula], Any]]:
        assertion = next(a for a in self.program.assertions if a.reason.id == goal.rule)
        asset, given, ranges = self.asset, self.given, self.ranges
        classify = self.program.classify
        exact = Choice(class_index(classify, self.reading), True, classify.order[::-1])
        for chosen, nodes in (
            (given["class"], ()),
            (exact, tuple(rule.when for rule in classify.rules)),
        ):
            assert isinstance(chosen, Choice)  # noqa: S101 - a class
            reading = self.assets.reading(asset, {**given, "class": chosen})
            terms, holds = outputs_of(self.program, reading, chosen)
            asserted = self.assets.reading(asset, {**given, "class": chosen, **terms})
            formula = every(ranges, holds, no(asserted.truth(assertion.expr).yes))
            haircut = self.program.haircut
            every_step = (haircut.start, *haircut.steps, haircut.reference)
            cone = self.rests.of(
                assertion.expr,
                *nodes,
                *(node for step in every_step for node in step_expressions(step)),
                *(limit.amount for limit in self.program.caps.limits),
            )
            yield formula, self._conditions(cone), (asset, asset)

    def _cone(self, goal: Goal) -> frozenset[str]:
        """Return the facts that a goal is about."""
        core = self.cores.get(goal.rule)
        nodes = core.nodes if core is not None else _expressions(self._rule(goal.rule))
        own = self.rests.of(*nodes)
        if goal.driver is not None:
            own |= goal.driver.rests
        if goal.rule == "class":
            own |= {COMPONENTS}
        return own | {BASIS} if COMPONENTS in own else own

    def _conditions(self, cone: frozenset[str], *, is_light: bool = False) -> list[Formula]:
        """Return what holds of an asset as far as it concerns `cone`."""
        return [self._of_asset(law) for law in self._laws(cone, is_light)]

    def _laws(self, cone: frozenset[str], is_light: bool) -> list[Law]:
        """Return the laws that concern `cone`, or only those about nothing else."""
        if is_light:
            own = {COMPONENTS, BASIS}
            laws = self.assets.laws
            return [law for law in laws if law.facts <= cone and (len(law.facts) == 1 or law.facts <= own)]
        return concerning(cone, self.assets.laws)

    def _step(self, rule: str) -> Step:
        haircut = self.program.haircut
        return next(s for s in (haircut.start, *haircut.steps, haircut.reference) if s.reason.id == rule)

    def _rule(self, rule: str) -> Any:
        program, haircut = self.program, self.program.haircut
        listed: tuple[Any, ...] = (
            *program.classify.rules,
            *program.rating.knock_outs,
            *program.rating.statuses,
            haircut.start,
            *haircut.steps,
            haircut.reference,
            *program.caps.limits,
            *program.conditions,
            *program.review,
        )
        return next((one for one in listed if one.reason.id == rule), None)


def _expressions(rule: Any) -> tuple[Typed, ...]:
    match rule:
        case None:
            return ()
        case Step():
            return step_expressions(rule)
        case Limit():
            return (rule.amount,) if rule.when is None else (rule.when, rule.amount)
    return () if rule.when is None else (rule.when,)


def _fires(rule: Any, reading: Reading) -> Formula:
    """Return whether a rule makes a difference."""
    match rule:
        case KnockOut() | StatusRule():
            return every(fires(rule, reading), reading.truth(rule.when).yes)
        case Step():
            return compare("!=", amount_of(rule, reading), neutral(rule))
        case Limit():
            return compare("<", limit_of(rule, reading), NO_LIMIT)
        case ReviewRule() | ListedCondition() if rule.when is not None:
            return reading.truth(rule.when).yes
    raise LookupError(rule)


def concerning(cone: Iterable[str], laws: Iterable[Law]) -> list[Law]:
    """Return the laws that touch `cone`, and those that touch what these touch."""
    about = set(cone)
    found: list[Law] = []
    left = list(laws)
    while True:
        near = [law for law in left if about & law.facts]
        if not near:
            return found
        found += near
        left = [law for law in left if not about & law.facts]
        about.update(*(law.facts for law in near))


def solve(formula: Formula, conditions: Iterable[Formula], until: float) -> tuple[Outcome, Any]:
    """Return whether nothing meets `formula` and `conditions` (`proved`), or a model of what does."""
    if formula is False:
        return "proved", None
    asked = [c for c in (*conditions, formula) if c is not True]
    if (simpler := linear(asked)) is not None:
        answer, model = _ask(simpler.formulas, 0, min(until, monotonic() + FIRST))
        if answer == z3.unsat:
            return "proved", None
        if model is not None:
            answer, model = _ask(simpler.held(asked, model), 0, min(until, monotonic() + FIRST))
            if answer == z3.sat:
                return "refuted", model
    wait = FIRST
    for seed in SEEDS:
        left = until - monotonic()
        if left <= 0:
            break
        answer, model = _ask(asked, seed, min(until, monotonic() + wait))
        if answer == z3.unsat:
            return "proved", None
        if answer == z3.sat:
            return "refuted", model
        wait *= 2
    return "unknown", None


def _ask(asked: list[Formula], seed: int, until: float) -> tuple[Any, Any]:
    solver = z3.Solver()
    solver.set("timeout", int(1000 * max(0.05, until - monotonic())))
    solver.set("random_seed", seed)
    solver.add(*asked)
    answer = solver.check()
    return answer, solver.model() if answer == z3.sat else None


def valued(
    model: Any, better: Asset, worse: Asset, cone: frozenset[str]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what a model says of the facts in `cone`, of either asset; None where one is not known."""
    return _values(model, better, cone), _values(model, worse, cone)


def _values(model: Any, asset: Asset, cone: frozenset[str]) -> dict[str, Any]:
    def is_true(formula: Formula) -> bool:
        return (
            formula if isinstance(formula, bool) else z3.is_true(model.eval(formula, model_completion=True))
        )

    def number(value: Any) -> Fraction:
        if isinstance(value, Fraction):
            return value
        found = model.eval(value, model_completion=True)
        if z3.is_algebraic_value(found):
            found = found.approx(12)
        return Fraction(found.numerator_as_long(), found.denominator_as_long())

    def said(term: Term) -> Any:
        if not is_true(term.known):
            return None
        match term:
            case Choice(index, _, members):
                return members[int(number(index))]
            case Number(value, _):
                return number(value)
        return is_true(term.yes)

    found = {name: said(term) for name, term in asset.facts.items() if name in cone}
    if COMPONENTS in cone:
        listed: dict[str, Fraction] | None = None
        if is_true(asset.backing.known):
            listed = {
                kind: number(share)
                for kind, share in asset.backing.shares.items()
                if is_true(asset.backing.listed[kind]) or number(share) > 0
            }
        found[COMPONENTS] = listed
        found |= {name: said(term) for name, term in asset.layer.items()}
    return found


def _sizes(model: Any, driver: Driver) -> list[float]:
    """Return the sizes of the better and of the worse position, in USD."""
    found = [model.eval(z3.Real(name), model_completion=True) for name in (SIZE, f"{SIZE}'")]
    return sorted((float(size.as_fraction()) for size in found), reverse=driver.kind == "smaller")
