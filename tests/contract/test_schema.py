"""The running service against its OpenAPI document."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.contract.sockets import Server

LEAST = 4_000


@pytest.mark.contract
@pytest.mark.slow
def test_schemathesis_finds_nothing(server: Server, checkout: Path, tmp_path: Path) -> None:
    """Proves that examples, boundaries, random and chained requests are answered as the document says."""
    report = tmp_path / "report.json"
    command = [
        str(Path(sys.executable).with_name("st")),
        *("run", "openapi/openapi.yaml", "--url", server.url, "--no-color"),
        *("--report", "json", "--report-json-path", str(report)),
    ]
    run = subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout[-20_000:]
    found = json.loads(report.read_text(encoding="utf-8"))
    phases = {name: phase["status"] for name, phase in found["phases"].items()}
    assert phases == dict.fromkeys(("examples", "coverage", "fuzzing", "stateful"), "success")
    assert found["operations"]["tested"] == found["operations"]["total"]
    assert found["test_cases"]["with_failures"] == 0
    assert found["test_cases"]["generated"] >= LEAST
    print(f"{found['test_cases']['generated']:,} cases in {found['running_time']:.0f} s")
