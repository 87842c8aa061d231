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
    """The anchors of a document: those it writes out, and those of headings as GitHub makes them."""
    text = re.sub(r"^```.*?^```$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    heads = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    plain = [re.sub(r"[^\w\- ]", "", head.lower()).strip().replace(" ", "-") for head in heads]
    seen = [plain[:n].count(name) for n, name in enumerate(plain)]
    made = {f"{name}-{count}" if count else name for name, count in zip(plain, seen, strict=True)}
    return made | set(re.findall(r'<a id="([^"]+)"></a>', text))


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


def reached(start: Path, clicks: int) -> set[Path]:
    """The files that a reader gets to from one in at most so many clicks."""
    found = {start}
    for _ in range(clicks):
        found |= {
            (path.parent / target).resolve()
            for path in found
            if path.suffix == ".md"
            for target in (link.partition("#")[0] for link in links(path))
            if target
        }
    return found


def test_every_document_is_two_clicks_away() -> None:
    """Proves that whoever begins at the README finds each document, the reference of the API among them."""
    found = reached(ROOT / "README.md", clicks=2)
    assert ROOT / "openapi/openapi.yaml" in found
    assert [path.relative_to(ROOT).as_posix() for path in documents() if path not in found] == []


def test_a_document_that_is_far_is_seen() -> None:
    """Proves that the test above can fail: pages of problems are not yet there at the first click."""
    near, far = ROOT / "docs/problems/README.md", ROOT / "docs/problems/E0204.md"
    assert {near, far} & reached(ROOT / "README.md", clicks=1) == {near}


def test_decisions_are_numbered_in_order() -> None:
    """Proves that a decision is cited by a number that is its own, and that its title bears it."""
    files = sorted((ROOT / "docs/decisions").glob("[0-9]*.md"))
    assert [file.name[:4] for file in files] == [f"{n:04}" for n in range(1, len(files) + 1)]
    heads = [file.read_text(encoding="utf-8").partition("\n")[0] for file in files]
    assert [head[:8] for head in heads] == [f"# {file.name[:4]}: " for file in files]


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
