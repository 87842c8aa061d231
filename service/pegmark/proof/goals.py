"""What is to be proved of a rulebook: a list, made of the program alone and without a solver.

A goal joins a rule with what it is asked: a driver, for those rules that read what the driver changes
(everything else is the same on both assets, and so is the outcome), or whether it can fire, keeps its
order, holds at every asset, or passes on what it is given.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from pegmark.facts.components import COMPONENTS
from pegmark.language.nodes import Read, Typed, reads
from pegmark.proof.assets import SHARE
from pegmark.proof.cores import Core, cores
from pegmark.proof.dependency import Dependencies
from pegmark.proof.pair import Driver
from pegmark.rulebook.program import Program, Step, Table

Kind = Literal["never better", "reachable", "holds", "ordered", "passes", "overlap", "refines"]


@dataclass(frozen=True, slots=True)
class Goal:
    """One thing to prove; `driver` is given where the kind is `never better`."""

    kind: Kind
    rule: str
    driver: Driver | None = None
    about: str = ""

    def __str__(self) -> str:
        """Return the name by which a goal is listed and chosen.

        >>> str(Goal("never better", "HC-OWN", Driver("hidden", "backing.basis")))
        'HC-OWN hidden backing.basis'
        """
        about = f" {self.about}" if self.about else ""
        return f"{self.rule} {self.driver or self.kind}{about}"


def goals(program: Program, every_driver: list[Driver]) -> Iterator[Goal]:
    """Yield every goal of a program, rule by rule in the order of evaluation."""
    rests = Dependencies(program)
    for core in cores(program):
        yield from _of_core(core, rests, every_driver, program)
    yield from (Goal("reachable", rule.reason.id) for rule in program.classify.rules)
    yield Goal("reachable", program.classify.otherwise_reason.id)
    for core in cores(program):
        if core.section in ("rating", "haircut", "caps") and core.item is not program.haircut.start:
            yield Goal("reachable", core.rule)
    for condition in program.conditions:
        if condition.when is not None:
            yield Goal("reachable", condition.reason.id)
    yield from (Goal("reachable", finding.reason.id) for finding in program.review)
    if program.classify.hit == "unique":
        ids = [rule.reason.id for rule in program.classify.rules]
        yield from (Goal("overlap", a, about=b) for n, a in enumerate(ids) for b in ids[n + 1 :])
    yield from (Goal("ordered", step.reason.id) for step in _tables(program))
    yield from (Goal("holds", assertion.reason.id) for assertion in program.assertions)
    yield from (Goal("passes", name) for name in LEMMAS)


LEMMAS = ("class", "composite", "maintenance", "initial", "cap", "status")
"""What puts rules together, and has to pass on that each does no better."""


def _of_core(core: Core, rests: Dependencies, every_driver: list[Driver], program: Program) -> Iterator[Goal]:
    read = rests.of(*core.nodes)
    names = _named(core.nodes, program)
    if core.section == "classify" and program.classify.layering is not None:
        # What lies beneath is taken over as it is; that a hidden list hides it too is not.
        read |= {COMPONENTS}
    for driver in every_driver:
        if not driver.rests <= read:
            continue
        if driver.kind in ("moved", "unlisted") and not _reads_kind(names, driver):
            continue
        yield Goal("never better", core.rule, driver)


def _named(nodes: tuple[Typed, ...], program: Program) -> frozenset[str]:
    """Return the readable names of components that expressions rest on."""
    means = {derived.name: derived.expr for derived in program.derived}
    means |= {filling.fact: filling.expr for filling in program.fillings}
    seen: set[str] = set()
    todo = list(nodes)
    while todo:
        for read in reads(todo.pop()):
            if read.name not in seen:
                seen.add(read.name)
                if read.name in means:
                    todo.append(means[read.name])
    return frozenset(seen)


def _reads_kind(names: frozenset[str], driver: Driver) -> bool:
    """Tell whether any of `names` is otherwise when share is moved, or a kind is left out."""
    ends = {driver.name, driver.to} - {""}
    if driver.kind == "unlisted":
        # The list falls further short of the whole.
        return bool(
            names & ({"backing.listed", "backing.share.undisclosed"} | {f"backing.share.{driver.name}"})
        )
    return any(f"{SHARE}{kind}" in names for kind in ends)


def _tables(program: Program) -> list[Step]:
    """Return the steps of the waterfall that are tables by class."""
    steps = (program.haircut.start, *program.haircut.steps)
    return [step for step in steps if isinstance(step.amount, Table) and _is_by_class(step.amount)]


def _is_by_class(table: Table) -> bool:
    nodes = (table.by,) if table.by2 is None else (table.by, table.by2)
    return any(isinstance(node, Read) and node.name == "class" for node in nodes)
