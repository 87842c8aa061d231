"""One reading of a block: from facts to class, points and amounts, and what was missed on the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import inf, nan
from typing import Any

import numpy as np

from pegmark.engine.emit import MICRO, ONE
from pegmark.engine.vector import columns
from pegmark.engine.vector.block import Amount, Block, Ints, Layers, Missed
from pegmark.engine.vector.columns import (
    FAR,
    Choice,
    Floats,
    Mask,
    Number,
    Value,
    Verdict,
    both,
    chosen,
    either,
    is_any,
    negated,
    plain,
)
from pegmark.engine.vector.expressions import Scope
from pegmark.engine.vector.plan import Seen, Vector, reads_size
from pegmark.facts.vocabulary import READABLE
from pegmark.language.nodes import Typed
from pegmark.language.types import Type
from pegmark.rulebook.expressions import amount_expressions
from pegmark.rulebook.program import Bins, Characteristic, Curve, Step, Table

MOST_USD = 1e13
"""No position is larger."""
LARGE = 1e15
"""From here on a sum of amounts may not be a double."""


def read(
    v: Vector,
    facts: Mapping[str, Value],
    layers: Layers | None,
    asked: int,
    forced: Ints | None = None,
    confirmed: Sequence[Verdict] | None = None,
) -> Seen:
    """Return the reading of facts as far as the class: see `scalar.write` for what takes its place."""
    names = {name: facts.get(name, _unknown_of(kind)) for name, kind in v.types.items()}
    seen = Seen(Scope(names), Missed(asked))
    for name, fill, own, best in v.fillings:
        where = columns.unknown(names[name])
        if is_any(where):
            value = fill(seen.scope)
            names[name] = columns.filled(names[name], value)
            # What is filled in at its best could not have been better.
            worse = True if best is None else plain(np.not_equal(value.x, best))
            seen.missed.add(both(where, worse), own)
    for name, plan in v.derived:
        names[name], lacks = plan(seen)
        if lacks:
            seen.lacks[name] = lacks
    _classify(v, seen, layers, forced, confirmed)
    return seen


def read_on(v: Vector, seen: Seen) -> None:
    """Read what comes after the class: points, limits, and the amounts that no size changes."""
    for card in v.program.scorecards:
        applies: Mask = True
        if card.applies is not None:
            applies = negated(verdict(v, seen, card.applies, "match").fails)
        seen.applies.append(applies)
        seen.points += [_points(v, seen, line, applies) for line in card.characteristics]
    for limit in v.program.caps.limits:
        on = negated(verdict(v, seen, limit.when, "match").fails)
        unknown = int((limit.unknown or 0) * MICRO)
        seen.limits.append(_amount_of(v, seen, on, on, MICRO, unknown, limit.amount, None))
    for n, step in enumerate(v.steps):
        if n not in v.sized:
            seen.amounts[n] = _step(v, seen, n, step)
        elif step.when is not None and not reads_size(step.when):
            seen.whens[n] = verdict(v, seen, step.when, "match")


def worse_than_bounds(v: Vector, block: Block) -> Mask:
    """Return where a known fact is worse than the bound that stands in for it: see `bounds`."""
    names = {name: block.facts.get(name, _unknown_of(kind)) for name, kind in v.types.items()}
    scope = Scope(names)
    found: Mask = False
    with np.errstate(all="ignore"):
        for name, fill, _, _ in v.fillings:
            value, bound = names[name], fill(scope)
            if isinstance(value, Number):
                worse = "<" if READABLE[name].worse == "lower" else ">"
                found = either(found, columns.compared(worse, value, bound).yes)
            names[name] = columns.filled(value, bound)
    return found


def at(v: Vector, seen: Seen, size: Floats, asked: Mask = True) -> list[Amount]:
    """Return the amounts of positions of a size (USD); what is missed counts where it is asked for."""
    _set_size(seen, size)
    return [
        _step(v, seen, n, step, asked) if n in v.sized else seen.amounts[n] for n, step in enumerate(v.steps)
    ]


def varies(v: Vector, seen: Seen, size: Floats) -> bool:
    """Return whether what is unknown at one size may not be at another."""
    _set_size(seen, size)
    for n in v.sized:
        step = v.steps[n]
        if step.when is not None and reads_size(step.when):
            return True
        for node in amount_expressions(step.amount):
            if v.about(node).varies:
                return True
            found = v.of.rounded(node)(seen.scope)
            if isinstance(found, Number) and not (found.low > -FAR and found.high < FAR):
                return True
    return False


def verdict(v: Vector, seen: Seen, when: Typed | None, on_unknown: str | None) -> Verdict:
    """Return whether a condition holds, and note what was missed where that is unknown."""
    if when is None:
        return Verdict(True)
    found: Verdict = v.of.rounded(when)(seen.scope)
    miss(v, seen, found.unknown if on_unknown is not None else False, True, when)
    return found


def miss(v: Vector, seen: Seen, where: Mask, asked: Mask, *nodes: Typed | None) -> None:
    """Note what expressions rest on where they are unknown, and what they did without where asked."""
    for node in nodes:
        if node is not None:
            if where is not False:
                seen.missed.add(both(where, asked), v.about(node).mask)
            if seen.lacks:
                seen.missed.all(asked, v.lacked(seen, node))


def member(codes: Any, place: Ints) -> Choice:
    """Return classes, or bands, as choices."""
    found = codes[place]
    return Choice(int(found) if found.ndim == 0 else found, True)


def _set_size(seen: Seen, size: Floats) -> None:
    # The bounds hold of every size: what cannot overflow at one cannot at any.
    seen.scope.names["position.size"] = Number(size, True, 0.0, MOST_USD)


def _unknown_of(kind: Type) -> Value:
    if kind.is_numeric:
        return columns.UNKNOWN
    return columns.UNDECIDED if kind.kind == "bool" else columns.UNCHOSEN


def _classify(
    v: Vector, seen: Seen, layers: Layers | None, forced: Ints | None, confirmed: Sequence[Verdict] | None
) -> None:
    classify = v.program.classify
    index = {name: n for n, name in enumerate(classify.order)}
    last, otherwise = index[classify.otherwise], len(classify.rules)
    held: list[Verdict] = [v.of.rounded(rule.when)(seen.scope) for rule in classify.rules]
    firm = [n for n, rule in enumerate(classify.rules) if rule.known_only]
    seen.confirming = [held[n] for n in firm]
    for n, found in zip(firm, confirmed or (), strict=False):
        held[n] = found
    is_first = classify.hit == "first"
    cls: Ints = last if is_first else -1
    by: Ints = otherwise
    rules = list(enumerate(zip(classify.rules, held, strict=True)))
    for n, (rule, k) in reversed(rules) if is_first else rules:
        stops = rule.on_unknown == "otherwise"
        asks = stops or (rule.on_unknown == "worse" and not is_first)
        where = negated(k.fails) if asks else k.yes
        outcome: Ints = chosen(k.yes, index[rule.then], last) if stops else index[rule.then]
        if not is_first:
            # Without an order among rules the worst that holds decides.
            where = both(where, plain(np.greater(outcome, cls)))
        if is_any(where):
            cls, by = chosen(where, outcome, cls), chosen(where, n, by)
    stop = by
    if is_first:
        for n, (rule, k) in reversed(rules):
            # What cannot be told holds down what comes after, unless that is worse.
            if rule.on_unknown == "worse" and is_any(unsure := k.unknown):
                outcome = index[rule.then]
                where = both(unsure, plain(np.greater(stop, n)))
                where = both(where, plain(np.greater_equal(outcome, cls)))
                cls, by = chosen(where, outcome, cls), chosen(where, n, by)
    else:
        cls = chosen(plain(np.less(cls, 0)), last, cls)
    for n, (rule, k) in rules:
        unsure = k.unknown if rule.on_unknown is not None else False
        if is_any(unsure) or seen.lacks:
            # Rules after the one that decided were not asked.
            asked = plain(np.greater_equal(stop, n)) if is_first else True
            miss(v, seen, unsure, asked, rule.when)
    if classify.layering is not None and layers is not None:
        beneath = chosen(layers.has, np.where(layers.cls < 0, last, layers.cls), 0)
        where = plain(np.greater(beneath, cls))
        cls, by = chosen(where, beneath, cls), chosen(where, otherwise + 1, by)
    seen.cls, seen.by = cls if forced is None else forced, by
    seen.scope.names["class"] = member(v.classes, seen.cls)


def _points(v: Vector, seen: Seen, line: Characteristic, applies: Mask) -> Ints:
    grid = line.grid
    of = grid.of if isinstance(grid, Bins) else grid.by
    x = v.of.rounded(of)(seen.scope)
    if isinstance(grid, Bins):
        points: Ints = grid.points[0]
        for edge, (before, after) in zip(grid.edges, pairwise(grid.points), strict=True):
            points = points + np.greater_equal(x.x, float(edge)) * np.int16(after - before)
        unsure = columns.unknown(x)
        if is_any(unsure):
            points = chosen(unsure, line.unknown, points)
    else:
        unsure = columns.unknown(x)
        points = v.points[line.reason.id][_coded(x).code]
    miss(v, seen, unsure, applies, of)
    return points


def _step(v: Vector, seen: Seen, n: int, step: Step, asked: Mask = True) -> Amount:
    if n in seen.whens:
        when = seen.whens[n]
    else:
        when = Verdict(True) if step.when is None else v.of.rounded(step.when)(seen.scope)
        miss(v, seen, when.unknown, asked, step.when)
    on = negated(when.fails)
    limit = ONE if step.limit is None else int(step.limit * ONE)
    unknown = min(limit, ONE if step.unknown is None else int(step.unknown * ONE))
    most = None if step.limit is None else limit
    return _amount_of(v, seen, on, both(on, asked), ONE, unknown, step.amount, most, n)


def _amount_of(
    v: Vector,
    seen: Seen,
    on: Mask,
    asked: Mask,
    scale: int,
    unknown: int,
    amount: Any,
    most: int | None,
    n: int = -1,
) -> Amount:
    """Return an amount as whole numbers of a scale, `unknown` where it is that, and at most `most`."""
    if not is_any(on):
        return Amount(0.0, False)
    found = _amount(v, seen, n, amount)
    unsure = columns.unknown(found)
    value = np.rint(found.x * float(scale))
    if is_any(unsure):
        value = chosen(unsure, float(unknown), value)
    miss(v, seen, unsure, asked, *amount_expressions(amount))
    return Amount(value if most is None else np.minimum(value, float(most)), on)


def _amount(v: Vector, seen: Seen, n: int, amount: Any) -> Number:
    match amount:
        case Curve(of, over, points):
            x: Number = v.of.rounded(of)(seen.scope)
            line = [(float(at), float(value)) for at, value in points]
            if over is not None:
                x = _quotient(x, v.of.rounded(over)(seen.scope), line[0][0], line[-1][0])
            return _along(x, line)
        case Table(by, by2, _):
            of_what = (by,) if by2 is None else (by, by2)
            found = v.tables[n][tuple(_coded(v.of.rounded(of)(seen.scope)).code for of in of_what)]
            return columns.constant(float(found)) if found.ndim == 0 else columns.number(found, -inf, inf)
        case expression:
            whole: Number = v.of.rounded(expression)(seen.scope)
            return whole


def _coded(value: Value) -> Choice:
    """Return a choice, or a condition as one of 0 and 1; -1 is unknown."""
    if isinstance(value, Verdict):
        return Choice(chosen(value.yes, 1, chosen(value.fails, 0, -1)), value.is_sure)
    assert isinstance(value, Choice)  # noqa: S101 - tables are by choices and conditions
    return value


def _quotient(a: Number, b: Number, first: float, last: float) -> Number:
    """Return where `a / b` lies on a curve: none at the first point, something of nothing at the last."""
    ratio = columns.quantised(columns.arithmetic("/", a, b), is_usd=False)
    x = ratio.x
    if not ratio.is_sure:
        none = chosen(plain(np.equal(a.x, 0.0)), first, last)
        x = chosen(plain(np.equal(b.x, 0.0)), none, x)
        x = chosen(either(columns.unknown(a), columns.unknown(b)), nan, x)
    if first < 0:
        x = chosen(both(plain(np.equal(a.x, 0.0)), columns.known(b).yes), first, x)
    return columns.constant(x) if isinstance(x, float) else columns.number(x, -inf, inf)


def _along(x: Number, points: Sequence[tuple[float, float]]) -> Number:
    """Return what a curve says, straight between points and flat outside."""
    if not isinstance(x.x, np.ndarray) and not x.is_sure:
        return columns.UNKNOWN
    at: Any = np.asarray(x.x)
    found: Any = np.full(at.shape, points[-1][1])
    for (x0, y0), (x1, y1) in reversed(list(pairwise(points))):
        slope = (y1 - y0) / (x1 - x0)
        found = np.where(at < x1, y0 + (at - x0) * slope, found)
    found = np.where(at <= points[0][0], points[0][1], found)
    if not x.is_sure:
        found = np.where(np.isnan(at), nan, found)
    if found.ndim == 0:
        return columns.constant(float(found))
    return Number(found, x.is_sure, min(y for _, y in points), max(y for _, y in points))
