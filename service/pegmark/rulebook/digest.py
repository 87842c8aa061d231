"""Digests of a rulebook: of its text, and of what it means.

The resolved digest covers ids, reasons, citations and sources, and neither comments nor layout nor
the order of keys, so formatting a book does not make it another one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from fractions import Fraction
from hashlib import sha256
from typing import Any

from pegmark.problems import Span

_LEFT_OUT = {"span", "text_digest", "resolved_digest"}


def text_digest(files: Mapping[str, bytes]) -> str:
    """Return the digest of the files by name."""
    found = sha256()
    for name in sorted(files):
        found.update(f"{name}\0{len(files[name])}\0".encode() + files[name])
    return f"sha256:{found.hexdigest()}"


def resolved_digest(program: Any) -> str:
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
        case tuple() | list():
            return tuple(_meaning(item) for item in value)
    assert is_dataclass(value), value
    named = sorted(
        (f.name, _meaning(getattr(value, f.name))) for f in fields(value) if f.name not in _LEFT_OUT
    )
    return (type(value).__name__, *named)
