"""Canonical text: it reads back as the same expression, with no bracket too many."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pegmark.language import Type, literal, text
from pegmark.language.prose import constant, decimal
from pegmark.language.types import Kind
from tests.language.expressions import checked, expressions, place, shape


@given(expressions)
def test_text_reads_back_as_the_same_expression(source: str) -> None:
    """Proves that printing and parsing are inverse, up to places."""
    node = checked(source)
    assert shape(checked(text(node), expected=node.type)) == shape(node)


@pytest.mark.parametrize(
    ("source", "canonical"),
    [
        ("((strict)) and (1 < 2)", "strict and 1 < 2"),
        ("(strict and strict) and true", "(strict and strict) and true"),
        ("strict or (strict and true)", "strict or strict and true"),
        ("(strict or true) and strict", "(strict or true) and strict"),
        ("not(strict)", "not strict"),
        ("not (1 == 2)", "not (1 == 2)"),
        ('not backing.basis in ("net")', 'not (backing.basis in ("net"))'),
        ("1-(2-3)", "1 - (2 - 3)"),
        ("(1-2)-3", "1 - 2 - 3"),
        ("2*(3+4)", "2 * (3 + 4)"),
        ("(2*3)+4", "2 * 3 + 4"),
        ("(1 < 2) == strict", "(1 < 2) == strict"),
        ("1 + (if strict then 1 else 2)", "1 + (if strict then 1 else 2)"),
        ('control.issuer   in ("none",\n"licensed")', 'control.issuer in ("none", "licensed")'),
        ("coalesce(hedge.horizon, 0.5y)", "coalesce(hedge.horizon, 182.5d)"),
        ("abs(- window) > 7h", "abs(-window) > 7h"),
        ("factor * -2", "factor * -2"),
        ("-(-window)", "--window"),
        ("-(window + 1d)", "-(window + 1d)"),
        ("0 - 2", "0 - 2"),
        ("0 - -2", "0 - -2"),
        ("0d - window", "-window"),
    ],
)
def test_canonical_text(source: str, canonical: str) -> None:
    """Proves the form that explanations show."""
    assert text(checked(source)) == canonical


@given(st.sampled_from(["number", "ratio", "days", "USD", "points"]), st.integers(-(10**12), 10**12))
def test_constants_read_back_exactly(kind: Kind, millionths: int) -> None:
    """Proves that a constant is written without loss."""
    value = Fraction(millionths, 10**6)
    said = constant(value, kind)
    assert literal(said, place(said), Type(kind))[0] == value


@pytest.mark.parametrize(
    ("value", "kind", "said"),
    [
        (Fraction(0), "ratio", "0%"),
        (Fraction(-1, 400), "ratio", "-0.25%"),
        (Fraction(999), "USD", "$999"),
        (Fraction(1500), "USD", "$1.5k"),
        (Fraction(-(10**12)), "USD", "-$1000bn"),
        (Fraction(1, 24), "days", "1h"),
        (Fraction(60), "points", "60"),
        (False, "bool", "false"),
        ("net", "enum", '"net"'),
    ],
)
def test_constants(value: Fraction | bool | str, kind: Kind, said: str) -> None:
    """Proves how each kind of constant is written."""
    assert constant(value, kind) == said


def test_decimals_end() -> None:
    """Proves that what has no end in decimals is cut, not written for ever."""
    assert decimal(Fraction(2, 3)) == "0.666666666667"
    assert decimal(Fraction(1, 10**24)) == "0." + "0" * 23 + "1"
