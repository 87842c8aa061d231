"""Facts that cannot both be true: each code with pointer and words, and the nearest neighbour that can."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from pegmark.errors import FactProblem
from pegmark.facts.codes import CODES
from tests.facts.taking import Given, refusals, taken

NET: Given = {"backing.basis": "net"}


def rows(**shares: float) -> list[dict[str, Any]]:
    """Return components by kind."""
    return [{"kind": kind, "share": share} for kind, share in shares.items()]


class Case(NamedTuple):
    """Facts that contradict each other, and the least change that makes them admissible."""

    code: str
    pointer: str
    message: str
    given: Given
    admissible: Given


CASES = [
    Case(
        "F0101",
        "/facts/backing/components",
        "shares sum to zero: a list of backing names what is there",
        {"backing.components": rows(cash=0, gold=0)},
        {"backing.components": rows(cash=0, gold=1e-9)},
    ),
    Case(
        "F0101",
        "/facts/backing/components",
        "net shares sum to 1.006, over 1: a list gross of leverage has `basis` gross "
        "(contradicts /facts/backing/basis)",
        {**NET, "backing.components": rows(cash=0.5, gold=0.506)},
        {**NET, "backing.components": rows(cash=0.5, gold=0.505)},
    ),
    Case(
        "F0101",
        "/facts/backing/components",
        "net shares sum to 1.95, over 1: a list gross of leverage has `basis` gross "
        "(contradicts /facts/backing/basis)",
        {**NET, "backing.components": rows(lending_position=1.95)},
        {"backing.basis": "gross", "backing.components": rows(lending_position=1.95)},
    ),
    Case(
        "F0102",
        "/facts/backing/components",
        "component `cash` is listed twice with the same obligor, asset and maturity",
        {"backing.components": rows(cash=0.5) * 3},
        {
            "backing.components": [
                *rows(cash=0.1),
                *({"kind": "cash", "share": 0.1, **more} for more in ({"obligor": "B"}, {"asset": "B"})),
                *({"kind": "cash", "share": 0.1, "maturity": days} for days in (1, 2)),
            ]
        },
    ),
    *(
        Case(
            "F0103",
            f"/facts/redemption/{name}",
            f"`redemption.{name}` is given where nobody may redeem (contradicts /facts/redemption/right)",
            {"redemption.right": "none", f"redemption.{name}": given},
            {"redemption.right": "none", f"redemption.{name}": type(given)(0)},
        )
        for name, given in (("daily_capacity", 1.0), ("at_par", True), ("gated", True))
    ),
    Case(
        "F0104",
        "/facts/liquidity/depth_2pct",
        "bids exceed everything in issue (contradicts /facts/liquidity/supply)",
        {"liquidity.supply": 1000, "liquidity.depth_2pct": 1000.000001},
        {"liquidity.supply": 1000, "liquidity.depth_2pct": 1000},
    ),
    Case(
        "F0105",
        "/facts/liquidity/stressed_depth_2pct",
        "stressed depth exceeds depth (contradicts /facts/liquidity/depth_2pct)",
        {"liquidity.depth_2pct": 1000, "liquidity.stressed_depth_2pct": 1000.000001},
        {"liquidity.depth_2pct": 1000, "liquidity.stressed_depth_2pct": 1000},
    ),
    *(
        Case(
            "F0107",
            f"{at}/{wide}",
            f"`{group}.{wide}` is below `{group}.{narrow}`, which lies within it (contradicts {at}/{narrow})",
            {f"{group}.{wide}": 0.01, f"{group}.{narrow}": 0.0100001},
            {f"{group}.{wide}": 0.01, f"{group}.{narrow}": 0.01},
        )
        for group, at, wide, narrow in (
            ("peg", "/facts/peg", "max_discount_365d", "max_discount_30d"),
            ("peg", "/facts/peg", "max_discount_30d", "discount_now"),
            ("peg", "/facts/peg", "max_discount_365d", "discount_now"),
            ("venue", "/venue", "max_discount_365d", "discount_now"),
        )
    ),
    Case(
        "F0108",
        "/facts/redemption/daily_capacity",
        "capacity is given while redemption is suspended (contradicts /facts/redemption/gated)",
        {"redemption.gated": True, "redemption.daily_capacity": 0.01},
        {"redemption.gated": True, "redemption.daily_capacity": 0},
    ),
    Case(
        "F0109",
        "/facts/backing/attestation_age",
        "an attestation has an age, but nobody attests (contradicts /facts/backing/attestor)",
        {"backing.attestor": "none", "backing.attestation_age": 0},
        {"backing.attestor": "issuer", "backing.attestation_age": 0},
    ),
    Case(
        "F0110",
        "/venue/promotion_counts_collateral",
        "promotion counts collateral, but none is paid (contradicts /venue/promotional_apr)",
        {"venue.promotion_counts_collateral": True, "venue.promotional_apr": 0},
        {"venue.promotion_counts_collateral": True, "venue.promotional_apr": 0.01},
    ),
    Case(
        "F0112",
        "/facts/backing/systemic_bank_share",
        "0.206 is on deposit at some banks, 0.2 at all (contradicts /facts/backing/components)",
        {
            **NET,
            "backing.components": rows(bank_deposit=0.2, cash=0.8),
            "backing.systemic_bank_share": 0.206,
        },
        {
            **NET,
            "backing.components": rows(bank_deposit=0.2, cash=0.8),
            "backing.systemic_bank_share": 0.205,
        },
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.code} {case.pointer}")
def test_contradiction_names_both_sides(case: Case) -> None:
    """The problem stands at one fact, names the other, and says how to go on."""
    help = "correct one, or give it as `not_credible`"
    assert refusals(case.given) == [FactProblem(case.pointer, case.code, case.message, help)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.code} {case.pointer}")
def test_nearest_neighbour_is_admissible(case: Case) -> None:
    """The refusal is exact: the next value, or the next weaker statement, is taken."""
    taken(case.admissible)


@pytest.mark.parametrize("case", [c for c in CASES if len(c.given) == 2], ids=lambda case: case.pointer)
@pytest.mark.parametrize("absence", ["not_credible", "not_disclosed", None])
def test_one_fact_alone_contradicts_nothing(case: Case, absence: str | None) -> None:
    """Give either as unknown, or leave it out, and what is left is taken."""
    for name in case.given:
        taken({**case.given, name: None if absence is None else {"unknown": absence}})


def test_a_stale_fact_contradicts_nothing() -> None:
    """What is too old to be used cannot speak against what is known now."""
    old = {"value": 1, "as_of": "2010-01-01"}
    taken({"liquidity.supply": old, "liquidity.depth_2pct": 1000})


def test_estimates_contradict_like_known_facts() -> None:
    """An estimate is a statement too; otherwise flagging a fact would hide the contradiction."""
    found = refusals({"liquidity.supply": {"value": 1, "estimated": True}, "liquidity.depth_2pct": 1000})
    assert [problem.code for problem in found] == ["F0104"]


def test_every_contradiction_is_reported() -> None:
    """One refusal names all of them: here all cases at once but those whose facts another one needs."""
    given: dict[str, Any] = {}
    expected = set()
    for case in CASES:
        if not given.keys() & case.given.keys():
            given |= case.given
            expected.add(case.code)
    assert {problem.code for problem in refusals(given)} == expected
    assert len(expected) >= 6


def test_every_code_of_the_table_is_provoked() -> None:
    """Those of contradictions here, F0111 with the bounds of the engine, the rest where facts are taken."""
    elsewhere = {"F0001", "F0002", "F0003", "F0004", "F0111", "F0201", "F0202"}
    assert {case.code for case in CASES} | elsewhere == set(CODES)
