"""`pegmark new`: what it writes, that the other verbs are content with it, and that it overwrites nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from pegmark.authoring.scaffold import new_rulebook
from tests.cli.conftest import Ran, Run


@pytest.fixture(autouse=True)
def in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, checkout: Path) -> None:
    """A folder of its own, and the venues that ship, which the suite's are like."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PEGMARK_FIXTURES", str(checkout / "fixtures"))


def test_a_new_rulebook_is_what_the_verbs_want(run: Run) -> None:
    """Proves that the book checks, holds its cases and is laid out, and says how to go on."""
    said = "my-house: rulebook my_house, 8 files; next:\n  pegmark check my-house\n  pegmark test my-house\n"
    assert run("new", "my-house") == Ran(0, said, "")
    assert run("check", "my-house") == Ran(0, "my-house: ok, my_house 0.1.0\n", "")
    tried = run("test", "my-house")
    assert (tried.code, tried.err) == (0, "")
    assert tried.out.endswith("my-house: ok, 23 cases, my_house 0.1.0\n")
    assert run("fmt", "--check", "my-house").code == 0
    asked = run("assess", "USDC", "--as-of", "2026-10-07", "--rulebook", "my-house/")
    assert (asked.code, asked.err) == (0, "")


def test_what_is_written(run: Run) -> None:
    """Proves that the folder holds the texts and nothing beside, to be read by whom files here are read."""
    Path("plain").mkdir()
    assert run("new", "mine", "--id", "desk_7").code == 0
    found = {path.relative_to("mine").as_posix(): path.read_text() for path in Path("mine").rglob("*.yaml")}
    assert found == new_rulebook("desk_7")
    assert sorted(path.name for path in Path().iterdir()) == ["mine", "plain"]
    assert Path("mine").stat().st_mode == Path("plain").stat().st_mode


@pytest.mark.parametrize("there", ["file", "folder", "empty", "link"])
def test_nothing_is_overwritten(run: Run, there: str) -> None:
    """Proves that whatever stands at the path is left as it is."""
    Path("file").write_text("mine")
    Path("folder").mkdir()
    Path("folder/rulebook.yaml").write_text("mine")
    Path("empty").mkdir()
    Path("link").symlink_to("nowhere")
    before = sorted(Path().rglob("*"))
    said = f"error: {there}: something is there already\nhint: name a folder that is not there\n"
    assert run("new", there) == Ran(1, "", said)
    assert sorted(Path().rglob("*")) == before
    assert Path("file").read_text() == Path("folder/rulebook.yaml").read_text() == "mine"


def test_a_place_where_nothing_can_be_written_is_told(run: Run) -> None:
    """Proves that each failure is one line, and leaves nothing behind."""
    said = "error: no/where: there is no folder for it\nhint: make `no` first\n"
    assert run("new", "no/where") == Ran(1, "", said)
    ran = run("new", "x" * 300, "--id", "x")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.endswith(": it cannot be written: file name too long\n")
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "missing argument 'PATH'"),
        (["7th-desk"], "`7th_desk` is not a name: a name is a letter, then letters, digits or `_`"),
        (["mine", "--id", "my-house"], "`my-house` is not a name"),
        (["mine", "--id", ""], "`` is not a name"),
    ],
)
def test_wrong_use_exits_2(run: Run, arguments: list[str], message: str) -> None:
    """Proves that an id which no rulebook can have is told, and nothing written."""
    ran = run("new", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"error: {message}")
    assert list(Path().iterdir()) == []
