"""Whether two rulebooks decide every asset alike: what a survivor of `pegmark mutate` is asked.

Only what a difference reaches, through derived names, bounds and params, is compared, one thing that
a decision says at a time. It is first compared at any class; where that tells the two apart, at the class
that the rules give, since no asset may come there by another. Facts may be missing or estimated.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from fractions import Fraction
from functools import cached_property
from time import monotonic
from typing import Any

import z3

from pegmark.language.nodes import Typed, reads
from pegmark.proof.assets import Assets, facts_in, names_in
from pegmark.proof.cores import NO_LIMIT, limit_of
from pegmark.proof.likeness import Estimate, Likeness
from pegmark.proof.lines import Blended, is_least, is_lost, told_status, told_step
from pegmark.proof.pair import CLASS, outcomes
from pegmark.proof.prover import concerning, solve, valued
from pegmark.proof.sides import ESTIMATED, Side, without_estimates
from pegmark.proof.signals import NOTHING, Said, decided, differ, signals
from pegmark.proof.terms import (
    Choice,
    Formula,
    Number,
    Real,
    Truth,
    arithmetic,
    below,
    compare,
    every,
    least,
    most,
    no,
    some,
)
from pegmark.proof.together import broken, operations, together
from pegmark.proof.translate import Language
from pegmark.rulebook.program import (
    Characteristic,
    Limit,
    Program,
    Scorecard,
    StatusRule,
    Step,
)

TOGETHER = "together"
"""What rules are put together by: constants that everything passes through."""


class Equivalence:
    """One rulebook on one day, that others are compared with."""

    def __init__(self, base: Program, day: date) -> None:
        self._day = day
        self._asset = Assets(base, Language(base, day)).any()
        self._hidden = without_estimates(self._asset)
        self._free, self._ranges = outcomes(base)
        for name in ("maintenance", "initial", "cap"):
            self._free[f"output.{name}"] = Number(z3.Real(f"output.{name}"), True)
        eligible = z3.Bool("output.eligible")
        self._free["output.eligible"] = Truth(eligible, z3.Not(eligible))
        self._free["output.class"] = self._free[CLASS]
        self._base = self._side(base)
        classify = base.classify
        names = [classify.otherwise_reason.id, *(rule.reason.id for rule in classify.rules)]
        if classify.layering is not None:
            names.append(classify.layering.reason.id)
        self._ids = {name: Fraction(n) for n, name in enumerate(names)}

    def of(self, mutant: Program, seconds: float) -> Likeness:
        """Return whether a program with one difference decides alike, within so many seconds."""
        until = monotonic() + seconds
        ops, others = operations(self._base.program), operations(mutant)
        is_shared = all(others.get(name, op) == op for name, op in ops.items())
        if not is_shared or together(self._base.program) != together(mutant):
            return Likeness("different", TOGETHER)
        other = self._side(mutant)
        moved = _moved(self._base, other)
        for by, attempts in self._compared(other, moved):
            last = Likeness("unknown", by)
            for formula in attempts:
                last = self._asked(by, formula, until)
                if last.outcome == "equivalent":
                    break
            if last.outcome != "equivalent":
                return last
        return Likeness("equivalent")

    def _side(self, program: Program) -> Side:
        return Side(program, self._day, self._asset, self._hidden, self._free)

    def _compared(self, other: Side, moved: frozenset[str]) -> Iterator[tuple[str, Iterable[Formula]]]:
        """Yield what a decision says that may differ, and where it does: the last exactly there."""
        base = self._base
        for n, filling in enumerate(base.program.fillings):
            if filling.fact in moved:
                # What known facts are refused for.
                laws = (side.assets.laws[n - len(base.program.fillings)] for side in (base, other))
                holds, kept = (law.holds(self._asset) for law in laws)
                yield filling.reason.id, [some(every(holds, no(kept)), every(no(holds), kept))]
        classify = other.program.classify
        is_reclassed = classify is not base.program.classify or any(
            _reads(rule.when, moved) for rule in classify.rules
        )
        if is_reclassed:
            mine, its = self._class, self._decided(other)
            yield CLASS, [some(*(compare("!=", a, b) for a, b in zip(mine, its, strict=True)))]
        lows = {base.program.haircut.low, other.program.haircut.low}
        if len(lows) > 1:
            yield base.program.haircut.bounds_reason.id, [self._is_low(other, max(lows))]
        if (size := broken(base.program, other.program)) is not None:
            yield other.program.ladder.reason.id, [below(size, self._largest(base))]
        for name in dict.fromkeys((*base.said, *other.said)):
            this, that = base.said.get(name), other.said.get(name)
            if not _is_same(this, that, moved):
                yield name, self._attempts(name, this, that, other)

    def _attempts(self, name: str, this: Said | None, that: Said | None, other: Side) -> Iterator[Formula]:
        sides = ((self._base, this), (other, that))
        yield self._differ(
            [None if one is None else signals(one.item, side.program, side.plain) for side, one in sides]
        )
        exact = Choice(self._class[0], True, self._base.program.classify.order[::-1])
        yield self._differ([self._told(name, one, side, exact) for side, one in sides])

    def _told(self, name: str, one: Said | None, side: Side, exact: Choice) -> tuple[Number, ...] | None:
        """Return what a decision says at the class that the rules give; None where it has no such rule."""
        if one is None:
            return None
        known = side.of_class(exact, is_sure=False)
        match one.item:
            case Step():
                return told_step(
                    name, side.program, Blended(known, side.of_class(exact, is_sure=True), self._weight)
                )
            case StatusRule():
                lost = is_lost(side.program, self._least(side, exact))
                return told_status(one.item, side.program, known, exact, lost)
            case Limit() | (Scorecard(), Characteristic()) | Scorecard():
                # These may be told by what is left without the estimates.
                known = side.of_class(exact, is_sure=True)
        return signals(one.item, side.program, known)

    def _least(self, side: Side, exact: Choice) -> Blended:
        """Return the asset at the least account, at which it is asked whether anything is left."""
        size = side.program.caps.least_account
        known, sure = (side.of_class(exact, is_sure=is_sure, size=size) for is_sure in (False, True))
        return Blended(known, sure, self._weight)

    @cached_property
    def _weight(self) -> Fraction:
        weight = self._base.language.constants.get(self._base.program.estimate_weight)
        return weight if isinstance(weight, Fraction) else Fraction(1)

    def _differ(self, found: Sequence[tuple[Number, ...] | None]) -> Formula:
        length = max(len(one) for one in found if one is not None)
        these, others = (one if one is not None else (NOTHING,) * length for one in found)
        return differ(these, others)

    @cached_property
    def _class(self) -> tuple[Any, Any]:
        return self._decided(self._base)

    def _decided(self, side: Side) -> tuple[Any, Any]:
        return decided(side.program.classify, side.plain, side.sure, self._asset, self._ids)

    def _asked(self, by: str, formula: Formula, until: float) -> Likeness:
        if formula is False:
            return Likeness("equivalent")
        cone = facts_in(formula)
        laws = [law.holds(self._asset) for law in concerning(cone, self._base.assets.laws)]
        laws.append(self._beneath)
        outcome, model = solve(every(self._ranges, formula), laws, until)
        if outcome != "refuted":
            return Likeness("equivalent") if outcome == "proved" else Likeness("unknown", by)
        guesses = [z3.Bool(name) for name in _estimates(formula)]
        if guesses:
            # An asset without estimates says more plainly what differs.
            plain, other = solve(every(self._ranges, formula, *map(z3.Not, guesses)), laws, until)
            model = other if plain == "refuted" else model
        values = valued(model, self._asset, self._asset, cone)[0]
        for guess in guesses:
            name = guess.decl().name().removesuffix(ESTIMATED)
            if z3.is_true(model.eval(guess, model_completion=True)) and values.get(name) is not None:
                values[name] = Estimate(values[name])
        return Likeness("different", by, values)

    def _is_low(self, side: Side, low: Fraction) -> Formula:
        """Return where a haircut may come to less than `low` before its bounds."""
        exact = Choice(self._class[0], True, side.program.classify.order[::-1])
        known, sure = (side.of_class(exact, is_sure=is_sure) for is_sure in (False, True))
        return no(is_least(low, side.program.haircut, Blended(known, sure, self._weight)))

    def _largest(self, side: Side) -> Real:
        """Return the most that an account may hold, in USD: no ladder goes further."""
        caps = side.program.caps
        tick = caps.rounding.to if caps.rounding.mode == "up" else Fraction(0)
        limits = [limit_of(limit, side.plain) for limit in caps.limits]
        venue = most(caps.least_venue, arithmetic("+", least(NO_LIMIT, *limits), tick))
        return most(caps.least_account, arithmetic("+", arithmetic("*", venue, caps.account_share), tick))

    @cached_property
    def _beneath(self) -> Formula:
        """What is known of a layer's haircut: it was decided by these rules."""
        haircut, found = self._base.program.haircut, self._asset.layer["layer.haircut"]
        least = haircut.low - haircut.low % haircut.rounding.to
        assert isinstance(found, Number)  # noqa: S101 - the vocabulary says so
        return some(compare("==", found.value, Fraction(0)), compare(">=", found.value, least))


class Compared:
    """One rulebook on every day on which its params change, that others are compared with.

    Nothing is made of it before it is asked, so that each process makes its own.
    """

    def __init__(self, base: Program, days: Sequence[date], seconds: float) -> None:
        self._base, self._days, self._seconds = base, days, seconds

    def __call__(self, mutant: Program) -> Likeness:
        """Return whether a program decides alike on every day; the first thing in which it does not."""
        found = Likeness("equivalent")
        for equivalence in self._equivalences:
            found = equivalence.of(mutant, self._seconds)
            if found.outcome != "equivalent":
                break
        return found

    @cached_property
    def _equivalences(self) -> list[Equivalence]:
        return [Equivalence(self._base, day) for day in self._days]


def _estimates(formula: Formula) -> list[str]:
    """Return the names of the variables that say of a fact that it is estimated."""
    if isinstance(formula, bool):
        return []
    return sorted(name for name in names_in(formula) if name.endswith(ESTIMATED))


def _moved(base: Side, other: Side) -> frozenset[str]:
    """Return the params, derived names and filled-in facts that may be otherwise in one of two programs."""
    constants = other.language.constants
    found = {name for name, value in base.language.constants.items() if constants[name] != value}
    means = {filling.fact: filling.expr for filling in other.program.fillings}
    means |= {derived.name: derived.expr for derived in other.program.derived}
    own = {filling.fact: filling.expr for filling in base.program.fillings}
    own |= {derived.name: derived.expr for derived in base.program.derived}
    # In the order of evaluation: each reads earlier ones alone.
    for name, expr in own.items():
        if means[name] is not expr or _reads(expr, found):
            found.add(name)
    return frozenset(found)


def _reads(node: Typed | None, names: set[str] | frozenset[str]) -> bool:
    return node is not None and any(read.name in names for read in reads(node))


def _is_same(this: Said | None, that: Said | None, moved: frozenset[str]) -> bool:
    if this is None or that is None:
        return False
    is_shared = this.item is that.item or this.item == that.item
    return is_shared and not any(_reads(node, moved) for node in this.nodes)
