"""The picture in the README: drawn from a decision, and readable."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from tools.picture import BESIDE, QUESTION, waterfall
from tools.tables import decision

_SVG = "{http://www.w3.org/2000/svg}"


def test_the_bars_are_those_of_the_decision() -> None:
    """Proves that each step that takes something has a bar, and that together they reach maintenance."""
    charged = decision(*QUESTION)["haircuts"][0]
    bars = ET.fromstring(waterfall()).findall(f"{_SVG}rect")
    steps = [bar for bar in bars if bar.get("class") == "step"]
    assert len(steps) == sum(line["amount"] != 0 for line in charged["waterfall"])
    maintenance, initial = (bar for bar in bars if bar.get("class") == "sum")
    end = float(steps[-1].get("x", "")) + float(steps[-1].get("width", ""))
    reached = float(maintenance.get("x", "")) + float(maintenance.get("width", ""))
    # A bar too short to be seen is drawn a pixel wide.
    assert abs(end - reached) <= 1
    assert float(initial.get("width", "")) > float(maintenance.get("width", ""))
    assert len(bars) == len(steps) + 2 + len(BESIDE)


def test_it_is_readable_by_everyone() -> None:
    """Proves that it has colours for light and for dark, and says in words what it shows."""
    drawn = waterfall()
    light, _, dark = drawn.partition("@media (prefers-color-scheme: dark)")
    classes = set(re.findall(r"^\s*\.(\w+)", light, re.MULTILINE))
    assert classes - {"title"} == set(re.findall(r"^\s*\.(\w+)", dark, re.MULTILINE))
    title = ET.fromstring(drawn).findtext(f"{_SVG}title", "")
    assert re.search(r"HC-BASE [\d.]+ %.*: maintenance [\d.]+ %, initial [\d.]+ %", title)
