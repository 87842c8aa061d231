"""The pages of problem codes and of rules of style, as they ship."""

from __future__ import annotations

import re
from pathlib import Path

from pegmark.authoring.lint.rules.registry import CODES as STYLE_CODES
from pegmark.data import data_root
from pegmark.errors import NotFound
from pegmark.language import nearest
from pegmark.rulebook.codes import CODES

CODE = re.compile(r"[A-Z]\d{4}|L\d{3}", re.ASCII)
_PROBLEMS, _STYLE = "docs/problems", "docs/lint"
_NOTE = re.compile(r"^<!-- .* -->\n", re.MULTILINE)
"""A mark around what is generated, which is nothing to a reader."""


def page_codes() -> list[str]:
    """Return every code that has a page."""
    pages = (page for folder in (_PROBLEMS, _STYLE) for page in (data_root() / folder).glob("*.md"))
    return sorted(found.stem for found in pages if CODE.fullmatch(found.stem))


def page_path(code: str) -> Path:
    """Return where the page of a code is."""
    return data_root() / (_STYLE if code in STYLE_CODES else _PROBLEMS) / f"{code}.md"


def title(code: str) -> str:
    """Return the title of a code that a rulebook may have."""
    return STYLE_CODES[code] if code in STYLE_CODES else CODES[code]


def page(code: str) -> str:
    """Return the page of a code, without what is there for machines; raises `NotFound`."""
    codes = page_codes()
    if code not in codes:
        near = nearest(code, codes)
        raise NotFound("problem code", code, [near] if near else [])
    return _NOTE.sub("", page_path(code).read_text(encoding="utf-8")).rstrip()
