"""The settings of editors that documents show."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from pegmark.cli.verbs import VERBS


@pytest.fixture
def text(checkout: Path) -> str:
    """The document."""
    return (checkout / "docs/editors.md").read_text(encoding="utf-8")


def shown(text: str, language: str) -> list[str]:
    """What the document shows in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def words(value: Any) -> set[str]:
    """Every text in settings, keys left out."""
    match value:
        case dict():
            return {word for inner in value.values() for word in words(inner)}
        case list():
            return {word for inner in value for word in words(inner)}
    return {Path(str(value)).name}


READERS: Mapping[str, Callable[[str], Any]] = {"json": json.loads, "toml": tomllib.loads}


@pytest.mark.parametrize(("language", "count"), [("json", 2), ("toml", 1)])
def test_settings_can_be_read_and_start_the_server(text: str, language: str, count: int) -> None:
    """Proves that settings are well formed, and name the command and the verb."""
    found = shown(text, language)
    assert "lsp" in VERBS
    assert len(found) == count
    for settings in found:
        assert words(READERS[language](settings)) >= {"pegmark", "lsp"}


@pytest.mark.parametrize("language", ["lua", "elisp"])
def test_programs_close_what_they_open(text: str, language: str) -> None:
    """Proves that settings which are programs have their brackets and quotes in pairs, and name the verb."""
    (program,) = shown(text, language)
    bare, pairs = re.sub(r'"[^"\n]*"', "", program), {")": "(", "}": "{", "]": "["}
    opened: list[str] = []
    for character in bare:
        if character in pairs.values():
            opened.append(character)
        elif character in pairs:
            assert opened.pop() == pairs[character]
    assert not opened
    assert '"' not in bare
    assert re.search(r'"pegmark",? "lsp"', program)


def test_every_editor_that_is_named_has_settings(text: str) -> None:
    """Proves that each section of an editor shows what to write."""
    sections = re.findall(r"^## (.*?)\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    editors = [title for title, body in sections if "```" in body]
    assert editors == ["VS Code", "Neovim", "Helix", "Zed", "Emacs"]
