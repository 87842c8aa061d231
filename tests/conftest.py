"""Fixtures that more than one folder of tests uses."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import HealthCheck, settings

# A pull request must not fail by a new random example: the same examples every time, more of them by choice.
settings.register_profile("default", deadline=None, derandomize=True, print_blob=True)
settings.register_profile(
    "search", deadline=None, max_examples=2_000, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that no processor waits for the other at the end."""
    items.sort(key=lambda item: "slow" not in item.keywords)


@pytest.fixture(scope="session")
def checkout() -> Path:
    """The root of the checkout: `rules`, `fixtures`, `openapi`, `docs`."""
    return Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium; without one the test is skipped, except in CI, where it must be there."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    return _lacking("no Chromium on this machine; see tools/browser.sh")


@pytest.fixture(scope="session")
def node_modules(checkout: Path) -> Path:
    """Where the packages of tools/node/package.json are; without them the test is skipped, except in CI."""
    found = checkout / "tools/node/node_modules"
    if not found.is_dir() or not shutil.which("node"):
        _lacking("no packages of npm on this machine; see tools/node.sh")
    return found


def _lacking(what: str) -> NoReturn:
    if os.environ.get("CI"):
        pytest.fail(what)
    pytest.skip(what)
