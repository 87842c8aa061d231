"""How units combine: the same laws whatever the units."""

from __future__ import annotations

from itertools import product as pairs

import pytest

from pegmark.language.types import UNITS, Unit
from pegmark.language.units import product, quotient

PAIRS = list(pairs(UNITS, UNITS))


@pytest.mark.parametrize(("a", "b"), PAIRS)
def test_products_commute(a: Unit, b: Unit) -> None:
    """Proves that the order of factors does not change the unit."""
    assert product(a, b) == product(b, a)


@pytest.mark.parametrize(("a", "b"), PAIRS)
def test_dividing_undoes_multiplying(a: Unit, b: Unit) -> None:
    """Proves that what a quotient is, times the divisor, is what was divided."""
    found = quotient(a, b)
    if found is not None and a != "number":
        assert product(found, b) == a


@pytest.mark.parametrize("unit", UNITS)
def test_scales(unit: Unit) -> None:
    """Proves that a bare number and a ratio scale anything, and that like by like is a ratio."""
    assert product("number", unit) == unit
    assert product("ratio", unit) == ("ratio" if unit == "number" else unit)
    assert quotient(unit, "number") == unit
    assert quotient(unit, unit) == ("number" if unit == "number" else "ratio")


def test_nothing_else_combines() -> None:
    """Proves that every other pair is refused."""
    plain = ("days", "USD", "points")
    assert {product(a, b) for a, b in pairs(plain, plain)} == {None}
    assert {quotient(a, b) for a, b in pairs(UNITS, plain) if a != b} == {None}
