"""Ignores: where one reaches, what it needs, and that none stays behind."""

from __future__ import annotations

import pytest

from pegmark.authoring.lint.settings import LintSettings
from pegmark.problems import Problem
from tests.authoring.lint.books import linted

COMMENT = "# pegmark: ignore[L060] another rule tells of it"
BLOCK = """
review:
  {above}
  - id: RV-010{first}
    code: loop
    severity: high
    when: >-
      venue.max_loop_leverage > 1.5
      and venue.fee_waived{inside}
    on_unknown: skip{at}
    remedy: Limit the loop.
    why: A loop unwinds at once.
    cite: [METH]
  - id: RV-020
    code: gate
    severity: high
    when: redemption.gated
    on_unknown: match
    remedy: Wait.
    why: A gate is a sign.
    cite: [METH]
"""


def said(**comments: str) -> list[Problem]:
    """What is said of a finding that is passed over, with comments at places of it."""
    places = dict.fromkeys(("first", "inside", "at"), "") | {"above": "# The first."}
    return linted(BLOCK.format(**places | comments))


def codes(problems: list[Problem]) -> list[str]:
    """The codes of problems."""
    return [problem.code for problem in problems]


@pytest.mark.parametrize(
    "comments",
    [
        {"at": f"  {COMMENT}"},
        {"first": f"  {COMMENT}"},
        {"above": COMMENT},
        {"above": f"{COMMENT}\n\n  # and a word on the rule"},
        {"above": COMMENT.replace("[L060]", "[ L060 ]")},
    ],
)
def test_an_ignore_reaches_its_line_and_the_rule_that_the_line_begins(comments: dict[str, str]) -> None:
    """Proves that one at the end of the line, at the head of the rule and above it each leave it out."""
    assert codes(said()) == ["L060"]
    assert said(**comments) == []


def test_an_ignore_reaches_no_further() -> None:
    """Proves that an ignore on another line of the rule leaves nothing out, and is idle."""
    found = linted(
        BLOCK.format(above="# The first.", first="", inside="", at="").replace(
            "Limit the loop.", f"Limit the loop.  {COMMENT}"
        )
    )
    assert codes(found) == ["L060", "L000"]
    assert found[1].span is not None
    assert found[1].message == "nothing here is L060, and it is ignored"


def test_a_comment_in_a_text_is_a_text() -> None:
    """Proves that what looks like an ignore within a quoted text, or a folded one, ignores nothing."""
    text = BLOCK.format(above="# The first.", first="", inside="", at="")
    quoted = text.replace("Limit the loop.", f'"Limit it. {COMMENT} ."')
    assert codes(linted(quoted)) == ["L060"]
    folded = text.replace(
        "why: A loop unwinds at once.", f"why: >-\n      A loop unwinds at once.\n      {COMMENT}."
    )
    assert codes(linted(folded)) == ["L060"]


def test_a_comment_after_a_folded_text_is_one() -> None:
    """Proves that an ignore on the line after a block text is read, though the block's end is not marked."""
    text = BLOCK.format(above="# The first.", first="", inside=f"\n    {COMMENT}", at="")
    assert linted(text) == []


@pytest.mark.parametrize(
    ("comment", "message", "help"),
    [
        ("# pegmark: ignore[L060]", "an ignore gives a reason", "write `# pegmark: ignore[L012] and why`"),
        ("# pegmark: ignore L060 so", "this is no ignore", "write `# pegmark: ignore[L012] and why`"),
        ("#pegmark:  skip[L060] so", "this is no ignore", "write `# pegmark: ignore[L012] and why`"),
        ("# pegmark: ignore[L06O] so", "no rule `L06O` can be ignored", "`pegmark lint --rules` lists them"),
        ("# pegmark: ignore[] so", "no rule `` can be ignored", "`pegmark lint --rules` lists them"),
        (
            "# pegmark: ignore[E0314] so",
            "no rule `E0314` can be ignored",
            "`pegmark lint --rules` lists them",
        ),
        ("# pegmark: ignore[L000] so", "no rule `L000` can be ignored", "`pegmark lint --rules` lists them"),
    ],
)
def test_a_malformed_ignore_is_an_error_and_ignores_nothing(comment: str, message: str, help: str) -> None:
    """Proves that an ignore without a reason, or of no rule, is told and leaves what it is for to be told."""
    found = said(at=f"  {comment}")
    assert codes(found) == ["L060", "L001"]
    assert (found[1].severity, found[1].message) == ("error", message)
    assert found[1].help == help
    assert codes(
        linted(
            BLOCK.format(above="#", first="", inside="", at=f"  {comment}"),
            LintSettings(select=frozenset({"L060"})),
        )
    ) == [
        "L060",
        "L001",
    ]


def test_each_of_several_codes_is_minded_by_itself() -> None:
    """Proves that an ignore of two rules of which one finds nothing is idle for that one alone."""
    found = said(first="  # pegmark: ignore[L060, L014] both, says somebody")
    assert codes(found) == ["L000"]
    assert "L014" in found[0].message


def test_a_rule_that_is_not_asked_leaves_no_ignore_idle() -> None:
    """Proves that leaving a rule out, or having no suites, does not make an error of the ignores of it."""
    assert (
        linted(
            BLOCK.format(above=COMMENT, first="", inside="", at=""), LintSettings(ignore=frozenset({"L060"}))
        )
        == []
    )
    assert said(first="  # pegmark: ignore[L060, L080] tried elsewhere") == []
