"""The pages of rules of style: each is whole, its example is found, and what it calls better is not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pegmark.authoring.lint.rules.registry import IDLE, MALFORMED, STYLE_RULES
from tests.authoring.lint.books import linted

HEADINGS = ("What it says", "Why", "Example", "Better", "When to ignore")
RUN = [code for code, rule in STYLE_RULES.items() if rule.needs != "proof"]
"""Rules of which a text alone is an example."""


def page(checkout: Path, code: str) -> dict[str, str]:
    """What stands under each heading of a page, and under none."""
    text = (checkout / f"docs/lint/{code}.md").read_text(encoding="utf-8")
    head, *parts = re.split(r"^## ", text, flags=re.MULTILINE)
    return {"": head, **{part.partition("\n")[0]: part.partition("\n")[2] for part in parts}}


def example(text: str) -> str:
    """The YAML under a heading."""
    [found] = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    return str(found)


def test_the_sound_rulebook_is_sound() -> None:
    """Proves that what a page finds comes from its example, as nothing is found without."""
    assert linted() == []


@pytest.mark.parametrize("code", STYLE_RULES)
def test_a_page_is_whole(checkout: Path, code: str) -> None:
    """Proves that each rule has a page under the same headings, that says what the registry says."""
    rule = STYLE_RULES[code]
    found = page(checkout, code)
    assert tuple(found)[1:] == HEADINGS
    assert found[""].splitlines()[0] == f"# {code}: {rule.summary}"
    assert f"`{rule.name}`" in found[""]
    assert {"error": "An error", "warning": "A warning"}[rule.severity] in found[""]
    assert all(said.strip() for said in found.values())


@pytest.mark.parametrize("code", RUN)
def test_an_example_is_found_and_the_better_is_not(checkout: Path, code: str) -> None:
    """Proves that each rule finds what its page shows, and finds nothing in what it shows as better."""
    found = page(checkout, code)
    problems = [problem for problem in linted(example(found["Example"])) if problem.code == code]
    assert problems
    assert all(problem.help and problem.span and problem.yaml_path for problem in problems) or code in (
        IDLE,
        MALFORMED,
    )
    assert linted(example(found["Better"])) == []


def test_no_page_is_of_nothing(checkout: Path) -> None:
    """Proves that there is no page of a rule that is none, and that the index lists them all."""
    pages = {file.stem for file in (checkout / "docs/lint").glob("L*.md")}
    assert pages == set(STYLE_RULES)
    index = (checkout / "docs/lint/README.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| \[(L\d+)\]", index, re.MULTILINE) == list(STYLE_RULES)
