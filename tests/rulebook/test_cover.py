"""Whether one condition holds wherever another does: never told wrongly, and told where it is plain."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pegmark.language import Place, Scope, Symbol, Type, check
from pegmark.language.nodes import Compare, Const, Logic, Member, Not, Read, Typed
from pegmark.problems import Position
from pegmark.rulebook.cover import MAX_LEAVES, condition, covers, is_never

MEMBERS = ("a", "b", "c")
SCOPE = Scope(
    {
        "x": Symbol("fact", Type("ratio", optional=True)),
        "e": Symbol("fact", Type("enum", MEMBERS, optional=True)),
        "q": Symbol("fact", Type("bool", optional=True)),
    }
)
Assets = dict[str, Fraction | str | bool | None]
ASSETS: list[Assets] = [
    {"x": x, "e": e, "q": q}
    for x, e, q in product(
        [None, *(Fraction(n, 200) for n in range(-1, 8))], [None, *MEMBERS], [None, True, False]
    )
]


def typed(text: str) -> Typed:
    """Return a checked condition."""
    found, problems = check(text, SCOPE, Place("", lambda _: Position(1, 1)), Type("bool"))
    assert problems == []
    assert found is not None
    return found


def value(node: Typed, asset: Assets) -> bool | None:
    """Return what a condition is for an asset, by Kleene's rules."""
    match node:
        case Const(bool() as said):
            return said
        case Read(name):
            found = asset[name]
            return None if found is None else bool(found)
        case Not(operand):
            inner = value(operand, asset)
            return None if inner is None else not inner
        case Logic(op, operands):
            decisive = op == "or"
            parts = [value(operand, asset) for operand in operands]
            return decisive if decisive in parts else None if None in parts else not decisive
        case Member(Read(name), members):
            return None if asset[name] is None else asset[name] in members
        case Compare("==", Read(name), Const(wanted)):
            return None if asset[name] is None else asset[name] == wanted
        case Compare(op, left, right):
            one, other = (_number(side, asset) for side in (left, right))
            if one is None or other is None:
                return None
            return {"<": one < other, "<=": one <= other, ">": one > other, ">=": one >= other}[op]
    raise AssertionError(node)


def _number(node: Typed, asset: Assets) -> Fraction | None:
    found = asset[node.name] if isinstance(node, Read) else getattr(node, "value", None)
    assert found is None or isinstance(found, Fraction)
    return found


LEAVES = st.sampled_from(
    [
        *(f"x {op} {n}%" for op in ("<", "<=", ">", ">=") for n in (0, 1, 2)),
        *("1% < x", "2% >= x", "0% <= x <= 2%"),
        *('e == "a"', 'e in ("a", "b")', 'e in ("b", "c")', 'e in ("a", "b", "c")'),
        *("q", "not q", "true", "false", 'not (e == "a")'),
    ]
)
CONDITIONS = st.recursive(
    LEAVES,
    lambda parts: st.builds(
        lambda op, some: "(" + f" {op} ".join(some) + ")",
        st.sampled_from(["and", "or"]),
        st.lists(parts, min_size=2, max_size=3),
    ),
    max_leaves=6,
)


@given(CONDITIONS, CONDITIONS)
def test_what_is_told_is_true(wide: str, narrow: str) -> None:
    """Proves on every asset that a condition that is said to cover another holds wherever it does.

    Where the narrow one is unknown the wide one is not false, so that it has something to say.
    """
    one, other = typed(wide), typed(narrow)
    if covers(condition(one), condition(other)):
        for asset in ASSETS:
            held, said = value(other, asset), value(one, asset)
            assert said is True or held is False or (held is None and said is None), asset


@pytest.mark.parametrize(
    ("wide", "narrow", "is_told"),
    [
        ("x >= 1%", "x >= 2%", True),
        ("x >= 2%", "x >= 1%", False),
        ("x > 1%", "x >= 1%", False),
        ("x >= 1%", "x > 1%", True),
        ("x < 2%", "x < 1%", True),
        ("x < 2%", "x <= 2%", False),
        ("x <= 2%", "2% > x", True),
        ("x > 1%", "x < 1%", False),
        ('e in ("a", "b")', 'e == "a"', True),
        ('e == "a"', 'e in ("a", "b")', False),
        ('e in ("a", "b")', "x > 1%", False),
        ("x > 1%", 'e == "a"', False),
        ("q", "q and x > 1%", True),
        ("q and x > 1%", "q", False),
        ("q or x > 1%", "x > 2%", True),
        ("q and x > 1%", "x > 2% and q", True),
        ("q", "q or x > 1%", False),
        ("true", "x > 1%", True),
        ("q", "not q", False),
    ],
)
def test_what_is_plain_is_told(wide: str, narrow: str, is_told: bool) -> None:
    """Proves for plain pairs that what covers is told, and only that."""
    assert covers(condition(typed(wide)), condition(typed(narrow))) is is_told


def test_long_conditions_are_compared_as_a_whole() -> None:
    """Proves that the time is bounded, and that a long condition still covers itself."""
    long = " or ".join(["x > 1%", *["q"] * MAX_LEAVES])
    assert covers(condition(typed(long)), condition(typed(long)))
    assert not covers(condition(typed(long)), condition(typed("q")))


def test_what_is_plainly_false() -> None:
    """Proves that a rule that never fires is told from one that may."""
    assert is_never(condition(typed("false")))
    assert not is_never(condition(typed("q and false")))
