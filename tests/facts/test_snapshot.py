"""Taking facts: states, ages, dates, shares of components, a rulebook's own facts, and what is kept."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from pegmark.errors import FactProblem
from pegmark.facts.snapshot import LayerRef, moment, spelled, take
from pegmark.facts.specification import FactSpec
from pegmark.facts.vocabulary import COMPONENT_KINDS, FACTS
from tests.facts.taking import refusals, taken

DISCOUNT = FACTS["peg.discount_now"]
AGING = [spec for spec in FACTS.values() if spec.max_age_days is not None and spec.group != "terms"]


def test_known_and_estimated_facts_can_be_used() -> None:
    """Both have a value; only an estimate is flagged."""
    found = taken({"peg.discount_now": 0.01, "yield.native_apr": {"value": 0.05, "estimated": True}})
    assert found.values == {"peg.discount_now": 0.01, "yield.native_apr": 0.05}
    assert found.known == {"peg.discount_now", "yield.native_apr"}
    assert found.estimated == {"yield.native_apr"}
    assert found.states == {}


@pytest.mark.parametrize("absence", ["not_disclosed", "not_collected", "not_credible"])
def test_unknown_facts_have_a_state_and_no_value(absence: str) -> None:
    """What is unknown cannot be read by a rule, whatever the reason, and the reason is kept."""
    found = taken({"peg.discount_now": {"unknown": absence}, "backing.components": {"unknown": absence}})
    assert found.values == {}
    assert found.known == frozenset()
    assert found.states == {"peg.discount_now": absence, "backing.components": absence}


def test_an_absent_fact_has_no_entry() -> None:
    """Nobody looked: neither value nor state nor anything submitted; null says the same."""
    found = taken({"peg.discount_now": None, "backing.components": None, "custom.flag": None}, custom=CUSTOM)
    assert (found.values, found.states, found.submitted) == ({}, {}, {})


def test_nothing_at_all_can_be_taken() -> None:
    """Neither facts nor venue: everything is unknown, and nothing was submitted."""
    found = take(asset=None, as_of="2025-10-09", facts=None, venue=None, venue_name="none")
    assert (found.values, found.known, found.submitted, found.venue) == ({}, frozenset(), {}, "none")


@pytest.mark.parametrize("spec", AGING, ids=lambda spec: spec.name)
def test_a_fact_is_stale_the_day_after_its_maximum_age(spec: FactSpec) -> None:
    """Exactly at its maximum age a fact is known; a day older it is unknown, its value unreadable."""
    value: Any = [{"kind": "cash", "share": 1}] if spec.name == "backing.components" else None
    if value is None:
        value = True if spec.kind == "bool" else spec.members[0] if spec.members else spec.low
    day = date(2025, 10, 9)
    assert spec.max_age_days is not None
    oldest = day - timedelta(days=spec.max_age_days)
    fresh = taken({spec.name: {"value": value, "as_of": oldest.isoformat()}})
    assert fresh.known == {spec.name}
    assert fresh.states == {}
    older = (oldest - timedelta(days=1)).isoformat()
    stale = taken({spec.name: {"value": value, "as_of": older, "estimated": True}})
    assert stale.states == {spec.name: "stale"}
    assert (stale.known, stale.estimated, stale.values, stale.layers) == (frozenset(), frozenset(), {}, ())
    assert spec.name in stale.submitted


def test_staleness_is_exact_to_the_microsecond() -> None:
    """Between instants the age counts by the microsecond, not by the day."""
    edge = {"value": 0, "as_of": "2025-10-04T12:00:00Z"}
    assert taken({"peg.discount_now": edge}, "2025-10-09T12:00:00Z").states == {}
    assert taken({"peg.discount_now": edge}, "2025-10-09T12:00:00.000001Z").states == {
        "peg.discount_now": "stale"
    }


def test_facts_that_do_not_age_are_never_stale() -> None:
    """A count of days that says since when, such as the age of an attestation, is as old as it says."""
    found = taken({"backing.attestation_age": {"value": 3, "as_of": "2010-01-01"}})
    assert found.states == {}


# Dates


def test_a_date_is_the_end_of_that_day_in_utc() -> None:
    """An instant within the day is not after it; one at midnight after it is."""
    assert moment("2025-10-09") == datetime(2025, 10, 9, 23, 59, 59, 999_999, tzinfo=UTC)
    assert taken({"peg.discount_now": {"value": 0, "as_of": "2025-10-09T23:59:59.999999Z"}}).known
    (problem,) = refusals({"peg.discount_now": {"value": 0, "as_of": "2025-10-10T00:00:00Z"}})
    assert problem.code == "F0002"


def test_an_instant_is_itself() -> None:
    """A fact as of the day is dated after an instant within that day."""
    (problem,) = refusals({"peg.discount_now": {"value": 0, "as_of": "2025-10-09"}}, "2025-10-09T12:00:00Z")
    assert problem == FactProblem(
        "/facts/peg/discount_now/as_of",
        "F0002",
        "`peg.discount_now` is dated 2025-10-09, after the snapshot's `2025-10-09T12:00:00Z`",
        "a snapshot holds what was known at its `as_of`",
    )


def test_a_snapshot_belongs_to_its_day_in_utc() -> None:
    """Params are read on the UTC day of `as_of`, whichever side of midnight its own zone is on."""
    assert taken(as_of="2025-10-09T01:00:00+02:00").day == date(2025, 10, 8)
    assert taken(as_of="2025-10-09T23:00:00-02:00").day == date(2025, 10, 10)
    assert taken(as_of="2025-10-09").day == date(2025, 10, 9)


@pytest.mark.parametrize(
    ("text", "spelling"),
    [
        ("2025-10-09", "2025-10-09"),
        ("2025-10-09T00:00:00+02:00", "2025-10-08T22:00:00Z"),
        ("2025-10-08T22:00:00Z", "2025-10-08T22:00:00Z"),
        ("2025-10-08T22:00:00+00:00", "2025-10-08T22:00:00Z"),
        ("2025-10-08T22:00:00-00:00", "2025-10-08T22:00:00Z"),
        ("2025-10-08T22:00:00.5Z", "2025-10-08T22:00:00.500000Z"),
        ("2025-10-08T22:00:00.000000Z", "2025-10-08T22:00:00Z"),
        ("2024-02-29T23:59:59-14:00", "2024-03-01T13:59:59Z"),
    ],
)
def test_a_moment_has_one_spelling(text: str, spelling: str) -> None:
    """An offset and trailing zeros are ways of writing an instant, not parts of it."""
    assert spelled(text) == spelling
    assert spelled(spelling) == spelling
    assert taken(as_of=text).as_of == spelling


@pytest.mark.parametrize(
    "text",
    [
        "2025-02-29",
        "2025-13-01",
        "2025-00-10",
        "2025-04-31",
        "0000-01-01",
        "2025-10-09T24:00:00Z",
        "2025-10-09T23:60:00Z",
        "2025-10-09T23:59:60Z",
        "2025-10-09T00:00:00+24:00",
        "0001-01-01T00:00:00+02:00",
        "9999-12-31T23:00:00-02:00",
        "2025-02-29T00:00:00Z",
    ],
)
def test_dates_that_do_not_exist_are_refused_wherever_they_stand(text: str) -> None:
    """29 February needs its year; hours, minutes and offsets have ends; nothing of it stops the server."""
    message = f"`{text}` is not a date that exists"
    help = "write `2025-10-09`"
    assert refusals({}, text) == [FactProblem("/as_of", "F0001", message, help)]
    for key, claim in (
        ("as_of", {"value": 0, "as_of": text}),
        ("knowable_at", {"value": 0, "knowable_at": text}),
        ("as_of", {"unknown": "not_disclosed", "as_of": text}),
    ):
        pointer = f"/facts/peg/discount_now/{key}"
        assert refusals({"peg.discount_now": claim}) == [FactProblem(pointer, "F0001", message, help)]


def test_29_february_exists_in_leap_years() -> None:
    """The nearest admissible neighbour of a date that does not exist."""
    assert taken(as_of="2024-02-29").day == date(2024, 2, 29)
    assert taken(as_of="2096-02-29").day == date(2096, 2, 29)


@pytest.mark.parametrize("text", ["2009-01-02", "2100-01-02", "1900-01-01", "2009-01-02T23:59:59Z"])
def test_years_without_tokens_are_refused(text: str) -> None:
    """Nothing can be known of a token before the first block; far dates are typing errors."""
    message = f"`{text}` is not between 2009-01-03 and 2100-01-01"
    assert refusals({}, text) == [FactProblem("/as_of", "F0004", message)]
    assert refusals({"peg.discount_now": {"value": 0, "as_of": text}}, "2100-01-01") == [
        FactProblem("/facts/peg/discount_now/as_of", "F0004", message)
    ]


@pytest.mark.parametrize("text", ["2009-01-03", "2100-01-01", "2009-01-03T00:00:00Z"])
def test_the_first_and_last_day_are_admissible(text: str) -> None:
    """Both ends belong to the range."""
    assert taken(as_of=text).as_of == text


@pytest.mark.parametrize("claim", [{"value": 0}, {"unknown": "not_disclosed"}], ids=["stated", "unknown"])
def test_facts_of_the_future_are_refused(claim: dict[str, Any]) -> None:
    """Whether known or looked for in vain, a fact dated after the snapshot has no place in it."""
    (problem,) = refusals({"peg.discount_now": {**claim, "as_of": "2025-10-10"}})
    assert (problem.pointer, problem.code) == ("/facts/peg/discount_now/as_of", "F0002")
    assert taken({"peg.discount_now": {**claim, "as_of": "2025-10-09"}}).submitted


def test_facts_that_were_not_knowable_yet_are_refused() -> None:
    """A figure of June that was published in November is no part of what was known in October."""
    claim = {"value": 0, "as_of": "2025-10-08", "knowable_at": "2025-10-10"}
    assert refusals({"peg.discount_now": claim}) == [
        FactProblem(
            "/facts/peg/discount_now/knowable_at",
            "F0003",
            "`peg.discount_now` was not knowable before 2025-10-10, after the snapshot's `2025-10-09`",
            "leave it out of this snapshot",
        )
    ]
    assert taken({"peg.discount_now": {**claim, "knowable_at": "2025-10-09"}}).known


def test_every_problem_is_reported_in_the_order_of_the_vocabulary() -> None:
    """One answer names all of them, in the same order whatever the order of the request's keys."""
    late: dict[str, Any] = {"value": 0, "as_of": "2025-10-10", "knowable_at": "2025-10-11"}
    given = {"venue.discount_now": late, "peg.volatility_30d": late, "peg.discount_now": late}
    found = [(p.pointer, p.code) for p in refusals(given)]
    assert found == [
        ("/facts/peg/discount_now/knowable_at", "F0003"),
        ("/facts/peg/discount_now/as_of", "F0002"),
        ("/facts/peg/volatility_30d/knowable_at", "F0003"),
        ("/facts/peg/volatility_30d/as_of", "F0002"),
        ("/venue/discount_now/knowable_at", "F0003"),
        ("/venue/discount_now/as_of", "F0002"),
    ]
    assert found == [(p.pointer, p.code) for p in refusals(dict(reversed(given.items())))]


def test_venue_facts_are_pointed_at_where_they_stand() -> None:
    """A stored venue has no place in the request, so the caller says what to point at."""
    late = {"venue.discount_now": {"value": 0, "as_of": "2025-10-10"}}
    assert [p.pointer for p in refusals(late)] == ["/venue/discount_now/as_of"]
    assert [p.pointer for p in refusals(late, venue_pointer="/v")] == ["/v/discount_now/as_of"]


# Values


def test_numbers_are_rounded_to_their_grid_once() -> None:
    """Rules read 1e-12 of a ratio and a millionth of a dollar; what is kept of a request is the same."""
    found = taken({"peg.discount_now": 0.1 + 0.2, "liquidity.supply": 1.0000004, "yield.native_apr": -0.0})
    assert found.values == {"peg.discount_now": 0.3, "liquidity.supply": 1.0, "yield.native_apr": 0.0}
    said = {name: claim[0] for name, claim in found.submitted.items()}
    assert said == {"peg.discount_now": 0.3, "liquidity.supply": 1, "yield.native_apr": 0}


COMPONENTS = [
    {"kind": "treasury_bill", "share": 0.5},
    {"kind": "treasury_bill", "share": 0.2, "obligor": "another"},
    {"kind": "stablecoin", "share": 0.1, "asset": "USDC"},
]


def test_a_net_list_is_complete() -> None:
    """Kinds not listed are not there, and what is short of the whole is undisclosed."""
    found = taken({"backing.components": COMPONENTS, "backing.basis": "net"})
    shares = {kind: found.values[f"backing.share.{kind}"] for kind in COMPONENT_KINDS}
    assert shares == {
        **dict.fromkeys(COMPONENT_KINDS, 0.0),
        "treasury_bill": 0.7,
        "stablecoin": 0.1,
        "undisclosed": 0.2,
    }
    assert found.values["backing.listed"] == 0.8
    assert found.layers == (LayerRef("USDC", 0.1),)


def test_a_net_list_over_the_whole_has_no_negative_remainder() -> None:
    """Rounding in a reserve report may sum to a little over one; nothing is undisclosed then."""
    found = taken({"backing.components": [{"kind": "cash", "share": 1.004}], "backing.basis": "net"})
    assert found.values["backing.share.undisclosed"] == 0.0
    assert found.values["backing.share.cash"] == 1.004


def test_what_is_said_to_be_undisclosed_adds_to_what_is_short() -> None:
    """A list may name its undisclosed part and still not sum to one."""
    rows = [{"kind": "cash", "share": 0.5}, {"kind": "undisclosed", "share": 0.3}]
    found = taken({"backing.components": rows, "backing.basis": "net"})
    assert found.values["backing.share.undisclosed"] == 0.5


@pytest.mark.parametrize("basis", ["gross", {"unknown": "not_disclosed"}, None])
def test_any_other_list_is_never_complete(basis: Any) -> None:
    """Gross of leverage, or of unknown basis: kinds not listed are unknown, and so is a remainder."""
    found = taken({"backing.components": COMPONENTS, "backing.basis": basis})
    shares = {name for name in found.values if name.startswith("backing.share.")}
    assert shares == {"backing.share.treasury_bill", "backing.share.stablecoin"}
    assert found.values["backing.listed"] == 0.8


def test_unknown_components_leave_no_shares_and_no_layers() -> None:
    """Components are one fact: hidden whole or not at all."""
    found = taken({"backing.components": {"unknown": "not_credible"}, "backing.basis": "net"})
    assert found.values == {"backing.basis": "net"}
    assert found.layers == ()


# A rulebook's own facts

CUSTOM = {
    "custom.flag": FactSpec("custom.flag", "bool", "true", "", ""),
    "custom.choice": FactSpec("custom.choice", "enum", "first", "", "", members=("low", "high")),
    "custom.share": FactSpec("custom.share", "ratio", "higher", "", "", low=0.0, high=1.0),
    "custom.free": FactSpec("custom.free", "number", "higher", "", ""),
    "custom.floor": FactSpec("custom.floor", "days", "higher", "", "", low=2.0),
}


def test_declared_facts_are_taken_like_others() -> None:
    """Bare, stated and unknown forms, dates and estimates work for a rulebook's own facts too."""
    found = taken(
        {
            "custom.flag": True,
            "custom.choice": {"value": "low", "estimated": True},
            "custom.share": 1,
            "custom.free": {"unknown": "not_disclosed"},
            "custom.floor": 2,
        },
        custom=CUSTOM,
    )
    assert found.values == {
        "custom.flag": True,
        "custom.choice": "low",
        "custom.share": 1.0,
        "custom.floor": 2.0,
    }
    assert found.estimated == {"custom.choice"}
    assert found.states == {"custom.free": "not_disclosed"}
    assert found.submitted["custom.share"][0] == 1


def test_facts_that_no_rulebook_declares_are_refused() -> None:
    """A custom fact means something only to the rulebook that declares it."""
    message = "the rulebook declares no fact `custom.other`"
    problem = FactProblem("/facts/custom/other", "F0201", message)
    assert refusals({"custom.other": 1}, custom=CUSTOM) == [problem]
    assert refusals({"custom.other": 1}) == [problem]


@pytest.mark.parametrize(
    ("name", "wrong", "admissible"),
    [
        ("flag", 1, "true or false"),
        ("flag", "true", "true or false"),
        ("choice", "middle", "one of `low`, `high`"),
        ("choice", True, "one of `low`, `high`"),
        ("share", True, "a number (ratio), at least 0, at most 1"),
        ("share", "1", "a number (ratio), at least 0, at most 1"),
        ("share", 1.0001, "a number (ratio), at least 0, at most 1"),
        ("share", -0.0001, "a number (ratio), at least 0, at most 1"),
        ("free", "1", "a number (number)"),
        ("floor", 1.9, "a number (days), at least 2"),
    ],
)
def test_declared_facts_are_held_to_their_declaration(name: str, wrong: Any, admissible: str) -> None:
    """Type, members and range are those that the rulebook states, in either form."""
    problem = FactProblem(f"/facts/custom/{name}", "F0202", f"`custom.{name}` is {admissible}")
    assert refusals({f"custom.{name}": wrong}, custom=CUSTOM) == [problem]
    assert refusals({f"custom.{name}": {"value": wrong}}, custom=CUSTOM) == [problem]
