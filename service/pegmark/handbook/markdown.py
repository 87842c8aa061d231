"""A document as Markdown, in the dialect that code hosts show, its anchors written out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

from pegmark.handbook.page import (
    Block,
    Code,
    Entry,
    Figure,
    Folded,
    Grid,
    Heading,
    Inline,
    Items,
    Line,
    Link,
    Mark,
    Page,
    Pairs,
    Paragraph,
    Ref,
    headings,
)
from pegmark.handbook.target import target

_ACTIVE = re.compile(r"[\\`*\[\]|~]|(?<!\w)_|_(?!\w)")
_SPACE = re.compile(r"\s+")
_LEADING = re.compile(r"^(?=[#+=>-])|^\d+(?=[.)](\s|$))")
_ODD = re.compile(r"[`|\\]|<[^\s=]")
"""What no code in backticks may hold, at least in a table."""


def as_markdown(page: Page, base: str = "") -> str:
    """Return a document as Markdown; `base` leads from its folder to where relative sources stand."""
    return "\n\n".join(_page(page, base)) + "\n"


def _page(page: Page, base: str) -> Iterator[str]:
    yield f"# {_text(page.title)}"
    for block in page.head:
        yield from _block(block, base)
    yield "\n".join(
        f"{'  ' * (found.level - 2)}- [{_text(found.text)}](#{found.anchor})" for found in headings(page)
    )
    for block in page.blocks:
        yield from _block(block, base)


def _block(block: Block, base: str) -> Iterator[str]:
    match block:
        case Heading(said, anchor, level):
            yield f"{_anchor(anchor)}\n\n{'#' * level} {_text(said)}"
        case Paragraph(line):
            yield _LEADING.sub(_escaped, _line(line, base))
        case Items(found):
            yield "\n".join(f"- {_LEADING.sub(_escaped, _line(line, base))}" for line in found)
        case Pairs(pairs):
            yield "\n".join(f"- {_text(name)}: {_line(line, base)}" for name, line in pairs)
        case Grid(heads, rows, numbers):
            yield "\n".join(_grid(heads, rows, numbers, base))
        case Figure(_, grid):
            yield from _block(grid, base)
        case Folded(summary, blocks):
            yield f"<details><summary>{escape(summary)}</summary>"
            for inner in blocks:
                yield from _block(inner, base)
            yield "</details>"
        case Entry(id, anchor, blocks):
            yield f"{_anchor(anchor)}\n\n#### {_text(id)}"
            for inner in blocks:
                yield from _block(inner, base)


def _grid(
    heads: tuple[str, ...], rows: tuple[tuple[Line, ...], ...], numbers: frozenset[int], base: str
) -> Iterator[str]:
    yield _row(_text(head) for head in heads)
    yield _row("---:" if n in numbers else "---" for n in range(len(heads)))
    yield from (_row(_line(cell, base) for cell in row) for row in rows)


def _row(cells: Iterator[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _line(line: Line, base: str) -> str:
    return "".join(_inline(part, base) for part in line)


def _inline(part: Inline, base: str) -> str:
    match part:
        case str():
            return _text(part)
        case Code(said):
            return _code(said)
        case Mark(said, anchor):
            return f"{_anchor(anchor)}{_code(said)}"
        case Ref(said, anchor, is_name):
            return f"[{_code(said) if is_name else _text(said)}](#{anchor})"
        case Link(said, href):
            leads = target(href, base)
            return _text(said) if leads is None else f"[{_text(said)}]({leads})"


def _text(said: str) -> str:
    """Return words that stand as they are, whatever they hold."""
    flat = _SPACE.sub(" ", said)
    return _ACTIVE.sub(_escaped, escape(flat, quote=False))


def _escaped(found: re.Match[str]) -> str:
    # A number at the beginning of a line is escaped behind it, where the mark is that makes a list of it.
    return f"{found[0]}\\" if found[0].isdigit() else f"\\{found[0]}"


def _code(said: str) -> str:
    flat = _SPACE.sub(" ", said)
    if _ODD.search(flat):
        # Character references mean themselves to Markdown too.
        return f"<code>{''.join(c if c.isalnum() or c in ' .,' else f'&#{ord(c)};' for c in flat)}</code>"
    return f"`{flat}`"


def _anchor(name: str) -> str:
    return f'<a id="{escape(name)}"></a>'
