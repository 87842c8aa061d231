"""The peer of the HTTP bench still answers, as the service that it is measured against changes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ASK = """
from litestar.testing import TestClient
from bench.constant import app
with TestClient(app) as client:
    answer = client.post("/v1/assessments", json={})
    print(answer.status_code, answer.text, client.get("/health/ready").status_code)
"""


def test_the_constant_peer_answers_what_it_was_given(tmp_path: Path) -> None:
    """Proves that it serves the bytes it was told to, whatever is asked, and else what the service serves."""
    told = tmp_path / "response.json"
    told.write_text('{"said": 1}', encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        env={**os.environ, "BENCH_RESPONSE": str(told)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == '200 {"said": 1} 200'
