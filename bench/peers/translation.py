"""The bench's conditions and tables in the languages of others, from the same checked program.

A peer has two truth values where we have three, so what is only about the unknown has no translation:
the bench asks about known facts alone. Numbers are written as decimals, params as what they are on the day.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from pegmark.language.nodes import (
    Abs,
    Arith,
    Choose,
    Compare,
    Const,
    Extreme,
    Logic,
    Member,
    Not,
    Read,
    Typed,
)
from pegmark.rulebook.program import Bins, PointsTable, Program


def flat(name: str) -> str:
    """Return the name of a fact or a rule as one word, which every peer can read.

    >>> flat("backing.share.cash"), flat("CLS-010")
    ('backing_share_cash', 'CLS_010')
    """
    return name.replace(".", "_").replace("-", "_")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a peer writes what differs; the rest all of them write alike."""

    conjunction: str
    disjunction: str
    negation: str
    name: Callable[[str], str]
    greatest: str = "({0} > {1} ? {0} : {1})"
    least: str = "({0} < {1} ? {0} : {1})"
    absolute: str = "({0} < 0.0 ? -{0} : {0})"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One thing that is compared: the rule, or `class`, and the expression of what it comes to."""

    rule: str
    text: str


class Translator:
    """Writes the expressions of a program in a dialect, params as they are on a day."""

    def __init__(self, program: Program, day: date, dialect: Dialect) -> None:
        self._params = {param.name: param.at(day).value for param in program.params}
        self._program, self._dialect = program, dialect

    def outcomes(self) -> Iterator[Outcome]:
        """Yield the place of the class rule that decides, then points, knock-outs and status rules."""
        rules = self._program.classify.rules
        whens = [(self.text(rule.when), str(n)) for n, rule in enumerate(rules)]
        yield Outcome("class", chosen(whens, str(len(rules))))
        for card in self._program.scorecards:
            for line in card.characteristics:
                yield Outcome(line.reason.id, self.points(line.grid))
        for rule in (*self._program.rating.knock_outs, *self._program.rating.statuses):
            yield Outcome(rule.reason.id, self.text(rule.when))

    def points(self, grid: Bins | PointsTable) -> str:
        """Return a table of points as a choice, row after row."""
        *rows, last = self.rows(grid)
        return chosen(rows, last[1])

    def rows(self, grid: Bins | PointsTable) -> list[tuple[str, str]]:
        """Return the rows of a table as conditions and points; the last holds where no other does."""
        match grid:
            case Bins(of, edges, points):
                subject = self.text(of)
                tests = [f"{subject} < {number(edge)}" for edge in edges]
            case PointsTable(by, table):
                subject, points = self.text(by), tuple(value for _, value in table)
                is_bool = by.type.kind == "bool"
                tests = [
                    (subject if member == "true" else self._not(subject))
                    if is_bool
                    else f"{subject} == {json.dumps(member)}"
                    for member, _ in table[:-1]
                ]
        return [*zip(tests, map(str, points), strict=False), ("true", str(points[-1]))]

    def text(self, node: Typed) -> str:
        """Return an expression; raises `TypeError` where a peer has nothing like it."""
        dialect, text = self._dialect, self.text
        match node:
            case Const(value):
                return literal(value)
            case Read(name, "param"):
                return literal(self._params[name])
            case Read(name, "fact"):
                return dialect.name(name)
            case Not(operand):
                return self._not(text(operand))
            case Logic(op, operands):
                between = dialect.conjunction if op == "and" else dialect.disjunction
                return "(" + f" {between} ".join(map(text, operands)) + ")"
            case Compare(op, left, right) | Arith(op, left, right):
                return f"({text(left)} {op} {text(right)})"
            case Member(operand, members):
                return f"({text(operand)} in {json.dumps(list(members))})"
            case Choose(condition, yes, no):
                return chosen([(text(condition), text(yes))], text(no))
            case Extreme(op, (left, right)):
                form = dialect.greatest if op == "max" else dialect.least
                return form.format(text(left), text(right))
            case Abs(operand):
                return dialect.absolute.format(text(operand))
        raise TypeError(f"no peer has `{type(node).__name__}`, or not with so many operands")

    def _not(self, text: str) -> str:
        return f"({self._dialect.negation}({text}))"


def chosen(rows: Sequence[tuple[str, str]], otherwise: str) -> str:
    """Return the choice of the first row whose condition holds.

    >>> chosen([("a", "1"), ("b", "2")], "3")
    '(a ? 1 : (b ? 2 : 3))'
    """
    for condition, value in reversed(rows):
        otherwise = f"({condition} ? {value} : {otherwise})"
    return otherwise


def literal(value: Fraction | bool | str) -> str:
    """Return a literal as all peers write it.

    >>> literal(Fraction(1, 1000)), literal(True), literal("fiat")
    ('0.001', 'true', '"fiat"')
    """
    return number(value) if isinstance(value, Fraction) else json.dumps(value)


def number(value: Fraction) -> str:
    """Return a number with a point and without an exponent.

    >>> number(Fraction(10**8)), number(Fraction(1, 10**7))
    ('100000000.0', '0.0000001')
    """
    text = f"{Decimal(repr(float(value))):f}"
    return text if "." in text else f"{text}.0"
