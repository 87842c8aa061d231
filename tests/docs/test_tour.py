"""The newcomer's tour in the README: it leads through every step, and a lie in it is seen."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tools.replay import Block, Failed, blocks, replay

STEPS = (
    ("A first answer", "curl ", r"^hedged_synthetic "),
    ("Change a rule", "> mine/house/", None),
    ("See the effect", "--rulebook mine/house ", r"^< .*\n> "),
    (
        "See an error",
        "pegmark check mine/house\n",
        r"^error\[E0204\].*(\n.+)+\n +\| +\^\^\n(.*\n)+.*did you mean ",
    ),
    ("See an error", "pegmark explain E0204", r"Two amounts of different units"),
    ("See a test fail", "pegmark test mine/house --filter ", r"^    expected  10%\n    got       16%\n"),
)
"""What a newcomer is promised, by heading: what is typed, and what then appears."""


@pytest.fixture(scope="module")
def readme(checkout: Path) -> str:
    """The README."""
    return (checkout / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def tour(readme: str) -> str:
    """Its chapter that is a tour."""
    return readme.partition("\n## A tour\n")[2].partition("\n## ")[0]


def step(tour: str, name: str) -> str:
    """One step of the tour, from its name to the next name."""
    return re.split(r"^\*\*(?=[A-Z])", tour.partition(f"**{name}")[2], maxsplit=1, flags=re.MULTILINE)[0]


def shown(text: str, block: Block) -> str:
    """What stands below a block of commands."""
    return text[slice(*block.span)] if block.kind else ""


def test_the_tour_leads_through_every_step(tour: str) -> None:
    """Proves that a newcomer gets an answer, changes a rule, sees the effect, an error and a failed test."""
    names = list(dict.fromkeys(name for name, _, _ in STEPS))
    assert re.findall(r"^\*\*([A-Z][\w ]+)", tour, re.MULTILINE) == names
    for name, typed, appears in STEPS:
        text = step(tour, name)
        [block] = [block for block in blocks(text) if typed in block.script]
        assert block.is_run
        assert appears is None or re.search(appears, shown(text, block), re.MULTILINE), (name, typed)


def test_nothing_is_shown_that_no_command_prints(readme: str) -> None:
    """Proves that each block of output stands right below the commands that are run to print it."""
    printed = [block for block in blocks(readme) if block.is_run and block.kind]
    assert len(printed) == len(re.findall(r"^```(?:text|json)$", readme, re.MULTILINE))


def last(tour: str) -> str:
    """The steps of the tour that need no server and no earlier answer."""
    return "\n".join([step(tour, "Change a rule"), step(tour, "See a test fail").partition("\nWhoever ")[0]])


def test_a_line_that_was_altered_is_seen(tour: str) -> None:
    """Proves that the README would not pass with another number in what it shows."""
    told = last(tour)
    assert "got       16%" in told
    altered = told.replace("got       16%", "got       15%")
    assert replay(altered) == told != altered


def test_a_command_that_was_altered_is_seen(tour: str) -> None:
    """Proves that the README would not pass with another change of the rule, or with none."""
    told = last(tour)
    altered = told.replace("limit: 16%", "limit: 12%")
    assert "got       12%" in replay(altered)
    with pytest.raises(Failed, match="exit code 0, not 1"):
        replay(told.replace("limit: 16%", "limit: 10%"))
