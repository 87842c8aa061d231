"""A document as one page of HTML that stands alone: no script, nothing loaded from elsewhere.

It is well-formed XML too. Anchors are those of the Markdown; light or dark is as the reader has it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from pegmark.drawing.svg import element, text
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
from pegmark.handbook.stylesheet import stylesheet
from pegmark.handbook.target import target

_NAME = re.compile(r'"[^"]*"|[A-Za-z]\w*(?:\.\w+)*')
"""A text in quotes, or what may be a name."""
_JOINT = re.compile(r'"[^"]*"|[()]| (and|or) |\bif\b')
_LONG = 60
"""Characters of an expression from which each of its clauses stands on a line of its own."""


def as_html(page: Page, base: str = "") -> str:
    """Return a document as HTML; `base` leads from its folder to where relative sources stand."""
    form = _Html(page.anchors, base)
    head = "".join(
        [
            element("meta", charset="utf-8"),
            element("meta", name="viewport", content="width=device-width, initial-scale=1"),
            element("meta", name="color-scheme", content="light dark"),
            element("title", text(page.title)),
            element("style", stylesheet()),
        ]
    )
    parts = [
        element("header", element("h1", text(page.title)), *form.blocks(page.head)),
        element("nav", *form.contents(page), aria_label="Contents"),
        element("main", "\n", "\n".join(form.blocks(page.blocks)), "\n"),
    ]
    body = element("body", "\n", "\n".join(parts), "\n")
    whole = element("html", element("head", head), "\n", body, lang="en")
    return f"<!DOCTYPE html>\n{whole}\n"


class _Html:
    """Writes blocks; names in expressions lead to where `anchors` has them."""

    def __init__(self, anchors: Mapping[str, str], base: str) -> None:
        self.anchors, self.base = anchors, base

    def contents(self, page: Page) -> Iterator[str]:
        yield element("h2", "Contents")
        found = ((h.level, self.link(h.text, f"#{h.anchor}")) for h in headings(page))
        yield element("ul", *(element("li", leads, class_=f"level{level}") for level, leads in found))

    def blocks(self, blocks: tuple[Block, ...], level: int = 2) -> Iterator[str]:
        for block in blocks:
            if isinstance(block, Heading):
                level = block.level
            yield self.block(block, level)

    def block(self, block: Block, level: int) -> str:
        match block:
            case Heading(said, anchor, level):
                return element(f"h{level}", self.link(said, f"#{anchor}"), id=anchor)
            case Paragraph(line, is_quiet):
                return element("p", self.line(line), class_="quiet" if is_quiet else None)
            case Items(lines):
                return element("ul", *(element("li", self.line(line)) for line in lines))
            case Pairs(pairs):
                found = (element("dt", text(name)) + element("dd", self.line(line)) for name, line in pairs)
                return element("dl", *found)
            case Grid():
                return self.grid(block)
            case Figure(svg, grid):
                table = element("details", element("summary", "Its points"), self.grid(grid))
                return element("figure", svg, table)
            case Folded(summary, blocks):
                return element("details", element("summary", text(summary)), *self.blocks(blocks))
            case Entry(id, anchor, blocks):
                head = element(f"h{level + 1}", self.link(id, f"#{anchor}"))
                return element("article", head, *self.blocks(blocks, level + 1), id=anchor)

    def grid(self, grid: Grid) -> str:
        heads = (
            element("th", text(head), scope="col", class_=_side(n, grid)) for n, head in enumerate(grid.heads)
        )
        rows = (element("tr", *self.cells(row, grid)) for row in grid.rows)
        table = element("table", element("thead", element("tr", *heads)), element("tbody", "", *rows))
        # It scrolls by itself where the page is narrow, and by the keyboard where it has the focus.
        return element("div", table, class_="table", tabindex="0")

    def cells(self, row: tuple[Line, ...], grid: Grid) -> Iterator[str]:
        yield from (element("td", self.line(cell), class_=_side(n, grid)) for n, cell in enumerate(row))

    def line(self, line: Line) -> str:
        return "".join(map(self.inline, line))

    def inline(self, part: Inline) -> str:
        match part:
            case str():
                return text(part)
            case Code(said, asks):
                return self.asked(said) if asks else element("code", text(said))
            case Mark(said, anchor):
                return element("code", text(said), id=anchor)
            case Ref(said, anchor, is_name):
                shown = element("code", text(said)) if is_name else text(said)
                return element("a", shown, href=f"#{anchor}")
            case Link(said, href):
                leads = target(href, self.base)
                return text(said) if leads is None else self.link(said, leads)

    def link(self, said: str, href: str) -> str:
        return element("a", text(said), href=href)

    def asked(self, said: str) -> str:
        """Return an expression, its names as links, each clause of a long one on a line of its own."""
        found = clauses(said) if len(said) > _LONG else [said]
        if len(found) == 1:
            return element("code", self.linked(said))
        return element("code", *(element("span", self.linked(part)) for part in found), class_="clauses")

    def linked(self, said: str) -> str:
        parts, end = [], 0
        for found in _NAME.finditer(said):
            if found[0] in self.anchors:
                parts += [text(said[end : found.start()]), self.link(found[0], f"#{self.anchors[found[0]]}")]
                end = found.end()
        return "".join([*parts, text(said[end:])])


def clauses(said: str) -> list[str]:
    """Return the clauses of a condition: what its loosest `or`, or without one its `and`, stands between.

    >>> clauses('a > 1 and (b or c) and d in ("x and y")')
    ['a > 1 and ', '(b or c) and ', 'd in ("x and y")']
    """
    depth, ends = 0, {"and": [0], "or": [0]}
    for found in _JOINT.finditer(said):
        depth += {"(": 1, ")": -1}.get(found[0], 0)
        if found[0] == "if":
            return [said]
        if found[1] and not depth:
            ends[found[1]].append(found.end())
    at = ends["or"] if len(ends["or"]) > 1 else ends["and"]
    return [said[start:end] for start, end in zip(at, [*at[1:], len(said)], strict=True)]


def _side(n: int, grid: Grid) -> str | None:
    return "number" if n in grid.numbers else None
