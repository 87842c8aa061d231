"""Faults in tables, curves, grids of points and steps: in a cell, a corner, an edge, a limit."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import Literal

from pegmark.authoring.mutation.expressions import expressions
from pegmark.authoring.mutation.mutant import Change, Changed, put
from pegmark.authoring.mutation.numbers import numbers, whole
from pegmark.authoring.mutation.rules import guarded
from pegmark.facts.units import Kind
from pegmark.language.prose import constant
from pegmark.rulebook.program import (
    Amount,
    Bins,
    Characteristic,
    Curve,
    Limit,
    PointsTable,
    Rounding,
    Scalar,
    Step,
    Table,
)

FULL = 100
OTHER_OP = {"add": "max", "max": "add", "min": "max", "multiply": "add"}


def characteristics(line: Characteristic) -> Changed[Characteristic]:
    """Yield a line of a scorecard with a fault."""
    for change, weight in whole(line.weight, "weight", least=1):
        yield change, replace(line, weight=weight)
    match line.grid:
        case Bins():
            for change, grid in _bins(line.grid):
                yield change, replace(line, grid=grid)
        case PointsTable():
            for change, cells in _points(line.grid):
                yield change, replace(line, grid=cells)
    for change, unknown in whole(line.unknown, "unknown", most=FULL, step=10):
        yield change, replace(line, unknown=unknown)


def _bins(grid: Bins) -> Changed[Bins]:
    for change, of in expressions(grid.of, "of"):
        yield change, replace(grid, of=of)
    kind = grid.of.type.kind
    for n, edge in enumerate(grid.edges):
        for change, moved in _between(grid.edges, n, edge, kind, f"edge {n + 1}"):
            yield change, replace(grid, edges=put(grid.edges, n, moved))
    for n, points in enumerate(grid.points):
        for change, given in whole(points, f"points of bin {n + 1}", most=FULL):
            yield change, replace(grid, points=put(grid.points, n, given))
    for n, (points, after) in enumerate(pairwise(grid.points)):
        change = Change("neighbour", f"points of bin {n + 1}", str(points), str(after))
        yield change, replace(grid, points=put(grid.points, n, after))


def _points(grid: PointsTable) -> Changed[PointsTable]:
    for change, by in expressions(grid.by, "by"):
        yield change, replace(grid, by=by)
    for n, (member, points) in enumerate(grid.points):
        place = f"points of {member}"
        for change, given in whole(points, place, most=FULL):
            yield change, replace(grid, points=put(grid.points, n, (member, given)))
        after = grid.points[(n + 1) % len(grid.points)][1]
        if after != points:
            change = Change("neighbour", place, str(points), str(after))
            yield change, replace(grid, points=put(grid.points, n, (member, after)))


def _between(
    rising: tuple[Fraction, ...], n: int, value: Fraction, kind: Kind, place: str
) -> Changed[Fraction]:
    """Yield a number of a list that rises as it is nearby, where the list still rises."""
    for change, moved in numbers(value, kind, place, least=Fraction(0) if value >= 0 else None):
        is_after = n == 0 or rising[n - 1] < moved
        if is_after and (n == len(rising) - 1 or moved < rising[n + 1]):
            yield change, moved


def amounts(amount: Amount, kind: Kind) -> Changed[Amount]:
    """Yield an amount of a unit with a fault."""
    match amount:
        case Curve():
            yield from _curves(amount, kind)
        case Table():
            yield from _tables(amount, kind)
        case expression:
            yield from expressions(expression, "expr")


def _curves(curve: Curve, kind: Kind) -> Changed[Curve]:
    for change, of in expressions(curve.of, "of"):
        yield change, replace(curve, of=of)
    if curve.over is not None:
        for change, over in expressions(curve.over, "over"):
            yield change, replace(curve, over=over)
    xs = tuple(x for x, _ in curve.points)
    along: Kind = "ratio" if curve.over is not None else curve.of.type.kind
    for n, (x, y) in enumerate(curve.points):
        for change, moved in _between(xs, n, x, along, f"corner {n + 1}"):
            yield change, replace(curve, points=put(curve.points, n, (moved, y)))
        for change, given in numbers(y, kind, f"value at {constant(x, along)}"):
            yield change, replace(curve, points=put(curve.points, n, (x, given)))


def _tables(table: Table, kind: Kind) -> Changed[Table]:
    for change, by in expressions(table.by, "by"):
        yield change, replace(table, by=by)
    if table.by2 is not None:
        for change, by2 in expressions(table.by2, "by2"):
            yield change, replace(table, by2=by2)
    for n, (members, value) in enumerate(table.rows):
        place = f"cell {' '.join(members)}"
        for change, given in numbers(value, kind, place):
            yield change, replace(table, rows=put(table.rows, n, (members, given)))
        after = table.rows[(n + 1) % len(table.rows)][1]
        if after != value:
            change = Change("neighbour", place, constant(value, kind), constant(after, kind))
            yield change, replace(table, rows=put(table.rows, n, (members, after)))


def steps(step: Step) -> Changed[Step]:
    """Yield a line of the waterfall with a fault."""
    yield from guarded(step)
    for change, amount in amounts(step.amount, "ratio"):
        yield change, replace(step, amount=amount)
    if step.unknown is not None:
        for change, unknown in numbers(step.unknown, "ratio", "unknown", most=Fraction(1)):
            yield change, replace(step, unknown=unknown)
    if step.limit is not None:
        for change, limit in numbers(step.limit, "ratio", "limit", most=Fraction(1)):
            yield change, replace(step, limit=limit)


def ops(step: Step) -> Changed[Step]:
    """Yield a step, not the start, that changes the haircut so far in another way."""
    other = OTHER_OP[step.op]
    yield Change("operation", "op", step.op, other), replace(step, op=other)  # type: ignore[arg-type]  # one of the same


def limits(limit: Limit) -> Changed[Limit]:
    """Yield a limit of the cap with a fault."""
    yield from guarded(limit)
    for change, amount in expressions(limit.amount, "expr"):
        yield change, replace(limit, amount=amount)
    if limit.unknown is not None:
        for change, unknown in numbers(limit.unknown, "USD", "unknown"):
            yield change, replace(limit, unknown=unknown)


def roundings(rounding: Rounding, kind: Kind) -> Changed[Rounding]:
    """Yield a way of rounding with a fault."""
    for to in (rounding.to / 2, rounding.to * 2):
        change = Change("number", "to", constant(rounding.to, kind), constant(to, kind))
        yield change, replace(rounding, to=to)
    mode: Literal["up", "down"] = "down" if rounding.mode == "up" else "up"
    yield Change("operation", "mode", rounding.mode, mode), replace(rounding, mode=mode)


def scalars(value: Scalar, kind: Kind, place: str) -> Changed[Scalar]:
    """Yield a number or a flag with a fault; of a text nothing is known that stands beside it."""
    match value:
        case bool():
            yield Change("constant", place, constant(value, kind), constant(not value, kind)), not value
        case Fraction():
            yield from numbers(value, kind, place)
