"""Sections that define names: sources, params, further facts, derived values, fillings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from pegmark.facts.vocabulary import FACTS, READABLE
from pegmark.language import UNITS, Symbol, Type, mentions, nearest, shown
from pegmark.problems import Related, Span
from pegmark.rulebook.names import Names, fact_type
from pegmark.rulebook.program import CustomFact, Dated, Derived, Filling, Param, Retired, Source
from pegmark.rulebook.reading import FIRST_DAY, Reader
from pegmark.rulebook.source import Node, Scalar

_WORSE: Mapping[str, tuple[str, ...]] = {
    "bool": ("true", "false"),
    "enum": ("first",),
    **dict.fromkeys(UNITS, ("higher", "lower", "from_one")),
}
"""Which way a fact may be worse, by its unit."""


def read_sources(reader: Reader, nodes: Iterable[Node]) -> list[Source]:
    """Read `sources`: id to title and link."""
    found: dict[str, Source] = {}
    seen: dict[str, Span] = {}
    for node in nodes:
        for key, child in reader.entries(node, "sources"):
            path = f"sources.{key.text}"
            entry = reader.mapping(child, path, ("title", "href"))
            title, href = (reader.text(entry.get(part), f"{path}.{part}") for part in ("title", "href"))
            if not reader.is_twice(key, seen, path, "source"):
                found[key.text] = Source(key.text, title, href)
    return [found[name] for name in sorted(found)]


def read_retired(reader: Reader, nodes: Iterable[Node]) -> list[Retired]:
    """Read `retired`: ids that may not come back; they stay taken."""
    found = []
    seen: dict[str, Span] = {}
    reader.rule_id = None
    for node in nodes:
        for item, path in reader.items(node, "retired"):
            entry = reader.mapping(item, path, ("id", "date", "why"))
            name = reader.scalar(entry.get("id"), f"{path}.id")
            day = reader.day(entry.get("date"), f"{path}.date")
            why = reader.text(entry.get("why"), f"{path}.why")
            if name is None or reader.is_twice(name, seen, f"{path}.id", "retired id"):
                continue
            if name.text in reader.ids:
                related = (Related("used here", reader.ids[name.text]),)
                message = f"id `{shown(name.text)}` is retired and used"
                reader.report("E0309", message, name.span, f"{path}.id", "give the rule a new id", related)
            found.append(Retired(name.text, day, why))
    return sorted(found, key=lambda retired: retired.id)


def read_facts(reader: Reader, nodes: Iterable[Node], names: Names) -> list[CustomFact]:
    """Read `facts`: what a rulebook knows besides the vocabulary, as `custom.<name>`."""
    found = []
    for node in nodes:
        for key, child in reader.entries(node, "facts"):
            path = f"facts.{key.text}"
            entry = reader.mapping(child, path, ("unit", "meaning", "worse"), ("low", "high", "members"))
            reader.variable(key, path)
            unit = reader.choice(entry.get("unit"), f"{path}.unit", ("bool", "enum", *UNITS), "bool")
            kind = Type(unit, _members(reader, entry, unit, child.span, path))
            low, high = (_bound(reader, entry, end, unit, path) for end in ("low", "high"))
            if low is not None and high is not None and low > high:
                reader.report("E0311", "`low` is above `high`", entry["low"].span, f"{path}.low", "swap them")
            worse = reader.choice(entry.get("worse"), f"{path}.worse", _WORSE[unit], _WORSE[unit][0])
            meaning = reader.text(entry.get("meaning"), f"{path}.meaning")
            name = f"custom.{key.text}"
            if not _is_taken(reader, name, key, names, path):
                found.append(CustomFact(name, kind, low, high, worse, meaning))
                names.define(name, Symbol("fact", kind.maybe()), key.span)
    return sorted(found, key=lambda fact: fact.name)


def _bound(reader: Reader, entry: Mapping[str, Node], end: str, unit: Any, path: str) -> Fraction | None:
    if end not in entry:
        return None
    if unit not in UNITS:
        message = f"unknown key `{end}`: only a number has bounds"
        reader.report("E0301", message, entry[end].span, f"{path}.{end}", f"remove `{end}`")
        return None
    return reader.amount(entry[end], f"{path}.{end}", unit, -(10**15))


def _members(reader: Reader, entry: Mapping[str, Node], unit: str, span: Span, path: str) -> tuple[str, ...]:
    """Return the members of a choice, from worst to best; nothing else has any."""
    if unit == "enum" and "members" not in entry:
        reader.report("E0302", "`members` is missing", span, path, "add `members: [worst, …, best]`")
    if unit != "enum" and "members" in entry:
        message, at = "unknown key `members`: only a choice has members", entry["members"].span
        reader.report("E0301", message, at, f"{path}.members", "remove `members`, or write `unit: enum`")
        return ()
    return reader.members(entry.get("members"), f"{path}.members", least=2)


def _is_taken(reader: Reader, name: str, key: Scalar, names: Names, path: str) -> bool:
    """Report a name that is taken: by a fact, by an outcome, or by what was defined before."""
    if not names.has(name):
        return False
    before = names.defined(name)
    related = (Related("first defined here", before),) if before else ()
    message = f"name `{shown(name)}` is taken"
    reader.report("E0308", message, key.span, path, "choose another", related)
    return True


def read_params(reader: Reader, nodes: Iterable[Node], names: Names) -> list[Param]:
    """Read `params`: dated constants, every day from the first covered once."""
    found = []
    reader.rule_id = None
    for node in nodes:
        for key, child in reader.entries(node, "params"):
            path = f"params.{key.text}"
            entry = reader.mapping(child, path, ("unit", "values", "why", "cite"))
            reader.variable(key, path)
            unit = reader.choice(entry.get("unit"), f"{path}.unit", (*UNITS, "bool"))
            why = reader.text(entry.get("why"), f"{path}.why")
            cites = reader.citations(entry.get("cite"), f"{path}.cite")
            is_taken = _is_taken(reader, key.text, key, names, path)
            # A unit that is wrong is reported once, not at each value and each reader.
            kind = Type(unit or "number")
            dated = _dated(reader, entry.get("values"), f"{path}.values", key, kind) if unit else []
            if not is_taken:
                found.append(Param(key.text, kind, tuple(dated), why, cites, key.span))
                names.define(key.text, Symbol("param", kind), key.span)
    return sorted(found, key=lambda param: param.name)


def _dated(reader: Reader, node: Node | None, path: str, key: Scalar, kind: Type) -> list[Dated]:
    dated: list[Dated] = []
    for item, at in reader.items(node, path, least=1):
        value = reader.mapping(item, at, ("from", "value"))
        start = reader.day(value.get("from"), f"{at}.from")
        scalar = reader.scalar(value.get("value"), f"{at}.value")
        if scalar is None:
            continue
        amount = reader.literal(scalar, f"{at}.value", kind)
        if dated and start <= dated[-1].start:
            message = f"`{start}` is not after `{dated[-1].start}`"
            reader.report(
                "E0312",
                message,
                value["from"].span if "from" in value else item.span,
                at,
                "list values by date",
            )
            continue
        dated.append(Dated(start, amount if amount is not None else Fraction(0)))
    if dated and dated[0].start > FIRST_DAY:
        message = f"days before {dated[0].start} have no value"
        reader.report("E0312", message, key.span, path, f"let the first value start `{FIRST_DAY}`")
    return dated


@dataclass(frozen=True, slots=True)
class _Stated:
    """A derived name before its expression is checked; `kind` None: what is said of it is wrong."""

    key: Scalar
    entry: Mapping[str, Node]
    path: str
    kind: Type | None
    mentions: frozenset[str]


def read_derived(reader: Reader, nodes: Iterable[Node], names: Names) -> list[Derived]:
    """Read `derive`: named expressions, in an order in which each reads only earlier ones.

    The order follows from the names alone, not from where they stand.
    """
    reader.rule_id = None
    stated: dict[str, _Stated] = {}
    for node in nodes:
        for key, child in reader.entries(node, "derive"):
            path = f"derive.{key.text}"
            entry = reader.mapping(child, path, ("unit", "expr"), ("why", "cite", "members"))
            reader.variable(key, path)
            if _is_taken(reader, key.text, key, names, path):
                continue
            unit = reader.choice(entry.get("unit"), f"{path}.unit", (*UNITS, "bool", "enum"))
            kind = Type(unit, _members(reader, entry, unit, child.span, path)) if unit else None
            expr = entry.get("expr")
            read = frozenset[str]()
            if isinstance(expr, Scalar):
                reader.weigh(expr, f"{path}.expr")
                read = mentions(expr.text)
            stated[key.text] = _Stated(key, entry, path, kind, read)
            # Until it is worked out it is what it is said to be.
            names.define(key.text, Symbol("derived", (kind or Type("number")).maybe()), key.span)
    found = []
    for name in _ordered(reader, stated):
        derived = _derive(reader, names, name, stated[name])
        if derived is not None:
            found.append(derived)
    return found


def _ordered(reader: Reader, stated: Mapping[str, _Stated]) -> Iterator[str]:
    """Yield every name after all that it reads, alphabetically where that leaves a choice."""
    done: set[str] = set()
    for start in sorted(stated):
        # INVARIANT: `chain` is a path of names each of which reads the next; no recursion, as it may be long.
        chain = [start] if start not in done else []
        while chain:
            name = chain[-1]
            waiting = sorted((stated[name].mentions & stated.keys()) - done)
            if not waiting:
                done.add(name)
                yield chain.pop()
                continue
            if waiting[0] in chain:
                circle = [*chain[chain.index(waiting[0]) :], waiting[0]]
                _report_circle(reader, stated, circle)
                # Read it as if it did not read itself, so that what reads it is looked at too.
                done.add(name)
                yield chain.pop()
                continue
            chain.append(waiting[0])


def _report_circle(reader: Reader, stated: Mapping[str, _Stated], circle: list[str]) -> None:
    one = stated[circle[0]]
    said = " → ".join(circle) if len(circle) <= 6 else f"{circle[0]} → {circle[1]} → … → {circle[-1]}"
    message = f"`{circle[0]}` is derived from itself: {said}"
    reader.report("E0313", message, one.key.span, one.path, "let one of them not read the next")


def _derive(reader: Reader, names: Names, name: str, stated: _Stated) -> Derived | None:
    path, entry, kind = stated.path, stated.entry, stated.kind
    if "why" in entry:
        reader.text(entry["why"], f"{path}.why")
    reader.citations(entry.get("cite"), f"{path}.cite")
    expected = kind if kind is not None and kind.members else None
    expr = reader.expression(entry.get("expr"), f"{path}.expr", names.deriving(), expected)
    if expr is None:
        return None
    if kind is not None and expr.type.kind != kind.kind:
        message = f"`{name}` is stated as {kind.kind} and works out as {expr.type.kind}"
        reader.report("E0315", message, entry["unit"].span, f"{path}.unit", f"write `unit: {expr.type.kind}`")
    names.define(name, Symbol("derived", expr.type), stated.key.span)
    return Derived(name, expr, stated.key.span)


def report_unused(reader: Reader, spans: Mapping[str, tuple[str, Span]], used: set[str]) -> None:
    """Warn of names that nothing reads; `spans` says in which section each is defined, and where."""
    reader.rule_id = None
    for name, (section, span) in spans.items():
        if name not in used:
            message, path = f"`{name}` is never read", f"{section}.{name}"
            reader.report("E0314", message, span, path, "delete it", severity="warning")


def read_fillings(reader: Reader, node: Node | None, names: Names) -> list[Filling]:
    """Read `normal`: what a fact takes where it is unknown."""
    found = []
    for item, path in reader.items(node, "normal"):
        entry = reader.mapping(item, path, ("id", "fact", "take", "why", "cite"))
        reason = reader.reason(entry, path, item.span)
        fact = reader.scalar(entry.get("fact"), f"{path}.fact")
        if fact is None:
            continue
        if fact.text not in READABLE:
            near = nearest(fact.text, READABLE)
            hint = f"did you mean `{near}`?" if near else "`pegmark facts` lists them"
            reader.report("E0201", f"unknown fact `{shown(fact.text)}`", fact.span, f"{path}.fact", hint)
            continue
        spec = READABLE[fact.text]
        if fact.text not in FACTS or spec.worse not in ("lower", "higher"):
            hint = "a filling is a bound: its fact is a number that is submitted and has a worse side"
            reader.report("E0304", f"`{fact.text}` cannot be filled in", fact.span, f"{path}.fact", hint)
            continue
        scope, kind = names.deriving(), fact_type(spec)
        expr = reader.expression(entry.get("take"), f"{path}.take", scope, kind)
        if expr is None:
            continue
        found.append(Filling(reason, fact.text, expr))
        if not expr.type.optional:
            names.known(fact.text)
    return found
