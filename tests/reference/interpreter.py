"""A slow interpreter of checked rulebooks, written to be read.

It says what a rulebook means by walking it, one section after the other, with `None` for unknown.
It shares no code with the engine: no generated source, no integers, no blending in bulk. Money and
ratios that have to sum exactly are `Fraction`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import ceil, floor
from typing import Any

from pegmark.language import nodes
from pegmark.rulebook import program as book

Value = float | bool | str | None
PICO = Fraction(1, 10**12)
MICRO = Fraction(1, 10**6)


def quantised(x: float | None, kind: str) -> float | None:
    """Round to the grid of the unit; what overflows is unknown."""
    if x is None or not -1e15 < x < 1e15:
        return None
    scale = 1e6 if kind == "USD" else 1e12
    return round(x * scale) / scale + 0.0


def evaluate(node: nodes.Typed, names: Mapping[str, Value]) -> Value:
    """Return the value of an expression; None is unknown."""
    match node:
        case nodes.Const(value):
            return float(value) if isinstance(value, Fraction) else value
        case nodes.Read(name):
            return names.get(name)
        case nodes.Known(operand):
            return evaluate(operand, names) is not None
        case nodes.Coalesce(operands):
            return next((v for v in (evaluate(o, names) for o in operands) if v is not None), None)
        case nodes.Not(operand):
            value = evaluate(operand, names)
            return None if value is None else not value
        case nodes.Logic(op, operands):
            values = [evaluate(o, names) for o in operands]
            decisive = op == "or"
            if decisive in values:
                return decisive
            return None if None in values else not decisive
        case nodes.Choose(condition, yes, no):
            chosen = evaluate(condition, names)
            return None if chosen is None else evaluate(yes if chosen else no, names)
        case nodes.Member(operand, members):
            value = evaluate(operand, names)
            return None if value is None else value in members
        case nodes.Abs(operand):
            value = evaluate(operand, names)
            return None if value is None else abs(value)
        case nodes.Extreme(op, operands):
            values = [evaluate(o, names) for o in operands]
            return None if None in values else (min if op == "min" else max)(values)
        case nodes.Arith(op, left, right):
            return arithmetic(op, evaluate(left, names), evaluate(right, names))
        case nodes.Compare(op, left, right):
            return compare(op, side(left, names), side(right, names))
    raise AssertionError(node)


def side(node: nodes.Typed, names: Mapping[str, Value]) -> Value:
    """Return one side of a comparison: numbers are quantised before they are compared."""
    value = evaluate(node, names)
    return quantised(value, node.type.kind) if node.type.is_numeric else value


def arithmetic(op: str, a: Value, b: Value) -> float | None:
    """Return a op b; unknown if either is, or if b divides and is zero."""
    if a is None or b is None or (op == "/" and b == 0):
        return None
    return {"+": lambda: a + b, "-": lambda: a - b, "*": lambda: a * b, "/": lambda: a / b}[op]()


def compare(op: str, a: Value, b: Value) -> bool | None:
    """Return a op b; unknown if either is."""
    if a is None or b is None:
        return None
    return {
        "<": lambda: a < b,
        "<=": lambda: a <= b,
        ">": lambda: a > b,
        ">=": lambda: a >= b,
        "==": lambda: a == b,
        "!=": lambda: a != b,
    }[op]()


def between(points: tuple[tuple[Fraction, Fraction], ...], x: float) -> float:
    """Return a curve's value: linear between its points, flat outside."""
    xs = [float(a) for a, _ in points]
    ys = [float(b) for _, b in points]
    if x <= xs[0]:
        return ys[0]
    for i in range(1, len(xs)):
        if x < xs[i]:
            return ys[i - 1] + (x - xs[i - 1]) * ((ys[i] - ys[i - 1]) / (xs[i] - xs[i - 1]))
    return ys[-1]


@dataclass
class Asset:
    """What is asked: values by readable name, which of them are estimates, and the layers."""

    values: Mapping[str, Value]
    estimated: frozenset[str]
    day: date


class Reading:
    """One pass over a program with one set of values."""

    def __init__(self, program: book.Program, values: Mapping[str, Value], day: date) -> None:
        self.program = program
        self.names: dict[str, Value] = dict(values)
        for param in program.params:
            value = param.at(day).value
            self.names[param.name] = float(value) if isinstance(value, Fraction) else value
        for filling in program.fillings:
            if self.names.get(filling.fact) is None:
                self.names[filling.fact] = self.named(filling.expr)
        for derived in program.derived:
            self.names[derived.name] = self.named(derived.expr)

    def named(self, node: nodes.Typed) -> Value:
        """Return the value a name takes: numbers are quantised where they are named."""
        return side(node, self.names)

    def holds(self, rule: Any) -> bool | None:
        return evaluate(rule.when, self.names)

    def fires(self, rule: Any) -> bool:
        if rule.when is None:
            return True
        value = evaluate(rule.when, self.names)
        return rule.on_unknown == "match" if value is None else bool(value)

    def class_of(self, confirmed: Reading) -> tuple[str, str]:
        """Return the class and the id of the rule that decided."""
        classify = self.program.classify
        order = classify.order
        found: list[tuple[str, str]] = []
        for rule in classify.rules:
            value = (confirmed if rule.known_only else self).holds(rule)
            if value:
                found.append((rule.then, rule.reason.id))
            elif value is None and rule.on_unknown == "otherwise":
                found.append((classify.otherwise, rule.reason.id))
        if not found:
            found = [(classify.otherwise, classify.otherwise_reason.id)]
        if classify.hit == "first":
            return found[0]
        return max(found, key=lambda pair: order.index(pair[0]))

    def points(self, line: book.Characteristic) -> int:
        match line.grid:
            case book.Bins(of, edges, points):
                x = self.named(of)
                return line.unknown if x is None else points[sum(x >= float(edge) for edge in edges)]
            case book.PointsTable(by, rows):
                return dict(rows).get(member(self.named(by)), line.unknown)
        raise AssertionError(line)

    def amount(self, step: book.Step, size: float) -> Fraction | None:
        """Return the amount of a step; None where its mechanism is absent."""
        names = {**self.names, "position.size": size}
        if step.when is not None and evaluate(step.when, names) is False:
            return None
        x: Value
        match step.amount:
            case book.Curve(of, over, points):
                x = side(of, names)
                if over is not None:
                    y = side(over, names)
                    if x is None or y is None:
                        x = None
                    elif x == 0:
                        x = float(points[0][0])
                    elif y == 0:
                        x = float(points[-1][0])
                    else:
                        x = quantised(x / y, "ratio")
                x = None if x is None else between(points, x)
            case book.Table(by, by2, rows):
                key: tuple[str, ...] = (member(side(by, names)),)
                if by2 is not None:
                    key = (*key, member(side(by2, names)))
                cell = dict(rows).get(key)
                x = None if cell is None else float(cell)
            case expression:
                x = side(expression, names)
        found = step.unknown if x is None else Fraction(round(x * 1e12)) * PICO
        assert found is not None
        return found if step.limit is None else min(found, step.limit)

    def limit(self, limit: book.Limit) -> Fraction | None:
        """Return a limit in USD; None where it does not exist."""
        if limit.when is not None and evaluate(limit.when, self.names) is False:
            return None
        x = self.named(limit.amount)
        found = limit.unknown if x is None else Fraction(round(x * 1e6)) * MICRO
        assert found is not None
        return found


def member(value: Value) -> str:
    """Return an enum member or a truth value as the key of a table's row."""
    return (
        ""
        if value is None
        else {True: "true", False: "false"}.get(value, value)
        if isinstance(value, bool)
        else str(value)
    )


def decide(program: book.Program, asset: Asset, sizes: list[float], submitted: Any) -> dict[str, Any]:
    """Return the outcomes of a decision (without digests, reasons and trace).

    `submitted` maps a readable name to the submitted fact it comes from.
    """
    values = {"layer.score": 100.0, **asset.values}
    known = Reading(program, values, asset.day)
    certain = {name: v for name, v in values.items() if submitted(name) not in asset.estimated}
    unsure = Reading(program, certain, asset.day)
    params = {p.name: p.at(asset.day).value for p in program.params}
    weight = params.get(program.estimate_weight, Fraction(1)) if asset.estimated else Fraction(0)
    assert isinstance(weight, Fraction)

    cls, by = known.class_of(unsure)
    for reading in (known, unsure):
        reading.names["class"] = cls

    scores: dict[str, int] = {}
    applying: dict[str, bool] = {}
    for card in program.scorecards:
        applying[card.pillar] = card.applies is None or any(
            evaluate(card.applies, reading.names) is not False for reading in (known, unsure)
        )
        earned = 0
        for line in card.characteristics:
            sure, other = known.points(line), unsure.points(line)
            earned += line.weight * floor(sure + weight * (min(sure, other) - sure))
        scores[card.pillar] = earned // sum(line.weight for line in card.characteristics)
        if not applying[card.pillar]:
            scores[card.pillar] = 100
    weights = dict(program.rating.weights)
    means = []
    for pillars in (
        [c.pillar for c in program.scorecards if c.applies is None],
        [c.pillar for c in program.scorecards if applying[c.pillar]],
    ):
        if pillars:
            means.append(sum(weights[p] * scores[p] for p in pillars) // sum(weights[p] for p in pillars))
    composite = min(min(means, default=100), min(scores.values(), default=100) + program.rating.lift)
    for name, score in scores.items():
        known.names[f"score.{name}"] = float(score)

    bands = [name for name, _ in program.rating.bands]
    band = own = next(name for name, least in program.rating.bands if composite >= least)
    for knock_out in program.rating.knock_outs:
        if known.fires(knock_out):
            band = max(band, knock_out.cap, key=bands.index)
    capped_by = [
        k.reason.id for k in program.rating.knock_outs if known.fires(k) and k.cap == band and band != own
    ]
    order = ["accept", "no_new", "run_off", "ineligible"]
    status = max(
        (r.then for r in program.rating.statuses if known.fires(r)), key=order.index, default="accept"
    )
    if cls in program.rating.ineligible:
        status = "ineligible"

    known.names["band"] = band
    result = outcome(program, known, unsure, weight, status, sizes)
    crossed = []
    for assertion in program.assertions:
        for haircut in result["haircuts"]:
            names = {
                **known.names,
                "output.class": cls,
                "output.maintenance": float(haircut["maintenance_total"]),
                "output.initial": float(haircut["initial_total"]),
                "output.cap": float(result["venue_cap"]),
                "output.eligible": status != "ineligible",
                "position.size": haircut["size"],
            }
            if evaluate(assertion.expr, names) is not True:
                crossed.append(assertion.reason.id)
    if crossed and status != "ineligible":
        status = "ineligible"
        result = outcome(program, known, unsure, weight, status, sizes)
    return {
        "class": cls,
        "decided_by": by,
        "scores": {**scores, "composite": composite},
        "band": bands[-1] if status == "ineligible" else band,
        "capped_by": capped_by,
        "status": status,
        "crossed": sorted(set(crossed)),
        **result,
        "mark": (
            known.named(program.mark.basis),
            known.named(program.mark.quote),
            evaluate(program.mark.floor_when, known.names) is True,
            or_else(known.named(program.mark.close_out), program.mark.close_out_unknown),
        ),
        "conditions": [
            (c.reason.id, or_else(known.named(c.value), c.unknown))
            for c in program.conditions
            if known.fires(c)
        ],
        "findings": [r.reason.id for r in program.review if known.fires(r)],
    }


def or_else(value: Value, unknown: Any) -> Value:
    """Return the value, or what stands in for it where it is unknown."""
    if value is not None:
        return value
    return float(unknown) if isinstance(unknown, Fraction) else unknown


def blended(
    known: Fraction | None, unknown: Fraction | None, weight: Fraction, grid: Fraction, worse: Any
) -> Fraction | None:
    """Return known + weight x (unknown - known) on the grid, towards the worse of the two."""
    if known is None or unknown is None:
        return unknown if known is None else known
    target = worse(known, unknown)
    rounding = ceil if target > known else floor
    return rounding((known + weight * (target - known)) / grid) * grid


def rounded(value: Fraction, rounding: book.Rounding) -> Fraction:
    """Round to a step, up or down."""
    return (ceil if rounding.mode == "up" else floor)(value / rounding.to) * rounding.to


def outcome(
    program: book.Program, known: Reading, unsure: Reading, weight: Fraction, status: str, sizes: list[float]
) -> dict[str, Any]:
    """Return haircuts, ladder and caps for a status."""

    def amount(step: book.Step, size: float) -> Fraction | None:
        other = unsure.amount(step, size) if weight else known.amount(step, size)
        first = known.amount(step, size)
        if first is None and other is None:
            return None
        # A step that does not apply is as good as one that changes nothing.
        nothing = Fraction(step.op in ("min", "multiply"))
        both = (nothing if amount is None else amount for amount in (first, other))
        return blended(*both, weight, PICO, max)

    def haircut(size: float) -> dict[str, Any]:
        shape = program.haircut
        running = amount(shape.start, size) or Fraction(0)
        for step in shape.steps:
            found = amount(step, size)
            if found is not None:
                running = {
                    "add": lambda a=found: running + a,
                    "max": lambda a=found: max(running, a),
                    "min": lambda a=found: min(running, a),
                    "multiply": lambda a=found: ceil(running * a / PICO) * PICO,
                }[step.op]()
        maintenance = min(shape.high, rounded(min(max(running, shape.low), shape.high), shape.rounding))
        if status == "ineligible":
            maintenance = Fraction(1)
        extra = max(shape.initial_floor, ceil(maintenance * shape.initial_share / PICO) * PICO)
        up = book.Rounding(shape.rounding.to, "up")
        initial = min(Fraction(1), rounded(maintenance + extra, up))
        reference = amount(shape.reference, size) or Fraction(0)
        total = lambda basis: ceil((1 - (1 - basis) * (1 - reference)) / PICO) * PICO  # noqa: E731
        return {
            "size": size,
            "maintenance": maintenance,
            "initial": initial,
            "reference": reference,
            "maintenance_total": total(maintenance),
            "initial_total": total(initial),
        }

    result: dict[str, Any] = {"haircuts": [haircut(size) for size in sizes]}
    caps = program.caps
    limits = {}
    for limit in caps.limits:
        other = unsure.limit(limit) if weight else known.limit(limit)
        limits[limit.reason.id] = blended(known.limit(limit), other, weight, MICRO, min)
    existing = {name: value for name, value in limits.items() if value is not None}
    venue = account = Fraction(0)
    binding = None
    ladder = []
    if status != "ineligible":
        if existing:
            binding = min(existing, key=existing.__getitem__)
            venue = rounded(max(existing[binding], Fraction(0)), caps.rounding)
        if venue < caps.least_venue:
            venue, binding = caps.least_venue, "LEAST"
        account = min(venue, max(caps.least_account, rounded(venue * caps.account_share, caps.rounding)))
        points = [p for p in program.ladder.breakpoints if p < account] + [account]
        tops = [haircut(float(p)) for p in points]
        rates = {
            name: marginal(points, running_max([t[name] for t in tops]), program.haircut.rounding.to)
            for name in ("maintenance_total", "initial_total")
        }
        for end, m, i in zip(points, rates["maintenance_total"], rates["initial_total"], strict=True):
            ladder.append((end, max(i, m), m))
    return {
        **result,
        "limits": existing,
        "venue_cap": venue,
        "account_cap": account,
        "binding": binding,
        "tiers": ladder,
    }


def running_max(values: list[Fraction]) -> list[Fraction]:
    """Return the greatest value so far at each place."""
    return [max(values[: n + 1]) for n in range(len(values))]


def marginal(points: list[Fraction], haircuts: list[Fraction], step: Fraction) -> list[Fraction]:
    """Return the rate of each tier so that the provision at a breakpoint covers the next haircut."""
    last = len(points) - 1
    needed = [points[n] * haircuts[min(n + 1, last)] for n in range(last + 1)]
    for n in range(last - 1, -1, -1):
        needed[n] = max(needed[n], needed[n + 1] - (points[n + 1] - points[n]))
    rates: list[Fraction] = []
    provided = start = Fraction(0)
    for point, need in zip(points, needed, strict=True):
        rate = min(Fraction(1), max(Fraction(0), ceil((need - provided) / (point - start) / step) * step))
        provided += rate * (point - start)
        start = point
        rates.append(rate)
    return rates
