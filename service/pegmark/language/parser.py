"""Expression text to syntax: a Pratt parser with exact offsets.

Loosest first: `if`, `or`, `and`, `not`, comparisons and `in`, `+ -`, `* /`, unary minus.
"""

from __future__ import annotations

from typing import Final

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
    names,
    widened,
)
from pegmark.language.tokens import WORDS, Malformed, Token, shown, tokens

# INVARIANT: brackets and operators are counted, so that syntax is at most MAX_NESTING + MAX_OPERATORS
# deep and whoever walks it by recursion is safe.
MAX_NESTING = 40
"""How deep parentheses, calls and `if` may stand in each other."""
MAX_OPERATORS = 100
"""How many operators one expression may hold."""

COMPARISONS: Final = frozenset({"<", "<=", ">", ">=", "==", "!="})
POWERS: Final = {
    "or": 1,
    "and": 2,
    "not": 3,
    **dict.fromkeys(COMPARISONS, 4),
    "in": 4,
    "+": 5,
    "-": 5,
    "*": 6,
    "/": 6,
}
"""How tightly operators bind."""
MINUS: Final = 7
"""How tightly unary minus binds."""
_SPLIT = "name parts of it under `derive`"
_FOREIGN = {"is": "write `==` to compare", "elif": "write `else if`", "elseif": "write `else if`"}
_AFTER = {"not": "write `not x in (…)`", "if": "write `if … then … else …`"}


def parse(text: str) -> Syntax:
    """Return the syntax of `text`; raises `Malformed`."""
    parser = _Parser(tokens(text))
    if parser.is_over():
        raise Malformed("E0109", "expression is empty", 0, len(text))
    found = parser.expression()
    if not parser.is_over():
        raise parser.unexpected("after the expression", _AFTER.get(parser.here.text))
    return found


def mentions(text: str) -> frozenset[str]:
    """Return the names that an expression reads, whether they exist or not; none where it is malformed.

    >>> sorted(mentions('if known(a.b) then max(c, 2) else -d'))
    ['a.b', 'c', 'd']
    """
    try:
        return frozenset(names(parse(text)))
    except Malformed:
        return frozenset()


class _Parser:
    def __init__(self, found: list[Token]) -> None:
        self._tokens = iter(found)
        self.here = next(self._tokens)
        self._nesting = 0
        self._operators = 0

    def take(self) -> Token:
        # INVARIANT: nobody takes the end; every caller has looked at what stands here.
        token, self.here = self.here, next(self._tokens)
        return token

    def is_over(self) -> bool:
        return self.here.kind == "end"

    def is_at(self, text: str) -> bool:
        return self.here.text == text and self.here.kind in ("op", "word")

    def unexpected(self, where: str, hint: str | None = None) -> Malformed:
        token = self.here
        if token.kind == "end":
            return Malformed("E0104", f"expression ends {where}", token.start, token.end, hint)
        if token.kind != "text":
            word = token.text.lower()
            hint = _FOREIGN.get(word) or (f"write `{word}`" if token.text != word in WORDS else hint)
        return Malformed("E0104", f"unexpected `{shown(token.text)}` {where}", token.start, token.end, hint)

    def expect(self, text: str, hint: str) -> Token:
        if not self.is_at(text):
            raise self.unexpected(f"where `{text}` should stand", hint)
        return self.take()

    # INVARIANT: every recursion passes through `nested` or `operator`.

    def nested(self, opening: Token) -> Syntax:
        self._nesting += 1
        if self._nesting > MAX_NESTING:
            message = f"expression is nested more than {MAX_NESTING} deep"
            raise Malformed("E0107", message, opening.start, opening.end, _SPLIT)
        found = self.expression()
        self._nesting -= 1
        return found

    def operator(self) -> Token:
        token = self.take()
        self._operators += 1
        if self._operators > MAX_OPERATORS:
            message = f"more than {MAX_OPERATORS} operators in one expression"
            raise Malformed("E0107", message, token.start, token.end, _SPLIT)
        return token

    def expression(self, power: int = 0) -> Syntax:
        """Read operands and the operators that bind more tightly than `power`."""
        left = self.prefix(power)
        while self.here.kind in ("op", "word") and self.here.text != "not":
            op = self.here.text
            binding = POWERS.get(op, 0)
            if binding <= power:
                break
            if op == "in":
                left = self.one_of(left)
            elif op in COMPARISONS:
                left = self.chain(left)
            elif binding <= POWERS["and"]:
                left = self.logical(left, op)
            else:
                self.operator()
                right = self.expression(binding)
                left = Binary(op, left, right, left.start, right.end)
        return left

    def logical(self, left: Syntax, op: str) -> Syntax:
        operands = [left]
        while self.is_at(op):
            self.operator()
            operands.append(self.expression(POWERS[op]))
        return Logical(op, tuple(operands), left.start, operands[-1].end)

    def chain(self, left: Syntax) -> Syntax:
        operands, ops = [left], []
        while self.here.kind == "op" and self.here.text in COMPARISONS:
            ops.append(self.operator().text)
            operands.append(self.expression(POWERS["=="]))
        return Chain(tuple(operands), tuple(ops), left.start, operands[-1].end)

    def one_of(self, operand: Syntax) -> Syntax:
        self.operator()
        opening = self.expect("(", 'write `x in ("a", "b")`')
        members = [self.prefix(MINUS)]
        while self.is_at(","):
            self.take()
            members.append(self.prefix(MINUS))
        return OneOf(operand, tuple(members), operand.start, self.close(opening).end)

    def prefix(self, power: int) -> Syntax:
        token = self.here
        match token.kind:
            case "number" if token.value is not None:
                self.take()
                return Number(*token.value, token.start, token.end)
            case "text":
                self.take()
                return Text(token.text, token.start, token.end)
            case "name":
                self.take()
                return self.call(token) if self.is_at("(") else Name(token.text, token.start, token.end)
        match token.text:
            case "true" | "false":
                self.take()
                return Truth(token.text == "true", token.start, token.end)
            case "(":
                self.take()
                inner = self.nested(token)
                return widened(inner, token.start, self.close(token).end)
            case "-":
                self.operator()
                operand = self.prefix(MINUS)
                return Unary("-", operand, token.start, operand.end)
            case "not" if power <= POWERS["not"]:
                self.operator()
                operand = self.expression(POWERS["not"])
                return Unary("not", operand, token.start, operand.end)
            case "if" if power == 0:
                return self.conditional()
        bracketed = token.text in ("if", "not")
        raise self.unexpected("where a value should stand", "put it in parentheses" if bracketed else None)

    def conditional(self) -> Syntax:
        opening = self.take()
        whole = "write `if … then … else …`"
        condition = self.nested(opening)
        self.expect("then", whole)
        yes = self.nested(opening)
        self.expect("else", whole)
        no = self.nested(opening)
        return Conditional(condition, yes, no, opening.start, no.end)

    def call(self, name: Token) -> Syntax:
        opening = self.take()
        arguments = []
        if not self.is_at(")"):
            arguments.append(self.nested(opening))
            while self.is_at(","):
                self.take()
                arguments.append(self.nested(opening))
        return Call(name.text, tuple(arguments), name.start, self.close(opening).end, name.end)

    def close(self, opening: Token) -> Token:
        if self.is_at(")"):
            return self.take()
        if self.is_over():
            raise Malformed("E0105", "`(` is not closed", opening.start, opening.end, "add `)`")
        raise self.unexpected("where `)` should stand")
