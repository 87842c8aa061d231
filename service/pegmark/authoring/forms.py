"""What a suite expects of an output, from its text.

A value; `<= 10%` or `at most 10%`, and other bounds; `5%..10%`; `not accept`; a list of values that will
do; `any`. Of an output that is a list: the list itself, in any order, or what it `has` and `lacks`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from pegmark.authoring.expectation import Anything, Bounded, Expectation, Members, OneOf, Op, Test
from pegmark.authoring.outputs import REFUSAL, Output, is_code
from pegmark.authoring.values import choice, flag, number, part
from pegmark.language import nearest, shown
from pegmark.rulebook import source as yaml
from pegmark.rulebook.reading import Reader

ANY = "any"
UNKNOWN = "unknown"
_BOUND = re.compile(r"(?:(<=|>=|<|>)\s*|(at most|at least|under|over)\s+)(?=\S)")
_NOT = re.compile(r"not\s+(?=\S)")
_HOLDING = re.compile(r"(has|lacks)\s+(?=\S)")
OPERATORS: Mapping[str, Op] = {
    "<=": "<=",
    "at most": "<=",
    ">=": ">=",
    "at least": ">=",
    "<": "<",
    "under": "<",
    ">": ">",
    "over": ">",
}
"""In words, because a text of YAML that begins with `>` has to be quoted."""
_BETWEEN = ".."
WAYS = ("has", "lacks")
"""What a list may be asked for."""

Value = float | bool | str | None


class _Reported(Exception):
    """What is wrong has been reported."""


def expectation(reader: Reader, node: yaml.Node, path: str, output: Output) -> Expectation | None:
    """Return what is expected of an output; None after reporting what is wrong."""
    read = _Reading(reader, path, output)
    try:
        return Expectation(read.members(node) if output.form == "members" else read.test(node), written(node))
    except _Reported:
        return None


def written(node: yaml.Node) -> str:
    """Return what is expected as it was written, on one line."""
    match node:
        case yaml.Sequence(items):
            return f"[{', '.join(map(written, items))}]"
        case yaml.Mapping(entries):
            return ", ".join(f"{key.text} {written(value)}" for key, value in entries)
    return " ".join(node.text.split()) or "null"


class _Reading:
    """Reads what is expected of one output; every getter raises `_Reported` after reporting."""

    def __init__(self, reader: Reader, path: str, output: Output) -> None:
        self.reader = reader
        self.path = path
        self.output = output

    def test(self, node: yaml.Node) -> Test:
        match node:
            case yaml.Sequence(items) if items:
                return OneOf(tuple(self.value(self.scalar(item)) for item in items), self.output.kind)
            case yaml.Scalar(text="any") if not node.is_quoted:
                return Anything()
        scalar = self.scalar(node)
        if found := _NOT.match(scalar.text):
            return OneOf((self.value(part(scalar, found.end())),), self.output.kind, is_not=True)
        if found := _BOUND.match(scalar.text):
            op = OPERATORS[found[1] or found[2]]
            return self.bounded(scalar, [(op, part(scalar, found.end()))])
        low, between, _ = scalar.text.partition(_BETWEEN)
        if between and self.output.is_number:
            high = part(scalar, len(low) + len(_BETWEEN))
            return self.bounded(scalar, [(">=", part(scalar, 0, len(low))), ("<=", high)])
        return OneOf((self.value(scalar),), self.output.kind)

    def bounded(self, scalar: yaml.Scalar, bounds: Sequence[tuple[Op, yaml.Scalar]]) -> Test:
        kind = self.output.kind
        if kind is None or not self.output.is_number:
            message = f"`{self.output.name}` is no number, and has no bounds"
            raise self.wrong("T0010", message, scalar, "write a value, or a list of those that will do")
        found = [(op, self.number(amount)) for op, amount in bounds]
        if len(found) == 2 and found[0][1] > found[1][1]:
            raise self.wrong("T0010", "the range ends before it begins", scalar, "write the lesser end first")
        return Bounded(tuple(found), kind)

    def value(self, scalar: yaml.Scalar) -> Value:
        output = self.output
        if scalar.is_null:
            return None
        if output.form == "outcome" and scalar.text == UNKNOWN:
            return None
        found: Value
        match output.kind:
            case None:
                found = scalar.text
            case "bool":
                found = flag(self.reader, scalar, self.path)
            case "enum":
                found = choice(self.reader, scalar, self.path, output.members)
            case _ if output.form == "outcome" and scalar.text == "false":
                found = False
            case _:
                found = self.number(scalar)
        if found is None:
            raise _Reported
        return found

    def number(self, scalar: yaml.Scalar) -> float:
        kind = self.output.kind or "number"
        is_open = kind == "ratio" and (self.output.rule is not None)
        low, high = (-10.0, 10.0) if is_open else (None, None)
        found = number(self.reader, scalar, self.path, kind, low, high)
        if found is None:
            raise _Reported
        return found

    def members(self, node: yaml.Node) -> Test:
        match node:
            case yaml.Scalar(text="any") if not node.is_quoted:
                return Anything()
            case yaml.Scalar() if found := _HOLDING.match(node.text):
                member = frozenset({self.member(part(node, found.end()))})
                return Members(has=member) if found[1] == "has" else Members(lacks=member)
            case yaml.Scalar() if not node.is_null:
                return Members(frozenset({self.member(node)}))
            case yaml.Sequence():
                return Members(self.listed(node))
            case yaml.Mapping(entries) if entries:
                found_ways = self.reader.mapping(node, self.path, optional=WAYS)
                has, lacks = (self.listed(found_ways.get(way)) for way in WAYS)
                return Members(has=has, lacks=lacks)
        message = f"`{self.output.name}` is a list"
        raise self.wrong("T0010", message, node, "write `[…]`, `has …`, `lacks …`, or `[]` for none")

    def listed(self, node: yaml.Node | None) -> frozenset[str]:
        if isinstance(node, yaml.Scalar):
            return frozenset({self.member(node)})
        return frozenset(self.member(self.scalar(item)) for item, _ in self.reader.items(node, self.path))

    def member(self, scalar: yaml.Scalar) -> str:
        """Return a member of a list: a rule, a fact, or the code of a refusal."""
        name, members = self.output.name, self.output.members
        if name == REFUSAL:
            if is_code(scalar.text):
                return scalar.text
            message = f"`{shown(scalar.text)}` is no code of a refusal"
            raise self.wrong("T0010", message, scalar, "write one like `F0101` or `Q0006`")
        if scalar.text in members:
            return scalar.text
        near = nearest(scalar.text, members)
        hint = (
            f"did you mean `{near}`?" if near else "`pegmark show` lists the rules, `pegmark facts` the facts"
        )
        if name.startswith(("unknown", "counterfactuals")):
            raise self.wrong("T0007", f"there is no fact `{shown(scalar.text)}`", scalar, hint)
        raise self.wrong("T0011", f"`{name}` never holds a rule `{shown(scalar.text)}`", scalar, hint)

    def scalar(self, node: yaml.Node) -> yaml.Scalar:
        found = self.reader.scalar(node, self.path)
        if found is None:
            raise _Reported
        return found

    def wrong(self, code: str, message: str, node: yaml.Node, help: str) -> _Reported:
        self.reader.report(code, message, node.span, self.path, help)
        return _Reported()
