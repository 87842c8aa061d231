"""Haircuts as a table: a column a size, a line a step, and under it what it read and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pegmark.cli.amounts import money, percent
from pegmark.cli.lexicon import Lexicon
from pegmark.cli.terminal import Style, table

Body = Mapping[str, Any]

LINES = {
    "BOUND": "held within the least and the most",
    "ROUND": "rounded to the rulebook's step",
    "INELIGIBLE": "not accepted: worth nothing as collateral",
}
"""Lines that are no rule's."""
NAMES, COLUMN = 24, 12


def haircuts(body: Body, lexicon: Lexicon, style: Style) -> Iterator[list[str]]:
    """Yield the tables of a decision, each with as many sizes as the width holds."""
    at_once = max(1, (style.width - NAMES) // COLUMN)
    found = body["haircuts"]
    for start in range(0, len(found), at_once):
        yield list(_table(found[start : start + at_once], lexicon, style))


def _table(haircuts: Sequence[Body], lexicon: Lexicon, style: Style) -> Iterator[str]:
    rules = list(dict.fromkeys(line["rule"] for haircut in haircuts for line in haircut.get("waterfall", ())))
    lines = {rule: [_line(haircut, rule) for haircut in haircuts] for rule in rules}
    shown = [rule for rule in rules if rule not in LINES or any(map(_amount, lines[rule]))]
    totals = list(_totals(haircuts))
    rows = [
        ["Haircut", *(f"at {money(haircut['size_usd'])}" for haircut in haircuts)],
        *([f"  {rule}", *map(_shown, lines[rule])] for rule in shown),
        *([name, *map(percent, amounts)] for name, amounts in totals),
    ]
    text = table(rows, right=range(1, len(haircuts) + 1), indent=0)
    yield style.heading(text[0])
    for rule, line in zip(shown, text[1:], strict=False):
        yield line
        yield from _notes(rule, [found for found in lines[rule] if found is not None], lexicon, style)
    for line in text[1 + len(shown) :]:
        yield style.heading(line)
    if len(totals) > 2:
        yield style.wrapped(f"{lexicon.why(lexicon.reference)} ({lexicon.reference})", 6)
        yield style.wrapped("In all is 1 - (1 - own) (1 - reference); ladder and cap use it.", 6)


def _line(haircut: Body, rule: str) -> Body | None:
    return next((line for line in haircut["waterfall"] if line["rule"] == rule), None)


def _amount(line: Body | None) -> float:
    return 0.0 if line is None else float(line["amount"])


def _shown(line: Body | None) -> str:
    return "-" if line is None else percent(line["amount"])


def _totals(haircuts: Sequence[Body]) -> Iterator[tuple[str, list[float]]]:
    def part(terms: str, name: str) -> list[float]:
        return [haircut[terms][name] for haircut in haircuts]

    is_claim = any(part("maintenance", "reference"))
    own = ", own" if is_claim else ""
    yield f"Maintenance{own}", part("maintenance", "basis")
    yield f"Initial{own}", part("initial", "basis")
    if is_claim:
        yield "Reference", part("maintenance", "reference")
        yield "Maintenance in all", part("maintenance", "total")
        yield "Initial in all", part("initial", "total")


def _notes(rule: str, found: Sequence[Body], lexicon: Lexicon, style: Style) -> Iterator[str]:
    """Say why a step charges, where it does, and what it read, at each size where that differs."""
    if any(map(_amount, found)):
        yield style.wrapped(found[0].get("why") or LINES.get(rule, ""), 6)
    names = dict.fromkeys(name for line in found for name in line.get("reads", {}))
    said = [
        f"{name} {' / '.join(dict.fromkeys(lexicon.value(name, line['reads'].get(name)) for line in found))}"
        for name in names
    ]
    if said:
        yield from map(style.faint, style.wrapped(f"read {', '.join(said)}", 6).split("\n"))
