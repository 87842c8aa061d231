"""The report on two rulebooks as a comment on a pull request."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pegmark.authoring.compare import Change
from pegmark.cli.differences import proof, words
from pegmark.cli.terminal import Style
from pegmark.usecases.difference import Difference
from pegmark.usecases.impact import Impact

MOST_ROWS = 200
"""Changes that are listed: a comment has an end."""
_LONGEST = 300


def as_markdown(found: Difference, style: Style) -> str:  # noqa: ARG001 - every form has the same face
    """Return the report; what is long is folded."""
    return "\n".join(_lines(found))


def _lines(found: Difference) -> Iterator[str]:
    before, after = words.books(found)
    yield f"### Rules: {_plain(before)} → {_plain(after)}"
    yield ""
    yield words.headline(found)
    if found.changes:
        yield ""
        rows = [_row(change) for change in found.changes[:MOST_ROWS]]
        yield from _table(("rule", "what", "change", "sense"), rows)
        if len(found.changes) > MOST_ROWS:
            yield f"\nand {len(found.changes) - MOST_ROWS:,} more"
    if found.proved is not None:
        yield ""
        yield f"**Proof.** {proof.headline(found.proved)}"
        told = [f"- {_plain(line)}" for line in proof.lines(found.proved)]
        if told:
            yield ""
            yield from _folded("By which assets", told)
    if found.impact is not None:
        yield ""
        yield from _impact(found.impact)
    if found.changes:
        yield ""
        yield from _folded("Before and after, with places", list(_details(found)))


def _row(change: Change) -> Sequence[str]:
    sense = words.SENSES[change.sense]
    shown = f"**{sense}**" if change.sense in ("stricter", "looser") else sense
    return (
        f"`{change.section}` {_code(change.id)}",
        change.what or change.kind,
        _cell(words.said(change)),
        shown,
    )


def _impact(impact: Impact) -> Iterator[str]:
    yield f"**Impact.** {_plain(words.population(impact))}"
    if not impact.changed:
        return
    yield ""
    found = [(name, _code(was), _code(now), f"{n:,}") for name, was, now, n in words.moves(impact)]
    if found:
        yield from _table(("what", "before", "after", "how many"), found)
        yield ""
    yield from _table(words.HEADING, list(map(words.measured, impact.measures)))
    yield ""
    movers = [
        (f"{_code(one.asked.asset)} {one.asked.as_of}", words.mover(one), ", ".join(map(_code, one.rules)))
        for one in impact.movers
    ]
    yield from _folded("Farthest moved", list(_table(("asset", "terms", "rules"), movers)))


def _details(found: Difference) -> Iterator[str]:
    for change in found.changes[:MOST_ROWS]:
        yield f"- {_code(change.id)} {change.what or change.kind} {_plain(words.places(change))}".rstrip()
        for label, text in (("before", change.before), ("after", change.after)):
            if text is not None:
                yield f"  - {label}: {_code(text)}"


def _folded(title: str, lines: Sequence[str]) -> Iterator[str]:
    # A blank line, or what is folded is not read as Markdown.
    yield from ("<details>", f"<summary>{title}</summary>", "", *lines, "", "</details>")


def _table(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield _cells(heading)
    yield _cells(["---"] * len(heading))
    yield from map(_cells, rows)


def _cells(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _cell(text: str) -> str:
    short = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    return _plain(short) if "`" in short else _code(short)


def _code(text: str) -> str:
    """Return a text as code, whatever it holds."""
    flat = " ".join(text.split())
    fence = "`" * (max((len(run) for run in re.findall("`+", flat)), default=0) + 1)
    pad = " " if flat.startswith("`") or flat.endswith("`") or not flat else ""
    return f"{fence}{pad}{flat}{pad}{fence}"


def _plain(text: str) -> str:
    """Return a text that Markdown takes for nothing else, code in it left as code."""
    parts = re.split("(`[^`]*`)", " ".join(text.split()))
    return "".join(
        part if n % 2 else re.sub(r"([\\*_\[\]<>#~&@])", r"\\\1", part) for n, part in enumerate(parts)
    )
