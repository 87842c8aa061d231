"""A checked expression as one line of Python.

The meaning is that of `docs/rule-language.md`: Kleene's three values. Unknown is NaN among numbers
and None among booleans and enums, so that arithmetic needs no branch. Facts arrive quantised and
literals are exact and named values are quantised where they are named, so only computed operands
are quantised before they are compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import partial
from itertools import count
from math import inf, isnan

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
from pegmark.language.types import Type

NAN = float("nan")
ONE = 10**12
"""The scale of ratios, numbers, days and points where they are held as integers."""
MICRO = 10**6
"""The scale of USD where it is held as an integer."""

# Adding 1.5 * 2**52 to a double under 2**51 in size leaves no room for a fraction, so that taking it
# away again rounds half to even as `round` does.
_HALF = repr(1.5 * 2**52)
# Python refuses sources nested more deeply than about 200 brackets; a form takes at most four.
_DEEPEST = 24


def quantise(x: float) -> float:
    """Round a ratio, number, days or points to 12 decimals; overflow is unknown.

    >>> quantise(0.1 + 0.2), quantise(float("inf"))
    (0.3, nan)
    """
    return round(x * 1e12) / 1e12 if -1e15 < x < 1e15 else NAN


def quantise_usd(x: float) -> float:
    """Round dollars to a millionth; overflow is unknown."""
    return round(x * 1e6) / 1e6 if -1e15 < x < 1e15 else NAN


def divide(a: float, b: float) -> float:
    """Return a / b; unknown where b is zero or either is unknown."""
    return a / b if b else NAN


def as_json(x: float) -> int | float | None:
    """Return a number as JSON writes it canonically: integers without a fraction, unknown as null.

    >>> as_json(1.0), as_json(0.5), as_json(NAN)
    (1, 0.5, None)
    """
    if isnan(x):
        return None
    return int(x) if x.is_integer() else x


def ratio(value: int) -> int | float:
    """Return an integer of scale 1e12 as JSON writes it canonically, as a decimal.

    >>> ratio(ONE), ratio(ONE // 4)
    (1, 0.25)
    """
    return value // ONE if value % ONE == 0 else value / ONE


_BUILTINS: Mapping[str, object] = {"round": round, "abs": abs, "min": min, "max": max, "int": int}
RUNTIME: Mapping[str, object] = {
    **_BUILTINS,
    "NAN": NAN,
    "INF": inf,
    "Q": quantise,
    "divide": divide,
    "partial": partial,
    "__builtins__": _BUILTINS,
}
"""All that generated code can reach."""


def literal(value: Fraction | bool | str | float) -> str:
    """Return `value` as Python source, the nearest double for a fraction."""
    if isinstance(value, (Fraction, float)):
        if isnan(value):
            return "NAN"
        return f"({float(value)!r})" if value < 0 else repr(float(value))
    return repr(value)


def unknown_of(kind: Type) -> str:
    """Return the source of the unknown value of a type."""
    return "NAN" if kind.is_numeric else "None"


class Emitter:
    """Turns expressions into source; `name_of` says what a read is called (or inlined as)."""

    def __init__(self, name_of: Callable[[Read], str]) -> None:
        self._name_of = name_of
        self._temporaries = (f"t{n}" for n in count())

    def temporary(self) -> str:
        """Return a fresh variable name."""
        return next(self._temporaries)

    def statements(self, node: Typed) -> tuple[list[str], str]:
        """Return assignments to run first, then the expression; deep operands are hoisted.

        The language is total, so evaluating an operand early changes nothing but the nesting.
        """
        lines: list[str] = []
        hoisted: dict[int, str] = {}
        for deep in _too_deep(node):
            name = self.temporary()
            lines.append(f"{name} = {self._value(deep, hoisted)}")
            hoisted[id(deep)] = name
        return lines, self._value(node, hoisted)

    def held(self, text: str, node: Typed | None = None) -> tuple[str, str]:
        """Return the source that evaluates `text` once, and the name its value then has."""
        if text.isidentifier() or (node is not None and is_constant(node)):
            return text, text
        name = self.temporary()
        return f"({name} := {text})", name

    def quantised(self, node: Typed, text: str) -> str:
        """Return the source of a computed number on its grid; what lies on it already is left alone."""
        if not node.type.is_numeric:
            return text
        if is_constant(node):
            return literal(self._rounded(node))
        if self.lies_on_grid(node):
            return text
        if node.type.kind == "USD":
            # As `quantise_usd`, without a call.
            t = self.temporary()
            return f"(round({t} * 1e6) / 1e6 if -1e15 < ({t} := {text}) < 1e15 else NAN)"
        return self.on_grid(text)

    def on_grid(self, text: str) -> str:
        """Return the source of a computed ratio, number, days or points, rounded."""
        t = self.temporary()
        # As `quantise`, mostly without a call.
        return f"(({t} * 1e12 + {_HALF} - {_HALF}) / 1e12 if -2e3 < ({t} := {text}) < 2e3 else Q({t}))"

    def _constant(self, node: Typed) -> float:
        """Return the number that a literal in the source is."""
        return float(self._value(node, {}).strip("()"))

    def _rounded(self, node: Typed) -> float:
        return (quantise_usd if node.type.kind == "USD" else quantise)(self._constant(node))

    def lies_on_grid(self, node: Typed) -> bool:
        """Tell whether a number needs no rounding: names, most literals, and a choice among such."""
        if is_constant(node):
            return self._constant(node) == self._rounded(node)
        match node:
            case Read():
                return True
            case Choose(_, yes, no):
                return self.lies_on_grid(yes) and self.lies_on_grid(no)
            case Coalesce(operands) | Extreme(_, operands):
                return all(map(self.lies_on_grid, operands))
            case Abs(inner):
                return self.lies_on_grid(inner)
        return False

    def _value(self, node: Typed, hoisted: Mapping[int, str]) -> str:
        if id(node) in hoisted:
            return hoisted[id(node)]

        def operand(child: Typed) -> str:
            return self._value(child, hoisted)

        match node:
            case Const(value):
                return literal(value)
            case Read():
                return self._name_of(node)
            case Not(inner):
                if is_certain(inner):
                    return f"(not {operand(inner)})"
                first, t = self.held(operand(inner))
                return f"(None if {first} is None else not {t})"
            case Logic(op, operands):
                return self._logic(op, [(operand(o), is_certain(o)) for o in operands])
            case Compare(op, left, right):
                return self._compare(op, left, right, operand)
            case Member(inner, members):
                if is_certain(inner):
                    return f"({operand(inner)} in {members!r})"
                first, t = self.held(operand(inner))
                return f"(None if {first} is None else {t} in {members!r})"
            case Arith(op, left, right):
                if op == "/" and is_constant(left) and is_constant(right):
                    found = divide(self._constant(left), self._constant(right))
                    return literal(found)
                if op == "/":
                    return f"divide({operand(left)}, {operand(right)})"
                return f"({operand(left)} {op} {operand(right)})"
            case Choose(condition, yes, no):
                if is_certain(condition):
                    return f"({operand(yes)} if {operand(condition)} else {operand(no)})"
                first, t = self.held(operand(condition))
                chosen = f"{operand(yes)} if {t} else {operand(no)}"
                return f"({unknown_of(node.type)} if {first} is None else {chosen})"
            case Known(inner):
                if inner.type.is_numeric:
                    first, t = self.held(operand(inner))
                    return f"({first} == {t})"
                return f"({operand(inner)} is not None)"
            case Extreme(op, operands):
                return self._extreme(op, operands, operand)
            case Abs(inner):
                return f"abs({operand(inner)})"
            case Coalesce(operands):
                return self._coalesce(operands, operand)

    def _logic(self, op: str, operands: list[tuple[str, bool]]) -> str:
        decisive = "False" if op == "and" else "True"
        neutral = "True" if op == "and" else "False"
        if all(certain for _, certain in operands):
            return "(" + f" {op} ".join(text for text, _ in operands) + ")"
        names = [self.temporary() for _ in operands]
        decided = " or ".join(
            f"({t} := {text}) is {decisive}" for t, (text, _) in zip(names, operands, strict=True)
        )
        unsure = " or ".join(f"{t} is None" for t in names)
        return f"({decisive} if {decided} else None if {unsure} else {neutral})"

    def _compare(self, op: str, left: Typed, right: Typed, operand: Callable[[Typed], str]) -> str:
        if not left.type.is_numeric:
            both = [self.held(operand(side), side) for side in (left, right)]
            unsure = " or ".join(
                f"{first} is None"
                for (first, _), side in zip(both, (left, right), strict=True)
                if not is_certain(side)
            )
            if not unsure:
                return f"({both[0][0]} {op} {both[1][0]})"
            # What is not asked has not been evaluated either.
            a, b = (
                first if is_certain(side) else name
                for (first, name), side in zip(both, (left, right), strict=True)
            )
            return f"(None if {unsure} else {a} {op} {b})"
        sides, guards = [], []
        for side in (left, right):
            text = self.quantised(side, operand(side))
            if is_constant(side):
                sides.append(text)
            else:
                first, t = self.held(text)
                guards.append(f"{first} == {t}")
                sides.append(t)
        test = f"{sides[0]} {op} {sides[1]}"
        return f"({test} if {' and '.join(guards)} else None)" if guards else f"({test})"

    def _extreme(self, op: str, operands: tuple[Typed, ...], operand: Callable[[Typed], str]) -> str:
        sign = "<=" if op == "min" else ">="
        folded, is_known = operand(operands[0]), _is_number(operands[0])
        for node in operands[1:]:
            first, a = (folded, folded) if is_known else self.held(folded)
            other, b = self.held(operand(node), node)
            tests = [] if is_known else [f"{first} == {a}"]
            if not _is_number(node):
                tests.append(f"{other} == {b}")
            chosen = f"{a} if {a} {sign} {b} else {b}"
            is_known = False
            folded = f"(NAN if not ({' and '.join(tests)}) else {chosen})" if tests else f"({chosen})"
        return folded

    def _coalesce(self, operands: tuple[Typed, ...], operand: Callable[[Typed], str]) -> str:
        text = operand(operands[-1])
        for earlier in reversed(operands[:-1]):
            first, t = self.held(operand(earlier))
            is_known = f"{first} == {t}" if earlier.type.is_numeric else f"{first} is not None"
            text = f"({t} if {is_known} else {text})"
        return text


def is_constant(node: Typed) -> bool:
    """Tell whether a node is a literal in the source."""
    return isinstance(node, Const) or (isinstance(node, Read) and node.origin == "param")


def _is_number(node: Typed) -> bool:
    """Tell whether a number is never unknown: a literal, or the size of a position."""
    return is_constant(node) or (isinstance(node, Read) and node.origin == "position")


def is_certain(node: Typed) -> bool:
    """Tell whether a condition or a choice has a value whatever the facts are.

    Its type does not say so: what is computed from known numbers may still overflow.
    """
    match node:
        case Const() | Known():
            return True
        case Read(origin=origin, type=kind):
            return origin == "outcome" and not kind.is_numeric
        case Not() | Member() | Logic() | Choose():
            return all(is_certain(child) for child in children(node))
        case Compare(_, left, right):
            return not left.type.is_numeric and is_certain(left) and is_certain(right)
    return False


def _too_deep(root: Typed) -> Iterator[Typed]:
    """Yield operands, inner ones first, whose height reached the deepest nesting allowed.

    Iterative: a sum of a thousand terms is a thousand levels deep.
    """
    level: Sequence[Typed] = [root]
    for _ in range(_DEEPEST):
        level = [child for node in level for child in children(node)]
        if not level:
            return  # as nearly all are
    heights: dict[int, int] = {}
    stack: list[tuple[Typed, bool]] = [(root, False)]
    while stack:
        node, ready = stack.pop()
        if not ready:
            stack.append((node, True))
            stack.extend((child, False) for child in children(node))
            continue
        height = 1 + max((heights[id(child)] for child in children(node)), default=0)
        if height >= _DEEPEST and node is not root:
            yield node
            height = 1
        heights[id(node)] = height
