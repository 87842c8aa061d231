"""A checked expression as canonical text, for explanations."""

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
from pegmark.language.types import Kind


def text(node: Typed) -> str:
    """Return `node` as text that parses back to the same meaning."""
    match node:
        case Const(value, type_):
            return constant(value, type_.kind)
        case Read(name):
            return name
        case Not(operand):
            return f"not {_inner(operand)}"
        case Logic(op, operands):
            return f" {op} ".join(map(_inner, operands))
        case Compare(op, left, right) | Arith(op, left, right):
            return f"{_inner(left)} {op} {_inner(right)}"
        case Member(operand, members):
            listed = ", ".join(f'"{member}"' for member in members)
            return f"{_inner(operand)} in ({listed})"
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


def _inner(node: Typed) -> str:
    bare = isinstance(node, (Const, Read, Known, Extreme, Abs, Coalesce))
    return text(node) if bare else f"({text(node)})"


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
    sign = "-" if value < 0 else ""
    amount = abs(value)
    match kind:
        case "ratio":
            return f"{sign}{_decimal(amount * 100)}%"
        case "days":
            return f"{sign}{_decimal(amount)}d"
        case "USD":
            for suffix, scale in (("bn", 10**9), ("M", 10**6), ("k", 10**3)):
                if amount >= scale:
                    return f"{sign}${_decimal(amount / scale)}{suffix}"
            return f"{sign}${_decimal(amount)}"
    return f"{sign}{_decimal(amount)}"


def _decimal(amount: Fraction) -> str:
    return f"{float(amount):.12f}".rstrip("0").rstrip(".")
