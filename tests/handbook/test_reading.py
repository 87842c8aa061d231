"""Who reads what: of each rule its names, of each name its readers, and what it reaches by derived names."""

from __future__ import annotations

from pegmark.handbook.reading import citing, readings
from pegmark.language.nodes import reads
from pegmark.rulebook.expressions import expressions
from pegmark.usecases.rules import rules_of
from tests.handbook.books import changed, house_program


def test_no_expression_is_left_out() -> None:
    """Proves that every name in any expression of the rulebook has a reader, and no other name has one."""
    program = house_program()
    found = {read.name for node in expressions(program) for read in reads(node)}
    inputs = {dict(one.parameters).get("input", "") for one in program.obligations} - {""}
    assert set(readings(program).readers) == found | inputs


def test_readers_are_rules_and_derived_names() -> None:
    """Proves that whatever is said to read something is an id of a rule or a derived name."""
    program = house_program()
    known = {rule.reason.id for rule in rules_of(program)} | {one.name for one in program.derived}
    found = readings(program)
    assert {reader for by in found.readers.values() for reader in by} <= known
    assert {rule for by in found.reached.values() for rule in by} <= known


def test_a_name_is_followed_through_others() -> None:
    """Proves that a fact read by a derived name reaches what reads that name, and is not told twice."""
    found = readings(house_program())
    # own_paper reads it, and KO-OWN that; CLS-010 reads it itself.
    assert "own_paper" in found.readers["backing.share.undisclosed"]
    assert "CLS-010" in found.readers["backing.share.undisclosed"]
    assert "KO-OWN" in found.reached["backing.share.undisclosed"]
    assert "CLS-010" not in found.reached["backing.share.undisclosed"]
    # By component_loss and, beneath it, bank_loss.
    assert "SC-B-010" in found.reached["backing.largest_bank_share"]
    assert found.reached["peg.discount_now"] == ()


def test_a_pillar_s_condition_is_read_by_its_lines() -> None:
    """Proves that what decides whether a pillar applies is read by each of its lines."""
    found = readings(house_program())
    lines = {
        line.reason.id for card in house_program().scorecards if card.applies for line in card.characteristics
    }
    assert lines <= set(found.readers["is_hedged"])


def test_sources_know_what_cites_them() -> None:
    """Proves that a source which nothing cites is told with nothing, and one that is cited with all."""
    program = changed(
        ("rulebook.yaml", "  METH-CLASS: ", "  UNUSED: {title: x, href: https://x.example}\n  METH-CLASS: ")
    )
    found = citing(program, {rule.reason.id: rule.reason.cite for rule in rules_of(program)})
    assert found["UNUSED"] == ()
    assert {"CLS-050", "hedged_limit", "HC-WRONGWAY"} <= set(found["EVENT-2025-10"])
