"""What refuted a proof, as a suite: cases that fail until the rules are mended, and then guard them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from pegmark.engine.compiled import STATUSES
from pegmark.facts.specification import FactSpec
from pegmark.facts.units import Kind
from pegmark.proof.witness import Difference, Said, Witness
from pegmark.rulebook.program import Program

HEADER = "# What refuted proofs. Each case fails until the rules are mended; take over what should stay."

VENUE = "any_venue"


def as_suite(program: Program, refuted: Sequence[tuple[str, Witness]], specs: Mapping[str, FactSpec]) -> str:
    """Return the text of a suite: of each goal, by name, the worse asset with what it may have at best."""
    lines = [HEADER, "suite: What refuted proofs", "", "venues:", f"  {VENUE}:"]
    lines += ["    note: Nothing is known of it but what a case says.", "", "cases:"]
    for goal, witness in refuted:
        if any(fact.startswith("layer.") for fact in (*witness.better, *witness.worse)):
            lines += [f"  # {goal}: rests on what lies beneath; state that under `layers`.", ""]
            continue
        lines += _case(f"{goal}: as it is", witness.better, witness.day, witness.sizes[0], specs)
        lines.append("    expect: {eligible: any}")
        lines += _case(f"{goal}: no better than that", witness.worse, witness.day, witness.sizes[1], specs)
        lines.append("    expect:")
        lines += [f"      {_expected(program, one)}" for one in witness.differences]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _case(
    name: str, said: Said, day: date, sizes: Sequence[float], specs: Mapping[str, FactSpec]
) -> list[str]:
    lines = [f"  - case: '{name}'", f"    at: {day}"]
    lines.append(f"    venue: {VENUE}")
    lines.append(f"    size: {_number(sizes[0], 'USD')}")
    facts = {fact: value for fact, value in said.items() if not fact.startswith("layer.")}
    if facts:
        lines.append("    facts:")
        lines += [f"      {fact}: {_value(fact, value, specs)}" for fact, value in sorted(facts.items())]
    return lines


def _value(fact: str, value: Any, specs: Mapping[str, FactSpec]) -> str:
    if isinstance(value, list):
        parts = [f"{{kind: {row['kind']}, share: {_number(row['share'], 'ratio')}}}" for row in value]
        return f"[{', '.join(parts)}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else _number(value, specs[fact].kind)


def _number(value: float, kind: Kind) -> str:
    """Return a number in its unit, to the last digit."""
    match kind:
        case "ratio":
            return f"{_plain(value * 100)}%"
        case "days":
            return f"{_plain(value)}d"
        case "USD":
            return f"${_plain(value)}"
    return _plain(value)


def _plain(value: float) -> str:
    return f"{value:.10f}".rstrip("0").rstrip(".")


def _expected(program: Program, one: Difference) -> str:
    """Return what the worse asset may have at best: what the better one has."""
    match one.name:
        case "class":
            order = program.classify.order
            return f"class: [{', '.join(order[order.index(one.before) :])}]"
        case "band":
            bands = [band for band, _ in program.rating.bands]
            return f"band: [{', '.join(bands[bands.index(one.before) :])}]"
        case "status":
            return f"status: [{', '.join(STATUSES[STATUSES.index(one.before) :])}]"
        case "crossed":
            return f"findings: {{lacks: [{one.after}]}}"
        case "cap.venue_usd":
            return f"{one.name}: at most {_number(one.before, 'USD')}"
        case name if name.startswith("haircut."):
            return f"{name}: at least {_number(one.before, 'ratio')}"
    return f"{one.name}: at most {one.before}"
