"""The pages: our own files, under our own content policy."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pegmark.api import pages
from tests.api.conftest import Ask

FILES = sorted((Path(pages.__file__).with_name("page")).iterdir())


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_file_needs_nothing_from_elsewhere(file: Path) -> None:
    """Proves that no page loads a script, style or font from another host, nor holds one inline."""
    text = file.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"https?://|\burl\(|@import|innerHTML|\son[a-z]+=|\sstyle=|<style", text)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_file_is_served_as_what_it_is(ask: Ask, file: Path) -> None:
    """Proves that a browser, told not to guess, is told what each file is."""
    target = {"home.html": "/", "docs.html": "/docs"}.get(file.name, f"/docs/{file.name}")
    response = ask("GET", target, headers={"accept": "*/*"})
    assert response.content == file.read_bytes()
    expected = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
    assert response.headers["content-type"].startswith(expected[file.suffix])


def test_links_of_the_home_page_lead_somewhere(ask: Ask) -> None:
    """Proves that the way in is a way in."""
    links = re.findall(r'href="([^"]+)"', ask("GET", "/", headers={"accept": "text/html"}).text)
    assert len(links) > 6
    assert {link: ask("GET", link, headers={"accept": "*/*"}).status_code for link in links} == dict.fromkeys(
        links, 200
    )
