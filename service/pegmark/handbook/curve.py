"""A curve as a picture: its points, the lines between them, and how it goes on beyond."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

from pegmark.drawing.scale import Shares
from pegmark.drawing.svg import element, label, lines, text, width_of
from pegmark.language.prose import constant
from pegmark.language.types import Kind

WIDTH, HEIGHT = 460.0, 240.0
LEFT, RIGHT, TOP, BOTTOM = 64.0, 16.0, 30.0, 40.0
SMALL = 11.5
BEYOND = 0.06
"""The part of the width that is left at each end for what holds beyond the points."""
CLASS = "pegmark-curve"

Points = Sequence[tuple[Fraction, Fraction]]
Place = Callable[[Fraction], float]


def curve(id: str, does: str, along: str, kind: Kind, points: Points) -> str:
    """Return a curve as SVG: what its amount `does`, by what runs `along` from left to right.

    It takes its colours from the page that it stands in.
    """
    (first, start), (last, end) = points[0], points[-1]
    shares = Shares.up_to(float(max(y for _, y in points)), at_most=5)
    room, least, base = WIDTH - LEFT - RIGHT, LEFT + (WIDTH - LEFT - RIGHT) * BEYOND, HEIGHT - BOTTOM
    named, middle = lines(along, SMALL, room), LEFT + room / 2
    height = HEIGHT + 15 * (len(named) - 1)
    reach = float(last - first) / (room * (1 - 2 * BEYOND))

    def across(x: Fraction) -> float:
        return least + float(x - first) / reach

    def up(y: Fraction) -> float:
        return base - (base - TOP) * float(y) / shares.most

    places = [(across(x), up(y)) for x, y in points]
    said = ", ".join(f"{constant(y, 'ratio')} at {constant(x, kind)}" for x, y in points)
    flat = f"{constant(start, 'ratio')} before and {constant(end, 'ratio')} beyond"
    parts = [
        element("title", text(f"{id}: {does}, by {along}"), id=f"{id}-title"),
        element("desc", text(f"Straight between {len(points)} points: {said}; {flat}."), id=f"{id}-desc"),
        *_heights(shares, up),
        *_axis(kind, points, across, base),
        label(does, "quiet small", LEFT - 8, TOP - 14, "end"),
        *(label(line, "ink small", middle, base + 35 + 15 * n, "middle") for n, line in enumerate(named)),
        _path("beyond", [(LEFT, places[0][1]), places[0]]),
        _path("beyond", [places[-1], (WIDTH - RIGHT, places[-1][1])]),
        _path("initial-line", places),
        *(_point(kind, point, place) for point, place in zip(points, places, strict=True)),
    ]
    return element(
        "svg", *parts,
        xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {WIDTH:g} {height:g}", role="img",
        aria_labelledby=f"{id}-title {id}-desc", class_=CLASS,
    )  # fmt: skip


def _heights(shares: Shares, up: Place) -> Iterator[str]:
    for tick in shares.ticks:
        y = up(tick)
        yield element("line", class_="grid" if tick else "axis", x1=LEFT, x2=WIDTH - RIGHT, y1=y, y2=y)
        yield label(constant(tick, "ratio"), "quiet small", LEFT - 8, y + 4, "end")


def _axis(kind: Kind, points: Points, across: Place, base: float) -> Iterator[str]:
    """Yield a mark below each point, and its name where that stands clear of the one before."""
    free = 0.0
    for x, _ in points:
        place, name = across(x), constant(x, kind)
        half = width_of(name, SMALL) / 2
        middle = min(place, WIDTH - half)
        yield element("line", class_="axis", x1=place, x2=place, y1=base, y2=base + 5)
        if middle - half >= free:
            yield label(name, "quiet small", middle, base + 18, "middle")
            free = middle + half + 6


def _path(class_: str, places: Sequence[tuple[float, float]]) -> str:
    drawn = " L".join(f"{x:.1f} {y:.1f}" for x, y in places)
    return element("path", class_=class_, d=f"M{drawn}")


def _point(kind: Kind, point: tuple[Fraction, Fraction], place: tuple[float, float]) -> str:
    said = f"{constant(point[1], 'ratio')} at {constant(point[0], kind)}"
    return element(
        "circle", element("title", text(said)), class_="initial point", cx=place[0], cy=place[1], r=4
    )
