"""The grid: one rounding everywhere, and steps that exact values do not fall off."""

from __future__ import annotations

from fractions import Fraction
from math import copysign, inf, isnan, nan

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pegmark.engine import emit
from pegmark.facts import units
from pegmark.language.quantise import OVERFLOW, down, quantise, up

amounts = st.floats(-1e13, 1e13)


@given(amounts)
def test_there_is_one_rounding(value: float) -> None:
    """Proves that facts and engine round as the language says."""
    assert quantise(value, "ratio") == emit.quantise(value) == units.quantise(value, "ratio")
    assert quantise(value, "USD") == emit.quantise_usd(value) == units.quantise(value, "USD")


@given(amounts, st.sampled_from(["ratio", "USD"]))
def test_rounding_twice_is_rounding_once(value: float, kind: str) -> None:
    """Proves that what lies on the grid stays."""
    once = quantise(value, kind)  # type: ignore[arg-type]
    assert quantise(once, kind) == once  # type: ignore[arg-type]


def test_exact_splits_add_up() -> None:
    """Proves that two shares of 80 % add up to 80 %, for every split of it into 8,000 parts."""
    splits = [(n / 10_000, (8_000 - n) / 10_000) for n in range(8_001)]
    assert any(a + b < 0.8 for a, b in splits)
    assert all(quantise(a + b, "ratio") == 0.8 for a, b in splits)


@pytest.mark.parametrize("value", [-0.0, -1e-13, -0.4e-12])
def test_zero_has_no_sign(value: float) -> None:
    """Proves that nothing rounds to minus zero."""
    assert copysign(1, quantise(value, "ratio")) == 1


@pytest.mark.parametrize("value", [nan, inf, -inf, OVERFLOW, -OVERFLOW])
def test_what_overflows_is_unknown(value: float) -> None:
    """Proves that no infinity gets through, by any way of rounding."""
    assert isnan(quantise(value, "USD"))
    assert isnan(up(value, 0.01, "ratio"))
    assert isnan(down(value, 0.01, "ratio"))


def test_exact_steps_stay() -> None:
    """Proves that all 400 exact multiples of 25 bp are their own rounding, up and down."""
    for n in range(401):
        value = quantise(n * 0.0025, "ratio")
        assert up(value, 0.0025, "ratio") == down(value, 0.0025, "ratio") == value


@given(st.integers(0, 10**9), st.sampled_from([25, 100, 10**6]))
def test_steps_enclose(millionths: int, step: int) -> None:
    """Proves that a value lies between its steps, which are one step apart or equal."""
    value, width = millionths / 10**6, step / 10**4
    low, high = down(value, width, "ratio"), up(value, width, "ratio")
    assert low <= value <= high
    steps = Fraction(millionths, 10**6) / Fraction(step, 10**4)
    assert (low == high) == (steps.denominator == 1)


@given(amounts, amounts)
def test_rounding_keeps_order(a: float, b: float) -> None:
    """Proves that rounding never makes the greater the lesser."""
    assume(a < b)
    assert quantise(a, "USD") <= quantise(b, "USD")
    assert up(a, 1e4, "USD") <= up(b, 1e4, "USD")
