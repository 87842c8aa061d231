"""The command line on rules: a check, and a comparison with its impact on 10,000 snapshots."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

import orjson

from bench.figures import Figure
from bench.peers.snapshots import bench_desk, questions
from pegmark.settings import read_settings

COUNT, ROUNDS = 10_000, 3


def figures() -> Iterator[Figure]:
    """Measure fresh processes, as whoever types the commands waits for them."""
    house = read_settings({}).rules / "house"
    yield Figure("check the house rulebook", _timed("check", house), "s", most=1)
    with TemporaryDirectory() as folder:
        changed, population = Path(folder, "changed"), Path(folder, "population.jsonl")
        _change(house, changed)
        population.write_bytes(b"\n".join(map(_asked, _bodies())))
        yield Figure("compare two rulebooks, on what is stored", _timed("diff", house, changed), "s")
        found = _timed("diff", house, changed, "--population", population)
        yield Figure(f"compare two rulebooks, on {COUNT:,} snapshots", found, "s", most=5)


def _change(house: Path, changed: Path) -> None:
    """Copy the house rulebook with every knock-out that leads to D leading to E."""
    changed.mkdir()
    for path in house.rglob("*.yaml"):
        if "tests" not in path.parts:
            target = changed / path.relative_to(house)
            target.parent.mkdir(exist_ok=True)
            text = path.read_text(encoding="utf-8")
            target.write_text(text.replace("cap: D", "cap: E"), encoding="utf-8")


def _bodies() -> Iterator[bytes]:
    yield from (asked.body for asked in questions(bench_desk(), COUNT))


def _asked(body: bytes) -> bytes:
    """Return a question of the bench as one of whatever rulebook."""
    return orjson.dumps({**orjson.loads(body), "rulebook": None})


def _timed(*words: object) -> float:
    """Return the median of what a command takes, in seconds."""
    pegmark = Path(sys.executable).with_name("pegmark")
    found = []
    for _ in range(ROUNDS):
        start = perf_counter()
        subprocess.run([pegmark, *map(str, words)], check=True, stdout=subprocess.DEVNULL)
        found.append(perf_counter() - start)
    return median(found)
