"""Help: every verb says in one line what it does, shows examples that work, and lists its exit codes."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import click
import pytest

from pegmark.cli.verbs import VERBS, pegmark
from tests.cli.conftest import DATA, Run

CHANGES_SOMETHING = {"fmt", "generate", "lsp", "new", "openapi", "serve"}
"""Verbs whose examples are read and not run: two never end by themselves, others write into the checkout."""
QUIET = {"--output", "github"}
"""What makes a verb print nothing where all is well."""


def helped(run: Run, *verb: str) -> str:
    """The help of a verb."""
    ran = run(*verb, "--help")
    assert (ran.code, ran.err) == (0, "")
    assert run(*verb, "-h").out == ran.out
    return ran.out


def examples(text: str) -> list[str]:
    """The lines under `Examples:`."""
    block = text.partition("Examples:\n")[2].partition("\n\n")[0]
    return [line.strip() for line in block.splitlines() if line.strip()]


def all_examples() -> Iterator[tuple[str, str]]:
    """Every example of every help, by verb."""
    for verb in ("", *VERBS):
        command = import_module(f"pegmark.cli.{verb}").command if verb else pegmark
        yield from ((verb, line) for line in examples(command.epilog.replace("\b\n", "")))


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_s_help_is_whole(run: Run, verb: str) -> None:
    """Proves that each help has usage, a summary, options explained, examples and exit codes, 80 wide."""
    text = helped(run, verb)
    assert text.startswith(f"Usage: pegmark {verb} [OPTIONS]")
    command = import_module(f"pegmark.cli.{verb}").command
    assert command.help.split("\n\n")[0].endswith(".")
    assert len(examples(text)) >= 2
    assert all(re.search(rf"\bpegmark {verb}\b", line) for line in examples(text))
    codes = text.partition("Exit codes:")[2]
    assert re.search(r"\b0 ", codes)
    assert re.search(r"\b1 ", codes)
    assert re.search(r"\b2 ", codes)
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.name
            assert parameter.help.endswith((".", "]")), parameter.name
    assert max(map(len, text.splitlines())) <= 100


def test_the_table_of_verbs_says_what_each_help_says(run: Run) -> None:
    """Proves that `pegmark --help` lists every verb with a sentence, examples and exit codes."""
    text = helped(run)
    listed = re.findall(r"^  (\w+) {2,}\S", text.partition("Verbs:\n")[2].partition("\n\n")[0], re.MULTILINE)
    assert listed == list(VERBS)
    assert all(summary.endswith(".") for summary in VERBS.values())
    assert "Exit codes: 0 done · 1 refused" in text


@pytest.mark.parametrize(("verb", "line"), list(all_examples()), ids=lambda value: value or "pegmark")
def test_an_example_works(
    verb: str,
    line: str,
    checkout: Path,
    tmp_path: Path,
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Proves that what a help shows can be typed as it stands, on what ships and one's own files."""
    monkeypatch.delenv("PEGMARK_FIXTURES")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rules").symlink_to(checkout / "rules")
    shutil.copy(DATA / "snapshots" / "alpha.yaml", "my-token.yaml")
    shutil.copy(DATA / "venues" / "own-book.yaml", "my-venue.yaml")
    shutil.copytree(checkout / "rules/house", "my-rules", ignore=shutil.ignore_patterns("tests"))
    Path("portfolio.csv").write_text("asset,as_of\nUSDe,2025-10-09\n", encoding="utf-8")
    Path("my-tokens").mkdir()
    shutil.copy("my-token.yaml", "my-tokens")
    Path("questions.jsonl").write_text('{"asset": "USDe", "as_of": "2025-10-09"}\n' * 3, encoding="utf-8")
    request = b'{"asset": "USDe", "as_of": "2025-10-09"}'
    words = shlex.split(line.partition(" | ")[0].partition(" < ")[0])
    while "=" in words[0]:
        name, _, value = words.pop(0).partition("=")
        monkeypatch.setenv(name, value)
    assert words.pop(0) == "pegmark"
    if verb in CHANGES_SOMETHING or words[0] in CHANGES_SOMETHING:
        with import_module(f"pegmark.cli.{words[0]}").command.make_context(words[0], words[1:]):
            return
    ran = run(*words, stdin=request)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.strip() or QUIET & set(words)
