"""A checked expression as canonical text, with no brackets but those it needs."""

from __future__ import annotations

from fractions import Fraction

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
from pegmark.language.parser import MINUS, POWERS
from pegmark.language.types import Kind

_ATOM = MINUS + 1
_USD = (("bn", 10**9), ("M", 10**6), ("k", 10**3))


def text(node: Typed) -> str:
    """Return `node` as text that reads back as the same expression."""
    match node:
        case Const(value, kind):
            return constant(value, kind.kind)
        case Read(name):
            return name
        case Not(operand):
            # `not x == y` means what it should and does not look it.
            return f"not {_operand(operand, POWERS['not' if isinstance(operand, Not) else '+'])}"
        case Logic(op, operands):
            return f" {op} ".join(_operand(operand, POWERS[op] + 1) for operand in operands)
        case Arith() if _is_negation(node):
            return f"-{_operand(node.right, MINUS)}"
        case Compare(op, left, right) | Arith(op, left, right):
            # Equals associate to the left; a comparison beside a comparison would read as a chain.
            loosest = POWERS[op] + isinstance(node, Compare)
            return f"{_operand(left, loosest)} {op} {_operand(right, POWERS[op] + 1)}"
        case Member(operand, members):
            listed = ", ".join(f'"{member}"' for member in members)
            return f"{_operand(operand, POWERS['+'])} in ({listed})"
        case Choose(condition, yes, no):
            return f"if {text(condition)} then {text(yes)} else {text(no)}"
        case Known(operand):
            return f"known({text(operand)})"
        case Extreme(op, operands):
            return f"{op}({', '.join(map(text, operands))})"
        case Abs(operand):
            return f"abs({text(operand)})"
        case Coalesce(operands):
            return f"coalesce({', '.join(map(text, operands))})"


def _operand(node: Typed, loosest: int) -> str:
    return text(node) if _power(node) >= loosest else f"({text(node)})"


def _power(node: Typed) -> int:
    match node:
        case Choose():
            return 0
        case Arith() if _is_negation(node):
            return MINUS
        case Logic(op) | Compare(op) | Arith(op):
            return POWERS[op]
        case Not():
            return POWERS["not"]
        case Member():
            return POWERS["in"]
    return _ATOM


def _is_negation(node: Arith) -> bool:
    # A literal takes the sign into itself, so that its difference from zero has to stay one.
    is_from_zero = node.op == "-" and isinstance(node.left, Const) and node.left.value == 0
    return is_from_zero and not isinstance(node.right, Const)


def constant(value: Fraction | bool | str, kind: Kind) -> str:
    """Return a literal as it is written in a rulebook.

    >>> constant(Fraction(1, 4), "ratio"), constant(Fraction(50_000_000), "USD"), constant(True, "bool")
    ('25%', '$50M', 'true')
    """
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return f'"{value}"'
    sign, amount = "-" if value < 0 else "", abs(value)
    match kind:
        case "ratio":
            return f"{sign}{decimal(amount * 100)}%"
        case "days" if not _is_finite(amount):
            return f"{sign}{decimal(amount * 24)}h"
        case "days":
            return f"{sign}{decimal(amount)}d"
        case "USD":
            suffix, scale = next(((s, n) for s, n in _USD if amount >= n), ("", 1))
            return f"{sign}${decimal(amount / scale)}{suffix}"
    return f"{sign}{decimal(amount)}"


def decimal(amount: Fraction) -> str:
    """Return a number in decimals: exactly where that takes at most 24, else to 12 of them.

    >>> decimal(Fraction(5, 2)), decimal(Fraction(-7)), decimal(Fraction(1, 3))
    ('2.5', '-7', '0.333333333333')
    """
    places = 24 if _is_finite(amount) else 12
    whole, part = divmod(round(abs(amount) * 10**places), 10**places)
    digits = f"{whole}.{part:0{places}d}".rstrip("0").rstrip(".")
    return f"-{digits}" if amount < 0 else digits


def _is_finite(amount: Fraction) -> bool:
    return 10**24 % amount.denominator == 0
