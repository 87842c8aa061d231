"""The style sheet of a page of HTML: the colours of pictures, for the page about them too."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from pegmark.drawing import palette
from pegmark.drawing.palette import PALETTE, Colour
from pegmark.handbook.curve import CLASS

COLOURS: Mapping[str, Colour] = {
    "page": PALETTE["page"],
    "tint": Colour("fill", "#f6f8fa", "#161b22"),
    "ink": PALETTE["ink"],
    "quiet": PALETTE["quiet"],
    "edge": PALETTE["edge"],
    "link": PALETTE["maintenance"],
    "warm": PALETTE["initial"],
}
"""By the name that the file of styles has for each."""

DARK = "screen and (prefers-color-scheme: dark)"
"""Paper is white, whatever a reader's screen is."""


@cache
def stylesheet() -> str:
    """Return the style sheet of a page, its curves included."""
    light = " ".join(f"--{name}: {colour.light};" for name, colour in COLOURS.items())
    dark = " ".join(f"--{name}: {colour.dark};" for name, colour in COLOURS.items())
    rules = Path(__file__).with_name("handbook.css").read_text(encoding="utf-8")
    return "\n".join(
        [
            "",
            f":root {{ color-scheme: light dark; {light} }}",
            f"@media {DARK} {{ :root {{ {dark} }} }}",
            palette.stylesheet(f".{CLASS}", DARK).strip(),
            rules,
        ]
    )
