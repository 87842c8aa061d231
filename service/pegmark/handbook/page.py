"""What a document is made of, whatever form it takes: blocks, and lines of words, code and links."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote


@dataclass(frozen=True, slots=True)
class Code:
    """Text as it is written in a rulebook; with `asks`, an expression whose names are known."""

    text: str
    asks: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """A name that links lead to, here."""

    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Ref:
    """A link to a place of the same document; `is_name` where its text is a name of the rulebook."""

    text: str
    anchor: str
    is_name: bool = True


@dataclass(frozen=True, slots=True)
class Link:
    """A link to elsewhere."""

    text: str
    href: str


Inline = str | Code | Mark | Ref | Link
Line = tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """The beginning of a chapter (`level` 2) or of a part of one (3)."""

    text: str
    anchor: str
    level: int = 2


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line of words; `is_quiet` where it is there to be looked up."""

    line: Line
    is_quiet: bool = False


def says(*line: Inline) -> Paragraph:
    """Return a paragraph of the parts of its line."""
    return Paragraph(line)


@dataclass(frozen=True, slots=True)
class Items:
    """Lines under each other."""

    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Lines, each with a word for what it says."""

    pairs: tuple[tuple[str, Line], ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table; `numbers` are the columns whose cells end together."""

    heads: tuple[str, ...]
    rows: tuple[tuple[Line, ...], ...]
    numbers: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture as SVG, and a table that says the same."""

    svg: str
    grid: Grid


@dataclass(frozen=True, slots=True)
class Folded:
    """What is shown to whoever asks for it."""

    summary: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """What there is to say of one rule or name, under its id."""

    id: str
    anchor: str
    blocks: tuple[Block, ...]


Block = Heading | Paragraph | Items | Pairs | Grid | Figure | Folded | Entry


@dataclass(frozen=True, slots=True)
class Page:
    """A document: the name of its file, its title, what stands before the contents, and chapters.

    `anchors` leads from the names that expressions hold to where each is told.
    """

    name: str
    title: str
    head: tuple[Block, ...]
    blocks: tuple[Block, ...]
    anchors: Mapping[str, str]


def anchor(name: str, kind: str = "") -> str:
    """Return the anchor of a name, of a `kind` where names of one could be those of another.

    >>> anchor("CLS-010"), anchor("backing.share.crypto", "fact"), anchor("A memo", "source")
    ('CLS-010', 'fact-backing.share.crypto', 'source-A:20memo')
    """
    plain = quote(name, safe="").replace("%", ":")
    return f"{kind}-{plain}" if kind else plain


def joined(lines: Iterator[Inline] | tuple[Inline, ...], between: str = ", ") -> Line:
    """Return the parts of a line with something between each two."""
    found: list[Inline] = []
    for part in lines:
        found += [between, part] if found else [part]
    return tuple(found)


def headings(page: Page) -> Iterator[Heading]:
    """Yield the headings of a document, in order."""
    yield from (block for block in page.blocks if isinstance(block, Heading))
