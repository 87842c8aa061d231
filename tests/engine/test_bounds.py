"""Known facts keep to the bounds that fill them in, of any filling and of the shipped ones."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pegmark.engine.bounds import beyond_bounds
from pegmark.engine.decide import settle
from pegmark.errors import FactProblem, FactsError
from pegmark.rulebook.load import check_files, normal_file
from tests.engine.books import NORMAL, book, snapshot
from tests.engine.test_caps import caps
from tests.engine.test_estimates import estimate
from tests.engine.test_haircut import haircut

SHIPPED = normal_file()[1].decode()
HELP = "correct one, or give it as `not_credible`"


def normal(*fillings: tuple[str, str], params: str = "{}") -> str:
    """Return a file of filling-in: facts and what they take, numbered from 10."""
    listed = "".join(
        f"  - {{id: NM-0{n}0, fact: {fact}, take: '{take}', why: So., cite: [N]}}\n"
        for n, (fact, take) in enumerate(fillings, 1)
    )
    return NORMAL.replace("params: {}", f"params: {params}").replace("normal: []", f"normal:\n{listed}")


def beyond(text: str, facts: dict[str, Any], as_of: str = "2025-10-09") -> list[FactProblem]:
    """Return the problems of facts that are beyond their bounds."""
    compiled = book(text)
    return beyond_bounds(compiled, snapshot(compiled, facts, as_of))


DEPTH = "liquidity.depth_2pct"
VOLUME = "liquidity.volume_24h"
BANK = "backing.largest_bank_share"
LOWER = normal((DEPTH, f"2% * {VOLUME}"))
HIGHER = normal((BANK, "backing.share.bank_deposit"))


# One bound


@pytest.mark.parametrize(
    ("depth", "is_beyond"), [(0, True), (19_999.999999, True), (20_000, False), (20_000.000001, False)]
)
def test_a_value_that_is_worse_low_is_bounded_below(depth: float, is_beyond: bool) -> None:
    """At the bound it is admissible, a millionth of a dollar below it is not."""
    found = beyond(LOWER, {DEPTH: depth, VOLUME: 1e6})
    said = f"`{DEPTH}` is {'19999.999999' if depth else '0'}, under its bound 20000 (NM-010)"
    assert (
        found
        == [
            FactProblem(
                "/facts/liquidity/depth_2pct",
                "F0111",
                f"{said} (contradicts /facts/liquidity/volume_24h)",
                HELP,
            )
        ]
        * is_beyond
    )


@pytest.mark.parametrize(
    ("share", "is_beyond"), [(0.2, False), (0.2000000001, True), (0.5, True), (0, False)]
)
def test_a_value_that_is_worse_high_is_bounded_above(share: float, is_beyond: bool) -> None:
    """One bank holds no more than all of them, and may well hold less."""
    rows = [{"kind": "bank_deposit", "share": 0.2}, {"kind": "treasury_bill", "share": 0.8}]
    found = beyond(HIGHER, {BANK: share, "backing.components": rows, "backing.basis": "net"})
    message = f"`{BANK}` is {share}, over its bound 0.2 (NM-010) (contradicts /facts/backing/components)"
    problem = FactProblem("/facts/backing/largest_bank_share", "F0111", message, HELP)
    assert found == [problem] * is_beyond


@pytest.mark.parametrize("claim", ["not_credible", "not_disclosed", "not_collected", "stale", None])
@pytest.mark.parametrize("name", [DEPTH, VOLUME])
def test_what_is_unknown_is_beyond_nothing(name: str, claim: str | None) -> None:
    """Give the bounding fact as not credible and the value stands; an unknown value takes the bound."""
    facts: dict[str, Any] = {DEPTH: 1, VOLUME: 1e6}
    assert len(beyond(LOWER, facts)) == 1
    facts[name] = {"value": 1, "as_of": "2020-01-01"} if claim == "stale" else claim and {"unknown": claim}
    assert beyond(LOWER, facts) == []


@pytest.mark.parametrize("name", [DEPTH, VOLUME])
def test_an_estimate_is_beyond_like_a_known_value(name: str) -> None:
    """Otherwise flagging a value would make it admissible, and hiding it would help."""
    facts: dict[str, Any] = {DEPTH: 1, VOLUME: 1e6}
    assert len(beyond(LOWER, {**facts, name: estimate(facts[name])})) == 1


def test_a_bound_has_no_tolerance_but_its_grid() -> None:
    """0.1 + 0.2 bounds 0.3 from both sides."""
    text = normal(("backing.collateral_ratio", "hedge.short_share + hedge.coverage"))
    facts = {"hedge.short_share": 0.1, "hedge.coverage": 0.2, "backing.collateral_ratio": 0.3}
    assert beyond(text, facts) == []
    assert len(beyond(text, {**facts, "backing.collateral_ratio": 0.299999999999})) == 1


def test_a_bound_changes_with_its_params() -> None:
    """The share that stands in the rules is the one in force at the snapshot's day."""
    values = "[{from: 2017-01-01, value: 1%}, {from: 2025-01-01, value: 2%}]"
    params = f"{{s: {{unit: ratio, values: {values}, why: So., cite: [N]}}}}"
    text = normal((DEPTH, f"s * {VOLUME}"), params=params)
    facts = {DEPTH: 15_000, VOLUME: 1e6}
    assert beyond(text, facts, "2024-12-31") == []
    assert len(beyond(text, facts, "2025-01-01")) == 1
    compiled = book(text)
    with pytest.raises(LookupError):
        beyond_bounds(compiled, snapshot(compiled, facts, "2016-01-01"))


def test_a_bound_that_is_the_fact_itself_bounds_nothing() -> None:
    """`if … then bound else itself` says that there is none in the other case, and names no fact twice."""
    text = normal(("hedge.short_share", 'if backing.basis == "net" then 0% else hedge.short_share'))
    for basis, count in (("net", 1), ("gross", 0), (None, 0)):
        found = beyond(text, {"hedge.short_share": 0.1, "backing.basis": basis})
        assert len(found) == count
    (problem,) = beyond(text, {"hedge.short_share": 0.1, "backing.basis": "net"})
    assert problem.message.endswith("(contradicts /facts/backing/basis)")


def test_a_fact_no_rule_reads_is_bounded_too() -> None:
    """What a snapshot says must hold together, whatever this rulebook makes of it."""
    assert len(beyond(LOWER, {DEPTH: 0, VOLUME: 1})) == 1


@pytest.mark.parametrize(
    ("fact", "take"),
    [
        ("redemption.at_par", "true"),
        ("redemption.right", "redemption.right"),
        ("reference.conversion_rate", "1"),
        ("hedge.coverage", "1"),
        ("backing.share.gold", "0%"),
        ("layer.haircut", "0%"),
    ],
)
def test_only_a_submitted_number_with_a_worse_side_can_be_filled_in(fact: str, take: str) -> None:
    """Of anything else there is no bound, so that filling it in would be a guess that nothing checks."""
    text = NORMAL.replace(
        "normal: []", f"normal:\n  - {{id: NM-010, fact: {fact}, take: {take}, why: So., cite: [N]}}"
    )
    files = {"tiny.yaml": b"rulebook: tiny\n"}
    problems = check_files(files, ("normal.yaml", text.encode()))[1]
    found = [(p.code, p.message) for p in problems if p.span is not None and p.span.file == "normal.yaml"]
    assert found == [("E0304", f"`{fact}` cannot be filled in")]


# Bounds upon bounds

CHAIN = normal(
    (DEPTH, f"2% * {VOLUME}"),
    ("liquidity.stressed_depth_2pct", f"10% * {DEPTH}"),
)


@pytest.mark.parametrize(
    ("depth", "stressed", "pointers"),
    [
        (30_000, 3_000, []),
        (30_000, 2_999, ["/facts/liquidity/depth_2pct"]),
        (None, 2_000, []),
        (None, 1_999, ["/facts/liquidity/volume_24h"]),
    ],
)
def test_a_bound_holds_through_another(depth: float | None, stressed: float, pointers: list[str]) -> None:
    """Where the fact between is unknown its own bound stands in, and the facts named are those given."""
    facts = {VOLUME: 1e6, DEPTH: depth, "liquidity.stressed_depth_2pct": stressed}
    found = beyond(CHAIN, facts)
    assert [problem.message.partition("contradicts ")[2][:-1] for problem in found] == pointers


def test_every_fact_a_bound_follows_from_is_named() -> None:
    """In alphabetical order, the venue's where the venue's facts stand."""
    text = normal((DEPTH, f"min({VOLUME} * (100% - venue.volume_share), liquidity.supply)"))
    facts = {DEPTH: 1, VOLUME: 1e6, "liquidity.supply": 1e6, "venue.volume_share": 0.5}
    compiled = book(text)
    (problem,) = beyond_bounds(compiled, snapshot(compiled, facts), "/somewhere")
    assert problem.message.endswith(
        "(contradicts /facts/liquidity/supply and /facts/liquidity/volume_24h and /somewhere/volume_share)"
    )


# The shipped bounds

COMPONENTS = [
    {"kind": "bank_deposit", "share": 0.3},
    {"kind": "own_token", "share": 0.2},
    {"kind": "gold", "share": 0.4},
]
NET: dict[str, Any] = {"backing.components": COMPONENTS, "backing.basis": "net"}
GROSS: dict[str, Any] = {**NET, "backing.basis": "gross"}
MARKET: dict[str, Any] = {VOLUME: 1e9, "liquidity.supply": 1e10, "venue.volume_share": 0.5}


@pytest.mark.parametrize(
    ("fact", "rule", "bound", "admissible", "inadmissible", "facts"),
    [
        # 30 + 40 % are outside assets; the fifth of own paper and the tenth that is not disclosed are not.
        ("backing.collateral_ratio", "NM-010", 0.7, 0.7, 0.699999, NET),
        ("backing.collateral_ratio", "NM-010", None, 0.0, None, GROSS),
        (BANK, "NM-020", 0.3, 0.3, 0.300001, NET),
        (BANK, "NM-020", 0.3, 0.3, 0.300001, GROSS),
        ("hedge.short_share", "NM-030", 0, 0.0, 0.000001, NET),
        ("hedge.short_share", "NM-030", None, 5.0, None, GROSS),
        (DEPTH, "NM-040", 100_000, 100_000, 99_999.99, MARKET),
        (DEPTH, "NM-040", 50_000, 50_000, 49_999.99, {**MARKET, "liquidity.supply": 1e9, VOLUME: 1e10}),
        ("liquidity.stressed_depth_2pct", "NM-050", 2_000, 2_000, 1_999.99, MARKET),
        ("liquidity.stressed_depth_2pct", "NM-050", 20_000, 20_000, 19_999.99, {**MARKET, DEPTH: 1e6}),
        (
            "redemption.daily_capacity",
            "NM-060",
            5e8,
            5e8,
            499_999_999.99,
            {"redemption.largest_met_24h": 1e9, "redemption.gated": False},
        ),
        (
            "redemption.daily_capacity",
            "NM-060",
            None,
            0.0,
            None,
            {"redemption.largest_met_24h": 1e9, "redemption.gated": True},
        ),
    ],
)
def test_shipped_bounds(
    fact: str, rule: str, bound: float | None, admissible: float, inadmissible: float | None, facts: Any
) -> None:
    """Each filling of `rules/normal.yaml` at its bound and just beyond it, on the side that is worse."""
    assert beyond(SHIPPED, {**facts, fact: admissible}) == []
    if inadmissible is not None and bound is not None:
        (problem,) = beyond(SHIPPED, {**facts, fact: inadmissible})
        assert problem.code == "F0111"
        assert f"its bound {bound:g} ({rule})".replace("5e+08", "500000000") in problem.message


def test_a_token_of_own_paper_may_have_no_outside_assets() -> None:
    """What its issuer's token is worth is no collateral, so nothing bounds the ratio from below."""
    rows = [{"kind": "own_token", "share": 1}]
    facts = {"backing.components": rows, "backing.basis": "net", "backing.collateral_ratio": 0}
    assert beyond(SHIPPED, facts) == []


# What it is for

READER = book(
    CHAIN,
    caps=caps(
        "expr: 100 * liquidity.depth_2pct, unknown: worst",
        "expr: 1000 * liquidity.stressed_depth_2pct, unknown: worst",
    ),
    haircut=haircut(
        "op: add, limit: 50%, unknown: worst, "
        "curve: {of: position.size, over: liquidity.stressed_depth_2pct, points: [[0%, 0%], [1000%, 50%]]}"
    ),
)
AMOUNTS = st.sampled_from([0.0, 1_999.0, 2_000.0, 19_999.0, 20_000.0, 30_000.0, 1e6, 5e7])
CLAIMS = st.one_of(st.none(), AMOUNTS, AMOUNTS.map(estimate))


@given(
    st.fixed_dictionaries({VOLUME: CLAIMS, DEPTH: CLAIMS, "liquidity.stressed_depth_2pct": CLAIMS}),
    st.sampled_from([VOLUME, DEPTH, "liquidity.stressed_depth_2pct"]),
)
def test_hiding_never_helps_within_bounds(facts: dict[str, Any], hidden: str) -> None:
    """If facts keep to their bounds so do fewer of them, and no haircut falls and no cap rises."""
    given_facts = {"custom.k": "middle", "custom.n": 2, **{k: v for k, v in facts.items() if v is not None}}
    given_facts.setdefault("liquidity.supply", 1e13)
    assume(_is_admissible(given_facts))
    less = {name: claim for name, claim in given_facts.items() if name != hidden}
    assert beyond_bounds(READER, snapshot(READER, less)) == []
    before, after = (settle(READER, snapshot(READER, f), (1e4, 1e6)) for f in (given_facts, less))
    assert after.venue_cap <= before.venue_cap
    for old, new in zip(before.positions, after.positions, strict=True):
        assert new.maintenance >= old.maintenance


def _is_admissible(facts: dict[str, Any]) -> bool:
    """Tell whether facts contradict neither each other nor a bound."""
    try:
        return beyond_bounds(READER, snapshot(READER, facts)) == []
    except FactsError:
        return False
