"""A rulebook written out as one file, with the place that each line is from.

Of an overlay that is its base with the changes made. What is written means the same rulebook: it
loads to the same resolved digest.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from collections.abc import Mapping as Lookup
from textwrap import wrap

from pegmark.problems import Span
from pegmark.rulebook.digest import root_of
from pegmark.rulebook.source import Mapping, Node, Scalar, Sequence

ORDER = (
    *("rulebook", "language", "version", "owners", "effective", "estimates"),
    *("sources", "retired", "facts", "params", "derive", "classify", "scorecards", "rating", "haircut"),
    *("ladder", "caps", "mark", "conditions", "review", "guardrails"),
)
"""Sections as a reader wants to meet them."""
WIDE = 100
"""The longest line that is not broken, and the column where places stand at most."""

_PLAIN = re.compile(r"[\w$(./+][^\n]*")
_SPECIAL = re.compile(r": |:$| #|^\s|\s$|^$")
_FLOW = re.compile(r"[\[\]{},:#\"']")
_EMPTY = ("{}", "[]")
_NULL = ("", "~", "null", "Null", "NULL")

Line = tuple[str, Span | None]


def written(trees: Lookup[str, Mapping]) -> str:
    """Return the text of a rulebook whose trees are these."""
    lines = [line for name, nodes in _sections(trees) for line in _section(name, nodes)]
    root = root_of(trees.keys() - {""})
    column = min(WIDE, max(len(text) for text, _ in lines)) + 2
    return "".join(
        f"{text}\n"
        if span is None
        else f"{text:<{column - 2}}  # {span.file.removeprefix(root)}:{span.start.line}\n"
        for text, span in lines
    )


def _sections(trees: Lookup[str, Mapping]) -> list[tuple[str, list[Node]]]:
    found: dict[str, list[Node]] = {}
    for tree in trees.values():
        for key, node in tree.entries:
            found.setdefault(key.text, []).append(node)
    return sorted(found.items(), key=lambda section: ORDER.index(section[0]))


def _section(name: str, nodes: list[Node]) -> Iterator[Line]:
    """Yield a section, what stands of it in several files put together."""
    match nodes:
        case [Mapping(), _, *_]:
            entries = [entry for node in nodes if isinstance(node, Mapping) for entry in node.entries]
            yield f"{name}:", None
            yield from _block(Mapping(tuple(entries), nodes[0].span), 2)
        case [Sequence(), _, *_]:
            items = [item for node in nodes if isinstance(node, Sequence) for item in node.items]
            yield f"{name}:", None
            yield from _block(Sequence(tuple(items), nodes[0].span), 2)
        case _:
            yield from _value(f"{name}:", nodes[0], nodes[0].span, 2)


def _value(head: str, node: Node, span: Span, indent: int) -> Iterator[Line]:
    """Yield what follows a key or a dash: on its line where that fits, else below."""
    flow = _flow(node)
    if flow is not None and (len(head) + len(flow) < WIDE or flow in _EMPTY):
        yield f"{head} {flow}", node.span
    elif isinstance(node, Scalar):
        yield from _long(head, node, indent)
    else:
        yield head, span
        yield from _block(node, indent)


def _long(head: str, scalar: Scalar, indent: int) -> Iterator[Line]:
    text = scalar.text
    if text.split(" ") != text.split() or not text.isprintable():
        yield f"{head} {_quoted(text)}", scalar.span
        return
    yield f"{head} >-", scalar.span
    for line in wrap(text, WIDE - indent, break_long_words=False, break_on_hyphens=False):
        yield " " * indent + line, None


def _block(node: Node, indent: int) -> Iterator[Line]:
    pad = " " * indent
    match node:
        case Mapping():
            for key, child in node.entries:
                yield from _value(f"{pad}{_scalar(key)}:", child, key.span, indent + 2)
        case Sequence():
            for item in node.items:
                lines = list(_item(item, indent))
                yield lines[0][0].replace(pad + "  ", pad + "- ", 1), lines[0][1]
                yield from lines[1:]


def _item(item: Node, indent: int) -> Iterator[Line]:
    """Yield an item without its dash, for which there is room."""
    flow = _flow(item)
    if isinstance(item, Scalar) or (flow is not None and indent + len(flow) < WIDE):
        yield f"{' ' * indent}  {flow}", item.span
    else:
        yield from _block(item, indent + 2)


def _flow(node: Node) -> str | None:
    """Return a value as one text, or None where its parts are not from one line."""
    if isinstance(node, Scalar):
        return _scalar(node)
    parts = list(_parts(node))
    if any(
        (part.span.file, part.span.start.line) != (node.span.file, node.span.start.line) for part in parts
    ):
        return None
    return _inline(node)


def _parts(node: Node) -> Iterator[Node]:
    match node:
        case Mapping():
            for key, child in node.entries:
                yield from (key, child, *_parts(child))
        case Sequence():
            for item in node.items:
                yield from (item, *_parts(item))


def _inline(node: Node) -> str:
    match node:
        case Mapping():
            entries = (f"{_scalar(key, is_flow=True)}: {_inline(child)}" for key, child in node.entries)
            return "{" + ", ".join(entries) + "}"
        case Sequence():
            return "[" + ", ".join(map(_inline, node.items)) + "]"
    return _scalar(node, is_flow=True)


def _scalar(scalar: Scalar, *, is_flow: bool = False) -> str:
    text = scalar.text
    if scalar.is_null:
        return "~"
    is_plain = _PLAIN.fullmatch(text) and not _SPECIAL.search(text) and text not in _NULL
    return text if is_plain and not (is_flow and _FLOW.search(text)) else _quoted(text)


def _quoted(text: str) -> str:
    if '"' in text and text.isprintable():
        doubled = text.replace("'", "''")
        return f"'{doubled}'"
    return json.dumps(text, ensure_ascii=False)
