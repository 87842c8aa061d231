"""Who reads what in a rulebook: of each rule the names that it reads, and of each name its readers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pegmark.language.nodes import Typed, reads
from pegmark.rulebook.expressions import step_expressions
from pegmark.rulebook.program import Bins, Program


@dataclass(frozen=True, slots=True)
class Readings:
    """`direct` holds, by rule or derived name, the names in its expressions; the others follow from it."""

    direct: Mapping[str, tuple[str, ...]]
    readers: Mapping[str, tuple[str, ...]]
    reached: Mapping[str, tuple[str, ...]]
    """Of each name the rules that it reaches by derived names alone."""


def readings(program: Program) -> Readings:
    """Return who reads what."""
    direct: dict[str, tuple[str, ...]] = {}
    for reader, read in _read(program):
        direct[reader] = tuple(dict.fromkeys([*direct.get(reader, ()), *read]))
    readers: dict[str, list[str]] = {}
    for reader, read in direct.items():
        for name in read:
            readers.setdefault(name, []).append(reader)
    derived = {one.name for one in program.derived}
    order = [reader for reader in direct if reader not in derived]
    reached = {}
    for name, by in readers.items():
        found, waiting = set[str](), [reader for reader in by if reader in derived]
        seen = set(waiting)
        while waiting:
            for reader in readers.get(waiting.pop(), ()):
                if reader not in derived:
                    found.add(reader)
                elif reader not in seen:
                    seen.add(reader)
                    waiting.append(reader)
        reached[name] = tuple(reader for reader in order if reader in found.difference(by))
    return Readings(direct, {name: tuple(by) for name, by in readers.items()}, reached)


def citing(program: Program, rules: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
    """Return, by source, the rules and params that cite it; `rules` says what each rule cites."""
    found: dict[str, list[str]] = {source.id: [] for source in program.sources}
    for name, cited in (*((param.name, param.cite) for param in program.params), *rules.items()):
        for source in dict.fromkeys(cited):
            found[source].append(name)
    return {source: tuple(names) for source, names in found.items()}


def is_fact(name: str) -> bool:
    """Tell whether a name that rules read is that of a fact."""
    return "." in name and not name.startswith(("score.", "output.", "position."))


def _read(program: Program) -> Iterator[tuple[str, tuple[str, ...]]]:
    for reader, expressions in _expressions(program):
        yield reader, tuple(read.name for found in expressions if found is not None for read in reads(found))
    for obligation in program.obligations:
        said = dict(obligation.parameters).get("input")
        yield obligation.reason.id, (said,) if said else ()


def _expressions(program: Program) -> Iterator[tuple[str, tuple[Typed | None, ...]]]:
    yield from ((one.reason.id, (one.expr,)) for one in program.fillings)
    yield from ((one.name, (one.expr,)) for one in program.derived)
    yield from ((rule.reason.id, (rule.when,)) for rule in program.classify.rules)
    for card in program.scorecards:
        for line in card.characteristics:
            grid = line.grid
            yield line.reason.id, (card.applies, grid.of if isinstance(grid, Bins) else grid.by)
    yield from ((one.reason.id, (one.when,)) for one in program.rating.knock_outs)
    yield from ((one.reason.id, (one.when,)) for one in program.rating.statuses)
    haircut = program.haircut
    for step in (haircut.start, *haircut.steps, haircut.reference):
        yield step.reason.id, step_expressions(step)
    yield from ((one.reason.id, (one.when, one.amount)) for one in program.caps.limits)
    yield program.caps.account_reason.id, (program.caps.outstanding,)
    mark = program.mark
    yield mark.reason.id, (mark.basis, mark.quote, mark.floor_when, mark.close_out)
    yield from ((one.reason.id, (one.when, one.value)) for one in program.conditions)
    yield from ((one.reason.id, (one.when,)) for one in program.review)
    yield from ((one.reason.id, (one.expr,)) for one in program.assertions)
