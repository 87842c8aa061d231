"""The report on two rulebooks: what is said otherwise, what that means, and to whom; as plain data too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pegmark.authoring.compare import Change, changes
from pegmark.authoring.strictness import Strictness
from pegmark.engine.emit import MICRO, as_json, ratio
from pegmark.problems import Span
from pegmark.rulebook.program import Program
from pegmark.usecases.desk import Book
from pegmark.usecases.impact import Impact, Measure, Mover, Outcome

__all__ = ["Difference", "as_data", "difference"]


@dataclass(frozen=True, slots=True)
class Difference:
    """Two rulebooks side by side; `impact` and `proved` are None where nobody asked for them."""

    before: Book
    after: Book
    changes: Sequence[Change]
    impact: Impact | None = None
    proved: Strictness | None = None

    @property
    def is_any(self) -> bool:
        """Whether anything is otherwise."""
        return bool(self.changes) or (self.impact is not None and self.impact.changed > 0)

    @property
    def renamed(self) -> dict[str, str]:
        """The new names of rules that have another name and nothing else."""
        return {
            change.before: change.id for change in self.changes if change.kind == "renamed" and change.before
        }

    def count(self, sense: str) -> int:
        """Return how many changes have a sense."""
        return sum(change.sense == sense for change in self.changes)


def difference(before: Book, after: Book) -> Difference:
    """Return the report on two rulebooks; places are within each."""
    if before.program.resolved_digest == after.program.resolved_digest:
        return Difference(before, after, ())
    found = []
    for change in changes(before.program, after.program):
        before_at, after_at = _within(before, change.before_at), _within(after, change.after_at)
        found.append(replace(change, before_at=before_at, after_at=after_at))
    return Difference(before, after, found)


def _within(book: Book, span: Span | None) -> Span | None:
    return None if span is None else span._replace(file=book.within(span.file))


def as_data(found: Difference, most: int | None = None) -> dict[str, Any]:
    """Return a report as JSON has it: ratios are decimals, money USD, changes of both after less before.

    At most `most` changes are listed; all are counted.
    """
    return {
        "before": _book(found.before.program),
        "after": _book(found.after.program),
        "changes": [_change(change) for change in found.changes[:most]],
        "left_out": 0 if most is None else max(0, len(found.changes) - most),
        "senses": {sense: found.count(sense) for sense in ("stricter", "looser", "unclear", "none")},
        "impact": None if found.impact is None else _impact(found.impact),
    }


def _book(program: Program) -> dict[str, Any]:
    return {"id": program.id, "version": program.version, "resolved_digest": program.resolved_digest}


def _change(change: Change) -> dict[str, Any]:
    return {
        "kind": change.kind,
        "section": change.section,
        "id": change.id,
        "what": change.what or None,
        "before": change.before,
        "after": change.after,
        "edits": list(change.edits),
        "sense": change.sense,
        "before_at": _place(change.before_at),
        "after_at": _place(change.after_at),
    }


def _place(span: Span | None) -> Mapping[str, Any] | None:
    return None if span is None else {"file": span.file, "line": span.start.line}


def _impact(impact: Impact) -> dict[str, Any]:
    return {
        "population": impact.population,
        "decided": impact.decided,
        "refused": impact.refused,
        "changed": impact.changed,
        "moves": {
            name: [{"before": was, "after": now, "count": count} for was, now, count in moves]
            for name, moves in impact.moves.items()
        },
        "measures": [_measure(measure) for measure in impact.measures],
        "movers": [_mover(mover, impact) for mover in impact.movers],
    }


def _measure(measure: Measure) -> dict[str, Any]:
    return {
        "name": measure.name,
        "size_usd": None if measure.size is None else as_json(measure.size),
        "better": measure.better,
        "worse": measure.worse,
        "unchanged": measure.unchanged,
        "least": _number(measure.least),
        "most": _number(measure.most),
        "quantiles": [{"share": share, "change": _number(v)} for share, v in measure.quantiles.items()],
    }


def _number(value: float | None) -> float | None:
    return None if value is None else as_json(value)


def _mover(mover: Mover, impact: Impact) -> dict[str, Any]:
    sizes = [m.size for m in impact.measures if m.name == "initial"]
    return {
        "asset": mover.asked.asset,
        "as_of": mover.asked.as_of,
        "before": _outcome(mover.before, sizes),
        "after": _outcome(mover.after, sizes),
        "rules": list(mover.rules),
    }


def _outcome(outcome: Outcome, sizes: Sequence[float | None]) -> dict[str, Any]:
    amounts = zip(sizes, outcome.initial, outcome.maintenance, strict=True)
    return {
        "class": outcome.cls,
        "band": outcome.band,
        "status": outcome.status,
        "haircuts": [
            {
                "size_usd": None if size is None else as_json(size),
                "initial": ratio(initial),
                "maintenance": ratio(maintenance),
            }
            for size, initial, maintenance in amounts
        ],
        "venue_cap_usd": as_json(outcome.cap / MICRO),
    }
