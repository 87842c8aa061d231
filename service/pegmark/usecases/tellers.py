"""Cases that tell mutants from the rulebook they were made from, as few as will do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from pegmark.authoring.mutation import Mutant
from pegmark.authoring.outputs import NoSuchOutput, Output, Outputs, written
from pegmark.engine.compiled import Compiled
from pegmark.engine.decide import settle
from pegmark.engine.report import decide
from pegmark.rulebook.program import Program
from pegmark.usecases.assess import Case
from pegmark.usecases.mutation import BROKEN, Ground, Outcome, Tried, told, traced
from pegmark.usecases.separation import MOST, Candidate, Separation

UNSAID = ("asset", "as_of", "venue", "unknown", "error")
"""Outputs that no rule decides, or that no analyst would look at."""
LATE = ("scores.", "cap.", "haircut.", "ladder.", "unknown_mattered")
"""Outputs in which much comes together, so that others say better what a fault is about."""


@dataclass(slots=True)
class Teller:
    """An asset, and outputs of the rulebook about it as a suite writes them, by which mutants are told."""

    candidate: Candidate
    expect: dict[str, str] = field(default_factory=dict)
    mutants: list[Mutant] = field(default_factory=list)


def tellers(ground: Ground, separation: Separation, survivors: Sequence[Outcome]) -> Iterator[Teller | None]:
    """Yield for each mutant the case that tells it, a new one or one found before; None where none was."""
    found: list[Teller] = []
    names = _Names(ground.book.program)
    rule = None
    for outcome in survivors:
        mutant, likeness = outcome.mutant, outcome.found.likeness
        if mutant.rule != rule:
            separation.forget()
            rule = mutant.rule
        telling = _Telling(ground, separation, names, mutant, None if likeness is None else likeness.values)
        # The rules that were looked at before come first.
        before = (one for one in reversed(found) if telling.tells(one))
        teller = next(before, None) or telling.searched()
        if teller is not None:
            teller.mutants.append(mutant)
            if teller not in found:
                found.append(teller)
        yield teller


class _Names:
    """The outputs of a rulebook, in the order in which they say what a fault is about."""

    def __init__(self, program: Program) -> None:
        self._outputs = Outputs(program)
        self._program = program
        names = [name for name in self._outputs.plain if name not in UNSAID and "counterfactual" not in name]
        names += [f"haircut.steps.{one.reason.id}" for one in (program.haircut.start, *program.haircut.steps)]
        names += [f"cap.limits.{one.reason.id}" for one in program.caps.limits]
        names += [f"conditions.{one.reason.id}" for one in program.conditions]
        names += [f"conditions.{one.reason.id}.applies" for one in program.conditions]
        names += [f"findings.{one.reason.id}" for one in program.review]
        names += ["haircut.reference", "haircut.maintenance", "haircut.initial"]
        self._names = sorted(names, key=lambda name: name.startswith(LATE))

    def differing(self, rule: str, base: Mapping[str, Any], other: Mapping[str, Any]) -> Output | None:
        """Return an output that differs, one of the faulty rule's own first."""
        for name in sorted(self._names, key=lambda name: rule not in name.split(".")):
            output = self._outputs.find(name)
            if output.take(base) != output.take(other):
                return output
        return self._tier(base["ladder"], other["ladder"])

    def traced(self, rule: str) -> Output | None:
        """Return what the trace says of a rule, if it says anything."""
        try:
            return self._outputs.find(f"trace.{rule}")
        except NoSuchOutput:
            return None

    def _tier(self, base: Sequence[Any], other: Sequence[Any]) -> Output | None:
        for start in sorted({tier["from_usd"] for tier in (*base, *other)}):
            for terms in ("maintenance", "initial"):
                output = self._outputs.find(f"ladder.${start}.{terms}")
                if output.take({"ladder": base}) != output.take({"ladder": other}):
                    return output
        return None


class _Telling:
    """One mutant, and where it is held against its base."""

    def __init__(
        self,
        ground: Ground,
        separation: Separation,
        names: _Names,
        mutant: Mutant,
        values: Mapping[str, Any] | None,
    ) -> None:
        self._ground = ground
        self._separation = separation
        self._names = names
        self._mutant = mutant
        self._values = values
        self._tried = Tried(ground, mutant)
        # Points show in no score but at its edges: the trace has them.
        self._is_inward = mutant.section == "scorecards" and "weight" not in mutant.change.place

    def searched(self) -> Teller | None:
        """Return a case for the mutant alone, after looking at as many assets as is reasonable."""
        has_trace = self._names.traced(self._mutant.rule) is not None
        for is_traced in (True, False) if self._is_inward else (False, True):
            if is_traced and not has_trace:
                continue
            for candidate in self._candidates():
                teller = Teller(candidate)
                if self._tells(teller, is_traced):
                    return self._stripped(teller, is_traced)
        return None

    def _candidates(self) -> Iterator[Candidate]:
        if self._values is not None:
            yield from self._separation.like(self._values)
        yield from islice(self._separation.candidates(self._mutant), MOST)

    def _stripped(self, teller: Teller, is_traced: bool) -> Teller:
        """Return the case without the changes, and the components, that do not matter."""
        for change in teller.candidate.changes:
            changes = tuple(other for other in teller.candidate.changes if other is not change)
            teller = self._with(teller, changes, is_traced)
        for fact, said in teller.candidate.changes:
            for row in said if isinstance(said, list) else ():
                changes = tuple(
                    (name, [kept for kept in value if kept is not row] if name == fact else value)
                    for name, value in teller.candidate.changes
                )
                teller = self._with(teller, changes, is_traced)
        return teller

    def _with(self, teller: Teller, changes: tuple[tuple[str, Any], ...], is_traced: bool) -> Teller:
        """Return the case with these changes, if it tells as much."""
        fewer = Teller(replace(teller.candidate, changes=changes))
        return fewer if self._tells(fewer, is_traced) else teller

    def tells(self, teller: Teller) -> bool:
        """Tell whether a case found before tells this mutant too; then it says by what."""
        return self._tells(teller, self._is_inward and self._names.traced(self._mutant.rule) is not None)

    def _tells(self, teller: Teller, is_traced: bool) -> bool:
        asked = self._separation.asked(teller.candidate)
        if asked is None or len(teller.expect) > 12:
            return False
        base, other = self._ground.book.compiled, self._tried.book(is_traced).compiled
        try:
            output, said = self._output(teller.candidate, asked, base, other, is_traced)
        except BROKEN:
            return False
        if output is not None:
            teller.expect[output.name] = written(output.take(said), output)
        return output is not None

    def _output(
        self, candidate: Candidate, asked: Case, base: Compiled, other: Compiled, is_traced: bool
    ) -> tuple[Output | None, Mapping[str, Any]]:
        """Return an output that differs, and what the base says."""
        own = self._separation.remembered(
            (candidate, is_traced), lambda: settle(base, asked.snapshot, asked.sizes, tracing=is_traced)
        )
        terms = settle(other, asked.snapshot, asked.sizes, tracing=is_traced)
        if is_traced:
            output, said = self._names.traced(self._mutant.rule), traced(own)
            same = output is None or output.take(said) == output.take(traced(terms))
            return None if same else output, said
        if self._tried.tells_alike and told(own) == told(terms):
            return None, {}
        body = decide(base, asked.snapshot, asked.sizes)
        return self._names.differing(
            self._mutant.rule, body, decide(other, asked.snapshot, asked.sizes)
        ), body
