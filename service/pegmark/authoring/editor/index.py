"""Where each name of a rulebook is defined and read, across its files, its suites and the filling-in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from pegmark.authoring.editor.listening import Expression, Heard, Said
from pegmark.authoring.editor.study import Study
from pegmark.language.functions import FUNCTIONS
from pegmark.language.tokens import WORDS
from pegmark.problems import Position, Span

Kind = Literal[
    "fact",
    "param",
    "derived",
    "outcome",
    "function",
    "source",
    "rule",
    "class",
    "band",
    "pillar",
    "fixture",
    "venue",
]

_SECTIONS: Mapping[str, Kind] = {"params": "param", "derive": "derived", "facts": "fact", "sources": "source"}
_NAMED: Mapping[str, Kind] = {"fixtures": "fixture", "venues": "venue"}
_LISTED: tuple[tuple[re.Pattern[str], Kind], ...] = (
    (re.compile(r"classify\.order\[\d+\]"), "class"),
    (re.compile(r"rating\.bands\[\d+\]\.band"), "band"),
    (re.compile(r"scorecards\[\d+\]\.pillar"), "pillar"),
)
"""Where a rulebook lists names of its own."""
_CELL = re.compile(r"\.(?:table|rows|points)\.")
_WORD = re.compile(r'"(?P<text>[^"]*)"|(?P<name>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)(?P<call>\s*\()?')
_ID = re.compile(r"[A-Z]{2,4}-[A-Z0-9]+(?:-[A-Z0-9]+)*")
_OF_OUTCOME: Mapping[Kind, re.Pattern[str]] = {
    "class": re.compile(r"\b(?:output\.)?class\b"),
    "band": re.compile(r"\bband\b"),
}


class Name(NamedTuple):
    """A name, and of what."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Mention:
    """A place where a name stands."""

    name: Name
    span: Span


@dataclass(frozen=True, slots=True)
class Index:
    """Every place of every name; `defined` has the one where it is defined."""

    defined: Mapping[Name, Span] = field(default_factory=dict)
    mentions: tuple[Mention, ...] = ()

    def at(self, file: str, place: Position) -> Mention | None:
        """Return the name that stands at a place, the shortest where one holds another."""
        found = [one for one in self.mentions if covers(one.span, file, place)]
        return min(found, key=lambda one: one.span.end.column - one.span.start.column, default=None)

    def places(self, name: Name, *, defined: bool) -> list[Span]:
        """Return where a name stands, its definition among them or not."""
        at = self.defined.get(name)
        found = dict.fromkeys(one.span for one in self.mentions if one.name == name)
        return [span for span in found if defined or span != at]

    def names(self, kind: Kind) -> list[str]:
        """Return the names that are defined of a kind, in the order of the text."""
        return [name.text for name in self.defined if name.kind == kind]


def covers(span: Span, file: str, place: Position) -> bool:
    """Tell whether a place lies in a span, or right behind it."""
    return span.file == file and span.start <= place <= span.end


def index(study: Study) -> Index:
    """Return the places of all names."""
    defined = dict(_defined(study))
    mentions = [Mention(name, span) for name, span in defined.items()]
    mentions += _of_rules(study, defined)
    mentions += _of_suites(study, defined)
    return Index(defined, tuple(mentions))


def _defined(study: Study) -> Iterator[tuple[Name, Span]]:
    for said in study.rules.keys.values():
        section, _, name = said.path.partition(".")
        if section in _SECTIONS and name == said.scalar.text:
            kind = _SECTIONS[section]
            yield Name(kind, f"custom.{name}" if kind == "fact" else name), said.scalar.span
    for said in study.rules.values.values():
        for pattern, kind in _LISTED:
            if pattern.fullmatch(said.path):
                yield Name(kind, said.scalar.text), said.scalar.span
    for rule, span in study.rules.ids.items():
        yield Name("rule", rule), span
    for said in study.suites.keys.values():
        section, _, name = said.path.partition(".")
        if section in _NAMED and name == said.scalar.text:
            yield Name(_NAMED[section], name), said.scalar.span


def _of_rules(study: Study, defined: Mapping[Name, Span]) -> Iterator[Mention]:
    heard = study.rules
    for expression in heard.expressions.values():
        yield from words(expression, defined)
    for said in heard.citations.values():
        yield Mention(Name("source", said.scalar.text), said.scalar.span)
    yield from _chosen(heard, study, defined)
    for said in heard.keys.values():
        kind: Kind = "pillar" if said.path.startswith("rating.weights.") else "class"
        if (kind == "pillar" or _CELL.search(said.path)) and Name(kind, said.scalar.text) in defined:
            yield Mention(Name(kind, said.scalar.text), said.scalar.span)


def words(expression: Expression, defined: Mapping[Name, Span]) -> Iterator[Mention]:
    """Yield the names in an expression, whether it is well formed or not."""
    scalar, symbols = expression.scalar, expression.scope.symbols
    for match in _WORD.finditer(scalar.text):
        group = "text" if match["text"] is not None else "name"
        found = match[group]
        name = None
        if group == "text":
            kinds = (kind for kind, pattern in _OF_OUTCOME.items() if pattern.search(scalar.text))
            name = next((Name(kind, found) for kind in kinds if Name(kind, found) in defined), None)
        elif match["call"] and found in FUNCTIONS:
            name = Name("function", found)
        elif found in symbols:
            origin = symbols[found].origin
            name = Name("outcome" if origin == "position" else origin, found)
        elif found not in WORDS:
            name = next(
                (Name(kind, found) for kind in ("param", "derived") if (kind, found) in defined), None
            )
        if name is not None:
            span = Span(scalar.span.file, scalar.at(match.start(group)), scalar.at(match.end(group)))
            yield Mention(name, span)


def _chosen(heard: Heard, study: Study, defined: Mapping[Name, Span]) -> Iterator[Mention]:
    """Yield what was chosen among names of one kind."""
    facts = study.readable.keys() | study.stated.keys()
    for choice in heard.choices.values():
        text, members = choice.scalar.text, choice.members
        if text in facts and facts >= set(members) - {"position.size"}:
            yield Mention(Name("fact", text), choice.scalar.span)
        for kind in ("class", "band", "rule", "param"):
            if text in members and all((kind, member) in defined for member in members):
                yield Mention(Name(kind, text), choice.scalar.span)


def _of_suites(study: Study, defined: Mapping[Name, Span]) -> Iterator[Mention]:
    heard = study.suites
    yield from _chosen(heard, study, defined)
    for said in (*heard.keys.values(), *heard.values.values()):
        text = said.scalar.text
        for match in _ID.finditer(text):
            if Name("rule", match.group()) in defined:
                yield Mention(Name("rule", match.group()), _part(said, match.start(), match.end()))
        fact = said.path.rpartition(".facts.")[2]
        named = text if text in study.stated else fact if fact.endswith(text) else ""
        if named in study.stated:
            yield Mention(Name("fact", named), said.scalar.span)
    for said in heard.values.values():
        last = said.path.rpartition(".")[2]
        kind: Kind = "venue" if last == "venue" else "fixture"
        if (last in ("like", "venue") or ".layers." in said.path) and (kind, said.scalar.text) in defined:
            yield Mention(Name(kind, said.scalar.text), said.scalar.span)


def _part(said: Said, start: int, end: int) -> Span:
    at = said.scalar.at
    return Span(said.scalar.span.file, at(start), at(end))
