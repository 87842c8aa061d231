"""The filling-in, and params by day."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from pegmark.problems import Problem
from pegmark.rulebook.files import normal_file
from pegmark.rulebook.load import check_files
from pegmark.rulebook.program import Program
from tests.rulebook.books import SOUND, changed, sound, underlined

NAME, DATA = normal_file()
TEXT = DATA.decode()


def filled(old: str, new: str) -> tuple[Program | None, list[Problem], str]:
    """Return what checking gives with one change in the filling-in, and the filling-in's text."""
    assert old in TEXT
    text = TEXT.replace(old, new, 1)
    return *check_files({"a.yaml": SOUND.encode()}, (NAME, text.encode())), text


@pytest.mark.parametrize(
    ("old", "new", "code", "message", "under"),
    [
        (
            "fact: hedge.short_share",
            "fact: hedge.short_shar",
            "E0201",
            "unknown fact `hedge.short_shar`",
            None,
        ),
        ("fact: hedge.short_share", "fact: qqq", "E0201", "unknown fact `qqq`", None),
        (
            "fact: hedge.short_share",
            "fact: redemption.right",
            "E0304",
            "`redemption.right` cannot be filled in",
            None,
        ),
        (
            "fact: hedge.short_share",
            "fact: backing.listed",
            "E0304",
            "`backing.listed` cannot be filled in",
            None,
        ),
        ("fact: hedge.short_share", "fact: [x]", "E0303", "this is a list, where a value is needed", "["),
        (
            "take: backing.share.bank_deposit",
            "take: 5d",
            "E0204",
            "unit mismatch: days where ratio is needed",
            "5d",
        ),
        ("take: backing.share.bank_deposit", "take: ", "E0109", "expression is empty", ""),
        ("take: backing.share.bank_deposit", "tak: 5%", "E0302", "`take` is missing", None),
        ("normal:\n", "normals:\n", "E0301", "unknown key `normals`", "normals"),
        ("cite: [METH-FILL]", "cite: [METHOD]", "E0310", "`METHOD` is cited and is no source", "METHOD"),
    ],
)
def test_what_may_be_wrong_with_it(old: str, new: str, code: str, message: str, under: str | None) -> None:
    """Proves that the filling-in is checked like a rulebook, and that its file is the one that is named."""
    program, problems, text = filled(old, new)
    assert program is None
    first = next(problem for problem in problems if (problem.code, problem.message) == (code, message))
    assert first.span is not None
    assert first.span.file == NAME
    assert under is None or underlined(text, first.span) == under
    assert first.help or code == "E0204"


def test_a_filling_that_always_has_a_value_makes_its_fact_known() -> None:
    """Proves that a rule over such a fact needs no word on unknown, and is told so."""
    program, problems, _ = filled("take: backing.share.bank_deposit", "take: 100%")
    assert (program is not None, problems) == (True, [])
    text = changed(("when: redemption.at_par, then", "when: backing.largest_bank_share < 5%, then"))
    always = TEXT.replace("take: backing.share.bank_deposit", "take: 100%").encode()
    (problem,) = check_files({"a.yaml": text.encode()}, (NAME, always))[1]
    assert (problem.code, problem.message) == ("E0319", "the condition is never unknown")
    assert check_files({"a.yaml": text.encode()})[1] == []


def test_a_param_has_its_value_from_the_day_it_starts() -> None:
    """Proves that a day belongs to the last value that starts on it or before, and none before the first."""
    dated = "{from: 2017-01-01, value: 20%}, {from: 2024-06-30, value: 30%}"
    (param,) = (
        p for p in sound(changed(("{from: 2017-01-01, value: 20%}", dated))).params if p.name == "own_limit"
    )
    assert param.at(date(2017, 1, 1)).value == param.at(date(2024, 6, 29)).value == Fraction(1, 5)
    assert param.at(date(2024, 6, 30)).value == param.at(date(2100, 1, 1)).value == Fraction(3, 10)
    with pytest.raises(LookupError, match="own_limit"):
        param.at(date(2016, 12, 31))
