"""The waterfall as bars: where each step begins, how far it goes, and what they come to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from pegmark.cli.amounts import share
from pegmark.cli.lexicon import Lexicon
from pegmark.cli.waterfall import LINES
from pegmark.drawing.scale import Shares
from pegmark.drawing.svg import element, label, lines, shortened, text, width_of

ROW, BAR, SIZE = 25.0, 13.0, 13.0
LABELS = (64.0, 190.0)
"""Least and greatest room for what stands before the bars."""
VALUES = 66.0
TOP, LINE = 22.0, 17.0
MINUS = "\u2212"


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of a waterfall: what it is called, from where to where it goes, what is said of it."""

    label: str
    start: float
    end: float
    kind: str
    why: str = ""

    @property
    def is_sum(self) -> bool:
        """Whether it says what the lines before it come to."""
        return self.kind in ("maintenance", "initial")

    @property
    def amount(self) -> float:
        """What it adds."""
        return self.end - self.start


def bars_of(haircut: Mapping[str, Any], words: Lexicon) -> tuple[list[Bar], list[str]]:
    """Return the bars of a haircut, and the rules that take nothing and therefore have none."""
    bars: list[Bar] = []
    idle: list[str] = []
    reached = 0.0
    for line in haircut["waterfall"]:
        rule, amount = line["rule"], line["amount"]
        if amount:
            why = line.get("why") or LINES.get(rule, "")
            bars.append(Bar(rule, reached, reached + amount, "step" if amount > 0 else "back", why))
            reached += amount
        elif rule not in LINES:
            idle.append(rule)
    maintenance, initial = haircut["maintenance"], haircut["initial"]
    if maintenance["reference"]:
        why = f"{share(maintenance['reference'])} of what is left. {words.why(words.reference)}"
        bars.append(Bar("own maintenance", 0.0, maintenance["basis"], "maintenance"))
        bars.append(Bar(words.reference, maintenance["basis"], maintenance["total"], "step", why))
    bars.append(Bar("maintenance", 0.0, maintenance["total"], "maintenance"))
    bars.append(Bar("initial", 0.0, initial["total"], "initial"))
    return bars, idle


def height_of(bars: Sequence[Bar], idle: Sequence[str] = (), width: float = 0) -> float:
    """Return how high the bars are, with what is said below them of the rules that have none."""
    below = _idle(idle, width)
    return TOP + ROW * len(bars) + (10 + LINE * len(below) if below else 0)


def panel(bars: Sequence[Bar], idle: Sequence[str], x: float, y: float, width: float) -> Iterator[str]:
    """Yield the panel that draws them."""
    longest = max(width_of(bar.label, SIZE) for bar in bars)
    left = x + min(max(longest, LABELS[0]), LABELS[1]) + 10
    scale = Shares.up_to(max(max(bar.start, bar.end) for bar in bars))
    room = x + width - VALUES - left

    def at(amount: float) -> float:
        return left + room * amount / scale.most

    end = y + TOP + ROW * len(bars)
    for tick in scale.ticks:
        place = at(float(tick))
        kind = "axis" if tick in (0, 1) else "grid"
        yield element("line", class_=kind, x1=place, x2=place, y1=y + 8, y2=end)
        yield label(share(float(tick)), "quiet small", place, y + 3, "middle")
    for n, bar in enumerate(bars):
        yield from _bar(bar, x, y + TOP + ROW * n, left, at, x + width)
    for n, (bar, after) in enumerate(pairwise(bars)):
        if after.kind != "initial":
            top = y + TOP + ROW * n + BAR
            yield element("line", class_="axis", x1=at(bar.end), x2=at(bar.end), y1=top, y2=top + ROW - BAR)
    for n, line in enumerate(_idle(idle, width)):
        yield label(line, "quiet small", x, end + 18 + LINE * n)


def _bar(
    bar: Bar, x: float, y: float, left: float, at: Callable[[float], float], right: float
) -> Iterator[str]:
    low, high = sorted((at(bar.start), at(bar.end)))
    # What is too little to be seen is drawn all the same; nothing is not.
    width = max(high - low, 1.5) if bar.amount else 0.0
    middle = y + BAR / 2 + 4.5
    class_ = "ink strong" if bar.is_sum else "ink"
    shown = shortened(bar.label, SIZE, left - x - 10)
    yield element(
        "g",
        element("title", text(f"{bar.label} {said(bar)}{': ' if bar.why else ''}{bar.why}")),
        label(shown, class_, x, middle),
        element("rect", class_=bar.kind, x=low, y=y, width=width, height=BAR, rx=1.5),
        label(said(bar), class_, right, middle, "end"),
    )


def said(bar: Bar) -> str:
    """Return how much a bar takes, or gives back."""
    return f"{MINUS if bar.amount < 0 else ''}{share(abs(bar.amount))}"


def _idle(idle: Sequence[str], width: float) -> list[str]:
    return lines(f"Nothing is taken by {', '.join(idle)}.", 11.5, width) if idle else []
