"""Where the shipped files are found: beside an installed package, else in the checkout."""

from __future__ import annotations

from pathlib import Path

import pytest

from pegmark.data import data_root, find_data_root
from pegmark.errors import NotFound


def test_a_checkout_is_its_own_data_root(checkout: Path) -> None:
    """Proves that an editable install reads the files that are edited, not a copy of them."""
    assert data_root() == checkout


def test_files_beside_the_package_come_first(tmp_path: Path) -> None:
    """Proves that an installed package never reads a folder that happens to lie above it."""
    installed, above = tmp_path / "_data", tmp_path
    (above / "rules").mkdir()
    assert find_data_root((installed, above)) == above
    (installed / "rules").mkdir(parents=True)
    assert find_data_root((installed, above)) == installed


def test_missing_files_are_named(tmp_path: Path) -> None:
    """Proves that a partial copy says what it lacks."""
    with pytest.raises(NotFound, match="no folder of rules is called"):
        find_data_root((tmp_path,))
