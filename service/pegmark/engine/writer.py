"""Lines of generated Python, the names in them, and what each rule may have missed.

What the sections of a rulebook become is said in `scalar` and `amounts`; they write through this.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from symtable import symtable
from typing import Any

from pegmark.engine.emit import RUNTIME, Emitter, is_constant, literal
from pegmark.facts.vocabulary import FACTS
from pegmark.language.nodes import Choose, Coalesce, Compare, Read, Typed, children, reads
from pegmark.rulebook.program import Program, Reason


@dataclass(frozen=True, slots=True)
class RuleInfo:
    """What a trace line says of a rule besides its outcome: all of it known when compiling."""

    section: str
    reason: Reason
    reads: tuple[str, ...]
    comparisons: tuple[Compare, ...]
    params: tuple[str, ...]


def submitted(name: str) -> str:
    """Return the submitted fact that a readable name comes from.

    >>> submitted("backing.share.crypto"), submitted("liquidity.supply")
    ('backing.components', 'liquidity.supply')
    """
    if name == "backing.listed" or name.startswith(("backing.share.", "layer.")):
        return "backing.components"
    return name


def fact_bits(program: Program) -> dict[str, int]:
    """Return the bit of every submitted fact, custom ones after the vocabulary's."""
    names = [*FACTS, *(fact.name for fact in program.custom)]
    return {name: 1 << n for n, name in enumerate(names)}


def comparisons(node: Typed) -> tuple[Compare, ...]:
    """Return the comparisons of numbers in an expression, left to right."""
    if isinstance(node, Compare):
        return (node,) if node.left.type.is_numeric else ()
    return tuple(found for child in children(node) for found in comparisons(child))


class Rests:
    """The submitted facts that expressions rest on, as bits."""

    def __init__(self, program: Program) -> None:
        self._bits = fact_bits(program)
        self._of: dict[str, int] = {}

    def bit(self, name: str) -> int:
        """Return the bit of the submitted fact behind a readable name."""
        return self._bits.get(submitted(name), 0)

    def note(self, name: str, *nodes: Typed) -> None:
        """Note that a derived name, or a fact that is filled in, rests on what `nodes` rest on."""
        self._of[name] = self.mask(*nodes)

    def mask(self, *nodes: Typed | None) -> int:
        """Return the facts that expressions rest on, through fillings and derived names."""
        found = 0
        for node in nodes:
            for read in reads(node) if node is not None else ():
                if read.origin == "fact":
                    found |= self.bit(read.name)
                found |= self._of.get(read.name, 0)
        return found


class Writer:
    """Collects the lines of one function, params fixed on one day; with `tracing` also its trace."""

    def __init__(self, program: Program, day: date, tracing: bool) -> None:
        self.program = program
        self.rules: list[RuleInfo] = []
        self._tracing = tracing
        self._lines: list[str] = []
        self._depth = 0
        self._constants = {param.name: param.at(day).value for param in program.params}
        self._facts: dict[str, str] = {}
        self._derived = {derived.name: f"d{n}" for n, derived in enumerate(program.derived)}
        self._rests = Rests(program)
        self._stood_in: dict[str, str] = {}
        self._noted: set[str] = set()
        self._tables: dict[str, str] = {}
        self._functions: list[str] = []
        self._named = {"ABSENT", "CLASSES", "Evaluation"}
        self._emitter = Emitter(self.name_of)

    # Names

    def name_of(self, read: Read) -> str:
        """Return what a read is called in the source, or its value where that is constant."""
        match read.origin:
            case "param":
                return literal(self._constants[read.name])
            case "derived":
                return self._derived[read.name]
            case "position":
                return "size"
            case "outcome" if read.name.startswith("score."):
                return f"score[{read.name.removeprefix('score.')!r}]"
            case "outcome":
                return {"class": "cls", "band": "band"}.get(read.name) or read.name.replace(".", "_")
            case "fact":
                return self._facts[read.name]

    def name_fact(self, read: Read) -> str:
        """Give a fact its variable."""
        return self._facts.setdefault(read.name, f"f{len(self._facts)}")

    def has_fact(self, name: str) -> bool:
        """Tell whether any expression reads a fact."""
        return name in self._facts

    def fact(self, name: str) -> str:
        """Return the variable of a fact."""
        return self._facts[name]

    def rest(self, name: str, *nodes: Typed) -> None:
        """Note that a derived name, or a fact that is filled in, rests on what `nodes` rest on."""
        self._rests.note(name, *nodes)

    def mask(self, *nodes: Typed | None) -> int:
        """Return the submitted facts that expressions rest on, through fillings and derived names."""
        return self._rests.mask(*nodes)

    def stand_in(self, name: str, variable: str) -> None:
        """Note the variable that holds the facts which a derived name did without."""
        self._stood_in[name] = variable

    def done_without(self, *nodes: Typed | None) -> list[str]:
        """Return the variables of what the derived names in expressions did without."""
        given = [read.name for node in nodes if node is not None for read in reads(node)]
        return sorted({self._stood_in[name] for name in given if name in self._stood_in})

    def bit(self, name: str) -> int:
        """Return the bit of the submitted fact behind a readable name."""
        return self._rests.bit(name)

    def table(self, cells: Mapping[Any, object]) -> str:
        """Return the name of a table, built once; its keys are literals and its cells source."""
        text = "{" + ", ".join(f"{key!r}: {cell}" for key, cell in cells.items()) + "}"
        return self._tables.setdefault(text, f"T{len(self._tables)}")

    # Lines

    def text(self) -> str:
        """Return the source written so far, what is built once before what runs."""
        tables = [f"{name} = {text}" for text, name in self._tables.items()]
        return "\n".join([*tables, *self._functions, *self._lines, ""])

    def line(self, text: str) -> None:
        """Write one line at the present depth."""
        self._lines.append("    " * self._depth + text)

    @contextmanager
    def block(self, opening: str) -> Iterator[None]:
        """Write `opening`, and what follows one level deeper."""
        self.line(opening)
        self._depth += 1
        yield
        self._depth -= 1

    @contextmanager
    def function(self, name: str, parameters: str) -> Iterator[None]:
        """Write a function that reads the variables so far, bound to their values.

        A closure would turn each variable that it reads into a cell, which slows down both sides.
        """
        outside, self._lines = (self._lines, self._depth, {*self._noted}), []
        self._depth = 1
        yield
        body, (self._lines, self._depth, self._noted) = self._lines, outside
        known = {*RUNTIME, *self._tables.values(), *self._named}
        state = items(sorted(_free("\n".join([f"def f({parameters}):", *body])) - known))
        if state == "()":
            self._named.add(name)
            self._functions += [f"def {name}({parameters}):", *body]
            return
        self._functions += [f"def {name}_of(state, {parameters}):", f"    {state} = state", *body]
        self.line(f"{name} = partial({name}_of, {state})")

    def assign(self, name: str, node: Typed) -> None:
        """Write the assignment of an expression's quantised value."""
        before, text = self._emitter.statements(node)
        for statement in before:
            self.line(statement)
        self.line(f"{name} = {self._emitter.quantised(node, text)}")

    def coalesce(self, name: str, without: str, first: Typed, second: Typed) -> None:
        """Write the value of `coalesce(first, second)`, and what `first` rests on where it is unknown."""
        before, text = self._emitter.statements(first)
        for statement in before:
            self.line(statement)
        if not text.isidentifier():
            self.line(f"x = {text}")
            text = "x"
        mask = f"{self.mask(first):#x}"
        with self.block(f"if {unknown_test(text, first)}:"):
            self.assign(name, second)
            self.line(f"{without} = {mask}")
        with self.block("else:"):
            self.line(f"{name} = {(rounded := self._emitter.quantised(first, text))}")
            # What overflows when it is rounded is unknown too.
            self.line(
                f"{without} = 0" if rounded == text else f"{without} = 0 if {name} == {name} else {mask}"
            )

    def constant(self, node: Typed) -> str | None:
        """Return the source of a literal, on its grid; None where a node is more than that."""
        return self._emitter.quantised(node, self._emitter.statements(node)[1]) if is_constant(node) else None

    def on_grid(self, text: str) -> str:
        """Return the source of a computed ratio, rounded to its grid."""
        return self._emitter.on_grid(text)

    def held(self, name: str, node: Typed) -> str:
        """Write an expression's value into `name`, unless a variable holds it already; return which does."""
        if isinstance(node, Read) and (text := self.name_of(node)).isidentifier():
            return text
        self.assign(name, node)
        return name

    def unknown(self, node: Typed) -> str:
        """Return the test of whether an expression is unknown, writing what it needs before."""
        if isinstance(node, Read):
            return unknown_test(self.name_of(node), node)
        self.assign("x", node)
        return unknown_test("x", node)

    def misses(self, test: str | None, *nodes: Typed | None) -> bool:
        """Tell whether `missed` would write anything."""
        return bool((test and self.mask(*nodes)) or set(self.done_without(*nodes)) - self._noted)

    def missed(self, test: str | None, *nodes: Typed | None, into: str = "missed") -> None:
        """Write what was missed: where `test` holds what `nodes` rest on, and what they did without."""
        mask = self.mask(*nodes) if test is not None else 0
        if mask:
            self.line(f"if {test}: {into} |= {mask:#x}")
        variables = [name for name in self.done_without(*nodes) if name not in self._noted]
        if variables:
            self.line(f"{into} |= {' | '.join(variables)}")
            if self._depth == 1 and into == "missed":
                # Every way through the function comes by here.
                self._noted.update(variables)

    def verdict(self, name: str, when: Typed | None, on_unknown: str | None, into: str = "missed") -> None:
        """Write the value of a condition, and what was missed where it is unknown."""
        if when is None:
            self.line(f"{name} = True")
            return
        self.assign(name, when)
        self.missed(f"{name} is None" if on_unknown is not None else None, when, into=into)

    @contextmanager
    def where(
        self, when: Typed | None, otherwise: str, section: str, reason: Reason, held: str | None = None
    ) -> Iterator[None]:
        """Write what follows so that it runs unless `when` is false; then `otherwise` does.

        `held` is the variable that `when` was assigned to before, if it was.
        """
        if when is None:
            yield
            return
        if held is None:
            self.verdict("w", when, "match")
        with self.block(f"if {held or 'w'} is False:"):
            self.line(otherwise)
            self.trace(section, reason, "False", when)
        with self.block("else:"):
            yield

    def trace(self, section: str, reason: Reason, outcome: str, *nodes: Typed | None) -> None:
        """Report a rule with what it read and both sides of each comparison."""
        given = [node for node in nodes if node is not None]
        seen = {read.name: read for node in given for read in reads(node)}
        values = [read for read in seen.values() if read.origin != "param"]
        compared = tuple(found for node in given for found in comparisons(node))
        params = tuple(read.name for read in seen.values() if read.origin == "param")
        self.rules.append(RuleInfo(section, reason, tuple(read.name for read in values), compared, params))
        if not self._tracing:
            return
        sides = []
        for comparison in compared:
            pair = (self._emitter.temporary(), self._emitter.temporary())
            for name, side in zip(pair, (comparison.left, comparison.right), strict=True):
                self.assign(name, side)
            sides.append(f"({', '.join(pair)})")
        named = items(self.name_of(read) for read in values)
        self.line(f"trace(({len(self.rules) - 1}, {outcome}, {named}, {items(sides)}))")


@lru_cache(maxsize=64)
def _free(text: str) -> frozenset[str]:
    """Return the names that a function reads and does not assign; most are alike in like rulebooks."""
    (function,) = symtable(text, "", "exec").get_children()
    return frozenset(
        name
        for scope in (function, *function.get_children())
        for name in scope.get_globals()  # type: ignore[attr-defined]  # of functions
    )


Guards = tuple[tuple[Typed, bool | None], ...]
"""Expressions with the value each must have; None is unknown."""


def fallbacks(node: Typed, guards: Guards = ()) -> Iterator[tuple[Guards, Typed, bool]]:
    """Yield what an expression may have to do without, and when it is asked for.

    These are the operands of `coalesce` but for the last, whose place the next one takes (True), and
    derived names, which may have done without something themselves (False).
    """
    match node:
        case Coalesce(operands):
            for n, operand in enumerate(operands):
                yield from fallbacks(operand, guards)
                if n < len(operands) - 1:
                    yield guards, operand, True
                guards = (*guards, (operand, None))
        case Choose(condition, yes, no):
            yield from fallbacks(condition, guards)
            yield from fallbacks(yes, (*guards, (condition, True)))
            yield from fallbacks(no, (*guards, (condition, False)))
        case Read(origin="derived"):
            yield guards, node, False
        case _:
            for child in children(node):
                yield from fallbacks(child, guards)


def unknown_test(name: str, node: Typed) -> str:
    """Return the test of whether the value of `node`, held in `name`, is unknown."""
    return f"{name} != {name}" if node.type.is_numeric else f"{name} is None"


def fires(name: str, on_unknown: str | None) -> str:
    """Return the test of whether a condition counts as holding."""
    return f"{name} is not False" if on_unknown == "match" else f"{name} is True"


def items(texts: Iterable[str]) -> str:
    """Return the source of a tuple.

    >>> items(["a"]), items([])
    ('(a,)', '()')
    """
    listed = list(texts)
    return f"({', '.join(listed)},)" if listed else "()"
