"""Links: what a document points to is there, and what points to a document finds it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from pegmark.rulebook.load import load
from tools.replay import ROOT

_LINK = re.compile(r"\]\(([^)\s]+)\)")


def documents() -> list[Path]:
    """Every document that is ours."""
    folders = ("*.md", "rules/*.md", "fixtures/*.md", "docs/**/*.md", "service/**/*.md")
    return sorted(path for pattern in folders for path in ROOT.glob(pattern))


@cache
def anchors(path: Path) -> set[str]:
    """The anchors of a document's headings, as GitHub makes them."""
    text = re.sub(r"^```.*?^```$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    heads = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    plain = [re.sub(r"[^\w\- ]", "", head.lower()).strip().replace(" ", "-") for head in heads]
    seen = [plain[:n].count(name) for n, name in enumerate(plain)]
    return {f"{name}-{count}" if count else name for name, count in zip(plain, seen, strict=True)}


def links(path: Path) -> Iterator[str]:
    """The relative links of a document."""
    text = re.sub(r"^```.*?^```$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    yield from (link for link in _LINK.findall(text) if not re.match(r"[a-z]+:|/", link))


def is_found(base: Path, link: str) -> bool:
    """Whether a link leads to a file, and to a heading of it where it names one."""
    target, _, anchor = link.partition("#")
    path = (base.parent / target).resolve() if target else base
    return path.exists() and (not anchor or anchor in anchors(path))


@pytest.mark.parametrize("path", documents(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(path: Path) -> None:
    """Proves that every relative link of a document leads to a file, and to a heading that it has."""
    assert [link for link in links(path) if not is_found(path, link)] == []


def test_sources_of_rules_lead_somewhere() -> None:
    """Proves that every source that the house rules cite in our documents is a heading that exists."""
    sources = load(ROOT / "rules/house").sources
    ours = [source.href for source in sources if not source.href.startswith("https://")]
    assert len(ours) >= 10
    assert [href for href in ours if not is_found(ROOT / "README.md", href)] == []


def test_a_dead_link_is_seen() -> None:
    """Proves that the tests above can fail."""
    assert is_found(ROOT / "README.md", "docs/methodology.md#haircut")
    assert not is_found(ROOT / "README.md", "docs/methodology.md#nothing")
    assert not is_found(ROOT / "README.md", "docs/nothing.md")
