"""Where the base of an overlay is looked for."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pegmark.errors import RulebookError
from pegmark.rulebook.bases import pin_of, read_base
from pegmark.rulebook.load import check, load, load_base, read_files
from tests.rulebook.books import SOUND, sound
from tests.rulebook.test_overlay import SHARE, text


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """A folder with the sound rulebook and an overlay of it."""
    for name, said in (("tiny/rulebook.yaml", SOUND), ("venue/overlay.yaml", text(SHARE))):
        path = tmp_path / name
        path.parent.mkdir()
        path.write_text(said, encoding="utf-8")
    return tmp_path


def test_the_base_is_beside(rules: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves that the base is found beside the overlay's folder, from wherever that is named."""
    assert load(rules / "venue").extends is not None
    base = load_base(rules / "venue")
    assert base is not None
    assert base.resolved_digest == sound().resolved_digest
    monkeypatch.chdir(rules / "venue")
    assert load(Path()).id == "venue"
    assert load(Path("overlay.yaml")).id == "venue"


def test_a_rulebook_of_its_own_has_no_base(rules: Path) -> None:
    """Proves that nothing is read for what extends nothing."""
    assert load_base(rules / "tiny") is None
    assert read_base(rules / "tiny", read_files(rules / "tiny")[0]) == ({}, [])


def test_the_base_is_where_the_overlay_says(rules: Path) -> None:
    """Proves that `path` is seen from the overlay's folder, may name a file, and is looked at alone."""
    overlay = rules / "venue" / "overlay.yaml"
    shutil.move(rules / "tiny", rules / "far")
    assert [problem.code for problem in check(rules / "venue")[1]] == ["E0401"]
    for path in ("../far", "../far/rulebook.yaml"):
        overlay.write_text(text(SHARE).replace("rulebook: tiny", f"rulebook: tiny, path: {path}"))
        assert load(rules / "venue").id == "venue"
        assert load(overlay).id == "venue"
    overlay.write_text(text(SHARE).replace("rulebook: tiny", f"rulebook: tiny, path: {'x' * 300}"))
    assert [problem.code for problem in check(rules / "venue")[1]] == ["E0401"]


def test_the_base_is_among_the_rulebooks(rules: Path, tmp_path: Path) -> None:
    """Proves that an overlay elsewhere finds its base in the folder of rulebooks."""
    elsewhere = tmp_path / "draft" / "venue"
    shutil.copytree(rules / "venue", elsewhere)
    files = read_files(elsewhere)[0]
    assert read_base(elsewhere, files) == ({}, [])
    assert list(read_base(elsewhere, files, rules)[0]) == [(rules / "tiny/rulebook.yaml").as_posix()]


def test_a_base_that_cannot_be_read_is_told(rules: Path) -> None:
    """Proves that a base without files, or one that is refused, is told of, and is no plain rulebook."""
    (rules / "tiny/rulebook.yaml").write_text("x: [", encoding="utf-8")
    assert [problem.code for problem in check(rules / "venue")[1]] == ["E0404"]
    with pytest.raises(RulebookError):
        load_base(rules / "venue")
    (rules / "tiny/rulebook.yaml").unlink()
    assert [problem.code for problem in check(rules / "venue")[1]] == ["E0013"]


@pytest.mark.parametrize(
    "extends", ["", "x", "{}", "{rulebook: ../tiny}", "{rulebook: [a]}", "[", "{digest: x}"]
)
def test_what_names_no_rulebook_is_looked_for_nowhere(extends: str) -> None:
    """Proves that only a name is looked for, never a path out of the folder of rulebooks."""
    assert pin_of({"a.yaml": f"extends: {extends}\n".encode()}) is None
