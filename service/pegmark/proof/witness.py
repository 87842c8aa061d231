"""What refutes a goal, as assets that the engine has decided.

A model of the solver says only what the goal is about, to the last digit. Here the facts of a model are
put onto an asset that is known otherwise, rounded, decided by the engine, and stripped of every fact that
does not matter. What is left is told with the outcomes that the engine gave.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import ValidationError

from pegmark.engine.bounds import beyond_bounds
from pegmark.engine.compiled import STATUSES, Compiled, compile_program
from pegmark.engine.decide import Layer, Terms, settle
from pegmark.engine.emit import MICRO, ONE
from pegmark.errors import FactsError
from pegmark.facts.components import COMPONENTS
from pegmark.facts.model import Facts, VenueFacts
from pegmark.facts.snapshot import take
from pegmark.proof.assets import LAYER_CLASS, LAYER_HAIRCUT, LAYER_SCORE
from pegmark.proof.dependency import SIZE
from pegmark.proof.prover import Verdict
from pegmark.proof.stated import GRIDS, stated
from pegmark.rulebook.custom import declared
from pegmark.rulebook.program import Program

SIZES = (1e5, 1e6, 1e7, 1e8)
Sizes = tuple[tuple[float, ...], tuple[float, ...]]
"""The sizes, in USD, that the better asset is decided at, and the worse one."""
Said = Mapping[str, Any]
"""Facts by name, as a request states them; layers by `layer.…`."""


@dataclass(frozen=True, slots=True)
class Difference:
    """An outcome that is better where it must not be; `name` as a suite calls it."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Witness:
    """Two assets (of a guardrail one, of a refinement one under two rulebooks), and what differs.

    `differences` are the outcomes that improve, or
    the guardrails that are crossed.
    """

    better: Said
    worse: Said
    day: date
    sizes: Sizes
    differences: tuple[Difference, ...]


class Witnesses:
    """Finds witnesses of one program, or of two of which the first is refined by the second."""

    def __init__(
        self, program: Program, day: date, bases: Sequence[Said], refined: Program | None = None
    ) -> None:
        self._day, self._bases = day, bases
        self._compiled = compile_program(program)
        self._before = self._compiled if refined is None else compile_program(refined)
        self._is_refinement = refined is not None

    def of(self, verdict: Verdict) -> Witness | None:
        """Return assets that show what was refuted; None where no asset at hand shows it."""
        if verdict.values is None:
            return None
        driver = verdict.goal.driver
        if (driver is not None and driver.name in ("class", "band")) or str(driver).startswith(
            "worse score."
        ):
            return None  # A rule by itself: no asset has another class for nothing.
        for grid in GRIDS:
            told = [stated(values, grid) for values in verdict.values]
            cone = [name for name in told[0] if name != SIZE]
            sizes = _sizes(told)
            for base in ({}, *self._bases):
                rest = {name: said for name, said in base.items() if name not in cone}
                both = {**rest, **_known(told[0])}, {**rest, **_known(told[1])}
                one = next((s for s in _single(sizes) if self._differences(verdict, *both, s)), None)
                if one is not None:
                    less = self._stripped(verdict, *both, one)
                    found = self._differences(verdict, *less, one)
                    return Witness(*less, self._day, one, tuple(found))
        return None

    def _stripped(self, verdict: Verdict, better: Said, worse: Said, sizes: Sizes) -> tuple[Said, Said]:
        """Return the assets without the facts that do not matter, nor components."""
        for name in sorted({*better, *worse}):
            if better.get(name) == worse.get(name):
                less = _without(better, name), _without(worse, name)
                if self._differences(verdict, *less, sizes):
                    better, worse = less
        for row in better.get(COMPONENTS, ()):
            if row in worse.get(COMPONENTS, ()):
                fewer = _without_row(better, row), _without_row(worse, row)
                if self._differences(verdict, *fewer, sizes):
                    better, worse = fewer
        return better, worse

    def _differences(self, verdict: Verdict, better: Said, worse: Said, sizes: Sizes) -> list[Difference]:
        before = self._decided(self._before, better, sizes[0])
        after = self._decided(self._compiled, worse, sizes[1])
        if before is None or after is None:
            return []
        if verdict.goal.kind == "holds":
            is_crossed = verdict.goal.rule in after.crossed
            return [Difference("crossed", "none", verdict.goal.rule)] if is_crossed else []
        return list(improvements(self._compiled.program, before, after))

    def _decided(self, compiled: Compiled, said: Said, sizes: Sequence[float]) -> Terms | None:
        """Return the terms of an asset; None where it would be refused."""
        groups: dict[str, dict[str, Any]] = {}
        for name, value in said.items():
            group, _, attribute = name.partition(".")
            groups.setdefault(group, {})[attribute] = value
        beneath, venue = groups.pop("layer", None), groups.pop("venue", {})
        try:
            snapshot = take(
                asset=None,
                as_of=self._day.isoformat(),
                facts=Facts.model_validate(groups),
                venue=VenueFacts.model_validate(venue),
                venue_name="any",
                custom=declared(compiled.program.custom),
            )
            if beyond_bounds(compiled, snapshot):
                return None
            return settle(compiled, snapshot, sizes, _layer(compiled.program, beneath))
        except (FactsError, ValidationError, LookupError):
            return None


def _without(said: Said, name: str) -> Said:
    return {other: value for other, value in said.items() if other != name}


def _without_row(said: Said, row: Any) -> Said:
    return {**said, COMPONENTS: [other for other in said[COMPONENTS] if other != row]}


def improvements(program: Program, before: Terms, after: Terms) -> Iterator[Difference]:
    """Yield the outcomes that are better in `after`."""
    order, bands = program.classify.order, [band for band, _ in program.rating.bands]
    if after.cls < before.cls:
        yield Difference("class", order[before.cls], order[after.cls])
    if after.band < before.band:
        yield Difference("band", bands[before.band], bands[after.band])
    if STATUSES.index(after.status) < STATUSES.index(before.status):
        yield Difference("status", before.status, after.status)
    for pillar, score in after.scores.items():
        if score > before.scores.get(pillar, 100):
            yield Difference(f"scores.{pillar}", before.scores[pillar], score)
    if after.composite > before.composite:
        yield Difference("scores.composite", before.composite, after.composite)
    for old, new in zip(before.positions, after.positions, strict=True):
        if new.maintenance_total < old.maintenance_total:
            yield Difference("haircut.maintenance", old.maintenance_total / ONE, new.maintenance_total / ONE)
            break
    for old, new in zip(before.positions, after.positions, strict=True):
        if new.initial_total < old.initial_total:
            yield Difference("haircut.initial", old.initial_total / ONE, new.initial_total / ONE)
            break
    if after.venue_cap > before.venue_cap:
        yield Difference("cap.venue_usd", before.venue_cap / MICRO, after.venue_cap / MICRO)


def _layer(program: Program, beneath: Mapping[str, Any] | None) -> Layer | None:
    if beneath is None:
        return None
    order = program.classify.order
    cls, score, haircut = (
        beneath.get(name.partition(".")[2]) for name in (LAYER_CLASS, LAYER_SCORE, LAYER_HAIRCUT)
    )
    return Layer(
        None if cls is None else order.index(cls),
        None if score is None else int(score),
        0,
        "accept",
        None if haircut is None else round(haircut * ONE),
    )


def _sizes(told: Sequence[Said]) -> Sizes:
    before, after = (one.get(SIZE) for one in told)
    if before is None or after is None or before == after:
        return SIZES, SIZES
    return (float(before),), (float(after),)


def _single(sizes: Sizes) -> list[Sizes]:
    """Return sizes one by one: one is enough to show a difference."""
    return [((before,), (after,)) for before, after in zip(*sizes, strict=True)]


def _known(told: Said) -> dict[str, Any]:
    return {name: value for name, value in told.items() if value is not None and name != SIZE}
