"""Scopes: what a mistyped name was meant to be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pegmark.language import nearest
from pegmark.language.scope import MOST_MEANT
from tests.language.expressions import NAMES


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("backing.colateral_ratio", "backing.collateral_ratio"),
        ("hedge.horizons", "hedge.horizon"),
        ("supply", "liquidity.supply"),
        ("venue.horizon", "hedge.horizon"),
        ("qqq", None),
        ("", None),
    ],
)
def test_nearest(name: str, meant: str | None) -> None:
    """Proves that slips and missing groups are seen through, and nothing else."""
    assert nearest(name, NAMES) == meant


@given(st.text())
def test_nearest_is_a_name_or_nothing(name: str) -> None:
    """Proves that a suggestion can be followed."""
    assert nearest(name, NAMES) in {*NAMES, None}


def test_among_many_names_the_likeliest_are_compared() -> None:
    """Proves that the nearest of many is still found, and that among too many none is looked for."""
    names = [f"derived_name_{n}" for n in range(MOST_MEANT - 1)]
    assert nearest("liquidty.supply", [*names, "liquidity.supply"]) == "liquidity.supply"
    assert nearest("supply", [*names, "liquidity.supply"]) == "liquidity.supply"
    assert nearest("liquidty.supply", [*names, "one_more", "liquidity.supply"]) is None
