"""Tables: the house rulebook over columns in memory, against the same rows one by one."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator, Sequence
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np

from bench.figures import Figure
from bench.peers.snapshots import bench_desk, questions
from pegmark.bootstrap import build_desk
from pegmark.engine.decide import settle
from pegmark.engine.vector import Block, Vector, columns, decide
from pegmark.facts.snapshot import Snapshot
from pegmark.facts.vocabulary import READABLE
from pegmark.settings import read_settings

ASSETS, ROWS, BLOCK, ROUNDS = 2_000, 1 << 19, 1 << 16, 5
SIZE = 1e6


def figures() -> Iterator[Figure]:
    """Measure one process and one size; columns hold what is known of assets that are all different."""
    compiled = build_desk(read_settings({})).book(None).compiled
    snapshots = [asked.snapshot for asked in questions(bench_desk(), ASSETS)]
    vector = Vector(compiled, snapshots[0].day)
    held = {name: np.resize(column, ROWS) for name, column in _columns(vector, snapshots).items()}
    alone = _seconds(lambda: [settle(compiled, one, [SIZE]) for one in snapshots]) / ASSETS
    together = _seconds(lambda: [_decided(vector, held, at) for at in range(0, ROWS, BLOCK)]) / ROWS
    yield Figure("decisions of a table, one process", 1e-6 / together, "M/s", least=3)
    yield Figure("the same, against one by one", alone / together, "times")
    tracemalloc.start()
    for at in range(0, ROWS, BLOCK):
        _decided(vector, held, at)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    size = sum(column.nbytes for column in held.values())
    yield Figure("memory at most, of that of the columns", (peak + size) / size, "times", most=2)


def _decided(vector: Vector, held: dict[str, Any], at: int) -> object:
    facts: dict[str, columns.Value] = {}
    for name, column in held.items():
        part = column[at : at + BLOCK]
        if part.dtype == np.float64:
            spec = READABLE[name]
            facts[name] = columns.number(part, spec.low or 0.0, spec.high or 10.0)
        else:
            facts[name] = columns.verdict(part) if part.dtype == np.int8 else columns.choice(part)
    return decide(vector, Block(min(BLOCK, ROWS - at), facts), [SIZE])


def _columns(vector: Vector, snapshots: Sequence[Snapshot]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in (*vector.types, "backing.listed"):
        values = [snapshot.values.get(name) for snapshot in snapshots]
        if all(value is None for value in values):
            continue
        kind = READABLE[name].kind
        if kind == "bool":
            found[name] = np.array([-1 if value is None else int(value) for value in values], np.int8)
        elif kind == "enum":
            codes = [-1 if value is None else vector.codes[str(value)] for value in values]
            found[name] = np.array(codes, np.int16)
        else:
            found[name] = np.array([np.nan if value is None else value for value in values], np.float64)
    return found


def _seconds(work: Any) -> float:
    """Return the median of what some work takes."""
    found = []
    for _ in range(ROUNDS):
        start = perf_counter()
        work()
        found.append(perf_counter() - start)
    return median(found)
