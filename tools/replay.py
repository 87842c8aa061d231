"""The commands in documents: run, and what they print written below them.

A block of `sh` is run in a folder that holds copies of the checkout's `rules`, `fixtures`, `docs` and
`openapi`; blocks of one document share it. A block of `text` or `json` right below holds what the commands
print. A comment right above a block says what else there is to say: `<!-- not run: … -->` with the
reason, or `<!-- exits 1 -->`. Where a command asks the server of `make run`, one is started.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parent.parent
REPLAYED = (
    "README.md",
    "docs/analysts.md",
    "docs/integrators.md",
    "docs/operators.md",
    "fixtures/README.md",
    "rules/README.md",
)
"""The documents whose commands are run."""
SERVER = "127.0.0.1:8321"
"""Where documents say that the server is."""
SHARED = ("rules", "fixtures", "docs", "openapi")
SECONDS = 120
"""How long a block may take."""

_BLOCK = re.compile(
    r"(?:^<!-- (?P<note>[^>]*) -->\n)?^```sh\n(?P<script>.*?)^```\n"
    r"(?:\n```(?P<kind>text|json)\n(?P<output>.*?)^```\n)?",
    re.MULTILINE | re.DOTALL,
)
_EXITS = re.compile(r"exits (\d)")


class Block(NamedTuple):
    """A block of commands: its text, what is said of it, and the form of what stands below it."""

    script: str
    note: str
    kind: str | None
    span: tuple[int, int]

    @property
    def is_run(self) -> bool:
        """Whether the commands are run."""
        return not self.note.startswith("not run: ")


class Failed(Exception):
    """A command in a document did not end as the document says."""


def blocks(text: str) -> Iterator[Block]:
    r"""Yield the blocks of commands of a document.

    >>> [block.script for block in blocks("```sh\npegmark facts\n```\n")]
    ['pegmark facts\n']
    """
    for match in _BLOCK.finditer(text):
        yield Block(match["script"], match["note"] or "", match["kind"], match.span("output"))


@cache
def replayed(file: str) -> str:
    """Return a document with what its commands print now; raises `Failed`."""
    return replay((ROOT / file).read_text(encoding="utf-8"))


def replay(text: str) -> str:
    """Return a text with what its commands print now; raises `Failed`."""
    found = [block for block in blocks(text) if block.is_run and can_run(block)]
    parts, end = [], 0
    with ExitStack() as stack:
        folder = stack.enter_context(workspace())
        asks = any(SERVER in block.script for block in found)
        address = stack.enter_context(server()) if asks else SERVER
        for block in found:
            output = run(block, folder, address)
            if block.kind is not None:
                parts += [text[end : block.span[0]], output]
                end = block.span[1]
    return "".join([*parts, text[end:]])


def can_run(block: Block) -> bool:
    """Tell whether a block's commands are on this machine; what is not run keeps what it shows."""
    return "curl " not in block.script or shutil.which("curl") is not None


def run(block: Block, folder: Path, address: str) -> str:
    """Run a block and return what it printed; raises `Failed` where it ended otherwise than is said."""
    expected = int(said[1]) if (said := _EXITS.fullmatch(block.note)) else 0
    done = subprocess.run(  # noqa: S603 - the text of our own documents
        ["bash", "-c", block.script.replace(SERVER, address)],  # noqa: S607 - whichever bash a reader has
        cwd=folder,
        env=_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        timeout=SECONDS,
        check=False,
    )
    printed = done.stdout.decode().replace(address, SERVER).replace(f"{folder}/", "")
    if done.returncode != expected:
        raise Failed(f"exit code {done.returncode}, not {expected}, of:\n{block.script}\n{printed}")
    lines = [line.rstrip() for line in printed.strip("\n").split("\n")]
    return "\n".join(lines) + "\n"


@contextmanager
def workspace() -> Iterator[Path]:
    """Give a folder that looks like the checkout to a reader, and takes what commands write."""
    with TemporaryDirectory() as made:
        folder = Path(made).resolve()
        for name in SHARED:
            # INVARIANT: a copy; what a document's commands write must not reach the checkout.
            shutil.copytree(ROOT / name, folder / name)
        yield folder


@contextmanager
def server() -> Iterator[str]:
    """Run `pegmark serve` on a free port, and give its address."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    command = [sys.executable, "-c", "from pegmark.cli import main; main()", "serve", "--port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, env=_environment(), stderr=subprocess.DEVNULL)  # noqa: S603 - ours
    try:
        _await(f"http://127.0.0.1:{port}/health/ready", process)
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()


def _await(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise Failed("the server did not start")
        try:
            with urlopen(url):  # noqa: S310 - our own address
                return
        except URLError:
            time.sleep(0.05)
    raise Failed("the server is not ready after half a minute")


def _environment() -> dict[str, str]:
    """Return the environment of a reader who has done `make setup` and set nothing."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PEGMARK_")}
    binaries = f"{Path(sys.executable).parent}{os.pathsep}{kept.get('PATH', '')}"
    return kept | {"PATH": binaries, "LC_ALL": "C.UTF-8", "PYTHONUTF8": "1"}
