"""Sections that define names: sources, params, further facts, derived values, fillings."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from pegmark.facts.vocabulary import READABLE
from pegmark.language import BOOL, UNITS, Symbol, Type, literal
from pegmark.language.nodes import Typed, reads
from pegmark.problems import Related
from pegmark.rulebook.names import Names, fact_type
from pegmark.rulebook.program import CustomFact, Dated, Derived, Filling, Param, Retired, Source
from pegmark.rulebook.reading import Reader
from pegmark.rulebook.source import Node, Scalar

FIRST_DAY = date(2017, 1, 1)
"""Params of a rulebook cover every day from here on, so that history can be replayed."""


def read_sources(reader: Reader, node: Node | None) -> list[Source]:
    """Read `sources`: id to title and link."""
    found = []
    for key, child in reader.entries(node, "sources"):
        path = f"sources.{key.text}"
        entry = reader.mapping(child, path, ("title", "href"))
        found.append(
            Source(
                key.text,
                reader.text(entry.get("title"), f"{path}.title"),
                reader.text(entry.get("href"), f"{path}.href"),
            )
        )
    return found


def read_retired(reader: Reader, node: Node | None) -> list[Retired]:
    """Read `retired`: ids that may not come back; they stay taken."""
    found = []
    for item, path in reader.items(node, "retired"):
        entry = reader.mapping(item, path, ("id", "date", "why"))
        name = reader.scalar(entry.get("id"), f"{path}.id")
        if name is not None:
            if name.text in reader.ids:
                related = (Related("used here", reader.ids[name.text]),)
                reader.report(
                    "E0309", f"id `{name.text}` is retired and used", name.span, path, related=related
                )
            reader.ids.setdefault(name.text, name.span)
            found.append(
                Retired(
                    name.text,
                    reader.day(entry.get("date"), f"{path}.date"),
                    reader.text(entry.get("why"), f"{path}.why"),
                )
            )
    return found


def read_facts(reader: Reader, node: Node | None, names: Names) -> list[CustomFact]:
    """Read `facts`: what a rulebook knows besides the vocabulary, as `custom.<name>`."""
    found = []
    for key, child in reader.entries(node, "facts"):
        path = f"facts.{key.text}"
        entry = reader.mapping(child, path, ("unit", "meaning", "worse"), ("low", "high", "members"))
        unit = reader.choice(entry.get("unit"), f"{path}.unit", ("bool", "enum", *UNITS), "number")
        members = reader.texts(entry.get("members"), f"{path}.members") if "members" in entry else ()
        bounds = [
            reader.amount(entry[bound], f"{path}.{bound}", unit) if bound in entry and unit in UNITS else None
            for bound in ("low", "high")
        ]
        worse = reader.choice(
            entry.get("worse"), f"{path}.worse", ("higher", "lower", "first", "true", "false", "from_one")
        )
        kind = Type(unit, members)
        meaning = reader.text(entry.get("meaning"), f"{path}.meaning")
        found.append(CustomFact(f"custom.{key.text}", kind, bounds[0], bounds[1], worse or "higher", meaning))
        names.define(f"custom.{key.text}", Symbol("fact", kind.maybe()))
    return found


def read_params(reader: Reader, node: Node | None, names: Names) -> list[Param]:
    """Read `params`: dated constants, every day from the first covered once."""
    found = []
    for key, child in reader.entries(node, "params"):
        path = f"params.{key.text}"
        reader.rule_id = None
        entry = reader.mapping(child, path, ("unit", "values", "why", "cite"))
        unit = reader.choice(entry.get("unit"), f"{path}.unit", (*UNITS, "bool"), "number")
        if names.has(key.text):
            reader.report("E0308", f"name `{key.text}` is taken", key.span, path)
        dated: list[Dated] = []
        for item, at in reader.items(entry.get("values"), f"{path}.values"):
            value = reader.mapping(item, at, ("from", "value"))
            start = reader.day(value.get("from"), f"{at}.from")
            if dated and start <= dated[-1].start:
                reader.report("E0312", "dates of a param must rise", item.span, at)
                continue
            scalar = reader.scalar(value.get("value"), f"{at}.value")
            if scalar is None:
                continue
            expected = BOOL if unit == "bool" else Type(unit)
            amount, _, problems = literal(scalar.text, reader.place(scalar, at), expected)
            reader.problems += problems
            dated.append(Dated(start, amount if amount is not None else Fraction(0)))
        if dated and dated[0].start > FIRST_DAY:
            reader.report(
                "E0312",
                f"days before {dated[0].start} have no value",
                key.span,
                path,
                f"let the first value start `{FIRST_DAY}`",
            )
        cites = []
        for item, at in reader.items(entry.get("cite"), f"{path}.cite"):
            cited = reader.scalar(item, at)
            if cited is not None:
                cites.append(cited.text)
                reader.cites.append((cited.text, cited, at))
        why = reader.text(entry.get("why"), f"{path}.why")
        if dated:
            found.append(Param(key.text, Type(unit), tuple(dated), why, tuple(cites), key.span))
        names.define(key.text, Symbol("param", Type(unit)))
    return found


def read_derived(reader: Reader, node: Node | None, names: Names) -> list[Derived]:
    """Read `derive`: named expressions, in an order in which each reads only earlier ones."""
    waiting = {}
    for key, child in reader.entries(node, "derive"):
        path = f"derive.{key.text}"
        reader.rule_id = None
        entry = reader.mapping(child, path, ("unit", "expr"), ("why", "cite", "members"))
        if names.has(key.text):
            reader.report("E0308", f"name `{key.text}` is taken", key.span, path)
            continue
        waiting[key.text] = (key, entry, path)
    found: list[Derived] = []
    while waiting:
        ready = [
            name
            for name, (_, entry, _) in waiting.items()
            if not _reads_any(entry.get("expr"), waiting, name)
        ]
        if not ready:
            for name, (key, _, path) in waiting.items():
                reader.report("E0313", f"`{name}` is derived from itself", key.span, path, "break the circle")
            break
        for name in ready:
            key, entry, path = waiting.pop(name)
            _derive(reader, names, found, name, key, entry, path)
    return found


def _reads_any(node: Node | None, waiting: object, own: str) -> bool:
    """Tell whether an expression's text mentions a name that is still to be read."""
    if not isinstance(node, Scalar) or not isinstance(waiting, dict):
        return False
    words = set(node.text.replace("(", " ").replace(")", " ").replace(",", " ").split())
    return any(name in words for name in waiting)


def _derive(
    reader: Reader,
    names: Names,
    found: list[Derived],
    name: str,
    key: Scalar,
    entry: dict[str, Node],
    path: str,
) -> None:
    unit = reader.choice(entry.get("unit"), f"{path}.unit", (*UNITS, "bool", "enum"), "number")
    members = reader.texts(entry.get("members"), f"{path}.members") if "members" in entry else ()
    expected = Type(unit, members) if unit == "enum" else None
    expr = reader.expression(entry.get("expr"), f"{path}.expr", names.scope(coalesce=True), expected)
    if expr is None:
        names.define(name, Symbol("derived", Type(unit, members, optional=True)))
        return
    if expr.type.kind != unit:
        reader.report(
            "E0315", f"`{name}` is stated as {unit} and works out as {expr.type.kind}", key.span, path
        )
    names.define(name, Symbol("derived", expr.type))
    found.append(Derived(name, expr, key.span))


def report_unused(reader: Reader, derived: list[Derived], used: set[str]) -> None:
    """Report derived names that nothing reads."""
    for item in derived:
        if item.name not in used:
            reader.rule_id = None
            reader.report(
                "E0314",
                f"`{item.name}` is derived and never read",
                item.span,
                f"derive.{item.name}",
                "delete it",
                severity="warning",
            )


def read_fillings(reader: Reader, node: Node | None, names: Names) -> list[Filling]:
    """Read `normal`: what a fact takes where it is unknown."""
    found = []
    for item, path in reader.items(node, "normal"):
        entry = reader.mapping(item, path, ("id", "fact", "take", "why", "cite"))
        reason = reader.reason(entry, path, item.span)
        fact = reader.scalar(entry.get("fact"), f"{path}.fact")
        if fact is None or fact.text not in READABLE:
            if fact is not None:
                reader.report("E0201", f"unknown fact `{fact.text}`", fact.span, f"{path}.fact")
            continue
        expr = reader.expression(
            entry.get("take"), f"{path}.take", names.scope(coalesce=True), fact_type(READABLE[fact.text])
        )
        if expr is None:
            continue
        found.append(Filling(reason, fact.text, expr))
        if not expr.type.optional:
            names.known(fact.text)
    return found


def names_read(nodes: list[Typed]) -> set[str]:
    """Return every name that expressions read."""
    return {read.name for node in nodes for read in reads(node)}
