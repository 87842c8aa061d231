"""What a checked expression means, said by walking it; `None` is unknown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from math import isfinite, isnan

from pegmark.language import nodes

Value = float | bool | str | None
Names = Mapping[str, Value]

REACHED: Counter[str] = Counter()
"""Each form with its operator and whether it came out known, true, false or unknown: what was tried."""


def evaluate(node: nodes.Typed, names: Names) -> Value:
    """Return the value of an expression."""
    value = _value(node, names)
    outcome = "unknown" if value is None else str(value).lower() if isinstance(value, bool) else "known"
    form = getattr(node, "op", getattr(node, "origin", "-"))
    REACHED[f"{type(node).__name__} {form} {outcome}"] += 1
    return value


def _value(node: nodes.Typed, names: Names) -> Value:
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
            return _arithmetic(op, evaluate(left, names), evaluate(right, names))
        case nodes.Compare(op, left, right):
            return _compare(op, rounded(left, names), rounded(right, names))
    raise AssertionError(node)


def rounded(node: nodes.Typed, names: Names) -> Value:
    """Return the value an expression has where it is compared or named: numbers on their grid."""
    value = evaluate(node, names)
    return quantised(value, node.type.kind) if node.type.is_numeric else value


def quantised(x: float | None, kind: str) -> float | None:
    """Round to the grid of the unit; what overflows is unknown."""
    if x is None or not isfinite(x) or abs(x) >= 1e15:
        return None
    scale = 1e6 if kind == "USD" else 1e12
    return round(x * scale) / scale + 0.0


def _arithmetic(op: str, a: Value, b: Value) -> float | None:
    """Return a op b; unknown if either is, or if b divides and is zero."""
    if a is None or b is None or (op == "/" and b == 0):
        return None
    found = {"+": lambda: a + b, "-": lambda: a - b, "*": lambda: a * b, "/": lambda: a / b}[op]()
    return None if isnan(found) else found


def _compare(op: str, a: Value, b: Value) -> bool | None:
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
