"""What is said of names and keys, and how problems are mended."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pegmark.authoring.editor.fixes import fixes
from pegmark.authoring.editor.hover import hover
from pegmark.authoring.editor.index import Name, index
from pegmark.authoring.editor.meaning import meaning
from pegmark.authoring.editor.outline import outline
from pegmark.authoring.editor.schema import description
from pegmark.authoring.editor.study import study
from pegmark.authoring.editor.suites import KEYS
from pegmark.authoring.reading import ASKED, SECTIONS
from pegmark.facts.vocabulary import READABLE
from pegmark.language.functions import FUNCTIONS
from pegmark.rulebook.load import check_files
from tests.authoring.editor.house import edited, known

RULES = {"KO-OWN": "What it says."}


def test_every_name_means_something() -> None:
    """Proves that each fact, each function and each name of the house is explained by its name."""
    found, places = known()
    names = [Name("fact", fact) for fact in READABLE]
    names += [Name("function", function) for function in FUNCTIONS]
    names += [name for name in places.defined if name.kind != "rule"]
    for name in names:
        assert name.text in meaning(name, found, RULES).partition("\n")[0], name
    assert meaning(Name("rule", "KO-OWN"), found, RULES) == "What it says."
    assert meaning(Name("rule", "KO-NONE"), found, RULES) == ""


def test_a_param_says_its_value_its_reason_and_its_source() -> None:
    """Proves what is said of a dated constant."""
    said = meaning(Name("param", "own_paper_limit"), known()[0], RULES)
    assert said.split("\n\n") == [
        "**own_paper_limit** · param, ratio",
        "`20%` since 2017-01-01",
        "A reserve that is a fifth its own paper falls with the promise it should carry. Judgement.",
        "[METH-CLASS] House methodology: class",
    ]


def test_a_rulebook_that_was_never_right_says_what_is_written() -> None:
    """Proves that names of a rulebook with an error from the start are explained by its text."""
    wrong = study(replace(known()[0].texts, rules=_without("rating.yaml")))
    assert wrong.program is None
    assert "backing.share.own_token" in meaning(Name("derived", "own_paper"), wrong, {})
    assert "scores and bands" in meaning(Name("source", "METH-SCORE"), wrong, {})


def _without(file: str) -> dict[str, bytes]:
    return {name: text for name, text in known()[0].texts.rules.items() if not name.endswith(file)}


def test_every_key_means_something() -> None:
    """Proves that each key that the house uses, and each that a suite may have, is explained."""
    found, _ = known()
    for said in found.rules.keys.values():
        is_normal = said.scalar.span.file == found.texts.normal[0]
        assert description(said.path, is_normal=is_normal), said.path
    assert KEYS.keys() == {*ASKED, *SECTIONS, "suite", "case", "table", "given", "expect", "rows"}
    assert all(said.endswith(".") for said in KEYS.values())


@pytest.mark.parametrize(
    ("file", "at", "said"),
    [
        ("classify.yaml", "|hit: first", "Which rule decides."),
        ("classify.yaml", "then: |own_liability", "class, 11 of 12, best first"),
        ("rating.yaml", "cap: |E", "band, 5 of 5, best first"),
        ("mark.yaml", '"|strategy_fund" then', "class, 9 of 12"),
        ("derive.yaml", '"|coalesce(venue_depth', "The first that is known"),
        ("derive.yaml", "coalesce(|venue_depth_stressed", "the venue's own book stood"),
        ("tests/caps.yaml", "|liquidity.supply, venue", "in issue"),
        ("tests/caps.yaml", "like: |bills", "fixture of the suites"),
        ("tests/caps.yaml", "|given: [venue", "What each row states"),
    ],
)
def test_what_is_shown_where_the_pointer_rests(file: str, at: str, said: str) -> None:
    """Proves that what is shown is of the word under the pointer, in expressions and outside of them."""
    path, _, place = edited(file, at.replace("|", ""), at)
    found = hover(*known(), {}, path, place)
    assert found is not None
    assert said in found.text
    assert found.span.start <= place <= found.span.end


# Mending


@pytest.mark.parametrize(
    ("file", "old", "new", "code", "count"),
    [
        ("rating.yaml", "peg.discount_now", "peg.discount_nov", "E0201", 1),
        ("rating.yaml", "lift: 25", "lifd: 25", "E0301", 1),
        ("rating.yaml", "cap: D", "cap: DD", "E0304", 1),
        ("rating.yaml", "cite: [METH-SCORE]", "cite: [METH-SCOR]", "E0310", 1),
        ("rating.yaml", "< 99%", "< 99pct", "E0103", 1),
        ("rating.yaml", "      on_unknown: match\n", "", "E0318", 2),
        ("mark.yaml", "    on_unknown: match\n", "", "E0318", 2),
        ("classify.yaml", "      on_unknown: otherwise\n", "", "E0318", 3),
        ("derive.yaml", "coalesce(hedge", "coalesc(hedge", "E0202", 1),
        ("haircut.yaml", "op: max", "op: mix", "E0304", 1),
    ],
)
def test_each_way_to_mend_makes_the_rulebook_right(
    file: str, old: str, new: str, code: str, count: int
) -> None:
    """Proves that every edit that is offered takes its problem away and brings no other error."""
    path, text, _ = edited(file, old, new)
    texts = known()[0].texts
    wrong = study(replace(texts, rules={**texts.rules, path: text.encode()}))
    problem = next(problem for problem in wrong.problems if problem.code == code)
    offered = list(fixes(wrong, problem))
    assert len(offered) == count
    for fix in offered:
        lines = text.split("\n")
        start = sum(len(line) + 1 for line in lines[: fix.span.start.line - 1]) + fix.span.start.column - 1
        end = sum(len(line) + 1 for line in lines[: fix.span.end.line - 1]) + fix.span.end.column - 1
        mended = {**texts.rules, path: (text[:start] + fix.text + text[end:]).encode()}
        _, left = check_files(mended, texts.normal)
        assert problem.code not in {one.code for one in left}, fix


def test_what_is_not_needed_is_taken_out() -> None:
    """Proves that a key that says what happens where nothing is unknown is removed with its line."""
    path, text, _ = edited("rating.yaml", "when: redemption.gated", "when: redeems")
    texts = known()[0].texts
    found = study(replace(texts, rules={**texts.rules, path: text.encode()}))
    (problem,) = found.problems
    (fix,) = fixes(found, problem)
    assert (problem.code, fix.title, fix.text) == ("E0319", "Remove `on_unknown`", "")
    assert fix.span.end == fix.span.start._replace(line=fix.span.start.line + 1)
    lines = text.split("\n")
    assert lines.pop(fix.span.start.line - 1) == "      on_unknown: match"
    assert check_files({**texts.rules, path: "\n".join(lines).encode()}, texts.normal)[1] == []


def test_an_outline_has_every_section_and_every_rule() -> None:
    """Proves that sections stand in the order of the text, and that no id is left out."""
    found, places = known()
    seen = []
    for file in found.texts.rules:
        for section in outline(found, file):
            waiting = [section]
            while waiting:
                symbol = waiting.pop()
                seen.append(symbol.name)
                waiting += symbol.children
                assert all(
                    symbol.start <= child.start <= child.end <= symbol.end for child in symbol.children
                )
    ids = {
        name.text
        for name, span in places.defined.items()
        if name.kind == "rule" and span.file != found.texts.normal[0]
    }
    assert ids <= set(seen)
    assert index(found).defined == places.defined
