"""What a program says, rule by rule: its reasons, its expressions, and who says them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pegmark.language.nodes import Typed, children
from pegmark.problems import Span
from pegmark.rulebook.expressions import step_expressions
from pegmark.rulebook.program import Bins, Program, Reason


@dataclass(frozen=True, slots=True)
class Told:
    """Why something is there: a rule, a param, a pillar, a retired id; `span` is where it is named."""

    name: str
    why: str
    span: Span


def reasons(program: Program) -> Iterator[tuple[str, Reason]]:
    """Yield the reason of every rule with the list that it stands in, in the order of evaluation."""
    yield from (("normal", filling.reason) for filling in program.fillings)
    classify = program.classify
    yield from (("classify.rules", rule.reason) for rule in classify.rules)
    yield "classify.rules", classify.otherwise_reason
    if classify.layering is not None:
        yield "classify.layer", classify.layering.reason
    for card in program.scorecards:
        yield from ((f"scorecards.{card.pillar}", line.reason) for line in card.characteristics)
    rating = program.rating
    yield from (("rating.knock_outs", rule.reason) for rule in rating.knock_outs)
    yield "rating.status", rating.ineligible_reason
    if rating.worthless is not None:
        yield "rating.status", rating.worthless
    if rating.intake is not None:
        yield "rating.status", rating.intake.reason
    yield from (("rating.status.rules", rule.reason) for rule in rating.statuses)
    haircut = program.haircut
    yield "haircut.start", haircut.start.reason
    yield from (("haircut.steps", step.reason) for step in haircut.steps)
    yield "haircut.bounds", haircut.bounds_reason
    yield "haircut.initial", haircut.initial_reason
    yield "haircut.reference", haircut.reference.reason
    yield from (("caps.limits", limit.reason) for limit in program.caps.limits)
    yield "caps.account", program.caps.account_reason
    yield "ladder", program.ladder.reason
    yield "mark", program.mark.reason
    yield from (("conditions", condition.reason) for condition in program.conditions)
    yield from (("review", finding.reason) for finding in program.review)
    yield from (("guardrails", assertion.reason) for assertion in program.assertions)
    yield from (("guardrails", obligation.reason) for obligation in program.obligations)


def expressions(program: Program) -> Iterator[Typed]:
    """Yield every expression that is written in a rulebook's own sections, fillings included."""
    yield from (filling.expr for filling in program.fillings)
    yield from (derived.expr for derived in program.derived)
    yield from conditions(program)
    for card in program.scorecards:
        for line in card.characteristics:
            yield line.grid.of if isinstance(line.grid, Bins) else line.grid.by
    haircut = program.haircut
    for step in (haircut.start, *haircut.steps, haircut.reference):
        yield from (node for node in step_expressions(step) if node is not step.when)
    yield from (limit.amount for limit in program.caps.limits)
    mark = program.mark
    yield from (mark.basis, mark.quote, mark.close_out)
    yield from (condition.value for condition in program.conditions)
    if program.caps.outstanding is not None:
        yield program.caps.outstanding


def conditions(program: Program) -> Iterator[Typed]:
    """Yield every expression that says when something applies, or what always holds."""
    yield from (rule.when for rule in program.classify.rules)
    yield from (card.applies for card in program.scorecards if card.applies is not None)
    rating = program.rating
    yield from (rule.when for rule in rating.knock_outs)
    yield from (rule.when for rule in rating.statuses)
    yield from (step.when for step in program.haircut.steps if step.when is not None)
    yield from (limit.when for limit in program.caps.limits if limit.when is not None)
    yield program.mark.floor_when
    yield from (condition.when for condition in program.conditions if condition.when is not None)
    yield from (finding.when for finding in program.review)
    yield from (assertion.expr for assertion in program.assertions)


def nodes(expression: Typed) -> Iterator[Typed]:
    """Yield a node and all that are in it, outer ones first."""
    yield expression
    for child in children(expression):
        yield from nodes(child)
