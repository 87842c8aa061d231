"""Every mutant of a rulebook: each kind there is, stable ids, and a suite that notices it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from pegmark.authoring.mutation import Mutant, mutants
from pegmark.rulebook.program import Program
from pegmark.usecases.mutation import Ground
from tests.authoring.suites import prepared_house

TOLD: Mapping[str, str] = {
    "arithmetic": "`+ backing.share.undisclosed` → `- backing.share.undisclosed`",
    "branch": "`if redeems` is always so",
    "comparison": "`own_paper >= own_paper_limit` → `own_paper > own_paper_limit`",
    "constant": "`own_paper < 5%` → `own_paper < 4%`",
    "dropped": '`reference.kind == "fiat"` is dropped',
    "extreme": "`max` → `min` of `(strategy_share + own_paper - strategy_limit) / 30%` and more",
    "logic": "`or` → `and` after `backing.share.hedged_crypto > 0%`",
    "member": '`custodian` is added to `backing.attestor in ("audit_firm", "big_four")`',
    "negated": "`redemption.at_par` → `not redemption.at_par`",
    "neighbour": "cell fiat_reserve R: `2%` → `5%`",
    "number": "lift: `25` → `24`",
    "operation": "op: `add` → `max`",
    "outcome": "then: `no_new` → `run_off`",
    "removed": "the rule is removed",
    "swapped": "comes after CLS-030",
    "unknown": "on_unknown: `match` → `skip`",
}
"""A fault of each kind in the house rulebook."""


@pytest.fixture(scope="module")
def house() -> Program:
    """The house rulebook."""
    return prepared_house().program


@pytest.fixture(scope="module")
def found(house: Program) -> list[Mutant]:
    """Every mutant of it."""
    return mutants(house)


@pytest.fixture(scope="module")
def ground() -> Ground:
    """Where they are tried: the house suites."""
    prepared = prepared_house()
    assert prepared.desk is not None
    return Ground(prepared.desk, prepared.trials)


def test_there_are_no_other_kinds(found: list[Mutant]) -> None:
    """Proves that the table above has every kind of fault."""
    assert {mutant.change.mutator for mutant in found} == set(TOLD)


@pytest.mark.parametrize("mutator", TOLD)
def test_each_kind_of_fault_is_noticed(mutator: str, found: list[Mutant], ground: Ground) -> None:
    """Proves that a rulebook with a fault of each kind fails the suites of the rulebook without it."""
    one = next(m for m in found if m.change.mutator == mutator and m.fault == TOLD[mutator])
    assert ground.killer(one) is not None


def test_ids_are_unique_and_stay(house: Program, found: list[Mutant]) -> None:
    """Proves that a mutant is found again by its id, in the same order."""
    ids = [mutant.id for mutant in found]
    assert len(set(ids)) == len(ids)
    assert ids == [mutant.id for mutant in mutants(house)]
    assert all(mutant.id.startswith(f"{mutant.rule}/") for mutant in found)


def test_every_section_has_mutants(found: list[Mutant]) -> None:
    """Proves that no section of the rulebook is left out but guardrails."""
    assert list(dict.fromkeys(mutant.section for mutant in found)) == [
        "params",
        "normal",
        "derive",
        "classify",
        "scorecards",
        "rating",
        "haircut",
        "ladder",
        "caps",
        "mark",
        "conditions",
        "review",
    ]


def test_a_mutant_is_the_rulebook_but_for_one_fault(house: Program, found: list[Mutant]) -> None:
    """Proves that nothing else changes, the digests of the text included."""
    for mutant in found:
        assert mutant.program != house
        assert mutant.program.assertions is house.assertions
        assert mutant.program.text_digest == house.text_digest
