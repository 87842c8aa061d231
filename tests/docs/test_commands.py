"""The commands in documents: run as a reader would, and their output compared."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from tools.replay import REPLAYED, ROOT, SERVER, Block, Failed, blocks, can_run, replayed, run, workspace


@pytest.mark.parametrize("file", REPLAYED)
def test_commands_print_what_is_shown(file: str, checkout: Path) -> None:
    """Proves that every command in a document runs, and prints just what stands below it."""
    shown = (checkout / file).read_text(encoding="utf-8")
    if os.environ.get("CI"):
        assert all(map(can_run, blocks(shown)))
    assert replayed(file) == shown


@pytest.mark.parametrize("file", REPLAYED)
def test_what_is_not_run_says_why(file: str, checkout: Path) -> None:
    """Proves that no block of commands escapes: each is run, or says in a comment why it is not."""
    text = (checkout / file).read_text(encoding="utf-8")
    found = list(blocks(text))
    assert len(found) == len(re.findall(r"^```(?:sh|bash|shell|console)$", text, re.MULTILINE))
    for block in found:
        assert re.fullmatch(r"|not run: .{10,}|exits \d", block.note), block.note
    assert any(block.is_run for block in found)


def test_only_listed_documents_have_commands(checkout: Path) -> None:
    """Proves that a new document with commands is run too; only how to contribute is not."""
    documents = [*checkout.glob("*.md"), *checkout.glob("[rf]*/README.md"), *checkout.glob("docs/**/*.md")]
    having = {path for path in documents if "```sh\n" in path.read_text(encoding="utf-8")}
    assert having <= {checkout / file for file in (*REPLAYED, "CONTRIBUTING.md")}


def test_a_command_that_fails_is_told(tmp_path: Path) -> None:
    """Proves that a command that ends otherwise than is said stops the writing, with what it printed."""
    block = Block("pegmark explain E9999\n", "", "text", (0, 0))
    with pytest.raises(Failed, match=r"exit code 1, not 0, of:\npegmark explain E9999\n\nerror: .*E9999"):
        run(block, tmp_path, SERVER)
    assert "E9999" in run(block._replace(note="exits 1"), tmp_path, SERVER)


def test_what_commands_write_stays_outside_the_checkout() -> None:
    """Proves that a document's commands cannot change the rules that everything else reads."""
    with workspace() as folder:
        run(
            Block("echo >> rules/normal.yaml; cp -r rules mine; rm -r rules\n", "", None, (0, 0)),
            folder,
            SERVER,
        )
        assert (folder / "mine/house").is_dir()
        assert not (folder / "rules").exists()
    assert (ROOT / "rules/normal.yaml").read_text(encoding="utf-8")[-2:] != "\n\n"
