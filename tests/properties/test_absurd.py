"""What would be absurd, as docs/methodology.md lists it, and the terms that the latest snapshots come to."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import pytest

from pegmark.engine.emit import ONE
from pegmark.rulebook.program import Curve, Program
from pegmark.usecases.assess import Question, assess, prepare
from pegmark.usecases.desk import Desk
from tests.properties.shipped import shipped
from tools.unknowns import Case, together

REFERENCE, EXCHANGE, LENDER = "reference", "exchange-2025-10", "lender-redeeming"
MILLION = (1e6,)


def latest(desk: Desk, venue: str = REFERENCE) -> dict[str, Mapping[str, Any]]:
    """Return the decision of the last snapshot of each asset, with what each knock-out missed."""
    found = {}
    for asset in desk.catalogue.assets():
        as_of = max(stored.as_of for stored in desk.catalogue.snapshots(asset))
        found[asset] = assess(desk, Question(as_of, asset, venue=venue, sizes=MILLION, explain="short"))
    return found


def known_at_best(desk: Desk, asset: str, as_of: str, venue: str = REFERENCE) -> Case:
    """Return a stored case from which facts can be told otherwise."""
    stored = next(s for s in desk.catalogue.snapshots(asset) if s.as_of == as_of)
    return Case.of(desk, stored, next(v for v in desk.catalogue.venues() if v.id == venue))


def maintenance(body: Mapping[str, Any]) -> float:
    """Return the maintenance haircut in total at the first size."""
    total: float = body["haircuts"][0]["maintenance"]["total"]
    return total


def test_most_assets_are_taken_and_bands_differ(desk: Desk) -> None:
    """Proves that the reference venue takes 18 of the 26 assets for a million and more, in four bands."""
    found = latest(desk)
    taken = {
        asset: body
        for asset, body in found.items()
        if body["status"] == "accept" and body["cap"]["venue_usd"] >= 1e6
    }
    assert len(found) == 26
    assert len(taken) >= 18, sorted(taken)
    assert len({body["band"] for body in found.values()}) >= 4
    assert len({maintenance(body) for body in taken.values()}) >= 12, "haircuts must tell them apart"


@pytest.mark.parametrize("asset", ["USDC", "PYUSD", "BUIDL"])
def test_good_dollars_are_taken_at_a_tenth_and_less(desk: Desk, asset: str) -> None:
    """Proves it of their facts alone, with no knock-out that fired: neither on a fact nor for want of one."""
    as_of = max(stored.as_of for stored in desk.catalogue.snapshots(asset))
    body = assess(desk, Question(as_of, asset, venue=REFERENCE, sizes=MILLION, explain="full"))
    assert body["status"] == "accept"
    assert maintenance(body) <= 0.1
    assert body["capped_by"] == []
    fired = {line["rule"]: line["outcome"] for line in body["trace"] if line["rule"].startswith("KO-")}
    assert len(fired) == len(desk.book("house").program.rating.knock_outs)
    assert set(fired.values()) == {False}


def test_the_start_rises_with_the_class(desk: Desk) -> None:
    """Proves the order of the class table, in both columns, by the same facts forced into each class."""
    book = desk.book("house")
    program, compiled = book.program, book.compiled
    starts: dict[str, list[int]] = {}
    for venue, route in ((REFERENCE, "R"), (EXCHANGE, "M")):
        case = prepare(desk, Question("2026-10-07", "USDC", venue=venue, sizes=MILLION))
        epoch = compiled.at(case.snapshot.day)
        facts = {**case.snapshot.values, "layer.score": 100.0, "layer.haircut": 0.0}
        starts[route] = [
            epoch.answer(facts, n, None, None).at(1e6)[0][0] for n in range(len(program.classify.order))
        ]
    for column in starts.values():
        assert all(a <= b for a, b in pairwise(column)), column
        assert len(set(column)) >= 5, "the classes must differ"
    assert all(redeemed <= sold for redeemed, sold in zip(starts["R"], starts["M"], strict=True))
    assert starts["R"] != starts["M"], "the route must matter"


def limits(program: Program) -> dict[str, float]:
    """Return the most that each step may add, or hold the haircut up to."""
    found = {}
    for step in program.haircut.steps:
        worst = max(y for _, y in step.amount.points) if isinstance(step.amount, Curve) else 1
        found[step.reason.id] = float(step.limit if step.limit is not None else worst)
    return found


def test_each_step_is_within_its_limit(desk: Desk) -> None:
    """Proves it for every shipped case at four sizes, some of which reach the limits."""
    program = desk.book("house").program
    most = limits(program)
    reached: set[str] = set()
    for case in shipped(desk):
        terms = case.settle()
        assert terms is not None
        for position in terms.positions:
            for step, amount in zip(program.haircut.steps, position.amounts[1:-1], strict=True):
                if amount is None:
                    continue
                rule, limit = step.reason.id, round(most[step.reason.id] * ONE)
                assert amount <= limit, (case.name, rule)
                # What the greater of two is taken of may lie below zero, as over-coverage does.
                assert step.op == "max" or amount >= 0, (case.name, rule)
                if amount == limit:
                    reached.add(rule)
    assert {"HC-LIQUIDITY", "HC-WRONGWAY"} <= reached
    assert most["HC-HEDGE"] == 0.08
    assert most["HC-LIQUIDITY"] == 0.25
    assert most["HC-WRONGWAY"] == 0.1
    assert most["HC-CROWDING"] == most["HC-PROMOTION"] == 0.05


@pytest.mark.parametrize(("cls", "most"), [("fiat_reserve", 0.08), ("fiat_reserve_mixed", 0.12)])
def test_a_reserve_without_an_event_is_cheap(desk: Desk, cls: str, most: float) -> None:
    """Proves that what a reserve costs beyond this is what is not known of it, and named."""
    seen = 0
    for asset in desk.catalogue.assets():
        for stored in desk.catalogue.snapshots(asset):
            case = known_at_best(desk, asset, stored.as_of)
            before = case.terms
            if before.cls != cls or before.status != "accept" or is_event(case):
                continue
            seen += 1
            if before.maintenance[0] > most:
                assert case.unknown, case
            assert together(case).maintenance[0] <= most, (asset, stored.as_of)
    assert seen >= 5


def is_event(case: Case) -> bool:
    """Whether a bank that holds part of the reserve has just failed: only March 2023 is such a day."""
    return case.decision["asset"] == "USDC" and case.decision["as_of"] == "2023-03-10"


def usde(desk: Desk, venue: str) -> Mapping[str, Any]:
    """Decide USDe as it stood on 9 October 2025, at a million."""
    return assess(desk, Question("2025-10-09", "USDe", venue=venue, sizes=MILLION, explain="short"))


def test_the_rough_check_of_october_2025(desk: Desk) -> None:
    """Proves the order of size that was expected of the good ones, and that USDe is nowhere near them.

    The rough check had USDe at some 17 percent and at most $74M at a lender that redeems. The haircut is
    higher by what estimated facts are charged, and never lower.
    """
    lender = usde(desk, LENDER)
    assert 0.17 <= maintenance(lender) <= 0.25
    assert lender["cap"]["venue_usd"] <= 74e6
    exchange = usde(desk, EXCHANGE)
    assert maintenance(exchange) >= 0.32
    assert exchange["haircuts"][0]["initial"]["total"] >= 0.4
    assert exchange["cap"]["venue_usd"] <= 9e6
    found = latest(desk, LENDER)
    assert maintenance(found["BUIDL"]) == 0.01
    assert 0.045 <= maintenance(found["USDC"]) <= 0.055
    usdt = assess(desk, Question("2025-10-09", "USDT", venue=LENDER, sizes=MILLION))
    assert 0.06 <= maintenance(usdt) <= 0.08


def test_usdc_costs_less_once_the_banks_are_told(desk: Desk) -> None:
    """Proves that five percent become two or three when the largest bank holds one percent of the reserve."""
    case = known_at_best(desk, "USDC", "2026-10-07", LENDER)
    assert "backing.largest_bank_share" in case.unknown
    told = case.stating("backing.largest_bank_share", 0.01)
    assert 0.02 <= told.terms.maintenance[0] <= 0.03 < case.terms.maintenance[0]
