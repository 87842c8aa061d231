"""Problem codes, their broken rulebooks and their pages: each has the others, and none of it rots."""

from __future__ import annotations

import re
from contextlib import chdir
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner

from pegmark.authoring.codes import CODES as SUITE_CODES
from pegmark.cli.explain import command
from pegmark.errors import NotFound
from pegmark.facts.codes import CODES as FACT_CODES
from pegmark.problems import Problem
from pegmark.rulebook.codes import CODES, RULEBOOK_CODES
from pegmark.usecases.codes import CODES as QUESTION_CODES
from tools import golden, problems
from tools.problems import HEADINGS, blocks, refusals, titles

ALL = sorted(titles())
WITH_EXAMPLE = sorted({**FACT_CODES, **QUESTION_CODES})


def page(checkout: Path, code: str) -> str:
    """Return the page of a code."""
    return (checkout / problems.PAGES / f"{code}.md").read_text(encoding="utf-8")


# Broken rulebooks


@cache
def problem_of(code: str) -> Problem:
    """Return the one problem of the broken text of a code; its paths are from the checkout."""
    with chdir(golden.ROOT):
        read = golden.problems_of_suite if code in SUITE_CODES else golden.problems_of
        (found,) = read(BROKEN[code])[1]
    return found


BROKEN = {code: golden.BROKEN / code for code in RULEBOOK_CODES} | {
    code: golden.BROKEN_SUITES / code for code in SUITE_CODES
}


def test_every_code_has_its_broken_rulebook_or_suite(checkout: Path) -> None:
    """Proves that no code is without a text that brings it, and no such folder without a code."""
    for parent, codes in ((golden.BROKEN, RULEBOOK_CODES), (golden.BROKEN_SUITES, SUITE_CODES)):
        folders = {path.name for path in (checkout / parent).iterdir() if path.is_dir()}
        assert folders == set(codes)


def test_the_codes_are_those_that_are_reported(checkout: Path) -> None:
    """Proves that every code that is reported is listed, and none that nothing reports; at least 45 are."""
    reported: set[str] = set()
    for room in ("language", "rulebook"):
        for path in (checkout / "service/pegmark" / room).glob("*.py"):
            if path.name != "codes.py":
                reported |= set(re.findall(r'"([AE]\d{4})"', path.read_text(encoding="utf-8")))
    assert reported == set(RULEBOOK_CODES)
    assert len(RULEBOOK_CODES) >= 45


@pytest.mark.parametrize("code", sorted(BROKEN))
def test_a_broken_text_has_the_one_problem(
    code: str, checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Proves that each is broken in one thing, and that what is said of it is what we agreed to say."""
    monkeypatch.chdir(checkout)
    assert problem_of(code).code == code
    assert golden.report(BROKEN[code]) == (BROKEN[code] / golden.EXPECTED).read_text(encoding="utf-8")


@pytest.mark.parametrize("code", sorted(BROKEN))
def test_messages_keep_to_one_form(code: str) -> None:
    """Proves that messages are one line in lower case without a full stop, and name no type of Python."""
    problem = problem_of(code)
    said = [problem.message, problem.help or "", problem.note or "", *(r.message for r in problem.related)]
    for text in said:
        assert "\n" not in text
        assert not text.endswith(".")
        words = re.sub(r"`[^`]*`", "", text)
        assert not re.search(r"\b(NoneType|str|int|dict|None|True|False|Fraction)\b", words)
    assert problem.message[0] == problem.message[0].lower()
    assert problem.severity == ("warning" if code in ("A0102", "A0401", "E0314", "E0319") else "error")


def test_the_command_says_what_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Proves that regeneration shows a difference and writes it, and that `--check` only shows it."""
    monkeypatch.setattr(golden, "ROOT", tmp_path)
    folder = tmp_path / golden.BROKEN / "E0012"
    folder.mkdir(parents=True)
    (folder / "a.yaml").write_text("")
    assert golden.main(["--check"]) == 1
    assert "+error[E0012]: file is empty" in capsys.readouterr().out
    assert not (folder / golden.EXPECTED).exists()
    assert golden.main([]) == 0
    assert "error[E0012]" in (folder / golden.EXPECTED).read_text()
    assert golden.main(["--check"]) == 0


def test_nothing_huge_is_kept(checkout: Path) -> None:
    """Proves that large rulebooks are kept as the recipe they are made from."""
    sizes = [path.stat().st_size for path in (checkout / golden.BROKEN).rglob("*") if path.is_file()]
    assert max(sizes) < 8000


# Pages


def test_every_code_has_its_page(checkout: Path) -> None:
    """Proves that pages and codes are the same set, and that the index lists them."""
    pages = {path.stem for path in (checkout / problems.PAGES).glob("*.md")}
    assert pages == {*ALL, "README"}
    index = (checkout / problems.PAGES / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"\| \[(\w+)\]\((\w+)\.md\) \|", index) == [
        (code, code) for codes in problems.ABOUT.values() for code in sorted(codes)
    ]


def test_no_code_is_of_two_things() -> None:
    """Proves that the codes of rulebooks, suites, facts, questions and requests do not meet."""
    assert len(ALL) == sum(len(codes) for codes in problems.ABOUT.values())
    assert set(CODES) <= set(ALL)


@pytest.mark.parametrize("code", ALL)
def test_a_page_has_the_fixed_headings(code: str, checkout: Path) -> None:
    """Proves that every page says, in this order, what a code means, shows it, and says what to do."""
    text = page(checkout, code)
    parts = re.split(r"^#+ (.*)\n", text, flags=re.MULTILINE)
    assert parts[1::2] == [f"{code}: {titles()[code]}", *HEADINGS]
    assert text.startswith("# ")
    assert [bool(part.strip()) for part in parts[2::2]] == [False, True, True, True]
    assert max(len(line) for line in text.split("\n") if "`" not in line) <= 120


@pytest.mark.parametrize("code", sorted(BROKEN))
def test_the_example_of_a_broken_text_shows_its_code(code: str, checkout: Path) -> None:
    """Proves that the example on a page is of the code that the page is about."""
    assert re.search(rf"^(error|warning)\[{code}\]: ", page(checkout, code), re.MULTILINE)


@pytest.mark.parametrize("code", WITH_EXAMPLE)
def test_an_example_is_really_refused(code: str, checkout: Path) -> None:
    """Proves that a body on a page is refused for just what the page is about, in the words shown."""
    found = refusals(blocks(code))
    assert [problem.code for problem in found] == [code]
    assert f"error[{code}]: {found[0].message}\n" in page(checkout, code)


def test_an_example_with_which_nothing_is_wrong_is_not_passed_over() -> None:
    """Proves that an example that is answered is told from one that is refused."""
    assert refusals({"json": '{"as_of": "2025-10-09", "facts": {}}'}) == ()


# Explaining


@pytest.mark.parametrize("code", ALL)
def test_every_code_can_be_explained(code: str) -> None:
    """Proves that `pegmark explain CODE` prints the page, in either case, without marks for machines."""
    said = CliRunner().invoke(command, [code.lower()])
    assert said.exit_code == 0
    assert said.output.startswith(f"# {code}: {titles()[code]}\n")
    assert [heading in said.output for heading in HEADINGS] == [True] * 3
    assert "<!--" not in said.output


@pytest.mark.parametrize("code", ["E9204", "F0199", "H9040", "Q0099"])
def test_a_code_that_does_not_exist(code: str) -> None:
    """Proves that an unknown code is told as that, with one like it."""
    said = CliRunner().invoke(command, [code])
    assert isinstance(said.exception, NotFound)
    assert said.exception.what == "problem code"
    (near,) = said.exception.suggestions
    assert near in ALL
    assert near[0] == code[0]
