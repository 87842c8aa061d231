"""Where the base of an overlay is: beside it, where it says, or among the rulebooks that are served."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from pegmark.problems import Problem
from pegmark.rulebook.files import oversized, read_files
from pegmark.rulebook.overlay import Pin, is_overlay, read_pin
from pegmark.rulebook.reading import Reader
from pegmark.rulebook.source import parse

_WORD = b"extends"


def pin_of(files: Mapping[str, bytes]) -> Pin | None:
    """Return what an overlay rests on, or None for any other rulebook, and where that cannot be read."""
    if oversized(files):
        return None
    for file, data in files.items():
        tree = parse(data, file)[0] if _WORD in data else None
        if tree is not None and is_overlay({file: tree}):
            for key, node in tree.entries:
                if key.text == "extends":
                    reader = Reader()
                    pin = read_pin(reader, node)
                    return None if any(problem.code == "E0306" for problem in reader.problems) else pin
    return None


def read_base(
    path: Path, files: Mapping[str, bytes], rules: Path | None = None
) -> tuple[dict[str, bytes], list[Problem]]:
    """Return the files that the overlay at `path` extends; none where it is none, or they are not there.

    `rules` is a folder of rulebooks to look in when the base is not beside.
    """
    pin = pin_of(files)
    if pin is None:
        return {}, []
    folder = path if path.is_dir() else path.parent
    if pin.path is not None:
        places = [Path(os.path.normpath(folder / pin.path))]
    else:
        above = folder.parent if folder.name not in ("", "..") else folder.resolve().parent
        places = [near / pin.rulebook for near in (above, rules) if near is not None]
    try:
        found = next((place for place in places if place.exists()), None)
    except OSError:
        return {}, []  # Too long for the name of a file.
    return ({}, []) if found is None else read_files(found)
