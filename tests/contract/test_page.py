"""The interactive page in a browser, before the running service."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.contract.sockets import Server

pytestmark = pytest.mark.browser

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@pytest.fixture
def page(server: Server, chromium: str) -> Iterator[Page]:
    """The page, loaded; the test fails on any message on the console but those it takes off `said`."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        try:
            page = browser.new_page(viewport={"width": 1440, "height": 1000})
            said: list[str] = []
            page.on("console", lambda message: said.append(message.text))
            page.on("pageerror", lambda error: said.append(str(error)))
            page.goto(f"{server.url}/docs")
            page.wait_for_selector("#metrics")
            yield page
            # A refusal that a test provokes is the one thing that a console may mention.
            assert [line for line in said if "status of 422" not in line] == []
        finally:
            browser.close()


def test_an_example_is_sent_and_its_answer_shown(page: Page, tmp_path: Path) -> None:
    """Proves that the page lists every operation, sends an example, and shows a decision or a refusal."""
    assert page.locator("section.operation").count() == page.locator("nav li a").count() == 19

    page.select_option("#assess-example", "usde-at-the-exchange")
    page.click("#assess button.send")
    page.wait_for_selector("#assess .status.good")
    assert page.locator("#assess .status").inner_text() == "200 OK"
    assert '"class": "hedged_synthetic"' in page.locator("#assess output > div > pre").inner_text()

    page.fill("#assess-body", '{"as_of": 1}')
    page.press("#assess-body", "Control+Enter")
    page.wait_for_selector("#assess .status.bad")
    assert "/v1/problems/H4220" in page.locator("#assess output > div > pre").inner_text()
    page.screenshot(path=tmp_path / "docs.png")


def test_the_list_can_be_filtered_and_the_colours_changed(page: Page) -> None:
    """Proves that `/` leads to the filter, that it filters, and that a choice of colours stays."""
    page.keyboard.press("/")
    page.keyboard.type("snapshot")
    shown = page.locator("nav li:visible").all_inner_texts()
    assert shown == ["Get one asset and its snapshots", "Get one snapshot, with its facts"]
    page.click("#theme")
    chosen = page.evaluate("document.documentElement.dataset.theme")
    page.reload()
    page.wait_for_selector("#metrics")
    assert page.evaluate("document.documentElement.dataset.theme") == chosen == "dark"


def test_the_page_works_from_the_keyboard(page: Page) -> None:
    """Proves that a form can be reached, filled and sent without a mouse, and schemas opened."""
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.focus("#get_rule-id")
    page.keyboard.press("Control+A")
    page.keyboard.type("CLS-010")
    page.keyboard.press("Enter")
    page.wait_for_selector("#get_rule .status.good")
    page.locator("#assess details summary").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#assess details[open] .rows > li")
    assert page.locator("#assess details[open]").first.locator(".rows > li").count() > 5
