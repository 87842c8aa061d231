"""What an expression may come to at all: a range of numbers, a set of members, of truth values.

Ranges are those of the facts, widened through arithmetic as if operands had nothing to do with each
other; so what lies outside cannot be, and what lies inside may be. `given` narrows them by a condition
that is known to have held, or not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import inf

from pegmark.authoring.coverage.ranges import EVERY, Outcome, Range, combined, hull, truths
from pegmark.facts.vocabulary import READABLE
from pegmark.language.nodes import (
    Abs,
    Arith,
    Choose,
    Coalesce,
    Compare,
    Const,
    Extreme,
    Known,
    Logic,
    Member,
    Not,
    Read,
    Typed,
    children,
)
from pegmark.language.prose import text
from pegmark.rulebook.custom import declared
from pegmark.rulebook.program import Program

MOST_SIZE = 1e15


@dataclass(frozen=True, slots=True)
class Reach:
    """The ranges of all that a rulebook reads, and the names that are known not to be unknown."""

    ranges: Mapping[str, Range]
    members: Mapping[str, frozenset[str]]
    derived: Mapping[str, Typed]
    known: frozenset[str] = frozenset()
    settled: Mapping[tuple[str, str], bool] = field(default_factory=dict)
    """Of pairs of texts, whether the first is less than the second."""

    @classmethod
    def of(cls, program: Program) -> Reach:
        """Return what a program's names may be, whatever the facts."""
        specs = [*READABLE.values(), *declared(program.custom).values()]
        ranges: dict[str, Range] = {
            spec.name: (-inf if spec.low is None else spec.low, inf if spec.high is None else spec.high)
            for spec in specs
        }
        for param in program.params:
            values = [float(dated.value) for dated in param.values if isinstance(dated.value, Fraction)]
            if values:
                ranges[param.name] = (min(values), max(values))
        ranges["position.size"] = (0.0, MOST_SIZE)
        ranges |= {f"score.{card.pillar}": (0.0, 100.0) for card in program.scorecards}
        classes = frozenset({*(rule.then for rule in program.classify.rules), program.classify.otherwise})
        members = {spec.name: frozenset(spec.members) for spec in specs if spec.members}
        members |= {"class": classes, "output.class": classes}
        found = cls(ranges, members, {one.name: one.expr for one in program.derived})
        return found.after(program)

    def after(self, program: Program) -> Reach:
        """Return what the outputs may be, too: guardrails read them."""
        haircut, caps = program.haircut, program.caps
        is_up = haircut.rounding.mode == "up"
        least = float(haircut.low if is_up else haircut.low - haircut.rounding.to)
        limits = [
            max(self.number(limit.amount)[1], float(limit.unknown or 0))
            for limit in caps.limits
            if limit.when is None
        ]
        ranges = {
            **self.ranges,
            "output.maintenance": (least, 1.0),
            "output.initial": (least, 1.0),
            "output.cap": (0.0, max(float(caps.least_venue), min(limits, default=inf))),
        }
        # Initial is maintenance and something more.
        return replace(self, ranges=ranges, settled={("output.initial", "output.maintenance"): False})

    def may_be_unknown(self, node: Typed) -> bool:
        """Tell whether a value may be unknown, other than by an overflow."""
        if not node.type.optional:
            return False
        match node:
            case Read(name):
                inner = self.derived.get(name)
                return name not in self.known and (inner is None or self.may_be_unknown(inner))
            case Coalesce(operands):
                return all(map(self.may_be_unknown, operands))
            case Arith(op="/", right=right) if self.number(right)[0] <= 0 <= self.number(right)[1]:
                return True
            case Const() | Known():
                return False
        return any(map(self.may_be_unknown, children(node)))

    def number(self, node: Typed) -> Range:
        """Return the least and the most that a number may be."""
        match node:
            case Const(value):
                assert isinstance(value, Fraction)  # noqa: S101 - the checker's types
                return float(value), float(value)
            case Read(name):
                low, high = self.ranges.get(name, (-inf, inf))
                if name in self.derived:
                    inner = self.number(self.derived[name])
                    return max(low, inner[0]), min(high, inner[1])
                return low, high
            case Arith(op, left, right):
                return combined(op, self.number(left), self.number(right))
            case Choose(condition, yes, no):
                outcomes = self.outcomes(condition)
                arms = [self.number(arm) for arm, wanted in ((yes, True), (no, False)) if wanted in outcomes]
                return hull(arms)
            case Extreme(op, operands):
                found = [self.number(operand) for operand in operands]
                fold = min if op == "min" else max
                return fold(low for low, _ in found), fold(high for _, high in found)
            case Abs(operand):
                low, high = self.number(operand)
                return max(0.0, low, -high), max(abs(low), abs(high))
            case Coalesce(operands):
                return hull([self.number(operand) for operand in self._taken(operands)])
        return -inf, inf

    def choices(self, node: Typed) -> frozenset[str]:
        """Return the members that an enum may be."""
        match node:
            case Const(value):
                return frozenset({str(value)})
            case Read(name):
                if name in self.derived:
                    return self.choices(self.derived[name])
                return self.members.get(name, frozenset(node.type.members))
            case Choose(condition, yes, no):
                outcomes = self.outcomes(condition)
                arms = [arm for arm, wanted in ((yes, True), (no, False)) if wanted in outcomes]
                return frozenset().union(*map(self.choices, arms))
            case Coalesce(operands):
                return frozenset().union(*map(self.choices, self._taken(operands)))
        return frozenset(node.type.members)

    def outcomes(self, node: Typed) -> frozenset[Outcome]:
        """Return what a condition may come to."""
        found = self._outcomes(node)
        return found if self.may_be_unknown(node) else found - {None}

    def _outcomes(self, node: Typed) -> frozenset[Outcome]:
        match node:
            case Const(value):
                return frozenset({bool(value)})
            case Read(name) if name in self.derived:
                return self.outcomes(self.derived[name])
            case Not(operand):
                return frozenset(None if one is None else not one for one in self.outcomes(operand))
            case Logic(op, operands):
                decisive = op == "or"
                found = [self.outcomes(operand) for operand in operands]
                possible: set[Outcome] = {decisive} if any(decisive in one for one in found) else set()
                if all((not decisive) in one for one in found):
                    possible.add(not decisive)
                if all(one - {decisive} for one in found) and any(None in one for one in found):
                    possible.add(None)
                return frozenset(possible)
            case Compare(op, left, right) if left.type.is_numeric:
                if (settled := self._settled(op, left, right)) is not None:
                    return frozenset({settled, None})
                return truths(op, self.number(left), self.number(right)) | {None}
            case Member(operand, members):
                possible_members, wanted = self.choices(operand), frozenset(members)
                return _either(possible_members & wanted, possible_members - wanted)
            case Compare(op, left, Const(value=str(value))):
                equal, other = self.choices(left) & {value}, self.choices(left) - {value}
                return _either(equal, other) if op == "==" else _either(other, equal)
            case Choose(condition, yes, no):
                asked = self.outcomes(condition)
                arms = [self.outcomes(arm) for arm, wanted in ((yes, True), (no, False)) if wanted in asked]
                return frozenset({None}).union(*arms)
            case Coalesce(operands):
                return frozenset().union(*map(self.outcomes, self._taken(operands)))
            case Known(operand):
                return frozenset({True, False} if self.may_be_unknown(operand) else {True})
        return EVERY

    def _settled(self, op: str, left: Typed, right: Typed) -> bool | None:
        key, is_as_asked = _below(op, left, right)
        found = self.settled.get(key)
        return None if found is None else found is is_as_asked

    def _taken(self, operands: tuple[Typed, ...]) -> list[Typed]:
        """Return the operands of `coalesce` up to the first that is never unknown."""
        taken = []
        for operand in operands:
            taken.append(operand)
            if not self.may_be_unknown(operand):
                break
        return taken

    def given(self, node: Typed, outcomes: frozenset[Outcome]) -> Reach:
        """Return what names may be where a condition came to one of `outcomes`."""
        found = self
        if None not in outcomes:
            names = {read.name for read in _strict(node)}
            found = replace(found, known=found.known | names)
        if len(outcomes) != 1:
            return found
        (outcome,) = outcomes
        match node:
            case Not(operand) if outcome is not None:
                return found.given(operand, frozenset({not outcome}))
            case Logic(op, operands) if outcome is (op == "and"):
                for operand in operands:
                    found = found.given(operand, outcomes)
            case Compare(op, left, right) if left.type.is_numeric and outcome is not None:
                found = found.compared(op, left, right, outcome)
        return found

    def joined(self, others: Sequence[Reach]) -> Reach:
        """Return what holds wherever any of `others` does; all of them have this one narrowed."""
        if not others:
            return self
        known = frozenset.intersection(*(other.known for other in others))
        settled = {
            key: less
            for key, less in others[0].settled.items()
            if all(other.settled.get(key) is less for other in others)
        }
        names = {name for other in others for name in other.ranges}
        everywhere = (-inf, inf)
        ranges = {name: hull([other.ranges.get(name, everywhere) for other in others]) for name in names}
        return replace(self, known=known, settled=settled, ranges=ranges)

    def compared(self, op: str, left: Typed, right: Typed, outcome: bool) -> Reach:
        """Return what names may be where a comparison came to `outcome`."""
        if op in ("==", "!="):
            return self
        key, is_as_asked = _below(op, left, right)
        found = replace(self, settled={**self.settled, key: outcome is is_as_asked})
        if not isinstance(left, Read):
            return found
        (low, high), (least, most) = found.number(left), found.number(right)
        narrowed = (low, min(high, most)) if (op in ("<", "<=")) is outcome else (max(low, least), high)
        return replace(found, ranges={**found.ranges, left.name: narrowed})


def _below(op: str, left: Typed, right: Typed) -> tuple[tuple[str, str], bool]:
    """Return two texts, and the truth value of a comparison where the first is less than the second.

    Where a is less than b, `a >= b` is false and `b > a` true.
    """
    a, b = text(left), text(right)
    return ((a, b), op == "<") if op in ("<", ">=") else ((b, a), op == ">")


def _either(true: frozenset[str], false: frozenset[str]) -> frozenset[Outcome]:
    """Return what a choice among members may come to: by which it is true, and by which false."""
    return frozenset({None} | ({True} if true else set()) | ({False} if false else set()))


def _strict(node: Typed) -> list[Read]:
    """Return the names without which an expression has no value."""
    match node:
        case Read(origin="fact" | "derived"):
            return [node]
        case Compare(_, left, right) | Arith(_, left, right):
            return _strict(left) + _strict(right)
        case Not(operand) | Member(operand, _) | Abs(operand):
            return _strict(operand)
        case Extreme(_, operands):
            return [read for operand in operands for read in _strict(operand)]
    return []
