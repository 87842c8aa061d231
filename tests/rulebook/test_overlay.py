"""Overlays: what they may say, what comes of it, and where each mistake is told."""

from __future__ import annotations

import pytest

from pegmark.problems import Problem
from pegmark.rulebook.load import check_files, normal_file, resolve
from pegmark.rulebook.program import Program
from tests.rulebook.books import SOUND, changed, underlined
from tests.rulebook.books import sound as base_program

BASE, OVERLAY = "base/rulebook.yaml", "venue/overlay.yaml"
DIGEST = base_program().resolved_digest
SHARE = "{rule: CP-020, set: {share: 5%}, why: Accounts are many.}"
RULE = "why: W., cite: [M]"
GATED = f"when: redemption.gated, on_unknown: match, {RULE}"


def text(*changes: str, mode: str = "tighten", more: str = "", digest: str = DIGEST) -> str:
    """Return an overlay of the sound rulebook."""
    head = f'rulebook: venue\nlanguage: 1\nversion: "2"\nowners: [venue]\nmode: {mode}\n{more}'
    extends = f"extends: {{rulebook: tiny, digest: {digest}}}\n"
    return head + extends + "changes:\n" + "".join(f"  - {change}\n" for change in changes)


def check(overlay: str, base: str = SOUND) -> tuple[Program | None, list[Problem]]:
    """Return what checking an overlay gives."""
    return check_files({OVERLAY: overlay.encode()}, base={BASE: base.encode()})


def merged(*changes: str, more: str = "") -> Program:
    """Return the program of an overlay with which nothing is wrong."""
    program, problems = check(text(*changes, more=more))
    assert problems == []
    assert program is not None
    return program


def said(*changes: str, more: str = "") -> tuple[str, str]:
    """Return the code of the one problem that changes bring, and the text it underlines."""
    overlay = text(*changes, more=more)
    (problem,) = check(overlay)[1]
    assert problem.help
    assert problem.span is not None
    return problem.code, underlined(overlay if problem.span.file == OVERLAY else SOUND, problem.span)


# What comes of it


def test_an_overlay_is_its_base_with_the_change_made() -> None:
    """Proves that the merged book has the digest of the same book written by hand, and knows its base."""
    by_hand = changed(
        ("rulebook: tiny", "rulebook: venue"),
        ('version: "1"', 'version: "2"'),
        ("owners: [risk]", "owners: [venue]"),
        ("share: 10%, why: No account is the venue.", "share: 5%, why: Accounts are many."),
    )
    program = merged(SHARE)
    assert program.resolved_digest == base_program(by_hand).resolved_digest
    assert program.text_digest != base_program(by_hand).text_digest
    assert program.extends is not None
    assert (program.extends.rulebook, program.extends.digest) == ("tiny", DIGEST)
    (change,) = program.extends.changes
    assert (change.kind, change.target, change.why) == ("rule", "CP-020", "Accounts are many.")


def test_the_text_digest_covers_the_pin() -> None:
    """Proves that two overlays that differ in the pin alone have different text digests."""
    other = changed(("at_least: 50", "at_least: 60"))
    digest = base_program(other).resolved_digest
    found = check(text(SHARE, digest=digest), other)[0]
    assert found is not None
    assert found.text_digest != merged(SHARE).text_digest


def test_each_kind_of_change_is_made() -> None:
    """Proves that rules, paths, params, additions and retirements come out as they are written."""
    program = merged(
        "{rule: HC-010, set: {table.reserve: 3%}, why: More.}",
        "{path: rating.bands.A.at_least, to: 60, why: Higher., cite: [M]}",
        "{param: own_limit, values: [{from: 2017-01-01, value: 15%}], why: Less.}",
        f"{{add: rating.knock_outs, rule: {{id: KO-1, cap: E, {GATED}}}}}",
        f"{{add: review, rule: {{id: RV-1, code: c, severity: low, remedy: R, {GATED}}}}}",
        "{retire: HC-020, date: 2026-01-01, why: Too blunt.}",
    )
    start = program.haircut.start
    assert start.reason.why == "More."
    assert "Fraction(3, 100)" in repr(start.amount)
    assert program.rating.bands[0] == ("A", 60)
    assert {param.name: param.why for param in program.params}["own_limit"] == "Less."
    assert [rule.reason.id for rule in program.rating.knock_outs] == ["KO-1"]
    assert [rule.reason.id for rule in program.review] == ["RV-1"]
    assert program.haircut.steps == ()
    assert [(one.id, one.why) for one in program.retired] == [("HC-020", "Too blunt.")]


@pytest.mark.parametrize(
    ("beside", "order"),
    [
        ("before: CLS-020", ["CLS-010", "CLS-015", "CLS-020"]),
        ("after: CLS-020", ["CLS-010", "CLS-020", "CLS-015"]),
    ],
)
def test_a_rule_stands_where_it_is_put(beside: str, order: list[str]) -> None:
    """Proves that a rule is added before or after another, whatever else is changed."""
    rule = f"{{id: CLS-015, when: redemption.gated, then: endogenous, on_unknown: otherwise, {RULE}}}"
    program = merged(f"{{add: classify.rules, {beside}, rule: {rule}}}")
    assert [rule.reason.id for rule in program.classify.rules] == order


def test_what_is_added_by_name_can_be_read() -> None:
    """Proves that sources, params and derived values of an overlay are there for its changes."""
    more = (
        "sources: {V: {title: Policy, href: policy.md}}\n"
        f"params: {{half: {{unit: ratio, values: [{{from: 2017-01-01, value: 50%}}], {RULE}}}}}\n"
        "derive: {held: {unit: ratio, expr: half * own_paper}}\n"
    )
    change = "{rule: CLS-010, set: {when: held >= own_limit}, why: W., cite: [V]}"
    program = merged(change, more=more)
    assert program.classify.rules[0].reason.cite == ("V",)
    assert [source.id for source in program.sources] == ["M", "METH-FILL", "V"]


def test_a_free_overlay_is_told_of_and_taken() -> None:
    """Proves that `mode: free` is a warning: the book checks, and says what it is."""
    program, (problem,) = check(text(SHARE, mode="free"))
    assert (problem.code, problem.severity) == ("A0401", "warning")
    assert program is not None
    assert program.extends is not None
    assert program.extends.mode == "free"


# Where mistakes are told


@pytest.mark.parametrize(
    ("change", "code", "where"),
    [
        ("{rule: CP-021, set: {share: 5%}, why: W.}", "E0407", "CP-021"),
        ("{rule: 3, set: {share: 5%}, why: W.}", "E0409", "3"),
        ("{rule: HC-010, set: {table.reserved: 5%}, why: W.}", "E0408", "table.reserved"),
        ("{rule: HC-010, set: {tabel: 5%}, why: W.}", "E0301", "tabel"),
        ("{rule: CP-020, set: {id: CP-021}, why: W.}", "E0411", "id"),
        ("{rule: CP-020, set: {why: W.}, why: W.}", "E0411", "why"),
        ("{rule: CP-020, set: {share: 5}, why: W.}", "E0204", "5"),
        ("{rule: CP-020, set: {share: 5%}}", "E0302", "{"),
        ("{rule: CP-020, set: {share: 5%}, why: W., cite: [X]}", "E0310", "X"),
        ("{rule: CP-020, set: 5%, why: W.}", "E0303", "5%"),
        ("{path: rating.lifts, to: 5, why: W.}", "E0408", "rating.lifts"),
        ("{path: 'rating.bands[0]', to: 5, why: W.}", "E0409", "'rating.bands[0]'"),
        ("{path: ladder.breakpoints.0, to: $1M, why: W.}", "E0409", "ladder.breakpoints.0"),
        ("{path: classify.rules, to: [], why: W.}", "E0411", "classify.rules"),
        ("{path: version, to: x, why: W.}", "E0411", "version"),
        ("{path: sources.M.title, to: x, why: W.}", "E0411", "sources.M.title"),
        ("{path: rating.lift, to: 20, why: W., cite: [X]}", "E0310", "X"),
        ("{param: own_limits, values: [], why: W.}", "E0408", "own_limits"),
        ("{param: own_limit, values: [{from: 2018-01-01, value: 1%}], why: W.}", "E0312", "own_limit"),
        (f"{{add: caps, rule: {{id: CP-1, {RULE}}}}}", "E0408", "caps"),
        (f"{{add: conditions, rule: {{id: CP-020, {RULE}}}}}", "E0308", "CP-020"),
        (f"{{add: conditions, rule: {{{RULE}}}}}", "E0302", "{"),
        ("{add: conditions, rule: [x]}", "E0303", "["),
        (f"{{add: classify.rules, after: HC-020, rule: {{id: CLS-1, {RULE}}}}}", "E0407", "HC-020"),
        (f"{{add: classify.rules, after: 2, rule: {{id: CLS-1, {RULE}}}}}", "E0409", "2"),
        ("{retire: HC-010, date: 2026-01-01, why: W.}", "E0411", "HC-010"),
        ("{retire: HC-020, why: W.}", "E0302", "{"),
        ("{set: {share: 5%}, why: W.}", "E0406", "{"),
        ("just this", "E0303", "just this"),
    ],
)
def test_a_wrong_change_is_told_where_it_stands(change: str, code: str, where: str) -> None:
    """Proves that each mistake in a change has its one problem, at the overlay's own text."""
    assert said(change) == (code, where)


@pytest.mark.parametrize(
    "second",
    [
        "{rule: CP-020, set: {id2: 5%}, why: W.}",
        "{path: caps.account.share, to: 5%, why: W.}",
        "{path: caps.account.why, to: W., why: W.}",
    ],
)
def test_what_is_changed_twice_is_told(second: str) -> None:
    """Proves that the second of two changes of one rule is refused, whichever way it names it."""
    assert said(SHARE, second)[0] == "E0410"


def test_neighbours_may_both_be_changed() -> None:
    """Proves that changes beside each other do not meet."""
    program = merged(
        "{path: caps.least.venue, to: $500k, why: W.}",
        "{path: caps.least.account, to: $50k, why: W.}",
        "{rule: SC-010, set: {weight: 2}, why: W.}",
        "{path: scorecards.backing.why, to: Backing., why: Backing.}",
    )
    assert program.extends is not None
    assert len(program.extends.changes) == 4


def test_guardrails_stay_and_may_be_added() -> None:
    """Proves that no guardrail of the base is retired or changed, and that one more may be had."""
    guarded = SOUND + f"guardrails: [{{id: GR-010, assert: output.initial >= output.maintenance, {RULE}}}]\n"
    digest = base_program(guarded).resolved_digest
    for change in (
        "{retire: GR-010, date: 2026-01-01, why: W.}",
        "{rule: GR-010, set: {assert: true}, why: W.}",
        "{path: guardrails, to: [], why: W.}",
    ):
        (problem,) = check(text(change, digest=digest), guarded)[1]
        assert problem.code == "E0411"
    more = f"{{add: guardrails, rule: {{id: GR-1, assert: output.cap <= $5bn, {RULE}}}}}"
    program = check(text(more, digest=digest), guarded)[0]
    assert program is not None
    assert [one.reason.id for one in program.assertions] == ["GR-010", "GR-1"]


def test_a_retired_id_is_not_used_again() -> None:
    """Proves that an id that the base has retired is refused where the overlay gives it."""
    retired = SOUND + "retired: [{id: KO-1, date: 2020-01-01, why: Old.}]\n"
    digest = base_program(retired).resolved_digest
    change = f"{{add: rating.knock_outs, rule: {{id: KO-1, cap: E, {GATED}}}}}"
    (problem,) = check(text(change, digest=digest), retired)[1]
    assert (problem.code, problem.related[0].span.file) == ("E0309", BASE)
    assert problem.span is not None
    assert problem.span.file == OVERLAY


@pytest.mark.parametrize("section", ["extends", "mode", "changes", "owners"])
def test_what_every_overlay_says_is_missed(section: str) -> None:
    """Proves that an overlay without one of its sections is refused for it."""
    lines = text(SHARE).split("\n")
    kept = [
        line for line in lines if not line.startswith((section, "  - " if section == "changes" else section))
    ]
    problems = check("\n".join(kept))[1]
    assert [(problem.code, problem.yaml_path) for problem in problems] == [("E0302", section)]
    assert f"`{section}`" in problems[0].message


def test_a_problem_of_the_base_made_by_the_overlay_points_into_the_base() -> None:
    """Proves that paths and places are those of the file that a problem is in."""
    change = "{rule: CLS-010, set: {when: backing.share.own_token >= own_limit}, why: W.}"
    (problem,) = check(text(change))[1]
    assert (problem.code, problem.yaml_path) == ("E0314", "derive.own_paper")
    assert problem.span is not None
    assert problem.span.file == BASE
    (problem,) = check(text("{rule: CP-020, set: {share: 5}, why: W.}"))[1]
    assert problem.yaml_path == "changes[0].set.share"


def test_no_base_no_overlay() -> None:
    """Proves that an overlay without its base, and its sections in a book of its own, are refused."""
    assert [p.code for p in check_files({OVERLAY: text(SHARE).encode()})[1]] == ["E0401"]
    codes = [p.code for p in check_files({BASE: (SOUND + "mode: tighten\n").encode()})[1]]
    assert "E0302" in codes


@pytest.mark.parametrize("digest", ["sha256:12", "x", "sha256:" + "0" * 64])
def test_a_pin_that_does_not_fit(digest: str) -> None:
    """Proves that another digest, and what is none, is refused with what to do."""
    (problem,) = check(text(SHARE, digest=digest))[1]
    assert problem.code == "E0402"
    assert problem.help is not None
    assert "--digest" in problem.help


def test_the_trees_of_a_refused_overlay_are_not_given() -> None:
    """Proves that only a sound book is resolved, and that a sound one keeps the file of each line."""
    trees = resolve({OVERLAY: text(SHARE).encode()}, normal_file(), {BASE: SOUND.encode()})
    assert set(trees) == {BASE, OVERLAY}
