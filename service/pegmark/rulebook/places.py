"""Places in a rulebook's trees: found by rule id or by path, never by position; and edits made there."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as Lookup
from dataclasses import dataclass, field, replace

from pegmark.rulebook.source import Mapping, Node, Scalar, Sequence

Place = tuple[str | int, ...]
"""A file, then keys of mappings and indexes of lists; only what was found is ever so named."""

NAMING = ("id", "pillar", "band")
"""Keys by which the items of a list are told apart."""


@dataclass(slots=True)
class Edits:
    """What is to be otherwise: values at places, items beside others, and items that go."""

    values: dict[Place, dict[str | int, tuple[Scalar, Node]]] = field(default_factory=dict)
    added: dict[Place, list[tuple[int, Node]]] = field(default_factory=dict)
    removed: set[Place] = field(default_factory=set)

    def put(self, place: Place, key: Scalar, node: Node) -> None:
        """Let a node stand at a place; `key` is who says so."""
        self.values.setdefault(place[:-1], {})[place[-1]] = key, node

    def touched(self) -> set[Place]:
        """Return every place on the way to an edit."""
        ends = (*self.values, *self.added, *(place[:-1] for place in self.removed))
        return {end[:n] for end in ends for n in range(1, len(end) + 1)}


class Places:
    """Where everything stands that a rulebook's trees hold."""

    def __init__(self, trees: Lookup[str, Mapping]) -> None:
        self._trees = trees
        self.rules: dict[str, Place] = {}
        self.retired: dict[str, Scalar] = {}
        for file, tree in trees.items():
            for key, node in tree.entries:
                if key.text == "retired":
                    self.retired |= {name.text: name for _, name in _identified(node, ())}
                else:
                    self.rules |= {name.text: at for at, name in _identified(node, (file, key.text))}

    def node(self, place: Place) -> Node:
        """Return what stands at a place."""
        found: Node = self._trees[str(place[0])]
        for step in place[1:]:
            match found:
                case Mapping() if isinstance(step, str):
                    found = next(child for key, child in found.entries if key.text == step)
                case Sequence() if isinstance(step, int):
                    found = found.items[step]
        return found

    def find(self, steps: list[str], start: Place | None = None) -> tuple[Place | None, int, list[str]]:
        """Return the place that names lead to, from `start` or a section on.

        Where there is none, the place is None; how many names lead somewhere is told, and which ones
        would have led further.
        """
        starts: list[Place] = [(file,) for file in self._trees] if start is None else [start]
        best: tuple[int, list[str]] = (-1, [])
        for begin in starts:
            place, node = begin, self.node(begin)
            for n, step in enumerate(steps):
                names = dict(_steps(node))
                if step not in names:
                    if n > best[0]:
                        best = n, list(names)
                    elif n == best[0]:
                        best[1].extend(names)
                    break
                place = (*place, names[step])
                node = self.node(place)
            else:
                return place, len(steps), []
        return None, *best

    def reasoned(self, place: Place) -> Place | None:
        """Return the nearest mapping around a place that says why it is there."""
        for end in range(len(place), 1, -1):
            node = self.node(place[:end])
            if isinstance(node, Mapping) and any(key.text == "why" for key, _ in node.entries):
                return place[:end]
        return None

    def holds(self, place: Place) -> list[str]:
        """Return the ids of all rules that stand within a place."""
        return [name for name, at in self.rules.items() if at[: len(place)] == place]

    def edited(self, file: str, tree: Mapping, edits: Edits) -> Mapping:
        """Return a file's tree with the edits made."""
        changed = _edited(tree, (file,), edits, edits.touched())
        assert isinstance(changed, Mapping)  # noqa: S101 - an edit keeps the shape of what it is within
        return changed


def _identified(node: Node, place: Place) -> Iterator[tuple[Place, Scalar]]:
    """Yield the ids within a node, with the places of what has them."""
    match node:
        case Mapping():
            for key, child in node.entries:
                if key.text == "id" and isinstance(child, Scalar):
                    yield place, child
                yield from _identified(child, (*place, key.text))
        case Sequence():
            for n, item in enumerate(node.items):
                yield from _identified(item, (*place, n))


def _steps(node: Node) -> Iterator[tuple[str, str | int]]:
    """Yield the names that lead on from a node."""
    match node:
        case Mapping():
            for key, _ in node.entries:
                yield key.text, key.text
        case Sequence():
            for n, item in enumerate(node.items):
                for key, name in item.entries if isinstance(item, Mapping) else ():
                    if key.text in NAMING and isinstance(name, Scalar):
                        yield name.text, n


def _edited(node: Node, place: Place, edits: Edits, touched: set[Place]) -> Node:
    if place not in touched:
        return node
    match node:
        case Mapping():
            return replace(node, entries=tuple(_entries(node, place, edits, touched)))
        case Sequence():
            return replace(node, items=tuple(_items(node, place, edits, touched)))
    return node


def _entries(node: Mapping, place: Place, edits: Edits, touched: set[Place]) -> Iterator[tuple[Scalar, Node]]:
    given = {
        str(name): (renamed(key, str(name)), new) for name, (key, new) in edits.values.get(place, {}).items()
    }
    for key, child in node.entries:
        if key.text in given:
            yield given.pop(key.text)
        else:
            yield key, _edited(child, (*place, key.text), edits, touched)
    yield from given.values()


def _items(node: Sequence, place: Place, edits: Edits, touched: set[Place]) -> Iterator[Node]:
    given, added = edits.values.get(place, {}), edits.added.get(place, [])
    for n, item in enumerate(node.items):
        yield from (new for before, new in added if before == n)
        if n in given:
            yield given[n][1]
        elif (*place, n) not in edits.removed:
            yield _edited(item, (*place, n), edits, touched)
    yield from (new for before, new in added if before >= len(node.items))


def renamed(key: Scalar, text: str) -> Scalar:
    """Return a key of another text that stands where `key` does."""
    return Scalar(text, key.span, key.at)
