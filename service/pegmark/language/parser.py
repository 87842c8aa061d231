"""Expression text to syntax: a Pratt parser with exact offsets.

Precedence, loosest first: `if`, `or`, `and`, `not`, comparisons and `in`, `+ -`, `* /`, unary
minus. Nesting is bounded, and so is the number of operators, so no input can exhaust the stack.
"""

from __future__ import annotations

from collections.abc import Callable

from pegmark.language.syntax import (
    Binary,
    Call,
    Chain,
    Conditional,
    Logical,
    Name,
    Number,
    OneOf,
    Syntax,
    Text,
    Truth,
    Unary,
)
from pegmark.language.tokens import Malformed, Token, tokens

MAX_NESTING = 40
MAX_OPERATORS = 200
"""How many of `+ - * /` one expression may hold: a run of them is as deep as it is long."""

_COMPARISONS = frozenset({"<", "<=", ">", ">=", "==", "!="})


def parse(text: str) -> Syntax:
    """Return the syntax of `text`; raises `Malformed`."""
    parser = _Parser(tokens(text))
    if parser.here.kind == "end":
        raise Malformed("E0109", "expression is empty", 0, max(len(text), 1))
    found = parser.conditional()
    if parser.here.kind != "end":
        raise parser.unexpected("after the expression")
    return found


class _Parser:
    def __init__(self, found: list[Token]) -> None:
        self._tokens = found
        self._at = 0
        self._depth = 0
        self._operators = 0

    @property
    def here(self) -> Token:
        return self._tokens[self._at]

    def take(self) -> Token:
        token = self.here
        self._at += 1
        return token

    def is_at(self, *texts: str) -> bool:
        return self.here.kind in ("op", "word") and self.here.text in texts

    def unexpected(self, where: str) -> Malformed:
        token = self.here
        if token.kind == "end":
            return Malformed("E0104", f"expression ends too early, {where}", token.start, token.end)
        hint = "comparisons are written `==`" if token.text == "is" else None
        return Malformed("E0104", f"unexpected `{token.text}` {where}", token.start, token.end, hint)

    def expect(self, text: str, where: str) -> Token:
        if not self.is_at(text):
            raise self.unexpected(f"where `{text}` should stand, {where}")
        return self.take()

    def conditional(self) -> Syntax:
        self._depth += 1
        if self._depth > MAX_NESTING:
            raise Malformed(
                "E0107",
                f"expression is nested more than {MAX_NESTING} deep",
                self.here.start,
                self.here.end,
                "name parts of it under `derive`",
            )
        try:
            if not self.is_at("if"):
                return self.either()
            start = self.take().start
            condition = self.conditional()
            self.expect("then", "after a condition")
            yes = self.conditional()
            self.expect("else", "since every `if` has an `else`")
            no = self.conditional()
            return Conditional(condition, yes, no, start, no.end)
        finally:
            self._depth -= 1

    def either(self) -> Syntax:
        operands = [self.both()]
        while self.is_at("or"):
            self.take()
            operands.append(self.both())
        return operands[0] if len(operands) == 1 else _logical("or", operands)

    def both(self) -> Syntax:
        operands = [self.negation()]
        while self.is_at("and"):
            self.take()
            operands.append(self.negation())
        return operands[0] if len(operands) == 1 else _logical("and", operands)

    def negation(self) -> Syntax:
        if not self.is_at("not"):
            return self.comparison()
        start = self.take().start
        self._depth += 1
        if self._depth > MAX_NESTING:
            raise Malformed("E0107", f"expression is nested more than {MAX_NESTING} deep", start, start + 3)
        operand = self.negation()
        self._depth -= 1
        return Unary("not", operand, start, operand.end)

    def comparison(self) -> Syntax:
        first = self.sum()
        if self.is_at("in"):
            self.take()
            return self.membership(first)
        operands, ops = [first], []
        while self.here.kind == "op" and self.here.text in _COMPARISONS:
            ops.append(self.take().text)
            operands.append(self.sum())
        return Chain(tuple(operands), tuple(ops), first.start, operands[-1].end) if ops else first

    def membership(self, operand: Syntax) -> Syntax:
        self.expect("(", "after `in`")
        members = [self.atom()]
        while self.is_at(","):
            self.take()
            members.append(self.atom())
        end = self.close("the members").end
        return OneOf(operand, tuple(members), operand.start, end)

    def sum(self) -> Syntax:
        found = self.product()
        while self.is_at("+", "-"):
            found = self.operation(found, self.product)
        return found

    def product(self) -> Syntax:
        found = self.unary()
        while self.is_at("*", "/"):
            found = self.operation(found, self.unary)
        return found

    def operation(self, left: Syntax, operand: Callable[[], Syntax]) -> Syntax:
        token = self.take()
        self._operators += 1
        if self._operators > MAX_OPERATORS:
            raise Malformed(
                "E0107",
                f"more than {MAX_OPERATORS} arithmetic operators in one expression",
                token.start,
                token.end,
                "name parts of it under `derive`",
            )
        right = operand()
        return Binary(token.text, left, right, left.start, right.end)

    def unary(self) -> Syntax:
        if not self.is_at("-"):
            return self.atom()
        start = self.take().start
        operand = self.atom()
        return Unary("-", operand, start, operand.end)

    def atom(self) -> Syntax:
        token = self.here
        if token.kind == "number" and token.value is not None:
            self.take()
            return Number(*token.value, token.text, token.start, token.end)
        if token.kind == "text":
            self.take()
            return Text(token.text, token.start, token.end)
        if self.is_at("true", "false"):
            self.take()
            return Truth(token.text == "true", token.start, token.end)
        if token.kind == "name":
            self.take()
            return self.call(token) if self.is_at("(") else Name(token.text, token.start, token.end)
        if self.is_at("("):
            self.take()
            inner = self.conditional()
            self.close("`(`", token)
            return inner
        raise self.unexpected("where a value should stand")

    def call(self, name: Token) -> Syntax:
        opened = self.take()
        arguments = [] if self.is_at(")") else [self.conditional()]
        while self.is_at(","):
            self.take()
            arguments.append(self.conditional())
        end = self.close(f"`{name.text}(`", opened).end
        return Call(name.text, tuple(arguments), name.start, end, name.end)

    def close(self, what: str, opened: Token | None = None) -> Token:
        if self.is_at(")"):
            return self.take()
        if self.here.kind == "end" and opened is not None:
            raise Malformed("E0105", f"{what} is not closed", opened.start, opened.end, "add `)`")
        raise self.unexpected(f"where `)` should close {what}")


def _logical(op: str, operands: list[Syntax]) -> Syntax:
    return Logical(op, tuple(operands), operands[0].start, operands[-1].end)
