"""Curves as pictures: every point is there, in its place, and says what it is."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from xml.etree.ElementTree import fromstring

import pytest
from playwright.sync_api import Page, sync_playwright

from pegmark.handbook.curve import Points, curve
from pegmark.handbook.stylesheet import stylesheet
from pegmark.rulebook.program import Curve, Step
from tests.contract.test_page import FLAGS
from tests.handbook.books import house_html, house_program, tree

SVG = "{http://www.w3.org/2000/svg}"
MANY = [(Fraction(n * n, 100), Fraction(n, 63)) for n in range(64)]
FALLING = [(Fraction(-5), Fraction(1)), (Fraction(10**9), Fraction(1, 3))]
FLAT = [(Fraction(0), Fraction(0)), (Fraction(1), Fraction(0))]
LONG = "a_name_that_is_so_long_that_no_line_holds_it_whole_and_goes_on * (another.one + a.third) / one.more"


def curves() -> list[tuple[Step, Curve]]:
    """The curves of the house."""
    return [(step, step.amount) for step in house_program().haircut.steps if isinstance(step.amount, Curve)]


def test_a_curve_of_the_house_has_its_points() -> None:
    """Proves that each curve is drawn once, with a mark for each point that says the point, and a name."""
    drawn = {one.get("id"): one for one in tree(house_html()).iter("article") if list(one.iter(f"{SVG}svg"))}
    assert len(curves()) >= 4
    assert list(drawn) == [step.reason.id for step, _ in curves()]
    for step, found in curves():
        [svg] = drawn[step.reason.id].iter(f"{SVG}svg")
        assert len(list(svg.iter(f"{SVG}circle"))) == len(found.points)
        assert svg.get("role") == "img"
        named = (svg.get("aria-labelledby") or "").split()
        there = {one.get("id") for one in svg.iter() if one.get("id")}
        assert set(named) == there
        assert (svg.findtext(f"{SVG}title") or "").startswith(f"{step.reason.id}: ")
        assert f"{len(found.points)} points" in (svg.findtext(f"{SVG}desc") or "")


@pytest.mark.parametrize("points", [MANY, FALLING, FLAT])
def test_points_stand_where_they_belong(points: Points) -> None:
    """Proves that marks run from left to right, as high as their amounts, and none beyond the picture."""
    svg = fromstring(curve("HC-X", "add", "x", "ratio", points))
    width, height = (float(part) for part in svg.get("viewBox", "").split()[2:])
    marks = [(float(one.get("cx", "")), float(one.get("cy", ""))) for one in svg.iter(f"{SVG}circle")]
    assert len(marks) == len(points)
    assert all(0 < x < width and 0 < y < height for x, y in marks)
    assert all(a[0] < b[0] for a, b in pairwise(marks))
    for (_, one), (_, two), (a, b) in zip(points, points[1:], pairwise(marks), strict=False):
        assert (one > two) is (a[1] < b[1] - 0.01) or abs(float(one - two)) < 1e-3


def test_a_title_says_each_point() -> None:
    """Proves that whoever points at a mark learns what it stands for, in units."""
    points = [(Fraction(30), Fraction(0)), (Fraction(943), Fraction(1, 4))]
    svg = fromstring(curve("HC-X", "add", "redemption.lock", "days", points))
    assert [one.findtext(f"{SVG}title") for one in svg.iter(f"{SVG}circle")] == ["0% at 30d", "25% at 943d"]


@pytest.fixture(scope="module")
def window(chromium: str) -> Iterator[Page]:
    """A page in a browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield browser.new_page()
        browser.close()


@pytest.mark.browser
@pytest.mark.parametrize("points", [MANY, FALLING, FLAT])
def test_in_a_browser_nothing_overlaps_and_nothing_is_cut_off(window: Page, points: Points) -> None:
    """Proves that every text stands within the picture and clear of every other."""
    drawn = curve("HC-X", "at least", LONG, "ratio", points)
    window.set_content(f"<style>{stylesheet()}</style><figure>{drawn}</figure>")
    found = window.evaluate(
        """() => [...document.querySelectorAll("svg text")].map(node => {
             const {x, y, width, height} = node.getBBox();
             const {width: right, height: end} = node.ownerSVGElement.viewBox.baseVal;
             return {said: node.textContent, x, y, width, height, right, end};
           })"""
    )
    assert len(found) > 4
    for n, one in enumerate(found):
        assert one["x"] >= 0, one
        assert one["x"] + one["width"] <= one["right"], one
        assert one["y"] + one["height"] <= one["end"], one
        for other in found[n + 1 :]:
            across = min(one["x"] + one["width"], other["x"] + other["width"]) - max(one["x"], other["x"])
            down = min(one["y"] + one["height"], other["y"] + other["height"]) - max(one["y"], other["y"])
            # The box of a font is higher than its letters.
            assert across <= 0 or down <= 4, (one["said"], other["said"])


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1280])
def test_in_a_browser_a_page_is_no_wider_than_its_window(window: Page, width: int) -> None:
    """Proves that on a telephone and on a screen only tables scroll sideways, and nothing is loaded."""
    said: list[str] = []
    window.on("console", lambda message: said.append(message.text))
    window.on("request", lambda request: said.append(request.url))
    window.set_viewport_size({"width": width, "height": 800})
    window.set_content(house_html())
    assert window.evaluate("document.documentElement.scrollWidth") == width
    assert said == []
