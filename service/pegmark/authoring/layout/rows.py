"""What is written between brackets on one line, and what of it stays there."""

from __future__ import annotations

from pegmark.authoring.layout.scalars import in_line
from pegmark.authoring.layout.written import List, Table, Text, Written

WIDTH = 120
"""Columns that a mapping on one line may take."""


def row(node: Written, column: int, *, is_remarked: bool, is_one_line: bool) -> str | None:
    """Return a node on one line that begins at a column, or None where it takes several.

    `is_remarked` says that comments stand in it, `is_one_line` that it is written on one line now. A
    list that is, is a row of a table and stays one, however long; what else is too wide is broken up.
    """
    if isinstance(node, Text):
        return None if node.is_block else in_line(node, is_flow=False)
    if not is_empty(node) and (not node.is_flow or is_remarked):
        return None
    text = _between_brackets(node)
    if text is None:
        return None
    is_kept = isinstance(node, List) and is_one_line
    return text if is_kept or column + len(text) <= WIDTH else None


def is_empty(node: Written) -> bool:
    """Return whether a collection holds nothing."""
    return (isinstance(node, List) and not node.items) or (isinstance(node, Table) and not node.entries)


def _between_brackets(node: Written) -> str | None:
    """Return a node as it stands in a row, or None where some text in it has lines of its own."""
    match node:
        case Text():
            return None if len(node.lines) > 1 and "\n" in node.value else in_line(node, is_flow=True)
        case List():
            items = [_between_brackets(item) for item in node.items]
            return None if None in items else f"[{', '.join(map(str, items))}]"
    entries = []
    for key, value in node.entries:
        name, said = _between_brackets(key), _between_brackets(value)
        if name is None or said is None:
            return None
        entries.append(f"{name}: {said}")
    return f"{{{', '.join(entries)}}}"
