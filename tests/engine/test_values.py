"""What expressions come to in generated code: three values, exact comparisons, total arithmetic."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from pegmark.engine.emit import as_json, divide, quantise, quantise_usd, ratio
from tests.engine.books import evaluated

TRUE, FALSE, UNKNOWN = True, False, None
THREE = (TRUE, FALSE, UNKNOWN)


@pytest.mark.parametrize(("p", "q"), list(product(THREE, THREE)))
def test_and_or_are_kleenes(p: bool | None, q: bool | None) -> None:
    """False decides a conjunction and true a disjunction, whatever else is unknown, on either side."""
    both = FALSE if FALSE in (p, q) else UNKNOWN if UNKNOWN in (p, q) else TRUE
    either = TRUE if TRUE in (p, q) else UNKNOWN if UNKNOWN in (p, q) else FALSE
    assert evaluated("custom.p and custom.q", p=p, q=q) is both
    assert evaluated("custom.p or custom.q", p=p, q=q) is either
    assert evaluated("custom.p and custom.q and true", p=p, q=q) is both
    assert evaluated("custom.p or custom.q or false", p=p, q=q) is either


@pytest.mark.parametrize(("value", "negated"), [(TRUE, FALSE), (FALSE, TRUE), (UNKNOWN, UNKNOWN)])
def test_not_keeps_unknown(value: bool | None, negated: bool | None) -> None:
    """The negation of unknown is unknown; of a known condition it is the other one."""
    assert evaluated("not custom.p", p=value) is negated
    assert evaluated("not known(custom.p)", p=value) is (value is UNKNOWN)


@pytest.mark.parametrize("value", THREE)
def test_known_is_two_valued(value: bool | None) -> None:
    """Whether something is known is always known, of flags, choices and numbers alike."""
    assert evaluated("known(custom.p)", p=value) is (value is not None)
    assert evaluated("known(custom.x)", x=None if value is None else 0) is (value is not None)
    assert evaluated("known(custom.k)", k=None if value is None else "low") is (value is not None)
    assert evaluated("known(custom.p and custom.q)", p=value, q=False) is True
    assert evaluated("known(1 / custom.n)", n=0) is False


@pytest.mark.parametrize(("p", "expected"), [(TRUE, 0.1), (FALSE, 0.2), (UNKNOWN, None)])
def test_if_with_an_unknown_condition_is_unknown(p: bool | None, expected: float | None) -> None:
    """Not even two equal branches make it known; the branch that is not taken does not matter."""
    assert evaluated("if custom.p then 10% else 20%", "ratio", p=p) == expected
    assert evaluated("if custom.p then 10% else 10%", "ratio", p=p) == (None if p is None else 0.1)
    assert evaluated("if custom.p then 10% else custom.x", "ratio", p=True) == 0.1
    assert evaluated("if custom.p then custom.x else 10%", "ratio", p=True) is None
    assert evaluated('if custom.p then custom.k == "low" else custom.q', "bool", p=False, q=True) is True


@pytest.mark.parametrize("op", ["<", "<=", ">", ">=", "==", "!="])
def test_comparison_with_unknown_is_unknown(op: str) -> None:
    """Missing is neither less nor more than anything, nor different from it, on either side."""
    assert evaluated(f"custom.x {op} 1%") is None
    assert evaluated(f"1% {op} custom.x") is None
    assert evaluated(f"custom.x {op} custom.y", x=1) is None
    assert evaluated(f"custom.x {op} custom.y", y=1) is None


@pytest.mark.parametrize(
    ("op", "expected"),
    [("<", "100"), ("<=", "110"), (">", "001"), (">=", "011"), ("==", "010"), ("!=", "101")],
)
def test_comparisons_below_at_and_above(op: str, expected: str) -> None:
    """Each operator on both sides of equality and at it."""
    found = [evaluated(f"custom.x {op} 2%", x=x) for x in (0.01, 0.02, 0.03)]
    assert found == [digit == "1" for digit in expected]


@pytest.mark.parametrize(
    ("x", "expected"),
    [(0.9799, False), (0.98, True), (1, True), (1.0199, True), (1.02, False), (None, None)],
)
def test_a_chain_is_all_of_its_comparisons(x: float | None, expected: bool | None) -> None:
    """Closed below and open above, as written."""
    assert evaluated("98% <= custom.x < 102%", x=x) is expected


def test_a_chain_with_one_false_link_is_false() -> None:
    """What the unknown link would say does not matter then."""
    assert evaluated("50% < custom.x < custom.y", x=0.1) is False
    assert evaluated("50% < custom.x < custom.y", x=0.6) is None


@pytest.mark.parametrize(("k", "is_in"), [("low", True), ("middle", False), ("high", True), (None, None)])
def test_membership(k: str | None, is_in: bool | None) -> None:
    """A choice is in a list, not in it, or unknown; equality is membership of one."""
    assert evaluated('custom.k in ("low", "high")', k=k) is is_in
    assert evaluated('custom.k == "middle"', k=k) is (None if k is None else k == "middle")
    assert evaluated('custom.k != "middle"', k=k) is (None if k is None else k != "middle")


@pytest.mark.parametrize("expression", ["custom.x + 1%", "1% - custom.x", "custom.x * 2%", "custom.x / 2%"])
def test_arithmetic_with_unknown_is_unknown(expression: str) -> None:
    """No default stands in for what is missing."""
    assert evaluated(expression.replace("2%", "custom.y"), "ratio", y=1) is None
    assert evaluated(expression, "ratio") is None


@pytest.mark.parametrize(
    ("expression", "unit", "expected"),
    [
        ("custom.x + custom.y", "ratio", 0.7),
        ("custom.x - custom.y", "ratio", 0.3),
        ("custom.y - custom.x", "ratio", -0.3),
        ("-custom.x", "ratio", -0.5),
        ("custom.x * custom.u", "USD", 500),
        ("custom.u * custom.x", "USD", 500),
        ("custom.u / custom.v", "ratio", 4),
        ("custom.n * custom.d", "days", 6),
        ("custom.d / 2", "days", 1.5),
        ("abs(custom.y - custom.x)", "ratio", 0.3),
        ("min(custom.x, custom.y, 90%)", "ratio", 0.2),
        ("max(custom.x, custom.y, 10%)", "ratio", 0.5),
        ("clamp(custom.x, 60%, 70%)", "ratio", 0.6),
        ("clamp(custom.x, 30%, 40%)", "ratio", 0.4),
        ("clamp(custom.x, 30%, 70%)", "ratio", 0.5),
        ("coalesce(custom.x, 9%)", "ratio", 0.5),
    ],
)
def test_arithmetic(expression: str, unit: str, expected: float) -> None:
    """Every operator and function, with units, on values that all differ."""
    assert evaluated(expression, unit, x=0.5, y=0.2, u=1000, v=250, n=2, d=3) == expected


@pytest.mark.parametrize("function", ["min", "max"])
def test_extremes_of_unknown_are_unknown(function: str) -> None:
    """Whichever operand is missing, the least or greatest is not known."""
    for missing in ("x", "y"):
        facts = {name: 0.1 for name in ("x", "y") if name != missing}
        assert evaluated(f"{function}(custom.x, custom.y)", "ratio", **facts) is None
        assert evaluated(f"{function}(custom.x, 5%, custom.y)", "ratio", **facts) is None
    assert evaluated("abs(custom.x)", "ratio") is None


def test_coalesce_takes_the_first_that_is_known() -> None:
    """Of numbers, flags and choices; if none is known the result is not."""
    assert evaluated("coalesce(custom.x, custom.y, 9%)", "ratio") == 0.09
    assert evaluated("coalesce(custom.x, custom.y, 9%)", "ratio", y=0) == 0
    assert evaluated("coalesce(custom.x, custom.y, 9%)", "ratio", x=0.01, y=0.02) == 0.01
    assert evaluated("coalesce(custom.x, custom.y)", "ratio") is None
    assert evaluated("coalesce(custom.q, true)") is True
    assert evaluated("coalesce(custom.q, true)", q=False) is False
    assert evaluated("coalesce(custom.q, custom.p)", p=None) is None
    assert evaluated('coalesce(custom.k, "low") == "low"', k=None) is True


@pytest.mark.parametrize(("u", "v"), [(5, 0), (0, 0), (None, 0), (0, None), (5, None)])
def test_division_by_zero_is_unknown(u: float | None, v: float | None) -> None:
    """x/0 and 0/0 are undefined, which is unknown, and never an error or an infinity."""
    assert evaluated("custom.u / custom.v", "ratio", u=u, v=v) is None
    assert evaluated("custom.u / custom.v > 0%", u=u, v=v) is None


def test_division_by_a_computed_zero_is_unknown() -> None:
    """A divisor that comes to zero is zero."""
    assert evaluated("custom.u / (custom.v - custom.v)", "ratio", u=1, v=0.3) is None


def test_overflow_is_unknown() -> None:
    """A number too large for its grid is not known, and is compared with nothing."""
    large = "custom.n * custom.n * custom.n"
    assert evaluated("custom.n * 1", "number", n=1e9) == 1e9
    assert evaluated(large, "number", n=1e9) is None
    assert evaluated(f"{large} > 1", n=1e9) is None
    assert evaluated(" * ".join(["custom.n"] * 40), "number", n=1e9) is None
    assert evaluated(f"custom.u * ({large})", "USD", n=1e9, u=1e13) is None


@pytest.mark.parametrize(
    ("expression", "facts"),
    [
        ("custom.x + custom.y == 30%", {"x": 0.1, "y": 0.2}),
        ("custom.x + custom.y >= 80%", {"x": 0.1, "y": 0.7}),
        ("custom.x * 3 == 30%", {"x": 0.1}),
        ("100% - custom.x == 90%", {"x": 0.1}),
        ("custom.u / 3 * 3 == custom.u", {"u": 10.01}),
        ("custom.x - custom.y == 0%", {"x": 0.3 - 1e-16, "y": 0.3}),
    ],
)
def test_computed_sides_are_rounded_before_they_are_compared(expression: str, facts: Any) -> None:
    """Sums that are equal in decimals are equal, though not in binary."""
    assert evaluated(expression, **facts) is True


def test_every_split_of_80_percent_adds_up() -> None:
    """Of 8,001 exact splits of 80 % in two shares, 1,740 add up to less in binary; none does here."""
    missed = 0
    for n in range(8001):
        x, y = n / 10_000, (8000 - n) / 10_000
        missed += x + y < 0.8
        assert quantise(x + y) >= 0.8
    assert missed == 1740


def test_a_difference_of_the_grid_counts() -> None:
    """Rounding is to 1e-12, and what differs by that is different."""
    assert evaluated("custom.x < custom.y", x=0.1, y=0.100000000001) is True
    assert evaluated("custom.x < custom.y", x=0.1, y=0.1000000000001) is False
    assert evaluated("custom.u < custom.v", u=1, v=1.000001) is True
    assert evaluated("custom.u < custom.v", u=1, v=1.0000001) is False


def test_minus_zero_is_zero() -> None:
    """Neither facts nor products keep a sign on zero, so that equal decisions are equal bytes."""
    assert str(evaluated("custom.x * -1", "ratio", x=0)) == "0"
    assert str(evaluated("-custom.x", "ratio", x=1e-13)) == "0"


@pytest.mark.parametrize(
    ("function", "value", "expected"),
    [
        (quantise, 1e14, 1e14),
        (quantise, 1e15, None),
        (quantise, -1e15, None),
        (quantise, float("nan"), None),
        (quantise_usd, 1e13, 1e13),
        (quantise_usd, float("-inf"), None),
        (quantise_usd, 0.00000049, 0),
        (quantise_usd, 0.00000051, 0.000001),
    ],
)
def test_quantisers_at_their_ends(function: Any, value: float, expected: float | None) -> None:
    """Beyond the largest number that has a grid in a double, nothing is known."""
    assert as_json(function(value)) == expected


def test_small_words_of_the_generated_code() -> None:
    """Division and the two spellings of a number, at their edges."""
    assert divide(1, 4) == 0.25
    assert as_json(divide(1, 0)) is None
    assert as_json(divide(1, float("nan"))) is None
    assert [ratio(value) for value in (0, 10**12, 5 * 10**11, 25 * 10**8)] == [0, 1, 0.5, 0.0025]
    assert isinstance(as_json(2.0), int)
    assert isinstance(ratio(10**12), int)
