"""How far a long run is: a bar on standard error, where somebody sees it and nothing else is written."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from pegmark.cli.documents import STANDARD_INPUT
from pegmark.cli.sources import Inquiry, Line, LineFile, Source

NAMED = 1_000
"""What a question that is no line counts for, in bytes."""
OFTEN = 1 << 14
"""After how many bytes the bar is drawn anew."""

Tell = Callable[[Source, int, int], None]
"""Told of each answer: to what, how many there are now, and how many of them were refused."""


@contextmanager
def progress(inquiry: Inquiry, *, is_shown: bool) -> Iterator[Tell]:
    """Give what is to be told of each answer."""
    if not is_shown:
        yield lambda *_: None
        return
    no_items: Iterator[str] = iter(())  # the bar is told of each, it takes none
    # click's bar: it is there already, and knows terminals.
    with click.progressbar(
        no_items,
        length=_length(inquiry),
        label="answered",
        file=sys.stderr,
        item_show_func=lambda counts: counts,
        update_min_steps=OFTEN,
    ) as bar:

        def tell(source: Source, answered: int, refused: int) -> None:
            said = f"{answered:,}" + (f", {refused:,} refused" if refused else "")
            bar.update(_size(source), said)

        yield tell
        bar.update(OFTEN)  # draws what has been answered since it was last drawn


def _size(source: Source) -> int:
    return source.size if isinstance(source, Line) else NAMED


def _length(inquiry: Inquiry) -> int | None:
    """Return how much there is to read, in bytes, or None where that cannot be known."""
    length = 0
    for named in inquiry.named:
        if not isinstance(named, LineFile):
            length += NAMED
            continue
        found = os.fstat(sys.stdin.fileno()) if named.name == STANDARD_INPUT else Path(named.name).stat()
        if not stat.S_ISREG(found.st_mode):
            return None
        length += found.st_size
    return length
