"""YAML text to a tree of nodes that know where they stand.

Every scalar stays text: what a value means is ours to say (`no` is not False here). The tree is
built from the parser's events, without recursion, so that nesting is bounded before it can hurt.
Anchors, aliases, merge keys, tags, tabs and duplicate keys are refused.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import yaml

from pegmark.language import Place, shown
from pegmark.problems import Position, Problem, Related, Span
from pegmark.rulebook.decoding import MAX_BYTES, Refused, at_character, decode, named, whole
from pegmark.rulebook.malformed import MAX_DEPTH, malformed, too_deep, touching, without_character
from pegmark.rulebook.positions import Style, positions

__all__ = ["LOADER", "MAX_BYTES", "MAX_DEPTH", "Mapping", "Node", "Scalar", "Sequence", "parse"]

MAX_VALUES = 40_000
"""How many values the files of a rulebook may hold together, which bounds the time that it takes."""
MAX_PROBLEMS = 100
"""How many problems of one file's form are noted; there may be one a line."""

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml where it is there; the pure loader gives the same tree and positions."""


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text; `place` maps offsets in `text` to positions in the file."""

    text: str
    span: Span
    at: Callable[[int], Position] = field(compare=False, repr=False)
    is_quoted: bool = False

    @property
    def is_null(self) -> bool:
        """Whether the text is what YAML calls null: nothing at all, `~` or `null`."""
        return not self.is_quoted and self.text in ("", "~", "null", "Null", "NULL")

    def place(self, yaml_path: str, rule_id: str | None) -> Place:
        """Return where the text stands, as the language wants to know it."""
        return Place(self.span.file, self.at, yaml_path, rule_id)


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list of nodes."""

    items: tuple[Node, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys in the order of the text, each once."""

    entries: tuple[tuple[Scalar, Node], ...]
    span: Span


Node = Scalar | Sequence | Mapping


@dataclass(slots=True)
class Allowance:
    """How many more values may be read."""

    left: int = MAX_VALUES


def parse(
    data: bytes, file: str, loader: Any = None, allowance: Allowance | None = None
) -> tuple[Mapping | None, list[Problem]]:
    """Return the tree of one file, or None, and every problem of its form.

    Files that are read together share one `allowance`.
    """
    problems: list[Problem] = []
    try:
        text = decode(data, file)
        builder = _Builder(text, file, problems, allowance or Allowance())
        _feed(builder, text, file, (loader or LOADER)(text))
        return builder.finish(), problems
    except Refused as stop:
        return None, [*problems, stop.problem]


def _feed(builder: _Builder, text: str, file: str, events: Any) -> None:
    try:
        while events.check_event():
            builder.take(events.get_event())
    except yaml.MarkedYAMLError as error:
        raise Refused(malformed(error, text, file)) from None
    except (ValueError, OverflowError):
        # The pure parser stops like this at an escape beyond Unicode, and does not say where.
        at = Position(events.line + 1, events.column + 1)
        raise Refused(without_character(file, at)) from None
    finally:
        events.dispose()


@dataclass(slots=True)
class _Open:
    """A collection being read; for a mapping, `key` waits for its value."""

    is_mapping: bool
    start: Position
    items: list[Node] = field(default_factory=list)
    entries: dict[str, tuple[Scalar, Node]] = field(default_factory=dict)
    key: Scalar | None = None


class _Builder:
    def __init__(self, text: str, file: str, problems: list[Problem], allowance: Allowance) -> None:
        self._problems = problems
        self._allowance = allowance
        self._file = file
        self._lines = text.split("\n")
        self._stack: list[_Open] = []
        self._root: Node | None = None
        self._documents = 0

    def take(self, event: Any) -> None:
        # Scalars first: nearly all are. A file has thousands, and matching a pattern takes its time.
        kind = type(event)
        if kind is yaml.ScalarEvent:
            self._check(event)
            self._add(self._scalar(event))
        elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            self._check(event)
            if len(self._stack) >= MAX_DEPTH:
                raise Refused(too_deep(self._file, _position(event.start_mark)))
            self._stack.append(_Open(kind is yaml.MappingStartEvent, _position(event.start_mark)))
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            done = self._stack.pop()
            line, column = done.start
            span = Span(self._file, done.start, Position(line, column + 1))
            self._add(
                Mapping(tuple(done.entries.values()), span)
                if done.is_mapping
                else Sequence(tuple(done.items), span)
            )
        elif kind is yaml.AliasEvent:
            name = shown(event.anchor or "")
            raise self._refused("E0007", f"aliases are not allowed: `*{name}`", event, "write the value out")
        elif kind is yaml.DocumentStartEvent:
            self._documents += 1
            if self._documents > 1:
                raise self._refused("E0009", "a second document begins", event, "remove the line `---`")

    def finish(self) -> Mapping:
        match self._root:
            case Mapping() as root:
                return root
            case None | Scalar(text=""):
                raise Refused(Problem("E0012", "file is empty", whole(self._file), "delete it"))
            case other:
                message = "a file of a rulebook is a mapping of sections"
                raise Refused(
                    at_character("E0303", message, self._file, other.span.start, "write `section: …`")
                )

    def _path(self) -> str:
        """Return the path of the node that is read now."""
        path = ""
        for level in self._stack:
            if not level.is_mapping:
                path += f"[{len(level.items)}]"
            elif level.key is not None:
                path += f".{level.key.text}" if path else level.key.text
        return path

    def _refused(self, code: str, message: str, event: Any, help: str) -> Refused:
        return Refused(
            at_character(code, message, self._file, _position(event.start_mark), help, self._path())
        )

    def _check(self, event: Any) -> None:
        self._allowance.left -= 1
        if self._allowance.left < 0:
            message, help = (
                f"more than {MAX_VALUES:,} values",
                "let tables and curves say what many rules say",
            )
            raise self._refused("E0010", message, event, help)
        if event.anchor is not None:
            message = f"anchors are not allowed: `&{shown(event.anchor)}`"
            raise self._refused("E0007", message, event, "write the value out where it is needed")
        if event.tag not in (None, "!"):
            raise self._refused("E0008", "tags are not allowed", event, "write the value alone")

    def _scalar(self, event: Any) -> Scalar:
        text = event.value
        start, end = _position(event.start_mark), _position(event.end_mark)
        style = _STYLES.get(event.style, "plain")
        if style == "plain":
            start, end = self._settled(start, end)
        found = Scalar(
            text,
            Span(self._file, start, end),
            positions(text, style, start, end, self._lines),
            style in _QUOTED,
        )
        if style == "double" and not text.replace("\n", "").isprintable():
            self._report_escape(found)
        return found

    def _settled(self, start: Position, end: Position) -> tuple[Position, Position]:
        """Return where a plain scalar stands, which the parsers do not always agree on."""
        if end.line > len(self._lines):
            # A text that ends where a value should stand: libyaml puts it after the end.
            start = end = Position(len(self._lines), len(self._lines[-1]) + 1)
        line = self._lines[end.line - 1]
        if start == end:
            # Nothing: libyaml puts it where the next thing begins, which may be some blanks further.
            column = len(line[: start.column - 1].rstrip(" ")) + 1
            return Position(start.line, column), Position(start.line, column)
        if line[end.column - 1 : end.column] == ":" and line[end.column : end.column + 1] in set(",[]{}"):
            raise Refused(touching(self._file, end))
        return start, end

    def _report_escape(self, scalar: Scalar) -> None:
        offset, character = next(
            (n, c) for n, c in enumerate(scalar.text) if not c.isprintable() and c != "\n"
        )
        at = scalar.at(offset)
        if unicodedata.category(character) == "Cs":
            # libyaml stops here, at the digits of the escape; so does everyone.
            raise Refused(without_character(self._file, Position(at.line, at.column + 2)))
        span = Span(self._file, at, scalar.at(offset + 1))
        message, help = f"escape of {named(character)}", "leave it out"
        self._note(Problem("E0003", message, span, help, yaml_path=self._path()))

    def _note(self, problem: Problem) -> None:
        if len(self._problems) < MAX_PROBLEMS:
            self._problems.append(problem)

    def _add(self, node: Node) -> None:
        if not self._stack:
            self._root = node
            return
        top = self._stack[-1]
        if not top.is_mapping:
            top.items.append(node)
        elif top.key is None:
            top.key = self._key(node)
        else:
            self._entry(top, top.key, node)
            top.key = None

    def _key(self, node: Node) -> Scalar:
        if not isinstance(node, Scalar):
            raise Refused(self._at_key("E0303", "a key is a text", node, "write `key: value`"))
        if node.text == "<<" and not node.is_quoted:
            raise Refused(
                self._at_key("E0007", "merge keys are not allowed: `<<`", node, "write the keys out")
            )
        if node.is_null:
            self._note(self._at_key("E0303", "a key is empty", node, "write `key: value`"))
        return node

    def _at_key(self, code: str, message: str, node: Node, help: str) -> Problem:
        return at_character(code, message, self._file, node.span.start, help, self._path())

    def _entry(self, top: _Open, key: Scalar, node: Node) -> None:
        if key.text in top.entries:
            first = Related("first here", top.entries[key.text][0].span)
            message, help = f"duplicate key `{shown(key.text)}`", "keep one of the two"
            self._note(Problem("E0006", message, key.span, help, yaml_path=self._path(), related=(first,)))
            return
        top.entries[key.text] = (key, node)


def _position(mark: Any) -> Position:
    return Position(mark.line + 1, mark.column + 1)


_QUOTED = ("single", "double")
_STYLES: dict[str | None, Style] = {"'": "single", '"': "double", "|": "block", ">": "block"}
