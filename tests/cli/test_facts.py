"""`pegmark facts`: the vocabulary, all of it or a part."""

from __future__ import annotations

import json
import re

import pytest

from pegmark.facts.vocabulary import COMPONENT_KINDS, FACTS, GROUPS, describe
from tests.cli.conftest import Run


def test_every_fact_is_listed_with_its_meaning(run: Run) -> None:
    """Proves that the list is the vocabulary: each fact once, in its order, with its meaning."""
    text = run("facts").out
    assert re.findall(r"^  (\w+\.\w+)$", text, re.MULTILINE) == list(FACTS)
    assert re.findall(r"^(\w+)$", text, re.MULTILINE) == list(GROUPS)
    flat = " ".join(text.split())
    for fact in FACTS.values():
        assert fact.meaning in flat


def test_a_group_lists_its_facts_alone(run: Run) -> None:
    """Proves that a group is shown without the others."""
    assert re.findall(r"^  (\S+)$", run("facts", "peg").out, re.MULTILINE) == [
        fact.name for fact in GROUPS["peg"]
    ]


def test_one_fact_says_where_it_is_found(run: Run) -> None:
    """Proves that a single fact is shown with unit, range, direction, age and where to look."""
    flat = " ".join(run("facts", "liquidity.depth_2pct").out.split())
    assert "USD from $0 to $10,000bn, lower is worse, at most 45 days old" in flat
    assert f"Where it is found: {FACTS['liquidity.depth_2pct'].where}" in flat


def test_components_are_shown_with_their_kinds(run: Run) -> None:
    """Proves that whoever lists backing is told every kind there is."""
    assert re.findall(r"^      (\w+)  ", run("facts", "backing.components").out, re.MULTILINE) == list(
        COMPONENT_KINDS
    )


@pytest.mark.parametrize("name", [None, "hedge", "hedge.coverage"])
def test_json_is_what_the_api_lists(run: Run, name: str | None) -> None:
    """Proves that `--json` gives the entries of the API, all or those asked for."""
    found = json.loads(run("facts", *([name] if name else []), "--json").out)
    assert found == [
        entry for entry in describe() if name in (None, entry["name"], str(entry["name"]).partition(".")[0])
    ]


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("liquidty", "did you mean `liquidity`?"),
        ("depth_2pct", "did you mean `liquidity.depth_2pct` or `venue.depth_2pct`?"),
        ("zzz", "one of `reference`, `backing`"),
    ],
)
def test_an_unknown_name_suggests_one(run: Run, name: str, hint: str) -> None:
    """Proves that a slip exits 1 with the name that was probably meant."""
    ran = run("facts", name)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(f"error: no fact or group is called `{name}`\nhint: {hint}")
