"""The house rulebook, and copies of it in which texts are replaced."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pegmark.rulebook.load import check_files
from pegmark.rulebook.program import Program

HOUSE = Path(__file__).parents[2] / "rules/house"
Swap = tuple[str, str, str]
"""A file of the house rulebook, what stands in it, and what is to stand there."""


@cache
def texts() -> dict[str, str]:
    """The texts of the house rulebook by file name."""
    return {
        path.relative_to(HOUSE).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(HOUSE.rglob("*.yaml"))
        if "tests" not in path.parts
    }


def swapped(*swaps: Swap) -> dict[str, str]:
    """The texts with each swap made, once."""
    found = dict(texts())
    for file, old, new in swaps:
        assert old in found[file], old
        found[file] = found[file].replace(old, new, 1)
    return found


@cache
def house(*swaps: Swap) -> Program:
    """The program of the texts with each swap made."""
    program, problems = check_files({name: text.encode() for name, text in swapped(*swaps).items()})
    assert program is not None, problems
    return program
