"""The two forms of a handbook: texts stay texts, and a page of HTML stands alone."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree.ElementTree import Element

import pytest

from pegmark.handbook import as_html, as_markdown
from pegmark.handbook.html import clauses
from pegmark.handbook.page import Code, Grid, Items, Page, Paragraph, anchor
from tests.handbook.books import (
    HOSTILE,
    OWN_ID,
    flat,
    hostile_page,
    house_html,
    ids,
    links,
    read_markdown,
    tree,
    words,
)


def hostile(form: str) -> Element:
    """The hostile handbook, read back from a form."""
    page = hostile_page()
    return tree(as_html(page)) if form == "html" else read_markdown(as_markdown(page))


HTML = """html head meta title style body header nav main h1 h2 h3 h4 h5 p ul li dl dt dd a code span div
  table thead tbody tr th td details summary article figure svg desc line text path circle"""
MARKDOWN = "body h1 h2 h3 h4 p ul li a code table thead tbody tr th td details summary"
ALLOWED = {"html": set(HTML.split()), "markdown": set(MARKDOWN.split())}
"""Every element that a form may hold."""


@pytest.mark.parametrize("form", ALLOWED)
def test_hostile_texts_are_nothing_but_text(form: str) -> None:
    """Proves that what looks like markup is read back as it was written, wherever it stands."""
    found = hostile(form)
    assert {one.tag.rpartition("}")[2] for one in found.iter()} <= ALLOWED[form]
    # Version (twice), owner, two titles of sources, three reasons, a remedy, a retired id and why, a suite
    # with its file, and a case.
    assert words(found).count(flat(HOSTILE)) >= 12
    assert {key for one in found.iter() for key in one.keys() if key.startswith("on")} == set()  # noqa: SIM118


@pytest.mark.parametrize("form", ALLOWED)
def test_hostile_links_lead_nowhere(form: str) -> None:
    """Proves that a source whose link would run something is told without it; others are quoted."""
    found = links(hostile(form))
    assert "./a%20b.md" in found
    assert {link.partition(":")[0] for link in found if not link.startswith(("#", "docs/", "./"))} == {
        "https"
    }


@pytest.mark.parametrize("form", ALLOWED)
def test_hostile_ids_are_anchors_all_the_same(form: str) -> None:
    """Proves that a source may be called anything, and what cites it leads there."""
    found = hostile(form)
    place = anchor(OWN_ID, "source")
    assert place in ids(found)
    assert f"#{place}" in links(found)
    assert len(ids(found)) == len(set(ids(found)))


def test_a_page_stands_alone() -> None:
    """Proves that nothing is run and nothing loaded: no script, no source, no style from elsewhere."""
    found = tree(house_html())
    tags = {one.tag.rpartition("}")[2] for one in found.iter()}
    assert tags.isdisjoint({"script", "link", "img", "iframe", "object", "image", "use"})
    assert {key for one in found.iter() for key in one.attrib} & {
        "src",
        "srcset",
        "style",
        "onclick",
    } == set()
    [sheet] = [one.text or "" for one in found.iter("style")]
    assert not re.search(r"url\(|@import|expression", sheet)
    # Paper is white, though its reader's screen be dark.
    dark = set(re.findall(r"@media ([^{]*dark[^{]*) \{", sheet))
    assert dark == {"screen and (prefers-color-scheme: dark)"}
    assert "@media print" in sheet
    assert sheet.count("{") == sheet.count("}")


def test_a_page_has_what_readers_by_ear_need() -> None:
    """Proves that language, title, one first heading, headings without gaps, and names of parts are there."""
    found = tree(house_html())
    assert found.get("lang") == "en"
    assert words(next(found.iter("title"))) == "Rulebook house 2026.12.0"
    levels = [int(one.tag[1]) for one in found.iter() if re.fullmatch(r"h\d", one.tag)]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert next(found.iter("nav")).get("aria-label") == "Contents"
    assert all(head.get("scope") == "col" for head in found.iter("th"))


def test_names_in_expressions_are_links() -> None:
    """Proves that a name leads to where it is told, a word in quotes does not, and nothing is lost."""
    page = Page("x", "x", (), (Paragraph((Code('a.b > 1 and c == "a.b"', asks=True),)),), {"a.b": "fact-a.b"})
    found = tree(as_html(page))
    assert [link for link in links(found) if link == "#fact-a.b"] == ["#fact-a.b"]
    assert 'a.b > 1 and c == "a.b"' in words(found)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("a or b and c", ["a or ", "b and c"]),
        ("a and (b or c)", ["a and ", "(b or c)"]),
        ('x == " or " and y', ['x == " or " and ', "y"]),
        ("if a and b then c else d and e", ["if a and b then c else d and e"]),
        ("a", ["a"]),
    ],
)
def test_a_condition_is_broken_where_it_is_loosest(said: str, expected: list[str]) -> None:
    """Proves that clauses are what the outermost connective joins, and come to the whole."""
    assert clauses(said) == expected
    assert "".join(clauses(said)) == said


@pytest.mark.parametrize(
    "text",
    [
        *("# no heading", "1. no list", "- no list", "> no quote", "+ no list", "=== no rule", "a_b_c"),
        *("2026.12.0", "a  b", "~~gone~~", "[a]: http://x", "<https://x>", "&lt;", "![a](b)", "a\\"),
        *("``", "---", "_a_", "| a |", "*"),
    ],
)
def test_markdown_says_what_it_is_given(text: str) -> None:
    """Proves that a text is read back as itself from a paragraph, a list, a cell, and as code in each."""
    both: tuple[Paragraph, ...] = (Paragraph((text,)), Paragraph((Code(text),)))
    cells = Grid((text, "code"), ((both[0].line, both[1].line),))
    page = Page("x", "x", (), (*both, Items(tuple(one.line for one in both)), cells), {})
    found = read_markdown(as_markdown(page))
    paragraphs = [words(one) for one in found.findall("p")]
    assert paragraphs == [flat(text)] * 2
    assert [words(one) for one in found.iter("li")] == [flat(text)] * 2
    assert [words(one) for one in found.iter("td")] == [flat(text)] * 2
    assert [words(one) for one in found.iter("th")] == [flat(text), "code"]


def test_what_no_document_may_hold_is_replaced() -> None:
    """Proves that a control character does not break a page."""
    page = Page("x", "a\x00b", (), (Paragraph(("c\x1bd",)),), {})
    assert "a\ufffdb" in words(tree(as_html(page)))
