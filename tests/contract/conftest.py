"""A real server on a real socket, started once for these tests."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.sockets import Server


@pytest.fixture(scope="session")
def server(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """`pegmark serve` as an operator would run it; the test run fails if it logged an error."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    log = tmp_path_factory.mktemp("server") / "log"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PEGMARK_")}
    command = [sys.executable, "-c", "from pegmark.cli import main; main()", "serve", "--port", str(port)]
    with log.open("wb") as opened:
        process = subprocess.Popen(
            command, cwd=checkout, env=environment | {"PEGMARK_LOG_FORMAT": "json"}, stderr=opened
        )
    running = Server(port, process.pid)
    try:
        for _ in range(200):
            if running.is_up():
                break
            assert process.poll() is None, log.read_text(encoding="utf-8")
            time.sleep(0.1)
        yield running
    finally:
        process.terminate()
        process.wait(timeout=20)
    errors = [line for line in log.read_text(encoding="utf-8").splitlines() if '"level":"error"' in line]
    assert errors == []
