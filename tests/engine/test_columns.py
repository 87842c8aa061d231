"""Kleene's operations on columns: each row as the three values say, and what is alike stays one value."""

from __future__ import annotations

from itertools import product
from math import inf, nan
from typing import Any

import numpy as np
import pytest

from pegmark.engine.vector import columns
from pegmark.engine.vector.columns import Choice, Number, Verdict

STATES = (True, False, None)
CODES = (0, 1, None)
NUMBERS = (0.0, 2.0, -3.0, None)


def verdict(states: Any) -> Verdict:
    return columns.verdict(np.array([-1 if state is None else state for state in states], np.int8))


def choice(codes: Any) -> Choice:
    return columns.choice(np.array([-1 if code is None else code for code in codes], np.int16))


def number(values: Any) -> Number:
    return columns.number(np.array([nan if value is None else value for value in values]), -3.0, 2.0)


def states(found: Verdict, rows: int) -> list[bool | None]:
    yes, no = (np.broadcast_to(mask, rows) for mask in (found.yes, found.fails))
    assert not (yes & no).any()
    unknown = np.broadcast_to(found.unknown, rows)
    assert (unknown == ~(yes | no)).all()
    return [True if y else False if n else None for y, n in zip(yes, no, strict=True)]


def values(found: Any, rows: int) -> list[Any]:
    if isinstance(found, Verdict):
        return states(found, rows)
    if isinstance(found, Choice):
        return [None if code < 0 else int(code) for code in np.broadcast_to(found.code, rows)]
    listed = np.broadcast_to(found.x, rows)
    assert not found.is_sure or not np.isnan(listed).any()
    return [None if np.isnan(x) else float(x) for x in listed]


MAKE = {"verdict": (verdict, STATES), "choice": (choice, CODES), "number": (number, NUMBERS)}


@pytest.mark.parametrize("kind", MAKE)
@pytest.mark.parametrize("is_known", [True, False])
def test_a_choice_between_two_and_what_stands_in(kind: str, is_known: bool) -> None:
    """Proves `if`, `coalesce` and `known` for every combination of three states and two values."""
    make, members = MAKE[kind]
    members = tuple(m for m in members if m is not None or not is_known)
    rows = list(product(STATES if not is_known else (True, False), members, members))
    condition, one, other = (
        verdict([r[0] for r in rows]),
        make([r[1] for r in rows]),
        make([r[2] for r in rows]),
    )
    found = columns.selected(condition, one, other)
    assert values(found, len(rows)) == [None if c is None else a if c else b for c, a, b in rows]
    assert found.is_sure == is_known
    first = columns.first_known([one, other])
    assert values(first, len(rows)) == [b if a is None else a for _, a, b in rows]
    assert states(columns.known(one), len(rows)) == [a is not None for _, a, _ in rows]
    assert np.broadcast_to(columns.unknown(one), len(rows)).tolist() == [a is None for _, a, _ in rows]


@pytest.mark.parametrize("is_known", [True, False])
def test_comparisons(is_known: bool) -> None:
    """Proves that what is compared with something unknown is unknown, and all else as Python has it."""
    for make, members in ((verdict, STATES), (choice, CODES)):
        known = tuple(m for m in members if m is not None or not is_known)
        rows = list(product(known, known))
        found = columns.alike(make([a for a, _ in rows]), make([b for _, b in rows]))
        assert states(found, len(rows)) == [None if None in row else row[0] == row[1] for row in rows]
    numbers = tuple(m for m in NUMBERS if m is not None or not is_known)
    rows = list(product(numbers, numbers))
    a, b = number([a for a, _ in rows]), number([b for _, b in rows])
    for op, test in TESTS.items():
        expected = [None if x is None or y is None else test(x, y) for x, y in rows]
        assert states(columns.compared(op, a, b), len(rows)) == expected, op
    assert states(columns.among(choice(CODES), [1]), 3) == [False, True, None]


TESTS: dict[str, Any] = {
    "<": lambda x, y: x < y,
    "<=": lambda x, y: x <= y,
    ">": lambda x, y: x > y,
    ">=": lambda x, y: x >= y,
    "==": lambda x, y: x == y,
    "!=": lambda x, y: x != y,
}


def test_logic() -> None:
    """Proves Kleene's tables, for columns and for what is the same in all rows."""
    rows = list(product(STATES, STATES))
    a, b = verdict([a for a, _ in rows]), verdict([b for _, b in rows])
    both = [False if False in row else None if None in row else True for row in rows]
    either = [True if True in row else None if None in row else False for row in rows]
    assert states(columns.conjunction([a, b]), 9) == both
    assert states(columns.disjunction([a, b]), 9) == either
    assert states(columns.negation(a), 9) == [None if x is None else not x for x, _ in rows]
    for state, constant in ((True, Verdict(True)), (False, Verdict(False)), (None, columns.UNDECIDED)):
        assert states(columns.conjunction([a, constant]), 9) == [
            False if False in (x, state) else None if None in (x, state) else True for x, _ in rows
        ]
    assert columns.conjunction([a, Verdict(False)]).yes is False


def test_numbers() -> None:
    """Proves that x/0 and what overflows are unknown, that bounds hold, and that nothing costs nothing."""
    rows = [(1.0, 2.0), (1.0, 0.0), (0.0, 0.0), (None, 1.0), (-3.0, 2.0)]
    a, b = number([a for a, _ in rows]), number([b for _, b in rows])
    with np.errstate(all="ignore"):
        assert values(columns.arithmetic("/", a, b), 5) == [0.5, None, None, None, -1.5]
        assert values(columns.extreme("min", [a, b]), 5) == [1.0, 0.0, 0.0, None, -3.0]
        assert values(columns.magnitude(a), 5) == [1.0, 1.0, 0.0, None, 3.0]
        large = columns.number(np.array([1e14, 1e15, -1e15, 2e15]), -inf, inf)
        assert values(columns.quantised(large, is_usd=True), 4) == [1e14, None, None, None]
    for op in ("+", "-", "*", "/"):
        assert columns.arithmetic(op, a, columns.UNKNOWN) is columns.UNKNOWN
        found = columns.arithmetic(op, columns.constant(3.0), columns.constant(2.0))
        assert found.low == found.high == found.x
    assert columns.extreme("max", [a, columns.UNKNOWN]) is columns.UNKNOWN
    assert columns.compared("<", a, columns.UNKNOWN) is columns.UNDECIDED
    assert columns.arithmetic("/", columns.constant(1.0), columns.constant(0.0)).is_sure is False
    assert columns.magnitude(columns.constant(-2.0)).x == 2.0
