"""The generated parts of the documents: written in place, and fresh."""

from __future__ import annotations

import pytest

from tools import docs
from tools.docs import main, replaced


def test_only_what_stands_between_the_markers_is_replaced() -> None:
    """Proves that prose around a generated part survives, and that writing twice changes nothing."""
    before = "prose\n<!-- x: written by `make docs` -->\nold\nlines\n<!-- /x -->\nmore prose\n"
    after = replaced(before, "x", "new")
    assert after == "prose\n<!-- x: written by `make docs` -->\nnew\n<!-- /x -->\nmore prose\n"
    assert replaced(after, "x", "new") == after


@pytest.mark.parametrize("text", ["no markers", "<!-- x: opened only -->", "<!-- /x --> closed only"])
def test_lost_markers_stop_the_writing(text: str) -> None:
    """Proves that a document whose markers were lost is not silently left stale."""
    with pytest.raises(ValueError, match="substring not found"):
        replaced(text, "x", "new")


def test_what_is_committed_is_fresh() -> None:
    """Proves that the committed documents say what the code says."""
    assert main(["--check"]) == 0


def test_a_stale_part_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Proves that `make check` says which part of which document to write again."""
    monkeypatch.setattr(docs, "SECTIONS", (("docs/operators.md", "settings", lambda: "something else"),))
    assert main(["--check"]) == 1
    said = capsys.readouterr()
    assert said.out == "stale: docs/operators.md (settings)\n"
    assert "make docs" in said.err
