"""What a handbook says: everything of its rulebook, in the words that the command line and the API have."""

from __future__ import annotations

from xml.etree.ElementTree import Element

import pytest

from pegmark.handbook import as_html, as_markdown, handbook
from pegmark.handbook.evidence import Evidence, Tally
from pegmark.language.nodes import reads
from pegmark.language.prose import constant
from pegmark.rulebook.expressions import expressions
from pegmark.usecases.rules import Rule, rules_of
from tests.handbook.books import (
    changed,
    flat,
    house_evidence,
    house_html,
    house_markdown,
    house_page,
    house_program,
    ids,
    links,
    read_markdown,
    tree,
    words,
)

FORMS = {"html": tree(house_html()), "markdown": read_markdown(house_markdown())}
RULES = list(rules_of(house_program()))


def entries(form: str) -> dict[str, str]:
    """The words about each rule and derived name, by its anchor."""
    if form == "html":
        return {one.get("id", ""): words(one) for one in FORMS[form].iter("article")}
    found: dict[str, list[str]] = {}
    name = ""
    for block in FORMS[form]:
        marked = [one.get("id", "") for one in block.iter("a") if one.get("id")]
        name = marked[0] if block.tag == "p" and len(marked) == 1 and not words(block) else name
        found.setdefault(name, []).append(words(block))
    return {name: flat(" ".join(said)) for name, said in found.items()}


ENTRIES = {form: entries(form) for form in FORMS}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.reason.id)
def test_a_rule_is_told_in_its_own_words(form: str, rule: Rule) -> None:
    """Proves that each rule stands under its id with just the words that other faces have for it."""
    said = ENTRIES[form][rule.reason.id]
    assert said.startswith(rule.reason.id)
    unknown = rule.unknown.removeprefix("unknown: ")
    assert [text for text in (rule.when, rule.then, unknown, rule.reason.why) if flat(text) not in said] == []
    assert [source for source in rule.reason.cite if source not in said] == []


@pytest.mark.parametrize("form", FORMS)
def test_everything_has_an_anchor(form: str) -> None:
    """Proves that each rule, param, derived name, fact that is read, source and class can be linked to."""
    program, found = house_program(), set(ids(FORMS[form]))
    named = [*(param.name for param in program.params), *(one.name for one in program.derived)]
    assert {*named, *(rule.reason.id for rule in RULES)} - found == set()
    assert {f"source-{source.id}" for source in program.sources} - found == set()
    assert {f"class-{name}" for name in program.classify.order} - found == set()
    facts = {read.name for node in expressions(program) for read in reads(node) if read.origin == "fact"}
    assert len(facts) > 70
    assert {f"fact-{name}" for name in facts} - found == set()


@pytest.mark.parametrize("form", FORMS)
def test_no_anchor_is_dangling_or_there_twice(form: str) -> None:
    """Proves that each link within the document leads to one place."""
    found = ids(FORMS[form])
    assert len(found) == len(set(found)) > 300
    inner = [link[1:] for link in links(FORMS[form]) if link.startswith("#")]
    assert len(inner) > 1_000
    assert set(inner) - set(found) == set()


def test_both_forms_have_the_same_anchors() -> None:
    """Proves that a link into one form is good for the other, but for parts of pictures."""
    drawn = {id for one in FORMS["html"].iter("{http://www.w3.org/2000/svg}svg") for id in ids(one)}
    assert set(ids(FORMS["html"])) - drawn == set(ids(FORMS["markdown"]))


@pytest.mark.parametrize("form", FORMS)
def test_params_are_told_by_date_with_their_grounds(form: str) -> None:
    """Proves that each param has its values since when, why, what it cites and what reads it in one line."""
    rows = {ids(row)[0]: row for row in FORMS[form].iter("tr") if ids(row)}
    for param in house_program().params:
        said = words(rows[param.name])
        assert f"{constant(param.values[0].value, param.type.kind)} since {param.values[0].start}" in said
        assert flat(param.why) in said
        assert [source for source in param.cite if source not in said] == []
    assert {"#CLS-020", "#CLS-165", "#CLS-170"} <= set(links(rows["own_paper_limit"]))


@pytest.mark.parametrize("form", FORMS)
def test_a_source_lists_all_that_cites_it(form: str) -> None:
    """Proves that each source has a link, and one back to every rule and param that cites it."""
    rows = {ids(row)[0]: row for row in FORMS[form].iter("tr") if ids(row)}
    for source in house_program().sources:
        citing = [rule.reason.id for rule in RULES if source.id in rule.reason.cite]
        citing += [param.name for param in house_program().params if source.id in param.cite]
        found = links(rows[f"source-{source.id}"])
        outer = [link for link in found if not link.startswith("#")]
        assert outer == [source.href if source.href.startswith("https:") else f"../../{source.href}"]
        assert {link[1:] for link in found} - {outer[0][1:]} == set(citing)


def test_bins_are_told_as_ranges() -> None:
    """Proves that a scorecard's line says which range of what gives which points, the first end included."""
    [line] = [one for one in FORMS["html"].iter("article") if one.get("id") == "SC-B-020"]
    [table] = line.iter("table")
    assert [words(cell) for cell in table.iter("th")] == [
        "< 100%", "100% to < 101%", "101% to < 103%", "103% to < 110%", "\u2265 110%",
    ]  # fmt: skip
    assert [words(cell) for cell in table.iter("td")] == ["0", "50", "70", "85", "100"]


def test_the_start_of_the_haircut_is_a_table_best_class_first() -> None:
    """Proves that a table by two names has a line for each member of one, a column for each of the other."""
    [start] = [one for one in FORMS["html"].iter("article") if one.get("id") == "HC-BASE"]
    [table] = start.iter("table")
    rows = [[words(cell) for cell in row] for row in table.iter("tr")]
    assert rows[0] == ["class", "R", "M"]
    assert [row[0] for row in rows[1:]] == list(house_program().classify.order)
    assert rows[1] == ["government_fund", "1%", "5%"]


def test_the_waterfall_is_told_in_its_order() -> None:
    """Proves that the steps of the haircut stand in the order in which they are taken, then what follows."""
    haircut = house_program().haircut
    steps = [step.reason.id for step in (haircut.start, *haircut.steps)]
    told = [one.get("id") for one in FORMS["html"].iter("article")]
    last = [haircut.bounds_reason.id, haircut.initial_reason.id, haircut.reference.reason.id]
    begin = told.index(steps[0])
    assert told[begin : begin + len(steps) + 3] == [*steps, *last]


def test_the_head_says_whose_it_is() -> None:
    """Proves that id, version, owners, day and both digests stand before the contents."""
    [head] = FORMS["html"].iter("header")
    program, said = house_program(), words(head)
    assert said.startswith(f"Rulebook {program.id} {program.version}")
    assert program.owners[0] in said
    assert f"from {program.effective}" in said
    assert program.resolved_digest in said
    assert program.text_digest in said
    assert f"{house_evidence().cases} cases" in said


def test_nothing_is_said_to_be_proved_without_proof() -> None:
    """Proves that a guardrail without the result of a prover is told as not proved, in both forms."""
    for form in FORMS:
        for id in ("GR-CAP", "GR-SIZE", "GR-UNKNOWN"):
            assert "not proved" in ENTRIES[form][id]


def test_what_no_case_shows_is_told() -> None:
    """Proves that a rule without a case says so, one that has some names them, and without suites neither."""
    assert "No case shows it." in ENTRIES["html"]["GR-SIZE"]
    assert "Shown by" in ENTRIES["html"]["CLS-110"]
    assert "bills and repo, redeemed at par" in ENTRIES["html"]["CLS-110"]
    bare = as_html(handbook(house_program(), Evidence()))
    assert "No suite stands beside the rulebook." in bare
    assert "Shown by" not in bare
    assert "No case shows" not in bare


def test_cases_that_fail_are_told() -> None:
    """Proves that the head does not say that all is well where it is not."""
    said = as_markdown(handbook(house_program(), Evidence((Tally("One", "one.yaml", 3, 2),))))
    assert "3 cases in 1 suite; 2 do not hold" in said


def test_retired_ids_keep_their_place() -> None:
    """Proves that an id which may not come back is listed with its day and reason."""
    retired = "retired: [{id: CLS-005, date: 2026-03-01, why: It said too little.}]\nrulebook: house"
    program = changed(("rulebook.yaml", "rulebook: house", retired))
    for found in (
        tree(as_html(handbook(program, Evidence()))),
        read_markdown(as_markdown(handbook(program, Evidence()))),
    ):
        assert "retired-CLS-005" in ids(found)
        assert "Retired on 2026-03-01: It said too little." in words(found)
    assert "None is listed." in words(FORMS["html"])


def test_values_of_a_param_stand_in_order() -> None:
    """Proves that a param that changed is told with each value and its day."""
    first = "  own_paper_limit:\n    unit: ratio\n    values: [{from: 2017-01-01, value: 20%}"
    program = changed(("rulebook.yaml", first, f"{first}, {{from: 2026-06-01, value: 15%}}"))
    assert "`20% since 2017-01-01`, `15% since 2026-06-01`" in as_markdown(handbook(program, Evidence()))


def test_the_same_rulebook_gives_the_same_bytes() -> None:
    """Proves that nothing of a handbook depends on the run: no clock, no order of a set."""
    page = handbook(house_program(), house_evidence())
    assert page == house_page()
    assert as_html(page, "../../") == house_html()
    assert as_markdown(page, "../../") == house_markdown()


def test_the_tree_helper_sees_broken_markup() -> None:
    """Proves that the tests above can fail: markup that is not closed is refused."""
    with pytest.raises(SyntaxError):
        tree("<!DOCTYPE html>\n<html><p></html>")
    assert isinstance(read_markdown("*a*"), Element)
