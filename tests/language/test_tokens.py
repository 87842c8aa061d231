"""Tokens: literals are exact, offsets are exact, every stray character has its own message."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pegmark.language.tokens import Malformed, shown, tokens


@pytest.mark.parametrize(
    ("text", "amount", "unit"),
    [
        ("80%", Fraction(4, 5), "ratio"),
        ("0.1%", Fraction(1, 1000), "ratio"),
        ("25bp", Fraction(25, 10_000), "ratio"),
        ("45d", Fraction(45), "days"),
        ("24h", Fraction(1), "days"),
        ("7h", Fraction(7, 24), "days"),
        ("3y", Fraction(1095), "days"),
        ("$50M", Fraction(50_000_000), "USD"),
        ("$2.5bn", Fraction(2_500_000_000), "USD"),
        ("$100k", Fraction(100_000), "USD"),
        ("$1tn", Fraction(10**12), "USD"),
        ("$0.01", Fraction(1, 100), "USD"),
        ("2.5", Fraction(5, 2), "number"),
        ("1_000_000", Fraction(10**6), "number"),
        ("0.000000000001", Fraction(1, 10**12), "number"),
        ("1000000000000000", Fraction(10**15), "number"),
        ("007", Fraction(7), "number"),
    ],
)
def test_literals_are_exact_fractions(text: str, amount: Fraction, unit: str) -> None:
    """Proves that a literal is worth exactly what it says, in its unit."""
    token, end = tokens(text)
    assert token.value == (amount, unit)
    assert (token.start, token.end, end.kind) == (0, len(text), "end")


@given(st.integers(0, 10**9), st.integers(0, 10**6 - 1))
def test_decimals_are_not_binary(whole: int, part: int) -> None:
    """Proves that no decimal passes through a float."""
    (token, _) = tokens(f"{whole}.{part:06d}%")
    assert token.value == (Fraction(whole * 10**6 + part, 10**8), "ratio")


def test_tokens_know_where_they_stand() -> None:
    """Proves that offsets count characters, across lines."""
    text = 'a.b <=\n  "x y" and(not 1)'
    found = [(token.kind, token.text, text[token.start : token.end]) for token in tokens(text)]
    assert found == [
        ("name", "a.b", "a.b"),
        ("op", "<=", "<="),
        ("text", "x y", '"x y"'),
        ("word", "and", "and"),
        ("op", "(", "("),
        ("word", "not", "not"),
        ("number", "1", "1"),
        ("op", ")", ")"),
        ("end", "", ""),
    ]


@pytest.mark.parametrize(
    ("text", "code", "hint"),
    [
        ("1.2.3", "E0103", "units are `80%`"),
        ("1e3", "E0103", "units are `80%`"),
        ("5.", "E0103", "units are `80%`"),
        ("80%%", "E0103", "units are `80%`"),
        ("1__0", "E0103", "units are `80%`"),
        ("$80%", "E0103", "units are `80%`"),
        (".5", "E0103", "write `0.5`"),
        ("$.5M", "E0103", "write `$0.5M`"),
        ("25bps", "E0103", "write `25bp`"),
        ("80percent", "E0103", "write `80%`"),
        ("45days", "E0103", "write `45d`"),
        ("50M", "E0103", "write `$50M`"),
        ("$50m", "E0103", "write `$50M`"),
        ("$2B", "E0103", "write `$2bn`"),
        ("$1.5K", "E0103", "write `$1.5k`"),
        ("1000000000000001", "E0110", "numbers go up to 10^15"),
        ("$1001tn", "E0110", "numbers go up to 10^15"),
        ("0.0000000000001", "E0110", "12 decimals are kept"),
        ("0.00000000001%", "E0110", "12 decimals are kept"),
        ("'fiat'", "E0101", "write text in double quotes"),
        ("“fiat”", "E0101", "write text in straight double quotes"),
        ("x ≥ 1", "E0101", "write `>=`"),
        ("50 %", "E0101", "write a percentage without a space"),
        ("$ 50M", "E0101", "write an amount without a space"),
        ("a.", "E0101", "a name is like"),
        ("[1]", "E0101", "write `(` and `)`"),
        ("2^3", "E0101", "there are no powers"),
        ("1 # one", "E0101", "write a comment outside"),
        ("1 +\u00a02", "E0101", "write an ordinary space"),
        ("a && b", "E0108", "write `and`"),
        ("a & b", "E0108", "write `and`"),
        ("a || b", "E0108", "write `or`"),
        ("a | b", "E0108", "write `or`"),
        ("a = b", "E0108", "write `==`"),
        ("a === b", "E0108", "write `==`"),
        ("a !== b", "E0108", "write `!=`"),
        ("a <> b", "E0108", "write `!=`"),
        ("!a", "E0108", "write `not`"),
    ],
)
def test_what_is_no_token_is_told_how_to_be_one(text: str, code: str, hint: str) -> None:
    """Proves that each mistake has its code and says what to write instead."""
    with pytest.raises(Malformed) as caught:
        tokens(text)
    assert caught.value.code == code
    assert caught.value.hint is not None
    assert caught.value.hint.startswith(hint)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("\0", "U+0000"),
        ("a\ufeff", "U+FEFF"),
        ("\ud800", "U+D800"),
        ("é", "é"),
        ("٣", "٣"),
        ("\u2003", "U+2003"),
    ],
)
def test_strange_characters_are_named(text: str, named: str) -> None:
    """Proves that what does not print is named by its number, and digits of other scripts are refused."""
    with pytest.raises(Malformed, match=f"unexpected character `{named.replace('+', '.')}`"):
        tokens(text)


def test_unclosed_text_is_shown_to_the_end_of_its_line() -> None:
    """Proves that an open quote does not swallow the lines below it."""
    with pytest.raises(Malformed, match="text is not closed") as caught:
        tokens('x == "abc\nand y')
    assert (caught.value.start, caught.value.end) == (5, 9)


def test_text_of_the_user_stays_on_one_line() -> None:
    """Proves that a message can quote anything."""
    assert shown("a\0b\nc") == "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}c"
    assert shown("x" * 60) == "x" * 60
    assert shown("x" * 61) == "x" * 59 + "…"
