"""Faults in expressions: which there are, and how they are told."""

from __future__ import annotations

import pytest

from pegmark.authoring.mutation.expressions import expressions
from pegmark.language.nodes import Typed
from pegmark.language.prose import text
from pegmark.rulebook.program import Program
from tests.authoring.suites import prepared_house


@pytest.fixture(scope="module")
def house() -> Program:
    """The house rulebook."""
    return prepared_house().program


def named(program: Program, name: str) -> Typed:
    """A derived expression of the house rulebook."""
    return next(derived.expr for derived in program.derived if derived.name == name)


def faults(node: Typed) -> dict[str, list[str]]:
    """What an expression becomes, by the kind of fault."""
    found: dict[str, list[str]] = {}
    for change, changed in expressions(node, "expr"):
        found.setdefault(change.mutator, []).append(text(changed))
    return found


def test_a_comparison_turns_and_loses_its_edge(house: Program) -> None:
    """Proves that an operator and the number beside it are each changed, the number by both steps."""
    found = faults(named(house, "is_hedged"))
    assert "backing.share.hedged_crypto >= 0% or hedge.short_share > 0%" in found["comparison"]
    assert "backing.share.hedged_crypto <= 0% or hedge.short_share > 0%" in found["negated"]
    assert found["constant"] == [
        f"backing.share.hedged_crypto > {a} or hedge.short_share > {b}"
        for a, b in (("0.01%", "0%"), ("1%", "0%"), ("0%", "0.01%"), ("0%", "1%"))
    ]
    assert found["logic"] == ["backing.share.hedged_crypto > 0% and hedge.short_share > 0%"]
    assert found["dropped"] == ["hedge.short_share > 0%", "backing.share.hedged_crypto > 0%"]


def test_a_choice_takes_each_branch_and_a_list_each_member(house: Program) -> None:
    """Proves that `if` may be always or never so, and that members are left out and added."""
    assert faults(named(house, "exit_route"))["branch"] == ['"R"', '"M"']
    members = faults(named(house, "is_claim"))["member"]
    assert members == [
        'reference.kind in ("crypto_asset")',
        'reference.kind in ("commodity")',
        'reference.kind in ("commodity", "crypto_asset", "fiat")',
    ]


def test_arithmetic_and_extremes_turn_into_their_opposites(house: Program) -> None:
    """Proves that signs, factors, `min`, `max` and `abs` are changed."""
    assert (
        "backing.share.own_token - backing.share.undisclosed"
        in faults(named(house, "own_paper"))["arithmetic"]
    )
    assert any(said.startswith("max(") for said in faults(named(house, "hedge_uncovered"))["extreme"])
    assert any("abs" not in said for said in faults(named(house, "hedge_uncovered"))["dropped"])


def test_every_fault_is_another_expression_and_says_where_it_is(house: Program) -> None:
    """Proves that no fault leaves an expression as it is, and that each has a place inside it."""
    for derived in house.derived:
        for change, changed in expressions(derived.expr, "expr"):
            assert text(changed) != text(derived.expr)
            assert change.span is not None
            assert change.span.file == derived.span.file
