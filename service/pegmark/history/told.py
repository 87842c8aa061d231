"""What is decided of rows, as columns of arrow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pegmark.engine.compiled import STATUSES, Compiled
from pegmark.engine.decide import settle
from pegmark.engine.emit import MICRO, ONE
from pegmark.engine.report import decided_by
from pegmark.engine.vector import LEAST, Decisions, Vector
from pegmark.engine.writer import submitted
from pegmark.facts.snapshot import Snapshot

REFUSED = STATUSES.index("ineligible")


def said_of(vector: Vector, found: Decisions, sizes: Sequence[Any]) -> dict[str, Any]:
    """Return what is decided of a block, as arrow's columns by name."""
    program, rows = vector.program, found.rows
    places = len(program.classify.rules) + (1 if program.classify.layering is None else 2)
    fallen = np.equal(found.status, REFUSED) & np.equal(found.status_by, 0) & np.not_equal(found.crossed, 0)
    held = np.where(fallen, np.left_shift(found.crossed, len(vector.holding)), found.status_by)
    said: dict[str, Any] = {
        "class": _named(found.cls, program.classify.order, rows),
        "decided_by": _named(found.by, [decided_by(program, n) for n in range(places)], rows),
        "status": _named(found.status, STATUSES, rows),
        # What a guardrail refused, it says itself.
        "status_by": _listed(held, (*vector.holding, *vector.guarding), rows),
        "band": _named(found.band, vector.compiled.bands, rows),
        "capped_by": _listed(found.capped_by, vector.capping, rows),
        "guardrails_crossed": _listed(found.crossed, vector.guarding, rows),
    }
    for card, score in zip(program.scorecards, found.scores, strict=True):
        said[f"score.{card.pillar}"] = _whole(score, rows)
    said["score.composite"] = _whole(found.composite, rows)
    for one, size in zip(found.sizes, sizes, strict=True):
        end = "" if len(sizes) == 1 else _size_name(size)
        said[f"initial{end}"] = _ratio(one.initial_total, rows)
        said[f"maintenance{end}"] = _ratio(one.maintenance_total, rows)
    said["venue_cap_usd"] = _usd(found.venue_cap, rows)
    said["account_cap_usd"] = _usd(found.account_cap, rows)
    said["binding"] = _named(np.subtract(found.binding, LEAST), ["LEAST", None, *vector.limiting], rows)
    return said


def _size_name(size: float) -> str:
    return f".{size:.0f}" if float(size).is_integer() else f".{size}"


def said_of_one(compiled: Compiled, one: Snapshot, sizes: Sequence[float]) -> dict[str, Any]:
    """Return what is decided of a row alone, as `said_of` of many."""
    terms = settle(compiled, one, sizes)
    program = compiled.program
    said: dict[str, Any] = {
        "class": program.classify.order[terms.cls],
        "decided_by": decided_by(program, terms.by),
        "status": terms.status,
        "status_by": ";".join(sorted(terms.status_by)),
        "band": compiled.bands[terms.band],
        "capped_by": ";".join(sorted(terms.capped_by)),
        "guardrails_crossed": ";".join(terms.crossed),
        **{f"score.{pillar}": score for pillar, score in terms.scores.items()},
        "score.composite": terms.composite,
        "venue_cap_usd": terms.venue_cap / MICRO,
        "account_cap_usd": terms.account_cap / MICRO,
        "binding": terms.binding,
        "unknown_mattered": ";".join(
            fact for fact, bit in compiled.bits.items() if terms.missed & bit and fact not in one.known
        ),
    }
    for n, position in enumerate(terms.positions):
        end = "" if len(sizes) == 1 else _size_name(sizes[n])
        said[f"initial{end}"] = position.initial_total / ONE
        said[f"maintenance{end}"] = position.maintenance_total / ONE
    return said


def _named(place: Any, names: Sequence[str | None], rows: int) -> Any:
    """Return places in a list of names as arrow's own kind of such."""
    indices = np.ascontiguousarray(np.broadcast_to(np.asarray(place, np.int32), rows))
    is_none = np.array([name is None for name in names], np.bool_)[indices]
    texts = pa.array([name or "" for name in names], pa.string())
    return pa.DictionaryArray.from_arrays(pa.array(indices, mask=is_none), texts)


def _listed(bits: Any, names: Sequence[str], rows: int) -> Any:
    """Return rules as texts, those of a row joined by `;`."""
    found, place = np.unique(np.broadcast_to(bits, rows), return_inverse=True)
    texts = [";".join(sorted(name for n, name in enumerate(names) if int(one) >> n & 1)) for one in found]
    return _named(place, texts, rows)


def alike_column(column: Any, values: list[Any]) -> Any:
    """Return values as a column of the same type."""
    if pa.types.is_dictionary(column.type):
        return pa.array(values, pa.string()).dictionary_encode()
    return pa.array(values, column.type)


def _whole(score: Any, rows: int) -> Any:
    return pa.array(np.ascontiguousarray(np.broadcast_to(np.asarray(score, np.int32), rows)))


def _ratio(haircut: Any, rows: int) -> Any:
    return pa.array(np.ascontiguousarray(np.broadcast_to(np.asarray(haircut, np.float64) / ONE, rows)))


def _usd(cap: Any, rows: int) -> Any:
    return pa.array(np.ascontiguousarray(np.broadcast_to(np.asarray(cap) / MICRO, rows)))


def mattered(vector: Vector, found: Decisions, known: Mapping[str, NDArray[np.bool_]]) -> Any:
    """Return the unknown facts that sent some rule down its unknown branch, joined by `;`."""
    held: dict[str, NDArray[np.bool_]] = {}
    for name, where in known.items():
        fact = submitted(name)
        held[fact] = held[fact] | where if fact in held else where
    place = np.zeros(found.rows, np.int64)
    patterns: list[str] = [""]
    for bit, fact in vector.compiled.facts.items():
        where = np.broadcast_to(found.missed.of_fact(bit), found.rows)
        if fact in held:
            where = where & ~held[fact]
        if where.any():
            # What was missed so far, and this as well: few combinations occur.
            kinds, place = np.unique(place * 2 + where, return_inverse=True)
            patterns = [
                ";".join(filter(None, [patterns[kind >> 1], fact if kind & 1 else ""]))
                for kind in kinds.tolist()
            ]
    return _named(place, patterns, found.rows)
