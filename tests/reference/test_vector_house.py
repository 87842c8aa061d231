"""200,000 random rows of the house rulebook, and every stored snapshot: each as it is decided alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from random import Random
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from pegmark.bootstrap import build_desk
from pegmark.data import data_root
from pegmark.engine.compiled import STATUSES, Compiled, compile_program
from pegmark.engine.decide import Layer, Terms, settle
from pegmark.engine.vector import LEAST, Decisions, Vector, decide
from pegmark.engine.writer import submitted
from pegmark.facts.components import BASIS, COMPONENTS
from pegmark.facts.snapshot import Snapshot
from pegmark.facts.vocabulary import READABLE
from pegmark.rulebook.load import load
from pegmark.rulebook.program import Program
from pegmark.settings import read_settings
from pegmark.usecases.assess import Question, prepare
from tests.engine.test_vector import block_of
from tests.reference.test_agreement import layer_of
from tests.reference.test_house import beneath, constants, snapshot

BLOCKS, ROWS, POOL = 8, 25_000, 1_000
SIZES = [1e5, 1e6]
DAYS = (date(2020, 1, 1), date(2026, 1, 1))


@pytest.fixture(scope="module")
def house() -> Program:
    """The shipped rulebook."""
    return load(data_root() / "rules" / "house")


@pytest.mark.parametrize("block", range(BLOCKS))
def test_random_rows_are_decided_as_each_is(house: Program, block: int) -> None:
    """Proves it for facts at the rulebook's own thresholds, unknown ones, estimates and layers."""
    compiled, day = compile_program(house), DAYS[block % 2]
    vector = Vector(compiled, day)
    random, rng = Random(block), np.random.default_rng(block)
    pool = [snapshot(random, constants(house)) for _ in range(POOL)]
    pick = {name: rng.integers(POOL, size=ROWS) for name in READABLE}
    # Components are one fact, and what they come to rests on their basis.
    pick |= {name: pick[BASIS] for name in READABLE if submitted(name) == COMPONENTS}
    drawn = {name: _drawn(pool, name, pick[name]) for name in READABLE if not name.startswith("layer.")}
    may_be_estimated = rng.random(ROWS) < 0.2
    guessed = {
        name: _guessed(pool, name, pick[name]) & may_be_estimated for name in compiled.bits if name in pick
    }
    guessed[COMPONENTS] = _guessed(pool, COMPONENTS, pick[BASIS]) & may_be_estimated
    beneath_it = [layer_of(compiled, beneath(random, house)) for _ in range(ROWS)]
    snapshots = [_row(drawn, guessed, day, row) for row in range(ROWS)]
    found = decide(vector, block_of(vector, snapshots, beneath_it), SIZES)
    classes = _agree(compiled, vector, found, snapshots, beneath_it)
    assert len(classes) >= 8, f"the rows are all alike: {classes}"


def test_every_stored_snapshot_is_decided_as_alone(house: Program) -> None:
    """Proves it for what ships: every asset at every moment that is stored of it, before every venue."""
    desk = build_desk(read_settings({}))
    cases: dict[date, list[tuple[Snapshot, Layer | None]]] = {}
    for asset in desk.catalogue.assets():
        for stored in desk.catalogue.snapshots(asset):
            for venue in desk.catalogue.venues():
                case = prepare(desk, Question(stored.as_of, asset, venue=venue.id, rulebook="house"))
                cases.setdefault(case.snapshot.day, []).append((case.snapshot, case.layer))
    compiled = desk.book("house").compiled
    seen: Counter[int] = Counter()
    for day, found in cases.items():
        snapshots, layers = [s for s, _ in found], [layer for _, layer in found]
        vector = Vector(compiled, day)
        seen += _agree(
            compiled, vector, decide(vector, block_of(vector, snapshots, layers), SIZES), snapshots, layers
        )
    assert sum(seen.values()) == sum(map(len, cases.values())) > 150
    assert len(seen) >= 8


def _drawn(pool: Sequence[Snapshot], name: str, pick: NDArray[Any]) -> NDArray[Any]:
    return np.array([found.values.get(name) for found in pool], object)[pick]


def _guessed(pool: Sequence[Snapshot], name: str, pick: NDArray[Any]) -> NDArray[np.bool_]:
    return np.array([name in found.estimated for found in pool])[pick]


def _row(
    drawn: Mapping[str, NDArray[Any]], guessed: Mapping[str, NDArray[np.bool_]], day: date, row: int
) -> Snapshot:
    values = {name: value for name, column in drawn.items() if (value := column[row]) is not None}
    known = frozenset(map(submitted, values))
    estimated = frozenset(name for name, where in guessed.items() if where[row]) & known
    return Snapshot("row", day.isoformat(), day, "any", values, known, estimated, {}, (), {})


def _agree(
    compiled: Compiled,
    vector: Vector,
    found: Decisions,
    snapshots: Sequence[Snapshot],
    layers: Sequence[Layer | None],
) -> Counter[int]:
    """Hold every row to what is settled of it alone; return how often each class was found."""
    many = _of_many(vector, found)
    bits = {fact: 1 << n for n, fact in enumerate(compiled.bits)}
    assert bits == compiled.bits
    for row, (one, layer) in enumerate(zip(snapshots, layers, strict=True)):
        if not many["beyond"][row]:
            terms = settle(compiled, one, SIZES, layer)
            known = sum(bits[name] for name in one.known)
            said = _of_one(vector, terms, terms.missed & ~known)
            told = {name: values[row] for name, values in many.items() if name in said}
            told["missed"] &= ~known
            assert told == said, (row, one, layer)
    assert sum(many["beyond"]) < len(snapshots) / 1000
    return Counter(many["class"])


def _of_one(vector: Vector, terms: Terms, missed: int) -> dict[str, Any]:
    crossed = _bits(vector.guarding, terms.crossed)
    is_fallen = bool(terms.crossed) and terms.status_by == terms.crossed
    return {
        "class": terms.cls,
        "by": terms.by,
        "scores": [*terms.scores.values(), terms.composite],
        "band": terms.band,
        "capped_by": _bits(vector.capping, terms.capped_by),
        "status": STATUSES.index(terms.status),
        "status_by": 0 if is_fallen else _bits(vector.holding, terms.status_by),
        "crossed": crossed,
        "haircuts": [
            x
            for p in terms.positions
            for x in (p.maintenance, p.initial, p.maintenance_total, p.initial_total)
        ],
        "caps": [terms.venue_cap, terms.account_cap],
        "binding": _place(vector.limiting, terms.binding),
        "missed": missed,
    }


def _of_many(vector: Vector, found: Decisions) -> dict[str, list[Any]]:
    def column(x: Any) -> list[Any]:
        listed: list[Any] = np.broadcast_to(x, found.rows).tolist()
        return listed

    def together(*given: Any) -> list[list[Any]]:
        return [list(row) for row in zip(*map(column, given), strict=True)]

    missed = [0] * found.rows
    for bit in vector.compiled.facts:
        where = np.broadcast_to(found.missed.of_fact(bit), found.rows)
        for row in np.flatnonzero(where):
            missed[row] |= bit
    return {
        "class": column(found.cls),
        "by": column(found.by),
        "scores": together(*found.scores, found.composite),
        "band": column(found.band),
        "capped_by": column(found.capped_by),
        "status": column(found.status),
        "status_by": column(found.status_by),
        "crossed": column(found.crossed),
        "haircuts": together(*(x for one in found.sizes for x in one.all)),
        "caps": together(found.venue_cap, found.account_cap),
        "binding": column(found.binding),
        "missed": missed,
        "beyond": column(found.beyond),
    }


def _bits(names: Sequence[str], held: Sequence[str]) -> int:
    return sum(1 << names.index(name) for name in held)


def _place(names: Sequence[str], name: str | None) -> int:
    return -1 if name is None else LEAST if name == "LEAST" else names.index(name)
