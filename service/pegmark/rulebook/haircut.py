"""The section `haircut`: a start, steps by table, curve or expression, bounds, and what follows."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from itertools import pairwise
from typing import Any, cast

from pegmark.language import BOOL, Scope, Type
from pegmark.language.nodes import Const, Read, Typed, reads
from pegmark.language.prose import constant
from pegmark.language.types import Unit
from pegmark.problems import Related
from pegmark.rulebook.expressions import amount_expressions
from pegmark.rulebook.names import RATIO, Names
from pegmark.rulebook.program import Amount, Curve, Derived, Haircut, Rounding, Step, Table
from pegmark.rulebook.reading import NO_REASON, NOWHERE, Reader
from pegmark.rulebook.source import Mapping, Node, Sequence
from pegmark.rulebook.tables import complete, is_by_choice, members_of

MAX_POINTS = 64
_ONE = Fraction(1)
_FINEST = {"ratio": Fraction(1, 10**6), "USD": Fraction(1, 100)}
"""The finest step that is rounded to."""
_NO_STEP = Step(NO_REASON, "add", None, Const(Fraction(0), RATIO, NOWHERE), None, None)


def read_haircut(
    reader: Reader, node: Node | None, names: Names, classes: tuple[str, ...], derived: list[Derived]
) -> Haircut:
    """Read `haircut`: maintenance as a waterfall, initial from it, and the reference's own."""
    reader.rule_id = None
    entry = reader.mapping(node, "haircut", ("maintenance", "initial", "reference"))
    path = "haircut.maintenance"
    shape = reader.mapping(entry.get("maintenance"), path, ("start", "steps", "bounds", "round"))
    scope = names.sizing()
    start = _table_step(reader, shape.get("start"), f"{path}.start", scope, classes)
    steps = [
        step
        for item, at in reader.items(shape.get("steps"), f"{path}.steps")
        if (step := _step(reader, item, at, scope, classes)) is not None
    ]
    _report_double_counting(reader, steps, derived)
    bounds = reader.mapping(shape.get("bounds"), f"{path}.bounds", ("id", "min", "max", "why", "cite"))
    bounds_reason = reader.reason(bounds, f"{path}.bounds", NOWHERE) if bounds else NO_REASON
    sound = len(reader.problems)
    low, high = (reader.share(bounds.get(key), f"{path}.bounds.{key}") for key in ("min", "max"))
    if {"min", "max"} <= bounds.keys() and low > high and len(reader.problems) == sound:
        reader.report("E0311", "`min` is above `max`", bounds["min"].span, f"{path}.bounds.min", "swap them")
    reader.rule_id = None
    rounding = read_rounding(reader, shape.get("round"), f"{path}.round", "ratio")
    path = "haircut.initial"
    initial = reader.mapping(entry.get("initial"), path, ("id", "floor", "share", "why", "cite"))
    initial_reason = reader.reason(initial, path, NOWHERE) if initial else NO_REASON
    # INVARIANT: neither is negative, so initial is never below maintenance.
    floor, share = (reader.share(initial.get(key), f"{path}.{key}") for key in ("floor", "share"))
    reference = _table_step(reader, entry.get("reference"), "haircut.reference", scope, classes)
    reader.rule_id = None
    return Haircut(
        start, tuple(steps), low, high, bounds_reason, rounding, floor, share, initial_reason, reference
    )


def read_rounding(reader: Reader, node: Node | None, path: str, unit: Unit) -> Rounding:
    """Read what is rounded to, and which way."""
    entry = reader.mapping(node, path, ("to", "mode"))
    finest = _FINEST[unit]
    to = reader.amount(entry.get("to"), f"{path}.to", unit, finest, 1 if unit == "ratio" else None)
    return Rounding(to, reader.choice(entry.get("mode"), f"{path}.mode", ("up", "down"), "up"))


def _table_step(reader: Reader, node: Node | None, path: str, scope: Scope, classes: tuple[str, ...]) -> Step:
    """Read a step that is one table, as the start and the reference are."""
    if node is None:
        return _NO_STEP
    entry = reader.mapping(node, path, ("id", "by", "table", "why", "cite"), ("by2", "unknown"))
    reason = reader.reason(entry, path, node.span)
    table = _table(reader, entry, "table", path, scope, classes)
    if table is None:
        return _NO_STEP
    return Step(reason, "add", None, table, _unknown(reader, entry, path, table, None, _ONE), None)


def _step(reader: Reader, node: Node, path: str, scope: Scope, classes: tuple[str, ...]) -> Step | None:
    optional = ("when", "limit", "curve", "table", "expr", "unknown")
    entry = reader.mapping(node, path, ("id", "op", "why", "cite"), optional)
    reason = reader.reason(entry, path, node.span)
    op: Any = reader.choice(entry.get("op"), f"{path}.op", ("add", "max", "min", "multiply"))
    when = reader.expression(entry.get("when"), f"{path}.when", scope, BOOL)
    # A factor may be above one.
    most = 100 if op == "multiply" else 1
    limit = reader.amount(entry["limit"], f"{path}.limit", "ratio", 0, most) if "limit" in entry else None
    if op == "add" and limit is None:
        message, help = "an additive step has no `limit`", "say the most it may add: `limit: 8%`"
        reader.report("E0331", message, reason.span, path, help)
    if op in ("min", "multiply") and when is not None and when.type.optional:
        message = f"a `{op}` step can lower the haircut, and its condition can be unknown"
        help = "derive a condition that is false where unknown: `coalesce(x, false)`"
        reader.report("E0334", message, when.span, f"{path}.when", help)
    kinds = [kind for kind in ("curve", "table", "expr") if kind in entry]
    if len(kinds) != 1:
        message = f"a step has one amount, and this has {len(kinds) or 'none'}"
        reader.report("E0332", message, reason.span, path, "write one of `curve`, `table`, `expr`")
        return None
    amount: Amount | None
    match kinds[0]:
        case "curve":
            amount = _curve(reader, entry["curve"], f"{path}.curve", scope)
        case "table":
            inner = reader.mapping(entry["table"], f"{path}.table", ("by", "rows"), ("by2",))
            amount = _table(reader, inner, "rows", f"{path}.table", scope, classes)
        case _:
            expected = Type("number") if op == "multiply" else RATIO
            amount = reader.expression(entry["expr"], f"{path}.expr", scope, expected)
    if amount is None or op is None:
        return None
    ceiling = None if op == "multiply" else _ONE
    return Step(reason, op, when, amount, _unknown(reader, entry, path, amount, limit, ceiling), limit)


# Amounts


def _table(
    reader: Reader, entry: dict[str, Node], key: str, path: str, scope: Scope, classes: tuple[str, ...]
) -> Table | None:
    """Read a table by one or two choices; rows come in the order of the members, not of the text."""
    by = reader.expression(entry.get("by"), f"{path}.by", scope)
    by2 = reader.expression(entry.get("by2"), f"{path}.by2", scope)
    rows = reader.entries(entry.get(key), f"{path}.{key}")
    is_sound = by is not None and is_by_choice(reader, by, f"{path}.by")
    if "by2" in entry:
        is_sound = by2 is not None and is_by_choice(reader, by2, f"{path}.by2") and is_sound
    if not is_sound or by is None or key not in entry:
        return None
    complete(reader, members_of(by), rows, entry[key].span, f"{path}.{key}")
    sound = len(reader.problems)
    cells: dict[tuple[str, ...], Fraction] = {}
    for name, cell in rows:
        at = f"{path}.{key}.{name.text}"
        if by2 is None:
            cells[name.text,] = reader.share(cell, at)
            continue
        inner = reader.entries(cell, at)
        if isinstance(cell, Mapping):
            complete(reader, members_of(by2), inner, cell.span, at)
        for inner_name, value in inner:
            cells[name.text, inner_name.text] = reader.share(value, f"{at}.{inner_name.text}")
    table = Table(by, by2, tuple((cell, cells[cell]) for cell in _cells(by, by2) if cell in cells))
    if len(reader.problems) == sound:
        _report_disorder(reader, table, classes, entry[key], f"{path}.{key}")
    return table if table.rows else None


def _cells(by: Typed, by2: Typed | None) -> list[tuple[str, ...]]:
    """Return the cells of a table, best class first where it is by class."""
    rows, columns = members_of(by), members_of(by2) if by2 is not None else None
    return (
        [(row,) for row in rows] if columns is None else [(row, column) for row in rows for column in columns]
    )


def _report_disorder(reader: Reader, table: Table, classes: tuple[str, ...], node: Node, path: str) -> None:
    """Report a table that charges a class less than a better one."""
    cells = dict(table.rows)
    for axis, by in enumerate((table.by, table.by2)):
        if not (isinstance(by, Read) and by.name == "class"):
            continue
        others = dict.fromkeys((*cell[:axis], *cell[axis + 1 :]) for cell in cells)
        for other in others:
            charged = [(name, cells.get((*other[:axis], name, *other[axis:]))) for name in classes]
            given = [(name, value) for name, value in charged if value is not None]
            for (better, less), (worse, more) in pairwise(given):
                if more < less:
                    column = f" (under `{other[0]}`)" if other else ""
                    message = f"`{worse}` is charged less than `{better}`, a better class{column}"
                    help = f"charge `{worse}` at least {constant(less, 'ratio')}"
                    reader.report("E0321", message, node.span, path, help)


def _curve(reader: Reader, node: Node, path: str, scope: Scope) -> Curve | None:
    entry = reader.mapping(node, path, ("of", "points"), ("over",))
    of = reader.expression(entry.get("of"), f"{path}.of", scope)
    over = reader.expression(entry.get("over"), f"{path}.over", scope)
    for part, key in ((of, "of"), (over, "over")):
        if part is not None and not part.type.is_numeric:
            message = "a curve is of a number, and this is a choice or a condition"
            reader.report("E0205", message, part.span, f"{path}.{key}", "use a table for a choice")
            return None
    if of is not None and over is not None and of.type.kind != over.type.kind:
        message = f"unit mismatch: dividing {of.type.kind} by {over.type.kind}"
        reader.report("E0204", message, over.span, f"{path}.over", "`over` has the unit of `of`")
    if of is None or ("over" in entry and over is None):
        return None
    unit = cast("Unit", of.type.kind) if over is None else "ratio"
    points = _curve_points(reader, entry.get("points"), f"{path}.points", unit)
    return Curve(of, over, tuple(points)) if points else None


def _curve_points(
    reader: Reader, node: Node | None, path: str, unit: Unit
) -> list[tuple[Fraction, Fraction]]:
    points: list[tuple[Fraction, Fraction]] = []
    items = list(reader.items(node, path))
    if isinstance(node, Sequence) and not 2 <= len(items) <= MAX_POINTS:
        message = f"a curve has 2 to {MAX_POINTS} points, and this has {len(items)}"
        reader.report("E0303", message, node.span, path, "add points, or leave out those that lie on a line")
        return []
    for item, at in items:
        pair = list(reader.items(item, at))
        if len(pair) != 2:
            if isinstance(item, Sequence):
                reader.report("E0303", "a point is a pair", item.span, at, "write `[x, y]`, like `[5%, 0%]`")
            continue
        (x_node, x_at), (y_node, y_at) = pair
        x, y = reader.amount(x_node, x_at, unit, -(10**15)), reader.share(y_node, y_at)
        if points and x <= points[-1][0]:
            message = "the x of this point is not above the one before"
            reader.report("E0322", message, x_node.span, x_at, "list points from low to high")
            continue
        points.append((x, y))
    ys = [y for _, y in points]
    if node is not None and ys not in (sorted(ys), sorted(ys, reverse=True)):
        message = "a curve must not turn: its y rise throughout, or fall throughout"
        reader.report("E0323", message, node.span, path, "put the y in order; two steps say two things")
    return points


# Unknown


def _unknown(
    reader: Reader,
    entry: dict[str, Node],
    path: str,
    amount: Amount,
    limit: Fraction | None,
    ceiling: Fraction | None,
) -> Fraction | None:
    """Return the amount where it is unknown: demanded where it can be, never better than the worst.

    `ceiling` is what no amount is above, whatever its expression; a factor has none.
    """
    unsure = [part for part in amount_expressions(amount) if part.type.optional]
    scalar = reader.scalar(entry.get("unknown"), f"{path}.unknown")
    if scalar is None:
        if unsure:
            message = "the amount can be unknown, and nothing says what then"
            reader.report("E0318", message, unsure[0].span, path, "add `unknown: worst`")
        return None
    if not unsure:
        reader.never_unknown(scalar, f"{path}.unknown", "amount")
        return None
    worst = _worst(amount, limit)
    is_worst = scalar.text == "worst"
    stated = worst if is_worst else reader.amount(scalar, f"{path}.unknown", "ratio", 0, 100)
    least = worst if is_worst or worst is not None else ceiling
    if least is None or stated is None:
        message = "the worst of an expression without `limit` is not known"
        reader.report("E0324", message, scalar.span, f"{path}.unknown", "add `limit`")
    elif stated < least:
        message = f"unknown is charged `{scalar.text}`, less than the worst, {constant(least, 'ratio')}"
        help = "write `unknown: worst`" if worst is not None else "add `limit`, and write `unknown: worst`"
        reader.report("E0324", message, scalar.span, f"{path}.unknown", help)
    return stated


def _worst(amount: Amount, limit: Fraction | None) -> Fraction | None:
    """Return the most that an amount can be."""
    match amount:
        case Curve(points=points):
            most: Fraction | None = max(y for _, y in points)
        case Table(rows=rows):
            most = max(value for _, value in rows)
        case _:
            most = None
    ends = [end for end in (most, limit) if end is not None]
    return min(ends) if ends else None


# One fact, one charge


def _report_double_counting(reader: Reader, steps: list[Step], derived: list[Derived]) -> None:
    """Report a fact that is charged for by two additive steps, through derived names too."""
    rests: dict[str, set[str]] = {}
    for item in derived:
        if item.expr.type.is_numeric:
            rests[item.name] = _facts_of([item.expr], rests)
    owner: dict[str, Step] = {}
    for step in steps:
        if step.op != "add":
            continue
        for fact in sorted(_facts_of(amount_expressions(step.amount), rests)):
            if fact in owner:
                first = owner[fact].reason
                reader.rule_id = step.reason.id
                related = (Related(f"{first.id} is here", first.span),)
                message = f"`{fact}` is charged for by {first.id} and by {step.reason.id}"
                path, help = "haircut.maintenance.steps", "let one additive step read it"
                reader.report("E0333", message, step.reason.span, path, help, related)
            else:
                owner[fact] = step
    reader.rule_id = None


def _facts_of(nodes: Iterable[Typed], rests: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    for node in nodes:
        for read in reads(node):
            # A flag or a choice says which charge applies; what is charged for is an amount.
            if read.origin == "fact" and read.type.is_numeric:
                found.add(read.name)
            found |= rests.get(read.name, set())
    return found
