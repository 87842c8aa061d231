"""The engine of many assets and the engine of one settle the same, to the last digit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from random import Random
from typing import Any

import numpy as np
import pytest

from pegmark.data import data_root
from pegmark.engine.bounds import beyond_bounds
from pegmark.engine.compiled import STATUSES, Compiled, compile_program
from pegmark.engine.decide import Layer, Terms, settle
from pegmark.engine.report import decided_by
from pegmark.engine.vector import LEAST, Block, Decisions, Layers, Vector, columns, decide, worse_than_bounds
from pegmark.engine.writer import submitted
from pegmark.facts.snapshot import Snapshot
from pegmark.language.types import Type
from pegmark.rulebook.load import load
from tests.reference.generate import Generator
from tests.reference.test_agreement import layer_of, snapshot_of
from tests.reference.test_house import snapshot

SIZES = [1e5, 1e6, 2.5e7]


def block_of(vector: Vector, snapshots: Sequence[Snapshot], layers: Sequence[Layer | None]) -> Block:
    """Return snapshots as columns."""
    facts: dict[str, columns.Value] = {}
    types = {**vector.types, "backing.listed": Type("ratio")}
    for name, kind in types.items():
        if name.startswith("layer."):
            continue
        values = [snapshot.values.get(name) for snapshot in snapshots]
        if all(value is None for value in values):
            continue
        if kind.is_numeric:
            x = np.array([np.nan if value is None else value for value in values], np.float64)
            facts[name] = columns.number(x, -np.inf, np.inf)
        elif kind.kind == "bool":
            facts[name] = columns.verdict(
                np.array([-1 if value is None else int(value) for value in values], np.int8)
            )
        else:
            facts[name] = columns.choice(
                np.array([-1 if v is None else vector.codes[str(v)] for v in values], np.int16)
            )
    estimated = {
        name: np.array([name in snapshot.estimated for snapshot in snapshots])
        for name in sorted({name for snapshot in snapshots for name in snapshot.estimated})
    }
    return Block(len(snapshots), facts, estimated, beneath(layers))


def beneath(layers: Sequence[Layer | None]) -> Layers | None:
    if not any(layers):
        return None

    def column(of: Any, kind: Any, none: Any) -> Any:
        found = [None if layer is None else of(layer) for layer in layers]
        return np.array([none if value is None else value for value in found], kind)

    return Layers(
        np.array([layer is not None for layer in layers]),
        column(lambda layer: layer.class_index, np.int16, -1),
        column(lambda layer: layer.score, np.float64, np.nan),
        column(lambda layer: layer.band_index, np.int16, -1),
        column(lambda layer: layer.status and STATUSES.index(layer.status), np.int16, -1),
        column(lambda layer: None if layer.haircut is None else layer.haircut / 10**12, np.float64, np.nan),
    )


def said_of_one(compiled: Compiled, snapshot: Snapshot, terms: Terms) -> dict[str, Any]:
    return {
        "class": terms.cls,
        "decided_by": decided_by(compiled.program, terms.by),
        "scores": [terms.scores[card.pillar] for card in compiled.program.scorecards],
        "composite": terms.composite,
        "band": terms.band,
        "capped_by": sorted(terms.capped_by),
        "status": terms.status,
        "status_by": sorted(terms.status_by),
        "crossed": terms.crossed,
        "haircuts": [
            (p.maintenance, p.initial, p.maintenance_total, p.initial_total) for p in terms.positions
        ],
        "caps": (terms.venue_cap, terms.account_cap, terms.binding),
        "missed": {f for f, bit in compiled.bits.items() if terms.missed & bit and f not in snapshot.known},
    }


def at(value: Any, row: int) -> Any:
    return value if np.ndim(value) == 0 else value[row]


def places(bits: Any, names: Sequence[str]) -> list[str]:
    return sorted(name for n, name in enumerate(names) if int(bits) >> n & 1)


def said_of_many(vector: Vector, found: Decisions, row: int, snapshot: Snapshot) -> dict[str, Any]:
    program, compiled = vector.program, vector.compiled
    crossed = places(at(found.crossed, row), vector.guarding)
    binding = int(at(found.binding, row))
    fell = crossed and at(found.status_by, row) == 0 and at(found.status, row) == 3
    return {
        "class": int(at(found.cls, row)),
        "decided_by": decided_by(program, int(at(found.by, row))),
        "scores": [int(at(score, row)) for score in found.scores],
        "composite": int(at(found.composite, row)),
        "band": int(at(found.band, row)),
        "capped_by": places(at(found.capped_by, row), vector.capping),
        "status": STATUSES[int(at(found.status, row))],
        "status_by": crossed if fell else places(at(found.status_by, row), vector.holding),
        "crossed": crossed,
        "haircuts": [
            tuple(
                int(at(x, row))
                for x in (one.maintenance, one.initial, one.maintenance_total, one.initial_total)
            )
            for one in found.sizes
        ],
        "caps": (
            int(at(found.venue_cap, row)),
            int(at(found.account_cap, row)),
            "LEAST" if binding == LEAST else None if binding < 0 else vector.limiting[binding],
        ),
        "missed": {
            fact
            for fact, bit in compiled.bits.items()
            if at(found.missed.of_fact(bit), row) and fact not in snapshot.known
        },
    }


def hiding(found: Snapshot, names: Sequence[str]) -> Snapshot:
    """Return a snapshot without some facts, which are then unknown in all rows."""
    values = {name: value for name, value in found.values.items() if name not in names}
    known = frozenset(map(submitted, values))
    return replace(found, values=values, known=known, estimated=found.estimated & known)


def test_facts_beyond_their_bounds_are_found() -> None:
    """Proves that a block refuses the rows that one by one are refused for a fact worse than its bound."""
    house = compile_program(load(data_root() / "rules" / "house"))
    vector, day = Vector(house, DAY), DAY
    random, numbers = Random(3), {"ratio": [0.0, 0.02, 0.5, 1.0], "USD": [0.0, 1e6, 5e8]}
    snapshots = [replace(snapshot(random, numbers), day=day) for _ in range(300)]
    alone = [bool(beyond_bounds(house, found)) for found in snapshots]
    together = worse_than_bounds(vector, block_of(vector, snapshots, []))
    assert np.broadcast_to(together, len(snapshots)).tolist() == alone
    assert 20 < sum(alone) < 280


DAY = date(2024, 1, 1)


@pytest.mark.parametrize("block", range(4))
def test_many_are_decided_as_each_is(block: int) -> None:
    """Proves that random rulebooks say the same of a block of assets and of each of them."""
    seen: Counter[str] = Counter()
    for n in range(25):
        generator = Generator(block * 10_000 + n)
        compiled = compile_program(generator.program())
        vector = Vector(compiled, DAY)
        snapshots = [snapshot_of(generator, DAY) for _ in range(40)]
        layers = [layer_of(compiled, generator.beneath()) for _ in snapshots]
        if n % 3 == 0:
            layers = [None] * len(layers)
        if n % 3 == 1:
            snapshots = [replace(found, estimated=frozenset()) for found in snapshots]
        if n % 4 == 1:
            hidden = generator.random.sample(sorted(vector.types), min(4, len(vector.types)))
            snapshots = [hiding(found, hidden) for found in snapshots]
        found = decide(vector, block_of(vector, snapshots, layers), SIZES)
        for row, (one_of, layer) in enumerate(zip(snapshots, layers, strict=True)):
            seen["rows"] += 1
            if at(found.beyond, row):
                seen["beyond"] += 1
                continue
            terms = settle(compiled, one_of, SIZES, layer)
            one = said_of_one(compiled, one_of, terms)
            many = said_of_many(vector, found, row, one_of)
            different = {name: (one[name], many[name]) for name in one if one[name] != many[name]}
            assert not different, (block, n, row)
    assert seen["beyond"] < seen["rows"] / 10
