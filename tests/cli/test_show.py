"""`pegmark show`: a rulebook in words, and as Python."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pegmark.cli.books import program_of
from pegmark.usecases.rules import rules_of
from tests.cli.conftest import Run


def test_every_rule_param_and_derived_name_is_shown_once(run: Run) -> None:
    """Proves that nothing of a rulebook is left out of its text, and that each has its reason beside it."""
    program = program_of(None)
    text = run("show").out
    heads = re.findall(r"^  (\S+)", text, re.MULTILINE)
    names = [rule.reason.id for rule in rules_of(program)]
    names += [named.name for named in (*program.params, *program.derived)]
    assert sorted(heads) == sorted(names)
    flat = " ".join(text.split())
    for rule in rules_of(program):
        assert " ".join(rule.reason.why.split()) in flat
    assert text.startswith(f"{program.id} {program.version} · ")
    assert program.resolved_digest in text


@pytest.mark.parametrize("section", ["params", "derive", "classify", "haircut", "caps", "guardrails"])
def test_one_section_can_be_shown(run: Run, section: str) -> None:
    """Proves that `--section` prints that section and no other."""
    lines = run("show", "house", "--section", section).out.splitlines()
    assert [line for line in lines[2:] if line and not line.startswith(" ")] == [section]


def test_the_pillars_are_sections_together_and_alone(run: Run) -> None:
    """Proves that `scorecards` prints every pillar and `scorecards.hedge` one."""
    heads = re.findall(r"^scorecards\.\w+", run("show", "--section", "scorecards").out, re.MULTILINE)
    assert len(heads) == len(program_of(None).scorecards)
    assert re.findall(
        r"^scorecards\.\w+", run("show", "--section", "scorecards.hedge").out, re.MULTILINE
    ) == ["scorecards.hedge"]


def test_the_python_can_be_compiled_and_carries_the_params_of_its_day(run: Run) -> None:
    """Proves that `--python` prints source, the same for the newest day and for none."""
    newest = run("show", "--python").out
    compile(newest, "<shown>", "exec")
    assert run("show", "--python", "--as-of", "2099-01-01").out == newest


@pytest.mark.parametrize(
    ("arguments", "code", "message", "hint"),
    [
        (["--section", "hair"], 1, "no section is called `hair`", "did you mean `haircut`?"),
        (["--section", "zzzz"], 1, "no section is called `zzzz`", "one of `caps`"),
        (["hose"], 1, "no rulebook is called `hose`", "did you mean `house`?"),
        (["x" * 5000], 1, "no rulebook is called", "did you mean `example_exchange` or `house`?"),
        (["--python", "--as-of", "1999-01-01"], 1, "no set of params in force", "or later"),
        (["--python", "--section", "caps"], 2, "--section goes with none of", "see `pegmark show --help`"),
        (["--resolved", "--section", "caps"], 2, "--section goes with none of", "see `pegmark show --help`"),
        (
            ["--resolved", "--digest"],
            2,
            "--python, --resolved and --digest print",
            "see `pegmark show --help`",
        ),
        (["--as-of", "2025-10-09"], 2, "--as-of goes with --python", "see `pegmark show --help`"),
        (["--python", "--as-of", "today"], 2, "invalid value for '--as-of'", "see `pegmark show --help`"),
    ],
)
def test_what_cannot_be_shown_is_told(
    run: Run, arguments: list[str], code: int, message: str, hint: str
) -> None:
    """Proves that a wrong name exits 1 with what was meant, and options that do not go together exit 2."""
    ran = run("show", *arguments)
    assert (ran.code, ran.out) == (code, "")
    assert ran.err.startswith(f"error: {message}")
    assert hint in ran.err


def test_a_broken_rulebook_is_not_shown(run: Run, checkout: Path) -> None:
    """Proves that a rulebook that is refused is told by its problems."""
    ran = run("show", str(checkout / "fixtures" / "broken_rules" / "E0204"))
    assert (ran.code, ran.out) == (1, "")
    assert "rulebook.yaml:" in ran.err
    assert "E0204: " in ran.err


@pytest.mark.parametrize("name", ["house", "example_exchange"])
def test_what_is_written_out_is_the_same_rulebook(run: Run, tmp_path: Path, name: str) -> None:
    """Proves that the resolved YAML, its places and all, loads to the digest of what it was made from."""
    (tmp_path / "written.yaml").write_text(run("show", name, "--resolved").out, encoding="utf-8")
    digest = run("show", name, "--digest").out
    assert digest == f"{program_of(name).resolved_digest}\n"
    assert run("show", str(tmp_path / "written.yaml"), "--digest").out == digest


def test_every_line_says_where_it_is_from(run: Run, checkout: Path) -> None:
    """Proves that each place beside a line is that of the text there, of the overlay or of its base."""
    found = re.findall(
        r"^ *(?:- )?(\S+?):.* # (\S+):(\d+)$", run("show", "example_exchange", "--resolved").out, re.MULTILINE
    )
    files = {file for _, file, _ in found}
    assert "example_exchange/overlay.yaml" in files
    assert "house/haircut.yaml" in files
    assert len(found) > 900
    for key, file, line in found:
        text = (checkout / "rules" / file).read_text(encoding="utf-8").splitlines()
        # A value that goes over several lines is where it begins, which may be below its key.
        assert any(key.strip("\"'") in said for said in text[max(0, int(line) - 2) : int(line)]), (
            key,
            file,
            line,
        )
