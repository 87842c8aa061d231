"""What one rulebook says otherwise than another: by meaning, so that layout and comments never appear."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from pegmark.authoring.edits import edits
from pegmark.authoring.parts import Field, Figure, Formula, Part, Words
from pegmark.authoring.sense import LOOSER, NONE, STRICTER, UNCLEAR, Sense, joined, turned
from pegmark.authoring.slope import Slope, Slopes
from pegmark.authoring.terms import parts
from pegmark.language.prose import constant, text
from pegmark.problems import Span
from pegmark.rulebook.program import Program

__all__ = ["Change", "Kind", "changes"]

Kind = Literal["added", "removed", "renamed", "moved", "changed"]
ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is otherwise.

    `what` names the field of the part `id`; it is empty where the part as a whole came, went or moved.
    `edits` say in few words what became of an expression. `sense` is what the change does to terms, as far
    as that is plain.
    """

    kind: Kind
    section: str
    id: str
    what: str
    before: str | None
    after: str | None
    edits: tuple[str, ...]
    sense: Sense
    before_at: Span | None
    after_at: Span | None


def changes(before: Program, after: Program) -> list[Change]:
    """Return what `after` says otherwise than `before`, in the order of evaluation."""
    return _Comparison(before, after).changes()


class _Comparison:
    def __init__(self, before: Program, after: Program) -> None:
        self._old = {(part.section, part.id): part for part in parts(before)}
        self._new = {(part.section, part.id): part for part in parts(after)}
        self._slopes = Slopes(after)
        self._senses: dict[str, Sense] = {}
        self._weight = after.estimate_weight
        # Derived names and fillings are followed to where they are read.
        self._outcomes = [
            field
            for part in self._new.values()
            if part.section not in ("derive", "normal")
            for field in part.fields
            if isinstance(field, Formula) and field.node is not None
        ]
        renamed = _renamed(
            [part for key, part in self._old.items() if key not in self._new],
            [part for key, part in self._new.items() if key not in self._old],
        )
        self._names = {(new.section, new.id): old for old, new in renamed}
        self._gone = {(old.section, old.id) for old, _ in renamed}

    def changes(self) -> list[Change]:
        moved = self._moved()
        found: list[Change] = []
        for key, part in self._new.items():
            old = self._old.get(key) or self._names.get(key)
            if old is None:
                found.append(_whole("added", part))
                continue
            if old.id != part.id:
                span = old.span, part.span
                found.append(Change("renamed", part.section, part.id, "", old.id, part.id, (), NONE, *span))
            if key in moved:
                found.append(moved[key])
            found += self._within(old, part)
        found += [
            _whole("removed", part)
            for key, part in self._old.items()
            if key not in self._new and key not in self._gone
        ]
        order = {
            section: n for n, section in enumerate(dict.fromkeys(s for s, _ in (*self._old, *self._new)))
        }
        return sorted(found, key=lambda change: order[change.section])

    def _moved(self) -> Mapping[tuple[str, str], Change]:
        """Return the fewest parts whose move makes the one order of the other."""
        found = {}
        for section in dict.fromkeys(part.section for part in self._new.values() if part.place is not None):
            pairs = [
                (old, part)
                for key, part in self._new.items()
                if part.section == section
                and part.place is not None
                and (old := self._old.get(key) or self._names.get(key)) is not None
                and old.place is not None
            ]
            kept = _rising([old.place or 0 for old, _ in pairs])
            was = _places([old for old, _ in sorted(pairs, key=lambda pair: pair[0].place or 0)])
            now = _places([part for _, part in pairs])
            for n, (old, part) in enumerate(pairs):
                if n not in kept:
                    places = was[old.id], now[part.id]
                    span = old.span, part.span
                    change = Change("moved", section, part.id, "", *places, (), UNCLEAR, *span)
                    found[section, part.id] = change
        return found

    def _within(self, old: Part, new: Part) -> Iterator[Change]:
        """Yield the changed fields of a part."""
        was, now = ({field.name: field for field in part.fields} for part in (old, new))
        for name in dict.fromkeys((*was, *now)):
            one, other = was.get(name), now.get(name)
            if one is not None and other is not None and _content(one) == _content(other):
                continue
            words, sense = self._otherwise(one, other, new)
            yield Change(
                "changed",
                new.section,
                new.id,
                name,
                None if one is None else shown(one),
                None if other is None else shown(other),
                words,
                sense,
                _span(one, old),
                _span(other, new),
            )

    def _otherwise(self, old: Field | None, new: Field | None, part: Part) -> tuple[tuple[str, ...], Sense]:
        """Return in few words what became of a field, and what that does."""
        match old, new:
            case Formula(_, before), Formula(_, after, more):
                if before is None or after is None:
                    # What always holds holds less often with a condition.
                    return (), turned(more, -1 if before is None else 1)
                found = edits(before, after)
                more = self._sense_of_name(part.id) if part.section == "derive" else more
                moves = [_times(self._slopes.by_part(after, edit.part), edit.moved) for edit in found]
                return tuple(edit.words for edit in found), joined(turned(more, move) for move in moves)
            case Figure(_, before), Figure(_, after, _, more) if before is not None and after is not None:
                more = self._sense_of_name(part.id) if part.section == "params" else more
                return (), turned(more, 1 if after > before else -1)
            case Words(_, before), Words(_, after, order) if before in order and after in order:
                return (), STRICTER if order.index(after) > order.index(before) else LOOSER
            case (Words(is_told=True), _) | (_, Words(is_told=True)):
                return (), NONE
            case None, Words(presence=presence):
                return (), presence
            case Words(presence=presence), None:
                return (), turned(presence, -1)
        return (), UNCLEAR

    def _sense_of_name(self, name: str) -> Sense:
        """Return what it does to terms where what is read as `name` grows."""
        if name == self._weight:
            return UNCLEAR
        if name not in self._senses:
            self._senses[name] = self._sense_of_outcomes(name)
        return self._senses[name]

    def _sense_of_outcomes(self, name: str) -> Sense:
        return joined(
            turned(field.more, self._slopes.by_name(field.node, name))
            for field in self._outcomes
            if field.node is not None
        )


def shown(field: Field) -> str | None:
    """Return a field as it is written in a rulebook; None where it says nothing."""
    match field:
        case Formula(_, node):
            return ALWAYS if node is None else text(node)
        case Figure(_, value, kind):
            return None if value is None else constant(value, kind)
        case Words(_, said):
            return said or None


def _whole(kind: Kind, part: Part) -> Change:
    said = "; ".join(
        f"{field.name}: {value}"
        for field in part.fields
        if not (isinstance(field, Words) and field.name in ("why", "cite"))
        and (value := shown(field)) is not None
        and value != ALWAYS
    )
    if kind == "added":
        return Change(kind, part.section, part.id, "", None, said, (), part.presence, None, part.span)
    sense = turned(part.presence, -1)
    return Change(kind, part.section, part.id, "", said, None, (), sense, part.span, None)


def _renamed(gone: Sequence[Part], come: Sequence[Part]) -> list[tuple[Part, Part]]:
    """Return the parts that are the same but for their name; none where two could be meant."""
    old, new = _by_contents(gone), _by_contents(come)
    return [
        (parts[0], new[contents][0])
        for contents, parts in old.items()
        if len(parts) == len(new.get(contents, ())) == 1
    ]


def _by_contents(parts: Sequence[Part]) -> dict[tuple[object, ...], list[Part]]:
    found: dict[tuple[object, ...], list[Part]] = {}
    for part in parts:
        found.setdefault((part.section, *map(_content, part.fields)), []).append(part)
    return found


def _content(field: Field) -> tuple[object, ...]:
    return type(field), field.name, getattr(field, "kind", None), shown(field)


def _span(field: Field | None, part: Part) -> Span | None:
    if field is None:
        return None
    return field.node.span if isinstance(field, Formula) and field.node is not None else part.span


def _times(slope: Slope, move: Slope) -> Slope:
    return None if slope is None or move is None else slope * move


def _places(order: Sequence[Part]) -> dict[str, str]:
    """Return where each part stands, by the one before it."""
    first = {order[0].id: "first"} if order else {}
    return first | {part.id: f"after {before.id}" for before, part in pairwise(order)}


def _rising(places: Sequence[int]) -> set[int]:
    """Return the indices of a longest rising subsequence.

    >>> sorted(_rising([2, 0, 1, 3]))
    [1, 2, 3]
    """
    tails: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for n, place in enumerate(places):
        at = bisect_left(tails, place)
        before.append(ends[at - 1] if at else -1)
        tails[at : at + 1] = [place]
        ends[at : at + 1] = [n]
    found: set[int] = set()
    n = ends[-1] if ends else -1
    while n >= 0:
        found.add(n)
        n = before[n]
    return found
