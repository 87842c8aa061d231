"""Digests of a rulebook: of its text, and of what it means.

The resolved digest covers ids, reasons, citations and sources, and neither comments nor layout nor
the order of keys nor which file what stands in, so formatting a book does not make it another one.
Nor does it cover that a book is an overlay: written out, it is the same book.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from fractions import Fraction
from hashlib import sha256
from itertools import takewhile
from typing import Any

from pegmark.problems import Span
from pegmark.rulebook.program import Program

_LEFT_OUT = {"span", "text_digest", "resolved_digest", "extends"}


def text_digest(files: Mapping[str, bytes], normal: bytes) -> str:
    """Return the digest of the files by the name they have within the book, and of the filling-in."""
    root = root_of(files)
    named = {name.removeprefix(root): data for name, data in files.items()}
    found = sha256()
    for name, data in (*sorted(named.items()), ("", normal)):
        # A name on disk may be no text.
        found.update(f"{name}\0{len(data)}\0".encode("utf-8", "surrogateescape") + data)
    return f"sha256:{found.hexdigest()}"


def root_of(names: Iterable[str]) -> str:
    """Return the folder that all files lie in, so that where the book lies does not matter."""
    folders = [name.split("/")[:-1] for name in names]
    shared = takewhile(lambda parts: len(set(parts)) == 1, zip(*folders, strict=False))
    return "".join(f"{parts[0]}/" for parts in shared)


def resolved_digest(program: Program) -> str:
    """Return the digest of a program's meaning."""
    return f"sha256:{sha256(repr(_meaning(program)).encode()).hexdigest()}"


def _meaning(value: Any) -> Any:
    """Return a value as nested tuples of texts, spans left out."""
    match value:
        case Span():
            return None
        case None | bool() | int() | str():
            return value
        case Fraction() | date():
            return str(value)
        case tuple():
            return tuple(_meaning(item) for item in value)
    assert is_dataclass(value), value  # noqa: S101 - a program is made of nothing else
    named = sorted(
        (f.name, _meaning(getattr(value, f.name))) for f in fields(value) if f.name not in _LEFT_OUT
    )
    return (type(value).__name__, *named)
