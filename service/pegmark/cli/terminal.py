"""What a terminal can show: width, colour, bars, columns of text.

Everything is printed through here, so that a pipe gets the same words without the colours.
"""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TextIO

import click

WIDEST, NARROWEST = 100, 60
_EIGHTHS = " ▏▎▍▌▋▊▉█"
_DASHES = dict.fromkeys(map(chr, range(0x2010, 0x2016)), "-")
_ASCII = str.maketrans({**_DASHES, "·": "-", "…": "...", "→": "->", "≤": "<=", "≥": ">=", "\u00d7": "x"})


@dataclass(frozen=True, slots=True)
class Style:
    """How to print: `width` in columns, whether in colour, whether beyond ASCII."""

    width: int = WIDEST
    is_coloured: bool = False
    is_unicode: bool = True

    def paint(self, text: str, *, fg: str | None = None, bold: bool = False, dim: bool = False) -> str:
        """Return `text` in colour, where colour is shown."""
        if not self.is_coloured or not text:
            return text
        return click.style(text, fg=fg, bold=bold or None, dim=dim or None)

    def heading(self, text: str) -> str:
        """Return the heading of a section."""
        return self.paint(text, bold=True)

    def faint(self, text: str) -> str:
        """Return text that is there to be looked up, not read."""
        return self.paint(text, dim=True)

    def bar(self, share: float, width: int = 20) -> str:
        """Return a bar filled to `share` (0-1).

        >>> Style(is_unicode=False).bar(0.5, 8)
        '####....'
        """
        share = min(max(share, 0.0), 1.0)
        if not self.is_unicode:
            full = round(share * width)
            return "#" * full + "." * (width - full)
        eighths = round(share * width * 8)
        full, rest = divmod(eighths, 8)
        bar = "█" * full + (_EIGHTHS[rest] if rest else "")
        return bar + "·" * (width - len(bar))

    def wrapped(self, text: str, indent: int, label: str = "") -> str:
        """Return `text` filled to the width from column `indent`, after `label` on the first line.

        >>> print(Style(60).wrapped("In a margin stands what the text is about.", 11, "label"))
        label      In a margin stands what the text is about.
        """
        plain = click.unstyle(label)
        margin = plain.ljust(indent) if len(plain) < indent else plain
        lines = textwrap.wrap(
            text,
            max(self.width, indent + NARROWEST // 2),
            initial_indent=margin,
            subsequent_indent=" " * indent,
            break_on_hyphens=False,
            break_long_words=False,
        ) or [margin]
        return "\n".join([label + lines[0][len(plain) :], *lines[1:]]).rstrip()


def style_of(stream: TextIO) -> Style:
    """Return how to print to `stream`."""
    is_terminal = stream.isatty()
    width = shutil.get_terminal_size((WIDEST, 24)).columns if is_terminal else WIDEST
    is_coloured = is_terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    encoding = (stream.encoding or "ascii").lower().replace("-", "")
    return Style(min(max(width, NARROWEST), WIDEST), is_coloured, encoding.startswith("utf"))


def say(text: str = "") -> None:
    """Print a line; what the stream cannot encode is replaced, never an error."""
    _print(text, sys.stdout)


def complain(message: str, hint: str | None = None) -> None:
    """Print what is wrong on standard error, in one line, and in another what to do."""
    style = style_of(sys.stderr)
    _print(f"{style.paint('error:', fg='red', bold=True)} {_one_line(message)}", sys.stderr)
    if hint:
        _print(f"{style.paint('hint:', fg='cyan')} {_one_line(hint)}", sys.stderr)


def _print(text: str, stream: TextIO) -> None:
    style = style_of(stream)
    encoding = stream.encoding or "ascii"
    if not style.is_unicode:
        text = text.translate(_ASCII)
    click.echo(text.encode(encoding, "replace").decode(encoding), file=stream, color=style.is_coloured)


def table(
    rows: Sequence[Sequence[str]], right: Sequence[int] = (), indent: int = 2, gap: int = 2
) -> list[str]:
    """Return rows as lines with aligned columns; `right` names the columns that end together.

    >>> table([["a", "1"], ["bb", "10"]], right=[1])
    ['  a    1', '  bb  10']
    """
    widths = [max(len(click.unstyle(cell)) for cell in column) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        cells = []
        for n, cell in enumerate(row):
            pad = " " * (widths[n] - len(click.unstyle(cell)))
            cells.append(pad + cell if n in right else cell + pad)
        lines.append((" " * indent + (" " * gap).join(cells)).rstrip())
    return lines


def _one_line(text: str) -> str:
    # What a user typed is quoted in messages: it may hold line breaks and escape sequences.
    return "".join(c if c.isprintable() else " " for c in text).strip()
