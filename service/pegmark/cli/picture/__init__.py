"""A decision as a picture: its terms, the waterfall of its haircut, and the ladder beside it.

One SVG that stands alone: no script, nothing loaded from elsewhere, text as text, light or dark as
the reader has it. The same decision gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pegmark.cli.amounts import money, share
from pegmark.cli.decision import STATUS, date_of, in_words
from pegmark.cli.lexicon import Lexicon
from pegmark.cli.picture import bars, tiers
from pegmark.drawing.palette import stylesheet
from pegmark.drawing.svg import element, label, lines, shortened, text, width_of

__all__ = ["picture"]

WIDTH, MARGIN, GAP = 960.0, 28.0, 36.0
WATERFALL = 480.0
HEAD, VALUE, SMALL = 20.0, 15.0, 11.5
"""Sizes of type: of the title, of a term, of what is said of it."""
LEAST = 190.0
"""The least height of a plot."""
CLASS = "pegmark-decision"
_HATCH = element(
    "pattern",
    element("path", class_="hatch", d="M0 8 L8 0"),
    id="pegmark-beyond", width=8, height=8, patternUnits="userSpaceOnUse",
)  # fmt: skip

Body = Mapping[str, Any]


def picture(body: Body, rulebook: str, words: Lexicon) -> str:
    """Return a decision as SVG; of its sizes the waterfall is that of the first."""
    haircut = body["haircuts"][0]
    found, idle = bars.bars_of(haircut, words)
    head, top = _head(body)
    right = MARGIN + WATERFALL + GAP
    begin = top + 34
    plot = max(LEAST, bars.height_of(found))
    foot = begin + max(plot + 26, bars.height_of(found, idle, WATERFALL)) + 26
    whole = foot + 18
    parts = [
        element("title", text(_title(body)), id="pegmark-title"),
        element("desc", text(_described(body, found)), id="pegmark-desc"),
        element("style", stylesheet(f".{CLASS}")),
        element("defs", _HATCH),
        element("rect", class_="page", width=WIDTH, height=whole, rx=8),
        element("rect", class_="edge", x=0.5, y=0.5, width=WIDTH - 1, height=whole - 1, rx=7.5, fill="none"),
        *head,
        label(f"Haircut at {money(haircut['size_usd'])}", "ink strong", MARGIN, top),
        *bars.panel(found, idle, MARGIN, begin, WATERFALL),
        label("Ladder: haircut of each slice", "ink strong", right, top),
        *(_legend(WIDTH - MARGIN, top) if body["ladder"][0]["to_usd"] is not None else ()),
        *tiers.panel(body["ladder"], right, begin, WIDTH - MARGIN - right, plot),
        label(f"In percent of market value, by {rulebook}.", "quiet small", MARGIN, foot),
    ]  # fmt: skip
    drawn = element(
        "svg", "\n", "\n".join(parts), "\n",
        xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {WIDTH:g} {whole:g}", width=WIDTH, height=whole,
        role="img", aria_labelledby="pegmark-title pegmark-desc", class_=CLASS,
    )  # fmt: skip
    return f"{drawn}\n"


def _head(body: Body) -> tuple[list[str], float]:
    """Return what stands above the panels, and how far down it reaches."""
    drawn: list[str] = []
    y = MARGIN + 12
    # A title that takes two lines is not broken within a date.
    unbroken = " · ".join(part.replace(" ", "\u00a0") for part in _title(body).split(" · "))
    for line in lines(unbroken, HEAD, WIDTH - 2 * MARGIN):
        drawn.append(label(line.removesuffix(" ·"), "ink head", MARGIN, y))
        y += 26
    y += 6
    x = MARGIN
    for name, value in _tiles(body):
        shown = shortened(value, VALUE, WIDTH - 2 * MARGIN)
        width = max(width_of(name, SMALL), width_of(shown, VALUE))
        if x > MARGIN and x + width > WIDTH - MARGIN:
            x, y = MARGIN, y + 44
        drawn.append(label(name, "quiet small", x, y))
        drawn.append(label(shown, "ink strong value", x, y + 19))
        x += width + 30
    y += 34
    drawn.append(element("line", class_="edge", x1=MARGIN, x2=WIDTH - MARGIN, y1=y, y2=y))
    return drawn, y + 30


def _title(body: Body) -> str:
    asset = body["asset"] or "An asset without a name"
    return f"{asset} · {date_of(body['as_of'])} · venue {body['venue']}"


def _tiles(body: Body) -> Iterator[tuple[str, str]]:
    cap = body["cap"]
    yield "class", in_words(body["class"])
    yield "status", STATUS[body["status"]][0].partition(",")[0]
    yield "band", body["band"]
    yield "venue takes at most", money(cap["venue_usd"])
    yield "an account", money(cap["account_usd"])
    yield "limit that binds", cap["binding"] or "none"


def _described(body: Body, found: list[bars.Bar]) -> str:
    """Return in words what the picture shows."""
    tiles = "; ".join(f"{name}: {value}" for name, value in _tiles(body))
    charged = ", ".join(f"{bar.label} {bars.said(bar)}" for bar in found)
    ladder = ", ".join(
        f"{share(tier['maintenance'])} and {share(tier['initial'])} to {money(tier['to_usd'])}"
        for tier in body["ladder"]
        if tier["to_usd"] is not None
    )
    size = money(body["haircuts"][0]["size_usd"])
    taken = f"maintenance and initial {ladder}, 100 % beyond" if ladder else "nothing is taken"
    return f"{tiles}. Haircut at {size}: {charged}. Ladder: {taken}."


def _legend(right: float, y: float) -> Iterator[str]:
    """Yield which colour is which, to the left of `right`."""
    for name in ("maintenance", "initial"):
        left = right - width_of(name, SMALL) - 14
        yield element("rect", class_=name, x=left, y=y - 8, width=9, height=9, rx=1.5)
        yield label(name, "quiet small", left + 14, y)
        right = left - 12
