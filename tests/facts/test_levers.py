"""What could be otherwise: which facts, by whose doing, to which values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from pegmark.facts.components import COMPONENTS
from pegmark.facts.consistency import contradictions
from pegmark.facts.levers import Change, Lever, changed, components, levers, moved_rows
from pegmark.facts.snapshot import Snapshot
from pegmark.facts.vocabulary import COMPONENT_KINDS, COMPONENT_ORDER, FACTS, FactSpec
from tests.facts.taking import refusals, taken

BACKING: Mapping[str, Any] = {
    "backing.basis": "net",
    "backing.components": [
        {"kind": "treasury_bill", "share": 0.5},
        {"kind": "government_debt", "share": 0.2, "maturity": 400},
        {"kind": "government_debt", "share": 0.1, "maturity": 900},
        {"kind": "own_token", "share": 0.1},
        {"kind": "stablecoin", "share": 0.05, "asset": "USDC"},
    ],
}


def found(given: Mapping[str, Any], *names: str) -> list[Lever]:
    """Return the levers on some facts of a snapshot."""
    return levers(taken(given), {name: FACTS[name] for name in names})


def only(given: Mapping[str, Any], name: str) -> Lever:
    """Return the one lever on a fact."""
    (lever,) = found(given, name)
    return lever


def estimate(value: Any) -> dict[str, Any]:
    """Return an estimated claim."""
    return {"value": value, "estimated": True}


@pytest.mark.parametrize(
    ("name", "value", "best"),
    [
        ("backing.collateral_ratio", 1.02, 10.0),
        ("backing.circular_share", 0.3, 0.0),
        ("backing.attestation_age", 68, 0.0),
        ("redemption.daily_capacity", 1e6, 1e13),
        ("hedge.coverage", 0.9, 1.0),
        ("hedge.coverage", 1.2, 1.0),
        ("control.mint_authority", "multisig", "contract"),
        ("backing.segregated", False, True),
        ("redemption.gated", True, False),
    ],
)
def test_what_is_known_can_get_better_up_to_the_best(name: str, value: Any, best: Any) -> None:
    """Proves that values run from the present one, left out, to the best there is, and to no worse one."""
    lever = only({name: value}, name)
    assert (lever.was, lever.present, lever.values[-1]) == ("known", value, best)
    assert value not in lever.values
    if FACTS[name].kind not in ("bool", "enum"):
        distances = [abs(float(each) - best) for each in lever.values]
        assert distances == sorted(distances, reverse=True)
        assert distances[0] < abs(value - best)


@pytest.mark.parametrize(
    ("name", "best"),
    [
        ("backing.circular_share", 0),
        ("hedge.coverage", 1),
        ("control.mint_authority", "contract"),
        ("backing.segregated", True),
    ],
)
def test_what_is_at_its_best_has_no_lever(name: str, best: Any) -> None:
    """Proves that nobody is told to improve what cannot be better."""
    assert found({name: best}, name) == []


@pytest.mark.parametrize("name", ["peg.max_discount_365d", "liquidity.supply", "redemption.largest_met_24h"])
def test_what_is_nobodys_decision_can_only_be_learnt(name: str) -> None:
    """Proves that history and markets are not changed, yet found out where they are not known."""
    spec = FACTS[name]
    assert found({name: 0.5}, name) == []
    lever = only({name: {"unknown": "not_disclosed"}}, name)
    assert (lever.was, lever.present) == ("not_disclosed", None)
    assert {lever.values[0], lever.values[-1]} == {spec.low, spec.high}


def test_an_unknown_fact_can_be_any_of_its_values_from_worst_to_best() -> None:
    """Proves that to learn the worst is an answer too, and that why it is unknown is kept."""
    assert only({}, "control.mint_authority").values == FACTS["control.mint_authority"].members
    assert only({}, "redemption.gated").values == (True, False)
    assert only({}, "backing.segregated").was == "not_collected"
    stale = {"peg.discount_now": {"value": 0, "as_of": "2025-01-01"}}
    assert only(stale, "peg.discount_now").was == "stale"


def test_without_a_direction_each_choice_is_a_way_of_its_own() -> None:
    """Proves that choices none of which is better exclude each other; of numbers there are none."""
    kinds = found({}, "reference.kind")
    assert [lever.values for lever in kinds] == [("crypto_asset",), ("commodity",), ("fiat",)]
    assert len({lever.group for lever in kinds}) == 1
    assert found({}, "reference.conversion_rate") == []
    assert found({"reference.kind": "fiat"}, "reference.kind") == []


def test_an_estimate_can_be_confirmed_as_it_is() -> None:
    """Proves that the first value of an estimate is its own, and the only one where nobody can change it."""
    assert only({"backing.segregated": estimate(True)}, "backing.segregated").values == (True,)
    assert only({"peg.discount_now": estimate(0.01)}, "peg.discount_now").values == (0.01,)
    lever = only({"backing.circular_share": estimate(0.0002)}, "backing.circular_share")
    assert (lever.was, lever.values) == ("estimated", (0.0002, 0.0001, 0.0))
    basis = only({**BACKING, "backing.basis": estimate("net")}, "backing.basis")
    listed = found({**BACKING, COMPONENTS: estimate(BACKING[COMPONENTS])}, COMPONENTS)[0]
    assert (basis.values, listed.values, listed.move) == (("net",), (True,), None)


def test_a_venues_facts_are_its_own_doing() -> None:
    """Proves that levers are told apart by whose facts they are."""
    assert only({}, "venue.redemption_account").side == "venue"
    assert only({}, "redemption.right").side == "asset"


def test_backing_is_moved_to_the_better_kind_of_which_most_is_held() -> None:
    """Proves where share can go, and that a named asset's, and what has no better kind, stays."""
    moves = {lever.move: lever.values[-1] for lever in found(BACKING, COMPONENTS)}
    assert moves == {
        ("government_debt", "treasury_bill"): 0.3,
        ("own_token", "treasury_bill"): 0.1,
        # What the list leaves short of the whole is undisclosed.
        ("undisclosed", "treasury_bill"): 0.05,
    }


def test_backing_that_holds_nothing_better_is_moved_to_the_plainest() -> None:
    """Proves that an asset made of its own paper is told of something else; gold and gross lists of less."""
    rows = [{"kind": "own_token", "share": 0.8}, {"kind": "bank_deposit", "share": 0.1}]
    given = {"backing.basis": "gross", COMPONENTS: rows}
    moves = [lever.move for lever in found(given, COMPONENTS)]
    assert moves == [("own_token", "bank_deposit"), ("bank_deposit", "cash")]
    assert found({COMPONENTS: [{"kind": "gold", "share": 1}]}, COMPONENTS) == []
    assert [
        lever.move for lever in found({COMPONENTS: [{"kind": "private_credit", "share": 1}]}, COMPONENTS)
    ] == [("private_credit", "treasury_bill")]


def test_a_move_goes_along_the_order_of_kinds() -> None:
    """Proves of every pair of kinds held alone that a move never leads to one that is not above it."""
    above = {kind: {kind} for kind in COMPONENT_KINDS}
    for _ in COMPONENT_KINDS:
        for better, worse in COMPONENT_ORDER:
            above[worse] |= above[better]
    for kind in COMPONENT_KINDS:
        for other in COMPONENT_KINDS:
            rows = [{"kind": kind, "share": 0.5}] + [{"kind": other, "share": 0.5}] * (other != kind)
            for lever in found({COMPONENTS: rows}, COMPONENTS):
                assert lever.move is not None
                source, target = lever.move
                assert target in above[source] - {source}


def test_components_that_nobody_has_listed_are_not_made_up() -> None:
    """Proves that an unknown list has no lever."""
    assert components(taken({})) == []
    assert found({}, COMPONENTS) == []
    assert found({COMPONENTS: {"unknown": "not_disclosed"}}, COMPONENTS) == []


def as_submitted(rows: list[Any]) -> list[dict[str, Any]]:
    return [row.model_dump(exclude_none=True) for row in rows]


def pulled(given: Mapping[str, Any], *changes: Change) -> tuple[Snapshot, Snapshot | None]:
    """Return the snapshot as changed, and as it is taken of the facts that say so, if it is."""
    before = taken(given)
    rows = moved_rows(components(before), changes)
    then = {**given, **{lever.fact: value for lever, value in changes if lever.fact != COMPONENTS}}
    if any(lever.fact == COMPONENTS for lever, _ in changes):
        then[COMPONENTS] = as_submitted(rows)
    after = changed(before, components(before), changes)
    if problems := contradictions(after.values, rows):
        assert refusals(then) == problems
        return after, None
    return after, taken(then)


SPECS: Mapping[str, FactSpec] = {name: spec for name, spec in FACTS.items() if spec.group != "terms"}


@pytest.mark.parametrize("basis", ["net", "gross", None])
def test_what_is_changed_is_what_would_have_been_taken(basis: str | None) -> None:
    """Proves of every lever, at both ends, that rules read what they would of a snapshot that states it.

    What contradicts is refused alike.
    """
    given = {**BACKING, "backing.basis": basis, "backing.segregated": estimate(False)}
    if basis is None:
        del given["backing.basis"]
    refused = set()
    for lever in levers(taken(given), SPECS):
        for value in (lever.values[0], lever.values[-1]):
            after, stated = pulled(given, Change(lever, value))
            if stated is None:
                refused.add(lever.fact)
                continue
            assert after.values == stated.values, lever.fact
            assert (after.known, after.estimated) == (stated.known, stated.estimated)
            assert after.states == stated.states
    assert refused <= {"backing.systemic_bank_share"}


def test_moves_add_up() -> None:
    """Proves that several moves and a change of basis are made one upon the other."""
    given = {**BACKING, "backing.basis": "gross"}
    moves = {lever.move: lever for lever in found(given, COMPONENTS)}
    after, stated = pulled(
        given,
        Change(moves["government_debt", "treasury_bill"], 0.25),
        Change(moves["own_token", "treasury_bill"], 0.1),
        Change(only(given, "backing.basis"), "net"),
    )
    assert stated is not None
    assert after.values == stated.values
    assert after.values["backing.share.treasury_bill"] == 0.85
    assert after.values["backing.share.government_debt"] == 0.05
    assert after.values["backing.share.own_token"] == 0
    assert after.values["backing.share.undisclosed"] == 0.05


@pytest.mark.parametrize("basis", ["net", "gross"])
def test_nothing_is_moved_of_backing_that_is_not_known(basis: str) -> None:
    """Proves that a basis stated without components leaves no share to move."""
    assert found({"backing.basis": basis}, COMPONENTS) == []
