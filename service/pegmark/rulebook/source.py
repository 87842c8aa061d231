"""YAML text to a tree of nodes that know where they stand.

Every scalar stays text: what a value means is ours to say (`no` is not False here). The tree is
built from the parser's events, without recursion, so that nesting is bounded before it can hurt.
Anchors, aliases, merge keys, tags, tabs and duplicate keys are refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from pegmark.language import Place
from pegmark.problems import Position, Problem, Related, Span

MAX_BYTES = 1_000_000
MAX_DEPTH = 24

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml where it is there; the pure loader gives the same tree and positions."""


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text; `place` maps offsets in `text` to positions in the file."""

    text: str
    span: Span
    at: Callable[[int], Position] = field(compare=False, repr=False)
    is_quoted: bool = False

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

    def get(self, key: str) -> Node | None:
        """Return the node under `key`, if it is there."""
        return next((node for name, node in self.entries if name.text == key), None)


Node = Scalar | Sequence | Mapping


class Refused(Exception):
    """The file cannot be read at all; carries the one problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def parse(data: bytes, file: str, loader: Any = None) -> tuple[Mapping | None, list[Problem]]:
    """Return the tree of one file, or None, and every problem of its form."""
    try:
        text = _decode(data, file)
        builder = _Builder(text, file)
        for event in yaml.parse(text, Loader=loader or LOADER):
            builder.take(event)
        return builder.finish(), builder.problems
    except Refused as stop:
        return None, [stop.problem]
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        said = (error.problem or error.context or "cannot be read").strip()
        return None, [_problem("E0001", f"malformed YAML: {said}", file, line, column)]
    except yaml.YAMLError as error:
        return None, [_problem("E0001", f"malformed YAML: {' '.join(str(error).split())}", file, 1, 1)]


def _problem(code: str, message: str, file: str, line: int, column: int, help: str | None = None) -> Problem:
    span = Span(file, Position(line, column), Position(line, column + 1))
    return Problem(code, message, span, help)


def _decode(data: bytes, file: str) -> str:
    if len(data) > MAX_BYTES:
        raise Refused(
            _problem("E0010", f"file is {len(data)} bytes; at most {MAX_BYTES} are read", file, 1, 1)
        )
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        raise Refused(
            _problem(
                "E0002",
                f"byte {data[error.start]:#04x} is not UTF-8",
                file,
                line,
                column,
                "save the file as UTF-8",
            )
        ) from None
    if text.startswith("\ufeff"):
        raise Refused(
            _problem("E0004", "file begins with a byte-order mark", file, 1, 1, "save it without one")
        )
    for number, line_text in enumerate(text.split("\n"), 1):
        for at, character in enumerate(line_text, 1):
            if character == "\t":
                raise Refused(_problem("E0005", "tab", file, number, at, "indent with spaces"))
            if character != "\r" and not character.isprintable():
                shown = f"control character U+{ord(character):04X}"
                raise Refused(_problem("E0003", shown, file, number, at))
            if character == "\r" and at != len(line_text):
                raise Refused(_problem("E0003", "control character U+000D", file, number, at))
    return text


@dataclass(slots=True)
class _Open:
    """A collection being read; for a mapping, `key` waits for its value."""

    is_mapping: bool
    start: Position
    items: list[Node] = field(default_factory=list)
    entries: list[tuple[Scalar, Node]] = field(default_factory=list)
    key: Scalar | None = None


class _Builder:
    def __init__(self, text: str, file: str) -> None:
        self.problems: list[Problem] = []
        self._text = text
        self._file = file
        self._lines = text.split("\n")
        self._stack: list[_Open] = []
        self._root: Node | None = None
        self._documents = 0

    def take(self, event: Any) -> None:
        match event:
            case yaml.DocumentStartEvent():
                self._documents += 1
                if self._documents > 1:
                    raise self._refused("E0009", "a second document begins", event)
            case yaml.AliasEvent():
                raise self._refused("E0007", f"alias `*{event.anchor}`", event, "write the value out")
            case yaml.ScalarEvent():
                self._check(event)
                self._add(self._scalar(event))
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                self._check(event)
                if len(self._stack) >= MAX_DEPTH:
                    raise self._refused("E0011", f"nested more than {MAX_DEPTH} deep", event)
                self._stack.append(_Open(isinstance(event, yaml.MappingStartEvent), self._position(event)))
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                done = self._stack.pop()
                span = Span(self._file, done.start, Position(done.start.line, done.start.column + 1))
                self._add(
                    Mapping(tuple(done.entries), span)
                    if done.is_mapping
                    else Sequence(tuple(done.items), span)
                )

    def finish(self) -> Mapping:
        root = self._root
        if root is None or (isinstance(root, Scalar) and not root.text):
            raise Refused(_problem("E0012", "file is empty", self._file, 1, 1))
        if not isinstance(root, Mapping):
            start = root.span.start
            raise Refused(
                _problem(
                    "E0303", "a rulebook file is a mapping of sections", self._file, start.line, start.column
                )
            )
        return root

    def _position(self, event: Any) -> Position:
        return Position(event.start_mark.line + 1, event.start_mark.column + 1)

    def _refused(self, code: str, message: str, event: Any, help: str | None = None) -> Refused:
        at = self._position(event)
        return Refused(_problem(code, message, self._file, at.line, at.column, help))

    def _check(self, event: Any) -> None:
        if event.anchor is not None:
            raise self._refused(
                "E0007", f"anchor `&{event.anchor}`", event, "write the value out where it is needed"
            )
        if event.tag not in (None, "!"):
            raise self._refused("E0008", f"tag `{event.tag}`", event, "write the value alone")

    def _scalar(self, event: Any) -> Scalar:
        start = self._position(event)
        positions = _Positions(event.value, start, self._lines)
        span = Span(self._file, start, positions(len(event.value)))
        return Scalar(event.value, span, positions, event.style in ("'", '"'))

    def _add(self, node: Node) -> None:
        if not self._stack:
            self._root = node
            return
        top = self._stack[-1]
        if not top.is_mapping:
            top.items.append(node)
        elif top.key is None:
            if not isinstance(node, Scalar):
                at = node.span.start
                raise Refused(_problem("E0303", "a key is a text", self._file, at.line, at.column))
            if node.text == "<<":
                at = node.span.start
                raise Refused(
                    _problem("E0007", "merge key `<<`", self._file, at.line, at.column, "write the keys out")
                )
            top.key = node
        else:
            self._entry(top, top.key, node)
            top.key = None

    def _entry(self, top: _Open, key: Scalar, node: Node) -> None:
        for other, _ in top.entries:
            if other.text == key.text:
                first = Related("first here", other.span)
                self.problems.append(
                    Problem("E0006", f"duplicate key `{key.text}`", key.span, related=(first,))
                )
                return
        top.entries.append((key, node))


class _Positions:
    """Maps offsets in a scalar's text to positions, whatever its style: plain, quoted or block.

    The text is aligned with what stands in the file: a folded line break is white space there too,
    and quotes and escapes are skipped.
    """

    __slots__ = ("_found", "_lines", "_start", "_text")

    def __init__(self, text: str, start: Position, lines: list[str]) -> None:
        self._text = text
        self._start = start
        self._lines = lines
        self._found: list[Position] | None = None

    def __call__(self, offset: int) -> Position:
        if self._found is None:
            self._found = list(self._align())
        return self._found[min(offset, len(self._found) - 1)]

    def _align(self) -> Iterator[Position]:
        line, column = self._start.line, self._start.column
        raw = self._lines[line - 1]
        if raw[column - 1 : column] in ("|", ">"):
            line, column = line + 1, 1
        last = self._start
        for character in self._text:
            blank = character.isspace()
            while line <= len(self._lines):
                raw = self._lines[line - 1]
                if column <= len(raw) and (
                    raw[column - 1] == character or (blank and raw[column - 1].isspace())
                ):
                    break
                if column > len(raw):
                    if blank:
                        break
                    line, column = line + 1, 1
                else:
                    column += 1
            last = Position(line, column)
            yield last
            if not (blank and line <= len(self._lines) and column > len(self._lines[line - 1])):
                column += 1
        yield Position(last.line, last.column + (1 if self._text else 0))
