"""The compiled engine and the reference interpreter give the same outcomes."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import pytest

from pegmark.engine.compiled import compile_program
from pegmark.engine.decide import Terms, settle
from pegmark.engine.emit import MICRO, ONE
from pegmark.engine.report import decided_by
from pegmark.engine.writer import submitted
from pegmark.facts.snapshot import Snapshot
from pegmark.rulebook.program import Program
from tests.reference.generate import Generator
from tests.reference.interpreter import Asset, decide

BLOCKS = 10
PAIRS = 5000


def outcomes(program: Program, bands: tuple[str, ...], terms: Terms) -> dict[str, Any]:
    """Return the engine's terms in the interpreter's words."""
    return {
        "class": program.classify.order[terms.cls],
        "decided_by": decided_by(program, terms.by),
        "scores": {**terms.scores, "composite": terms.composite},
        "band": bands[terms.band],
        "capped_by": terms.capped_by,
        "status": terms.status,
        "crossed": terms.crossed,
        "haircuts": [
            (p.size, p.maintenance, p.initial, p.reference, p.maintenance_total, p.initial_total)
            for p in terms.positions
        ],
        "limits": {
            limit.reason.id: value
            for limit, value in zip(program.caps.limits, terms.limits, strict=True)
            if value is not None
        },
        "caps": (terms.venue_cap, terms.account_cap, terms.binding),
        "tiers": [(end, initial, maintenance) for _, end, initial, maintenance in terms.ladder],
        "mark": terms.mark,
    }


def expected(said: dict[str, Any]) -> dict[str, Any]:
    """Return the interpreter's outcomes in the engine's integers."""
    named = ("maintenance", "initial", "reference", "maintenance_total", "initial_total")
    tiers: list[tuple[int, int, int]] = []
    for end, initial, maintenance in said["tiers"]:
        tier = (int(end * MICRO), int(initial * ONE), int(maintenance * ONE))
        if tiers and tiers[-1][1:] == tier[1:]:
            tiers.pop()
        tiers.append(tier)
    return {
        **{
            name: said[name]
            for name in ("class", "decided_by", "scores", "band", "capped_by", "status", "crossed", "mark")
        },
        "haircuts": [(h["size"], *(int(h[name] * ONE) for name in named)) for h in said["haircuts"]],
        "limits": {name: int(value * MICRO) for name, value in said["limits"].items()},
        "caps": (int(said["venue_cap"] * MICRO), int(said["account_cap"] * MICRO), said["binding"]),
        "tiers": tiers,
    }


def snapshot_of(generator: Generator, day: date) -> Snapshot:
    """Return a random snapshot."""
    values, estimated = generator.values()
    return Snapshot(
        "random",
        day.isoformat(),
        day,
        "random",
        values,
        frozenset(map(submitted, values)),
        estimated,
        {},
        (),
        {},
    )


@pytest.mark.parametrize("block", range(BLOCKS))
def test_engine_agrees_with_interpreter(block: int) -> None:
    """Every output of 5,000 random rulebook x snapshot pairs is equal, and the outputs vary."""
    sizes = [1e5, 1e6, 2.5e7]
    seen: Counter[Any] = Counter()
    for n in range(PAIRS // BLOCKS // 5):
        generator = Generator(block * 10_000 + n)
        program = generator.program()
        compiled = compile_program(program)
        for day in (date(2020, 1, 1), date(2025, 1, 1)) * 2 + (date(2023, 12, 31),):
            snapshot = snapshot_of(generator, day)
            terms = settle(compiled, snapshot, sizes)
            said = decide(program, Asset(snapshot.values, snapshot.estimated, day), sizes, submitted)
            assert outcomes(program, compiled.bands, terms) == expected(said), (block, n, day)
            seen[(terms.cls, terms.status, terms.band)] += 1
    assert len(seen) >= 8, "the pairs hardly differ: such agreement proves nothing"
    assert max(seen.values()) < sum(seen.values()) / 2
