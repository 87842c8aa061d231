"""Sections that set terms: haircut, ladder, caps, mark, conditions."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from pegmark.facts.vocabulary import READABLE
from pegmark.language import BOOL, Scope, Type, literal
from pegmark.language.nodes import Const, Read, Typed, reads
from pegmark.problems import Related
from pegmark.rulebook.expressions import amount_expressions
from pegmark.rulebook.names import DAYS, RATIO, USD, Names
from pegmark.rulebook.program import (
    Amount,
    Caps,
    Condition,
    Curve,
    Derived,
    Haircut,
    Ladder,
    Limit,
    Mark,
    Rounding,
    Step,
    Table,
)
from pegmark.rulebook.reading import NOWHERE, Reader
from pegmark.rulebook.source import Node, Scalar
from pegmark.rulebook.verdicts import NO_REASON, complete

MAX_POINTS = 64
_BASIS = Type("enum", READABLE["venue.price_source"].members)
_ZERO = Const(Fraction(0), RATIO, NOWHERE)


def read_haircut(
    reader: Reader, node: Node | None, names: Names, classes: tuple[str, ...], derived: list[Derived]
) -> Haircut:
    """Read `haircut`: maintenance as a waterfall, initial from it, and the reference's own."""
    entry = reader.mapping(node, "haircut", ("maintenance", "initial", "reference"))
    shape = reader.mapping(
        entry.get("maintenance"), "haircut.maintenance", ("start", "steps", "bounds", "round")
    )
    scope = names.scope(sized=True)
    steps = [
        step
        for item, path in reader.items(shape.get("steps"), "haircut.maintenance.steps")
        if (step := _step(reader, item, path, scope)) is not None
    ]
    _report_double_counting(reader, steps, derived)
    start = _table_step(reader, shape.get("start"), "haircut.maintenance.start", scope, classes)
    path = "haircut.maintenance.bounds"
    bounds = reader.mapping(shape.get("bounds"), path, ("id", "min", "max", "why", "cite"))
    bounds_reason = reader.reason(bounds, path, NOWHERE) if bounds else NO_REASON
    low, high = (reader.amount(bounds.get(key), f"{path}.{key}", "ratio") for key in ("min", "max"))
    path = "haircut.initial"
    initial = reader.mapping(entry.get("initial"), path, ("id", "floor", "share", "why", "cite"))
    initial_reason = reader.reason(initial, path, NOWHERE) if initial else NO_REASON
    floor, share = (reader.amount(initial.get(key), f"{path}.{key}", "ratio") for key in ("floor", "share"))
    reference = _table_step(reader, entry.get("reference"), "haircut.reference", scope, classes)
    rounding = _rounding(reader, shape.get("round"), "haircut.maintenance.round", "ratio")
    return Haircut(
        start, tuple(steps), low, high, bounds_reason, rounding, floor, share, initial_reason, reference
    )


def _rounding(reader: Reader, node: Node | None, path: str, unit: str) -> Rounding:
    entry = reader.mapping(node, path, ("to", "mode"))
    to = reader.amount(entry.get("to"), f"{path}.to", unit)
    if entry and to <= 0 and node is not None:
        reader.report("E0303", "a rounding step is above zero", node.span, path)
    mode = reader.choice(entry.get("mode"), f"{path}.mode", ("up", "down"), "up")
    return Rounding(to if to > 0 else Fraction(1, 10_000), mode)


def _table_step(reader: Reader, node: Node | None, path: str, scope: Scope, classes: tuple[str, ...]) -> Step:
    """Read a step that is one table, as the start and the reference are."""
    entry = reader.mapping(node, path, ("id", "by", "table", "why", "cite"), ("by2", "unknown"))
    if node is None:
        return Step(NO_REASON, "add", None, _ZERO, None, None)
    reason = reader.reason(entry, path, node.span)
    table = _table(reader, entry, "table", path, scope, node)
    if table is None:
        return Step(reason, "add", None, _ZERO, Fraction(1), None)
    _report_disorder(reader, table, classes, node, path)
    unknown = _unknown(reader, entry, path, table, _worst(table), scope, node)
    return Step(reason, "add", None, table, unknown, None)


def _table(
    reader: Reader, entry: dict[str, Node], key: str, path: str, scope: Scope, node: Node
) -> Table | None:
    by = reader.expression(entry.get("by"), f"{path}.by", scope)
    by2 = reader.expression(entry["by2"], f"{path}.by2", scope) if "by2" in entry else None
    rows = reader.entries(entry.get(key), f"{path}.{key}")
    found: list[tuple[tuple[str, ...], Fraction]] = []
    members = _members(by)
    complete(
        reader, members, [(name.text, name) for name, _ in rows], node, f"{path}.{key}"
    ) if by is not None else None
    for name, cell in rows:
        at = f"{path}.{key}.{name.text}"
        if "by2" not in entry:
            found.append(((name.text,), reader.amount(cell, at, "ratio")))
            continue
        cells = reader.entries(cell, at)
        complete(reader, _members(by2), [(inner.text, inner) for inner, _ in cells], cell, at)
        found += [
            ((name.text, inner.text), reader.amount(value, f"{at}.{inner.text}", "ratio"))
            for inner, value in cells
        ]
    if by is None or ("by2" in entry and by2 is None) or not found:
        return None
    return Table(by, by2, tuple(found))


def _members(by: Typed | None) -> tuple[str, ...]:
    if by is None or by.type.is_numeric:
        return ()
    return by.type.members or ("true", "false")


def _report_disorder(reader: Reader, table: Table, classes: tuple[str, ...], node: Node, path: str) -> None:
    """Report a table by class that charges a worse class less."""
    if not (isinstance(table.by, Read) and table.by.name == "class"):
        return
    last: dict[tuple[str, ...], tuple[str, Fraction]] = {}
    cells = dict(table.rows)
    columns = {key[1:] for key in cells}
    for name in classes:
        for column in sorted(columns):
            value = cells.get((name, *column))
            if value is None:
                continue
            if column in last and value < last[column][1]:
                better = last[column][0]
                reader.report(
                    "E0321", f"`{name}` is charged less than `{better}`, a better class", node.span, path
                )
            last[column] = (name, value)


def _worst(amount: Amount) -> Fraction | None:
    match amount:
        case Curve(points=points):
            return max(y for _, y in points)
        case Table(rows=rows):
            return max(value for _, value in rows)
    return None


def _unknown(
    reader: Reader,
    entry: dict[str, Node],
    path: str,
    amount: Amount,
    worst: Fraction | None,
    scope: Scope,
    node: Node,
    limit: Fraction | None = None,
) -> Fraction | None:
    """Return the amount where it is unknown: demanded where it can be, never better than the worst."""
    del scope
    match amount:
        case Curve(of, over, _):
            optional = of.type.optional or (over is not None and over.type.optional)
        case Table(by, by2, _):
            optional = by.type.optional or (by2 is not None and by2.type.optional)
        case expression:
            optional = expression.type.optional
    scalar = reader.scalar(entry.get("unknown"), f"{path}.unknown")
    if scalar is None:
        if optional:
            reader.report(
                "E0318",
                "the amount can be unknown, and nothing says what then",
                node.span,
                path,
                "add `unknown: worst`",
            )
            return Fraction(1)
        return None
    ceiling = limit if limit is not None else worst
    if scalar.text == "worst":
        if ceiling is None:
            reader.report(
                "E0324",
                "the worst of an expression without `limit` is not known",
                scalar.span,
                path,
                "add `limit`",
            )
            return Fraction(1)
        return ceiling
    stated = reader.amount(scalar, f"{path}.unknown", "ratio")
    if worst is not None and stated < worst:
        reader.report(
            "E0324",
            f"unknown is charged `{scalar.text}`, less than the worst",
            scalar.span,
            path,
            "write `unknown: worst`",
        )
    return stated


def _step(reader: Reader, node: Node, path: str, scope: Scope) -> Step | None:
    entry = reader.mapping(
        node, path, ("id", "op", "why", "cite"), ("when", "limit", "curve", "table", "expr", "unknown")
    )
    reason = reader.reason(entry, path, node.span)
    op: Any = reader.choice(entry.get("op"), f"{path}.op", ("add", "max", "min", "multiply"), "add")
    when = reader.expression(entry.get("when"), f"{path}.when", scope, BOOL)
    limit = reader.amount(entry["limit"], f"{path}.limit", "ratio") if "limit" in entry else None
    if op == "add" and limit is None and entry:
        reader.report(
            "E0331",
            "an additive step has no `limit`",
            reason.span,
            path,
            "say the most it may add: `limit: 8%`",
        )
    kinds = [kind for kind in ("curve", "table", "expr") if kind in entry]
    if len(kinds) != 1:
        reader.report("E0332", "a step has one of `curve`, `table`, `expr`", reason.span, path)
        return None
    amount: Amount | None
    match kinds[0]:
        case "curve":
            amount = _curve(reader, entry["curve"], f"{path}.curve", scope)
        case "table":
            inner = reader.mapping(entry["table"], f"{path}.table", ("by", "rows"), ("by2",))
            amount = _table(reader, inner, "rows", f"{path}.table", scope, entry["table"])
        case _:
            expected = Type("number") if op == "multiply" else RATIO
            amount = reader.expression(entry["expr"], f"{path}.expr", scope, expected)
    if amount is None:
        return None
    unknown = _unknown(reader, entry, path, amount, _worst(amount), scope, node, limit)
    return Step(reason, op, when, amount, unknown, limit)


def _curve(reader: Reader, node: Node, path: str, scope: Scope) -> Curve | None:
    entry = reader.mapping(node, path, ("of", "points"), ("over",))
    of = reader.expression(entry.get("of"), f"{path}.of", scope)
    over = reader.expression(entry["over"], f"{path}.over", scope) if "over" in entry else None
    if of is not None and over is not None and of.type.kind != over.type.kind:
        reader.report("E0204", f"unit mismatch: dividing {of.type.kind} by {over.type.kind}", node.span, path)
    unit = "ratio" if "over" in entry else of.type.kind if of is not None else "ratio"
    points: list[tuple[Fraction, Fraction]] = []
    for item, at in reader.items(entry.get("points"), f"{path}.points"):
        pair = list(reader.items(item, at))
        if len(pair) != 2:
            reader.report("E0303", "a point is a pair `[x, y]`", item.span, at)
            continue
        x = reader.amount(pair[0][0], pair[0][1], unit)
        points.append((x, reader.amount(pair[1][0], pair[1][1], "ratio")))
        if len(points) > 1 and points[-1][0] <= points[-2][0]:
            reader.report("E0322", "the x of a curve's points must rise", item.span, at)
            points.pop()
    ys = [y for _, y in points]
    if ys != sorted(ys) and ys != sorted(ys, reverse=True):
        reader.report(
            "E0323", "a curve must not turn: its y rise or fall throughout", node.span, f"{path}.points"
        )
    if not 2 <= len(points) <= MAX_POINTS:
        reader.report("E0323", f"a curve has 2 to {MAX_POINTS} points", node.span, f"{path}.points")
        return None
    return (
        Curve(of, over, tuple(points))
        if of is not None and ("over" not in entry or over is not None)
        else None
    )


def _report_double_counting(reader: Reader, steps: list[Step], derived: list[Derived]) -> None:
    """One fact is charged for by at most one additive step, through derived names too."""
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
                reader.report(
                    "E0333",
                    f"`{fact}` is charged for by {first.id} and by {step.reason.id}",
                    step.reason.span,
                    "haircut.maintenance.steps",
                    "let one additive step read it",
                    (Related(f"{first.id} is here", first.span),),
                )
            else:
                owner[fact] = step


def _facts_of(nodes: Iterable[Typed], rests: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    for node in nodes:
        for read in reads(node):
            # A flag or a choice says which charge applies; what is charged for is an amount.
            if read.origin == "fact" and read.type.is_numeric:
                found.add(read.name)
            found |= rests.get(read.name, set())
    return found


def read_ladder(reader: Reader, node: Node | None) -> Ladder:
    """Read `ladder`."""
    entry = reader.mapping(node, "ladder", ("id", "breakpoints", "why", "cite"))
    reason = reader.reason(entry, "ladder", node.span if node else NOWHERE) if entry else NO_REASON
    points: list[Fraction] = []
    for item, at in reader.items(entry.get("breakpoints"), "ladder.breakpoints"):
        point = reader.amount(item, at, "USD")
        if point <= (points[-1] if points else 0):
            reader.report("E0322", "breakpoints must rise from above zero", item.span, at)
        else:
            points.append(point)
    return Ladder(tuple(points), reason)


def read_caps(reader: Reader, node: Node | None, names: Names) -> Caps:
    """Read `caps`. A cap reads neither the size nor the haircut of a size."""
    entry = reader.mapping(node, "caps", ("limits", "least", "account", "round"), ("outstanding",))
    scope = names.scope()
    limits = []
    for item, path in reader.items(entry.get("limits"), "caps.limits"):
        rule = reader.mapping(item, path, ("id", "expr", "why", "cite"), ("when", "unknown"))
        reason = reader.reason(rule, path, item.span)
        when = reader.expression(rule.get("when"), f"{path}.when", scope, BOOL)
        amount = reader.expression(rule.get("expr"), f"{path}.expr", scope, USD)
        unknown = reader.amount(rule["unknown"], f"{path}.unknown", "USD") if "unknown" in rule else None
        if amount is None:
            continue
        if amount.type.optional and unknown is None:
            reader.report(
                "E0318",
                "the limit can be unknown, and nothing says what then",
                reason.span,
                path,
                "add `unknown: $0`",
            )
            unknown = Fraction(0)
        limits.append(Limit(reason, when, amount, unknown))
    reader.rule_id = None
    least = reader.mapping(entry.get("least"), "caps.least", ("venue", "account"))
    least_venue, least_account = (
        reader.amount(least.get(k), f"caps.least.{k}", "USD") for k in ("venue", "account")
    )
    account = reader.mapping(entry.get("account"), "caps.account", ("id", "share", "why", "cite"))
    account_reason = reader.reason(account, "caps.account", NOWHERE) if account else NO_REASON
    share = reader.amount(account.get("share"), "caps.account.share", "ratio")
    outstanding = reader.expression(entry.get("outstanding"), "caps.outstanding", scope, USD)
    rounding = _rounding(reader, entry.get("round"), "caps.round", "USD")
    return Caps(tuple(limits), least_venue, least_account, share, rounding, account_reason, outstanding)


def read_mark(reader: Reader, node: Node | None, names: Names) -> Mark | None:
    """Read `mark`."""
    keys = (
        "id",
        "basis",
        "quote",
        "min_sources",
        "max_source_weight",
        "max_age",
        "floor",
        "close_out",
        "why",
        "cite",
    )
    entry = reader.mapping(node, "mark", keys)
    if node is None:
        return None
    reason = reader.reason(entry, "mark", node.span)
    scope = names.scope()
    basis = _word(reader, entry.get("basis"), "mark.basis", scope, _BASIS)
    quote = _word(reader, entry.get("quote"), "mark.quote", scope)
    floor = reader.mapping(entry.get("floor"), "mark.floor", ("value", "when"))
    close_out = reader.mapping(entry.get("close_out"), "mark.close_out", ("expr", "unknown"))
    floor_when = reader.expression(floor.get("when"), "mark.floor.when", scope, BOOL)
    horizon = reader.expression(close_out.get("expr"), "mark.close_out.expr", scope, DAYS)
    if basis is None or quote is None or floor_when is None or horizon is None:
        return None
    return Mark(
        reason,
        basis,
        quote,
        reader.integer(entry.get("min_sources"), "mark.min_sources", 1, 100),
        reader.amount(entry.get("max_source_weight"), "mark.max_source_weight", "ratio"),
        reader.amount(entry.get("max_age"), "mark.max_age", "days"),
        reader.amount(floor.get("value"), "mark.floor.value", "ratio"),
        floor_when,
        horizon,
        reader.amount(close_out.get("unknown"), "mark.close_out.unknown", "days"),
    )


def _word(
    reader: Reader, node: Node | None, path: str, scope: Scope, expected: Type | None = None
) -> Typed | None:
    """Read a word (`"multi_venue_index"`), or an expression that chooses one."""
    scalar = reader.scalar(node, path)
    if scalar is None:
        return None
    bare = scalar.text.strip().strip('"')
    if expected is None and bare.replace("_", "").isalnum() and bare not in scope.symbols:
        return Const(bare, Type("enum", (bare,)), scalar.span)
    return reader.expression(scalar, path, scope, expected)


def read_conditions(reader: Reader, node: Node | None, names: Names) -> list[Condition]:
    """Read `conditions`."""
    found = []
    scope = names.scope()
    for item, path in reader.items(node, "conditions"):
        keys = ("id", "code", "parameter", "value", "applies", "why", "cite")
        rule = reader.mapping(item, path, keys, ("when", "on_unknown", "unknown"))
        reason = reader.reason(rule, path, item.span)
        when = reader.expression(rule.get("when"), f"{path}.when", scope, BOOL)
        on_unknown = reader.on_unknown(rule.get("on_unknown"), when, reason.span, path, ("match", "skip"))
        value = _condition_value(reader, rule.get("value"), f"{path}.value", scope)
        unknown = None
        if value is not None and value.type.optional:
            if "unknown" not in rule:
                reader.report(
                    "E0318",
                    "the value can be unknown, and nothing says what then",
                    reason.span,
                    path,
                    "add `unknown`",
                )
            else:
                scalar = reader.scalar(rule["unknown"], f"{path}.unknown")
                if scalar is not None:
                    unknown, _, problems = literal(
                        scalar.text, reader.place(scalar, path), value.type.known()
                    )
                    reader.problems += problems
        applies: Any = reader.choice(
            rule.get("applies"), f"{path}.applies", ("acceptance", "intake", "continuous"), "continuous"
        )
        code, parameter = (reader.text(rule.get(key), f"{path}.{key}") for key in ("code", "parameter"))
        if value is not None:
            found.append(Condition(reason, code, parameter, value, unknown, applies, when, on_unknown))
    return found


def _condition_value(reader: Reader, node: Node | None, path: str, scope: Scope) -> Typed | None:
    if isinstance(node, Scalar) and node.text.strip().startswith('"'):
        return _word(reader, node, path, scope)
    return reader.expression(node, path, scope)
