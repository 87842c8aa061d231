"""What every table has in common: a row for each member of what it is by, and no other."""

from __future__ import annotations

from pegmark.language import nearest, shown
from pegmark.language.nodes import Typed
from pegmark.problems import Span
from pegmark.rulebook.reading import Reader
from pegmark.rulebook.source import Node, Scalar

Rows = list[tuple[Scalar, Node]]


def members_of(by: Typed) -> tuple[str, ...]:
    """Return the rows that a table by an expression has: its members, or `true` and `false`."""
    return by.type.members or ("true", "false")


def is_by_choice(reader: Reader, by: Typed, path: str) -> bool:
    """Report a table that is by a number, and tell whether it is by a choice or a condition."""
    if by.type.is_numeric:
        message = "a table is by a choice or a condition, and this is a number"
        reader.report("E0205", message, by.span, path, "use `of` with bins or a curve for a number")
    return not by.type.is_numeric


def complete(reader: Reader, members: tuple[str, ...], rows: Rows, span: Span, path: str) -> None:
    """Report rows that are missing, and rows that stand for no member."""
    for name, _ in rows:
        if name.text not in members:
            near = nearest(name.text, members)
            listed = "rows are " + ", ".join(f"`{member}`" for member in members)
            message = f"`{shown(name.text)}` is no member of what the table is by"
            reader.report("E0320", message, name.span, path, f"did you mean `{near}`?" if near else listed)
    given = {name.text for name, _ in rows}
    missing = ", ".join(f"`{member}`" for member in members if member not in given)
    if missing:
        reader.report("E0320", f"the table has no row for {missing}", span, path, "add what is missing")
