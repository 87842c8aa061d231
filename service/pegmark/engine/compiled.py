"""A program ready to run: its generated functions by the params in force."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any, Literal

from pegmark.engine.emit import MICRO, ONE, RUNTIME
from pegmark.engine.evaluation import Evaluation
from pegmark.engine.scalar import write, write_bounds
from pegmark.engine.wording import Wording
from pegmark.engine.writer import RuleInfo, fact_bits, submitted
from pegmark.facts.components import BASIS, COMPONENTS
from pegmark.facts.vocabulary import FACTS, FactSpec
from pegmark.language.nodes import Typed, reads
from pegmark.rulebook.custom import declared
from pegmark.rulebook.expressions import rating_expressions
from pegmark.rulebook.program import Param, Program

Evaluate = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Epoch:
    """One set of params in force: the functions that answer, that also explain, and that check bounds."""

    start: date
    answer: Callable[..., Evaluation]
    explain: Callable[..., Evaluation]
    bounds: Callable[[Mapping[str, Any]], list[tuple[int, float, float]]]
    rules: tuple[RuleInfo, ...]
    params: Mapping[str, Mapping[str, object]]
    weight: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Scale:
    """The constants of caps and ladder as integers of a millionth of a dollar."""

    least_venue: int
    least_account: int
    tick: int
    mode: str
    account_share: tuple[int, int]
    breakpoints: tuple[int, ...]
    breakpoints_usd: tuple[float, ...]
    rate: int
    """The step that rates of the ladder are rounded up to, scale 1e12."""

    @classmethod
    def of(cls, program: Program) -> Scale:
        """Return the constants of a program; the least account is a breakpoint, as status asks about it."""
        caps = program.caps
        breakpoints = sorted({*program.ladder.breakpoints, caps.least_account} - {0})
        return cls(
            int(caps.least_venue * MICRO),
            int(caps.least_account * MICRO),
            int(caps.rounding.to * MICRO),
            caps.rounding.mode,
            caps.account_share.as_integer_ratio(),
            tuple(int(point * MICRO) for point in breakpoints),
            tuple(int(point * MICRO) / MICRO for point in breakpoints),
            int(program.haircut.rounding.to * ONE),
        )


Status = Literal["accept", "no_new", "run_off", "ineligible"]
STATUSES: tuple[Status, ...] = ("accept", "no_new", "run_off", "ineligible")
"""Best to worst."""


@dataclass(frozen=True, slots=True)
class Ratings:
    """What rating rules do, by their place: bands and statuses count from the best."""

    thresholds: tuple[int, ...]
    knock_outs: tuple[tuple[int, str], ...]
    """The band that each allows at best, and its id."""
    statuses: tuple[tuple[int, str], ...]
    """The status that each allows at best, and its id."""
    intake: tuple[int, str] | None
    """The worst band that is newly taken, and the id of the rule that says so."""

    @classmethod
    def of(cls, program: Program) -> Ratings:
        """Return the ratings of a program."""
        rating = program.rating
        index = {name: n for n, (name, _) in enumerate(rating.bands)}
        return cls(
            tuple(least for _, least in rating.bands),
            tuple((index[rule.cap], rule.reason.id) for rule in rating.knock_outs),
            tuple((STATUSES.index(rule.then), rule.reason.id) for rule in rating.statuses),
            None if rating.intake is None else (index[rating.intake.least], rating.intake.reason.id),
        )


@dataclass(slots=True)
class Compiled:
    """A program and its epochs; each epoch is compiled when it is first asked for.

    Filling the cache twice in a race gives equal functions, so there is no lock.
    """

    program: Program
    bits: dict[str, int]
    facts: dict[int, str]
    bands: tuple[str, ...]
    absent: tuple[int, ...]
    """What each amount of the waterfall comes to where its step does not apply."""
    scale: Scale
    pillars: tuple[str, ...]
    cards: tuple[int, ...]
    """Which pillar, by its place, each characteristic belongs to."""
    ratings: Ratings
    wording: Wording
    starts: list[date]
    rated: Mapping[str, FactSpec] = field(repr=False)
    """The submitted facts that class, band and status rest on."""
    _epochs: dict[int, Epoch] = field(default_factory=dict)

    def at(self, day: date) -> Epoch:
        """Return the epoch of `day`; raises `LookupError` before the first param starts."""
        n = bisect_right(self.starts, day) - 1
        if n < 0:
            raise LookupError(f"rulebook {self.program.id} has no params before {self.starts[0]}")
        if n not in self._epochs:
            self._epochs[n] = self._compile(self.starts[n])
        return self._epochs[n]

    def _compile(self, day: date) -> Epoch:
        answer = write(self.program, day)
        explain = write(self.program, day, tracing=True)
        return Epoch(
            day,
            self._load(answer.text, "evaluate"),
            self._load(explain.text, "evaluate"),
            self._load(write_bounds(self.program, day), "bounds"),
            answer.rules,
            {param.name: _dated(param, day) for param in self.program.params},
            self._estimate_weight(day),
        )

    def _estimate_weight(self, day: date) -> tuple[int, int]:
        """Return how far an estimate lies from known (0) to unknown (1), as a fraction."""
        for param in self.program.params:
            value = param.at(day).value
            if param.name == self.program.estimate_weight and isinstance(value, Fraction):
                return value.as_integer_ratio()
        return 1, 1

    def _load(self, text: str, name: str) -> Evaluate:
        names = {
            **RUNTIME,
            "Evaluation": Evaluation,
            "CLASSES": self.program.classify.order,
            "ABSENT": ABSENT,
        }
        exec(compile(text, f"<rulebook {self.program.id}>", "exec"), names)  # noqa: S102 - our own source
        function: Evaluate = names[name]  # type: ignore[assignment]  # generated code has no types
        return function


ABSENT = object()
"""Stands for a condition that does not apply."""


def compile_program(program: Program) -> Compiled:
    """Prepare `program`; sources are generated for the dates on which any param changes."""
    changes = sorted({dated.start for param in program.params for dated in param.values})
    bits = fact_bits(program)
    first = max((param.values[0].start for param in program.params), default=date.min)
    return Compiled(
        program,
        bits,
        {bit: fact for fact, bit in bits.items()},
        tuple(band for band, _ in program.rating.bands),
        (0, *(0 if step.op in ("add", "max") else ONE for step in program.haircut.steps), 0),
        Scale.of(program),
        tuple(card.pillar for card in program.scorecards),
        tuple(n for n, card in enumerate(program.scorecards) for _ in card.characteristics),
        Ratings.of(program),
        Wording.of(program),
        [first, *(day for day in changes if day > first)],
        _rated(program),
    )


def _rated(program: Program) -> Mapping[str, FactSpec]:
    """Return the facts that class, band and status rest on, through derived names and fillings."""
    means = {derived.name: derived.expr for derived in program.derived}
    means |= {filling.fact: filling.expr for filling in program.fillings}
    seen: set[str] = set()
    todo: list[Typed] = rating_expressions(program)
    while todo:
        for read in reads(todo.pop()):
            if read.name not in seen:
                seen.add(read.name)
                todo += [means[read.name]] if read.name in means else []
    facts = {submitted(name) for name in seen}
    if COMPONENTS in facts:
        facts.add(BASIS)
    specs = {**FACTS, **declared(program.custom)}
    return {name: spec for name, spec in specs.items() if name in facts}


def _dated(param: Param, day: date) -> Mapping[str, object]:
    """Return a param's value in force and the day it came into force, as JSON."""
    dated = param.at(day)
    value = float(dated.value) if isinstance(dated.value, Fraction) else dated.value
    return {"value": value, "from": dated.start.isoformat()}
