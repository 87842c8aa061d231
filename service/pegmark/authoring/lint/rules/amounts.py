"""Curves, bins, tables and limits: no part of them that could be left out, none that rounds the wrong way."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from pegmark.authoring.lint.finding import Finding
from pegmark.authoring.lint.ranges import Range, interval_of, ranges_of
from pegmark.authoring.lint.subject import Subject, entry
from pegmark.language.prose import constant
from pegmark.language.types import Kind
from pegmark.problems import Span
from pegmark.rulebook.program import Amount, Bins, Curve, Step, Table
from pegmark.rulebook.source import Node, Scalar, Sequence


def collinear(subject: Subject) -> Iterator[Finding]:
    """Find points of a curve that lie on the line between those beside them."""
    for step in _steps(subject):
        if not isinstance(step.amount, Curve):
            continue
        points = step.amount.points
        written = _items(entry(subject.rules.get(step.reason.id), "curve", "points"))
        kind: Kind = step.amount.of.type.kind if step.amount.over is None else "ratio"
        for n in range(1, len(points) - 1):
            (x0, y0), (x1, y1), (x2, y2) = points[n - 1 : n + 2]
            if (y1 - y0) * (x2 - x1) == (y2 - y1) * (x1 - x0):
                message = f"the point at {constant(x1, kind)} lies on the line between those beside it"
                yield Finding(
                    message, _at(written, n, step.reason.span), "leave it out: the curve is the same"
                )


def equal_bins(subject: Subject) -> Iterator[Finding]:
    """Find bins that give the points of the bin before."""
    for card in subject.program.scorecards:
        for line in card.characteristics:
            if not isinstance(line.grid, Bins):
                continue
            points = line.grid.points
            written = _items(entry(subject.rules.get(line.reason.id), "bins"))
            for n in range(1, len(points)):
                if points[n] == points[n - 1]:
                    message = f"this bin gives {points[n]} points, as the one before it does"
                    yield Finding(message, _at(written, n, line.reason.span), "make one bin of the two")


def idle_limits(subject: Subject) -> Iterator[Finding]:
    """Find limits of steps that their amounts never reach."""
    names = ranges_of(subject.program)
    for step in _steps(subject):
        most = _most(step.amount, names)
        if step.limit is not None and most < step.limit:
            limit, reached = (constant(Fraction(value), "ratio") for value in (step.limit, most))
            written = entry(subject.rules.get(step.reason.id), "limit")
            span = written.span if written is not None else step.reason.span
            message = f"the limit of {step.reason.id} is {limit}, and its amount is never above {reached}"
            yield Finding(message, span, f"write `limit: {reached}`, or ask what was meant to be more")


def _most(amount: Amount, names: dict[str, Range]) -> Fraction | float:
    match amount:
        case Curve(points=points):
            return max(y for _, y in points)
        case Table(rows=rows):
            return max(value for _, value in rows)
        case expression:
            return interval_of(expression, names).high


def flat_tables(subject: Subject) -> Iterator[Finding]:
    """Find tables, of points too, in which every row says the same, or every column."""
    for step in _steps(subject):
        if isinstance(step.amount, Table):
            yield from _flat(step.amount, step.reason.id, step.reason.span)
    for card in subject.program.scorecards:
        for line in card.characteristics:
            if not isinstance(line.grid, Bins) and len({points for _, points in line.grid.points}) == 1:
                message = f"{line.reason.id} gives {line.grid.points[0][1]} points whatever is read"
                yield Finding(
                    message, line.reason.span, "leave the characteristic out, or tell the rows apart"
                )


def _flat(table: Table, rule_id: str, span: Span) -> Iterator[Finding]:
    if len({value for _, value in table.rows}) == 1:
        said = constant(table.rows[0][1], "ratio")
        yield Finding(f"every row of {rule_id} is {said}", span, "tell the rows apart, or write the number")
        return
    for axis, name in ((0, "by"), (1, "by2")) if table.by2 is not None else ():
        rest = {(key[1 - axis], value) for key, value in table.rows}
        if len(rest) == len({key[1 - axis] for key, _ in table.rows}):
            message = f"what {rule_id} is `{name}` makes no difference in it"
            yield Finding(message, span, f"leave `{name}` out, or tell the rows apart")


def rounding(subject: Subject) -> Iterator[Finding]:
    """Find rounding in the favour of who borrows: of a haircut down, of a cap up."""
    program = subject.program
    for section, mode, wrong in (
        ("haircut", program.haircut.rounding.mode, "down"),
        ("caps", program.caps.rounding.mode, "up"),
    ):
        inner = ("maintenance", "round", "mode") if section == "haircut" else ("round", "mode")
        written = entry(subject.written(section), *inner)
        if mode == wrong and written is not None:
            right = "up" if wrong == "down" else "down"
            what = "haircuts are" if section == "haircut" else "caps are"
            yield Finding(
                f"{what} rounded {wrong}, in favour of who borrows", written.span, f"write `mode: {right}`"
            )


def unused_classes(subject: Subject) -> Iterator[Finding]:
    """Find classes that no rule gives."""
    classify = subject.program.classify
    given = {rule.then for rule in classify.rules} | {classify.otherwise}
    for item in _items(entry(subject.written("classify"), "order")):
        if isinstance(item, Scalar) and item.text not in given:
            yield Finding(
                f"no rule gives the class `{item.text}`",
                item.span,
                "delete it with its rows, or add its rule",
            )


def _steps(subject: Subject) -> tuple[Step, ...]:
    haircut = subject.program.haircut
    return (haircut.start, *haircut.steps, haircut.reference)


def _items(node: Node | None) -> tuple[Node, ...]:
    return node.items if isinstance(node, Sequence) else ()


def _at(items: tuple[Node, ...], n: int, otherwise: Span) -> Span:
    return items[n].span if n < len(items) else otherwise
