"""Scorecards, curves, tables and steps that note where on them an asset lies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import pairwise
from math import inf, isnan, nan
from typing import Any

from pegmark.authoring.coverage.items import Place, Scale
from pegmark.authoring.coverage.ranges import Range
from pegmark.authoring.coverage.watching import Evaluate, Names, Watch
from pegmark.language.nodes import Typed
from pegmark.language.prose import constant, text
from pegmark.language.quantise import quantise
from pegmark.language.types import Kind
from pegmark.rulebook.program import Amount, Bins, Characteristic, Curve, Table


def unknown_mark(watch: Watch, place: Place, label: str, *nodes: Typed) -> int:
    """List the branch that is taken where one of `nodes` is unknown."""
    may_be = any(map(watch.reach.may_be_unknown, nodes))
    shown = " and ".join(f"`{text(node)}`" for node in nodes)
    verb = "is" if len(nodes) == 1 else "are"
    why = None if may_be else f"{shown} {verb} never unknown"
    return watch.register.add("branch", place, label, unreachable=why)


def points(watch: Watch, line: Characteristic, place: Place) -> Evaluate:
    """Return the points of a characteristic."""
    of = line.grid.of if isinstance(line.grid, Bins) else line.grid.by
    value, seen = watch.named(of, place), watch.register.seen
    unsure = unknown_mark(watch, place, "the points of unknown", of)
    find: Callable[[Any], tuple[int, int]]
    match line.grid:
        case Bins(_, edges, given):
            marks = _intervals(watch, place, edges, of.type.kind, of, watch.reach.number(of), _bin)
            floats = [float(edge) for edge in edges]

            def find(x: Any) -> tuple[int, int]:
                n = sum(x >= edge for edge in floats)
                return marks[n], given[n]

        case table:
            cells = _cells(watch, place, of, [(member, value) for member, value in table.points])

            def find(x: Any) -> tuple[int, int]:
                return cells.get(_key(x), (unsure, line.unknown))

    def found(names: Names) -> int:
        x = value(names)
        mark, at = (unsure, line.unknown) if x is None or x != x else find(x)  # noqa: PLR0124 - NaN
        seen[mark] = 1
        return at

    return found


def _cells(
    watch: Watch, place: Place, by: Typed, rows: Sequence[tuple[str, Any]]
) -> dict[str, tuple[int, Any]]:
    """List the cells of a table by their key."""
    if by.type.kind == "bool":
        possible = {str(outcome).lower() for outcome in watch.reach.outcomes(by)}
    else:
        possible = set(watch.reach.choices(by))
    return {
        member: (
            watch.register.add(
                "branch",
                place,
                f"the cell of `{member}`",
                unreachable=None if member in possible else f"`{text(by)}` is never `{member}`",
            ),
            value,
        )
        for member, value in rows
    }


def _key(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _bin(kind: Kind, low: Fraction | None, high: Fraction | None) -> str:
    if low is None:
        assert high is not None  # noqa: S101 - a scorecard has an edge
        return f"the bin below {constant(high, kind)}"
    if high is None:
        return f"the bin from {constant(low, kind)} on"
    return f"the bin from {constant(low, kind)} to {constant(high, kind)}"


def _segment(kind: Kind, low: Fraction | None, high: Fraction | None) -> str:
    if low is None:
        assert high is not None  # noqa: S101 - a curve has a point
        return f"the flat end up to {constant(high, kind)}"
    if high is None:
        return f"the flat end from {constant(low, kind)} on"
    return f"the segment from {constant(low, kind)} to {constant(high, kind)}"


def _intervals(
    watch: Watch,
    place: Place,
    edges: Sequence[Fraction],
    kind: Kind,
    of: Typed,
    reached: Range,
    label: Callable[[Kind, Fraction | None, Fraction | None], str],
    *,
    closed: bool = False,
) -> list[int]:
    """List the intervals between edges, the open ends included; `closed` where the first has its edge."""
    marks = []
    ends = [None, *edges, None]
    for n, (low, high) in enumerate(pairwise(ends)):
        is_beyond = low is not None and reached[1] < float(low)
        is_before = high is not None and (
            reached[0] > float(high) if closed and n == 0 else reached[0] >= float(high)
        )
        why = f"it never comes to {_span(reached, kind)}" if is_beyond or is_before else None
        marks.append(watch.register.add("branch", place, label(kind, low, high), unreachable=why))
    shown = tuple(constant(edge, kind) for edge in edges)
    watch.register.scales.append(Scale(place, shown, tuple(marks), of.type.kind, closed))
    return marks


def _span(reached: Range, kind: Kind) -> str:
    low, high = (
        constant(Fraction(end).limit_denominator(10**9), kind) if abs(end) < inf else "any" for end in reached
    )
    return f"that: its range is {low} to {high}"


def amount(watch: Watch, of: Amount, place: Place) -> Evaluate:
    """Return an amount before it is limited; NaN where it is unknown."""
    match of:
        case Curve():
            return _curve(watch, of, place)
        case Table():
            return _table(watch, of, place)
    return watch.named(of, place)


def _curve(watch: Watch, curve: Curve, place: Place) -> Evaluate:
    of = watch.named(curve.of, place)
    over = None if curve.over is None else watch.named(curve.over, place)
    xs, ys = ([float(end) for end in ends] for ends in zip(*curve.points, strict=True))
    slopes = [(b - a) / (d - c) for (a, b), (c, d) in zip(pairwise(ys), pairwise(xs), strict=True)]
    reached, kind = watch.reach.number(curve.of), curve.of.type.kind
    if curve.over is not None:
        reached, kind = (0.0 if reached[0] >= 0 else -inf, inf), "ratio"
    marks = _intervals(
        watch, place, [x for x, _ in curve.points], kind, curve.of, reached, _segment, closed=True
    )
    nothing = (
        None
        if curve.over is None
        else watch.register.add("branch", place, f"over nothing: `{text(curve.over)}` is zero")
    )
    seen = watch.register.seen

    def found(names: Names) -> float:
        x: float = of(names)
        if over is not None:
            y: float = over(names)
            if isnan(x) or isnan(y):
                return x + y
            if x == 0:
                x = xs[0]
            elif y == 0:
                assert nothing is not None  # noqa: S101 - listed where there is `over`
                seen[nothing] = 1
                x = xs[-1]
            else:
                x = quantise(x / y, "ratio")
        if isnan(x):
            return x
        if x <= xs[0]:
            seen[marks[0]] = 1
            return ys[0]
        for n, slope in enumerate(slopes):
            if x < xs[n + 1]:
                seen[marks[n + 1]] = 1
                return ys[n] + (x - xs[n]) * slope
        seen[marks[-1]] = 1
        return ys[-1]

    return found


def _table(watch: Watch, table: Table, place: Place) -> Evaluate:
    by = watch.named(table.by, place)
    by2 = None if table.by2 is None else watch.named(table.by2, place)
    possible = [
        {_key(outcome) for outcome in watch.reach.outcomes(node)}
        if node.type.kind == "bool"
        else watch.reach.choices(node)
        for node in (table.by, table.by2)
        if node is not None
    ]
    cells: dict[tuple[str, ...], tuple[int, float]] = {}
    for key, value in table.rows:
        out = next((member for member, could in zip(key, possible, strict=True) if member not in could), None)
        why = None if out is None else f"nothing is ever `{out}`"
        shown = ", ".join(f"`{member}`" for member in key)
        mark = watch.register.add("branch", place, f"the cell of {shown}", unreachable=why)
        cells[key] = (mark, float(value))
    seen = watch.register.seen

    def found(names: Names) -> float:
        key: tuple[str, ...] = (_key(by(names)),)
        if by2 is not None:
            key = (*key, _key(by2(names)))
        if key not in cells:
            return nan
        mark, value = cells[key]
        seen[mark] = 1
        return value

    return found
