"""A file of generated cases: what is written, and that nothing of a person's is lost."""

from __future__ import annotations

import pytest

from pegmark.authoring.generation.text import NotOurs, Written, file_text, taken_over
from pegmark.facts.vocabulary import FACTS

FIRST = Written(
    "A: just below 1%",
    "the edge of a bin",
    "bills",
    None,
    {"peg.discount_now": 0.009999, "backing.segregated": True, "redemption.lock": None},
    {"class": "reserve"},
)
SECOND = Written(
    "B",
    "what nothing else exercises",
    "bills",
    1e6,
    {
        "backing.components": [{"kind": "cash", "share": 1.0}],
        "redemption.right": {"value": "none", "estimated": True},
    },
    {"findings": "[]"},
)


def written() -> str:
    """A file of two cases."""
    return file_text([FIRST, SECOND], FACTS)


def test_a_case_says_what_a_suite_can_read() -> None:
    """Proves how values, what is not known, estimates, components and sizes are written."""
    lines = written().splitlines()
    assert '  - case: "A: just below 1%"' in lines
    assert "    facts: {peg.discount_now: 0.9999%, backing.segregated: true, redemption.lock: null}" in lines
    assert "    size: $1M" in lines
    told = "{backing.components: {cash: 100%}, redemption.right: {value: none, estimated: true}}"
    assert f"    facts: {told}" in lines


def test_what_was_generated_is_nobody_s() -> None:
    """Proves that a file as it was written holds nothing to keep, and is written again the same."""
    assert list(taken_over(written())) == []
    assert file_text([FIRST, SECOND], FACTS, list(taken_over(written()))) == written()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("    origin: generated", "    # mine: generated"),
        ("class: reserve", "class: not reserve"),
        ("    note: the edge of a bin", "    note: the edge that was moved in June"),
        ("    expect: {class: reserve}", "    # Why: see the minutes.\n    expect: {class: reserve}"),
    ],
)
def test_what_a_person_changed_is_kept(old: str, new: str) -> None:
    """Proves that a case without its mark, or with any line changed, stands first and unmarked ever after."""
    assert old in written()
    changed = written().replace(old, new, 1)
    kept = list(taken_over(changed))
    assert len(kept) == 1
    again = file_text([FIRST, SECOND], FACTS, kept)
    assert new.split("  #", maxsplit=1)[0] in again
    assert again.count("A: just below 1%") == 1
    assert again.count("origin: generated  #") == 1
    assert file_text([FIRST, SECOND], FACTS, list(taken_over(again))) == again


@pytest.mark.parametrize(
    "text",
    [
        "suite: Mine\ncases: []\n",
        "",
        written() + "tables: []\n",
        written().replace("cases:", "venues: {}\ncases:"),
    ],
)
def test_what_is_not_ours_is_refused(text: str) -> None:
    """Proves that a file without the header, or with more than cases, is not taken for a generated one."""
    with pytest.raises(NotOurs):
        list(taken_over(text))
