"""How one expression became another, in as few words as say it: `97% → 95%`, `and x > 3 added`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from fractions import Fraction

from pegmark.authoring.slope import Slope
from pegmark.language.nodes import Coalesce, Compare, Const, Extreme, Logic, Member, Typed, children
from pegmark.language.prose import text

ARROW = " → "


@dataclass(frozen=True, slots=True)
class Edit:
    """One thing that is otherwise: in words, the part of the new expression, and which way that moved."""

    words: str
    part: Typed
    moved: Slope


def edits(before: Typed, after: Typed) -> list[Edit]:
    """Return what is otherwise in `after`, left to right; nothing where both mean the same."""
    return list(_edits(before, after))


def _edits(before: Typed, after: Typed) -> Iterator[Edit]:
    if text(before) == text(after):
        return
    match before, after:
        case Const(Fraction() as old), Const(Fraction() as new) if before.type.kind == after.type.kind:
            yield Edit(_swap(before, after), after, 1 if new > old else -1)
        case (Logic(op), Logic(new_op)) | (Extreme(op), Extreme(new_op)) if op == new_op:
            yield from _among(before, after, op)
        case Coalesce(), Coalesce():
            yield from _among(before, after, "coalesce")
        case Compare(op), Compare(new_op) if _texts(children(before)) == _texts(children(after)):
            yield Edit(f"{op}{ARROW}{new_op} in `{text(after)}`", after, _LOOSENED.get((op, new_op)))
        case Compare(op, left, Const() as limit), Compare(new_op, same, Const() as new_limit) if (
            op == new_op and text(left) == text(same)
        ):
            for edit in _edits(limit, new_limit):
                yield replace(edit, words=f"`{text(left)}`: {edit.words}")
        case Member(operand, old_members), Member(same, members) if text(operand) == text(same):
            yield _of_members(before, after, old_members, members)
        case _ if _frame(before) == _frame(after):
            for one, other in zip(children(before), children(after), strict=True):
                yield from _edits(one, other)
        case _:
            yield Edit(_swap(before, after), after, None)


_LOOSENED = {(">", ">="): 1, (">=", ">"): -1, ("<", "<="): 1, ("<=", "<"): -1}
_GROWS = {"or": 1, "max": 1, "and": -1, "min": -1}
"""Which way an operand more moves the whole."""


def _swap(before: Typed, after: Typed) -> str:
    return f"`{text(before)}`{ARROW}`{text(after)}`"


def _frame(node: Typed) -> tuple[object, ...]:
    """Return what a node is besides its operands."""
    is_leaf = not children(node)
    return type(node), getattr(node, "op", None), is_leaf and text(node), getattr(node, "members", None)


def _among(before: Typed, after: Typed, op: str) -> Iterator[Edit]:
    """Compare operands: equal ones stay, as many others as stood there changed, the rest came or went."""
    old, new = children(before), children(after)
    matcher = SequenceMatcher(None, _texts(old), _texts(new), autojunk=False)
    for tag, i, end, j, last in matcher.get_opcodes():
        if tag == "equal":
            continue
        shared = min(end - i, last - j)
        for one, other in zip(old[i : i + shared], new[j : j + shared], strict=True):
            yield from _edits(one, other)
        for one in old[i + shared : end]:
            grows = _grows(op, one)
            yield Edit(f"{op} `{text(one)}` removed", after, None if grows is None else -grows)
        for one in new[j + shared : last]:
            yield Edit(f"{op} `{text(one)}` added", after, _grows(op, one))


def _grows(op: str, operand: Typed) -> Slope:
    # An operand that may be unknown makes the least or greatest of all unknown, whatever that then counts as.
    return None if op in ("min", "max") and operand.type.optional else _GROWS.get(op)


def _texts(operands: Sequence[Typed]) -> list[str]:
    return [text(operand) for operand in operands]


def _of_members(before: Typed, after: Typed, old: Sequence[str], new: Sequence[str]) -> Edit:
    gone = [f"`{name}` removed" for name in old if name not in new]
    come = [f"`{name}` added" for name in new if name not in old]
    words = ", ".join([*gone, *come]) or _swap(before, after)
    moved = 0 if not gone and not come else 1 if not gone else -1 if not come else None
    return Edit(f"{words} in `{text(after)}`", after, moved)
