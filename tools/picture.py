"""The pictures in documents: decisions at $1M, as `pegmark assess --svg` draws them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pegmark.cli.lexicon import lexicon
from pegmark.cli.picture import picture
from tools.tables import Part, decision, desk

PICTURES: Mapping[str, tuple[str, str, str]] = {
    "docs/images/usdc-2026-10-07.svg": ("USDC", "2026-10-07", "reference"),
    "docs/images/usde-2025-10-09.svg": ("USDe", "2025-10-09", "exchange-2025-10"),
}
"""By file: of which asset, as of when, before which venue."""


def parts() -> Iterator[Part]:
    """Yield every picture with its file, which is written whole."""
    for file, asked in PICTURES.items():
        yield file, "", lambda asked=asked: drawn(*asked)  # type: ignore[misc]


def drawn(asset: str, day: str, venue: str) -> str:
    """Return the picture of the decision on a stored asset."""
    program = desk().book(None).program
    return picture(decision(asset, day, venue), f"rules {program.id} {program.version}", lexicon(program))
