"""`pegmark fmt`: what it writes, lists and prints, with which code it exits, and what it leaves alone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cli.conftest import Ran, Run

UNTIDY = b"a:   1 # one\r\n\r\n\r\nb: [ 2,3 ]"
TIDY = b"a: 1  # one\n\nb: [2, 3]\n"
BROKEN = b"a: [\n"


@pytest.fixture(autouse=True)
def in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of its own, with a book that is laid out but for two files."""
    monkeypatch.chdir(tmp_path)
    for name, data in {
        "book/a.yaml": UNTIDY,
        "book/b.yaml": TIDY,
        "book/tests/c.yaml": UNTIDY,
        "book/.hidden/d.yaml": UNTIDY,
        "book/README.md": b"a:   1\n",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def held() -> dict[str, bytes]:
    """Every file that is there."""
    return {path.as_posix(): path.read_bytes() for path in sorted(Path().rglob("*")) if path.is_file()}


def test_files_are_laid_out_where_they_stand(run: Run) -> None:
    """Proves that rules and suites are written, what is hidden or no YAML is not, and each is named."""
    before = held()
    said = "laid out: book/a.yaml\nlaid out: book/tests/c.yaml\n2 files laid out, 1 as it was\n"
    assert run("fmt", "book") == Ran(0, said, "")
    assert held() == before | {"book/a.yaml": TIDY, "book/tests/c.yaml": TIDY}
    assert run("fmt", "book") == Ran(0, "3 files as they were\n", "")


def test_what_is_as_it_should_be_is_not_written(run: Run) -> None:
    """Proves that a file that needs nothing keeps its time, and that another keeps its mode."""
    os.utime("book/b.yaml", (1, 1))
    Path("book/a.yaml").chmod(0o640)
    assert run("fmt", "book/a.yaml", "book/b.yaml").code == 0
    assert Path("book/b.yaml").stat().st_mtime == 1
    assert Path("book/a.yaml").stat().st_mode & 0o777 == 0o640


def test_a_link_goes_on_leading_there(run: Run) -> None:
    """Proves that a file is replaced where it is, not where it is named."""
    Path("link.yaml").symlink_to("book/a.yaml")
    assert run("fmt", "link.yaml").code == 0
    assert Path("link.yaml").is_symlink()
    assert Path("book/a.yaml").read_bytes() == TIDY


def test_check_lists_and_writes_nothing(run: Run) -> None:
    """Proves that `--check` fails while something would change, and says what."""
    before = held()
    ran = run("fmt", "--check", "book")
    assert (ran.code, held()) == (1, before)
    assert ran.out == "would be laid out: book/a.yaml\nwould be laid out: book/tests/c.yaml\n"
    assert ran.err == "error: 2 files are laid out otherwise\nhint: run `pegmark fmt` on the same paths\n"
    assert run("fmt", "--check", "book/b.yaml") == Ran(0, "1 file as it was\n", "")


def test_diff_prints_and_writes_nothing(run: Run) -> None:
    """Proves that `--diff` prints what would change and succeeds, unless `--check` is asked for too."""
    Path("x.yaml").write_bytes(b"a: 1\nb:  2\nc: 3\n")
    before = held()
    expected = "--- x.yaml\n+++ x.yaml\n@@ -1,4 +1,4 @@\n a: 1\n-b:  2\n+b: 2\n c: 3\n \n"
    assert run("fmt", "--diff", "x.yaml", "book/b.yaml") == Ran(0, expected, "")
    ran = run("fmt", "--diff", "--check", "x.yaml")
    assert (ran.code, ran.out) == (1, expected)
    assert ran.err.startswith("error: 1 file is laid out otherwise\n")
    assert held() == before


def test_standard_input_is_printed(run: Run) -> None:
    """Proves that an editor can pipe a text through, and that options mean what they mean of files."""
    assert run("fmt", "-", stdin=UNTIDY) == Ran(0, TIDY.decode(), "")
    assert run("fmt", "-", stdin=TIDY) == Ran(0, TIDY.decode(), "")
    ran = run("fmt", "--check", "-", stdin=UNTIDY)
    assert (ran.code, ran.out) == (1, "would be laid out: standard input\n")
    ran = run("fmt", "-", stdin=BROKEN)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("error: standard input:2:1: E0001: ")


def test_a_file_that_is_no_yaml_is_told_and_left(run: Run) -> None:
    """Proves that one broken file costs the others nothing, and decides the exit code."""
    Path("book/broken.yaml").write_bytes(BROKEN)
    ran = run("fmt", "book")
    assert ran.code == 1
    assert ran.err.startswith("error: book/broken.yaml:2:1: E0001: ")
    assert Path("book/broken.yaml").read_bytes() == BROKEN
    assert Path("book/a.yaml").read_bytes() == TIDY
    ran = run("fmt", "book/broken.yaml")
    assert (ran.code, ran.out) == (1, "")


def test_a_folder_without_yaml_is_told(run: Run) -> None:
    """Proves that a slip in a path does not pass for success."""
    Path("empty").mkdir()
    said = "error: empty: E0013: no YAML file is here\nhint: name a folder of rules, or a file\n"
    assert run("fmt", "empty") == Ran(1, "", said)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "missing argument 'PATH…'"),
        (["no/such/path"], "invalid value for 'PATH…': Path 'no/such/path' does not exist"),
        (["-", "book"], "standard input is laid out alone"),
    ],
)
def test_wrong_use_exits_2(run: Run, arguments: list[str], message: str) -> None:
    """Proves that nothing is written where it is not clear what is meant."""
    before = held()
    ran = run("fmt", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"error: {message}")
    assert held() == before
