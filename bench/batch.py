"""A batch of 1,000 over a real socket: its time, its neighbour's, and the memory of the server."""

from __future__ import annotations

import re
from collections.abc import Iterator
from multiprocessing import get_context
from pathlib import Path
from statistics import median, quantiles

import orjson

from bench.client import latencies_of
from bench.figures import Figure
from bench.http import posted, requests, serving

ITEMS, ROUNDS, SECONDS = 1_000, 3, 3.0


def batches() -> dict[str, bytes]:
    """Return the bodies that are sent: of stored assets, of facts inline, and of these explained in full."""
    stored, inline = map(orjson.loads, requests().values())
    sizes = [{"sizes_usd": [1_000_000 + n, 10_000_000]} for n in range(ITEMS)]
    full = {"explain": "full"}
    return {
        "1,000 stored assets": orjson.dumps({"items": [stored | size for size in sizes]}),
        "1,000 with facts inline": orjson.dumps({"items": [inline | size for size in sizes]}),
        "50 explained in full": orjson.dumps({"items": [inline | size | full for size in sizes[:50]]}),
    }


def figures() -> Iterator[Figure]:
    """Measure a batch alone, and a neighbour while one runs after the other."""
    neighbour = posted("/v1/assessments", next(iter(requests().values())))
    pool = get_context("spawn").Pool(2)
    for name, body in batches().items():
        with serving("pegmark.asgi:app") as (port, process):
            request = posted("/v1/assessments/batch", body)
            pool.apply(latencies_of, (port, neighbour, 0.2, 1))
            before = _peak(process)
            pool.apply(latencies_of, (port, request, 0.0, 1))
            alone = [pool.apply(latencies_of, (port, request, 0.0, 1))[0] for _ in range(ROUNDS)]
            yield Figure(f"{name}: time", median(alone) * 1e3, "ms", most=_BUDGETS.get(name))
            p50s, p99s = [], []
            for _ in range(ROUNDS):
                busy = pool.apply_async(latencies_of, (port, request, SECONDS, 1))
                found = pool.apply(latencies_of, (port, neighbour, SECONDS, 1))
                busy.get()
                cuts = quantiles(found, n=100)
                p50s.append(cuts[49])
                p99s.append(cuts[98])
            yield Figure(f"{name}: a neighbour's p50", median(p50s) * 1e3, "ms")
            yield Figure(f"{name}: a neighbour's p99", median(p99s) * 1e3, "ms", most=25)
            yield Figure(f"{name}: memory on top", (_peak(process) - before) / 1e6, "MB", most=40)
    pool.terminate()


_BUDGETS = {"1,000 stored assets": 400, "1,000 with facts inline": 900}
"""Milliseconds."""


def _peak(process: int) -> int:
    """Return the most bytes that a process was resident with."""
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) * 1024
