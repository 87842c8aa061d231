"""What another rulebook does to a population: counted alike in one part or many, and as the changes say."""

from __future__ import annotations

import pytest

from pegmark.authoring.compare import changes
from pegmark.bootstrap import build_desk
from pegmark.rulebook.load import normal_file
from pegmark.settings import read_settings
from pegmark.usecases.assess import Question
from pegmark.usecases.desk import Desk, book_of
from pegmark.usecases.difference import as_data, difference
from pegmark.usecases.impact import Asked, Impact, Tally, compared, explained
from tests.authoring.books import Swap, house, swapped

SIZES = (1e6, 1e8)


@pytest.fixture(scope="module")
def shipped() -> Desk:
    """The desk of what ships."""
    return build_desk(read_settings({}))


def desk_of(shipped: Desk, *swaps: Swap) -> Desk:
    """A desk with the same assets and the house rulebook with each swap made."""
    return Desk(shipped.catalogue, {"": book_of(swapped(*swaps), normal_file()[1])}, "")


def questions(shipped: Desk) -> list[Question]:
    """A question on every stored snapshot."""
    catalogue = shipped.catalogue
    return [
        Question(stored.as_of, asset, sizes=SIZES)
        for asset in catalogue.assets()
        for stored in catalogue.snapshots(asset)
    ]


def impact(shipped: Desk, *swaps: Swap, parts: int = 1) -> Impact:
    """What the swaps do to every stored snapshot, counted in so many parts."""
    before, after = desk_of(shipped), desk_of(shipped, *swaps)
    asked = list(enumerate(questions(shipped)))
    whole = Tally(SIZES)
    for part in range(parts):
        tally = Tally(SIZES)
        for place, question in asked[part::parts]:
            compared(tally, before, after, question, Asked(place, question.asset or "", question.as_of))
        whole.merge(tally)
    return whole.impact("stored")


STRICTER: dict[str, Swap] = {
    "a class": ("classify.yaml", "attestation_age <= 75d", "attestation_age <= 20d"),
    "a param": ("rulebook.yaml", "value: 97%", "value: 100%"),
    "a loss": ("stress.yaml", "value: 40%", "value: 60%"),
    "a band": ("rating.yaml", "{band: B, at_least: 58}", "{band: B, at_least: 70}"),
    "a knock-out": ("rating.yaml", "backing.collateral_ratio < 99%", "backing.collateral_ratio < 110%"),
    "a table": ("haircut.yaml", "strategy_fund: {R: 8%, M: 12%}", "strategy_fund: {R: 10%, M: 15%}"),
    "a curve": ("haircut.yaml", "[25%, 1%]", "[25%, 3%]"),
    "a share": ("caps.yaml", "share: 10%", "share: 5%"),
    "a limit": ("rulebook.yaml", "value: 25%}]\n    why: Four", "value: 1%}]\n    why: Four"),
}


@pytest.mark.parametrize("swap", STRICTER.values(), ids=STRICTER)
def test_what_is_called_stricter_betters_nobody(shipped: Desk, swap: Swap) -> None:
    """Proves that no stored asset has better terms by a change called stricter, and some have worse."""
    assert {change.sense for change in changes(house(), house(swap))} == {"stricter"}
    found = impact(shipped, swap)
    assert [measure.name for measure in found.measures if measure.better] == []
    before, after = desk_of(shipped), desk_of(shipped, swap)
    orders = {
        "class": after.book(None).program.classify.order,
        "band": after.book(None).compiled.bands,
        "status": ("accept", "no_new", "run_off", "ineligible"),
    }
    for name, moves in found.moves.items():
        assert all(orders[name].index(now) > orders[name].index(was) for was, now, _ in moves), name
    # An account's cap is no measure of its own.
    assert found.changed or swap[0] == "caps.yaml"
    assert before.book(None).program.id == "house"


def test_counts_do_not_depend_on_the_parts(shipped: Desk) -> None:
    """Proves that a population counted in parts comes to the same report, movers included."""
    swaps = (STRICTER["a class"], STRICTER["a table"], STRICTER["a curve"])
    assert impact(shipped, *swaps, parts=7) == impact(shipped, *swaps)


def test_measures_add_up(shipped: Desk) -> None:
    """Proves that every question is better, worse or unchanged; quantiles are of those that moved."""
    found = impact(shipped, STRICTER["a table"], STRICTER["a curve"])
    assert found.decided == len(questions(shipped))
    assert found.changed > 10
    assert len(found.movers) == 10
    for measure in found.measures:
        assert measure.better + measure.worse + measure.unchanged == found.decided
        if measure.worse:
            assert measure.least is not None
            assert measure.most is not None
            spread = [measure.least, *measure.quantiles.values(), measure.most]
            assert spread == sorted(spread)
    distances = [mover.distance for mover in found.movers]
    assert distances == sorted(distances, reverse=True)


def test_the_rules_that_decide_otherwise_are_named(shipped: Desk) -> None:
    """Proves that a mover is explained by the changed rule and what follows from it, and renames are none."""
    rename: Swap = ("classify.yaml", "id: CLS-150", "id: CLS-151")
    before, after = desk_of(shipped), desk_of(shipped, STRICTER["a class"], rename)
    question = Question("2025-10-09", "USDC", sizes=SIZES)
    renamed = difference(before.book(None), after.book(None)).renamed
    assert renamed == {"CLS-150": "CLS-151"}
    rules = explained(before, after, question, renamed)
    assert {"CLS-120", "HC-BASE"} <= set(rules)
    assert not {"CLS-150", "CLS-151"} & set(rules)
    assert explained(before, before, question, {}) == ()


def test_the_same_book_moves_nobody(shipped: Desk) -> None:
    """Proves that a rulebook beside itself has no changes and no impact, and that the report says so."""
    found = impact(shipped)
    assert (found.changed, list(found.movers)) == (0, [])
    book = desk_of(shipped).book(None)
    report = difference(book, book)
    assert not report.is_any
    assert as_data(report)["changes"] == []
