"""The house with a fault planted in it, as `fixtures/planted_faults` says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from pegmark.data import data_root
from pegmark.problems import Problem
from pegmark.rulebook.load import check_files, read_files
from pegmark.rulebook.program import Program

HOUSE = data_root() / "rules" / "house"
FAULTS = data_root() / "fixtures" / "planted_faults"
DAY = date(2026, 12, 1)


@dataclass(frozen=True)
class Fault:
    """A fault by name: what it is, by what it is caught, and the edits that plant it."""

    name: str
    fault: str
    caught: str
    edits: tuple[dict[str, str], ...]

    def planted(self) -> tuple[Program | None, list[Problem]]:
        """Return the house with the fault in it, and what the checker says."""
        files, problems = read_files(HOUSE)
        assert not problems
        edited = {**files}
        for edit in self.edits:
            (name,) = [name for name in files if name.endswith(f"house/{edit['file']}")]
            text = edited[name].decode()
            assert text.count(edit["find"]) == 1, f"{edit['find']!r} stands {text.count(edit['find'])} times"
            edited[name] = text.replace(edit["find"], edit["put"]).encode()
        return check_files(edited)


def faults() -> list[Fault]:
    """Return every fault."""
    found = []
    for path in sorted(FAULTS.glob("*.yaml")):
        said: dict[str, Any] = yaml.safe_load(path.read_text())
        found.append(Fault(path.stem, said["fault"], said["caught"], tuple(said["edits"])))
    return found


def house() -> Program:
    """Return the house as it stands."""
    program, problems = check_files(read_files(HOUSE)[0])
    assert program is not None
    assert not problems
    return program


__all__ = ["DAY", "FAULTS", "HOUSE", "Fault", "Path", "faults", "house"]
