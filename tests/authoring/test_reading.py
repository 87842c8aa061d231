"""Reading suites: what fixtures inherit, what tables spread, and what is said of what is wrong."""

from __future__ import annotations

from typing import Any

import pytest

from tests.authoring.suites import HEAD, USDC, reading, refused, verdicts

BILLS = """
fixtures:
  bills:
    at: 2026-06-30
    size: $2M
    facts:
      reference: {kind: fiat, currency: USD}
      backing: {basis: net, components: {treasury_bill: 100%}, segregated: true}
      venue.redemption_account: false
"""


def question(text: str, n: int = -1) -> Any:
    """The question of one case, by its place."""
    prepared = reading(suite=BILLS + text)
    assert prepared.problems == []
    return prepared.trials[n].question


def test_facts_may_be_written_as_in_a_rulebook_or_as_in_a_request() -> None:
    """Proves that units, decimals, groups and dots come to the same question."""
    facts = [
        "{liquidity: {supply: $5M}, peg: {discount_now: 3%}}",
        "{liquidity.supply: 5000000, peg.discount_now: 0.03}",
        "{liquidity.supply: {value: $5M}, peg.discount_now: {value: 300bp}}",
    ]
    case = "cases:\n  - {case: A, at: 2026-06-30, facts: FACTS, expect: {class: any}}\n"
    texts = [case.replace("FACTS", said) for said in facts]
    found = [question(text).facts.model_dump(exclude_none=True, exclude_defaults=True) for text in texts]
    assert found[0] == found[1] == {"liquidity": {"supply": 5e6}, "peg": {"discount_now": 0.03}}
    assert found[2]["peg"]["discount_now"]["value"] == 0.03


def test_components_may_be_kinds_with_shares() -> None:
    """Proves that the short form of backing is the list that a request has."""
    asked = question(
        "cases:\n  - case: A\n    like: bills\n    facts:\n"
        "      backing.components: {treasury_bill: 60%, gold: 40%}\n    expect: {class: any}\n"
    )
    rows = [(row.kind, row.share) for row in asked.facts.backing.components]
    assert rows == [("treasury_bill", 0.6), ("gold", 0.4)]


def test_a_fixture_is_another_with_changes() -> None:
    """Proves that what is not said is inherited, what is said wins, and `null` takes a fact away."""
    asked = question(
        "  changed:\n    like: bills\n    facts: {backing.segregated: null, peg.discount_now: 1%}\n"
        "cases:\n  - case: A\n    like: changed\n    at: 2026-07-31\n"
        "    facts: {peg.discount_now: unknown}\n    expect: {class: any}\n"
    )
    said = asked.facts.model_dump(exclude_none=True)
    assert (asked.as_of, asked.sizes) == ("2026-07-31", (2_000_000.0,))
    assert "segregated" not in said["backing"]
    assert said["backing"]["basis"] == "net"
    assert said["peg"] == {"discount_now": {"unknown": "not_disclosed"}}
    assert asked.venue.redemption_account is False


def test_a_venue_that_is_named_replaces_what_was_changed_about_the_one_before() -> None:
    """Proves that a venue is taken whole, and that facts beside it still change it."""
    venues = "venues:\n  shop:\n    like: reference\n    facts: {fee_waived: true}\n"
    case = "cases:\n  - case: A\n    like: bills\n    venue: shop\n    expect: {class: any}\n"
    asked = question(venues + case)
    assert asked.venue.fee_waived is True
    assert asked.venue.redemption_account.value is True
    changed = question(
        venues + case.replace("    expect", "    facts: {venue.fee_waived: false}\n    expect")
    )
    assert changed.venue.fee_waived is False


def test_a_stored_venue_that_nothing_changes_is_asked_by_its_name() -> None:
    """Proves that what is stored is decided as stored, towards single assets too."""
    case = (
        "cases:\n  - {case: A, asset: USDe, at: 2025-10-09, venue: exchange-2025-10, expect: {class: any}}\n"
    )
    assert (question(case).venue, question(case).facts) == ("exchange-2025-10", None)
    changed = question(case.replace("expect", "facts: {venue.fee_waived: false}, expect"))
    assert changed.venue.fee_waived is False
    assert changed.venue.promotional_apr.value == 0.12


def test_a_stored_snapshot_may_be_changed() -> None:
    """Proves that facts beside an asset are laid over its snapshot in force, the dates of which stay."""
    asked = question(
        "cases:\n  - case: A\n    asset: USDC\n    at: 2026-10-07\n    facts: {peg.discount_now: 3%}\n"
        "    expect: {class: any}\n"
    )
    assert asked.facts.peg.discount_now == 0.03
    assert asked.facts.backing.components.as_of == "2026-07-31"


def test_fixtures_are_known_in_every_file_and_cases_are_of_those_asked_for() -> None:
    """Proves that files of a folder lend each other fixtures, whatever their order."""
    prepared = reading(
        a="cases:\n  - {case: A, like: bills, expect: {class: any}}\n",
        z=BILLS + "cases:\n  - {case: Z, like: bills, expect: {class: any}}\n",
    )
    assert prepared.problems == []
    assert [trial.case.title for trial in prepared.trials] == ["a: A", "z: Z"]


def test_a_table_is_a_case_a_row() -> None:
    """Proves that cells of a row are what is given and what is expected, rows named by key or by number."""
    table = (
        "tables:\n  - table: T\n    like: bills\n    given: [at, size, venue, peg.discount_now]\n"
        "    expect: [class, status]\n    rows:\n"
    )
    row = "[2026-07-31, $3M, lender-redeeming, 3%, any, no_new]\n"
    named = verdicts(suite=f"{BILLS}{table}      at a discount: {row}")
    numbered = verdicts(suite=f"{BILLS}{table}      - {row}")
    assert [one.title for one in (*named, *numbered)] == ["suite: T / at a discount", "suite: T / row 1"]
    assert all(one.holds for one in (*named, *numbered))
    asked = question(f"{table}      at a discount: {row}")
    assert (asked.as_of, asked.sizes, asked.venue) == ("2026-07-31", (3e6,), "lender-redeeming")
    assert asked.facts.peg.discount_now == 0.03


def test_a_row_may_be_about_another_fixture() -> None:
    """Proves that `like` as a column lies beneath what the table says, and that beneath the other cells."""
    asked = question(
        "tables:\n  - table: T\n    facts: {backing.segregated: false}\n    given: [like, peg.discount_now]\n"
        "    expect: [class]\n    rows:\n      one: [bills, 1%, any]\n"
    )
    assert asked.facts.backing.segregated is False
    assert asked.facts.backing.basis == "net"
    assert asked.facts.peg.discount_now == 0.01


def test_a_wrong_cell_is_told_by_its_own_place() -> None:
    """Proves that a difference in a table points at the cell of the row, not at the table."""
    [one] = verdicts(
        suite=BILLS + "tables:\n  - table: T\n    like: bills\n    given: [peg.discount_now]\n"
        "    expect: [status]\n    rows:\n      one: [3%, accept]\n"
    )
    [difference] = one.differences
    lines = (HEAD + BILLS).count("\n")
    assert (difference.span.start.line, difference.span.start.column) == (lines + 7, 17)


CASE = "cases:\n  - case: A\n    asset: USDC\n    at: 2026-10-07\n"
EXPECT = "    expect: {class: any}\n"
WRONG = [
    ("cases: [", "E0001", None),
    (f"{CASE}    att: 2026-10-07\n{EXPECT}", "E0301", "did you mean `at`?"),
    (f"{CASE}    asset: USDT\n{EXPECT}", "E0006", "keep one of the two"),
    (CASE, "E0302", "add `expect: …`"),
    (f"{CASE}    expect: fiat_reserve\n", "E0303", None),
    (f"{CASE.replace('2026-10-07', '2026-02-30')}{EXPECT}", "E0311", None),
    (f"{CASE}    facts: {{peg.discount_now: 3d}}\n{EXPECT}", "E0204", None),
    (f"{CASE}    facts: {{peg.discount_now: 3}}\n{EXPECT}", "E0311", "write `3%`; it is from -100% to 100%"),
    (f"{CASE}    facts: {{backing.segregated: no}}\n{EXPECT}", "E0304", "one of `true`, `false`"),
    (f"{CASE}    facts: {{reference.kind: fiatt}}\n{EXPECT}", "E0304", "did you mean `fiat`?"),
    (f"{CASE}    facts: {{backing.components: {{bills: 3%}}}}\n{EXPECT}", "E0304", None),
    (f"{CASE}    facts: {{backing.components: [{{kind: cash}}]}}\n{EXPECT}", "E0302", "add `share: …`"),
    (
        f"{CASE}    facts: {{peg.discount_now: {{value: 3%, confidance: low}}}}\n{EXPECT}",
        "E0301",
        "did you mean `confidence`?",
    ),
    (f"{CASE}    facts: {{peg.discount_now: {{unknown: hidden}}}}\n{EXPECT}", "E0304", None),
    (f"{CASE}    facts: {{peg: {{discount_now: 1%}}, peg.discount_now: 2%}}\n{EXPECT}", "E0308", None),
    (f"{CASE}    facts: {{peg.discount_now: {{value: 1%, as_of: soon}}}}\n{EXPECT}", "E0311", None),
    (f"{CASE}    size: $0\n{EXPECT}", "E0311", "it is from $1 to $1000bn"),
    (f"{CASE}    size: $1M\n    sizes: [$2M]\n{EXPECT}", "E0301", None),
    (f"{CASE}    sizes: [{', '.join(['$1M'] * 17)}]\n{EXPECT}", "E0303", None),
    (f"{CASE}    venue: referense\n{EXPECT}", "T0005", "did you mean `reference`?"),
    (f"{CASE.replace('2026-10-07', '2016-10-07')}{EXPECT}", "T0005", "the first snapshot is of 2023-03-10"),
    (f"cases:\n  - case: A\n    at: 2026-10-07\n{EXPECT}", "T0006", None),
    (f"{CASE}    layers: {{USDX: nowhere}}\n{EXPECT}", "T0003", "declare it under `fixtures`"),
    (f"{CASE}{EXPECT}{CASE.removeprefix('cases:' + chr(10))}{EXPECT}", "E0308", "choose another"),
    ("venues:\n  a: {like: b}\n  b: {like: a}\n", "T0004", None),
    ("fixtures:\n  a: {}\nvenues:\n  a: {facts: {supply: $1}}\n", "T0007", None),
    (
        "tables:\n  - {table: T, given: [peg.discount], expect: [class], rows: {a: [1%, any]}}\n",
        "T0007",
        None,
    ),
    ("tables:\n  - {table: T, given: [], expect: [], rows: [[]]}\n", "T0002", None),
    (
        "tables:\n  - {table: T, asset: USDC, at: 2026-10-07, given: [], expect: [class], rows: {}}\n",
        "E0303",
        None,
    ),
    (
        "tables:\n  - {table: T, asset: USDC, at: 2026-10-07, given: [], expect: [class], rows: {a: any}}\n",
        "E0303",
        None,
    ),
]


@pytest.mark.parametrize(("text", "code", "help"), WRONG)
def test_what_is_wrong_is_told_where_it_stands(text: str, code: str, help: str | None) -> None:
    """Proves that each mistake is one problem of one code, with its place and what to do."""
    [found] = refused(text)
    assert found.code == code
    assert found.span is not None
    assert found.span.file == "suite.yaml"
    assert help is None or found.help == help


def test_all_problems_come_at_once_in_the_order_of_the_text() -> None:
    """Proves that one mistake does not hide the next."""
    text = f"{CASE}    facts: {{peg.discont: 1%}}\n    expect: {{clas: any, band: F}}\n"
    assert [problem.code for problem in refused(text)] == ["T0007", "T0009", "E0304"]


def test_a_fixture_declared_in_two_files_is_refused() -> None:
    """Proves that no name means two things, whichever file is read first."""
    [found] = reading(a=BILLS, b=BILLS).problems
    assert (found.code, found.related[0].span.file) == ("E0308", "a.yaml")


def test_so_much_may_be_wrong_that_the_rest_is_not_looked_for() -> None:
    """Proves that a hostile suite ends in a bounded number of problems."""
    facts = ", ".join(f"peg.x{n}: 1%" for n in range(300))
    assert len(refused(f"{CASE}    facts: {{{facts}}}\n{EXPECT}")) == 100


def test_a_case_may_say_where_it_comes_from() -> None:
    """Proves that what was generated is told from what a person wrote, and that nothing else may be said."""
    text = f"cases:\n  - case: A\n    origin: generated\n    {USDC}expect: {{class: any}}\n"
    (trial,) = reading(suite=text).trials
    assert trial.case.origin == "generated"
    (problem,) = refused(text.replace("generated", "elsewhere"))
    assert problem.span is not None
    assert problem.span.start.line == 4
