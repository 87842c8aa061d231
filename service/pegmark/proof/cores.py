"""What each rule comes to, as something that must not get better: what a proof is about.

A decision is made of rules whose outcomes are put together by operations that are monotone by
construction (`passes`): points are summed, amounts added, limits the least of which binds. So it is
enough that each rule by itself never does better on the worse of two assets. A rule that reads an outcome
of an earlier section is asked about any such outcome, and about a worse one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Literal

from pegmark.language.nodes import Typed
from pegmark.proof.assets import LAYER_CLASS, Asset
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
    pick,
    some,
)
from pegmark.proof.translate import Reading
from pegmark.rulebook.expressions import amount_expressions, step_expressions
from pegmark.rulebook.program import (
    Amount,
    Bins,
    Characteristic,
    Classify,
    Curve,
    KnockOut,
    Limit,
    Program,
    Scorecard,
    StatusRule,
    Step,
    Table,
)

ZERO, ONE, HUNDRED = Fraction(0), Fraction(1), Fraction(100)
NO_LIMIT = Fraction(10) ** 18
"""What a limit that does not exist comes to, in USD."""
Section = Literal["classify", "scorecards", "rating", "haircut", "caps"]
Item = Classify | tuple[Scorecard, Characteristic] | KnockOut | StatusRule | Step | Limit


@dataclass(frozen=True, slots=True)
class Core:
    """One rule (or the choice of class as a whole), and what it reads."""

    rule: str
    section: Section
    item: Item
    nodes: tuple[Typed, ...]


def cores(program: Program) -> Iterator[Core]:
    """Yield the cores of a program in the order of evaluation."""
    classify = program.classify
    yield Core("class", "classify", classify, tuple(rule.when for rule in classify.rules))
    for card in program.scorecards:
        for line in card.characteristics:
            of = line.grid.of if isinstance(line.grid, Bins) else line.grid.by
            nodes = (of,) if card.applies is None else (card.applies, of)
            yield Core(line.reason.id, "scorecards", (card, line), nodes)
    rules: tuple[KnockOut | StatusRule, ...] = (*program.rating.knock_outs, *program.rating.statuses)
    yield from (Core(rule.reason.id, "rating", rule, (rule.when,)) for rule in rules)
    haircut = program.haircut
    for step in (haircut.start, *haircut.steps, haircut.reference):
        yield Core(step.reason.id, "haircut", step, step_expressions(step))
    for limit in program.caps.limits:
        nodes = (limit.amount,) if limit.when is None else (limit.when, limit.amount)
        yield Core(limit.reason.id, "caps", limit, nodes)


def improved(core: Core, better: Reading, worse: Reading, assets: tuple[Asset, Asset]) -> Iterator[Formula]:
    """Yield formulas that hold wherever a rule does better on the worse asset; the last, only there.

    The earlier ones say more than is needed, and are easier to refute.
    """
    match core.item:
        case Classify() as classify:
            before, after = (
                class_index(classify, reading, asset)
                for reading, asset in zip((better, worse), assets, strict=True)
            )
            yield below(before, after)
        case (card, line):
            yield below(points(card, line, better), points(card, line, worse))
        case KnockOut() | StatusRule() as rule:
            yield every(fires(rule, better), no(fires(rule, worse)))
        case Limit() as limit:
            yield below(limit_of(limit, better), limit_of(limit, worse))
        case Step() as step:
            if isinstance(step.amount, Curve):
                yield _along(step, step.amount, better, worse)
            yield below(amount_of(step, worse), amount_of(step, better))


def fires(rule: KnockOut | StatusRule, reading: Reading) -> Formula:
    """Return whether an adverse rule counts as holding."""
    when = reading.truth(rule.when)
    return no(when.no) if rule.on_unknown == "match" else when.yes


def class_index(classify: Classify, reading: Reading, asset: Asset | None = None) -> Real:
    """Return the class by its place from the worst; that of a layer beneath counts if `asset` is given."""
    places = {name: Fraction(n) for n, name in enumerate(reversed(classify.order))}
    last = places[classify.otherwise]
    if classify.hit == "first":
        found: Real = last
        for rule in reversed(classify.rules):
            when, then = reading.truth(rule.when), places[rule.then]
            if rule.on_unknown == "worse":
                # It may be what the rule says: what follows holds if it is no better than that.
                found = pick(when.yes, then, pick(when.no, found, least(then, found)))
            elif rule.on_unknown == "otherwise":
                found = pick(when.yes, then, pick(when.no, found, last))
            else:
                found = pick(when.yes, then, found)
    else:
        nothing = Fraction(len(places))
        found = nothing
        for rule in classify.rules:
            when, then = reading.truth(rule.when), places[rule.then]
            found = pick(when.yes, least(found, then), found)
            if rule.on_unknown in ("worse", "otherwise"):
                held = then if rule.on_unknown == "worse" else last
                found = pick(no(when.known), least(found, held), found)
        found = pick(compare("==", found, nothing), last, found)
    if asset is not None and classify.layering is not None:
        layer = asset.layer[LAYER_CLASS]
        assert isinstance(layer, Choice)  # noqa: S101 - `Assets.any` says so
        beneath = pick(every(asset.backing.known, layer.known), layer.index, last)
        found = least(found, beneath)
    return found


def points(card: Scorecard, line: Characteristic, reading: Reading) -> Real:
    """Return the points of a characteristic, all of them where its pillar does not apply."""
    grid = line.grid
    unknown = Fraction(line.unknown)
    if isinstance(grid, Bins):
        x = reading.number(grid.of)
        found: Real = Fraction(grid.points[-1])
        for edge, value in reversed(list(zip(grid.edges, grid.points, strict=False))):
            found = pick(below(x.value, edge), Fraction(value), found)
        found = pick(x.known, found, unknown)
    else:
        rows = tuple(((name,), Fraction(value)) for name, value in grid.points)
        cell = _cell(Table(grid.by, None, rows), reading)
        found = pick(cell.known, cell.value, unknown)
    return found if card.applies is None else pick(reading.truth(card.applies).no, HUNDRED, found)


def limit_of(limit: Limit, reading: Reading) -> Real:
    """Return what an exposure limit comes to, `NO_LIMIT` where it does not exist."""
    x = reading.number(limit.amount)
    found = pick(x.known, x.value, limit.unknown or ZERO)
    return found if limit.when is None else pick(reading.truth(limit.when).no, NO_LIMIT, found)


def amount_of(step: Step, reading: Reading) -> Real:
    """Return what a step comes to, and what changes nothing where it does not apply."""
    x = amount(step.amount, reading)
    found = pick(x.known, x.value, _unknown(step))
    if step.limit is not None:
        found = least(found, step.limit)
    return found if step.when is None else pick(reading.truth(step.when).no, neutral(step), found)


def applied(step: Step, before: Real, amount: Real) -> Real:
    """Return the haircut after a step."""
    match step.op:
        case "add":
            return arithmetic("+", before, amount)
        case "max":
            return most(before, amount)
        case "min":
            return least(before, amount)
    return arithmetic("*", before, amount)


def neutral(step: Step) -> Fraction:
    """Return the amount of a step that changes nothing."""
    return {"add": ZERO, "max": -NO_LIMIT, "min": NO_LIMIT, "multiply": ONE}[step.op]


def _unknown(step: Step) -> Fraction:
    unknown = ONE if step.unknown is None else step.unknown
    return unknown if step.limit is None else min(unknown, step.limit)


def amount(amount: Amount, reading: Reading) -> Number:
    """Return an amount before its limit, and when it is known."""
    match amount:
        case Curve(of, over, points):
            x = reading.number(of)
            if over is None:
                return Number(_on(points, x.value), x.known)
            y = reading.number(over)
            inside = arithmetic("/", x.value, y.value)
            ratio = pick(
                compare("==", x.value, ZERO),
                points[0][0],
                pick(compare("==", y.value, ZERO), points[-1][0], inside),
            )
            return Number(_on(points, ratio), every(x.known, y.known))
        case Table():
            return _cell(amount, reading)
        case expression:
            return reading.number(expression)


def _on(points: tuple[tuple[Fraction, Fraction], ...], x: Real) -> Real:
    """Return where on a curve `x` comes to."""
    found: Real = points[-1][1]
    for (x0, y0), (x1, y1) in reversed(list(pairwise(points))):
        slope = (y1 - y0) / (x1 - x0)
        between = arithmetic("+", arithmetic("*", arithmetic("-", x, x0), slope), y0)
        found = pick(below(x, x1), between, found)
    return pick(compare("<=", x, points[0][0]), points[0][1], found)


def _cell(table: Table, reading: Reading) -> Number:
    by = reading.choice(table.by)
    other = None if table.by2 is None else reading.choice(table.by2)
    found: Real = ZERO
    known: Formula = False
    for row, value in table.rows:
        is_it = every(by.known, _picks(by, row[0]))
        if other is not None:
            is_it = every(is_it, other.known, _picks(other, row[1]))
        found, known = pick(is_it, value, found), some(known, is_it)
    return Number(found, known)


def _picks(choice: Choice, member: str) -> Formula:
    if member not in choice.members:
        return False
    return compare("==", choice.index, Fraction(choice.members.index(member)))


def _along(step: Step, curve: Curve, better: Reading, worse: Reading) -> Formula:
    """Return whether a curve is read further down, or is read where it was not: never better than that."""
    values = [y for _, y in curve.points]
    is_rising = all(a <= b for a, b in pairwise(values))
    if not is_rising and not all(a >= b for a, b in pairwise(values)):
        return True
    readings = better, worse
    whens = [Truth(True, False) if step.when is None else r.truth(step.when) for r in readings]
    args = [[r.number(node) for node in amount_expressions(curve)] for r in readings]
    known = [every(*(x.known for x in arg)) for arg in args]
    of_before, of_after = args[0][0].value, args[1][0].value
    lower = below(of_after, of_before) if is_rising else below(of_before, of_after)
    if curve.over is not None:
        over_before, over_after = args[0][1].value, args[1][1].value
        apart = below(over_before, over_after) if is_rising else below(over_after, over_before)
        # Of numbers that are not negative a quotient rises with what is divided.
        lower = some(lower, apart, *(below(x, ZERO) for x in (of_before, over_before, over_after)))
    # Where the step stops to apply, or is read where it was not, something is seen that was not there.
    parts = [every(*known, lower), every(no(known[0]), known[1])]
    if _unknown(step) < max(values):
        parts.append(every(known[0], no(known[1])))
    stays = every(no(whens[0].no), no(whens[1].no), some(*parts))
    return some(stays, every(no(whens[0].no), whens[1].no))
