"""The house rulebook as an editor has it open, and texts with a mark where something is asked."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from pegmark.authoring.editor.folders import texts_of
from pegmark.authoring.editor.index import Index, index
from pegmark.authoring.editor.study import Study, study
from pegmark.problems import Position
from pegmark.rulebook.load import normal_file

ROOT = Path(__file__).resolve().parents[3]
HOUSE = ROOT / "rules/house"


@cache
def known() -> tuple[Study, Index]:
    """The house rulebook, and where its names stand."""
    found = study(texts_of(HOUSE, {}, normal_file(ROOT / "rules")))
    assert found.problems == ()
    return found, index(found)


def edited(file: str, old: str, new: str) -> tuple[str, str, Position]:
    """The path of a file, its text with `new` in place of `old`, and the place of `|` in it."""
    path = os.path.normpath(HOUSE / file)
    text = known()[0].texts.all[path].decode()
    assert old in text, old
    before, _, after = text.replace(old, new, 1).partition("|")
    return path, before + after, Position(before.count("\n") + 1, len(before) - before.rfind("\n"))
