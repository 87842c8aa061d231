"""Files: which are a rulebook's, and that no folder, however odd, brings anything but a problem."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pegmark.errors import RulebookError
from pegmark.problems import Position
from pegmark.rulebook.files import MAX_FILES, MAX_SEEN, MAX_TOTAL, read_files
from pegmark.rulebook.load import check, check_files, load
from pegmark.rulebook.source import MAX_BYTES
from tests.rulebook.books import SOUND


def refused(path: Path) -> tuple[str, str]:
    """Return code and message of the one problem that keeps a path from being read."""
    files, (problem,) = read_files(path)
    assert files == {} or problem.code == "E0015"
    program, problems = check(path)
    assert program is None
    assert problems == [problem]
    assert problem.span is not None
    assert problem.span.start == Position(1, 1)
    assert problem.help
    return problem.code, problem.message


def test_a_folder_is_read_with_its_folders(tmp_path: Path) -> None:
    """Proves which files are a rulebook's: `.yaml`, neither hidden nor its tests, in any folder."""
    for name in ("a.yaml", "b/c.yaml", "d.yaml/e.yaml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    for name in ("tests/case.yaml", "b/tests/case.yaml", ".hidden.yaml", ".git/x.yaml", "notes.txt", "yaml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("y")
    (tmp_path / ".#lock.yaml").symlink_to("user@host.123")
    files, problems = read_files(tmp_path)
    assert problems == []
    assert [Path(name).relative_to(tmp_path).as_posix() for name in files] == [
        "a.yaml",
        "b/c.yaml",
        "d.yaml/e.yaml",
    ]


def test_one_file_is_a_rulebook(tmp_path: Path) -> None:
    """Proves that a rulebook may be a single file, whatever its name, and that it may be linked to."""
    (tmp_path / "book.txt").write_text(SOUND)
    (tmp_path / "link").symlink_to("book.txt")
    assert load(tmp_path / "book.txt").id == "tiny"
    assert load(tmp_path / "link").resolved_digest == load(tmp_path / "book.txt").resolved_digest


def test_nothing_there(tmp_path: Path) -> None:
    """Proves that an empty folder, a folder without YAML and a missing path are told as that."""
    assert refused(tmp_path) == ("E0013", "no rulebook is here")
    (tmp_path / "readme.md").write_text("nothing")
    assert refused(tmp_path) == ("E0013", "no rulebook is here")
    assert refused(tmp_path / "missing") == ("E0013", "no rulebook is here")


def test_a_folder_of_rulebooks_is_none(tmp_path: Path) -> None:
    """Proves that who names the folder one too high is told to name a rulebook in it."""
    (tmp_path / "normal.yaml").write_text("normal: []\n")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "a.yaml").write_text(SOUND)
    assert refused(tmp_path) == ("E0013", "this is a folder of rulebooks, not one")
    (problem,) = read_files(tmp_path)[1]
    assert problem.help == f"name one in it, as `{tmp_path.as_posix()}/mine`"


@pytest.mark.parametrize("name", ["caps.yml", "caps.YAML", "caps.Yml"])
def test_a_suffix_that_is_nearly_right(tmp_path: Path, name: str) -> None:
    """Proves that a file is not passed over because of how its name ends."""
    (tmp_path / "a.yaml").write_text(SOUND)
    (tmp_path / name).write_text("caps: {}")
    assert refused(tmp_path) == ("E0015", "files of a rulebook end in `.yaml`")
    assert read_files(tmp_path)[1][0].help == "rename it to `caps.yaml`"


def test_links_that_lead_nowhere(tmp_path: Path) -> None:
    """Proves that dangling links and links in a circle are told, and their file is named."""
    (tmp_path / "a.yaml").symlink_to("missing")
    assert refused(tmp_path) == ("E0013", "cannot be read: it links to nothing")
    assert read_files(tmp_path)[1][0].span.file.endswith("a.yaml")  # type: ignore[union-attr]
    (tmp_path / "a.yaml").unlink()
    (tmp_path / "b.yaml").symlink_to("a.yaml")
    (tmp_path / "a.yaml").symlink_to("b.yaml")
    assert refused(tmp_path)[0] == "E0013"


def test_folders_in_a_circle_are_not_followed(tmp_path: Path) -> None:
    """Proves that a link to a folder above does not make the walk endless."""
    (tmp_path / "a.yaml").write_text(SOUND)
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep/again").symlink_to(tmp_path)
    assert load(tmp_path).id == "tiny"


def test_what_is_no_file(tmp_path: Path) -> None:
    """Proves that a pipe is not waited for, and a device not read without end."""
    os.mkfifo(tmp_path / "a.yaml")
    assert refused(tmp_path) == ("E0013", "cannot be read: it is no file")
    (tmp_path / "a.yaml").unlink()
    (tmp_path / "a.yaml").symlink_to("/dev/zero")
    assert refused(tmp_path) == ("E0013", "cannot be read: it is no file")
    assert refused(Path("/dev/zero"))[0] == "E0013"


def test_what_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves that a file or folder without permission is told, with the reason the system gives."""
    (tmp_path / "a.yaml").write_text(SOUND)

    def forbidden(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(tmp_path / "a.yaml"))

    monkeypatch.setattr(Path, "open", forbidden)
    assert refused(tmp_path) == ("E0013", "cannot be read: permission denied")
    monkeypatch.undo()

    def walk(_: Path, onerror: object) -> object:
        onerror(PermissionError(13, "Permission denied", str(tmp_path)))  # type: ignore[operator]
        return iter(())

    monkeypatch.setattr(os, "walk", walk)
    assert refused(tmp_path) == ("E0013", "cannot be read: permission denied")


def test_an_error_without_a_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves that a bare error of the system is told too, against the path that was asked for."""

    def broken(*_: object, **__: object) -> None:
        raise OSError

    monkeypatch.setattr(Path, "is_dir", broken)
    assert read_files(tmp_path)[1][0].message == "cannot be read: no reason given"


def test_too_many_files(tmp_path: Path) -> None:
    """Proves that the number of files is bounded, whichever way they come; the bound is inclusive."""
    for n in range(MAX_FILES - 1):
        (tmp_path / f"{n}.yaml").write_text(f"derive: {{x{n}: {{unit: bool, expr: redemption.at_par}}}}")
    (tmp_path / "book.yaml").write_text(SOUND)
    assert {p.code for p in check(tmp_path)[1]} == {"E0314"}
    (tmp_path / "one_more.yaml").write_text("derive: {}")
    assert refused(tmp_path) == ("E0014", "65 files; a rulebook has at most 64")
    files = {f"{n}.yaml": b"a: b" for n in range(MAX_FILES + 1)}
    assert [p.code for p in check_files(files)[1]] == ["E0014"]


def test_too_much_text(tmp_path: Path) -> None:
    """Proves that the size of a file and of all files together is bounded, and that no more is read."""
    (tmp_path / "a.yaml").write_bytes(b"#" * (MAX_BYTES + 5_000_000))
    files, _ = read_files(tmp_path)
    assert [len(data) for data in files.values()] == [MAX_BYTES + 1]
    (problem,) = check(tmp_path)[1]
    assert (problem.code, problem.message) == ("E0010", "file is longer than 1,000,000 bytes")
    several = {f"{n}.yaml": b"#" * (MAX_TOTAL // 4) for n in range(5)}
    (problem,) = check_files(several)[1]
    assert problem.code == "E0010"
    assert problem.message == "the files of the rulebook are longer than 2,000,000 bytes together"


def test_no_files_at_all() -> None:
    """Proves that a rulebook sent without a file is a problem and no failure."""
    program, (problem,) = check_files({})
    assert program is None
    assert (problem.code, problem.span) == ("E0013", None)


def test_a_folder_that_is_no_rulebooks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves that the walk through a huge folder ends soon."""
    monkeypatch.setattr("pegmark.rulebook.files.MAX_SEEN", 10)
    for n in range(11):
        (tmp_path / f"{n}.txt").write_text("")
    assert refused(tmp_path) == ("E0013", "cannot be read: more than 10 files are here")
    assert MAX_SEEN == 10_000


def test_loading_raises_every_problem(tmp_path: Path) -> None:
    """Proves that `load` stops with all that `check` finds, and with nothing else."""
    (tmp_path / "a.yaml").write_text(
        SOUND.replace("lift: 25", "lift: 250").replace("hit: first", "hit: last")
    )
    with pytest.raises(RulebookError) as stop:
        load(tmp_path)
    assert [problem.code for problem in stop.value.problems] == ["E0304", "E0311"]
    assert stop.value.problems == tuple(check(tmp_path)[1])
