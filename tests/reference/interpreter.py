"""A slow interpreter of checked rulebooks, written to be read.

It says what a rulebook means by walking it, one section after the other, with `None` for unknown.
It shares no code with the engine: no generated source, no integers, no blending in bulk. Money and
ratios that have to sum exactly are `Fraction`. It tells every outcome, what each rule came to, and
which facts were missed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import ceil, floor
from typing import Any

from pegmark.facts.vocabulary import FACTS, READABLE
from pegmark.language import nodes
from pegmark.rulebook import program as book
from pegmark.rulebook.expressions import amount_expressions, expressions
from tests.reference.expressions import Value, between, evaluate, quantised, rounded

PICO = Fraction(1, 10**12)
MICRO = Fraction(1, 10**6)
STATUSES = ["accept", "no_new", "run_off", "ineligible"]


@dataclass(frozen=True)
class Beneath:
    """What lies beneath an asset; None throughout where that could not be found out."""

    cls: str | None
    score: int | None
    band: str | None
    status: str | None
    haircut: Fraction | None


UNRESOLVED = Beneath(None, None, None, None, None)


@dataclass(frozen=True)
class Asset:
    """What is asked: values by readable name, which facts are estimates, the day, and layers."""

    values: Mapping[str, Value]
    estimated: frozenset[str]
    day: date
    beneath: Beneath | None = None


def submitted(name: str) -> str:
    """Return the fact that a readable name is a part of."""
    is_part = name == "backing.listed" or name.startswith(("backing.share.", "layer."))
    return "backing.components" if is_part else name


class Reading:
    """One pass over a program with one set of values.

    `missed` collects the facts that had to be done without; `said` what each rule came to.
    """

    def __init__(self, program: book.Program, values: Mapping[str, Value], day: date) -> None:
        self.program = program
        self.names: dict[str, Value] = dict(values)
        self.missed: set[str] = set()
        self.said: dict[str, list[Value]] = {}
        self.rests: dict[str, set[str]] = {}
        self.replaced: dict[str, set[str]] = {}
        for param in program.params:
            value = param.at(day).value
            self.names[param.name] = float(value) if isinstance(value, Fraction) else value
        read = {found.name for node in expressions(program) for found in nodes.reads(node)}
        for filling in program.fillings:
            if filling.fact in read:
                self.fill(filling)
        for derived in program.derived:
            self.rests[derived.name] = self.rests_on(derived.expr)
            self.replaced[derived.name] = self.stood_in_for(derived.expr)
            self.names[derived.name] = self.named(derived.expr)

    def fill(self, filling: book.Filling) -> None:
        """Let a bound stand in for a fact that is unknown."""
        if self.names.get(filling.fact) is None:
            self.names[filling.fact] = self.named(filling.expr)
            self.tell(filling.reason, self.names[filling.fact])
            spec = READABLE[filling.fact]
            if self.names[filling.fact] != {"higher": spec.low, "lower": spec.high}[spec.worse]:
                self.missed.add(filling.fact)
        self.rests[filling.fact] = self.rests_on(filling.expr)

    # What expressions come to, and what they miss

    def named(self, node: nodes.Typed) -> Value:
        """Return the value a name takes: numbers are rounded where they are named."""
        return rounded(node, self.names)

    def rests_on(self, *given: nodes.Typed | None) -> set[str]:
        """Return the submitted facts that expressions rest on, through derived names and bounds."""
        found: set[str] = set()
        for node in given:
            for read in nodes.reads(node) if node is not None else ():
                if read.origin == "fact" and submitted(read.name) in FACTS:
                    found.add(submitted(read.name))
                found |= self.rests.get(read.name, set())
        return found

    def stood_in_for(self, node: nodes.Typed) -> set[str]:
        """Return the facts whose place something else takes when an expression is worked out."""
        match node:
            case nodes.Coalesce(operands):
                found: set[str] = set()
                for operand in operands[:-1]:
                    found |= self.stood_in_for(operand)
                    if evaluate(operand, self.names) is not None:
                        return found
                    found |= self.rests_on(operand)
                return found | self.stood_in_for(operands[-1])
            case nodes.Choose(condition, yes, no):
                chosen = evaluate(condition, self.names)
                branch = set() if chosen is None else self.stood_in_for(yes if chosen else no)
                return self.stood_in_for(condition) | branch
            case nodes.Read(name):
                return self.replaced.get(name, set())
        return {fact for child in nodes.children(node) for fact in self.stood_in_for(child)}

    def lacking(self, is_unknown: bool, *given: nodes.Typed | None) -> set[str]:
        """Return the facts missed by a rule that is (or is not) unknown and that reads `given`."""
        found = self.rests_on(*given) if is_unknown else set()
        for node in given:
            for read in nodes.reads(node) if node is not None else ():
                found |= self.replaced.get(read.name, set())
        return found

    def tell(self, reason: book.Reason, outcome: Value) -> None:
        """Note what a rule came to."""
        self.said.setdefault(reason.id, []).append(outcome)

    def holds(self, rule: Any) -> Value:
        """Return whether a rule's condition holds."""
        return True if rule.when is None else evaluate(rule.when, self.names)

    def fires(self, rule: Any) -> bool:
        """Return whether a rule counts as holding; tell what it came to and note what it missed."""
        value = self.holds(rule)
        self.missed |= self.lacking(value is None, rule.when)
        self.tell(rule.reason, value)
        return rule.on_unknown == "match" if value is None else bool(value)

    # Sections

    def class_of(self, confirmed: Reading) -> tuple[str, str]:
        """Return the class and the id of the rule that decided.

        A rule that takes only known facts is read as `confirmed`, without the estimates, reads it.
        """
        classify = self.program.classify
        order = classify.order
        found: list[tuple[str, str]] = []
        stopped = False
        for rule in classify.rules:
            value = (confirmed if rule.known_only else self).holds(rule)
            self.tell(rule.reason, value)
            is_over = classify.hit == "first" and stopped
            if not is_over:
                self.missed |= self.lacking(value is None, rule.when)
            if is_over or value is False or (value is None and rule.on_unknown == "skip"):
                continue
            stopped |= value is True or rule.on_unknown == "otherwise"
            cls = rule.then if value or rule.on_unknown == "worse" else classify.otherwise
            found.append((cls, rule.reason.id))
        if not stopped and (classify.hit == "first" or not found):
            found.append((classify.otherwise, classify.otherwise_reason.id))
        return max(found, key=lambda pair: order.index(pair[0]))

    def applies(self, card: book.Scorecard) -> bool:
        """Return whether a pillar applies; unknown counts as applying."""
        if card.applies is None:
            return True
        value = evaluate(card.applies, self.names)
        self.missed |= self.lacking(value is None, card.applies)
        return value is not False

    def points(self, line: book.Characteristic, in_force: bool) -> int:
        """Return the points of a characteristic."""
        of = line.grid.of if isinstance(line.grid, book.Bins) else line.grid.by
        x: Any = self.named(of)
        if in_force:
            self.missed |= self.lacking(x is None, of)
        found: int = line.unknown
        match line.grid:
            case book.Bins(_, edges, points) if x is not None:
                found = points[sum(x >= float(edge) for edge in edges)]
            case book.PointsTable(_, rows):
                found = dict(rows).get(member(x), line.unknown)
        self.tell(line.reason, found)
        return found

    def amount(self, step: book.Step, size: float) -> Fraction | None:
        """Return the amount of a step; None where its mechanism is absent."""
        names = {**self.names, "position.size": size}
        when = True if step.when is None else evaluate(step.when, names)
        self.missed |= self.lacking(when is None, step.when)
        if when is False:
            self.tell(step.reason, False)
            return None
        x: Any
        match step.amount:
            case book.Curve(of, over, points):
                x = rounded(of, names)
                if over is not None:
                    y: Any = rounded(over, names)
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
                key: tuple[str, ...] = (member(rounded(by, names)),)
                if by2 is not None:
                    key = (*key, member(rounded(by2, names)))
                cell = dict(rows).get(key)
                x = None if cell is None else float(cell)
            case expression:
                x = rounded(expression, names)
        self.missed |= self.lacking(x is None, *amount_expressions(step.amount))
        self.tell(step.reason, quantised(x, "ratio"))
        unknown = Fraction(1) if step.unknown is None else step.unknown
        found = unknown if x is None else Fraction(round(x * 1e12)) * PICO
        return found if step.limit is None else min(found, step.limit)

    def limit(self, limit: book.Limit) -> tuple[Fraction | None, bool]:
        """Return a limit in USD, None where it does not exist, and whether it stands in for one."""
        when = True if limit.when is None else evaluate(limit.when, self.names)
        self.missed |= self.lacking(when is None, limit.when)
        if when is False:
            self.tell(limit.reason, False)
            return None, False
        x: Any = self.named(limit.amount)
        self.missed |= self.lacking(x is None, limit.amount)
        self.tell(limit.reason, x)
        unknown = limit.unknown or Fraction(0)
        return (unknown if x is None else Fraction(round(x * 1e6)) * MICRO), x is None

    def mark(self) -> tuple[Any, ...]:
        """Return basis, quote, whether the floor holds, and the horizon in days."""
        mark = self.program.mark
        floor_holds = evaluate(mark.floor_when, self.names)
        horizon = self.named(mark.close_out)
        basis, quote = self.named(mark.basis), self.named(mark.quote)
        self.missed |= self.lacking(floor_holds is None, mark.floor_when)
        self.missed |= self.lacking(horizon is None, mark.close_out)
        self.missed |= self.lacking(False, mark.basis, mark.quote)
        self.tell(mark.reason, basis)
        return basis, quote, floor_holds is True, or_else(horizon, mark.close_out_unknown)

    def conditions(self) -> list[tuple[str, Value]]:
        """Return the conditions that apply, with their values."""
        found = []
        for condition in self.program.conditions:
            if self.fires(condition):
                value = self.named(condition.value)
                self.missed |= self.lacking(value is None, condition.value)
                found.append((condition.reason.id, or_else(value, condition.unknown)))
        return found


def member(value: Value) -> str:
    """Return an enum member or a truth value as the key of a table's row; unknown is no key."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def or_else(value: Value, unknown: Any) -> Value:
    """Return the value, or what stands in for it where it is unknown."""
    if value is not None:
        return value
    return float(unknown) if isinstance(unknown, Fraction) else unknown


def blended(known: Any, unknown: Any, weight: Fraction, grid: Fraction, worse: Any) -> Any:
    """Return known + weight x (unknown - known) on the grid, towards the worse of the two."""
    target = worse(known, unknown)
    rounding = ceil if target > known else floor
    return rounding((known + weight * (target - known)) / grid) * grid


def to_step(value: Fraction, rounding: book.Rounding) -> Fraction:
    """Round to a step, up or down."""
    return (ceil if rounding.mode == "up" else floor)(value / rounding.to) * rounding.to


class Decision:
    """A whole decision: two readings, and everything that follows from them."""

    def __init__(self, program: book.Program, asset: Asset, sizes: list[float]) -> None:
        self.program, self.sizes = program, sizes
        beneath = asset.beneath
        has_layers = program.classify.layering is not None
        if beneath is None and has_layers and asset.values.get("backing.listed") is None:
            beneath = UNRESOLVED
        self.beneath = beneath
        values: dict[str, Value] = {**asset.values, "layer.score": 100.0, "layer.haircut": 0.0}
        if beneath is not None:
            values["layer.score"] = None if beneath.score is None else float(beneath.score)
            values["layer.haircut"] = None if beneath.haircut is None else float(beneath.haircut)
        certain = {name: v for name, v in values.items() if submitted(name) not in asset.estimated}
        self.known = Reading(program, values, asset.day)
        self.unsure = Reading(program, certain, asset.day)
        params = {param.name: param.at(asset.day).value for param in program.params}
        weight = params.get(program.estimate_weight, Fraction(1)) if asset.estimated else Fraction(0)
        assert isinstance(weight, Fraction)
        self.weight = weight

    def outcomes(self) -> dict[str, Any]:
        """Return every outcome, by name."""
        program, known = self.program, self.known
        cls, by = self.classed()
        for reading in (known, self.unsure):
            reading.names["class"] = cls
        points, scores, composite = self.scored()
        for name, score in scores.items():
            known.names[f"score.{name}"] = float(score)
        band, capped_by, status, status_by = self.rated(composite, cls)
        known.names["band"] = band
        positions = [self.position(size, status) for size in self.sizes]
        if status != "ineligible" and self.is_worthless():
            status, status_by = "ineligible", [program.rating.worthless.id]
            positions = [self.position(size, status) for size in self.sizes]
        limits = {limit.reason.id: self.limit(limit) for limit in program.caps.limits}
        venue, account, binding = self.caps(limits, status)
        ladder = self.ladder(account) if status != "ineligible" and account else []
        crossed = self.crossed(cls, status, positions, venue)
        if crossed and status != "ineligible":
            status_by = crossed
            status, venue, account, binding, ladder = "ineligible", Fraction(0), Fraction(0), None, []
            positions = [self.position(size, status) for size in self.sizes]
        outstanding = program.caps.outstanding
        return {
            "class": cls,
            "decided_by": by,
            "points": points,
            "scores": {**scores, "composite": composite},
            "band": program.rating.bands[-1][0] if status == "ineligible" else band,
            "capped_by": capped_by,
            "status": status,
            "status_by": status_by,
            "crossed": crossed,
            "positions": positions,
            "limits": {name: value for name, (value, _) in limits.items() if value is not None},
            "limit_unknown": [name for name, (_, is_unknown) in limits.items() if is_unknown],
            "venue_cap": venue,
            "account_cap": account,
            "binding": binding,
            "outstanding": None if outstanding is None else known.named(outstanding),
            "ladder": ladder,
            "mark": known.mark(),
            "conditions": known.conditions(),
            "findings": [rule.reason.id for rule in program.review if known.fires(rule)],
            "missed": known.missed,
            "said": known.said,
        }

    def classed(self) -> tuple[str, str]:
        """Return the class, no better than that of the layers, and the rule that decided."""
        classify = self.program.classify
        cls, by = self.known.class_of(self.unsure)
        if classify.layering is not None and self.beneath is not None:
            inherited = self.beneath.cls or classify.otherwise
            if classify.order.index(inherited) > classify.order.index(cls):
                return inherited, classify.layering.reason.id
        return cls, by

    def scored(self) -> tuple[list[int], dict[str, int], int]:
        """Return the points of every characteristic, the score of every pillar, and the composite."""
        program = self.program
        ceiling = 100 if self.beneath is None else self.beneath.score or 0
        every: list[int] = []
        scores: dict[str, int] = {}
        applying: dict[str, bool] = {}
        for card in program.scorecards:
            in_force, is_asked = self.known.applies(card), self.unsure.applies(card)
            applying[card.pillar] = is_asked or in_force
            points = [
                int(
                    blended(
                        known if in_force or not is_asked else 100,
                        unsure if is_asked or not in_force else 100,
                        self.weight,
                        Fraction(1),
                        min,
                    )
                )
                for line in card.characteristics
                for known in [self.known.points(line, in_force)]
                for unsure in [self.unsure.points(line, in_force)]
            ]
            every += points
            weights = [line.weight for line in card.characteristics]
            own = sum(w * p for w, p in zip(weights, points, strict=True)) // sum(weights)
            scores[card.pillar] = min(own if applying[card.pillar] else 100, ceiling)
        weighing = dict(program.rating.weights)
        means = []
        for pillars in (
            [card.pillar for card in program.scorecards if card.applies is None],
            [card.pillar for card in program.scorecards if applying[card.pillar]],
        ):
            if pillars:
                total = sum(weighing[p] for p in pillars)
                means.append(sum(weighing[p] * scores[p] for p in pillars) // total)
        return every, scores, min(min(means, default=100), min(scores.values()) + program.rating.lift)

    def is_worthless(self) -> bool:
        """Tell whether the least account, or a smaller one, is lost in full, where the rulebook asks."""
        program = self.program
        least = program.caps.least_account
        if program.rating.worthless is None:
            return False
        smaller = [least, *(point for point in program.ladder.breakpoints if point < least)]
        tops = [self.position(float(size), "accept")["maintenance_total"] for size in smaller]
        return max(tops) == 1

    def rated(self, composite: int, cls: str) -> tuple[str, list[str], str, list[str]]:
        """Return the band and what capped it, and the status and what it follows from."""
        rating, layering = self.program.rating, self.program.classify.layering
        bands = [name for name, _ in rating.bands]
        own = next(name for name, least in rating.bands if composite >= least)
        caps = [(rule.reason.id, rule.cap) for rule in rating.knock_outs if self.known.fires(rule)]
        statuses = [(rating.ineligible_reason.id, "ineligible")] if cls in rating.ineligible else []
        statuses += [(rule.reason.id, rule.then) for rule in rating.statuses if self.known.fires(rule)]
        if layering is not None and self.beneath is not None:
            caps.append((layering.reason.id, self.beneath.band or bands[-1]))
            statuses.append((layering.reason.id, self.beneath.status or "ineligible"))
        band = max([own, *(cap for _, cap in caps)], key=bands.index)
        capped_by = [rule for rule, cap in caps if cap == band and band != own]
        if rating.intake is not None and bands.index(band) > bands.index(rating.intake.least):
            statuses.append((rating.intake.reason.id, "no_new"))
        status = max(["accept", *(then for _, then in statuses)], key=STATUSES.index)
        status_by = [rule for rule, then in statuses if then == status != "accept"]
        return band, capped_by, status, status_by

    def amount(self, step: book.Step, size: float) -> Fraction | None:
        """Return the amount of a step between known and unknown; None where it does not apply."""
        first = self.known.amount(step, size)
        other = self.unsure.amount(step, size) if self.weight else first
        if first is None and other is None:
            return None
        # A step that does not apply is as good as one that changes nothing.
        nothing = Fraction(step.op in ("min", "multiply"))
        a, b = (nothing if amount is None else amount for amount in (first, other))
        found: Fraction = blended(a, b, self.weight, PICO, max)
        return found

    def position(self, size: float, status: str) -> dict[str, Any]:
        """Return the haircuts of a position of `size`, and the amount of each step."""
        shape = self.program.haircut
        amounts = [self.amount(step, size) for step in (shape.start, *shape.steps, shape.reference)]
        running = amounts[0] or Fraction(0)
        for step, amount in zip(shape.steps, amounts[1:-1], strict=True):
            if amount is not None:
                running = {
                    "add": running + amount,
                    "max": max(running, amount),
                    "min": min(running, amount),
                    "multiply": ceil(running * amount / PICO) * PICO,
                }[step.op]
        maintenance = min(shape.high, to_step(min(max(running, shape.low), shape.high), shape.rounding))
        extra = max(shape.initial_floor, ceil(maintenance * shape.initial_share / PICO) * PICO)
        up = book.Rounding(shape.rounding.to, "up")
        initial = min(Fraction(1), to_step(maintenance + extra, up))
        if status == "ineligible":
            maintenance = initial = Fraction(1)
        reference = amounts[-1] or Fraction(0)
        total, initial_total = (
            ceil((1 - (1 - basis) * (1 - reference)) / PICO) * PICO for basis in (maintenance, initial)
        )
        return {
            "size": size,
            "amounts": amounts,
            "maintenance": maintenance,
            "initial": initial,
            "maintenance_total": total,
            "initial_total": initial_total,
        }

    def limit(self, limit: book.Limit) -> tuple[Fraction | None, bool]:
        """Return a limit between known and unknown, and whether it stands in for something unknown."""
        first, is_unknown = self.known.limit(limit)
        other = self.unsure.limit(limit)[0] if self.weight else first
        if first is None or other is None:
            return (other if first is None else first), is_unknown
        return blended(first, other, self.weight, MICRO, min), is_unknown

    def caps(self, limits: Mapping[str, Any], status: str) -> tuple[Fraction, Fraction, str | None]:
        """Return the venue's cap, an account's, and what binds."""
        caps = self.program.caps
        if status == "ineligible":
            return Fraction(0), Fraction(0), None
        existing = {name: value for name, (value, _) in limits.items() if value is not None}
        venue, binding = Fraction(0), None
        if existing:
            binding = min(existing, key=existing.__getitem__)
            venue = to_step(max(existing[binding], Fraction(0)), caps.rounding)
        if venue < caps.least_venue:
            venue, binding = caps.least_venue, "LEAST"
        account = max(caps.least_account, to_step(venue * caps.account_share, caps.rounding))
        return venue, min(venue, account), binding

    def ladder(self, account: Fraction) -> list[tuple[Fraction, Fraction, Fraction]]:
        """Return (end, initial, maintenance) of each tier up to the account's cap."""
        ends = [point for point in self.program.ladder.breakpoints if point < account] + [account]
        tops = [self.position(float(end), "accept") for end in ends]
        rates = [
            marginal(ends, running_max([top[name] for top in tops]), self.program.haircut.rounding.to)
            for name in ("initial_total", "maintenance_total")
        ]
        return [(end, max(i, m), m) for end, i, m in zip(ends, *rates, strict=True)]

    def crossed(self, cls: str, status: str, positions: list[dict[str, Any]], venue: Fraction) -> list[str]:
        """Return the guardrails that do not hold at some size."""
        found = set()
        for assertion in self.program.assertions:
            for position in positions:
                names = {
                    **self.known.names,
                    "output.class": cls,
                    "output.maintenance": float(position["maintenance_total"]),
                    "output.initial": float(position["initial_total"]),
                    "output.cap": float(venue),
                    "output.eligible": status != "ineligible",
                    "position.size": position["size"],
                }
                if evaluate(assertion.expr, names) is not True:
                    found.add(assertion.reason.id)
        return sorted(found)


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
