"""The rulebook that a verb is to use: a path, a name among the rulebooks, or the usual one."""

from __future__ import annotations

import os
from pathlib import Path

from pegmark.errors import NotFound
from pegmark.language import nearest
from pegmark.settings import read_settings


def book_path(named: str | None) -> Path:
    """Return the folder of a rulebook; raises `NotFound` where there is none."""
    settings = read_settings(os.environ)
    name = named or settings.rulebook
    if named and Path(named).exists():
        return Path(named)
    if "/" not in name and (settings.rules / name).is_dir():
        return settings.rules / name
    known = {folder.name: folder for folder in settings.rules.iterdir() if folder.is_dir()}
    near = nearest(name, known)
    raise NotFound("rulebook", name, [near] if near else sorted(known)[:3])
