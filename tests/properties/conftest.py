"""The desk of what ships, for all properties."""

from __future__ import annotations

import pytest

from pegmark.bootstrap import build_desk
from pegmark.settings import read_settings
from pegmark.usecases.desk import Desk


@pytest.fixture(scope="session")
def desk() -> Desk:
    """The shipped rulebook, snapshots and venues."""
    return build_desk(read_settings({}))
