"""Do something again whenever rules, suites or fixtures change, until somebody interrupts."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from watchfiles import watch

LOOKS_MS, SETTLES_MS = 100, 200
_SUFFIXES = (".yaml", ".yml")


def watching(paths: Sequence[Path], again: Callable[[Sequence[str]], None]) -> None:
    """Call `again` at once, and with what changed since, for ever.

    Of a folder all YAML files count, of a file itself. Folders may come and go. Raises
    `KeyboardInterrupt`, whenever it comes.
    """
    changed: list[str] = []
    while True:
        folders = sorted(set(_folders(paths)))
        if not folders:
            time.sleep(LOOKS_MS / 1000)
            continue
        is_first = True
        # Each folder by itself, not all that is below it: a suite may stand in a folder that holds the world.
        for found in watch(
            *folders,
            recursive=False,
            watch_filter=None,
            debounce=SETTLES_MS,
            rust_timeout=LOOKS_MS,
            yield_on_timeout=True,
            raise_interrupt=True,
        ):
            changed += sorted(_shown(path) for _, path in found if path.endswith(_SUFFIXES))
            # It yields while nothing happens, too: from the first time on no change is missed.
            if is_first or changed:
                again(list(dict.fromkeys(changed)))
                changed, is_first = [], False
            if sorted(set(_folders(paths))) != folders:
                break


def _folders(paths: Sequence[Path]) -> Iterator[Path]:
    """Yield every folder that is there and may hold what counts."""
    for path in paths:
        if path.is_dir():
            for folder, inner, _ in os.walk(path):
                inner[:] = [name for name in inner if not name.startswith(".")]
                yield Path(folder)
        elif path.parent.is_dir():
            yield path.parent


def _shown(path: str) -> str:
    found, here = Path(path), Path.cwd()
    return str(found.relative_to(here) if found.is_relative_to(here) else found)
