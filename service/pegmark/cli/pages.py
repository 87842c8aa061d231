"""The pages of problem codes, as they ship."""

from __future__ import annotations

import re
from pathlib import Path

from pegmark.data import data_root
from pegmark.errors import NotFound
from pegmark.language import nearest

CODE = re.compile(r"[A-Z]\d{4}", re.ASCII)
_NOTE = re.compile(r"^<!-- .* -->\n", re.MULTILINE)
"""A mark around what is generated, which is nothing to a reader."""


def page_codes() -> list[str]:
    """Return every code that has a page."""
    return sorted(found.stem for found in _folder().glob("*.md") if CODE.fullmatch(found.stem))


def page_path(code: str) -> Path:
    """Return where the page of a code is."""
    return _folder() / f"{code}.md"


def page(code: str) -> str:
    """Return the page of a code, without what is there for machines; raises `NotFound`."""
    codes = page_codes()
    if code not in codes:
        near = nearest(code, codes)
        raise NotFound("problem code", code, [near] if near else [])
    return _NOTE.sub("", page_path(code).read_text(encoding="utf-8")).rstrip()


def _folder() -> Path:
    return data_root() / "docs" / "problems"
