"""What a terminal can show: width, colours, characters; and streams that go away."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import sys
from pathlib import Path

import pytest

from pegmark.cli import terminal
from pegmark.cli.terminal import Style
from tests.cli.conftest import DATA, DAY, Run

PEGMARK = [sys.executable, "-c", "from pegmark.cli import main; main()"]
ASSESS = ["assess", "ALPHA", "--as-of", DAY]
ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


def environment(**extra: str) -> dict[str, str]:
    """A process's environment: made-up fixtures, and nothing that a terminal would set."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return {**kept, "PEGMARK_FIXTURES": str(DATA), "LANG": "C.UTF-8", **extra}


def piped(*arguments: str, **extra: str) -> subprocess.CompletedProcess[bytes]:
    """Run in a process of its own, output piped."""
    return subprocess.run([*PEGMARK, *arguments], env=environment(**extra), capture_output=True, check=False)


def on_a_terminal(*arguments: str, **extra: str) -> tuple[int, str]:
    """Run on a pseudo-terminal; return the exit code and everything shown."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [*PEGMARK, *arguments],
        env=environment(**{"TERM": "xterm", **extra}),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    ) as process:
        os.close(theirs)
        shown = b""
        while select.select([ours], [], [], 30)[0]:
            try:
                chunk = os.read(ours, 65536)
            except OSError:  # Linux says so when the other end is closed.
                break
            if not chunk:
                break
            shown += chunk
    os.close(ours)
    return process.returncode, shown.decode().replace("\r\n", "\n")


def test_a_terminal_gets_colours_and_a_pipe_the_same_words() -> None:
    """Proves that colours are the only difference between what a terminal and a pipe are given."""
    code, shown = on_a_terminal(*ASSESS, COLUMNS="100")
    assert code == 0
    assert "\x1b[31m" in shown or "\x1b[33m" in shown
    sent = piped(*ASSESS)
    assert (sent.returncode, sent.stderr) == (0, b"")
    assert b"\x1b" not in sent.stdout
    assert ESCAPE.sub("", shown) == sent.stdout.decode()


@pytest.mark.parametrize("extra", [{"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=["NO_COLOR", "dumb"])
def test_colours_can_be_refused(extra: dict[str, str]) -> None:
    """Proves that NO_COLOR and a dumb terminal get no escape sequence, in errors neither."""
    assert "\x1b" not in on_a_terminal("facts", "peg", **extra)[1]
    code, shown = on_a_terminal("assess", "nothing.yaml", **extra)
    assert code == 1
    assert shown.startswith("error: nothing.yaml: there is no such file\nhint: ")


def test_errors_are_coloured_on_a_terminal() -> None:
    """Proves that what went wrong stands out."""
    assert on_a_terminal("assess", "nothing.yaml")[1].startswith("\x1b[31m\x1b[1merror:\x1b[0m ")


@pytest.mark.parametrize(
    ("columns", "width"),
    [("1", 60), ("60", 60), ("80", 80), ("400", 100), ("many", 100), ("0", 100), ("-5", 100)],
)
def test_any_width_can_be_printed_to(columns: str, width: int) -> None:
    """Proves that what is printed keeps to 60 to 100 columns, whatever the terminal says of itself."""
    for arguments in (ASSESS, [*ASSESS, "--explain", "full"], ["show"], ["facts"]):
        code, shown = on_a_terminal(*arguments, COLUMNS=columns, NO_COLOR="1")
        assert code == 0
        wide = [line for line in shown.splitlines() if len(line) > width and "sha256:" not in line]
        assert wide == []


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "utf-16"])
def test_a_terminal_without_utf8_gets_what_it_can_show(encoding: str) -> None:
    """Proves that no character stops a report; what cannot be shown has a plain substitute."""
    for arguments in (ASSESS, ["show"], ["facts"], ["check", "nowhere"], ["assess", "ÄÖ→.yaml"]):
        sent = piped(*arguments, PYTHONIOENCODING=encoding)
        assert sent.returncode in (0, 1, 2)
        assert b"Traceback" not in sent.stderr
        if encoding == "ascii":
            sent.stdout.decode("ascii")
            assert b"?" not in sent.stdout.replace(b"did you mean", b"")


def test_a_name_cannot_write_to_the_terminal(run: Run) -> None:
    """Proves that escape sequences and line breaks in what was typed are not printed."""
    err = run("assess", "\x1b[2Jevil\nerror: forged.yaml").err
    assert "\x1b" not in err
    assert len(err.splitlines()) == 2


def test_a_reader_that_leaves_stops_the_verb_quietly() -> None:
    """Proves that `pegmark … | head` ends with the code of a closed pipe and says nothing."""
    with subprocess.Popen(
        [*PEGMARK, "show"], env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        said = process.stderr.read()
    assert (process.returncode, said) == (141, b"")


def test_a_full_disk_is_an_error_and_no_traceback() -> None:
    """Proves that output that cannot be written is told, with exit code 1."""
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*PEGMARK, "facts"], env=environment(), stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 1
    assert done.stderr == b"error: output: no space left on device\n"


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_closed_streams_are_no_problem(closed: str) -> None:
    """Proves that a process started without output or errors neither fails nor complains."""
    command = f'"$0" -c "from pegmark.cli import main; main()" facts peg {closed}'
    done = subprocess.run(
        ["/bin/sh", "-c", command, sys.executable], env=environment(), capture_output=True, check=False
    )
    assert done.returncode == 0
    assert b"Traceback" not in done.stdout + done.stderr


def test_a_bar_is_filled_to_its_share() -> None:
    """Proves that bars neither overflow nor vanish, with and without Unicode."""
    for share in (-1.0, 0.0, 0.001, 0.5, 0.999, 1.0, 7.0):
        assert len(Style().bar(share)) == 20
        assert len(Style(is_unicode=False).bar(share)) == 20
    assert Style(is_unicode=False).bar(1) == "#" * 20
    assert Style(is_unicode=False).bar(0) == "." * 20


def test_text_is_wrapped_beneath_itself() -> None:
    """Proves that a hanging margin holds its label and that a long word is never cut."""
    lines = Style(width=60).wrapped("word " * 20 + "x" * 80, 10, "  label").split("\n")
    assert lines[0].startswith("  label   word")
    assert all(line.startswith(" " * 10) for line in lines[1:])
    assert lines[-1].strip() == "x" * 80


def test_a_table_aligns_what_is_coloured() -> None:
    """Proves that escape sequences take no room in a column."""
    red = Style(is_coloured=True).paint("ab", fg="red")
    rows = [[red, "1"], ["abc", "22"]]
    shown = [ESCAPE.sub("", line) for line in terminal.table(rows, right=[1])]
    assert shown == ["  ab    1", "  abc  22"]
