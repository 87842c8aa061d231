"""A text of rules written anew: two blanks a level, a line a row, and every comment where it belongs.

`docs/formatting.md` says what the layout is. Before a thing is written, the comments that stand before it
are; so none can be lost, whatever place it has.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pegmark.authoring.layout.pending import Pending
from pegmark.authoring.layout.rows import is_empty, row
from pegmark.authoring.layout.scalars import block_of, in_line, on_lines
from pegmark.authoring.layout.written import Comment, List, Page, Table, Text, Written

STEP = 2
Part = tuple[Text | None, Written]
"""What a collection holds: a value, and its key in a mapping."""


def lay_out(page: Page) -> str:
    """Return a text in the one layout."""
    writer = _Writer(page)
    writer.block(page.root, 0, None, -1, len(page.text) + 1)
    writer.rest()
    return "\n".join(writer.lines) + "\n"


def parts(node: List | Table) -> list[Part]:
    """Return what a collection holds, in order."""
    return list(node.entries) if isinstance(node, Table) else [(None, item) for item in node.items]


class _Writer:
    def __init__(self, page: Page) -> None:
        self.lines: list[str] = []
        self._page = page
        self._pending = Pending(page.comments)
        self._may_break = False
        """Whether an empty line may come next: not first, and not below what opens a level."""

    def block(self, node: List | Table, indent: int, opening: str | None, outer: int, bound: int) -> None:
        """Write a collection, one part a line.

        `opening` is what stands on its first line already, `outer` the column of the collection around
        it, and `bound` where the next thing begins in the text.
        """
        held = parts(node)
        starts = [value.start if key is None else key.start for key, value in held]
        for n, (key, value) in enumerate(held):
            if n or opening is None:
                self._lead((key, value), indent, starts[n])
            margin = " " * indent if n or opening is None else opening
            begin = margin + ("-" if key is None else f"{in_line(key, is_flow=False)}:")
            self._part(begin, (key, value), indent, node, starts[n + 1] if n + 1 < len(held) else bound)
        if node.is_flow:
            self._comments(self._pending.before(node.end), indent)
        else:
            self._comments(self._alone(max(node.column, outer + 1), bound), indent)

    def rest(self) -> None:
        """Write the comments that are left."""
        self._comments(self._pending.before(len(self._page.text)), 0)

    def _part(self, begin: str, part: Part, indent: int, around: List | Table, bound: int) -> None:
        key, value = part
        lines = on_lines(value) if isinstance(value, Text) else None
        text = self._row(value, len(begin) + 1)
        if isinstance(value, Text) and value.is_block:
            header, body = block_of(value)
            self._add(f"{begin} {header}", body, indent)
            # Where lines at the end are kept, or are blanks, an empty one is there already.
            self._may_break = "+" not in header.split("#")[0] and not (body and not body[-1].strip())
        elif lines is not None:
            self._add(f"{begin} {lines[0]}", lines[1:], indent)
            self._remark(value.end)
        elif text is not None:
            self._add(f"{begin} {text}".rstrip())
            self._remark(value.end)
            if not text and not around.is_flow:
                # Comments further in stand for what could be here.
                self._comments(self._alone(around.column + 1, bound), indent + STEP)
        elif isinstance(value, Text):  # pragma: no cover - every text is written above
            raise AssertionError(value)
        elif key is None:
            self.block(value, indent + STEP, f"{begin} ", around.column, bound)
        else:
            self._add(begin)
            self._remark(key.end)
            self._may_break = False
            self.block(value, indent + STEP, None, around.column, bound)

    def _row(self, value: Written, column: int) -> str | None:
        start, end = value.start, value.end
        is_remarked = self._pending.is_any(start, end)
        return row(value, column, is_remarked=is_remarked, is_one_line=self._page.is_one_line(start, end))

    def _lead(self, part: Part, indent: int, start: int) -> None:
        """Write the comments that stand before a part, and an empty line where one was."""
        self._comments(self._before(part, indent), indent)
        if self._page.follows_blank(start):
            self._break()

    def _before(self, part: Part, indent: int) -> Iterator[Comment]:
        """Take the comments that cannot stand beside or within a part."""
        key, value = part
        column = indent + STEP if key is None else indent + len(in_line(key, is_flow=False)) + 2
        if isinstance(value, Text) or self._row(value, column) is not None:
            inside = not isinstance(value, Text) and is_empty(value)
            yield from self._pending.before(value.end if inside else value.start)
            return
        if key is not None:
            yield from self._pending.before(key.start)
        else:
            yield from self._before(parts(value)[0], column)
        closing = self._pending.after(value.end) if value.is_flow else None
        if closing is not None and self._is_beside(value.end, closing):
            # It follows the bracket, which goes.
            self._pending.take(closing)
            yield closing

    def _alone(self, least: int, bound: int) -> Iterator[Comment]:
        """Take the comments on lines of their own that come next, from the column `least` on."""
        while (comment := self._pending.next) is not None and comment.start < bound:
            if not comment.is_alone or comment.column < least:
                return
            self._pending.take(comment)
            yield comment

    def _remark(self, end: int) -> None:
        """Put a comment beside what was just written, if it stands beside its end."""
        comment = self._pending.next
        if comment is not None and comment.start >= end and self._is_beside(end, comment):
            self._pending.take(comment)
            self.lines[-1] += f"  {comment.text}"

    def _is_beside(self, end: int, comment: Comment) -> bool:
        return not comment.is_alone and not self._page.text[end : comment.start].strip(" ,:")

    def _comments(self, comments: Iterator[Comment], indent: int) -> None:
        for comment in comments:
            if comment.is_alone and self._page.follows_blank(comment.start):
                self._break()
            self._add(" " * indent + comment.text)

    def _add(self, line: str, below: Sequence[str] = (), indent: int = 0) -> None:
        margin = " " * (indent + STEP)
        self.lines += [line, *(margin + line if line else "" for line in below)]
        self._may_break = True

    def _break(self) -> None:
        if self._may_break:
            self.lines.append("")
            self._may_break = False
