"""What the house promises of size (`GR-SIZE`): more of an asset never loses less."""

from __future__ import annotations

from itertools import pairwise

import pytest

from pegmark.bootstrap import build_desk
from pegmark.settings import read_settings
from pegmark.usecases.assess import Question, assess
from pegmark.usecases.desk import Desk

SIZES = tuple(float(n * 10**power) for power in range(4, 9) for n in (1, 3, 7))


@pytest.fixture(scope="module")
def desk() -> Desk:
    """The desk that ships."""
    return build_desk(read_settings({}))


def test_more_never_loses_less(desk: Desk) -> None:
    """Proves that no shipped asset's haircut falls as the position grows, and that some rise."""
    rises = 0
    for asset in desk.catalogue.assets():
        for stored in desk.catalogue.snapshots(asset):
            for venue in desk.catalogue.venues():
                question = Question(stored.as_of, asset=asset, venue=venue.id, sizes=SIZES, explain="none")
                totals = [line["maintenance"]["total"] for line in assess(desk, question)["haircuts"]]
                assert totals == sorted(totals), (asset, stored.as_of, venue.id)
                rises += any(small < large for small, large in pairwise(totals))
    assert rises > 3
