"""`pegmark lsp` before there is an editor: what it needs, and what it says without."""

from __future__ import annotations

import subprocess
import sys

import pytest

_RUN = "from pegmark.cli.verbs import main; main(['lsp'{}])"


def ran(before: str, more: str = "", said: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """What comes of the verb in a process of its own, which is told something and then nothing more."""
    code = f"import sys; {before}; {_RUN.format(more)}"
    return subprocess.run([sys.executable, "-c", code], input=said, capture_output=True, check=False)


@pytest.mark.parametrize("module", ["pygls", "lsprotocol"])
def test_without_the_optional_part_it_says_what_to_install(module: str) -> None:
    """Proves that a missing part is one clear complaint, on standard error alone, and a refusal."""
    done = ran(f"sys.modules['{module}'] = None")
    assert done.returncode == 1
    assert done.stdout == b""
    assert done.stderr.decode().splitlines() == [
        "error: the protocol of editors is not installed",
        "hint: pip install 'pegmark[lsp]'",
    ]


def test_no_other_verb_needs_the_optional_part() -> None:
    """Proves that the command line is read, and this verb's help printed, without the protocol."""
    done = ran("sys.modules['pygls'] = sys.modules['lsprotocol'] = None", ", '--help'")
    assert done.returncode == 0
    assert b"pegmark lsp" in done.stdout


@pytest.mark.parametrize("said", [b"", b"\r\n", b"hello\n", b"Content-Length: 99\r\n\r\n{", b"\xff\xfe\x00"])
def test_an_input_that_ends_ends_it(said: bytes) -> None:
    """Proves that it stops with its input, whatever was said, without a traceback."""
    done = ran("pass", ", '--stdio'", said)
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr
