"""What is said of two rulebooks, in words that a terminal and a pull request share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pegmark.authoring.compare import Change
from pegmark.cli.amounts import money, percent
from pegmark.engine.emit import MICRO, ONE
from pegmark.usecases.difference import Difference
from pegmark.usecases.impact import Impact, Measure, Mover

SENSES = {
    "stricter": "stricter",
    "looser": "looser",
    "unclear": "unclear",
    "none": "words alone",
}
NOTHING = "nothing"


def headline(found: Difference) -> str:
    """Return how many changes there are, and of what sense."""
    count = len(found.changes)
    if not count:
        return "No rule says anything otherwise."
    senses = ", ".join(f"{n} {word}" for sense, word in SENSES.items() if (n := found.count(sense)))
    return f"{count} {'change' if count == 1 else 'changes'}: {senses}."


def books(found: Difference) -> tuple[str, str]:
    """Return the names of both rulebooks, with their versions."""
    before, after = found.before.program, found.after.program
    return f"{before.id} {before.version}", f"{after.id} {after.version}"


def said(change: Change, arrow: str = " → ") -> str:
    """Return what became of a part, as short as it can be said."""
    match change.kind:
        case "added":
            return change.after or ""
        case "removed":
            return change.before or ""
        case "renamed":
            return f"was {change.before}"
    if change.edits:
        return "; ".join(change.edits)
    return f"{change.before or NOTHING}{arrow}{change.after or NOTHING}"


def places(change: Change) -> str:
    """Return where it stands, before and after; once where that is the same."""
    found = [f"{span.file}:{span.start.line}" for span in (change.before_at, change.after_at) if span]
    return " → ".join(dict.fromkeys(found))


def sections(found: Difference) -> Iterator[tuple[str, list[Change]]]:
    """Yield the changes of each section, in the order of evaluation."""
    for section in dict.fromkeys(change.section for change in found.changes):
        yield section, [change for change in found.changes if change.section == section]


def population(impact: Impact) -> str:
    """Return whom both rulebooks were asked about, and how many get other terms."""
    refused = f", {impact.refused:,} refused" if impact.refused else ""
    return f"{impact.changed:,} of {impact.decided:,} get other terms ({impact.population}{refused})."


def moves(impact: Impact) -> list[tuple[str, str, str, int]]:
    """Return who changes class, band or status: what, from, to, and how many."""
    return [(name, was, now, n) for name, found in impact.moves.items() for was, now, n in found]


HEADING = ("", "better", "worse", "same", "least", "5 %", "median", "95 %", "most")


def measured(measure: Measure) -> Sequence[str]:
    """Return how a number moved, as cells beneath `HEADING`; quantiles are of those that moved."""
    name = "venue cap" if measure.size is None else f"{measure.name} at {money(measure.size)}"
    counts = (f"{n:,}" for n in (measure.better, measure.worse, measure.unchanged))
    values = [measure.least, *(measure.quantiles.get(q) for q in (0.05, 0.5, 0.95)), measure.most]
    show = _signed_money if measure.size is None else _signed_percent
    return (name, *counts, *("" if value is None else show(value) for value in values))


def mover(one: Mover) -> str:
    """Return what became of one that got other terms, in a line."""
    before, after = one.before, one.after
    parts = [
        f"{was} → {now}".replace("_", " ")
        for was, now in zip(before[:3], after[:3], strict=True)
        if was != now
    ]
    if before.initial != after.initial:
        was, now = (percent(outcome.initial[0] / ONE) for outcome in (before, after))
        parts.append(f"initial {was} → {now}")
    if before.maintenance != after.maintenance:
        was, now = (percent(outcome.maintenance[0] / ONE) for outcome in (before, after))
        parts.append(f"maintenance {was} → {now}")
    if before.cap != after.cap:
        was, now = (money(outcome.cap / MICRO) for outcome in (before, after))
        parts.append(f"cap {was} → {now}")
    return ", ".join(parts)


def _signed_money(value: float) -> str:
    return f"{'+' if value > 0 else '-' if value < 0 else ''}{money(abs(value))}"


def _signed_percent(value: float) -> str:
    return f"{value * 100:+.2f} %"
