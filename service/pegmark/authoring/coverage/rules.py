"""The rules of a rulebook, section by section, as functions of names that note what they come to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pegmark.authoring.coverage.grids import points, unknown_mark
from pegmark.authoring.coverage.items import Place, place_of
from pegmark.authoring.coverage.ranges import EVERY
from pegmark.authoring.coverage.watching import Evaluate, Names, Watch, When
from pegmark.language.nodes import Typed, reads
from pegmark.rulebook.expressions import expressions
from pegmark.rulebook.program import (
    Condition,
    Filling,
    KnockOut,
    Program,
    Reason,
    ReviewRule,
    StatusRule,
)


class Fillings:
    """What stands in for facts that are unknown, where any rule reads them."""

    def __init__(self, watch: Watch, program: Program) -> None:
        self._seen = watch.register.seen
        self._all: list[tuple[str, Evaluate, int, int]] = []
        read = {found.name for node in expressions(program) for found in reads(node)}
        fillings: list[Filling] = [filling for filling in program.fillings if filling.fact in read]
        for filling in fillings:
            place = place_of("normal", filling.reason)
            value = watch.named(filling.expr, place)
            fired = watch.register.add("rule", place, "fills in")
            unsure = unknown_mark(watch, place, "nothing to fill in with", filling.expr)
            self._all.append((filling.fact, value, fired, unsure))

    def fill(self, names: Names) -> None:
        """Fill in what is unknown, in order."""
        for fact, value, fired, unsure in self._all:
            if fact not in names:
                found = value(names)
                is_unknown = found is None or found != found  # noqa: PLR0124 - NaN
                self._seen[unsure if is_unknown else fired] = 1
                names[fact] = found


class Pillars:
    """The scorecards: whether each applies, and the points of its lines where it does."""

    def __init__(self, watch: Watch, program: Program) -> None:
        self._cards: list[tuple[When, list[Evaluate]]] = []
        for card in program.scorecards:
            section = f"scorecards.{card.pillar}"
            applies = watch.when(
                card.applies,
                Place(section, card.pillar, card.span),
                words={True: "applies", False: "does not apply", None: "cannot be told to apply"},
            )
            lines = []
            for line in card.characteristics:
                place = place_of(section, line.reason)
                lines.append(watch.asked(place, "counts", points(watch, line, place)))
            self._cards.append((applies, lines))

    def score(self, names: Names) -> tuple[list[bool], list[int | None]]:
        """Return which pillars apply, and the points of each line; None of a pillar that does not."""
        applies: list[bool] = []
        found: list[int | None] = []
        for asked, lines in self._cards:
            applies.append(asked(names) is not False)
            found += [line(names) if applies[-1] else None for line in lines]
        return applies, found


class Verdicts:
    """Knock-outs, status rules, conditions or findings: which of them fire."""

    def __init__(
        self,
        watch: Watch,
        section: str,
        rules: tuple[KnockOut | StatusRule | Condition | ReviewRule, ...],
        label: str,
        sets: str | None = None,
    ) -> None:
        self._seen = watch.register.seen
        self._all: list[tuple[str, When, bool, int, int | None, Callable[[Names], None]]] = []
        for rule in rules:
            place = place_of(section, rule.reason)
            holds = watch.when(rule.when, place)
            possible = EVERY if rule.when is None else watch.reach.outcomes(rule.when)
            is_match = rule.on_unknown == "match"
            can = True in possible or (is_match and None in possible)
            fired = watch.register.add("rule", place, label, unreachable=None if can else "it cannot hold")
            sets_it = None if sets is None else watch.register.add("branch", place, sets)
            self._all.append((rule.reason.id, holds, is_match, fired, sets_it, _value_of(watch, rule, place)))

    def fire(self, names: Names, setting: list[str] | None = None) -> list[bool]:
        """Return which rules fire; `setting` are those that set the band or the status."""
        found = []
        for rule, holds, is_match, fired, sets_it, value in self._all:
            told = holds(names)
            is_fired = told is True or (told is None and is_match)
            if is_fired:
                self._seen[fired] = 1
                value(names)
            if sets_it is not None and setting is not None and rule in setting:
                self._seen[sets_it] = 1
            found.append(is_fired)
        return found


def _value_of(watch: Watch, rule: object, place: Place) -> Callable[[Names], None]:
    if not isinstance(rule, Condition):
        return lambda _: None
    value = watch.named(rule.value, place)
    seen = watch.register.seen
    if rule.unknown is None:
        return lambda names: value(names) and None
    unsure = unknown_mark(watch, place, "the value of unknown", rule.value)

    def note(names: Names) -> None:
        found = value(names)
        if found is None or found != found:  # noqa: PLR0124 - NaN
            seen[unsure] = 1

    return note


class Mark:
    """The price that the terms assume, and the time to close out."""

    def __init__(self, watch: Watch, program: Program) -> None:
        mark = program.mark
        place = place_of("mark", mark.reason)
        self._seen = watch.register.seen
        self._unknown = float(mark.close_out_unknown)
        self._fired = watch.register.add("rule", place, "asked")
        self._basis, self._quote = watch.named(mark.basis, place), watch.named(mark.quote, place)
        self._floor = watch.when(
            mark.floor_when,
            place,
            words={
                True: "with its floor",
                False: "without a floor",
                None: "without a floor that can be told",
            },
        )
        self._close_out = watch.named(mark.close_out, place)
        self._unsure = unknown_mark(watch, place, "the close-out of unknown", mark.close_out)

    def find(self, names: Names) -> tuple[Any, ...]:
        """Return basis, quote, whether the floor holds, and the close-out in days."""
        self._seen[self._fired] = 1
        basis, quote, floor, days = (
            inner(names) for inner in (self._basis, self._quote, self._floor, self._close_out)
        )
        if days != days:  # noqa: PLR0124 - NaN
            self._seen[self._unsure] = 1
            days = self._unknown
        return basis, quote, floor is True, days


def guards(watch: Watch, assertions: tuple[tuple[Reason, Typed], ...]) -> list[Evaluate]:
    """Return the guardrails that are asserted at run time."""
    found = []
    for reason, node in assertions:
        place = place_of("guardrails", reason)
        found.append(watch.asked(place, "asked", watch.named(node, place)))
    return found
