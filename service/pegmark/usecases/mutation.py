"""Try mutants of a rulebook on its suites: what no case notices has survived.

A mutant is compiled whole, by the engine that answers questions, so that what is found is true of what is
served. Three things keep that quick: most functions of a mutant are the base's to the letter and are not
compiled again, what explains is compiled only for cases that look at a trace, and the cases that noticed
another fault of the same rule come first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, lru_cache
from math import isnan
from types import CodeType
from typing import Any, Literal

from pegmark.authoring.mutation import Mutant
from pegmark.authoring.suite import Case as Expectations
from pegmark.authoring.suite import Expected
from pegmark.authoring.verdict import refused
from pegmark.engine.compiled import ABSENT, Compiled, Epoch, compile_program
from pegmark.engine.decide import Terms, settle
from pegmark.engine.emit import RUNTIME
from pegmark.engine.evaluation import Evaluation
from pegmark.engine.report import decide, plain
from pegmark.engine.scalar import write, write_bounds
from pegmark.errors import FactsError
from pegmark.language.nodes import reads
from pegmark.proof.likeness import Likeness
from pegmark.rulebook.program import Program
from pegmark.usecases.assess import Case, Question, assess, prepare
from pegmark.usecases.desk import Book, Desk
from pegmark.usecases.trials import Trial

BROKEN = (ArithmeticError, AssertionError, LookupError, TypeError, ValueError)
"""What a program may raise that no checker would let pass: a suite notices that too."""

_OUTSTANDING, _LOG = (Terms._fields.index(name) for name in ("outstanding", "log"))


@dataclass(frozen=True, slots=True)
class Attempt:
    """One look at a mutant: a case, those of its expectations that need a trace or those that need none."""

    title: str
    case: Expectations
    question: Question
    is_traced: bool
    found: Case | None
    """What the question is about, where that is the same whatever the rules say."""

    @property
    def suite(self) -> str:
        """Return the suite that the case stands in."""
        return self.title.partition(": ")[0]

    @property
    def is_exhaustive(self) -> bool:
        """Whether it looks at what would lead to something better."""
        return any(one.output.name.startswith("counterfactuals.") for one in self.case.expected)

    @property
    def rules(self) -> frozenset[str]:
        """Return the rules that the expectations name."""
        return frozenset(one.output.rule for one in self.case.expected if one.output.rule is not None)


def attempts(desk: Desk, trials: Sequence[Trial]) -> list[Attempt]:
    """Return the looks that suites take at a mutant, those that need no trace first."""
    found = [attempt for trial in trials for attempt in _attempts(desk, trial)]
    return sorted(found, key=lambda attempt: attempt.is_traced)


def _attempts(desk: Desk, trial: Trial) -> Iterator[Attempt]:
    case, question = trial.case, trial.question
    try:
        asked = prepare(desk, question)
    except FactsError:
        asked = None
    # What lies beneath is decided by the rules, and so is what is refused.
    found = None if asked is None or asked.layer is not None else asked._replace(standing=None)
    for is_traced in (False, True):
        expected = tuple(one for one in case.expected if one.output.is_traced is is_traced)
        if expected:
            explained = question._replace(explain="full") if is_traced else question
            yield Attempt(case.title, replace(case, expected=expected), explained, is_traced, found)


Compare = Callable[[Program], Likeness]
"""Says of a program whether it decides every asset as the base does."""


@dataclass(frozen=True, slots=True)
class Found:
    """What came of a mutant: the title of the case that noticed it, or why none did.

    `likeness` is None where nothing was proved.
    """

    killer: str | None = None
    is_same: bool = False
    likeness: Likeness | None = None

    @property
    def state(self) -> Literal["killed", "equivalent", "survived"]:
        """Return it in a word."""
        is_alike = self.likeness is not None and self.likeness.outcome == "equivalent"
        return "equivalent" if self.is_same or is_alike else "survived" if self.killer is None else "killed"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A mutant, and what came of it; None where it was not tried."""

    mutant: Mutant
    found: Found = Found()

    @property
    def state(self) -> Literal["killed", "equivalent", "survived"]:
        """Return it in a word."""
        return self.found.state


class Ground:
    """Where mutants of one rulebook are tried: its desk, and every look that its suites take."""

    def __init__(self, desk: Desk, trials: Sequence[Trial], compare: Compare | None = None) -> None:
        self.desk = desk
        self._compare = compare
        self.book = desk.book(None)
        self.attempts = attempts(desk, trials)
        self._naming: dict[str, list[Attempt]] = {}
        for attempt in self.attempts:
            for rule in attempt.rules:
                self._naming.setdefault(rule, []).append(attempt)
        self._noticed: dict[str, list[Attempt]] = {}
        self._told: dict[int, tuple[Any, ...]] = {}
        self._days = self.book.compiled.starts
        # By a mutant of these a known fact may come to lie beyond its bound.
        fillings = self.book.program.fillings
        bounding = {read.name for filling in fillings for read in reads(filling.expr)}
        self._bounding = bounding | {filling.reason.id for filling in fillings}
        layering = self.book.program.classify.layering
        if layering is not None:
            # Nor are the same layers looked at.
            self._bounding.add(layering.reason.id)

    def outcome(self, mutant: Mutant) -> Found:
        """Return the title of a case that notices a mutant; where none does, whether one could."""
        killer = self.killer(mutant)
        if killer is not None:
            return Found(killer)
        if self.is_same(mutant):
            return Found(is_same=True)
        return Found(likeness=None if self._compare is None else self._compare(mutant.program))

    def killer(self, mutant: Mutant) -> str | None:
        """Return the title of a case that notices a mutant; None where none does."""
        tried = Tried(self, mutant)
        for attempt in self._in_order(mutant):
            if tried.is_noticed(attempt):
                self._remember(mutant, attempt)
                return attempt.title
        return None

    def told_of(self, attempt: Attempt) -> tuple[Any, ...]:
        """Return what the base says to the question of a case, before it is put into words."""
        found = attempt.found
        assert found is not None  # noqa: S101 - asked of nothing else
        if id(attempt) not in self._told:
            self._told[id(attempt)] = told(settle(self.book.compiled, found.snapshot, found.sizes))
        return self._told[id(attempt)]

    def is_bounding(self, mutant: Mutant) -> bool:
        """Tell whether a mutant may find in a question another case: by bounds, or by what lies beneath."""
        return mutant.rule in self._bounding

    def is_same(self, mutant: Mutant) -> bool:
        """Tell whether a mutant runs as the very same code, so that nothing can notice it."""
        base, changed = self.book.program, mutant.program
        return _constants(base) == _constants(changed) and all(
            write(base, day, tracing=is_traced) == write(changed, day, tracing=is_traced)
            and write_bounds(base, day) == write_bounds(changed, day)
            for day in self._days
            for is_traced in (False, True)
        )

    def _in_order(self, mutant: Mutant) -> Iterator[Attempt]:
        """Yield every look once: those that noticed a fault of the rule, or name it, their suites first."""
        remembered = [*self._noticed.get(mutant.rule, ()), *self._noticed.get(mutant.section, ())[:8]]
        first = {id(one): one for one in (*remembered, *self._naming.get(mutant.rule, ()))}
        yield from first.values()
        suites = {one.suite for one in remembered}
        rest = (one for one in self.attempts if id(one) not in first)
        yield from sorted(rest, key=lambda one: (one.is_traced, one.suite not in suites))

    def _remember(self, mutant: Mutant, attempt: Attempt) -> None:
        for key in (mutant.rule, mutant.section):
            noticed = self._noticed.setdefault(key, [])
            if attempt in noticed:
                noticed.remove(attempt)
            noticed.insert(0, attempt)


class Tried:
    """A mutant that is ready to run, as far as it has been asked for."""

    def __init__(self, ground: Ground, mutant: Mutant) -> None:
        self._ground = ground
        self._mutant = mutant
        self._books: dict[bool, Book] = {}

    def is_noticed(self, attempt: Attempt) -> bool:
        """Tell whether a case notices that this is not the rulebook it was written for."""
        try:
            body = self.body(attempt)
        except FactsError as error:
            return not refused(attempt.case, error.problems).holds
        except BROKEN:
            return True
        return body is not None and not _are_met(attempt.case.expected, body)

    def body(self, attempt: Attempt) -> Mapping[str, Any] | None:
        """Return what the mutant says to the question of a case; None where it is the base's word for word.

        Raises `FactsError`.
        """
        book, found = self.book(attempt.is_traced), attempt.found
        if found is None or attempt.is_exhaustive or self._ground.is_bounding(self._mutant):
            desk = Desk(self._ground.desk.catalogue, {book.program.id: book}, book.program.id)
            return assess(desk, attempt.question)
        terms = settle(book.compiled, found.snapshot, found.sizes, tracing=attempt.is_traced)
        if attempt.is_traced:
            return traced(terms)
        if self.tells_alike and told(terms) == self._ground.told_of(attempt):
            return None
        return decide(book.compiled, found.snapshot, found.sizes)

    @cached_property
    def tells_alike(self) -> bool:
        """Whether like terms are put into like words."""
        mutant, base = self.book(False), self._ground.book
        own, other = (one.program for one in (mutant, base))
        return (
            self._mutant.section != "haircut"
            and mutant.compiled.wording == base.compiled.wording
            and [rule.reason.id for rule in own.classify.rules]
            == [rule.reason.id for rule in other.classify.rules]
        )

    def book(self, is_traced: bool) -> Book:
        """Return the mutant as it runs, with what explains or without."""
        if is_traced not in self._books:
            base, program = self._ground.book, self._mutant.program
            compiled = compile_program(program)
            plain = None if not is_traced else self.book(False).compiled
            epochs = {
                n: _epoch(compiled, day) if plain is None else _explaining(plain.at(day), program)
                for n, day in enumerate(compiled.starts)
            }
            self._books[is_traced] = Book(base.files, program, replace(compiled, _epochs=epochs), base.custom)
        return self._books[is_traced]


def _constants(program: Program) -> object:
    """Return what decisions are made by besides generated code."""
    compiled, rating = compile_program(program), program.rating
    weights = [param for param in program.params if param.name == program.estimate_weight]
    return (
        (compiled.scale, compiled.ratings, compiled.wording, compiled.absent),
        (set(rating.ineligible), rating.worthless, program.classify.layering),
        weights,
    )


def told(terms: Terms) -> tuple[Any, ...]:
    """Return all that a decision is put into words from, the amounts of the waterfall among it."""
    outstanding = None if isnan(terms.outstanding) else terms.outstanding
    return (*terms[1:_OUTSTANDING], outstanding, *terms[_OUTSTANDING + 1 : _LOG], *terms[_LOG + 2 :])


def traced(terms: Terms) -> dict[str, Any]:
    """Return the trace of a decision as far as suites look at it."""
    rules = terms.epoch.rules
    lines = [{"rule": rules[n].reason.id, "outcome": plain(outcome)} for n, outcome, *_ in terms.log or ()]
    return {"trace": lines}


def _are_met(expected: Sequence[Expected], body: Mapping[str, Any]) -> bool:
    return all(one.expectation.holds(one.output.take(body)) for one in expected)


def _epoch(compiled: Compiled, day: date) -> Epoch:
    """Return the functions of a day, without what explains."""
    program = compiled.program
    answer = write(program, day)
    evaluate = _loaded(answer.text, "evaluate", program)
    values = {param.name: param.at(day).value for param in program.params}
    weight = values.get(program.estimate_weight)
    return Epoch(
        day,
        evaluate,
        evaluate,
        _loaded(write_bounds(program, day), "bounds", program),
        answer.rules,
        {name: {"value": str(value), "from": ""} for name, value in values.items()},
        (1, 1) if weight is None else weight.as_integer_ratio(),  # type: ignore[union-attr]  # a ratio
    )


def _explaining(epoch: Epoch, program: Program) -> Epoch:
    """Return the functions of a day with what explains: the others are the same."""
    text = write(program, epoch.start, tracing=True).text
    return replace(epoch, explain=_loaded(text, "evaluate", program))


def _loaded(text: str, name: str, program: Program) -> Any:
    """Return a function of generated code; its parts are compiled once for all mutants that share them."""
    names = {**RUNTIME, "Evaluation": Evaluation, "CLASSES": program.classify.order, "ABSENT": ABSENT}
    for part in text.replace("\ndef ", "\n\0def ").split("\0"):
        exec(_code(part), names)  # noqa: S102 - our own source
    return names[name]


@lru_cache(maxsize=256)
def _code(part: str) -> CodeType:
    return compile(part, "<mutant>", "exec")
