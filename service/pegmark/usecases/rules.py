"""The rules of a checked rulebook, in order, in words: what the command line and the API say of a rule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pegmark.language.nodes import Typed
from pegmark.language.prose import constant, text
from pegmark.language.types import Kind
from pegmark.rulebook.program import Amount, Bins, Characteristic, Curve, Program, Reason, Step, Table

UNKNOWN = {
    "skip": "where it cannot be told, the rule is skipped",
    "match": "where it cannot be told, the rule holds",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule as a reader meets it: what it reads or asks, what follows, and what if it is unknown."""

    section: str
    reason: Reason
    when: str
    then: str
    unknown: str = ""


def rules_of(program: Program) -> Iterator[Rule]:
    """Yield every rule of a program, in the order of evaluation."""
    for filling in program.fillings:
        yield Rule("normal", filling.reason, f"{filling.fact} is unknown", f"it takes {text(filling.expr)}")
    yield from _classify(program)
    for card in program.scorecards:
        for line in card.characteristics:
            yield _characteristic(card.pillar, line)
    yield from _rating(program)
    yield from _haircut(program)
    yield from _caps(program)
    yield Rule(
        "mark", program.mark.reason, "", f"basis {text(program.mark.basis)}, quote {text(program.mark.quote)}"
    )
    for condition in program.conditions:
        yield Rule(
            "conditions",
            condition.reason,
            _when(condition.when),
            f"{condition.code}: {condition.parameter} = {text(condition.value)} ({condition.applies})",
            UNKNOWN.get(condition.on_unknown or "", ""),
        )
    for finding in program.review:
        yield Rule(
            "review",
            finding.reason,
            text(finding.when),
            f"finding {finding.code} ({finding.severity}): {finding.remedy}",
            UNKNOWN.get(finding.on_unknown or "", ""),
        )
    for assertion in program.assertions:
        yield Rule("guardrails", assertion.reason, "", f"always {text(assertion.expr)}")
    for obligation in program.obligations:
        said = ", ".join(f"{name} {value}" for name, value in obligation.parameters)
        yield Rule("guardrails", obligation.reason, "", f"{obligation.kind.replace('_', ' ')}: {said}")


def _when(node: Typed | None) -> str:
    return "" if node is None else text(node)


def _classify(program: Program) -> Iterator[Rule]:
    classify = program.classify
    for rule in classify.rules:
        known = "; estimates do not count as known" if rule.known_only else ""
        unknown = UNKNOWN.get(rule.on_unknown or "", "")
        if rule.on_unknown == "otherwise":
            unknown = f"where it cannot be told, the class is {classify.otherwise}"
        elif rule.on_unknown == "worse":
            unknown = f"where it cannot be told, the class is no better than {rule.then}"
        yield Rule(
            "classify", rule.reason, text(rule.when), f"class {rule.then}", f"{unknown}{known}".lstrip("; ")
        )
    yield Rule("classify", classify.otherwise_reason, "no other rule holds", f"class {classify.otherwise}")
    if classify.layering is not None:
        share = constant(classify.layering.material, "ratio")
        yield Rule(
            "classify",
            classify.layering.reason,
            f"a component that is another asset has a share of at least {share}",
            "class, pillars and band are no better than that asset's",
        )


def _characteristic(pillar: str, line: Characteristic) -> Rule:
    match line.grid:
        case Bins(of, edges, points):
            kind = of.type.kind
            tiers = [f"below {constant(edge, kind)}: {n}" for edge, n in zip(edges, points, strict=False)]
            asked, answer = text(of), ", ".join([*tiers, f"otherwise {points[-1]}"])
        case grid:
            asked, answer = text(grid.by), ", ".join(f"{member}: {n}" for member, n in grid.points)
    then = f"weight {line.weight}, points of {asked}: {answer}"
    return Rule(f"scorecards.{pillar}", line.reason, "", then, f"unknown: {line.unknown}")


def _rating(program: Program) -> Iterator[Rule]:
    rating = program.rating
    for knock_out in rating.knock_outs:
        unknown = UNKNOWN.get(knock_out.on_unknown or "", "")
        yield Rule(
            "rating", knock_out.reason, text(knock_out.when), f"band no better than {knock_out.cap}", unknown
        )
    classes = ", ".join(rating.ineligible)
    yield Rule("rating", rating.ineligible_reason, f"class is one of {classes}", "status ineligible")
    if rating.worthless is not None:
        yield Rule("rating", rating.worthless, "the least account loses everything", "status ineligible")
    if rating.intake is not None:
        asked = f"band is worse than {rating.intake.least}"
        yield Rule("rating", rating.intake.reason, asked, "status no better than no_new")
    for status in rating.statuses:
        unknown = UNKNOWN.get(status.on_unknown or "", "")
        yield Rule(
            "rating", status.reason, text(status.when), f"status no better than {status.then}", unknown
        )


def _haircut(program: Program) -> Iterator[Rule]:
    haircut = program.haircut
    yield _step(haircut.start, "start from")
    for step in haircut.steps:
        yield _step(
            step, {"max": "at least", "min": "at most", "multiply": "multiply by"}.get(step.op, "add")
        )
    low, high, to = (constant(value, "ratio") for value in (haircut.low, haircut.high, haircut.rounding.to))
    yield Rule(
        "haircut",
        haircut.bounds_reason,
        "",
        f"between {low} and {high}, rounded {haircut.rounding.mode} to {to}",
    )
    share, floor = constant(haircut.initial_share, "ratio"), constant(haircut.initial_floor, "ratio")
    yield Rule("haircut", haircut.initial_reason, "", f"initial = maintenance + max({floor}, {share} of it)")
    yield _step(haircut.reference, "haircut of the reference")


def _step(step: Step, verb: str) -> Rule:
    limit = "" if step.limit is None else f", at most {constant(step.limit, 'ratio')}"
    unknown = "" if step.unknown is None else f"unknown: {constant(step.unknown, 'ratio')}"
    said = f"{verb} {_amount(step.amount)}{limit}".replace("multiply by by", "multiply by")
    return Rule("haircut", step.reason, _when(step.when), said, unknown)


def _amount(amount: Amount) -> str:
    match amount:
        case Curve(of, over, points):
            read = text(of) if over is None else f"{text(of)} / {text(over)}"
            kind: Kind = of.type.kind if over is None else "ratio"
            shape = ", ".join(f"{constant(y, 'ratio')} at {constant(x, kind)}" for x, y in points)
            return f"by {read}: {shape}"
        case Table(by, by2, rows):
            read = text(by) if by2 is None else f"{text(by)} and {text(by2)}"
            return f"by {read}: " + ", ".join(
                f"{'/'.join(key)} {constant(value, 'ratio')}" for key, value in rows
            )
        case expression:
            return text(expression)


def _caps(program: Program) -> Iterator[Rule]:
    caps = program.caps
    for limit in caps.limits:
        unknown = "" if limit.unknown is None else f"unknown: {constant(limit.unknown, 'USD')}"
        yield Rule("caps", limit.reason, _when(limit.when), f"at most {text(limit.amount)}", unknown)
    share, least = constant(caps.account_share, "ratio"), constant(caps.least_account, "USD")
    yield Rule(
        "caps", caps.account_reason, "", f"an account at most {share} of the venue's cap, at least {least}"
    )
    points = ", ".join(constant(point, "USD") for point in program.ladder.breakpoints)
    yield Rule("ladder", program.ladder.reason, "", f"breaks at {points}")
