"""Syntax to checked expression: names resolved, units agreed, unknown accounted for.

Units: like adds to and compares with like; ratio x u = u and number x u = u; u / u = ratio;
u / ratio = u and u / number = u. Anything else is an error that says how to write it.
"""

from __future__ import annotations

from fractions import Fraction
from typing import cast

from pegmark.language import syntax as sx
from pegmark.language.nodes import (
    Abs,
    Arith,
    Arithmetic,
    Choose,
    Coalesce,
    Compare,
    Comparison,
    Const,
    Extreme,
    Known,
    Logic,
    Member,
    Not,
    Read,
    Typed,
)
from pegmark.language.parser import parse
from pegmark.language.scope import Place, Scope, nearest
from pegmark.language.tokens import Malformed
from pegmark.language.types import BOOL, Type
from pegmark.problems import Problem, Span

FUNCTIONS = {
    "min": (2, 8),
    "max": (2, 8),
    "abs": (1, 1),
    "clamp": (3, 3),
    "known": (1, 1),
    "coalesce": (2, 8),
}
"""Functions with the least and greatest number of arguments."""

_NOUNS = {"bool": "a condition", "enum": "a choice", "number": "a bare number", "USD": "an amount of USD"}


def check(
    text: str, scope: Scope, place: Place, expected: Type | None = None
) -> tuple[Typed | None, list[Problem]]:
    """Return the checked expression, or None and what is wrong with it (the first thing found).

    `expected` gives bare enum texts their members and is what the whole must be, if given.
    """
    checker = _Checker(scope, place)
    try:
        node = checker.check(parse(text), expected)
        if expected is not None:
            checker.require(node, expected)
    except Malformed as stop:
        span = Span(place.file, place.at(stop.start), place.at(stop.end))
        return None, [
            Problem(
                stop.code, stop.message, span, stop.help, yaml_path=place.yaml_path, rule_id=place.rule_id
            )
        ]
    return node, []


def literal(
    text: str, place: Place, expected: Type | None = None
) -> tuple[Fraction | bool | str | None, Type | None, list[Problem]]:
    """Return the value and type of a text that is one literal, negative or not."""
    node, problems = check(text, Scope({}), place, expected)
    match node:
        case None:
            return None, None, problems
        case Const():
            return node.value, node.type, []
    span = Span(place.file, place.at(0), place.at(len(text)))
    problem = Problem(
        "E0205", f"`{text}` is not a literal", span, None, yaml_path=place.yaml_path, rule_id=place.rule_id
    )
    return None, None, [problem]


def noun(kind: Type) -> str:
    """Return a type in words: `a ratio`, `one of "none", "all_holders"`."""
    if kind.kind == "enum" and kind.members:
        return "one of " + ", ".join(f'"{m}"' for m in kind.members)
    return _NOUNS.get(kind.kind, f"a {kind.kind}" if kind.kind == "ratio" else f"a number of {kind.kind}")


class _Checker:
    def __init__(self, scope: Scope, place: Place) -> None:
        self._scope = scope
        self._place = place

    def span(self, node: sx.Syntax) -> Span:
        return Span(self._place.file, self._place.at(node.start), self._place.at(node.end))

    def check(self, node: sx.Syntax, expected: Type | None = None) -> Typed:
        match node:
            case sx.Number():
                return Const(node.amount, Type(node.unit), self.span(node))
            case sx.Truth():
                return Const(node.value, BOOL, self.span(node))
            case sx.Text():
                return self.text(node, expected)
            case sx.Name():
                return self.name(node)
            case sx.Unary(op="not"):
                operand = self.condition(node.operand)
                return Not(operand, operand.type, self.span(node))
            case sx.Unary():
                return self.negative(node)
            case sx.Logical():
                operands = tuple(self.condition(operand) for operand in node.operands)
                op = "and" if node.op == "and" else "or"
                return Logic(op, operands, _optional(BOOL, *operands), self.span(node))
            case sx.Chain():
                return self.chain(node)
            case sx.OneOf():
                return self.one_of(node)
            case sx.Binary():
                return self.arithmetic(node)
            case sx.Conditional():
                return self.conditional(node, expected)
            case sx.Call():
                return self.call(node)

    def require(self, node: Typed, expected: Type) -> None:
        """Stop unless `node` has the expected kind (and members)."""
        kind = node.type
        if kind.kind == expected.kind and (kind.kind != "enum" or kind.members == expected.members):
            return
        start, end = self._offsets(node)
        code = "E0204" if kind.is_numeric and expected.is_numeric else "E0205"
        raise Malformed(
            code,
            f"this is {noun(kind)}, where {noun(expected)} is needed",
            start,
            end,
            _advice(node, expected),
        )

    def _offsets(self, node: Typed) -> tuple[int, int]:
        # Spans are file positions; the whole expression starts at offset 0 in every place.
        return 0, 1

    def condition(self, node: sx.Syntax) -> Typed:
        found = self.check(node, BOOL)
        if found.type.kind != "bool":
            raise self.wrong(node, "E0205", f"this is {noun(found.type)}, where a condition is needed")
        return found

    def number(self, node: sx.Syntax) -> Typed:
        found = self.check(node)
        if not found.type.is_numeric:
            raise self.wrong(node, "E0205", f"this is {noun(found.type)}, where a number is needed")
        return found

    def wrong(self, node: sx.Syntax, code: str, message: str, help: str | None = None) -> Malformed:
        return Malformed(code, message, node.start, node.end, help)

    def text(self, node: sx.Text, expected: Type | None) -> Typed:
        if expected is None or expected.kind != "enum":
            raise self.wrong(
                node,
                "E0205",
                f'`"{node.text}"` stands where no choice is made',
                "compare it with an enum fact",
            )
        if node.text not in expected.members:
            near = nearest(node.text, dict.fromkeys(expected.members))
            advice = (
                f'did you mean `"{near}"`?'
                if near
                else "members are " + ", ".join(f"`{m}`" for m in expected.members)
            )
            raise self.wrong(node, "E0206", f'`"{node.text}"` is not a member', advice)
        return Const(node.text, expected.known(), self.span(node))

    def name(self, node: sx.Name) -> Typed:
        symbol = self._scope.symbols.get(node.name)
        if symbol is not None:
            return Read(node.name, symbol.origin, symbol.type, self.span(node))
        if node.name in self._scope.elsewhere:
            raise self.wrong(
                node, "E0207", f"`{node.name}` cannot be read here", self._scope.elsewhere[node.name]
            )
        near = self._scope.near(node.name)
        raise self.wrong(
            node, "E0201", f"unknown name `{node.name}`", f"did you mean `{near}`?" if near else None
        )

    def negative(self, node: sx.Unary) -> Typed:
        operand = self.number(node.operand)
        if isinstance(operand, Const) and isinstance(operand.value, Fraction):
            return Const(-operand.value, operand.type, self.span(node))
        zero = Const(Fraction(0), operand.type.known(), self.span(node))
        return Arith("-", zero, operand, operand.type, self.span(node))

    def chain(self, node: sx.Chain) -> Typed:
        found = [self.compare(node, n) for n in range(len(node.ops))]
        if len(found) == 1:
            return found[0]
        return Logic("and", tuple(found), _optional(BOOL, *found), self.span(node))

    def compare(self, node: sx.Chain, n: int) -> Typed:
        left, right = self.pair(node.operands[n], node.operands[n + 1])
        op = cast(Comparison, node.ops[n])
        if not left.type.is_numeric and op not in ("==", "!="):
            raise self.wrong(
                node,
                "E0205",
                f"`{op}` compares numbers, and this is {noun(left.type)}",
                'list the members: `x in ("a", "b")`',
            )
        span = Span(self._place.file, left.span.start, right.span.end)
        return Compare(op, left, right, _optional(BOOL, left, right), span)

    def pair(self, a: sx.Syntax, b: sx.Syntax) -> tuple[Typed, Typed]:
        """Check two operands that must be of one type; a bare text takes its members from the other."""
        if isinstance(a, sx.Text):
            right = self.check(b)
            left = self.check(a, right.type)
        else:
            left = self.check(a)
            right = self.check(b, left.type)
        self.same(left, right, b, "comparing")
        return left, right

    def same(self, left: Typed, right: Typed, at: sx.Syntax, doing: str) -> None:
        if left.type.kind == right.type.kind and left.type.members == right.type.members:
            return
        both = left.type.is_numeric and right.type.is_numeric
        message = (
            f"unit mismatch: {doing} {left.type.kind} with {right.type.kind}"
            if both
            else f"{doing} {noun(left.type)} with {noun(right.type)}"
        )
        advice = _advice(right, left.type) or _advice(left, right.type)
        named = left if isinstance(left, Read) else right if isinstance(right, Read) else None
        if advice and isinstance(named, Read):
            advice = f"`{named.name}` is {noun(named.type)}; {advice}"
        raise self.wrong(at, "E0204" if both else "E0205", message, advice)

    def one_of(self, node: sx.OneOf) -> Typed:
        operand = self.check(node.operand)
        if operand.type.kind != "enum":
            raise self.wrong(node.operand, "E0205", f"this is {noun(operand.type)}, where a choice is needed")
        members = []
        for member in node.members:
            found = self.check(member, operand.type)
            if not isinstance(found, Const):
                raise self.wrong(member, "E0205", "members are written in double quotes")
            members.append(str(found.value))
        return Member(operand, tuple(members), _optional(BOOL, operand), self.span(node))

    def arithmetic(self, node: sx.Binary) -> Typed:
        left, right = self.number(node.left), self.number(node.right)
        kind = self.unit(node, left, right)
        op = cast(Arithmetic, node.op)
        constant = isinstance(right, Const) and right.value != 0
        result = _optional(kind, left, right).maybe(op == "/" and not constant)
        return Arith(op, left, right, result, self.span(node))

    def unit(self, node: sx.Binary, left: Typed, right: Typed) -> Type:
        a, b = left.type.known(), right.type.known()
        if node.op in "+-":
            self.same(left, right, node.right, "adding" if node.op == "+" else "subtracting")
            return a
        if node.op == "*" and a.kind in ("ratio", "number"):
            return a if b.kind == "number" else b
        if b.kind in ("ratio", "number") and a.kind != b.kind:
            return a
        if node.op == "*" and b.kind in ("ratio", "number"):
            return a
        if node.op == "/" and a.kind == b.kind:
            return Type("number") if a.kind == "number" else Type("ratio")
        word = "multiplying" if node.op == "*" else "dividing"
        join = "by"
        raise self.wrong(
            node.right,
            "E0204",
            f"unit mismatch: {word} {a.kind} {join} {b.kind}",
            "one operand must be a ratio or a bare number"
            + (", or both of one unit" if node.op == "/" else ""),
        )

    def conditional(self, node: sx.Conditional, expected: Type | None) -> Typed:
        condition = self.condition(node.condition)
        if expected is None and isinstance(node.yes, sx.Text):
            no = self.check(node.no)
            yes = self.check(node.yes, no.type)
        else:
            yes = self.check(node.yes, expected)
            no = self.check(node.no, expected or yes.type)
        self.same(yes, no, node.no, "choosing between")
        return Choose(condition, yes, no, _optional(yes.type.known(), condition, yes, no), self.span(node))

    def call(self, node: sx.Call) -> Typed:
        if node.function not in FUNCTIONS:
            near = nearest(node.function, FUNCTIONS)
            at = sx.Name(node.function, node.start, node.name_end)
            known = "functions are " + ", ".join(f"`{name}`" for name in FUNCTIONS)
            raise self.wrong(
                at,
                "E0202",
                f"unknown function `{node.function}`",
                f"did you mean `{near}`?" if near else known,
            )
        least, most = FUNCTIONS[node.function]
        if not least <= len(node.arguments) <= most:
            many = str(least) if least == most else f"{least} to {most}"
            count = len(node.arguments)
            raise self.wrong(node, "E0203", f"`{node.function}` takes {many} arguments, not {count}")
        if node.function == "known":
            operand = self.check(node.arguments[0])
            return Known(operand, BOOL, self.span(node))
        if node.function == "coalesce" and not self._scope.coalesce:
            raise self.wrong(
                node,
                "E0208",
                "`coalesce` is allowed in `derive` only",
                "say what unknown means with `on_unknown` or `unknown`",
            )
        return self.numeric_call(node)

    def numeric_call(self, node: sx.Call) -> Typed:
        span = self.span(node)
        first = self.check(node.arguments[0])
        arguments = [first]
        for argument in node.arguments[1:]:
            found = self.check(argument, first.type)
            self.same(first, found, argument, "comparing")
            arguments.append(found)
        if node.function == "coalesce":
            unsure = all(a.type.optional for a in arguments)
            return Coalesce(tuple(arguments), first.type.known().maybe(unsure), span)
        if not first.type.is_numeric:
            raise self.wrong(
                node.arguments[0], "E0205", f"this is {noun(first.type)}, where a number is needed"
            )
        kind = _optional(first.type.known(), *arguments)
        match node.function:
            case "abs":
                return Abs(first, kind, span)
            case "clamp":
                x, low, high = arguments
                return Extreme(
                    "min", (Extreme("max", (x, low), _optional(kind, x, low), span), high), kind, span
                )
        return Extreme("min" if node.function == "min" else "max", tuple(arguments), kind, span)


def _optional(kind: Type, *operands: Typed) -> Type:
    return kind.known().maybe(any(operand.type.optional for operand in operands))


def _advice(node: Typed, needed: Type) -> str | None:
    """Say how a bare literal is written in the unit that is needed."""
    if not isinstance(node, Const) or not isinstance(node.value, Fraction):
        return None
    shown = f"{float(node.value):g}"
    match needed.kind:
        case "ratio":
            return f"write `{shown}%` for {shown} percent"
        case "days":
            return f"write `{shown}d` for {shown} days"
        case "USD":
            return f"write `${shown}` for {shown} dollars"
    return None
