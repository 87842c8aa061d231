"""What a case that was found expects: what the engine decides now, of the part that the case is about."""

from __future__ import annotations

from collections.abc import Iterator

from pegmark.authoring.coverage.items import Place
from pegmark.authoring.outputs import Body, NoSuchOutput, Outputs, written
from pegmark.rulebook.program import Program


def expectations(program: Program, outputs: Outputs, place: Place, body: Body) -> dict[str, str]:
    """Return outputs and what they came to, as a suite writes them, for a case about the rule at `place`."""
    found = {}
    for name in dict.fromkeys(_names(program, place)):
        try:
            output = outputs.find(name)
        except NoSuchOutput:
            continue
        found[name] = written(output.take(body), output)
    return found


def _names(program: Program, place: Place) -> Iterator[str]:
    """Yield what shows a rule, and no more: a case is not to fail where another rule is changed."""
    section, _, pillar = place.section.partition(".")
    match section:
        case "classify":
            yield from ("class", "decided_by")
        case "scorecards":
            yield f"scores.{pillar}"
        case "rating":
            yield from ("band", "capped_by", "status", "status_by")
        case "haircut" if place.rule == program.haircut.reference.reason.id:
            yield "haircut.reference"
        case "haircut":
            yield from (f"haircut.steps.{place.rule}", "haircut.maintenance", "haircut.initial")
        case "caps" | "ladder":
            yield from (f"cap.limits.{place.rule}", "cap.binding", "cap.venue_usd")
        case "mark":
            yield from ("mark.basis", "mark.floor", "close_out_hours")
        case "conditions" | "review":
            yield "conditions" if section == "conditions" else "findings"
        case _:
            yield from ("class", "status", "band", "haircut.maintenance", "cap.venue_usd", "mark.basis")
