"""What is watched is what the engine decides, and what is said to be unreachable is never seen."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest

from pegmark.authoring.coverage.observer import Astray, Observer
from pegmark.engine.compiled import compile_program
from pegmark.engine.writer import submitted
from pegmark.facts.snapshot import Snapshot
from pegmark.facts.specification import FactSpec
from pegmark.facts.vocabulary import READABLE
from tests.reference.generate import Generator
from tests.reference.test_agreement import layer_of, snapshot_of
from tests.rulebook.books import changed, sound

SIZES = (1e5, 2.5e7)
DAYS = (date(2020, 1, 1), date(2025, 1, 1), date(2017, 1, 1))


def within_ranges(snapshot: Snapshot) -> Snapshot:
    """A random snapshot without the values that no request may state."""
    values = {name: value for name, value in snapshot.values.items() if is_within(READABLE[name], value)}
    return replace(snapshot, values=values, known=frozenset(map(submitted, values)))


def is_within(spec: FactSpec, value: object) -> bool:
    """Whether a fact may have a value."""
    if isinstance(value, (bool, str)) or not isinstance(value, float):
        return True
    return (spec.low is None or value >= spec.low) and (spec.high is None or value <= spec.high)


def test_random_rulebooks_are_watched_as_they_are_decided() -> None:
    """Proves that on random rulebooks and assets no watched value differs from the engine's.

    The observer compares by itself, and stops at whatever was shown to be unreachable; so that this
    proves something, most items have to be seen, and some shown to be out of reach.
    """
    count: Counter[str] = Counter()
    for seed in range(20):
        generator = Generator(seed)
        compiled = compile_program(generator.program())
        observer = Observer(compiled)
        seen: set[int] = set()
        given = {rule.then for rule in compiled.program.classify.rules}
        for day in DAYS * 4:
            snapshot, beneath = within_ranges(snapshot_of(generator, day)), generator.beneath()
            if beneath is not None and beneath.cls not in given:
                beneath = None  # By these rules no asset is of that class, beneath another or not.
            seen |= observer.observe(snapshot, SIZES, layer_of(compiled, beneath))
        count["items"] += len(observer.items)
        count["seen"] += len(seen)
        count["unreachable"] += sum(item.unreachable is not None for item in observer.items)
    assert count["items"] > 3_000
    assert count["seen"] > count["items"] / 3
    assert count["unreachable"] > 30


def test_a_difference_stops() -> None:
    """Proves that the comparison with the engine is made: a rule that is watched otherwise is told."""
    values = {"backing.collateral_ratio": 1.01}
    day = DAYS[0]
    known = frozenset(values)
    snapshot = Snapshot("made up", day.isoformat(), day, "any", values, known, frozenset(), {}, (), {})
    watched = Observer(compile_program(sound()))
    other = changed(("{below: 100%, points: 0}, {points: 100}", "{below: 100%, points: 1}, {points: 99}"))
    watched.compiled = compile_program(sound(other))
    with pytest.raises(Astray, match="points"):
        watched.observe(snapshot, SIZES)
