"""What the house rulebook says of real assets: the order it must put them in, and what would be absurd."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import pytest

from pegmark.engine.decide import settle
from pegmark.engine.emit import ONE
from pegmark.facts.model import Facts
from pegmark.rulebook.program import Curve
from pegmark.usecases.assess import Question, assess
from pegmark.usecases.desk import Desk
from tests.properties.shipped import shipped

EXCHANGE, LENDER, REFERENCE = "exchange-2025-10", "lender-redeeming", "reference"
OCTOBER = "2025-10-09"


def decision(desk: Desk, asset: str, as_of: str, venue: str = REFERENCE) -> Mapping[str, Any]:
    """Decide a stored asset at $1 million and $10 million."""
    return assess(desk, Question(as_of, asset, venue=venue, explain="short"))


def maintenance(body: Mapping[str, Any], size: int = 0) -> float:
    """Return the maintenance haircut in total."""
    total: float = body["haircuts"][size]["maintenance"]["total"]
    return total


def line(body: Mapping[str, Any], rule: str) -> Mapping[str, Any]:
    """Return the line of a rule in the waterfall at the first size."""
    found: Mapping[str, Any] = next(x for x in body["haircuts"][0]["waterfall"] if x["rule"] == rule)
    return found


@pytest.mark.parametrize("venue", [EXCHANGE, LENDER])
def test_usde_in_october_2025_is_no_dollar(desk: Desk, venue: str) -> None:
    """Proves that a tokenised hedge fund is not taken on the terms of USDC, USDT and BUIDL."""
    usde = decision(desk, "USDe", OCTOBER, venue)
    assert usde["class"] == "hedged_synthetic"
    for other, as_of in (("USDC", OCTOBER), ("USDT", OCTOBER), ("BUIDL", "2026-07-22")):
        body = decision(desk, other, as_of, venue)
        assert maintenance(usde) > maintenance(body) + 0.1, other
        if venue == LENDER:
            assert usde["cap"]["venue_usd"] < body["cap"]["venue_usd"] / 1.9, other


def test_usde_is_worse_where_it_is_marked_from_its_own_book(desk: Desk) -> None:
    """Proves that where an asset is taken matters: the exchange against a lender that redeems."""
    exchange, lender = (decision(desk, "USDe", OCTOBER, venue) for venue in (EXCHANGE, LENDER))
    assert maintenance(exchange) > 2 * maintenance(lender)
    assert exchange["cap"]["venue_usd"] < lender["cap"]["venue_usd"] / 10
    assert line(exchange, "HC-WRONGWAY")["amount"] == 0.1
    assert line(lender, "HC-WRONGWAY")["amount"] == 0
    codes = {finding["code"]: finding["severity"] for finding in exchange["findings"]}
    assert codes["single_venue_mark"] == "critical"
    assert {"promotion_on_collateral", "rewarded_volume", "loopable_above_limit"} <= set(codes)
    assert "single_venue_mark" not in {finding["code"] for finding in lender["findings"]}


def test_usde_changed_into_a_strategy_fund(desk: Desk) -> None:
    """Proves that class follows what backs a token on the date, and that the change is no improvement."""
    classes = [decision(desk, "USDe", as_of)["class"] for as_of in (OCTOBER, "2026-01-05", "2026-07-19")]
    assert classes == ["hedged_synthetic", "hedged_synthetic", "strategy_fund"]
    assert maintenance(decision(desk, "USDe", "2026-07-19")) > maintenance(decision(desk, "USDe", OCTOBER))


def test_buidl_is_a_government_fund_that_can_be_taken(desk: Desk) -> None:
    """Proves that a fund without a market has a cap above zero: redemption is an exit."""
    body = decision(desk, "BUIDL", "2026-07-22")
    assert (body["class"], body["status"]) == ("government_fund", "accept")
    assert body["cap"]["venue_usd"] >= 100e6
    assert maintenance(body) == 0.01


def test_ust_is_endogenous_as_it_stood(desk: Desk) -> None:
    """Proves that a token backed by its issuer's own is refused before it fails."""
    body = decision(desk, "UST", "2022-04-30")
    assert (body["class"], body["status"], body["band"]) == ("endogenous", "ineligible", "E")
    assert (maintenance(body), body["cap"]["venue_usd"]) == (1, 0)


def test_usdc_on_10_march_2023_shows_the_bank_term(desk: Desk) -> None:
    """Proves that 23 % in cash, banks' shares not said, is charged 11.9 % from facts then known."""
    body = decision(desk, "USDC", "2023-03-10")
    read = line(body, "HC-SHORTFALL")["reads"]
    assert read["component_loss"] == pytest.approx(0.5 * 0.23 + 0.005 * 0.77, abs=1e-9)
    assert maintenance(body) == 0.12
    assert maintenance(decision(desk, "USDC", "2026-10-07")) < 0.06


def test_a_wrapper_is_no_better_than_what_it_wraps(desk: Desk) -> None:
    """Proves that class, band and haircut of sUSDe are no better than those of USDe beneath it."""
    for as_of in (OCTOBER, "2026-07-19"):
        for venue in (EXCHANGE, LENDER, REFERENCE):
            wrapper, inner = decision(desk, "sUSDe", as_of, venue), decision(desk, "USDe", as_of, REFERENCE)
            assert wrapper["class"] == inner["class"]
            assert wrapper["band"] >= inner["band"]
            assert maintenance(wrapper) >= maintenance(inner)


def test_no_step_and_no_pillar_is_at_its_limit_for_all(desk: Desk) -> None:
    """Proves that every step of the waterfall and every pillar tells shipped cases apart.

    Nothing that ships is locked for over a month, and what is of own paper is refused as a whole.
    """
    program = desk.book("house").program
    limits = {"HC-BASE": 1.0}
    for step in program.haircut.steps:
        worst = max(y for _, y in step.amount.points) if isinstance(step.amount, Curve) else 1
        limits[step.reason.id] = float(step.limit if step.limit is not None else worst)
    amounts: dict[str, set[float]] = defaultdict(set)
    scores: dict[str, set[int]] = defaultdict(set)
    for case in shipped(desk):
        body = decision(desk, case.asset, case.as_of, case.name.rpartition(" at ")[2])
        for pillar, score in body["scores"].items():
            scores[pillar].add(score)
        rules = {x["rule"]: x["amount"] for x in body["haircuts"][0]["waterfall"]}
        for rule in limits:
            amounts[rule].add(rules.get(rule, 0.0))
    for rule, limit in limits.items():
        assert min(amounts[rule]) < limit, f"{rule} is at its limit for all"
        assert len(amounts[rule]) > 1 or rule in ("HC-TERM", "HC-OWN"), f"{rule} is the same for all"
    for pillar, found in scores.items():
        assert len(found) >= 4, pillar
        assert max(found) > 30, pillar


def test_no_accepted_asset_saturates_when_small(desk: Desk) -> None:
    """Proves that what is accepted is worth something at $100,000, and that few cases are worth nothing."""
    worthless = 0
    cases = shipped(desk)
    for case in cases:
        terms = case.settle()
        assert terms is not None
        if terms.status != "ineligible":
            assert terms.positions[0].maintenance < ONE, case.name
            assert terms.venue_cap >= 1_000_000 * 10**6
            worthless += terms.positions[0].initial == ONE
    assert worthless <= len(cases) / 10


def test_hiding_depth_moves_the_cap_and_not_the_class(desk: Desk) -> None:
    """Proves that ignorance of depth is carried by the cap."""
    case = next(c for c in shipped(desk) if c.name == f"USDe {OCTOBER} at {LENDER}")
    known = case.settle()
    hidden = case.settle(
        {name: claim for name, claim in case.claims.items() if not name.startswith("liquidity.")}
    )
    assert known is not None
    assert hidden is not None
    assert hidden.cls == known.cls
    assert hidden.venue_cap < known.venue_cap


@pytest.mark.parametrize(
    ("shares", "kinds"),
    [
        ({"stablecoin": 0.74}, ("stablecoin", "lending_position")),
        ({"treasury_bill": 0.93}, ("treasury_bill", "corporate_debt")),
        ({"treasury_bill": 0.69, "gold": 0.2}, ("treasury_bill", "gold")),
        ({"stablecoin": 0.9}, ("stablecoin", "hedged_crypto")),
        ({"treasury_bill": 0.8}, ("treasury_bill", "own_token")),
        ({"treasury_bill": 0.94}, ("treasury_bill", "own_token")),
        ({"crypto": 0.69, "gold": 0.2}, ("crypto", "gold")),
    ],
)
def test_no_point_of_share_is_a_cliff(
    desk: Desk, shares: Mapping[str, float], kinds: tuple[str, str]
) -> None:
    """Proves that one point of share across a class threshold moves the haircut by at most ten points."""
    good, bad = kinds
    haircuts, classes = [], set()
    for point in range(-6, 7):
        listed = {**shares}
        listed[good] = shares.get(good, 0.0) + point / 100
        listed[bad] = listed.get(bad, 0.0) + 1 - sum(listed.values())
        facts = {
            "reference": {"kind": "fiat", "currency": "USD"},
            "backing": {
                "components": [{"kind": k, "share": round(v, 6)} for k, v in listed.items() if v > 0],
                "basis": "net",
                "collateral_ratio": 1.0 if good != "crypto" else 1.2,
                "segregated": True,
                "attestor": "audit_firm",
                "attestation_age": 20.0,
            },
            "redemption": {
                "right": "all_holders",
                "at_par": True,
                "settlement": 1.0,
                "gated": False,
                "lock": 0.0,
            },
            "hedge": {"short_share": round(listed.get("hedged_crypto", 0.0), 6)},
            "control": {"issuer_regulation": "licensed"},
        }
        body = assess(desk, Question(OCTOBER, facts=Facts.model_validate(facts), sizes=(1e6,)))
        haircuts.append(maintenance(body))
        classes.add(body["class"])
    assert len(classes) > 1, "no threshold was crossed"
    assert max(abs(a - b) for a, b in pairwise(haircuts)) <= 0.1 + 1e-9, haircuts


def test_settling_twice_is_settling_once(desk: Desk) -> None:
    """Proves that deciding leaves nothing behind: the same case gives the same terms."""
    case = shipped(desk)[0]
    snapshot = case._take(case.claims)
    assert snapshot is not None
    first, second = (settle(case.book.compiled, snapshot, (1e6,), case.layer) for _ in range(2))
    assert first.positions == second.positions
    assert first.ladder == second.ladder
