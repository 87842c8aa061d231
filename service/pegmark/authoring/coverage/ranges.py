"""Ranges of numbers: what arithmetic makes of them, and what comparisons of them may come to."""

from __future__ import annotations

from math import inf, isnan

Range = tuple[float, float]
"""The least and the most that a number may be."""
Outcome = bool | None
"""What a condition comes to; None is unknown."""
EVERY: frozenset[Outcome] = frozenset({True, False, None})
NONE: Range = (inf, -inf)
"""The range of what never has a value."""
_SLACK = 1e-9
"""Numbers are rounded to a grid finer than this: what is closer to a bound may lie on either side."""


def hull(ranges: list[Range]) -> Range:
    """Return the least range that holds all of `ranges`."""
    return min((low for low, _ in ranges), default=inf), max((high for _, high in ranges), default=-inf)


def combined(op: str, a: Range, b: Range) -> Range:
    """Return what arithmetic on two numbers may come to, as if they had nothing to do with each other.

    >>> combined("-", (0.0, 1.0), (0.5, 2.0)), combined("/", (1.0, 2.0), (0.0, 1.0))
    ((-2.0, 0.5), (0.0, inf))
    """
    if a[0] > a[1] or b[0] > b[1]:
        return NONE
    if op == "+":
        return a[0] + b[0], a[1] + b[1]
    if op == "-":
        return a[0] - b[1], a[1] - b[0]
    if op == "/" and b[0] <= 0 <= b[1]:
        # Arbitrarily small divisors keep the sign of the whole.
        return (0.0, inf) if a[0] >= 0 and b[0] >= 0 else (-inf, inf)
    ends = [_end(op, x, y) for x in a for y in b]
    return min(ends), max(ends)


def _end(op: str, x: float, y: float) -> float:
    found = x * y if op == "*" else x / y
    return 0.0 if isnan(found) else found


def truths(op: str, a: Range, b: Range) -> frozenset[Outcome]:
    """Return the truth values that a comparison may have; what is almost equal may be on either side."""
    slack = _SLACK * max([1.0, *(abs(end) for end in (*a, *b) if abs(end) < inf)])
    may_be_below, may_be_above = a[0] < b[1] + slack, a[1] > b[0] - slack
    exactly_above, exactly_below = a[0] >= b[1], a[1] <= b[0]
    match op:
        case "<":
            possible = (may_be_below and not exactly_above, may_be_above)
        case "<=":
            possible = (may_be_below, may_be_above and not exactly_below)
        case ">":
            possible = (may_be_above and not exactly_below, may_be_below)
        case ">=":
            possible = (may_be_above, may_be_below and not exactly_above)
        case _:
            is_one = a == b and a[0] == a[1]
            differ = not (may_be_below and may_be_above)
            possible = (not differ, not is_one) if op == "==" else (not is_one, not differ)
    return frozenset(truth for truth, can in zip((True, False), possible, strict=True) if can)
