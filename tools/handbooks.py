"""The handbooks in documents: rulebooks that ship, as `pegmark docs` tells them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pegmark.cli.docs import told
from pegmark.data import data_root
from pegmark.handbook import as_markdown
from tools.tables import Part

HANDBOOKS = {"docs/rulebooks/house.md": "rules/house"}
"""By file, the rulebook that is told."""


def parts() -> Iterator[Part]:
    """Yield every handbook with its file, which is written whole."""
    for file, book in HANDBOOKS.items():
        yield file, "", lambda book=book, file=file: written(book, file)  # type: ignore[misc]


def written(book: str, file: str) -> str:
    """Return a handbook as Markdown, its links leading from its file to the checkout."""
    page = told(data_root() / book, data_root() / "fixtures")
    return as_markdown(page, "../" * len(Path(file).parent.parts))
