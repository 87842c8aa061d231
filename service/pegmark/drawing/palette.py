"""The colours of a picture, on light and on dark; where nothing asks for dark, it is light."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Colour(NamedTuple):
    """What is painted, on light and on dark."""

    paints: str
    light: str
    dark: str


PALETTE: Mapping[str, Colour] = {
    "page": Colour("fill", "#ffffff", "#0d1117"),
    "edge": Colour("stroke", "#d1d9e0", "#30363d"),
    "ink": Colour("fill", "#1f2328", "#e6edf3"),
    "quiet": Colour("fill", "#59636e", "#9198a1"),
    "grid": Colour("stroke", "#e4e8ec", "#262c34"),
    "axis": Colour("stroke", "#818b98", "#6e7681"),
    "step": Colour("fill", "#4a7fb5", "#6ea8dc"),
    "back": Colour("fill", "#818b98", "#768390"),
    "maintenance": Colour("fill", "#1f4e79", "#b6d4f0"),
    "initial": Colour("fill", "#b4690e", "#e3a04f"),
    "maintenance-line": Colour("stroke", "#1f4e79", "#b6d4f0"),
    "initial-line": Colour("stroke", "#b4690e", "#e3a04f"),
    "hatch": Colour("stroke", "#c3ccd5", "#3d444d"),
}
"""By class of an element. Text has a contrast of 4.5 and more to the page, marks of 3 and more."""

_FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif'
_SHAPES = (
    f"text {{ font: 13px {_FONT}; font-variant-numeric: tabular-nums; }}",
    ".head { font-size: 20px; font-weight: 600; }",
    ".strong { font-weight: 600; }",
    ".small { font-size: 11.5px; }",
    ".grid, .axis, .hatch { fill: none; }",
    ".value { font-size: 15px; }",
    ".maintenance-line, .initial-line { fill: none; stroke-width: 2; stroke-linejoin: round; }",
    ".under { fill-opacity: 0.16; }",
)


def stylesheet(scope: str, where: str = "(prefers-color-scheme: dark)") -> str:
    """Return the style sheet, of no effect outside of `scope`; `where` says in which media it is dark."""
    light = [f".{name} {{ {c.paints}: {c.light}; }}" for name, c in PALETTE.items()]
    dark = [f".{name} {{ {c.paints}: {c.dark}; }}" for name, c in PALETTE.items()]
    rules = [_scoped(scope, rule) for rule in (*_SHAPES, *light)]
    darkened = [f"  {_scoped(scope, rule)}" for rule in dark]
    return "\n".join(["", *rules, f"@media {where} {{", *darkened, "}", ""])


def _scoped(scope: str, rule: str) -> str:
    selectors, _, body = rule.partition(" {")
    return f"{', '.join(f'{scope} {selector}' for selector in selectors.split(', '))} {{{body}"
