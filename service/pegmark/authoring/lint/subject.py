"""What rules of style look at: the checked program, and the text that it was read from.

The program says what is meant and the trees how it is written; a place in one is found in the other by
its span.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from pegmark.authoring.lint.redundancy import Redundancy
from pegmark.problems import Position, Span
from pegmark.rulebook.program import Program
from pegmark.rulebook.source import Mapping as Tree
from pegmark.rulebook.source import Node, Scalar, parse

_DEFINED = ("sources", "facts", "params", "derive")
"""Sections that are mappings of what they define."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A scalar of a file, the path that leads to it and the id of the rule that it belongs to."""

    scalar: Scalar
    path: str
    rule_id: str | None


@dataclass(frozen=True, slots=True)
class Block:
    """A rule or a definition as it stands in a file: from the line that begins it to its last."""

    file: str
    first: int
    last: int


@dataclass(frozen=True)
class Subject:
    """A rulebook to be judged.

    `files` are its own; what is compiled into it from elsewhere is no business of its author. `assets`
    are names that no rule may single out, `tested` what suites mention (None where there are none),
    `links_to` tells whether a local file is there.
    """

    program: Program
    files: Mapping[str, bytes]
    assets: frozenset[str] = frozenset()
    tested: frozenset[str] | None = None
    at: date | None = None
    stale_years: int = 3
    links_to: Callable[[str], bool] = field(default=lambda _: True)
    redundancy: Redundancy | None = None

    def is_own(self, span: Span) -> bool:
        """Tell whether a place is in a file of the rulebook itself."""
        return span.file in self.files

    @cached_property
    def trees(self) -> Mapping[str, Tree]:
        """Return the tree of each file."""
        parsed = {name: parse(data, name)[0] for name, data in sorted(self.files.items())}
        return {name: tree for name, tree in parsed.items() if tree is not None}

    @cached_property
    def scalars(self) -> Mapping[str, tuple[Placed, ...]]:
        """Return the scalars of each file in the order of the text, keys included."""
        return {name: tuple(_scalars(tree, "", None)) for name, tree in self.trees.items()}

    @cached_property
    def rules(self) -> Mapping[str, Tree]:
        """Return what is written of each rule, by its id."""
        return {
            scalar.text: tree
            for root in self.trees.values()
            for tree in mappings(root)
            if isinstance(scalar := entry(tree, "id"), Scalar)
        }

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """Return the rules and definitions of all files, each from its first line to its last."""
        return tuple(_blocks(self.trees))

    def defined(self, section: str) -> Iterator[tuple[Scalar, Node]]:
        """Yield what the files define in a section that is a mapping."""
        for tree in self.trees.values():
            found = entry(tree, section)
            if isinstance(found, Tree):
                yield from found.entries

    def written(self, section: str) -> Node | None:
        """Return what stands in a section that is in one file alone."""
        return next((found for tree in self.trees.values() if (found := entry(tree, section))), None)

    def place(self, span: Span) -> tuple[str, str | None]:
        """Return the path of the scalar that a span is in, and the rule that it belongs to."""
        placed = self.scalars.get(span.file, ())
        n = bisect_right(placed, span.start, key=lambda one: one.scalar.span.start)
        return ("", None) if n == 0 else (placed[n - 1].path, placed[n - 1].rule_id)


def entry(node: Node | None, *keys: str) -> Node | None:
    """Return what stands under keys, one within the other, None where that is nothing."""
    for key in keys:
        if not isinstance(node, Tree):
            return None
        node = next((child for name, child in node.entries if name.text == key), None)
    return node


def mappings(node: Node) -> Iterator[Tree]:
    """Yield every mapping in a node, outer ones first."""
    match node:
        case Tree(entries):
            yield node
            for _, child in entries:
                yield from mappings(child)
        case Scalar():
            return
        case sequence:
            for item in sequence.items:
                yield from mappings(item)


def end_of(node: Node) -> Position:
    """Return where the last text in a node ends."""
    match node:
        case Scalar():
            return node.at(len(node.text))
        case Tree(entries, span):
            return max((end_of(part) for pair in entries for part in pair), default=span.end)
        case sequence:
            return max(map(end_of, sequence.items), default=sequence.span.end)


def _scalars(node: Node, path: str, rule_id: str | None) -> Iterator[Placed]:
    match node:
        case Scalar():
            yield Placed(node, path, rule_id)
        case Tree(entries):
            name = entry(node, "id")
            inside = name.text if isinstance(name, Scalar) else rule_id
            for key, child in entries:
                below = f"{path}.{key.text}" if path else key.text
                yield Placed(key, below, inside)
                yield from _scalars(child, below, inside)
        case sequence:
            for n, item in enumerate(sequence.items):
                yield from _scalars(item, f"{path}[{n}]", rule_id)


def _blocks(trees: Mapping[str, Tree]) -> Iterator[Block]:
    for file, root in trees.items():
        for tree in mappings(root):
            if entry(tree, "id") is not None or entry(tree, "pillar") is not None:
                yield Block(file, tree.span.start.line, end_of(tree).line)
        for section in _DEFINED:
            found = entry(root, section)
            for key, child in found.entries if isinstance(found, Tree) else ():
                yield Block(file, key.span.start.line, end_of(child).line)
