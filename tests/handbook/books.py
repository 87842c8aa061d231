"""Handbooks that tests read: the house's, and one of a house in which every text is hostile."""

from __future__ import annotations

import re
from functools import cache
from xml.etree.ElementTree import Element, fromstring

from markdown_it import MarkdownIt

from pegmark.handbook import Page, as_html, as_markdown, handbook
from pegmark.handbook.evidence import Evidence, Tally, tried
from pegmark.rulebook.load import check_files
from pegmark.rulebook.program import Program
from tests.authoring.suites import house, prepared_house

HOSTILE = "<script>alert(1)</script> | `code` *b* _i_ [x](javascript:a) &amp; </details> \\| \"q\" 'a'"
"""What would be markup of one kind or the other, were it taken for that."""
OWN_ID = "ONE <b> | `two`"
"""A source's id, which may be anything."""


def house_program() -> Program:
    """The house rulebook."""
    return prepared_house().program


@cache
def house_evidence() -> Evidence:
    """What the suites of the house show."""
    prepared = prepared_house()
    assert prepared.desk is not None
    return tried(prepared.desk, prepared.suites, prepared.trials)


@cache
def house_page() -> Page:
    """The handbook of the house."""
    return handbook(house_program(), house_evidence())


@cache
def house_html() -> str:
    """The same as HTML."""
    return as_html(house_page(), "../../")


@cache
def house_markdown() -> str:
    """The same as Markdown."""
    return as_markdown(house_page(), "../../")


def changed(*changes: tuple[str, str, str]) -> Program:
    """The house with other words: of a file, what is replaced and by what."""
    texts = dict(house().rules)
    for file, old, new in changes:
        name = next(name for name in texts if name.endswith(file))
        assert old.encode() in texts[name]
        texts[name] = texts[name].replace(old.encode(), new.encode())
    program, problems = check_files(texts, house().normal)
    assert program is not None, problems
    return program


@cache
def hostile_page() -> Page:
    """The handbook of a house in which titles, reasons, ids and cases are hostile."""
    quoted = "'" + HOSTILE.replace("'", "''") + "'"
    source = f"  '{OWN_ID}': {{title: {quoted}, href: ./a b.md}}\n"
    retired = f"retired: [{{id: {quoted}, date: 2026-01-31, why: {quoted}}}]\n"
    program = changed(
        ("classify.yaml", "Not shown to be anything.", quoted),
        ("review.yaml", "Give it no collateral value.", quoted),
        ("backing.yaml", "Who attests.", quoted),
        ("rulebook.yaml", "version: 2026.12.0", f"version: {quoted}"),
        ("rulebook.yaml", "owners: [risk@pegmark.example]", f"owners: [{quoted}]"),
        ("rulebook.yaml", '"House methodology: class"', quoted),
        ("rulebook.yaml", "docs/methodology.md#class", "'javascript:alert(1)'"),
        ("rulebook.yaml", "  METH-CLASS: ", f"{source}  METH-CLASS: "),
        ("rulebook.yaml", "cite: [METH-CLASS]", f"cite: [METH-CLASS, '{OWN_ID}']"),
        ("rulebook.yaml", "rulebook: house", f"{retired}rulebook: house"),
    )  # fmt: skip
    shown = {"CLS-900": ((HOSTILE, HOSTILE),)}
    return handbook(program, Evidence((Tally(HOSTILE, HOSTILE, 1, 0),), shown))


def tree(html: str) -> Element:
    """The document that a page is; raises where it is not well-formed."""
    return fromstring(html.removeprefix("<!DOCTYPE html>\n"))


def read_markdown(markdown: str) -> Element:
    """The document that a reader of Markdown makes of a text."""
    found = MarkdownIt("commonmark").enable("table").render(markdown)
    return fromstring(f"<body>{found}</body>")


def words(element: Element) -> str:
    """The text of an element, each run of spaces as one."""
    return flat("".join(element.itertext()))


def flat(text: str) -> str:
    """A text with each run of spaces as one."""
    return re.sub(r"\s+", " ", text).strip()


def ids(element: Element) -> list[str]:
    """Every anchor of a document."""
    return [found for one in element.iter() if (found := one.get("id")) is not None]


def links(element: Element) -> list[str]:
    """Where every link of a document leads."""
    return [found for one in element.iter() if (found := one.get("href")) is not None]
