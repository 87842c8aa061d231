"""A reader that remembers what it read, and as what.

So the checker itself says what may stand where: nothing is said twice, and what it takes is offered.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from pegmark.language import Scope, Type
from pegmark.language.nodes import Typed
from pegmark.problems import Problem, Span
from pegmark.rulebook.reading import Reader
from pegmark.rulebook.source import Allowance, Mapping, Node, Scalar, parse


@dataclass(frozen=True, slots=True)
class Said:
    """A text that was read, and its path; of a key, the path ends with the key."""

    scalar: Scalar
    path: str


@dataclass(frozen=True, slots=True)
class Expression(Said):
    """A text that was read as an expression, the names in its reach, and what it has to be."""

    scope: Scope
    expected: Type | None


@dataclass(frozen=True, slots=True)
class Choice(Said):
    """A text that was read as one of `members`."""

    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """A mapping of which the keys are known: those that it has to have come first."""

    node: Mapping
    path: str
    allowed: tuple[str, ...]


@dataclass(slots=True)
class Heard:
    """All that was read, each thing once, by where it stands."""

    keys: dict[Span, Said] = field(default_factory=dict)
    values: dict[Span, Said] = field(default_factory=dict)
    expressions: dict[Span, Expression] = field(default_factory=dict)
    choices: dict[Span, Choice] = field(default_factory=dict)
    shapes: dict[Span, Shape] = field(default_factory=dict)
    citations: dict[Span, Said] = field(default_factory=dict)
    ids: dict[str, Span] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tree:
    """What came of one text as YAML, and how many values it holds."""

    root: Mapping | None
    problems: tuple[Problem, ...]
    values: int


Trees = dict[tuple[str, bytes], Tree]
"""What came of texts, by file and text: no text is taken apart twice."""


class Listener(Reader):
    """Reads like any reader, and remembers; `trees` are of texts that were read `before`."""

    def __init__(self, before: Trees | None = None) -> None:
        """Begin with nothing heard."""
        super().__init__()
        self.heard = Heard(ids=self.ids)
        self.trees: Trees = {}
        self._before = before or {}

    def tree(self, data: bytes, file: str, allowance: Allowance) -> Mapping | None:
        """Return the tree of a file, of what was read before where it is the same text."""
        known = self._before.get((file, data))
        if known is None or known.values > allowance.left:
            left = allowance.left
            root, problems = parse(data, file, allowance=allowance)
            known = Tree(root, tuple(problems), left - allowance.left)
        else:
            allowance.left -= known.values
        self.trees[file, data] = known
        self.add(known.problems)
        return known.root

    def entries(self, node: Node | None, path: str) -> list[tuple[Scalar, Node]]:
        """Return the entries of a mapping, and remember its keys."""
        found = super().entries(node, path)
        for key, _ in found:
            self.heard.keys[key.span] = Said(key, f"{path}.{key.text}" if path else key.text)
        return found

    def mapping(
        self, node: Node | None, path: str, required: Iterable[str] = (), optional: Iterable[str] = ()
    ) -> dict[str, Node]:
        """Return the entries of a mapping, and remember which it may have."""
        required, optional = tuple(required), tuple(optional)
        if isinstance(node, Mapping):
            self.heard.shapes[node.span] = Shape(node, path, (*required, *optional))
        return super().mapping(node, path, required, optional)

    def scalar(self, node: Node | None, path: str) -> Scalar | None:
        """Return a scalar, and remember it."""
        found = super().scalar(node, path)
        if found is not None:
            self.heard.values[found.span] = Said(found, path)
        return found

    def choice(self, node: Node | None, path: str, members: Iterable[str], default: Any = None) -> Any:
        """Return one of `members`, and remember which there are."""
        members = tuple(members)
        if isinstance(node, Scalar):
            self.heard.choices[node.span] = Choice(node, path, members)
        return super().choice(node, path, members, default)

    def expression(
        self, node: Node | None, path: str, scope: Scope, expected: Type | None = None
    ) -> Typed | None:
        """Return a checked expression, and remember what it could have read."""
        if isinstance(node, Scalar):
            self.heard.expressions[node.span] = Expression(node, path, scope, expected)
        return super().expression(node, path, scope, expected)

    def citations(self, node: Node | None, path: str) -> tuple[str, ...]:
        """Return the sources that are cited, and remember where."""
        before = len(self.cites)
        found = super().citations(node, path)
        for _, scalar, at in self.cites[before:]:
            self.heard.citations[scalar.span] = Said(scalar, at)
        return found
