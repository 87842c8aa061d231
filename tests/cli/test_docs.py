"""`pegmark docs`: a rulebook as a document, written, printed, or held against what is there."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from pegmark.cli.books import program_of
from tests.cli.conftest import Run


@pytest.fixture
def book(checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The house without its suites, as `mine` in the current folder."""
    shutil.copytree(checkout / "rules/house", tmp_path / "mine", ignore=shutil.ignore_patterns("tests"))
    monkeypatch.chdir(tmp_path)
    return Path("mine")


def test_a_rulebook_is_printed(run: Run, book: Path) -> None:
    """Proves that without more it is Markdown on standard output, and HTML where that is asked for."""
    ran = run("docs", str(book))
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("# Rulebook house ")
    assert "tests: none stand beside it" in ran.out
    assert "](docs/methodology.md#class)" in ran.out
    html = run("docs", str(book), "--format", "html")
    assert html.out.startswith("<!DOCTYPE html>\n")
    assert html.out.endswith("</html>\n")


@pytest.mark.parametrize(("form", "file"), [("markdown", "house.md"), ("html", "house.html")])
def test_a_file_is_written_and_held_fresh(run: Run, book: Path, form: str, file: str) -> None:
    """Proves that the same is written twice, that it is fresh then, and stale after a change, untouched."""
    Path("out").mkdir()
    asked = ("docs", str(book), "--format", form, "--output", "out")
    assert run(*asked, "--check").code == 1
    assert list(Path("out").iterdir()) == []
    ran = run(*asked)
    assert (ran.code, ran.out, ran.err) == (0, f"wrote: out/{file}\n", "")
    first = Path("out", file).read_bytes()
    assert b"../docs/methodology.md#class" in first
    assert run(*asked).code == 0
    assert Path("out", file).read_bytes() == first
    assert run(*asked, "--check") == (0, f"fresh: out/{file}\n", "")
    rules = book / "classify.yaml"
    rules.write_text(rules.read_text().replace("Not shown to be anything.", "Nobody knows."))
    ran = run(*asked, "--check")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(f"error: out/{file}: not what the rulebook says now\nhint: ")
    assert Path("out", file).read_bytes() == first
    assert [path.name for path in Path("out").iterdir()] == [file]


def test_the_suites_beside_it_are_tried(run: Run, book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves that the cases of the folder `tests` are counted and named, and of no other folder."""
    monkeypatch.delenv("PEGMARK_FIXTURES")
    (book / "tests").mkdir()
    case = "cases: [{case: Bills, asset: BUIDL, at: 2026-10-07, expect: {class: government_fund}}]\n"
    (book / "tests/some.yaml").write_text(f"suite: A few\n{case}")
    out = run("docs", str(book)).out
    assert "tests: 1 case in 1 suite, all of which hold" in out
    assert "- A few: Bills" in out
    Path("tests").mkdir()
    shutil.move(book, "tests/mine")
    assert "1 case in 1 suite" in run("docs", "tests/mine").out


def test_proofs_are_read_from_a_file(run: Run, book: Path) -> None:
    """Proves that what was proved of this rulebook is told, and of another, or what is no proof, refused."""
    digest = program_of(str(book)).resolved_digest
    goal = {"goal": "GR-CAP holds", "kind": "holds", "rule": "GR-CAP", "outcome": "proved"}
    for found, said in ((digest, "1 of 1 goals proved, by the params of 2026-12-01"), ("sha256:0", None)):
        report = {"digest": found, "params_of": "2026-12-01", "goals": [goal]}
        Path("proofs.json").write_text(json.dumps([report]))
        ran = run("docs", str(book), "--proofs", "proofs.json")
        assert ran.code == (0 if said else 1)
        assert said is None or f"- proofs: {said}\n" in ran.out
        assert said is not None or ran.err.startswith("error: proofs.json: these are proofs of another")
    for text, message in (
        ("{", "this is not JSON"),
        ("{}", "this is not what `pegmark"),
        ("[1]", "this is not what `pegmark"),
    ):
        Path("proofs.json").write_text(text)
        ran = run("docs", str(book), "--proofs", "proofs.json")
        assert (ran.code, ran.out) == (1, "")
        assert ran.err.startswith(f"error: proofs.json: {message}")
    ran = run("docs", str(book), "--proofs", "none.json")
    assert (ran.code, ran.err) == (
        1,
        "error: none.json: the file cannot be read: no such file or directory\n",
    )


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["nowhere"], 1, "no rulebook is called `nowhere`"),
        (["mine", "--output", "nowhere"], 2, "invalid value for '--output'"),
        (["mine", "--output", "mine/caps.yaml"], 2, "invalid value for '--output'"),
        (["mine", "--check"], 2, "--check goes with --output"),
        (["mine", "--format", "pdf"], 2, "invalid value for '--format'"),
    ],
)
def test_wrong_use_is_told(run: Run, book: Path, arguments: list[str], code: int, message: str) -> None:
    """Proves that what cannot be is one error, nothing on standard output, and no file."""
    assert book.is_dir()
    ran = run("docs", *arguments)
    assert (ran.code, ran.out) == (code, "")
    assert ran.err.startswith(f"error: {message}")
    assert [path.name for path in Path().iterdir()] == ["mine"]


def test_what_is_refused_is_not_told(run: Run, book: Path) -> None:
    """Proves that a broken rulebook, and a broken suite, are told by their problems, and files stay."""
    Path("house.md").write_text("old")
    (book / "tests").mkdir()
    (book / "tests/some.yaml").write_text("suite: A few\ncases: [{case: x, like: nothing, expect: {}}]\n")
    ran = run("docs", str(book), "--output", ".")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("error: mine/tests/some.yaml:")
    shutil.rmtree(book / "tests")
    (book / "caps.yaml").write_text("caps: []\n")
    ran = run("docs", str(book), "--output", ".")
    assert (ran.code, ran.out) == (1, "")
    assert "mine/caps.yaml:1:7: E0303" in ran.err
    assert Path("house.md").read_text() == "old"
