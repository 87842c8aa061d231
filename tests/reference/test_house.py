"""The house rulebook, interpreted: the engine says the same on facts drawn around its own thresholds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date
from fractions import Fraction
from random import Random
from typing import Any

import pytest

from pegmark.data import data_root
from pegmark.engine.compiled import compile_program
from pegmark.facts.snapshot import Snapshot
from pegmark.facts.units import quantise
from pegmark.facts.vocabulary import COMPONENT_KINDS, FACTS, READABLE, FactSpec
from pegmark.language.nodes import Const
from pegmark.rulebook.load import load
from pegmark.rulebook.program import Bins, Curve, Param, Program
from tests.reference.interpreter import UNRESOLVED, Beneath, submitted
from tests.reference.test_agreement import agree

BLOCKS = 2
SNAPSHOTS = 1000
GRID = {"USD": 1e-6}


@pytest.fixture(scope="module")
def house() -> Program:
    """The shipped rulebook."""
    return load(data_root() / "rules" / "house")


def constants(program: Program) -> dict[str, list[float]]:
    """Return the numbers that a rulebook compares with, by unit: literals, params, edges, points."""
    found: dict[str, set[Fraction]] = {}
    for part in _walk(program):
        match part:
            case Const(Fraction() as value, kind):
                found.setdefault(kind.kind, set()).add(value)
            case Param(type=kind, values=values):
                found.setdefault(kind.kind, set()).update(
                    dated.value for dated in values if isinstance(dated.value, Fraction)
                )
            case Bins(of, edges):
                found.setdefault(of.type.kind, set()).update(edges)
            case Curve(of, None, points):
                found.setdefault(of.type.kind, set()).update(x for x, _ in points)
    return {unit: sorted(map(float, numbers)) for unit, numbers in found.items()}


def _walk(part: Any) -> Iterator[Any]:
    if isinstance(part, tuple):
        for item in part:
            yield from _walk(item)
    elif is_dataclass(part):
        yield part
        for field in fields(part):
            yield from _walk(getattr(part, field.name))


def value(random: Random, spec: FactSpec, numbers: dict[str, list[float]], fair: float) -> Any:
    """Return a value of a fact, often exactly at a threshold or just beside one.

    `fair` is how often a flag or choice is on its better side.
    """
    if spec.kind == "bool":
        return (random.random() < fair) is (spec.worse != "true")
    if spec.kind == "enum":
        return spec.members[-1] if random.random() < fair - 0.3 else random.choice(spec.members)
    low, high = spec.low or 0.0, spec.high or 1.0
    known = [number for number in numbers.get(spec.kind, []) if low <= number <= high]
    draw = random.random()
    if known and draw < 0.7:
        beside = random.choice([0, 0, -1, 1]) * GRID.get(spec.kind, 1e-12)
        found = random.choice(known) + beside
    elif spec.kind == "USD":
        found = 10 ** random.uniform(3, 11)
    else:
        found = random.choice([0.0, 0.001, 0.02, 0.3, 1.0, 7.0]) * random.random()
    return quantise(min(max(found, low), high), spec.kind)


def snapshot(random: Random, numbers: dict[str, list[float]]) -> Snapshot:
    """Return random values for what rules read, some hidden, some estimated; components all or none."""
    hidden, estimated_share = random.choice([0.0, 0.0, 0.1, 0.5]), random.choice([0.0, 0.0, 0.1])
    fair = random.choice([0.5, 0.95])
    values: dict[str, Any] = {}
    for name, spec in READABLE.items():
        if spec.group not in ("terms", "layer") and submitted(name) == name and random.random() >= hidden:
            values[name] = value(random, spec, numbers, fair)
    if random.random() >= hidden:
        kinds = random.sample(list(COMPONENT_KINDS), random.randint(1, 4))
        left = 1.0
        shares = dict.fromkeys(COMPONENT_KINDS, 0.0) if values.get("backing.basis") == "net" else {}
        for kind in kinds:
            shares[kind] = random.choice([left, quantise(left * random.random(), "ratio")])
            left = quantise(left - shares[kind], "ratio")
        values |= {f"backing.share.{kind}": share for kind, share in shares.items()}
        values["backing.listed"] = quantise(sum(shares.values()), "ratio")
    known = frozenset(map(submitted, values))
    assert known <= set(FACTS)
    estimated = frozenset(name for name in sorted(known) if random.random() < estimated_share)
    day = random.choice([date(2020, 1, 1), date(2026, 1, 1)])
    return Snapshot("random", day.isoformat(), day, "random", values, known, estimated, {}, (), "")


def beneath(random: Random, program: Program) -> Beneath | None:
    """Return what lies beneath, if anything does."""
    pick = random.random()
    if pick < 0.75:
        return None
    if pick < 0.8:
        return UNRESOLVED
    band, _ = random.choice(program.rating.bands)
    haircut = Fraction(random.randint(0, 100), 100)
    status = random.choice(["accept", "accept", "no_new"])
    return Beneath(random.choice(program.classify.order[:8]), random.randint(0, 100), band, status, haircut)


@pytest.mark.parametrize("block", range(BLOCKS))
def test_engine_agrees_on_the_house_rulebook(block: int, house: Program) -> None:
    """Every outcome, trace and missed fact, for random facts at the rulebook's thresholds."""
    compiled, numbers = compile_program(house), constants(house)
    classes: Counter[str] = Counter()
    for n in range(SNAPSHOTS):
        random = Random(block * 10_000 + n)
        found, layers = snapshot(random, numbers), beneath(random, house)
        try:
            terms = agree(house, compiled, found, layers)
        except AssertionError as error:
            error.add_note(f"block {block}, snapshot {n}")
            raise
        classes[house.classify.order[terms.cls]] += 1
    assert len(classes) >= 8, f"the snapshots are all alike: {classes}"
