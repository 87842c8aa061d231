"""Rules of style, where a page has no room: what is found, where it points, and what is left in peace."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pytest

from pegmark.authoring.lint.redundancy import Needless
from pegmark.authoring.lint.run import lint
from pegmark.rulebook.program import Program
from tests.authoring.lint.books import linted, subject


def knock_out(when: str, *, on_unknown: str = "match") -> str:
    """A rulebook with one more knock-out."""
    return f"""
rating:
  knock_outs:
    - id: KO-DEFICIT
      when: backing.collateral_ratio < 99%
      cap: E
      on_unknown: match
      why: More is owed than is there.
      cite: [METH]
    - id: KO-TRIED
      when: {when!r}
      cap: C
      on_unknown: {on_unknown}
      why: It is tried here.
      cite: [METH]
"""


def codes(text: str) -> list[str]:
    """The codes of what is found."""
    return [problem.code for problem in linted(text)]


@pytest.mark.parametrize(
    ("when", "code"),
    [
        # Ranges: of sums, of choices, of what is derived from nothing that could be otherwise.
        ("backing.share.cash + hedge.short_share < 0%", "L030"),
        ("redemption.gated and backing.share.gold * backing.share.cash < 0%", "L030"),
        ("abs(backing.share.gold - backing.share.cash) < 0%", "L030"),
        ("min(hedge.short_share, 50%) > 50%", "L030"),
        ("max(hedge.short_share, 50%) >= 50%", "L030"),
        ("(if redemption.gated then 10% else 20%) > 25%", "L030"),
        ("known(redemption.gated) or not known(redemption.gated)", ""),
        ("backing.largest_custodian_share > 100%", "L031"),
        ("101% < backing.largest_custodian_share", "L031"),
        ("redemption.lock >= 0d", "L031"),
        ("backing.largest_custodian_share >= 100%", ""),
        ("backing.largest_custodian_share > 99.9%", ""),
        # Negations
        ("not not redemption.gated", "L032"),
        ("not (redemption.lock > 30d)", "L032"),
        ('not (redemption.right == "none")', "L032"),
        ("not (redemption.gated and redemption.at_par)", ""),
        ('not (redemption.right in ("none", "whitelisted"))', ""),
        # Truths
        ("redemption.gated != false", "L033"),
        ("true == redemption.gated", "L033"),
        ("redemption.gated == redemption.at_par", ""),
        ("if redemption.at_par then false else true", "L034"),
        ("if redemption.at_par then redemption.gated else true", ""),
        # Operands
        ("redemption.gated and redemption.gated", "L035"),
        ("redemption.lock > 30d and redemption.lock > 90d", "L035"),
        ('redemption.right == "none" or redemption.right in ("none", "whitelisted")', "L035"),
        ("max(hedge.short_share, backing.share.gold, hedge.short_share) > 50%", "L035"),
        ("redemption.lock > 30d and redemption.lock < 90d", ""),
        ("redemption.gated and (redemption.gated or redemption.lock > 30d)", "L035"),
        # Arithmetic
        ("redemption.lock + 0d > 30d", "L044"),
        ("redemption.lock / 1 > 30d", "L044"),
        ("100% * hedge.short_share > 50%", "L044"),
        ("-backing.share.gold < -50%", ""),
        ("100% - hedge.short_share > 50%", ""),
    ],
)
def test_a_condition(when: str, code: str) -> None:
    """Proves that each form of a fault is found once, and what only looks like it is not."""
    text = knock_out(when)
    if when.startswith("known("):
        text = text.replace("      on_unknown: match\n      why: It is tried", "      why: It is tried")
    assert codes(text) == ([code] if code else [])


def test_a_finding_points_at_what_it_is_about() -> None:
    """Proves that a place, a path and a rule's id are those of the part of the text that is at fault."""
    text = (
        "review:\n  - id: RV-010\n    code: loop\n    severity: high\n    when: >-\n      venue.fee_waived\n"
    )
    text += "      and redemption.gated == true\n    on_unknown: match\n    remedy: Mend it.\n"
    text += "    why: A loop unwinds.\n    cite: [METH]\n"
    [problem] = linted(text)
    assert (problem.code, problem.yaml_path, problem.rule_id) == ("L033", "review[0].when", "RV-010")
    assert problem.span is not None
    assert problem.span.start.column == len("      and ") + 1
    assert problem.span.end.column == len("      and redemption.gated == true") + 1
    assert problem.help == "say `redemption.gated`"


def test_the_filling_in_is_nobody_s_business() -> None:
    """Proves that nothing is said of what is compiled in from elsewhere, whose one source nothing cites."""
    assert [source.id for source in subject().program.sources] == ["METH", "N"]
    assert linted() == []


CLASSES = """
classify:
  rules:
    - {{id: CLS-005, when: {first}, then: unproved, on_unknown: {unknown}, why: Tried first., cite: [METH]}}
    - {{id: CLS-010, when: {second}, then: reserve, on_unknown: skip{more}, why: Tried next., cite: [METH]}}
    - {{id: CLS-900, otherwise: unproved, why: Nobody has shown what it is., cite: [METH]}}
"""


@pytest.mark.parametrize(
    ("first", "unknown", "second", "more", "found"),
    [
        ("redemption.lock > 30d", "otherwise", "redemption.at_par and redemption.lock <= 30d", "", ["L036"]),
        ("redemption.lock > 30d", "otherwise", "redemption.at_par and redemption.lock <= 60d", "", ["L036"]),
        ("redemption.lock > 30d or redemption.gated", "otherwise", "not redemption.gated", "", ["L036"]),
        # It may be narrower, unknown may have been passed over, an estimate may count as unknown.
        ("redemption.lock > 30d", "otherwise", "redemption.at_par and redemption.lock <= 20d", "", []),
        ("redemption.lock > 30d", "worse", "redemption.at_par and redemption.lock <= 30d", "", []),
        (
            "redemption.lock > 30d",
            "otherwise",
            "redemption.at_par and redemption.lock <= 30d",
            ", known_only: true",
            [],
        ),
    ],
)
def test_what_is_decided_before(first: str, unknown: str, second: str, more: str, found: list[str]) -> None:
    """Proves that a part is called decided only where the rule before stops at all else, unknown included."""
    text = CLASSES.format(first=first, unknown=unknown, second=second, more=more)
    assert codes(text) == found


def test_a_covered_rule_is_no_less_severe_and_minds_unknown() -> None:
    """Proves that a rule which caps lower, or holds where the wider is passed over, is not called covered."""
    assert codes(knock_out("backing.collateral_ratio < 90%")) == ["L038"]
    worse = (
        knock_out("backing.collateral_ratio < 90%").replace("cap: E", "cap: X").replace("cap: C", "cap: E")
    )
    assert codes(worse.replace("cap: X", "cap: C")) == []
    skipping = knock_out("backing.collateral_ratio < 90%").replace("on_unknown: match", "on_unknown: skip", 1)
    assert codes(skipping) == ["L060"]


def test_a_limit_may_be_what_is_reached() -> None:
    """Proves that a limit at the most that an expression can be is no idle one, and a point above is."""
    text = """
haircut:
  maintenance:
    steps:
      - id: HC-GAP
        op: add
        limit: {limit}
        expr: 10% * backing.largest_custodian_share + (if venue.fee_waived then 5% else 2%)
        unknown: worst
        why: It is tried here.
        cite: [METH]
"""
    assert codes(text.format(limit="15%")) == []
    assert codes(text.format(limit="15.01%")) == ["L052"]
    assert codes(text.format(limit="14%")) == []


@dataclass(frozen=True, slots=True)
class Unread:
    """A prover that believes that of knock-outs with one cap the first is enough."""

    def needless(self, program: Program) -> Iterable[Needless]:
        """Yield the knock-outs after the first with the same cap."""
        first, *others = program.rating.knock_outs
        for rule in others:
            if rule.cap == first.cap:
                yield Needless(
                    rule.reason.span, f"knock-out {rule.reason.id}", f"{first.reason.id} caps as low"
                )


def test_what_a_proof_finds_is_told() -> None:
    """Proves that a prover's word is placed as every finding is, and that without one nothing is asked."""
    text = knock_out("redemption.gated").replace("cap: C", "cap: E")
    assert linted(text) == []
    [problem] = lint(subject(text, Unread()))
    assert (problem.code, problem.rule_id, problem.note) == ("L039", "KO-TRIED", "KO-DEFICIT caps as low")
    assert problem.message == "knock-out KO-TRIED changes no decision"


def test_a_name_is_found_as_a_word_and_in_any_case() -> None:
    """Proves that a ticker is found between marks, and not within a longer word."""
    fact = 'facts:\n  {name}: {{unit: bool, worse: "true", meaning: It is tried here.}}\n'
    for name, found in (("usde", ["L020"]), ("is_DAI", ["L020"]), ("daily", []), ("usdex_share", [])):
        assert codes(fact.format(name=name) + knock_out(f"custom.{name}")) == found, name


def test_of_a_choice_each_member_is_looked_at() -> None:
    """Proves that a choice by ticker is found where it is declared and where it is asked for."""
    text = "facts:\n  issuer: {unit: enum, members: [nobody, USDe], worse: first, meaning: Whose it is.}\n"
    found = linted(text + knock_out('custom.issuer == "USDe"'))
    assert [(problem.code, problem.yaml_path) for problem in found] == [
        ("L020", "rating.knock_outs[1].when"),
        ("L020", "facts.issuer.members[1]"),
    ]
