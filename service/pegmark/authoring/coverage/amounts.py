"""The steps of the waterfall and the limits of the cap, and whether each is bound, or binds."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from pegmark.authoring.coverage.grids import amount, unknown_mark
from pegmark.authoring.coverage.items import Place, place_of
from pegmark.authoring.coverage.watching import Evaluate, Names, Watch, When
from pegmark.engine.emit import MICRO, ONE
from pegmark.language.prose import constant
from pegmark.language.quantise import quantise
from pegmark.rulebook.expressions import amount_expressions
from pegmark.rulebook.program import Curve, Limit, Program, Step, Table


class Limits:
    """The limits of the cap."""

    def __init__(self, watch: Watch, program: Program) -> None:
        self._seen = watch.register.seen
        self._all: list[tuple[Limit, When, Evaluate, int, int, int]] = []
        for limit in program.caps.limits:
            place = place_of("caps", limit.reason)
            self._all.append(
                (
                    limit,
                    watch.when(limit.when, place),
                    watch.named(limit.amount, place),
                    watch.register.add("rule", place, "limits"),
                    unknown_mark(watch, place, "the limit of unknown", limit.amount),
                    watch.register.add("branch", place, "binds"),
                )
            )

    def find(self, names: Names) -> list[int | None]:
        """Return the limits, scale 1e6; None of those that do not exist."""
        found: list[int | None] = []
        for limit, holds, value, fired, unsure, _ in self._all:
            if holds(names) is False:
                found.append(None)
                continue
            self._seen[fired] = 1
            x = value(names)
            if x != x:  # noqa: PLR0124 - NaN
                self._seen[unsure] = 1
                found.append(int((limit.unknown or 0) * MICRO))
            else:
                found.append(round(x * MICRO))
        return found

    def bind(self, rule: str | None) -> None:
        """Note which limit binds."""
        for limit, *_, binds in self._all:
            if limit.reason.id == rule:
                self._seen[binds] = 1


class Steps:
    """The lines of the waterfall, and of those that raise or lower what came before whether they did."""

    def __init__(self, watch: Watch, program: Program) -> None:
        haircut = program.haircut
        self._haircut = haircut
        self._seen = watch.register.seen
        every = (haircut.start, *haircut.steps, haircut.reference)
        self._amounts = [step(watch, one, place_of("haircut", one.reason)) for one in every]
        self._turns: list[tuple[int, int] | None] = []
        for one in haircut.steps:
            place, add = place_of("haircut", one.reason), watch.register.add
            word = {"max": "more", "min": "less"}.get(one.op)
            self._turns.append(
                None
                if word is None
                else (
                    add("branch", place, f"no {word} than what came before"),
                    add("branch", place, f"{word} than what came before"),
                )
            )

    def find(self, names: Names) -> list[int | None]:
        """Return the amount of each line, scale 1e12."""
        return [find(names) for find in self._amounts]

    def turn(self, k: int, is_turned: bool) -> None:
        """Note whether the step at a place changed what came before."""
        marks = self._turns[k]
        if marks is not None:
            self._seen[marks[is_turned]] = 1


def step(watch: Watch, one: Step, place: Place) -> Callable[[Names], int | None]:
    """Return the amount of a step, scale 1e12; None where it does not apply."""
    applies = watch.when(one.when, place)
    fired = watch.register.add("rule", place, "applies")
    value = amount(watch, one.amount, place)
    unsure = unknown_mark(watch, place, "the amount of unknown", *amount_expressions(one.amount))
    limit = None if one.limit is None else int(one.limit * ONE)
    bound = None if one.limit is None else _limited(watch, one, place)
    unknown = ONE if one.unknown is None else int(one.unknown * ONE)
    seen = watch.register.seen

    def found(names: Names) -> int | None:
        if applies(names) is False:
            return None
        seen[fired] = 1
        x: float = value(names)
        if x != x:  # noqa: PLR0124 - NaN
            seen[unsure] = 1
            return unknown if limit is None else min(limit, unknown)
        exact = round(x * ONE)
        if limit is not None and bound is not None:
            seen[bound[exact > limit]] = 1
            exact = min(limit, exact)
        return exact

    return found


def _limited(watch: Watch, one: Step, place: Place) -> tuple[int, int]:
    """List a step below its limit and held to it."""
    assert one.limit is not None  # noqa: S101 - asked only of those
    match one.amount:
        case Curve(_, _, rows):
            most = max(float(y) for _, y in rows)
        case Table(_, _, cells):
            most = max((float(value) for _, value in cells), default=0.0)
        case expression:
            most = quantise(watch.reach.number(expression)[1], "ratio")
    shown = constant(one.limit, "ratio")
    why = None
    if most <= float(one.limit):
        why = f"it never comes to more than {constant(Fraction(most).limit_denominator(10**9), 'ratio')}"
    return (
        watch.register.add("branch", place, f"within its limit of {shown}"),
        watch.register.add("branch", place, f"held to its limit of {shown}", unreachable=why),
    )
