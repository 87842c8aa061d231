"""Sections that set terms: ladder, caps, mark, conditions."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from pegmark.facts.vocabulary import READABLE
from pegmark.language import BOOL, Scope, Type
from pegmark.language.nodes import Const, Typed
from pegmark.rulebook.haircut import read_rounding
from pegmark.rulebook.names import DAYS, USD, Names
from pegmark.rulebook.program import Caps, Condition, Ladder, Limit, Mark
from pegmark.rulebook.program import Scalar as Value
from pegmark.rulebook.reading import NO_REASON, NOWHERE, Reader
from pegmark.rulebook.source import Node, Scalar

_BASIS = Type("enum", READABLE["venue.price_source"].members)
_QUOTE = Type("enum", READABLE["reference.currency"].members)


def read_ladder(reader: Reader, node: Node | None) -> Ladder:
    """Read `ladder`."""
    reader.rule_id = None
    entry = reader.mapping(node, "ladder", ("id", "breakpoints", "why", "cite"))
    reason = reader.reason(entry, "ladder", NOWHERE) if entry else NO_REASON
    points: list[Fraction] = []
    for item, at in reader.items(entry.get("breakpoints"), "ladder.breakpoints", least=1):
        point = reader.amount(item, at, "USD", 1)
        if points and point <= points[-1]:
            message = "this breakpoint is not above the one before"
            reader.report("E0322", message, item.span, at, "list breakpoints from low to high")
            continue
        points.append(point)
    reader.rule_id = None
    return Ladder(tuple(points), reason)


def read_caps(reader: Reader, node: Node | None, names: Names) -> Caps:
    """Read `caps`. A cap reads neither the size nor the haircut of a size."""
    reader.rule_id = None
    entry = reader.mapping(node, "caps", ("limits", "least", "account", "round"), ("outstanding",))
    scope = names.judging()
    limits = [
        limit
        for item, path in reader.items(entry.get("limits"), "caps.limits", least=1)
        if (limit := _read_limit(reader, item, path, scope)) is not None
    ]
    reader.rule_id = None
    least = reader.mapping(entry.get("least"), "caps.least", ("venue", "account"))
    least_venue, least_account = (
        reader.amount(least.get(key), f"caps.least.{key}", "USD") for key in ("venue", "account")
    )
    account = reader.mapping(entry.get("account"), "caps.account", ("id", "share", "why", "cite"))
    account_reason = reader.reason(account, "caps.account", NOWHERE) if account else NO_REASON
    share = reader.share(account.get("share"), "caps.account.share")
    reader.rule_id = None
    outstanding = reader.expression(entry.get("outstanding"), "caps.outstanding", scope, USD)
    rounding = read_rounding(reader, entry.get("round"), "caps.round", "USD")
    return Caps(tuple(limits), least_venue, least_account, share, rounding, account_reason, outstanding)


def _read_limit(reader: Reader, node: Node, path: str, scope: Scope) -> Limit | None:
    rule = reader.mapping(node, path, ("id", "expr", "why", "cite"), ("when", "unknown"))
    reason = reader.reason(rule, path, node.span)
    when = reader.expression(rule.get("when"), f"{path}.when", scope, BOOL)
    amount = reader.expression(rule.get("expr"), f"{path}.expr", scope, USD)
    if amount is None:
        return None
    scalar = reader.scalar(rule.get("unknown"), f"{path}.unknown")
    unknown = None
    if scalar is None:
        if amount.type.optional:
            message = "the limit can be unknown, and nothing says what then"
            reader.report("E0318", message, amount.span, path, "add `unknown: worst`, which is `$0`")
    elif not amount.type.optional:
        reader.never_unknown(scalar, f"{path}.unknown", "limit")
    elif scalar.text == "worst":
        unknown = Fraction(0)
    else:
        unknown = reader.amount(scalar, f"{path}.unknown", "USD")
        if unknown > 0:
            message = f"an unknown limit is `{scalar.text}`, and a known one can be less"
            help = "write `unknown: worst`, which is `$0`"
            reader.report("E0324", message, scalar.span, f"{path}.unknown", help)
    return Limit(reason, when, amount, unknown)


def read_mark(reader: Reader, node: Node | None, names: Names) -> Mark | None:
    """Read `mark`."""
    reader.rule_id = None
    required = (
        *("id", "basis", "quote", "min_sources", "max_source_weight", "max_age"),
        *("floor", "close_out", "why", "cite"),
    )
    entry = reader.mapping(node, "mark", required)
    if node is None:
        return None
    reason = reader.reason(entry, "mark", node.span)
    scope = names.concluding()
    basis = reader.expression(entry.get("basis"), "mark.basis", scope, _BASIS)
    quote = _quote(reader, entry.get("quote"), scope)
    for key, part in (("basis", basis), ("quote", quote)):
        if part is not None and part.type.optional:
            message = f"`{key}` can be unknown, and a mark is always stated"
            help = "read a derived name that `coalesce` makes known"
            reader.report("E0318", message, part.span, f"mark.{key}", help)
    min_sources = reader.integer(entry.get("min_sources"), "mark.min_sources", 1, 100)
    max_weight = reader.share(entry.get("max_source_weight"), "mark.max_source_weight")
    max_age = reader.amount(entry.get("max_age"), "mark.max_age", "days")
    floor = reader.mapping(entry.get("floor"), "mark.floor", ("value", "when"))
    floor_value = reader.share(floor.get("value"), "mark.floor.value")
    floor_when = reader.expression(floor.get("when"), "mark.floor.when", scope, BOOL)
    close_out = reader.mapping(entry.get("close_out"), "mark.close_out", ("expr", "unknown"))
    horizon = reader.expression(close_out.get("expr"), "mark.close_out.expr", scope, DAYS)
    unknown = reader.amount(close_out.get("unknown"), "mark.close_out.unknown", "days")
    reader.rule_id = None
    if basis is None or quote is None or floor_when is None or horizon is None:
        return None
    return Mark(
        reason, basis, quote, min_sources, max_weight, max_age, floor_value, floor_when, horizon, unknown
    )


def _quote(reader: Reader, node: Node | None, scope: Scope) -> Typed | None:
    """Read a currency, which needs no quotes, or an expression that chooses one."""
    if isinstance(node, Scalar) and node.text in _QUOTE.members:
        return Const(node.text, _QUOTE, node.span)
    return reader.expression(node, "mark.quote", scope, _QUOTE)


def read_conditions(reader: Reader, node: Node | None, names: Names) -> list[Condition]:
    """Read `conditions`."""
    found = []
    scope = names.concluding()
    for item, path in reader.items(node, "conditions"):
        keys = ("id", "code", "parameter", "value", "applies", "why", "cite")
        rule = reader.mapping(item, path, keys, ("when", "on_unknown", "unknown"))
        reason = reader.reason(rule, path, item.span)
        code, parameter = (reader.text(rule.get(key), f"{path}.{key}") for key in ("code", "parameter"))
        times = ("acceptance", "intake", "continuous")
        applies: Any = reader.choice(rule.get("applies"), f"{path}.applies", times, "continuous")
        when = reader.expression(rule.get("when"), f"{path}.when", scope, BOOL)
        on_unknown = reader.on_unknown(rule.get("on_unknown"), when, path, ("match", "skip"))
        value = _value(reader, rule.get("value"), f"{path}.value", scope)
        if value is not None:
            unknown = _value_if_unknown(reader, rule.get("unknown"), path, value)
            found.append(Condition(reason, code, parameter, value, unknown, applies, when, on_unknown))
    reader.rule_id = None
    return found


def _value_if_unknown(reader: Reader, node: Node | None, path: str, value: Typed) -> Value | None:
    scalar = reader.scalar(node, f"{path}.unknown")
    if scalar is None:
        if value.type.optional:
            message = "the value can be unknown, and nothing says what then"
            reader.report("E0318", message, value.span, path, "add `unknown: …`, the value to ask for then")
        return None
    if not value.type.optional:
        reader.never_unknown(scalar, f"{path}.unknown", "value")
        return None
    return reader.literal(scalar, f"{path}.unknown", value.type.known())


def _value(reader: Reader, node: Node | None, path: str, scope: Scope) -> Typed | None:
    """Read a text in double quotes, which is a word of the rulebook's own, or an expression."""
    if isinstance(node, Scalar):
        word = node.text.strip()[1:-1]
        if node.text.strip() == f'"{word}"' and '"' not in word:
            return Const(word, Type("enum", (word,)), node.span)
    return reader.expression(node, path, scope)
