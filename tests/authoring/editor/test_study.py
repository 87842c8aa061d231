"""What is known of a rulebook while it is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from pegmark.authoring.editor.folders import Texts, books_of, texts_of
from pegmark.authoring.editor.index import Name, index
from pegmark.authoring.editor.study import study
from pegmark.rulebook.load import check_files, normal_file
from tests.authoring.editor.house import known
from tests.rulebook.books import FILE, SOUND
from tools.golden import BROKEN


def texts(text: str = SOUND, **more: str) -> Texts:
    """The small sound rulebook, with other files beside it."""
    rules = {FILE: text.encode(), **{f"tiny/{name}.yaml": said.encode() for name, said in more.items()}}
    return Texts(rules, {}, normal_file())


def test_what_is_wrong_is_what_the_checker_says() -> None:
    """Proves that hearing changes nothing: of every broken rulebook, first read or read again."""
    for case in sorted(path for path in BROKEN.iterdir() if path.is_dir()):
        rules = {path.as_posix(): path.read_bytes() for path in case.rglob("*.yaml")}
        given = Texts(rules, {}, normal_file())
        first = study(given)
        assert list(first.problems) == check_files(rules, normal_file())[1]
        assert study(given, first).problems == first.problems


def test_a_line_half_typed_takes_nothing_else_away() -> None:
    """Proves that of a file that is no YAML just now the names are still known, where they stand."""
    was = study(texts())
    broken = SOUND.replace("params:\n", "params:\n  lim\n")
    for before in (None, was):
        now = study(texts(broken), before)
        assert [problem.code for problem in now.problems] == ["E0001"]
        assert index(now).names("class") == index(was).names("class") != []
        (param, *_) = index(was).names("param")
        assert index(now).defined[Name("param", param)].start.line > 0


def test_the_last_right_rulebook_goes_on_meaning_something() -> None:
    """Proves that a rulebook with an error keeps the program that it was, and one without replaces it."""
    was = study(texts())
    wrong = study(texts(SOUND.replace("language: 1", "language: 2")), was)
    assert (wrong.is_right, wrong.program) == (False, was.program)
    assert study(texts(), wrong).is_right


def test_nothing_is_read_twice() -> None:
    """Proves that a file that did not change keeps its tree, and such a rulebook is not heard again."""
    found = study(texts(more="retired: []\n"))
    again = study(texts(SOUND + "\n", more="retired: []\n"), found)
    assert again.tree("tiny/more.yaml") is found.tree("tiny/more.yaml")
    assert again.tree(FILE) is not found.tree(FILE)
    assert study(again.texts, again).rules is again.rules


def test_a_file_is_of_the_nearest_rulebook(tmp_path: Path) -> None:
    """Proves which rulebook a file belongs to: by its folder, its suites, its filling-in, its open texts."""
    book = tmp_path / "rules/one"
    for name in ("rulebook.yaml", "scorecards/a.yaml", "tests/t.yaml"):
        (book / name).parent.mkdir(parents=True, exist_ok=True)
        (book / name).write_text("rulebook: one\n" if name == "rulebook.yaml" else "a: b\n")
        assert books_of(book / name, {}) == ([book] if (book / "rulebook.yaml").exists() else [])
    assert books_of(tmp_path / "rules/normal.yaml", {}) == [book]
    assert books_of(tmp_path / "rules/other.yaml", {}) == []
    assert books_of(book / "notes.txt", {}) == []
    fresh = tmp_path / "new/rulebook.yaml"
    assert books_of(fresh, {fresh.as_posix(): b"rulebook: new\n"}) == [fresh.parent]


def test_rulebooks_of_one_file_stand_beside_each_other(tmp_path: Path) -> None:
    """Proves that where several files of a folder are headed, each is a rulebook by itself."""
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text("rulebook: x\n")
    assert books_of(tmp_path / "a.yaml", {}) == [tmp_path / "a.yaml"]
    assert list(texts_of(tmp_path / "a.yaml", {}, normal_file()).rules) == [(tmp_path / "a.yaml").as_posix()]


def test_open_texts_stand_for_files(tmp_path: Path) -> None:
    """Proves that what is open replaces what is saved, adds what is new, and that hidden files are none."""
    (tmp_path / "rulebook.yaml").write_text("rulebook: x\n")
    opened = {
        (tmp_path / name).as_posix(): b"open"
        for name in ("rulebook.yaml", "more.yaml", ".hidden.yaml", "tests/t.yaml")
    }
    found = texts_of(tmp_path, opened, normal_file())
    assert {Path(name).name: text for name, text in found.rules.items()} == {
        "rulebook.yaml": b"open",
        "more.yaml": b"open",
    }
    assert [Path(name).name for name in found.suites] == ["t.yaml"]


@pytest.mark.parametrize("kind", ["param", "derived", "source", "class", "band", "pillar", "rule", "fixture"])
def test_every_name_of_the_house_is_found(kind: str) -> None:
    """Proves that names of each kind are known where they are defined, and that what is defined is used."""
    found, places = known()
    listed = [name for name in places.defined if name.kind == kind]
    assert listed
    for name in listed:
        span = places.defined[name]
        line = found.texts.all[span.file].decode().split("\n")[span.start.line - 1]
        assert line[span.start.column - 1 : span.end.column - 1].strip("\"'") == name.text
        assert places.at(span.file, span.start) is not None
    if kind in ("param", "derived", "source", "class"):
        alone = [name.text for name in listed if not places.places(name, defined=False)]
        assert alone == []
