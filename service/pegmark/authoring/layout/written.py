"""A text of YAML as it is written: what each value looks like, where it stands, and every comment.

The loader keeps what a text says; this keeps how it is said. A text comes here when the loader has taken it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import yaml

from pegmark.rulebook.source import LOADER


@dataclass(frozen=True, slots=True)
class Text:
    """A scalar: its `value`, and its `lines` as they are written, without what indents them.

    `style` is how it begins: a quote, `|` or `>` for a block of lines, or nothing. The first line of
    a block is its header.
    """

    value: str
    style: str
    lines: tuple[str, ...]
    start: int
    end: int

    @property
    def is_block(self) -> bool:
        """Whether it is a block of lines, after `|` or `>`."""
        return self.style in ("|", ">")


@dataclass(frozen=True, slots=True)
class List:
    """A sequence; `column` is that of its first dash or of its bracket."""

    items: tuple[Written, ...]
    is_flow: bool
    column: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping; `column` is that of its first key or of its brace."""

    entries: tuple[tuple[Text, Written], ...]
    is_flow: bool
    column: int
    start: int
    end: int


Written = Text | List | Table


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment from `#` to the end of its line; `is_alone` where nothing stands before it."""

    text: str
    start: int
    column: int
    is_alone: bool


@dataclass(frozen=True, slots=True)
class Page:
    """A whole text: its root, its comments in order, and where lines begin."""

    text: str
    root: Table
    comments: tuple[Comment, ...]

    def line_start(self, offset: int) -> int:
        """Return where the line of an offset begins."""
        return self.text.rfind("\n", 0, offset) + 1

    def is_one_line(self, start: int, end: int) -> bool:
        """Return whether no line ends between two offsets."""
        return "\n" not in self.text[start:end]

    def follows_blank(self, offset: int) -> bool:
        """Return whether the line above that of an offset is empty."""
        begin = self.line_start(offset)
        return begin > 0 and not self.text[self.line_start(begin - 1) : begin].strip()


def read(text: str) -> Page:
    """Return a text as it is written; it is one that `rulebook.source.parse` takes without a problem."""
    reader = _Reader(text)
    root = reader.node(yaml.compose(text, Loader=LOADER), -1)
    assert isinstance(root, Table)  # noqa: S101 - the loader takes nothing else
    return Page(text, root, tuple(_comments(text, root)))


def texts(node: Written) -> Iterator[Text]:
    """Yield every scalar of a node, keys too, in the order of the text."""
    match node:
        case Text():
            yield node
        case List():
            for item in node.items:
                yield from texts(item)
        case Table():
            for key, value in node.entries:
                yield key
                yield from texts(value)


def _comments(text: str, root: Table) -> Iterator[Comment]:
    """Yield what begins with `#` outside scalars: there, nothing else can."""
    at = 0
    for scalar in texts(root):
        yield from _between(text, at, scalar.start)
        at = max(at, scalar.end)
    yield from _between(text, at, len(text))


def _between(text: str, at: int, end: int) -> Iterator[Comment]:
    while (start := text.find("#", at, end)) >= 0:
        at = text.find("\n", start)
        at = len(text) if at < 0 else at
        begin = text.rfind("\n", 0, start) + 1
        is_alone = not text[begin:start].strip()
        yield Comment(text[start:at].rstrip(), start, start - begin, is_alone)


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = [0]
        for line in text.split("\n"):
            self._starts.append(self._starts[-1] + len(line) + 1)

    def _offset(self, mark: Any) -> int:
        line = min(int(mark.line), len(self._starts) - 1)
        return min(self._starts[line] + int(mark.column), len(self._text))

    def node(self, node: Any, parent: int) -> Written:
        """Return a node; `parent` is the column of the block collection around it."""
        start, end = self._offset(node.start_mark), self._offset(node.end_mark)
        column = node.start_mark.column
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, start, end, parent)
        is_flow = bool(node.flow_style)
        around = parent if is_flow else column
        if isinstance(node, yaml.SequenceNode):
            items = tuple(self.node(item, around) for item in node.value)
            return List(items, is_flow, column, start, end)
        entries = tuple(self._entry(key, value, around) for key, value in node.value)
        return Table(entries, is_flow, column, start, end)

    def _entry(self, key: Any, value: Any, parent: int) -> tuple[Text, Written]:
        name, said = self.node(key, parent), self.node(value, parent)
        assert isinstance(name, Text)  # noqa: S101 - the loader refuses other keys
        if isinstance(said, Text) and said.lines == ("",):
            # Nothing: the parsers do not agree on where that stands.
            said = replace(said, start=name.end, end=name.end)
        return name, said

    def _scalar(self, node: Any, start: int, end: int, parent: int) -> Text:
        style = node.style or ""
        if self._text.startswith("!", start, end):
            # The tag `!`, which says that a scalar is a text, as every scalar is here.
            start = end - len(self._text[start + 1 : end].lstrip())
        if style in ("|", ">"):
            return self._block(node.value, style, start, parent)
        raw = self._text[start:end].rstrip()
        start = start if raw else len(self._text[:start].rstrip())
        return Text(node.value, style, tuple(map(str.strip, raw.split("\n"))), start, start + len(raw))

    def _block(self, value: str, style: str, start: int, parent: int) -> Text:
        at = self._after(start)
        header = self._text[start:at].rstrip()
        signs = header.split("#")[0]
        column = next((max(parent, 0) + int(sign) for sign in signs if sign.isdigit()), None)
        lines = [header]
        end, last = start + len(header), 1
        while at < len(self._text):
            line = self._text[at : self._after(at)].removesuffix("\n")
            indent = len(line) - len(line.lstrip(" "))
            if line.strip() or (column is not None and indent > column):
                # A line of blanks that goes further in than the others is text, too.
                column = max(indent, parent + 1) if column is None else column
                if indent < column:
                    break
                last, end = len(lines) + 1, at + len(line)
            lines.append(line[column:] if column is not None else "")
            at = self._after(at)
        if "+" not in signs:
            del lines[last:]
        return Text(value, style, tuple(lines), start, end)

    def _after(self, at: int) -> int:
        """Return where the next line begins."""
        return self._text.find("\n", at) + 1 or len(self._text)
