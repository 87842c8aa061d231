"""A program made ready for blocks: all that is known before any row is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import nan
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pegmark.engine.amounts import key
from pegmark.engine.compiled import Compiled
from pegmark.engine.scalar import best_of, may_do_without
from pegmark.engine.vector import columns
from pegmark.engine.vector.block import Amount, Ints, Lacks, Missed
from pegmark.engine.vector.columns import Mask, Value, Verdict, both, is_any
from pegmark.engine.vector.expressions import Codes, Evaluate, Expressions, Scope
from pegmark.engine.writer import Rests, fallbacks
from pegmark.language.nodes import Arith, Choose, Coalesce, Logic, Typed, children, reads
from pegmark.language.types import Type
from pegmark.rulebook.expressions import expressions, step_expressions
from pegmark.rulebook.program import PointsTable, Program, Table

LEAST = -2
"""The place of the least cap among the limits; -1 is none."""


@dataclass(slots=True)
class Seen:
    """One reading of a block: what `Evaluation` is for one asset."""

    scope: Scope
    missed: Missed
    lacks: dict[str, Lacks] = field(default_factory=dict)
    cls: Ints = 0
    by: Ints = 0
    confirming: Sequence[Verdict] = ()
    points: list[Ints] = field(default_factory=list)
    applies: list[Mask] = field(default_factory=list)
    limits: list[Amount] = field(default_factory=list)
    amounts: dict[int, Amount] = field(default_factory=dict)
    whens: dict[int, Verdict] = field(default_factory=dict)


class About(NamedTuple):
    """What is known of an expression before any row is: what it reads, and how it may be unknown."""

    node: Typed
    mask: int
    derived: tuple[str, ...]
    names: tuple[str, ...]
    computes: bool
    """Whether it may be unknown though all it reads is known: by overflow, or by division."""
    varies: bool
    """Whether it may be unknown at one size of a position and not at another, but for overflow."""


Plan = Callable[[Seen], tuple[Value, Lacks]]


class Vector:
    """A program, params fixed on one day.

    `by` is the place of a class rule, then of `otherwise`, then of the layering. The bits of `capped_by`,
    `status_by` and `crossed` are places in `capping`, `holding` and `guarding`; `binding` is one in
    `limiting`.
    """

    def __init__(self, compiled: Compiled, day: date) -> None:
        """Prepare every expression; raises `LookupError` where the program has no params yet."""
        self.compiled = compiled
        self.program = program = compiled.program
        self.codes = Codes()
        self.weight = compiled.at(day).weight
        every = expressions(program)
        read_there = [read for node in every for read in reads(node) if read.origin == "fact"]
        self.types: dict[str, Type] = {read.name: read.type for read in reversed(read_there)}
        # Whoever fills columns in finds each member that a fact may have.
        for kind in self.types.values():
            for member in kind.members:
                self.codes[member]
        self.of = Expressions({p.name: p.at(day).value for p in program.params}, self.codes, every)
        self.rests = Rests(program)
        self._about: dict[int, About] = {}
        # In the order of the text: each rests on what is noted before it.
        self.fillings = list(self._fillings())
        self.derived = list(self._derived())
        self.classes = np.array([self.codes[name] for name in program.classify.order], np.int16)
        self.bands = np.array([self.codes[name] for name in compiled.bands], np.int16)
        self.steps = (program.haircut.start, *program.haircut.steps, program.haircut.reference)
        self.sized = [n for n, step in enumerate(self.steps) if reads_size(*step_expressions(step))]
        self.tables = {
            n: self._table(step.amount) for n, step in enumerate(self.steps) if isinstance(step.amount, Table)
        }
        self.points = {
            line.reason.id: self._points(line.grid, line.unknown)
            for card in program.scorecards
            for line in card.characteristics
            if isinstance(line.grid, PointsTable)
        }
        self.capping, self.holding = _capping(program), _holding(program)
        self.guarding = tuple(assertion.reason.id for assertion in program.assertions)
        self.limiting = tuple(limit.reason.id for limit in program.caps.limits)

    def lacked(self, seen: Seen, node: Typed) -> Lacks:
        """Return what the derived names in an expression did without."""
        return [lack for name in self.about(node).derived for lack in seen.lacks.get(name, ())]

    def about(self, node: Typed) -> About:
        """Return what is known of an expression of the program before any row is."""
        found = self._about.get(id(node))
        if found is None:
            every = {read.name: read.origin for read in reads(node)}
            found = self._about[id(node)] = About(
                node,
                self.rests.mask(node),
                tuple(name for name, origin in every.items() if origin == "derived"),
                tuple(name for name, origin in every.items() if origin != "param"),
                _computes(node),
                may_vary(node),
            )
        return found

    def _fillings(self) -> Iterator[tuple[str, Evaluate, int, float | None]]:
        for filling in self.program.fillings:
            if filling.fact in self.types:
                own = self.rests.bit(filling.fact)
                yield filling.fact, self.of.rounded(filling.expr), own, best_of(filling.fact)
                self.rests.note(filling.fact, filling.expr)

    def _derived(self) -> Iterator[tuple[str, Plan]]:
        lacking: set[str] = set()

        def lacks(node: Typed) -> bool:
            return any(read.name in lacking for read in reads(node))

        for derived in self.program.derived:
            self.rests.note(derived.name, derived.expr)
            plan, may_lack = self._plan(derived.expr, lacks)
            if may_lack:
                lacking.add(derived.name)
            yield derived.name, plan

    def _plan(self, node: Typed, lacks: Callable[[Typed], bool]) -> tuple[Plan, bool]:
        """Return what works out a derived value and what it did without, and whether that may be anything."""
        match node:
            case Coalesce((first, second)) if not any(
                may_do_without(operand, lacks) for operand in (first, second)
            ):
                return self._coalesce(first, second), True
        value = self.of.rounded(node)
        tests = [
            (
                [(self.of.rounded(condition), wanted) for condition, wanted in guards],
                self._lacking(inner, is_replaced=is_replaced),
            )
            for guards, inner, is_replaced in fallbacks(node)
            if is_replaced or lacks(inner)
        ]

        def plan(seen: Seen) -> tuple[Value, Lacks]:
            found: Lacks = []
            for guards, lacking in tests:
                for there, bits in lacking(seen):
                    where = there
                    for condition, wanted in guards:
                        if is_any(where):
                            where = both(where, _as_wanted(condition(seen.scope), wanted))
                    if is_any(where):
                        found.append((where, bits))
            return value(seen.scope), found

        return plan, bool(tests)

    def _lacking(self, node: Typed, is_replaced: bool) -> Callable[[Seen], Lacks]:
        """Return what tells what was done without for `node`, whose place something else may take."""
        if not is_replaced:
            return lambda seen: self.lacked(seen, node)
        value, bits = self.of.rounded(node), self.rests.mask(node)
        return lambda seen: [(columns.unknown(value(seen.scope)), bits)]

    def _coalesce(self, first: Typed, second: Typed) -> Plan:
        """Return the plan of a name that takes one value, and another where that is unknown."""
        whole, rounded, other = self.of.value(first), self.of.rounded(first), self.of.rounded(second)
        bits = self.rests.mask(first)

        def plan(seen: Seen) -> tuple[Value, Lacks]:
            there = columns.unknown(whole(seen.scope))
            found = rounded(seen.scope)
            lacking = columns.unknown(found)
            if is_any(there):
                # What overflows when it is rounded is unknown, and stays so.
                found = columns.selected(Verdict(there), other(seen.scope), found)
            return found, [(lacking, bits)] if is_any(lacking) else []

        return plan

    def _table(self, table: Table) -> NDArray[np.float64]:
        """Return the cells of a table by the codes of its members; the last row and column are unknown."""
        by = _by(table)
        places = [tuple(map(self._code, by, row)) for row, _ in table.rows]
        cells = np.full([(2 if of.type.kind == "bool" else len(self.codes)) + 1 for of in by], nan)
        for place, (_, value) in zip(places, table.rows, strict=True):
            cells[place] = float(value)
        return cells

    def _points(self, table: PointsTable, unknown: int) -> NDArray[np.int16]:
        places = [self._code(table.by, member) for member, _ in table.points]
        cells = np.full((2 if table.by.type.kind == "bool" else len(self.codes)) + 1, unknown, np.int16)
        for place, (_, value) in zip(places, table.points, strict=True):
            cells[place] = value
        return cells

    def _code(self, by: Typed, member: str) -> int:
        found: Any = key(by, member)
        return int(found) if isinstance(found, bool) else self.codes[member]


def reads_size(*nodes: Typed) -> bool:
    """Tell whether expressions read the size of a position."""
    return any(read.origin == "position" for node in nodes for read in reads(node))


def may_vary(node: Typed) -> bool:
    """Tell whether an expression may be unknown at one size and not at another, but for overflow."""
    if not reads_size(node):
        return False
    match node:
        case Choose(condition) if reads_size(condition):
            return True
        case Logic() | Coalesce():
            return True
        case Arith("/", _, right) if reads_size(right):
            return True
    return any(map(may_vary, children(node)))


def _computes(node: Typed) -> bool:
    return isinstance(node, Arith) or any(map(_computes, children(node)))


def _by(table: Table) -> tuple[Typed, ...]:
    return (table.by,) if table.by2 is None else (table.by, table.by2)


def _as_wanted(held: Value, wanted: bool | None) -> Mask:
    if wanted is None:
        return columns.unknown(held)
    assert isinstance(held, Verdict)  # noqa: S101 - what is chosen by is a condition
    return held.yes if wanted else held.fails


def _capping(program: Program) -> tuple[str, ...]:
    layering = program.classify.layering
    rules = tuple(rule.reason.id for rule in program.rating.knock_outs)
    return rules if layering is None else (*rules, layering.reason.id)


def _holding(program: Program) -> tuple[str, ...]:
    rating, layering = program.rating, program.classify.layering
    reasons = [
        rating.ineligible_reason,
        *(rule.reason for rule in rating.statuses),
        None if layering is None else layering.reason,
        None if rating.intake is None else rating.intake.reason,
        rating.worthless,
    ]
    return tuple(reason.id for reason in reasons if reason is not None)
