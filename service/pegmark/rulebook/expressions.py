"""Every expression of a program, found by walking it: what is read, where, is asked of this."""

from __future__ import annotations

from collections.abc import Iterator

from pegmark.language.nodes import Typed
from pegmark.rulebook.program import Amount, Bins, Curve, Program, Step, Table


def expressions(program: Program) -> list[Typed]:
    """Return every expression of a program, section by section, in the order of evaluation."""
    return [node for node in _all(program) if node is not None]


def rating_expressions(program: Program) -> list[Typed]:
    """Return the expressions that class, scores, band and status come from."""
    return [
        node for node in (*_classify(program), *_scorecards(program), *_rating(program)) if node is not None
    ]


def amount_expressions(amount: Amount) -> tuple[Typed, ...]:
    """Return the expressions that an amount is worked out from."""
    match amount:
        case Curve(of, over, _):
            return (of,) if over is None else (of, over)
        case Table(by, by2, _):
            return (by,) if by2 is None else (by, by2)
        case expression:
            return (expression,)


def step_expressions(step: Step) -> tuple[Typed, ...]:
    """Return the expressions of a step, its condition first."""
    amount = amount_expressions(step.amount)
    return amount if step.when is None else (step.when, *amount)


def _all(program: Program) -> Iterator[Typed | None]:
    yield from (filling.expr for filling in program.fillings)
    yield from (derived.expr for derived in program.derived)
    yield from _classify(program)
    yield from _scorecards(program)
    yield from _rating(program)
    haircut = program.haircut
    for step in (haircut.start, *haircut.steps, haircut.reference):
        yield from step_expressions(step)
    for limit in program.caps.limits:
        yield from (limit.when, limit.amount)
    yield program.caps.outstanding
    mark = program.mark
    yield from (mark.basis, mark.quote, mark.floor_when, mark.close_out)
    for condition in program.conditions:
        yield from (condition.when, condition.value)
    yield from (finding.when for finding in program.review)
    yield from (assertion.expr for assertion in program.assertions)


def _classify(program: Program) -> Iterator[Typed]:
    yield from (rule.when for rule in program.classify.rules)


def _scorecards(program: Program) -> Iterator[Typed | None]:
    for card in program.scorecards:
        yield card.applies
        for line in card.characteristics:
            yield line.grid.of if isinstance(line.grid, Bins) else line.grid.by


def _rating(program: Program) -> Iterator[Typed]:
    yield from (knock_out.when for knock_out in program.rating.knock_outs)
    yield from (status.when for status in program.rating.statuses)
