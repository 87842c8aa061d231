"""The section `scorecards`: points for what is seen of each pillar, and for what is not."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import cast

from pegmark.language import BOOL, Scope
from pegmark.language.types import Unit
from pegmark.problems import Span
from pegmark.rulebook.names import Names
from pegmark.rulebook.program import Bins, Characteristic, PointsTable, Scorecard
from pegmark.rulebook.reading import Reader
from pegmark.rulebook.source import Node
from pegmark.rulebook.tables import complete, is_by_choice, members_of


def read_scorecards(reader: Reader, nodes: Iterable[Node], names: Names) -> list[Scorecard]:
    """Read `scorecards`: one pillar each, ordered by name and not by file."""
    found = []
    pillars: dict[str, Span] = {}
    scope = names.judging()
    for node in nodes:
        for item, path in reader.items(node, "scorecards", least=1):
            reader.rule_id = None
            entry = reader.mapping(item, path, ("pillar", "why", "characteristics"), ("applies",))
            pillar = reader.scalar(entry.get("pillar"), f"{path}.pillar")
            applies = reader.expression(entry.get("applies"), f"{path}.applies", scope, BOOL)
            why = reader.text(entry.get("why"), f"{path}.why")
            lines = [
                line
                for child, at in reader.items(entry.get("characteristics"), f"{path}.characteristics", 1)
                if (line := _characteristic(reader, child, at, scope)) is not None
            ]
            reader.rule_id = None
            if pillar is not None and not reader.is_twice(pillar, pillars, f"{path}.pillar", "pillar"):
                name = reader.variable(pillar, f"{path}.pillar")
                found.append(Scorecard(name, applies, tuple(lines), why, item.span))
    names.scored(tuple(pillars))
    return sorted(found, key=lambda card: card.pillar)


def _characteristic(reader: Reader, node: Node, path: str, scope: Scope) -> Characteristic | None:
    entry = reader.mapping(
        node,
        path,
        ("id", "weight", "unknown", "why", "cite"),
        ("of", "bins", "direction", "by", "when", "table"),
    )
    reason = reader.reason(entry, path, node.span)
    weight = reader.integer(entry.get("weight"), f"{path}.weight", 1, 100)
    unknown = reader.integer(entry.get("unknown"), f"{path}.unknown", 0, 100)
    kinds = [key for key in ("of", "by", "when") if key in entry]
    if len(kinds) != 1:
        message = "a characteristic has one of `of`, `by`, `when`"
        help = "write `of` for a number, `by` for a choice or `when` for a condition"
        reader.report("E0302", message, reason.span, path, help)
        return None
    grid = (
        _bins(reader, entry, path, scope, node)
        if kinds == ["of"]
        else _points(reader, entry, kinds[0], path, scope, node)
    )
    if grid is None:
        return None
    worst = min(grid.points if isinstance(grid, Bins) else (points for _, points in grid.points))
    if unknown > worst:
        message = f"unknown earns {unknown} points, more than the {worst} of the worst"
        reader.report(
            "E0324",
            message,
            entry["unknown"].span,
            f"{path}.unknown",
            f"write `unknown: {worst}` or less: what is not seen never helps",
        )
    return Characteristic(reason, weight, grid, unknown)


def _foreign(reader: Reader, entry: dict[str, Node], keys: Iterable[str], kind: str, path: str) -> None:
    for key in keys:
        if key in entry:
            message, at = f"unknown key `{key}`: it does not go with `{kind}`", entry[key].span
            reader.report("E0301", message, at, f"{path}.{key}", f"remove `{key}`")


def _bins(reader: Reader, entry: dict[str, Node], path: str, scope: Scope, node: Node) -> Bins | None:
    _foreign(reader, entry, ("table",), "of", path)
    for key in ("bins", "direction"):
        if key not in entry:
            reader.report("E0302", f"`{key}` is missing", node.span, path, f"add `{key}: …`")
    of = reader.expression(entry.get("of"), f"{path}.of", scope)
    if of is not None and not of.type.is_numeric:
        message = "bins are of a number, and this is a choice or a condition"
        reader.report("E0205", message, of.span, f"{path}.of", "use `by` or `when` with a table")
        of = None
    directions = ("increasing", "decreasing")
    direction = reader.choice(entry.get("direction"), f"{path}.direction", directions)
    edges: list[Fraction] = []
    points: list[int] = []
    bins = list(reader.items(entry.get("bins"), f"{path}.bins", 1))
    for n, (item, at) in enumerate(bins):
        found = reader.mapping(item, at, ("points",), ("below",))
        points.append(reader.integer(found.get("points"), f"{at}.points", 0, 100))
        is_last = n == len(bins) - 1
        if is_last is ("below" in found):
            message = "the last bin has no `below`" if is_last else "only the last bin is without `below`"
            reader.report("E0325", message, item.span, at, "bins must tile the whole range")
        elif not is_last and of is not None:
            unit = cast("Unit", of.type.kind)
            edge = reader.amount(found["below"], f"{at}.below", unit, -(10**15))
            if edges and edge <= edges[-1]:
                reader.report(
                    "E0325",
                    "edges of bins must rise",
                    found["below"].span,
                    f"{at}.below",
                    "list bins from low to high",
                )
            edges.append(edge)
    if direction is not None and points != sorted(points, reverse=direction == "decreasing"):
        said = {"increasing": "rise", "decreasing": "fall"}[direction]
        message = f"points must {said}, as `direction: {direction}` says"
        reader.report("E0326", message, entry["bins"].span, f"{path}.bins", "put points or `direction` right")
    if of is None or not points or len(points) != len(edges) + 1:
        return None
    return Bins(of, tuple(edges), tuple(points))


def _points(
    reader: Reader, entry: dict[str, Node], key: str, path: str, scope: Scope, node: Node
) -> PointsTable | None:
    _foreign(reader, entry, ("bins", "direction"), key, path)
    if "table" not in entry:
        reader.report("E0302", "`table` is missing", node.span, path, "add `table: …`")
    by = reader.expression(entry.get(key), f"{path}.{key}", scope, BOOL if key == "when" else None)
    rows = reader.entries(entry.get("table"), f"{path}.table")
    found = {name.text: reader.integer(cell, f"{path}.table.{name.text}", 0, 100) for name, cell in rows}
    if by is None or not is_by_choice(reader, by, f"{path}.{key}") or "table" not in entry:
        return None
    members = members_of(by)
    complete(reader, members, rows, entry["table"].span, f"{path}.table")
    return PointsTable(by, tuple((member, found.get(member, 0)) for member in members))
