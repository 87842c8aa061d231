"""The examples in docstrings: each one runs and gives what it says."""

from __future__ import annotations

import doctest
import importlib

import pytest

from tools.docs import ROOT


def _modules() -> list[str]:
    return [
        ".".join(path.relative_to(folder).with_suffix("").parts).removesuffix(".__init__")
        for folder, package in ((ROOT / "service", "pegmark"), (ROOT, "tools"), (ROOT, "bench"))
        for path in sorted((folder / package).rglob("*.py"))
        if ">>> " in path.read_text(encoding="utf-8")
    ]


@pytest.mark.parametrize("module", _modules())
def test_examples_hold(module: str) -> None:
    """Proves that no docstring shows what is not so."""
    results = doctest.testmod(importlib.import_module(module), raise_on_error=False)
    assert results.attempted > 0
    assert results.failed == 0


def test_modules_are_found() -> None:
    """Proves that the list above is not empty for a wrong reason."""
    assert "pegmark.errors" in _modules()
