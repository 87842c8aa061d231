"""A case against the decision on its question: what differs, cell by cell, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pegmark.authoring.evidence import Evidence, evidence
from pegmark.authoring.expectation import Anything
from pegmark.authoring.outputs import REFUSAL, Body, written
from pegmark.authoring.suite import Case, Expected
from pegmark.errors import FactProblem
from pegmark.problems import Span
from pegmark.rulebook.program import Program


@dataclass(frozen=True, slots=True)
class Difference:
    """One cell that is not as expected: its output, both sides as a suite writes them, and its place."""

    output: str
    expected: str
    got: str
    span: Span
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a case: the cells that differ, none where it holds."""

    suite: str
    name: str
    row: str | None
    title: str
    span: Span
    differences: tuple[Difference, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether everything is as expected."""
        return not self.differences


def judged(case: Case, differences: Sequence[Difference] = ()) -> Verdict:
    """Return the verdict on a case."""
    return Verdict(case.suite, case.name, case.row, case.title, case.span, tuple(differences))


def is_met(case: Case, body: Body) -> bool:
    """Tell whether a decision is all that a case expects."""
    return all(one.expectation.holds(one.output.take(body)) for one in case.expected)


def decided(case: Case, body: Body, program: Program) -> Verdict:
    """Return the verdict on a case that was decided; `body` explains in full."""
    differing = [one for one in case.expected if not one.expectation.holds(one.output.take(body))]
    return judged(case, [_difference(one, body, program) for one in differing])


def _difference(one: Expected, body: Body, program: Program) -> Difference:
    if one.output.name == REFUSAL:
        got = f"decided: {body['class']}, {body['status']}"
        return Difference(REFUSAL, one.expectation.text, got, one.span, Evidence(body["decided_by"]))
    got = written(one.output.take(body), one.output)
    return Difference(one.output.name, one.expectation.text, got, one.span, evidence(program, one, body))


def refused(case: Case, problems: Sequence[FactProblem]) -> Verdict:
    """Return the verdict on a case whose question is refused: nothing but that can be as expected."""
    codes = sorted({problem.code for problem in problems})
    said = "; ".join(f"{problem.pointer} {problem.message}".strip() for problem in problems)
    body = {REFUSAL: codes}
    differences = []
    for one in case.expected:
        is_refusal = one.output.name == REFUSAL
        if is_refusal and one.expectation.holds(one.output.take(body)):
            continue
        if not is_refusal and isinstance(one.expectation.test, Anything):
            continue
        got = f"refused: {', '.join(codes)}"
        differences.append(
            Difference(one.output.name, one.expectation.text, got, one.span, Evidence(note=said))
        )
    return judged(case, differences)
