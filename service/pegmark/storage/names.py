"""What files of facts are about, found without reading the facts: for whoever only wants names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

_HEAD = 4096
"""How much of a file is looked at: what it is about stands first."""


def stated(folder: Path, *keys: str) -> Iterator[tuple[str, ...]]:
    """Yield what each file of a folder states under `keys`, where it states them all at its beginning."""
    patterns = [re.compile(rf"^{key}: *[\"']?([^\"'\s]+)", re.MULTILINE) for key in keys]
    for path in sorted(folder.rglob("*.yaml")):
        with path.open(encoding="utf-8", errors="replace") as opened:
            head = opened.read(_HEAD)
        found = [match[1] for pattern in patterns if (match := pattern.search(head))]
        if len(found) == len(keys):
            yield tuple(found)
