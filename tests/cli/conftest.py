"""The command line in this process, and made-up assets that no change of the shipped ones moves."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from pegmark.cli.verbs import run as run_verbs

DATA = Path(__file__).parent / "data"
"""A folder of fixtures: assets and venues that were made up."""
DAY = "2026-01-15"
"""The day of which every made-up asset is known."""


class Ran(NamedTuple):
    """What came of a command."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Made-up fixtures, and no setting of whoever runs the tests."""
    for name in list(os.environ):
        if name.startswith("PEGMARK_") or name in ("NO_COLOR", "COLUMNS", "PYTHONIOENCODING"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PEGMARK_FIXTURES", str(DATA))


@pytest.fixture
def run(capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `pegmark` with the given arguments, `stdin` being what it reads."""

    def ran(*arguments: str, stdin: bytes = b"") -> Ran:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capsysbinary.readouterr()
        code = run_verbs(list(arguments))
        out, err = capsysbinary.readouterr()
        return Ran(code, out.decode(), err.decode())

    return ran
