"""The ladder as steps: the haircut of each further dollar, by the size that is reached."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from pegmark.cli.amounts import money, share
from pegmark.drawing.scale import Magnitudes, Shares
from pegmark.drawing.svg import element, label, width_of

Tier = Mapping[str, Any]
Place = Callable[[float], float]
BEYOND = 84.0
"""The room at the right end for what is beyond the cap of an account."""
LEFT, TOP = 44.0, 8.0
NOTHING = "Nothing is taken: each dollar is charged in full."


def panel(ladder: Sequence[Tier], x: float, y: float, width: float, height: float) -> Iterator[str]:
    """Yield the panel that draws a ladder, whose last tier has no end."""
    left, right, top, base = x + LEFT, x + width, y + TOP, y + height
    tiers = [tier for tier in ladder if tier["to_usd"] is not None]
    if not tiers:
        yield element(
            "rect",
            class_="edge",
            x=left,
            y=top,
            width=right - left,
            height=base - top,
            fill="url(#pegmark-beyond)",
        )
        yield from _labels([NOTHING], (left + right) / 2, (top + base) / 2)
        return
    shares = Shares.up_to(max(tier["initial"] for tier in tiers), at_most=5)
    limit = tiers[-1]["to_usd"]
    sizes = Magnitudes.of(tiers[0]["to_usd"], limit)
    edge = right - BEYOND

    def along(amount: float) -> float:
        return left + (edge - left) * sizes.at(amount)

    def up(rate: float) -> float:
        return base - (base - top) * rate / shares.most

    for tick in shares.ticks:
        height_ = up(float(tick))
        yield element("line", class_="grid" if tick else "axis", x1=left, x2=edge, y1=height_, y2=height_)
        yield label(share(float(tick)), "quiet small", left - 6, height_ + 4, "end")
    yield from _sizes(sizes, along, edge, base)
    yield element(
        "rect", class_="edge", x=edge, y=top, width=BEYOND, height=base - top, fill="url(#pegmark-beyond)"
    )
    yield from _labels(["beyond", "100 %"], (edge + right) / 2, (top + base) / 2)
    for which in ("maintenance", "initial"):
        steps = [(along(tier["from_usd"]), along(tier["to_usd"]), up(tier[which])) for tier in tiers]
        outline = " ".join(f"H{start:.1f} V{rate:.1f} H{end:.1f}" for start, end, rate in steps)
        outline = outline.removeprefix(f"H{left:.1f} ")
        if which == "maintenance":
            area = f"M{left:.1f} {base:.1f} {outline} V{base:.1f} Z"
            yield element("path", class_="maintenance under", d=area)
        start = f"M{left:.1f} {steps[0][2]:.1f}"
        yield element("path", class_=f"{which}-line", d=f"{start} {outline}")
    yield from _rates(tiers, along, up, base)


def _sizes(sizes: Magnitudes, along: Place, edge: float, base: float) -> Iterator[str]:
    """Yield the marks of the axis of sizes, as many as stand clear of each other, and of its end."""
    end = money(sizes.most)
    free = edge - width_of(end, 11.5) / 2 - 6
    yield element("line", class_="axis", x1=edge, x2=edge, y1=base, y2=base + 5)
    yield label(end, "ink small strong", edge, base + 19, "middle")
    for decade in reversed(sizes.decades):
        place, name = along(decade), money(decade)
        yield element("line", class_="axis", x1=place, x2=place, y1=base, y2=base + 5)
        half = width_of(name, 11.5) / 2
        if place + half < free:
            yield label(name, "quiet small", place, base + 19, "middle")
            free = place - half - 6


def _rates(tiers: Sequence[Tier], along: Place, up: Place, base: float) -> Iterator[str]:
    """Yield the rates of the tiers that are wide and high enough to bear them."""
    for tier in tiers:
        start, end = along(tier["from_usd"]), along(tier["to_usd"])
        above, below = up(tier["initial"]), up(tier["maintenance"])
        for which, place in (("initial", above - 6), ("maintenance", below + 15)):
            said = share(tier[which])
            if width_of(said, 11.5) < end - start - 4 and place < base - 3:
                yield label(said, f"{which} small strong", (start + end) / 2, place, "middle")


def _labels(said: Sequence[str], x: float, y: float) -> Iterator[str]:
    """Yield lines of text about a place, on a ground of their own."""
    width, height = max(width_of(line, 13) for line in said) + 10, 17.0 * len(said) + 6
    yield element("rect", class_="page", x=x - width / 2, y=y - height / 2, width=width, height=height, rx=3)
    for n, line in enumerate(said):
        place = y + 4.5 + 17 * (n - (len(said) - 1) / 2)
        yield label(line, "quiet", x, place, "middle")
