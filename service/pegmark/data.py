"""Where the files are that ship: `rules`, `fixtures`, `openapi`, `docs/problems` and `docs/lint`.

An installed package carries them beside the code; a checkout has them at its root.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pegmark.errors import NotFound

__all__ = ["data_root"]

_PACKAGE = Path(__file__).resolve().parent


@cache
def data_root() -> Path:
    """Return the folder that holds `rules`, `fixtures`, `openapi`, `docs/problems` and `docs/lint`.

    Raises `NotFound` when neither place has them, as after a partial copy of the code.
    """
    return find_data_root((_PACKAGE / "_data", _PACKAGE.parent.parent))


def find_data_root(candidates: tuple[Path, ...]) -> Path:
    """Return the first candidate that has a folder of rules."""
    for candidate in candidates:
        if (candidate / "rules").is_dir():
            return candidate
    raise NotFound("folder of rules", str(candidates[0] / "rules"))
