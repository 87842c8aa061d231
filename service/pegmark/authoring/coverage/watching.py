"""Expressions that note what they come to: each condition true, false or unknown, each branch taken.

The values are those of the engine, which `observer` holds them to. Unknown is NaN among numbers and None
elsewhere. A derived name is worked out when it is first read, so that what nobody asks is not seen.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from math import nan
from typing import Any

from pegmark.authoring.coverage.items import Decision, Place, Register
from pegmark.authoring.coverage.reach import Reach
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
)
from pegmark.language.prose import text
from pegmark.language.quantise import quantise
from pegmark.rulebook.program import Program

Names = dict[str, Any]
Evaluate = Callable[[Names], Any]
When = Callable[[Names], bool | None]
WORDS: Mapping[bool | None, str] = {True: "holds", False: "does not hold", None: "cannot be told"}

_ARITHMETIC: Mapping[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": lambda a, b: a / b if b else nan,
}
_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


class Watch:
    """Turns expressions into functions of names that mark what they see in a register."""

    def __init__(self, register: Register, reach: Reach) -> None:
        self.register = register
        self.reach = reach
        self._decision: Decision | None = None
        self._derived: dict[str, Evaluate] = {}
        self._readers: dict[str, list[Reach]] = {}

    def derive(self, program: Program) -> None:
        """Watch the derived names, after all that read them: who asks says what may be the answer."""
        for one in reversed(program.derived):
            readers = self._readers.get(one.name, [])
            place = Place("derive", one.name, one.span)
            ask = self.when if one.expr.type.kind == "bool" else self.named
            self._derived[one.name] = self.asked(
                place, "read", ask(one.expr, place, self.reach.joined(readers))
            )

    def asked(self, place: Place, label: str, inner: Evaluate) -> Evaluate:
        """Return `inner`, which notes that its rule was asked."""
        fired, seen = self.register.add("rule", place, label), self.register.seen

        def found(names: Names) -> Any:
            seen[fired] = 1
            return inner(names)

        return found

    def when(
        self,
        node: Typed | None,
        place: Place,
        reach: Reach | None = None,
        words: Mapping[bool | None, str] = WORDS,
    ) -> When:
        """Return a rule's condition, and mark what it comes to; without one it always holds."""
        if node is None:
            return lambda _: True
        possible = (reach or self.reach).outcomes(node)
        why = f"`{text(node)}` rules it out"
        marks = {
            outcome: self.register.add(
                "branch", place, label, unreachable=None if outcome in possible else why
            )
            for outcome, label in words.items()
            if outcome is not None or node.type.optional
        }
        self._decision = Decision(place, marks, [])
        self.register.decisions.append(self._decision)
        inner, seen = self.named(node, place, reach), self.register.seen
        self._decision = None

        def asked(names: Names) -> bool | None:
            value: bool | None = inner(names)
            if value in marks:
                seen[marks[value]] = 1
            return value

        return asked

    def named(self, node: Typed, place: Place, reach: Reach | None = None) -> Evaluate:
        """Return what an expression is where it is compared or named: a number on its grid."""
        reach = reach or self.reach
        self.register.expressions.setdefault(place.rule, []).append(node)
        inner = (
            self._boolean(node, place, reach) if node.type.kind == "bool" else self._value(node, place, reach)
        )
        return self._on_grid(node, inner)

    @staticmethod
    def _on_grid(node: Typed, inner: Evaluate) -> Evaluate:
        kind = node.type.kind
        if not node.type.is_numeric or isinstance(node, Read):
            return inner
        return lambda names: quantise(inner(names), kind)

    # Conditions

    def _boolean(self, node: Typed, place: Place, reach: Reach) -> Evaluate:
        match node:
            case Const():
                return self._value(node, place, reach)
            case Not(operand):
                inner = self._boolean(operand, place, reach)
                return lambda names: None if (value := inner(names)) is None else not value
            case Logic(op, operands):
                return _logic(op == "or", [self._boolean(operand, place, reach) for operand in operands])
            case Choose() | Coalesce():
                return self._value(node, place, reach)
        return self._atom(node, place, reach)

    def _atom(self, node: Typed, place: Place, reach: Reach) -> Evaluate:
        """Return a condition that has no parts, and mark what it comes to."""
        possible, shown = reach.outcomes(node), text(node)
        marks = {
            outcome: self.register.add(
                "condition",
                place,
                label,
                shown,
                node.span,
                None if outcome in possible else f"`{shown}` cannot be {label}",
            )
            for outcome, label in ((True, "true"), (False, "false"), (None, "unknown"))
            if outcome is not None or node.type.optional
        }
        if self._decision is not None:
            self._decision.conditions.append(marks)
        inner, seen = self._value(node, place, reach), self.register.seen

        def watched(names: Names) -> Any:
            value = inner(names)
            if value in marks:
                seen[marks[value]] = 1
            return value

        return watched

    # Values

    def _value(self, node: Typed, place: Place, reach: Reach) -> Evaluate:
        def of(child: Typed) -> Evaluate:
            return self._arm(child, place, reach)

        def side(child: Typed) -> Evaluate:
            return self._on_grid(child, self._value(child, place, reach))

        match node:
            case Const(value):
                fixed = float(value) if isinstance(value, Fraction) else value
                return lambda _: fixed
            case Read():
                return self._read(node, reach)
            case Compare(op, left, right):
                return _compared(_COMPARISONS[op], side(left), side(right))
            case Member(operand, members):
                inner = self._value(operand, place, reach)
                return lambda names: None if (value := inner(names)) is None else value in members
            case Arith(op, left, right):
                a, b, combine = of(left), of(right), _ARITHMETIC[op]
                return lambda names: combine(a(names), b(names))
            case Choose(condition, yes, no):
                asked = of(condition)
                arms = [
                    self._arm(arm, place, reach.given(condition, frozenset({outcome})))
                    for outcome, arm in ((False, no), (True, yes))
                ]
                return self._choose(node, asked, arms, place, reach)
            case Known(operand):
                inner = self._value(operand, place, reach)
                return lambda names: not _is_unknown(inner(names))
            case Extreme(op, operands):
                return self._extreme(op, operands, [of(operand) for operand in operands], place, reach)
            case Abs(operand):
                inner = of(operand)
                return lambda names: abs(inner(names))
            case Coalesce(operands):
                return self._coalesce(node, [of(operand) for operand in operands], place, reach)
            case Not() | Logic():
                return self._boolean(node, place, reach)

    def _arm(self, node: Typed, place: Place, reach: Reach) -> Evaluate:
        is_condition = node.type.kind == "bool"
        return self._boolean(node, place, reach) if is_condition else self._value(node, place, reach)

    def _read(self, node: Read, reach: Reach) -> Evaluate:
        name, unknown = node.name, nan if node.type.is_numeric else None
        if node.origin != "derived":
            return lambda names: names.get(name, unknown)
        work_out = self._derived
        self._readers.setdefault(name, []).append(reach)

        def derived(names: Names) -> Any:
            if name not in names:
                names[name] = work_out[name](names)
            return names[name]

        return derived

    def _choose(
        self, node: Choose, condition: Evaluate, arms: Sequence[Evaluate], place: Place, reach: Reach
    ) -> Evaluate:
        possible, shown = reach.outcomes(node.condition), text(node.condition)
        marks = [
            self.register.add(
                "branch",
                place,
                label,
                text(arm),
                arm.span,
                None if outcome in possible else f"`{shown}` cannot be {str(outcome).lower()}",
            )
            for outcome, label, arm in (
                (False, f"where not `{shown}`", node.no),
                (True, f"where `{shown}`", node.yes),
            )
        ]
        seen, unknown = self.register.seen, nan if node.type.is_numeric else None

        def choose(names: Names) -> Any:
            chosen = condition(names)
            if chosen is None:
                return unknown
            seen[marks[chosen]] = 1
            return arms[chosen](names)

        return choose

    def _extreme(
        self,
        op: str,
        operands: Sequence[Typed],
        values: Sequence[Evaluate],
        place: Place,
        reach: Reach,
    ) -> Evaluate:
        word = "the least" if op == "min" else "the greatest"
        ranges = [reach.number(operand) for operand in operands]
        marks = []
        for n, operand in enumerate(operands):
            others = [found for k, found in enumerate(ranges) if k != n]
            beaten = (
                any(ranges[n][0] > high for _, high in others)
                if op == "min"
                else any(ranges[n][1] < low for low, _ in others)
            )
            why = f"`{text(operand)}` is never {word}" if beaten else None
            marks.append(self.register.add("branch", place, f"as {word}", text(operand), operand.span, why))
        seen, fold = self.register.seen, min if op == "min" else max

        def extreme(names: Names) -> float:
            found: list[float] = [value(names) for value in values]
            if any(value != value for value in found):  # noqa: PLR0124 - NaN
                return nan
            best = fold(found)
            for mark, value in zip(marks, found, strict=True):
                if value == best:
                    seen[mark] = 1
            return best

        return extreme

    def _coalesce(self, node: Coalesce, values: Sequence[Evaluate], place: Place, reach: Reach) -> Evaluate:
        marks = []
        why: str | None = None
        for operand in node.operands:
            shown = text(operand)
            marks.append(self.register.add("branch", place, "taken", shown, operand.span, why))
            if why is None and not reach.may_be_unknown(operand):
                why = f"`{shown}` is never unknown"
        seen, unknown = self.register.seen, nan if node.type.is_numeric else None

        def coalesce(names: Names) -> Any:
            for mark, value in zip(marks, values, strict=True):
                found = value(names)
                if not _is_unknown(found):
                    seen[mark] = 1
                    return found
            return unknown

        return coalesce


def _is_unknown(value: Any) -> bool:
    return value is None or value != value  # noqa: PLR0124 - NaN


def _compared(test: Callable[[Any, Any], bool], left: Evaluate, right: Evaluate) -> Evaluate:
    def compared(names: Names) -> bool | None:
        a, b = left(names), right(names)
        return None if _is_unknown(a) or _is_unknown(b) else test(a, b)

    return compared


def _logic(decisive: bool, operands: Sequence[Evaluate]) -> Evaluate:
    def logic(names: Names) -> bool | None:
        found = [operand(names) for operand in operands]
        if decisive in found:
            return decisive
        return None if None in found else not decisive

    return logic
