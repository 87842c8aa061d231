"""What a file holds, as a tree of names: sections, and in them what has a name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from pegmark.authoring.editor.study import Study
from pegmark.problems import Position, Span
from pegmark.rulebook.source import Mapping, Node, Scalar, Sequence

Sort = Literal["section", "name", "rule", "case"]
_TITLES = ("id", "case", "table", "pillar", "band")
_NAMING = re.compile(r"params|derive|facts|sources|fixtures|venues")
_LONGEST = 80


@dataclass(frozen=True, slots=True)
class Symbol:
    """Something that has a name, what is said of it, where its name stands, and what is in it."""

    name: str
    sort: Sort
    said: str
    span: Span
    children: tuple[Symbol, ...] = ()

    @property
    def start(self) -> Position:
        """Return where it begins: with its name, or with the first in it."""
        return min([self.span.start, *(child.start for child in self.children)])

    @property
    def end(self) -> Position:
        """Return where it ends: with its name, or with the last in it."""
        return max([self.span.end, *(child.end for child in self.children)])


def outline(study: Study, file: str) -> list[Symbol]:
    """Return the sections of a file, each with what is named in it."""
    root = study.tree(file).root
    if root is None:
        return []
    return [_section(key, node) for key, node in root.entries if key.text.strip()]


def _section(key: Scalar, node: Node) -> Symbol:
    if isinstance(node, Mapping) and _NAMING.fullmatch(key.text):
        named = tuple(
            Symbol(name.text, "name", _said(value), name.span)
            for name, value in node.entries
            if name.text.strip()
        )
        return Symbol(key.text, "section", "", key.span, named)
    said = node.text[:_LONGEST] if isinstance(node, Scalar) else ""
    return Symbol(key.text, "section", said, key.span, tuple(_titled(node)))


def _titled(node: Node) -> Iterator[Symbol]:
    """Yield what has a title, in the order of the text; what is within it, within it."""
    match node:
        case Sequence(items):
            for item in items:
                yield from _titled(item)
        case Mapping(entries):
            inner = tuple(found for _, child in entries for found in _titled(child))
            found = {key.text: child for key, child in entries}
            title = next((found[key] for key in _TITLES if key in found), None)
            if isinstance(title, Scalar) and title.text.strip():
                is_rule = "id" in found
                sort: Sort = "rule" if is_rule else "case" if "expect" in found else "name"
                yield Symbol(title.text, sort, _said(node), title.span, inner)
            else:
                yield from inner


def _said(node: Node) -> str:
    """Return what is said of something, on one line: why it is there, or what it is called."""
    if not isinstance(node, Mapping):
        return ""
    found = {key.text: child for key, child in node.entries}
    said = next((found[key] for key in ("why", "title", "meaning", "expr", "note") if key in found), None)
    text = " ".join(said.text.split()) if isinstance(said, Scalar) else ""
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
