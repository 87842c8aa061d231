"""Why an output is what it is: the line of the trace that a reader of a failed case looks for.

Of a class it is the first rule, in the order of evaluation, that did otherwise than it would have had to;
of the rest the rule that decided.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pegmark.authoring.expectation import Members, OneOf
from pegmark.authoring.outputs import Body, at_size, entries, number_written
from pegmark.authoring.suite import Expected
from pegmark.engine.writer import submitted
from pegmark.rulebook.program import Program


@dataclass(frozen=True, slots=True)
class Evidence:
    """A rule and what it left in the trace (None where it leaves nothing), and what else there is to say."""

    rule: str | None = None
    entry: Mapping[str, Any] | None = None
    note: str | None = None


def evidence(program: Program, expected: Expected, body: Body) -> Evidence:
    """Return why an output of a decision, explained in full, is not as expected."""
    output, test = expected.output, expected.expectation.test
    if output.rule is not None:
        return _haircut(body, expected) if output.name.startswith("haircut") else _left_by(body, output.rule)
    if output.form == "members" and isinstance(test, Members):
        differing = _differing(test, output.take(body))
        if output.name.startswith("counterfactuals"):
            return Evidence()
        if output.name.startswith("unknown"):
            return _missing(program, body, differing)
        return _first_left(body, differing)
    match output.name.partition(".")[0]:
        case "class" | "decided_by":
            return _class(program, expected, body)
        case "status" | "eligible":
            return _status(program, body)
        case "band":
            return _band(program, body)
        case "scores":
            return _score(program, body, output.name.partition(".")[2])
        case "haircut" | "haircuts" | "ladder":
            return _haircut(body, expected)
        case "cap" | "binding":
            return _cap(body)
        case "unknown":
            return _missing(program, body, [output.name.partition(".")[2]])
        case "mark" | "close_out_hours":
            return _left_by(body, program.mark.reason.id)
    return Evidence()


def _left_by(body: Body, rule: str, n: int = 0) -> Evidence:
    found = entries(body, rule)
    return Evidence(rule, found[min(n, len(found) - 1)] if found else None)


def _first_left(body: Body, rules: Iterable[str]) -> Evidence:
    """Return the first line of the trace that one of the rules left."""
    wanted = list(rules)
    for entry in body["trace"]:
        if entry["rule"] in wanted:
            return Evidence(entry["rule"], entry)
    return Evidence(wanted[0] if wanted else None)


def _differing(test: Members, got: Sequence[str]) -> list[str]:
    """Return what is there and should not be, and the other way round."""
    found = set(got)
    wrong = (test.has - found) | (test.lacks & found)
    if test.only is not None:
        wrong |= test.only ^ found
    return sorted(wrong)


def _class(program: Program, expected: Expected, body: Body) -> Evidence:
    """Return the first class rule that held, or did not, other than the expected outcome needs."""
    test = expected.expectation.test
    rules = [rule.reason.id for rule in program.classify.rules]
    wanted: list[str] = []
    if isinstance(test, OneOf) and not test.is_not:
        is_class = expected.output.name == "class"
        wanted = [
            rule.reason.id
            for rule in program.classify.rules
            if (rule.then if is_class else rule.reason.id) in test.values
        ]
    by = body["decided_by"]
    place = rules.index(by) if by in rules else len(rules)
    first = next((rule for rule in wanted if rules.index(rule) < place), None)
    return _left_by(body, by if first is None else first)


def _status(program: Program, body: Body) -> Evidence:
    rating = program.rating
    by = body["status_by"]
    if not by:
        return Evidence(None)
    if by[0] in {rule.reason.id for rule in rating.statuses}:
        return _first_left(body, by)
    if by[0] == rating.ineligible_reason.id:
        return Evidence(by[0], None, f"class {body['class']}")
    if rating.intake is not None and by[0] == rating.intake.reason.id:
        return Evidence(by[0], None, f"band {body['band']}")
    is_crossed = by[0] in {assertion.reason.id for assertion in program.assertions}
    return Evidence(by[0], None, "a guardrail is crossed" if is_crossed else "")


def _band(program: Program, body: Body) -> Evidence:
    composite = body["scores"]["composite"]
    cuts = ", ".join(f"{band} from {least}" for band, least in program.rating.bands)
    note = f"composite {composite}; {cuts}"
    if not body["capped_by"]:
        return Evidence(note=note)
    found = _first_left(body, body["capped_by"])
    return Evidence(found.rule, found.entry, note)


def _score(program: Program, body: Body, pillar: str) -> Evidence:
    if pillar == "composite":
        scores = (f"{name} {score}" for name, score in body["scores"].items() if name != pillar)
        return Evidence(note=", ".join(scores))
    card = next(card for card in program.scorecards if card.pillar == pillar)
    lines = [(line.reason.id, line.weight, entries(body, line.reason.id)) for line in card.characteristics]
    points = (f"{rule} {found[0]['outcome']} times {weight}" for rule, weight, found in lines if found)
    return Evidence(note=", ".join(points))


def _haircut(body: Body, expected: Expected) -> Evidence:
    """Return the waterfall, what adds nothing left out, and the line of a step that is asked about."""
    output = expected.output
    found = at_size(body, output.size)
    lines = [line for line in found["waterfall"] if line["amount"]]
    note = ", ".join(f"{line['rule']} {number_written(line['amount'], 'ratio')}" for line in lines)
    if output.rule is None:
        return Evidence(note=note)
    n = body["haircuts"].index(found)
    line = _left_by(body, output.rule, n)
    return Evidence(line.rule, line.entry, note)


def _cap(body: Body) -> Evidence:
    limits = body["cap"]["limits"].items()
    note = ", ".join(f"{rule} {number_written(limit['usd'], 'USD')}" for rule, limit in limits)
    binding = body["cap"]["binding"]
    if binding is None:
        return Evidence(note=note or None)
    found = _left_by(body, binding)
    return Evidence(found.rule, found.entry, note)


def _missing(program: Program, body: Body, facts: Sequence[str]) -> Evidence:
    """Return the first line of the trace that filled one of the facts in, or read it and found nothing."""
    fillings = {filling.reason.id for filling in program.fillings if filling.fact in facts}
    for entry in body["trace"]:
        if entry["rule"] in fillings or any(
            value is None and submitted(name) in facts for name, value in entry["reads"].items()
        ):
            return Evidence(entry["rule"], entry)
    return Evidence(note=f"no rule read {', '.join(facts)} and found nothing" if facts else None)
