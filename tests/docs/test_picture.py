"""The pictures in documents: what the command draws, and shown where a reader meets the decision."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run, run
from tools.picture import PICTURES

__all__ = ["run"]


@pytest.mark.parametrize("file", PICTURES)
def test_a_picture_is_what_the_command_draws(checkout: Path, run: Run, file: str) -> None:
    """Proves that a reader who types the command gets the picture that the document shows, byte for byte."""
    asset, day, venue = PICTURES[file]
    ran = run("assess", asset, "--as-of", day, "--venue", venue, "--size", "1M", "--svg", "-")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.encode() == (checkout / file).read_bytes()


def test_every_picture_is_shown_and_every_image_is_drawn(checkout: Path) -> None:
    """Proves that no image is left that nothing draws, and none that nothing shows."""
    images = {path.relative_to(checkout).as_posix() for path in (checkout / "docs/images").iterdir()}
    assert images == set(PICTURES)
    text = "\n".join(
        (checkout / name).read_text() for name in ("README.md", "docs/analysts.md", "docs/assets.md")
    )
    assert all(f"({file})" in text or f"({file.removeprefix('docs/')})" in text for file in PICTURES)
