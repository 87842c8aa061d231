"""Settings: which rules are asked and how severe each is, by a file and over it by options."""

from __future__ import annotations

import pytest

from pegmark.authoring.lint.settings import LintSettings, given, read_lint_settings
from tests.authoring.lint.books import linted

FAULTY = """
sources:
  METH: {title: House methodology, href: "http://pegmark.example/methodology"}
  OLD: {title: An older one, href: "https://pegmark.example/old"}
"""


def settings(text: str) -> LintSettings:
    """What a sound file of settings says."""
    found, problems = read_lint_settings(text.encode(), "lint.yaml")
    assert problems == []
    return found


def told(asked: LintSettings) -> dict[str, str]:
    """What is found under settings, with how severe it is."""
    return {problem.code: problem.severity for problem in linted(FAULTY, asked)}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ignore: []", {"L015": "warning", "L016": "warning"}),
        ("select: [L015]", {"L015": "warning"}),
        ("select: [L030]", {}),
        ("ignore: [L015]", {"L016": "warning"}),
        ("severity: {L016: error}", {"L015": "warning", "L016": "error"}),
        ('severity: {L016: "off"}', {"L015": "warning"}),
    ],
)
def test_a_file_decides_what_is_asked(text: str, found: dict[str, str]) -> None:
    """Proves that select, ignore and severity each do what they say."""
    assert told(settings(text)) == found


def test_options_are_asked_last() -> None:
    """Proves that an option overrules the file for its own rule and leaves the rest of the file be."""
    file = settings("ignore: [L015]\nseverity: {L016: error}\nstale_years: 5")
    assert told(given([], [], {}).over(file)) == {"L016": "error"}
    assert told(given(["L015"], [], {}).over(file)) == {"L015": "warning"}
    assert told(given([], ["L016"], {}).over(file)) == {}
    assert told(given([], [], {"L016": "warning"}).over(file)) == {"L016": "warning"}
    assert given([], [], {}).over(file).stale_years == 5


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("ignore: [L999]", "E0304", "no rule of style is called `L999`"),
        ("severity: {L999: error}", "E0304", "no rule of style is called `L999`"),
        ("severity: {L015: loud}", "E0304", "`loud` is not one of the choices"),
        ("selct: [L015]", "E0301", "unknown key `selct`"),
        ("select: L015", "E0303", "this is a value, where a list is needed"),
        ("stale_years: 0", "E0311", "`0` is not a whole number from 1 to 100"),
        ("ignore: [L015", "E0001", None),
        ("", "E0012", "file is empty"),
    ],
)
def test_what_is_wrong_with_a_file_is_told_with_its_place(text: str, code: str, message: str | None) -> None:
    """Proves that no mistake in a file of settings passes for a setting."""
    _, [problem] = read_lint_settings(text.encode(), "lint.yaml")
    assert problem.code == code
    assert message is None or problem.message == message
    assert problem.span is not None
    assert problem.span.file == "lint.yaml"
