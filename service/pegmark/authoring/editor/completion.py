"""What may be written at a place.

A mark is put there and the text is checked as if it were a name: where the checker meets the mark, it says
what it would have taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from pegmark.authoring.editor.index import Index, Kind, Name
from pegmark.authoring.editor.listening import Heard, Listener, Said, Shape
from pegmark.authoring.editor.marking import MARK, marked
from pegmark.authoring.editor.offers import Offer, in_expression, in_suite, in_table, of_names
from pegmark.authoring.editor.schema import description
from pegmark.authoring.editor.study import Study
from pegmark.authoring.editor.suites import KEYS
from pegmark.authoring.reading import read_suites
from pegmark.problems import Position, Span
from pegmark.rulebook.book import SECTIONS
from pegmark.rulebook.load import check_files
from pegmark.rulebook.source import Mapping, parse

Sort = Literal["word", "text"]
_WORDS: dict[Sort, tuple[re.Pattern[str], re.Pattern[str]]] = {
    "word": (re.compile(r"[\w.]*$"), re.compile(r"[\w.]*")),
    "text": (re.compile(r"[\w.-]*$"), re.compile(r"[\w.-]*")),
}
_MOST_TRIED = 3
"""How many texts that can be read are checked as a whole, which takes the time of a check each."""


@dataclass(frozen=True, slots=True)
class Offers:
    """What may stand in place of `span`, the word at the cursor."""

    span: Span
    offers: tuple[Offer, ...]


def complete(study: Study, index: Index, file: str, text: str, place: Position) -> Offers | None:
    """Return what may be written at a place of a text that is open, as it stands."""
    line = [*text.split("\n"), ""][place.line - 1] if place.line <= text.count("\n") + 1 else ""
    tried = 0
    for candidate in marked(text, place):
        data = candidate.encode()
        root, _ = parse(data, file)
        if root is None or tried >= _MOST_TRIED:
            continue
        tried += 1
        heard = _heard(study, file, data)
        found = _found(study, index, file, heard, root, line[place.column - 1 :])
        if found is not None:
            sort, offers = found
            before, after = _WORDS[sort]
            start = place.column - len(before.search(line[: place.column - 1])[0])  # type: ignore[index]
            end = place.column + len(after.match(line, place.column - 1)[0])  # type: ignore[index]
            span = Span(file, Position(place.line, start), Position(place.line, end))
            return Offers(span, tuple(offers))
    return None


def _heard(study: Study, file: str, data: bytes) -> Heard:
    listener = Listener(study.trees)
    sound, normal = study.sound, study.texts.normal[0]
    if file in study.texts.suites:
        if study.program is not None:
            suites = {name: sound[name] for name in study.texts.suites if name in sound} | {file: data}
            read_suites(suites, study.program, study.stated, reader=listener)
    else:
        known = {**sound, file: data}
        rules = {name: known[name] for name in study.texts.rules if name in known}
        filling = (normal, known.get(normal, study.texts.normal[1]))
        check_files(rules, filling, study.texts.base, listener)
    return listener.heard


def _found(
    study: Study, index: Index, file: str, heard: Heard, root: Mapping, after: str
) -> tuple[Sort, Iterable[Offer]] | None:
    """Return what the checker would have taken where it met the mark."""
    is_suite = file in study.texts.suites
    for expression in heard.expressions.values():
        if MARK in expression.scalar.text:
            return "word", in_expression(expression, study)
    for choice in heard.choices.values():
        if MARK in choice.scalar.text:
            return "text", [Offer(member, "member") for member in choice.members if MARK not in member]
    if any(MARK in said.scalar.text for said in heard.citations.values()):
        return "text", of_names(index, "source")
    if not is_suite and file != study.texts.normal[0] and any(MARK in key.text for key, _ in root.entries):
        return "text", _keys(Shape(root, "", tuple(SECTIONS)), study, file, after)
    for shape in heard.shapes.values():
        if any(MARK in key.text for key, _ in shape.node.entries):
            return "text", _keys(shape, study, file, after)
    said = next((said for said in heard.keys.values() if MARK in said.scalar.text), None)
    if said is not None:
        found = in_suite(said, study, index, is_key=True) if is_suite else _in_rules(said, heard, index)
        return ("text", found) if found else None
    said = next((said for said in heard.values.values() if MARK in said.scalar.text), None)
    if said is not None and is_suite:
        return "text", in_suite(said, study, index, is_key=False)
    return None


def _keys(shape: Shape, study: Study, file: str, after: str) -> Iterator[Offer]:
    """Yield the keys that a mapping may have and lacks, those that it has to have first."""
    present = {key.text for key, _ in shape.node.entries}
    ending = "" if re.match(r"[\w.-]*\s*:", after) else ": "
    for key in shape.allowed:
        if key in present:
            continue
        if file in study.texts.suites:
            said = KEYS.get(key, "")
        else:
            path = f"{shape.path}.{key}" if shape.path else key
            said = description(path, is_normal=file == study.texts.normal[0])
        yield Offer(key, "key", said, f"{key}{ending}")


def _in_rules(said: Said, heard: Heard, index: Index) -> list[Offer]:
    """Return the keys of a table, or of what goes by pillar."""
    if said.path.startswith("rating.weights."):
        return of_names(index, "pillar")
    return in_table(said, heard)


def named(offer: Offer) -> Name | None:
    """Return the name that an offer is, so that its meaning can be asked for when it is looked at."""
    kinds: dict[str, Kind] = {
        "fact": "fact",
        "param": "param",
        "derived": "derived",
        "outcome": "outcome",
        "function": "function",
        "source": "source",
        "rule": "rule",
        "class": "class",
        "band": "band",
    }
    return Name(kinds[offer.kind], offer.label) if offer.kind in kinds else None
