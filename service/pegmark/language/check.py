"""Text to checked expression: names resolved, units agreed, unknown accounted for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Literal, cast

from pegmark.language import advice, units
from pegmark.language import syntax as sx
from pegmark.language.functions import FUNCTIONS, resolve
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
from pegmark.language.scope import Place, Scope
from pegmark.language.tokens import Malformed, shown
from pegmark.language.types import BOOL, Type
from pegmark.problems import Problem, Span

_NOTHING = Scope({})
_COMPARING = "comparing {} with {}"
_CHOOSING = "choosing between {} and {}"
_ADDING = "adding {1} to {0}"
_SUBTRACTING = "subtracting {1} from {0}"

MAX_PROBLEMS = 10
"""How many problems of one expression are looked for."""


def check(
    text: str, scope: Scope, place: Place, expected: Type | None = None
) -> tuple[Typed | None, list[Problem]]:
    """Return the checked expression, or None and everything that is wrong with it, in order.

    `expected` is what the whole must be, if given; texts take their members from it.
    """
    checker = _Checker(scope, place)
    with checker.aside:
        return checker.whole(parse(text), expected), []
    return None, sorted(checker.aside.problems, key=lambda problem: (problem.span, problem.code))


def literal(
    text: str, place: Place, expected: Type | None = None
) -> tuple[Fraction | bool | str | None, Type | None, list[Problem]]:
    """Return the value and type of a text that is one literal, negative or not."""
    node, problems = check(text, _NOTHING, place, expected)
    if isinstance(node, Const):
        return node.value, node.type, []
    if node is not None:
        hint = "write a value like `80%`, `45d`, `$50M`, `2.5` or `true`"
        problems = [
            _problem(Malformed("E0205", f"`{shown(text)}` is not a literal", 0, len(text), hint), place)
        ]
    return None, None, problems


class _Reported(Exception):
    """Something below is wrong and has been reported; what stands above it cannot be judged."""


class _Aside:
    """Notes what goes wrong in a `with` block, so that what stands beside it is looked at as well."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self.problems: list[Problem] = []

    def __enter__(self) -> None:
        if len(self.problems) >= MAX_PROBLEMS:
            raise _Reported

    def __exit__(self, kind: object, stop: BaseException | None, trace: object) -> bool:
        if isinstance(stop, Malformed):
            self.problems.append(_problem(stop, self._place))
        return isinstance(stop, (Malformed, _Reported))


def _problem(stop: Malformed, place: Place) -> Problem:
    span = Span(place.file, place.at(stop.start), place.at(stop.end))
    return Problem(stop.code, stop.message, span, stop.hint, yaml_path=place.yaml_path, rule_id=place.rule_id)


class _Checker:
    def __init__(self, scope: Scope, place: Place) -> None:
        self._scope = scope
        self._place = place
        self.aside = _Aside(place)

    def span(self, node: sx.Syntax) -> Span:
        return Span(self._place.file, self._place.at(node.start), self._place.at(node.end))

    def whole(self, node: sx.Syntax, expected: Type | None) -> Typed:
        found = self.check(node, expected)
        if expected is None:
            return found
        (found,) = _pointed([found], expected)
        kind = found.type
        if kind.kind == expected.kind and kind.members == expected.members:
            return found
        if kind.is_numeric and expected.is_numeric:
            message = f"unit mismatch: {kind.kind} where {expected.kind} is needed"
            raise sx.wrong("E0204", message, node, advice.rewritten(found, expected))
        raise self.unfit(node, found, advice.noun(expected))

    def unfit(self, node: sx.Syntax, found: Typed, needed: str, hint: str | None = None) -> Malformed:
        return sx.wrong("E0205", f"this is {advice.noun(found.type)}, where {needed} is needed", node, hint)

    def each(self, nodes: Sequence[sx.Syntax], how: Callable[[sx.Syntax], Typed]) -> list[Typed]:
        """Check operands, every one of them though another is wrong; then stop if any was."""
        found = []
        for node in nodes:
            with self.aside:
                found.append(how(node))
        if len(found) < len(nodes):
            raise _Reported
        return found

    def alike(self, nodes: Sequence[sx.Syntax], doing: str, expected: Type | None = None) -> list[Typed]:
        """Check operands that must be of one type; bare texts take their members from the others."""
        wanted = expected if expected is not None and expected.members else None
        checked: dict[int, Typed] = {}
        # Bare texts come last, and only where the others are sound: they mean nothing by themselves.
        for bare in (False, True):
            turn = [n for n, node in enumerate(nodes) if _is_bare(node) is bare]
            for n in turn:
                with self.aside:
                    checked[n] = self.check(nodes[n], wanted)
                    wanted = wanted or checked[n].type
            if not all(n in checked for n in turn):
                raise _Reported
        found = _pointed([checked[n] for n in range(len(nodes))], expected)
        first = found[0]
        for node, other in zip(nodes[1:], found[1:], strict=True):
            if other.type.kind != first.type.kind or other.type.members != first.type.members:
                if not (first.type.is_numeric and other.type.is_numeric):
                    raise sx.wrong("E0205", doing.format(*map(advice.noun, (first.type, other.type))), node)
                message = f"unit mismatch: {doing.format(first.type.kind, other.type.kind)}"
                is_literal = isinstance(first, Const) and not isinstance(other, Const)
                at = nodes[0] if is_literal else node
                raise sx.wrong("E0204", message, at, advice.on_units(first, other))
        return found

    def condition(self, node: sx.Syntax) -> Typed:
        found = self.check(node, BOOL)
        if found.type.kind != "bool":
            raise self.unfit(node, found, "a condition")
        return found

    def number(self, node: sx.Syntax) -> Typed:
        found = self.check(node)
        if not found.type.is_numeric:
            raise self.unfit(node, found, "a number")
        return found

    def check(self, node: sx.Syntax, wanted: Type | None = None) -> Typed:
        """Check one node; `wanted` gives texts their members and binds nobody."""
        match node:
            case sx.Number():
                return Const(node.amount, Type(node.unit), self.span(node))
            case sx.Truth():
                return Const(node.value, BOOL, self.span(node))
            case sx.Text():
                return self.text(node, wanted)
            case sx.Name():
                return self.name(node, wanted)
            case sx.Unary(op="not"):
                operand = self.condition(node.operand)
                return Not(operand, operand.type, self.span(node))
            case sx.Unary():
                return self.negative(node)
            case sx.Logical():
                operands = self.each(node.operands, self.condition)
                junction = cast(Literal["and", "or"], node.op)
                return Logic(junction, tuple(operands), _optional(BOOL, operands), self.span(node))
            case sx.Chain():
                return self.chain(node)
            case sx.OneOf():
                return self.one_of(node)
            case sx.Binary():
                return self.arithmetic(node)
            case sx.Conditional():
                return self.conditional(node, wanted)
            case sx.Call():
                return self.call(node, wanted)

    def text(self, node: sx.Text, wanted: Type | None) -> Typed:
        member = f'`"{shown(node.text)}"`'
        if wanted is None or not wanted.members:
            raise sx.wrong(
                "E0205", f"{member} stands where no choice is made", node, "compare it with a choice"
            )
        if node.text not in wanted.members:
            raise sx.wrong(
                "E0206", f"{member} is not a member", node, advice.on_member(node.text, wanted.members)
            )
        return Const(node.text, wanted.known(), self.span(node))

    def name(self, node: sx.Name, wanted: Type | None) -> Typed:
        symbol = self._scope.symbols.get(node.name)
        if symbol is not None:
            return Read(node.name, symbol.origin, symbol.type, self.span(node))
        quoted = f"`{shown(node.name)}`"
        if node.name in self._scope.elsewhere:
            raise sx.wrong("E0207", f"{quoted} cannot be read here", node, self._scope.elsewhere[node.name])
        function = FUNCTIONS.get(node.name)
        if function is not None:
            raise sx.wrong("E0201", f"unknown name {quoted}", node, f"write `{function.usage}`")
        hint = advice.on_name(node.name, self._scope.symbols, wanted)
        raise sx.wrong("E0201", f"unknown name {quoted}", node, hint)

    def negative(self, node: sx.Unary) -> Typed:
        operand = self.number(node.operand)
        if isinstance(operand, Const) and isinstance(operand.value, Fraction):
            return Const(-operand.value, operand.type, self.span(node))
        zero = Const(Fraction(0), operand.type.known(), self.span(node))
        return Arith("-", zero, operand, operand.type, self.span(node))

    def chain(self, node: sx.Chain) -> Typed:
        found = self.alike(node.operands, _COMPARING)
        links: list[Typed] = []
        for n, op in enumerate(node.ops):
            left, right = found[n], found[n + 1]
            if not left.type.is_numeric and op not in ("==", "!="):
                order = f"`{op}` compares numbers, and this is {advice.noun(left.type)}"
                raise sx.wrong("E0205", order, node.operands[n], advice.on_order(left))
            span = Span(self._place.file, left.span.start, right.span.end)
            links.append(Compare(cast(Comparison, op), left, right, _optional(BOOL, (left, right)), span))
        if len(links) == 1:
            return links[0]
        return Logic("and", tuple(links), _optional(BOOL, links), self.span(node))

    def one_of(self, node: sx.OneOf) -> Typed:
        operand = self.check(node.operand)
        if not operand.type.members:
            hint = "compare it with `==`, `<` and the like"
            raise self.unfit(node.operand, operand, "a choice", hint)

        def member(node: sx.Syntax) -> Typed:
            if not isinstance(node, sx.Text):
                raise sx.wrong("E0205", "members are written in double quotes", node)
            return self.text(node, operand.type)

        found = self.each(node.members, member)
        members = tuple(str(constant.value) for constant in found if isinstance(constant, Const))
        return Member(operand, members, _optional(BOOL, (operand,)), self.span(node))

    def arithmetic(self, node: sx.Binary) -> Typed:
        if node.op in ("+", "-"):
            both = (node.left, node.right)
            left, right = self.alike(both, _ADDING if node.op == "+" else _SUBTRACTING)
            if not left.type.is_numeric:
                raise self.unfit(node.left, left, "a number")
            kind = left.type.known()
        else:
            left, right = self.each((node.left, node.right), self.number)
            kind = self.scaled(node, left, right)
        op = cast(Arithmetic, node.op)
        is_safe = op != "/" or (isinstance(right, Const) and right.value != 0)
        result = _optional(kind, (left, right)).maybe(not is_safe)
        return Arith(op, left, right, result, self.span(node))

    def scaled(self, node: sx.Binary, left: Typed, right: Typed) -> Type:
        a, b = left.type.kind, right.type.kind
        kind = units.product(a, b) if node.op == "*" else units.quotient(a, b)
        if kind is not None:
            return Type(kind)
        if node.op == "*":
            message, hint = f"multiplying {a} by {b}", "one of the two must be a ratio or a bare number"
        else:
            message, hint = f"dividing {a} by {b}", f"divide by {a}, a ratio or a bare number"
        raise sx.wrong("E0204", f"unit mismatch: {message}", node.right, hint)

    def conditional(self, node: sx.Conditional, wanted: Type | None) -> Typed:
        condition = branches = None
        with self.aside:
            condition = self.condition(node.condition)
        with self.aside:
            branches = self.alike((node.yes, node.no), _CHOOSING, wanted)
        if condition is None or branches is None:
            raise _Reported
        yes, no = branches
        kind = _optional(yes.type, (condition, yes, no))
        return Choose(condition, yes, no, kind, self.span(node))

    def call(self, node: sx.Call, wanted: Type | None) -> Typed:
        resolve(node, self._scope)
        span = self.span(node)
        if node.function == "known":
            return Known(self.check(node.arguments[0]), BOOL, span)
        if node.function == "coalesce":
            found = self.alike(node.arguments, _CHOOSING, wanted)
            is_unsure = all(argument.type.optional for argument in found)
            return Coalesce(tuple(found), found[0].type.known().maybe(is_unsure), span)
        found = self.alike(node.arguments, _COMPARING)
        if not found[0].type.is_numeric:
            raise self.unfit(node.arguments[0], found[0], "a number")
        kind = _optional(found[0].type, found)
        match node.function:
            case "abs":
                return Abs(found[0], kind, span)
            case "clamp":
                x, low, high = found
                raised = Extreme("max", (x, low), _optional(kind, (x, low)), span)
                return Extreme("min", (raised, high), kind, span)
        return Extreme(cast(Literal["min", "max"], node.function), tuple(found), kind, span)


def _is_bare(node: sx.Syntax) -> bool:
    """Tell whether a node is text without a type of its own: its neighbours say what it may be."""
    if isinstance(node, sx.Conditional):
        return _is_bare(node.yes) and _is_bare(node.no)
    return isinstance(node, sx.Text)


def _pointed(found: list[Typed], expected: Type | None) -> list[Typed]:
    """Take bare literals among points for points, which have no sign of their own."""
    kinds = {node.type.kind for node in found} | {expected.kind if expected else "number"}
    if "points" not in kinds:
        return found
    return [
        replace(node, type=Type("points")) if isinstance(node, Const) and node.type.kind == "number" else node
        for node in found
    ]


def _optional(kind: Type, operands: Iterable[Typed]) -> Type:
    return Type(kind.kind, kind.members, any(operand.type.optional for operand in operands))
