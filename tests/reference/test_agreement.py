"""The compiled engine and the reference interpreter give the same outcomes, all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from math import isnan
from typing import Any

import pytest

from pegmark.engine.compiled import ABSENT, Compiled, compile_program
from pegmark.engine.decide import Layer, Terms, settle
from pegmark.engine.emit import MICRO, ONE
from pegmark.engine.report import decided_by
from pegmark.facts.snapshot import Snapshot
from pegmark.rulebook.program import Program
from tests.reference.expressions import REACHED
from tests.reference.generate import CLASSES, Generator
from tests.reference.interpreter import Asset, Beneath, Decision, submitted

BLOCKS = 4
PAIRS = 5000
SIZES = [1e5, 1e6, 2.5e7]
DAYS = (date(2020, 1, 1), date(2025, 1, 1), date(2017, 1, 1), date(2024, 1, 1), date(2023, 12, 31)) * 2
PROGRAMS = PAIRS // BLOCKS // len(DAYS)


def told(compiled: Compiled, snapshot: Snapshot, terms: Terms) -> dict[str, Any]:
    """Return the engine's terms by name, for comparison."""
    program = compiled.program
    return {
        "class": program.classify.order[terms.cls],
        "decided_by": decided_by(program, terms.by),
        "scores": {**terms.scores, "composite": terms.composite},
        "band": compiled.bands[terms.band],
        "capped_by": terms.capped_by,
        "status": terms.status,
        "status_by": terms.status_by,
        "crossed": terms.crossed,
        "positions": [
            (p.size, p.amounts, p.maintenance, p.initial, p.maintenance_total, p.initial_total)
            for p in terms.positions
        ],
        "limits": {
            limit.reason.id: value
            for limit, value in zip(program.caps.limits, terms.limits, strict=True)
            if value is not None
        },
        "limit_unknown": [
            limit.reason.id
            for limit, is_unknown in zip(program.caps.limits, terms.limit_unknown, strict=True)
            if is_unknown
        ],
        "caps": (terms.venue_cap, terms.account_cap, terms.binding),
        "outstanding": None if isnan(terms.outstanding) else terms.outstanding,
        "ladder": [(end, initial, maintenance) for _, end, initial, maintenance in terms.ladder],
        "mark": terms.mark,
        "conditions": [
            (condition.reason.id, value)
            for condition, value in zip(program.conditions, terms.conditions, strict=True)
            if value is not ABSENT
        ],
        "findings": [
            rule.reason.id for rule, found in zip(program.review, terms.findings, strict=True) if found
        ],
        "missed": {
            fact for fact, bit in compiled.bits.items() if terms.missed & bit and fact not in snapshot.known
        },
    }


def said(outcomes: dict[str, Any], known: frozenset[str]) -> dict[str, Any]:
    """Return the interpreter's outcomes by name, in the engine's integers."""

    def whole(value: Any) -> Any:
        return None if value is None else int(value * ONE)

    named = ("maintenance", "initial", "maintenance_total", "initial_total")
    tiers: list[tuple[int, int, int]] = []
    for end, initial, maintenance in outcomes["ladder"]:
        tier = (int(end * MICRO), int(initial * ONE), int(maintenance * ONE))
        if tiers and tiers[-1][1:] == tier[1:]:
            tiers.pop()
        tiers.append(tier)
    same = ("class", "decided_by", "scores", "band", "capped_by", "status", "status_by", "crossed")
    return {
        **{
            name: outcomes[name]
            for name in (*same, "limit_unknown", "outstanding", "mark", "conditions", "findings")
        },
        "positions": [
            (p["size"], tuple(map(whole, p["amounts"])), *(whole(p[name]) for name in named))
            for p in outcomes["positions"]
        ],
        "limits": {name: int(value * MICRO) for name, value in outcomes["limits"].items()},
        "caps": (
            int(outcomes["venue_cap"] * MICRO),
            int(outcomes["account_cap"] * MICRO),
            outcomes["binding"],
        ),
        "ladder": tiers,
        "missed": outcomes["missed"] - known,
    }


def traced(terms: Terms) -> dict[str, list[Any]]:
    """Return what each rule came to by the engine's trace, unknown as None."""
    found: dict[str, list[Any]] = {}
    for n, outcome, _, _ in terms.log or ():
        value = None if isinstance(outcome, float) and isnan(outcome) else outcome
        found.setdefault(terms.epoch.rules[n].reason.id, []).append(value)
    return found


def layer_of(compiled: Compiled, beneath: Beneath | None) -> Layer | None:
    """Return what lies beneath in the engine's words."""
    if beneath is None or beneath.cls is None:
        return None if beneath is None else Layer(None, None, None, None, None)
    assert beneath.band is not None
    assert beneath.haircut is not None
    status: Any = beneath.status
    return Layer(
        compiled.program.classify.order.index(beneath.cls),
        beneath.score,
        compiled.bands.index(beneath.band),
        status,
        int(beneath.haircut * ONE),
    )


def snapshot_of(generator: Generator, day: date) -> Snapshot:
    """Return a random snapshot."""
    values, estimated = generator.values()
    known = frozenset(map(submitted, values))
    return Snapshot("random", day.isoformat(), day, "random", values, known, estimated, {}, (), {})


def agree(program: Program, compiled: Compiled, snapshot: Snapshot, beneath: Beneath | None) -> Terms:
    """Hold both to the same outcomes, and the engine's trace to what each rule came to."""
    asset = Asset(snapshot.values, snapshot.estimated, snapshot.day, beneath)
    outcomes = Decision(program, asset, SIZES).outcomes()
    layer = layer_of(compiled, beneath)
    terms = settle(compiled, snapshot, SIZES, layer)
    assert told(compiled, snapshot, terms) == said(outcomes, snapshot.known)
    explained = settle(compiled, snapshot, SIZES, layer, tracing=True)
    assert told(compiled, snapshot, explained) == told(compiled, snapshot, terms)
    for rule, found in traced(explained).items():
        # The interpreter asks steps again for the ladder; the trace is of the sizes asked for.
        assert found == outcomes["said"][rule][: len(found)], rule
    return terms


@pytest.mark.parametrize("block", range(BLOCKS))
def test_engine_agrees_with_interpreter(block: int) -> None:
    """Every output of 5,000 random rulebook x snapshot pairs is equal, layers and trace included.

    Agreement on pairs that hardly differ would prove nothing, so what they reach is counted: every
    kind of section in every state, outcomes of which none is common, and every form of the language
    with each operator, known, true, false and unknown.
    """
    REACHED.clear()
    seen: Counter[Any] = Counter()
    for n in range(PROGRAMS):
        generator = Generator(block * 10_000 + n)
        program = generator.program()
        compiled = compile_program(program)
        for day in DAYS:
            snapshot, beneath = snapshot_of(generator, day), generator.beneath()
            try:
                terms = agree(program, compiled, snapshot, beneath)
            except AssertionError as error:
                error.add_note(f"block {block}, program {n}, {day}")
                raise
            count(seen, program, terms, snapshot, beneath)
    assert seen["pairs"] == PAIRS // BLOCKS
    outcomes = [number for key, number in seen.items() if key[0] == "outcome"]
    assert len(outcomes) >= 25
    assert max(outcomes) < seen["pairs"] / 3
    assert [key for key in STATES if seen[key] < 5] == []
    reached = {f"{form} {result}" for form, results in FORMS.items() for result in results}
    assert [key for key in sorted(reached) if REACHED[key] < 25] == []
    assert {key.rpartition(" ")[0] for key in REACHED} == set(FORMS)


def count(
    seen: Counter[Any], program: Program, terms: Terms, snapshot: Snapshot, beneath: Beneath | None
) -> None:
    """Count what a pair reached."""
    seen["pairs"] += 1
    seen["outcome", terms.cls, terms.status, terms.band] += 1
    seen["hit", program.classify.hit] += 1
    seen["estimates", bool(snapshot.estimated)] += 1
    seen["layer", "none" if beneath is None else "unresolved" if beneath.cls is None else "resolved"] += 1
    by = decided_by(program, terms.by)
    layering = program.classify.layering
    seen["decided by layer", layering is not None and by == layering.reason.id] += 1
    seen["crossed", len(terms.crossed)] += 1
    seen["binding", terms.binding is not None and terms.binding != "LEAST"] += 1
    seen["limit unknown", any(terms.limit_unknown)] += 1
    seen["limit absent", None in terms.limits] += 1
    seen["step absent", any(None in p.amounts for p in terms.positions)] += 1
    seen["tiers", len(terms.ladder)] += 1
    seen["capped", len(terms.capped_by)] += 1
    rating = program.rating
    seen["worthless", rating.worthless is not None and rating.worthless.id in terms.status_by] += 1
    seen["intake", rating.intake is not None and rating.intake.reason.id in terms.status_by] += 1
    seen["floor", terms.mark[2]] += 1
    seen["conditions", sum(value is not ABSENT for value in terms.conditions)] += 1
    seen["findings", sum(terms.findings)] += 1
    for value in terms.conditions:
        seen["condition", type(value).__name__] += 1
    for op in {step.op for step in program.haircut.steps}:
        seen["op", op] += 1


STATES = (
    *(("hit", hit) for hit in ("first", "worst", "unique")),
    *(("layer", kind) for kind in ("none", "unresolved", "resolved")),
    *(
        (name, flag)
        for name in (
            "estimates",
            "worthless",
            "intake",
            "decided by layer",
            "binding",
            "limit unknown",
            "limit absent",
            "step absent",
        )
        for flag in (True, False)
    ),
    *(("floor", flag) for flag in (True, False)),
    *((name, n) for name in ("tiers", "capped") for n in (0, 1, 2)),
    *(("crossed", n) for n in (0, 1)),
    *((name, n) for name in ("conditions", "findings") for n in (0, 1, 2, 3)),
    *(("condition", kind) for kind in ("float", "bool", "str")),
    *(("op", op) for op in ("add", "max", "min", "multiply")),
)
"""What pairs have to reach, as `count` names it."""
VERDICTS = ("true", "false", "unknown")
NUMBER = ("known", "unknown")
FORMS: dict[str, tuple[str, ...]] = {
    **{f"Compare {op}": VERDICTS for op in ("<", "<=", ">", ">=", "==", "!=")},
    **{f"Logic {op}": VERDICTS for op in ("and", "or")},
    **{f"Arith {op}": NUMBER for op in ("+", "-", "*", "/")},
    **{f"Extreme {op}": NUMBER for op in ("min", "max")},
    **{f"Read {origin}": (*NUMBER, "true", "false") for origin in ("fact", "derived")},
    "Read param": ("known",),
    "Read outcome": ("known", "true", "false"),
    "Not -": VERDICTS,
    "Member -": VERDICTS,
    "Known -": ("true", "false"),
    "Choose -": NUMBER,
    "Coalesce -": NUMBER,
    "Abs -": NUMBER,
    "Const -": ("known", "true"),
    "Read position": ("known",),
}


def spoil(terms: Terms, **changes: Callable[[Any], Any]) -> Terms:
    """Return terms with parts changed."""
    return terms._replace(**{name: change(getattr(terms, name)) for name, change in changes.items()})


@pytest.mark.parametrize(
    "change",
    [
        {"cls": lambda n: (n + 1) % len(CLASSES)},
        {"by": lambda n: n - 1},
        {"composite": lambda n: n + 1},
        {"venue_cap": lambda n: n + 1},
        {"limits": lambda limits: (1, *limits[1:])},
        {"limit_unknown": lambda flags: tuple(not flag for flag in flags)},
        {"findings": lambda flags: tuple(not flag for flag in flags)},
        {"missed": lambda bits: bits ^ (1 << 40)},
        {"positions": lambda positions: [positions[0]._replace(maintenance=1), *positions[1:]]},
        {"mark": lambda mark: (*mark[:3], mark[3] + 1)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_difference_is_seen(change: dict[str, Callable[[Any], Any]]) -> None:
    """The comparison covers every part of the terms: one that is changed is no agreement."""
    generator = Generator(1)
    compiled = compile_program(generator.program())
    snapshot = snapshot_of(generator, DAYS[0])
    terms = settle(compiled, snapshot, SIZES)
    assert told(compiled, snapshot, spoil(terms, **change)) != told(compiled, snapshot, terms)
