"""A small rulebook to begin with: it checks, its cases hold, and its comments say why each thing is there."""

from __future__ import annotations

from pathlib import Path

from pegmark.problems import Position, Problem, Span
from pegmark.rulebook.reading import Reader
from pegmark.rulebook.source import Scalar

_BOOK = Path(__file__).with_name("book")
_NAMED = "rulebook: example\n"


def new_rulebook(id: str) -> dict[str, str]:
    """Return the texts of a rulebook with an id, which `wrong_id` takes, by their names in its folder."""
    paths = sorted(_BOOK.rglob("*.yaml"))
    texts = {path.relative_to(_BOOK).as_posix(): path.read_text(encoding="utf-8") for path in paths}
    named = texts["rulebook.yaml"].replace(_NAMED, f"rulebook: {id}\n", 1)
    return {**texts, "rulebook.yaml": named}


def wrong_id(id: str) -> Problem | None:
    """Return what the checker has against an id of a rulebook.

    >>> wrong_id("desk_7"), wrong_id("7th desk").help
    (None, 'a name is a letter, then letters, digits or `_`, at most 40')
    """
    start = Position(1, 1)
    reader = Reader()
    reader.name(Scalar(id, Span("", start, start), lambda _: start), "rulebook")
    return reader.problems[0] if reader.problems else None
