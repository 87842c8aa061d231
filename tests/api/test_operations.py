"""Health, metrics and the log: what operators see."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pegmark import __version__
from pegmark.api.entrance import Exchange
from pegmark.api.metrics import Metrics
from pegmark.usecases.desk import Desk
from tests.api.conftest import Ask

KEPT = ("PATH", "PYTHONPATH")
HEAVY = ("pandas", "numpy", "z3", "hypothesis", "jsonschema", "httpx", "sqlalchemy", "schemathesis", "pytest")


def test_health_says_what_is_loaded(ask: Ask, desk: Desk) -> None:
    """Proves that an operator can tell which rules a process decides by."""
    assert ask("GET", "/health/live").json() == {"status": "live"}
    ready = ask("GET", "/health/ready").json()
    program = desk.book(None).program
    assert (ready["version"], ready["rulebook"]) == (__version__, program.id)
    assert ready["rulebook_digest"] == program.resolved_digest
    assert ready["assets"] == len(desk.catalogue.assets())


def counted(ask: Ask) -> dict[str, float]:
    text = ask("GET", "/metrics").text
    rows = (line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, value in rows}


def test_requests_are_counted_by_route(ask: Ask) -> None:
    """Proves that each request counts once, under its template, also where nothing is served."""
    before = counted(ask)
    ask("GET", "/v1/assets/USDe")
    ask("GET", "/v1/assets/nobody")
    ask("HEAD", "/v1/assets/USDe")
    ask("GET", "/nowhere/at/all")
    ask("BREW", "/v1/assets")
    ask("POST", "/v1/assessments", json={"as_of": "2025-10-09"})
    after = counted(ask)
    grown = {
        name: after[name] - before.get(name, 0)
        for name in after
        if name.startswith("pegmark_http_requests_total") and after[name] != before.get(name, 0)
    }
    assert grown == {
        'pegmark_http_requests_total{method="GET",route="/v1/assets/{asset}",status="200"}': 1,
        'pegmark_http_requests_total{method="GET",route="/v1/assets/{asset}",status="404"}': 1,
        'pegmark_http_requests_total{method="HEAD",route="/v1/assets/{asset}",status="200"}': 1,
        'pegmark_http_requests_total{method="GET",route="unmatched",status="404"}': 1,
        'pegmark_http_requests_total{method="other",route="unmatched",status="405"}': 1,
        'pegmark_http_requests_total{method="POST",route="/v1/assessments",status="422"}': 1,
        'pegmark_http_requests_total{method="GET",route="/metrics",status="200"}': 1,
    }


def test_time_is_measured(ask: Ask) -> None:
    """Proves that a histogram of seconds grows with what is asked."""
    name = 'pegmark_http_request_seconds_count{method="GET",route="/v1/venues"}'
    before = counted(ask).get(name, 0)
    ask("GET", "/v1/venues")
    assert counted(ask)[name] == before + 1


def test_a_client_cannot_make_series_without_end() -> None:
    """Proves that invented methods and paths share one series."""
    metrics = Metrics({"version": "test"})
    for n in range(500):
        metrics.count(Exchange(f"M{n}", f"/x/{n}", None, 405, 0.001, "id", None))
    lines = metrics.text().decode().splitlines()
    assert [line for line in lines if line.startswith("pegmark_http_requests")] == [
        'pegmark_http_requests_total{method="other",route="unmatched",status="405"} 500.0'
    ]


def test_the_format_is_prometheus_text(ask: Ask) -> None:
    """Proves that a scraper understands it, and that the build is among it."""
    response = ask("GET", "/metrics")
    assert response.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert re.search(r'^pegmark_build\{.*rulebook="house".*\} 1\.0$', response.text, re.MULTILINE)
    assert "of this server process" in response.text


def served(checkout: Path, program: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=checkout,
        env={name: value for name, value in os.environ.items() if name in KEPT} | environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )


def test_the_serving_process_is_lean(checkout: Path) -> None:
    """Proves that nothing heavy that tests and tools use is loaded to serve; says what serving costs."""
    program = """
import time; started = time.perf_counter()
import pegmark.asgi
seconds = time.perf_counter() - started
import json, pathlib, re, sys
resident = re.search(r"VmRSS:\\s+(\\d+)", pathlib.Path("/proc/self/status").read_text())[1]
print(json.dumps([sorted(sys.modules), seconds, int(resident) / 1024]))
"""
    modules, seconds, megabytes = json.loads(served(checkout, program).stdout)
    assert [name for name in HEAVY if name in modules] == []
    assert "pegmark.cli" not in modules
    print(f"import {seconds:.2f} s, resident {megabytes:.0f} MB")


LOGGING = """
import asyncio, os, sys
from pegmark.asgi import app
from pegmark.api.examples import Example, ask
ask(app, Example("", "", "", "GET", "/v1/assets/caf%C3%A9?secret=1", None, None, None))
import logging; logging.getLogger("uvicorn.error").warning("from the server: %s", "x")
"""


def test_the_log_is_one_object_a_line(checkout: Path) -> None:
    """Proves that a log in JSON holds what happened to each request, and nothing of its query or body."""
    run = served(checkout, LOGGING, PEGMARK_LOG_FORMAT="json")
    request, server = (json.loads(line) for line in run.stderr.splitlines())
    kept: dict[str, Any] = {key: request[key] for key in ("event", "level", "method", "path", "status")}
    assert kept == {
        "event": "request",
        "level": "info",
        "method": "GET",
        "path": "/v1/assets/café",
        "status": 400,
    }
    assert {"ms", "request_id", "timestamp"} < set(request)
    assert "secret" not in run.stderr
    assert (server["event"], server["level"]) == ("from the server: x", "warning")


def test_the_log_is_legible(checkout: Path) -> None:
    """Proves that a log for people is a line a request, without colours where nobody sees them."""
    request, server = served(checkout, LOGGING).stderr.splitlines()
    assert "request" in request
    assert "status=400" in request
    assert "from the server: x" in server
    assert "\x1b" not in request + server


FAULT = """
from structlog import get_logger
from pegmark.api.logs import configure_logs
configure_logs("text", "info")
def decide(asked):
    raise RuntimeError("broken")
try:
    decide("sec" + "ret")
except RuntimeError as error:
    get_logger("pegmark").error("request failed", exc_info=error)
"""


def test_a_fault_is_logged_without_what_was_asked(checkout: Path) -> None:
    """Proves that a traceback for people says where a fault arose, and prints no values."""
    logged = served(checkout, FAULT).stderr
    assert "RuntimeError: broken" in logged
    assert "in decide" in logged
    assert "secret" not in logged


@pytest.mark.parametrize(("level", "lines"), [("info", 2), ("warning", 1), ("error", 0)])
def test_the_level_is_minded(checkout: Path, level: str, lines: int) -> None:
    """Proves that an operator can do without the lines of requests."""
    assert len(served(checkout, LOGGING, PEGMARK_LOG_LEVEL=level).stderr.splitlines()) == lines
