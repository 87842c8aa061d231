"""Answering a question: what it names is found, what it states wins, what cannot be answered is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pegmark.errors import FactProblem
from pegmark.usecases.assess import DEFAULT_SIZES, Question, prepare
from pegmark.usecases.codes import CODES
from pegmark.usecases.desk import Desk
from tests.usecases.desks import BILLS, DAY, answer, custom, facts, refused, venue
from tests.usecases.desks import desk as build


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The desk of made-up assets."""
    folder: Path = tmp_path_factory.mktemp("fixtures")
    return build(folder)


# Facts


@pytest.mark.parametrize(
    ("as_of", "cls", "score"),
    [
        ("2025-06-01", "best", 100),
        ("2025-07-31", "best", 100),
        ("2025-08-01T11:59:59Z", "best", 100),
        ("2025-08-01T12:00:00Z", "good", 50),
        ("2025-08-01T14:00:00+02:00", "good", 50),
        ("2025-08-01", "good", 50),
        ("2025-10-08", "good", 50),
        ("2025-10-09", "poor", 100),
        ("2026-04-30", "best", 100),
    ],
)
def test_a_stored_asset_is_answered_as_it_stood(desk: Desk, as_of: str, cls: str, score: int) -> None:
    """The snapshot in force is the latest that is not after `as_of`, to the instant."""
    body = answer(desk, as_of=as_of)
    assert (body["asset"], body["class"], body["scores"]["composite"]) == ("BILL", cls, score)


def test_inline_facts_win_over_what_is_stored(desk: Desk) -> None:
    """With facts the asset is only a name for them, known or not; without a name it has none."""
    given = facts({**BILLS, **custom(k="high")})
    named = answer(desk, "BILL", facts=given)
    assert (named["asset"], named["class"]) == ("BILL", "best")
    assert answer(desk, "UNHEARD-OF", facts=given)["class"] == "best"
    assert answer(desk, None, facts=given)["asset"] is None


def test_facts_may_be_stated_for_days_when_nothing_is_stored(desk: Desk) -> None:
    """What is stored, and since when, does not matter to a question that states its facts."""
    assert answer(desk, "BILL", "2020-01-01", facts=facts({**BILLS, **custom(k="high")}))["class"] == "best"


def test_a_stored_question_is_found_once_and_answered_alike(desk: Desk) -> None:
    """The second answer is the first, byte for byte, and other sizes are other answers."""
    first, second = (prepare(desk, Question(DAY, "BILL")) for _ in range(2))
    assert first.snapshot is second.snapshot
    assert answer(desk) == answer(desk)
    other = answer(desk, sizes=(5e5,))
    assert [h["size_usd"] for h in other["haircuts"]] == [500_000]
    assert answer(desk, explain="none")["haircuts"][0].keys() == {"size_usd", "initial", "maintenance"}


def test_what_was_found_is_forgotten_when_it_is_much(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory is bounded whatever dates are asked for, and answers stay the same."""
    monkeypatch.setattr("pegmark.usecases.assess.MOST_FOUND", 3)
    desk.found.clear()
    for day in range(1, 10):
        assert answer(desk, as_of=f"2025-06-0{day}")["class"] == "best"
        assert len(desk.found) <= 3


def test_sizes_are_those_asked_for(desk: Desk) -> None:
    """In their order, on the grid of dollars; two are decided where none are named."""
    body = answer(desk, sizes=(2.5e6, 1.0000004, 2.5e6))
    assert [h["size_usd"] for h in body["haircuts"]] == [2_500_000, 1, 2_500_000]
    assert tuple(h["size_usd"] for h in answer(desk)["haircuts"]) == DEFAULT_SIZES


# Venues


def test_no_venue_is_the_reference_venue_and_the_answer_says_so(desk: Desk) -> None:
    """The yardstick is named in the body, and charged for what it is."""
    body = answer(desk)
    assert body["venue"] == "reference"
    assert body == {**answer(desk, venue="reference")}
    (line,) = (x for x in body["haircuts"][0]["waterfall"] if x["rule"] == "HC-100")
    assert (line["reads"], line["amount"]) == ({"venue.discount_now": 0}, 0)


def test_a_stored_venue_is_charged_for_what_it_is(desk: Desk) -> None:
    """Its facts count, and its name is in the body."""
    body = answer(desk, venue="exchange")
    assert body["venue"] == "exchange"
    assert body["haircuts"][0]["waterfall"][1]["amount"] == 0.03


def test_a_venue_may_be_otherwise_towards_one_asset(desk: Desk) -> None:
    """What is stored towards that asset wins over the venue's other facts, for it alone."""
    reads = [
        answer(desk, asset, venue="exchange")["haircuts"][0]["waterfall"][1]["reads"]
        for asset in ("sBILL", "BILL")
    ]
    assert reads == [{"venue.discount_now": 0.04}, {"venue.discount_now": 0.03}]


def test_stated_venue_facts_are_inline(desk: Desk) -> None:
    """Within a given venue an absent fact is unknown; nothing is taken from the reference venue."""
    body = answer(desk, venue=venue(discount_now=0.01))
    assert body["venue"] == "inline"
    assert body["haircuts"][0]["waterfall"][1]["amount"] == 0.01
    empty = answer(desk, venue=venue())
    assert empty["haircuts"][0]["waterfall"][1]["amount"] == 0.5
    assert "venue.discount_now" in [entry["fact"] for entry in empty["unknown"] if entry["mattered"]]


def test_a_venue_is_part_of_the_question(desk: Desk) -> None:
    """The same facts before another venue have another digest."""
    digests = {answer(desk, venue=name)["digests"]["facts"] for name in ("reference", "exchange")}
    assert len(digests) == 2


# Rulebooks


def test_a_question_may_name_its_rulebook(desk: Desk) -> None:
    """By id, and by the version that is loaded; without a name the default decides."""
    tiny, flat = (answer(desk, rulebook=name) for name in ("tiny", "flat"))
    assert answer(desk) == tiny == answer(desk, rulebook="tiny", version="1")
    assert tiny["digests"]["rulebook"] != flat["digests"]["rulebook"]
    assert answer(desk, "sBILL", rulebook="flat")["class"] == "best"


# Refusals


REFUSALS: list[tuple[dict[str, Any], FactProblem]] = [
    (
        {"asset": None},
        FactProblem(
            "/facts",
            "Q0001",
            "neither `asset` nor `facts` is given",
            "name a stored asset, or state facts",
        ),
    ),
    (
        {"asset": "BIL"},
        FactProblem("/asset", "Q0002", "no asset is called `BIL`", "did you mean `BILL` or `sBILL`?"),
    ),
    ({"asset": "zzzz"}, FactProblem("/asset", "Q0002", "no asset is called `zzzz`")),
    (
        {"as_of": "2025-05-31"},
        FactProblem(
            "/as_of",
            "Q0003",
            "nothing is stored on `BILL` as it was at 2025-05-31",
            "the first snapshot is of 2025-06-01; or state `facts`",
        ),
    ),
    (
        {"venue": "exchanges"},
        FactProblem("/venue", "Q0004", "no venue is called `exchanges`", "did you mean `exchange`?"),
    ),
    (
        {"rulebook": "tinny"},
        FactProblem("/rulebook", "Q0005", "no rulebook is called `tinny`", "did you mean `tiny`?"),
    ),
    (
        {"version": "2"},
        FactProblem(
            "/rulebook_version",
            "Q0005",
            "rulebook `tiny` has no version `2` here",
            "the version loaded is `1`",
        ),
    ),
    (
        {"as_of": "2016-12-31", "facts": facts(custom())},
        FactProblem(
            "/as_of",
            "Q0006",
            "rulebook `tiny` has no parameters before 2017-01-01",
            "ask for 2017-01-01 or later",
        ),
    ),
    (
        {"as_of": "2025-02-29"},
        FactProblem("/as_of", "F0001", "`2025-02-29` is not a date that exists", "write `2025-10-09`"),
    ),
    (
        {"as_of": "2025-02-29", "facts": facts(custom())},
        FactProblem("/as_of", "F0001", "`2025-02-29` is not a date that exists", "write `2025-10-09`"),
    ),
    (
        {"as_of": "2300-01-01"},
        FactProblem("/as_of", "F0004", "`2300-01-01` is not between 2009-01-03 and 2100-01-01"),
    ),
    (
        {"facts": facts({"custom": {"undeclared": 1}})},
        FactProblem("/facts/custom/undeclared", "F0201", "the rulebook declares no fact `custom.undeclared`"),
    ),
    (
        {"facts": facts({"liquidity": {"depth_2pct": 2, "supply": 1}})},
        FactProblem(
            "/facts/liquidity/depth_2pct",
            "F0104",
            "bids exceed everything in issue (contradicts /facts/liquidity/supply)",
            "correct one, or give it as `not_credible`",
        ),
    ),
    (
        {"facts": facts({"liquidity": {"depth_2pct": 9, "volume_24h": 1000}})},
        FactProblem(
            "/facts/liquidity/depth_2pct",
            "F0111",
            "`liquidity.depth_2pct` is 9, under its bound 10 (NM-010) "
            "(contradicts /facts/liquidity/volume_24h and /venue/volume_share)",
            "correct one, or give it as `not_credible`",
        ),
    ),
    (
        {"asset": "odd"},
        FactProblem(
            "/asset",
            "F0111",
            "stored on `odd`: `liquidity.depth_2pct` is 9, under its bound 10 (NM-010) "
            "(contradicts /facts/liquidity/volume_24h and /venue/volume_share)",
            "state its facts instead",
        ),
    ),
    (
        {"venue": "dated", "as_of": "2025-10-08"},
        FactProblem(
            "/venue",
            "F0002",
            "stored on `dated`: `venue.discount_now` is dated 2025-10-09, after the snapshot's `2025-10-08`",
            "state its facts instead",
        ),
    ),
]


@pytest.mark.parametrize(
    ("question", "problem"),
    REFUSALS,
    ids=lambda value: value.code if isinstance(value, FactProblem) else "",
)
def test_what_cannot_be_answered_is_refused(
    desk: Desk, question: dict[str, Any], problem: FactProblem
) -> None:
    """Each with the pointer of what is wrong, a code, one sentence, and the next step where there is one."""
    assert refused(desk, **question) == problem


def test_the_nearest_question_to_a_bound_is_answered(desk: Desk) -> None:
    """At the bound, before a venue that has more of the volume, or with a volume not believed."""
    at = {"liquidity": {"depth_2pct": 10, "volume_24h": 1000}, **custom()}
    under = {"liquidity": {"depth_2pct": 9, "volume_24h": 1000}, **custom()}
    unbelieved = {
        "liquidity": {"depth_2pct": 9, "volume_24h": {"unknown": "not_credible"}},
        **custom(),
    }
    for given, where in ((at, None), (under, "exchange"), (unbelieved, None)):
        assert answer(desk, None, facts=facts(given), venue=where)["status"] in ("accept", "ineligible")


def test_codes_of_questions_are_those_of_the_table() -> None:
    """Q0007 and Q0008 with the layers, Q0009 where files are stored; the rest here."""
    here = {problem.code for _, problem in REFUSALS if problem.code.startswith("Q")}
    assert here | {"Q0007", "Q0008", "Q0009"} == set(CODES)
