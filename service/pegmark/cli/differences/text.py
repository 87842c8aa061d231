"""The report on two rulebooks for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from pegmark.authoring.compare import Change
from pegmark.cli.differences import proof, words
from pegmark.cli.terminal import Style, table
from pegmark.usecases.difference import Difference
from pegmark.usecases.impact import Impact

_COLOURS = {"stricter": "red", "looser": "yellow", "unclear": "cyan"}


def as_text(found: Difference, style: Style) -> str:
    """Return the report."""
    return "\n".join(_lines(found, style))


def _lines(found: Difference, style: Style) -> Iterator[str]:
    yield style.heading(" → ".join(words.books(found)))
    yield words.headline(found)
    for section, changes in words.sections(found):
        yield ""
        yield style.heading(section)
        for change in changes:
            yield from _change(change, style)
    if found.proved is not None:
        yield ""
        yield style.heading("proof")
        yield style.wrapped(proof.headline(found.proved), 2, "  ")
        for line in proof.lines(found.proved):
            yield style.wrapped(line, 6, "  ")
    if found.impact is not None:
        yield ""
        yield from _impact(found.impact, style)


def _change(change: Change, style: Style) -> Iterator[str]:
    sense = words.SENSES[change.sense]
    painted = style.paint(sense, fg=_COLOURS.get(change.sense), dim=change.sense == "none")
    what = change.what or change.kind
    yield f"  {style.paint(change.id, bold=True)}  {what}  {painted}"
    yield style.wrapped(words.said(change), 6, "      ")
    yield style.faint(f"      {words.places(change)}") if words.places(change) else ""


def _impact(impact: Impact, style: Style) -> Iterator[str]:
    yield style.heading("impact")
    yield f"  {words.population(impact)}"
    if not impact.changed:
        return
    yield ""
    found = [(name, f"{was} → {now}", f"{n:,}") for name, was, now, n in words.moves(impact)]
    yield from table(found, right=[2]) if found else []
    yield ""
    rows = [words.HEADING, *map(words.measured, impact.measures)]
    yield from table(rows, right=range(1, len(words.HEADING)))
    yield ""
    yield style.heading("farthest moved")
    for mover in impact.movers:
        yield f"  {style.paint(mover.asked.asset, bold=True)}  {mover.asked.as_of}"
        yield style.wrapped(words.mover(mover), 6, "      ")
        if mover.rules:
            yield style.faint(style.wrapped(f"by {', '.join(mover.rules)}", 6, "      "))
