"""Caps: which limit binds, the least, rounding, an account's share, and what is left."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.books import GOOD, SECTIONS, book, decided


def caps(*limits: str, outstanding: str = "", **changes: str) -> str:
    """Return the section `caps` with limits numbered from 100."""
    numbered = "".join(
        f"  - {{id: CP-{n}, {limit}, why: So., cite: [M]}}\n" for n, limit in enumerate(limits, 100)
    )
    text = (
        f"limits:\n{numbered}"
        "least: {venue: $1M, account: $100k}\n"
        "account: {id: CP-020, share: 10%, why: No account is the venue., cite: [M]}\n"
        "round: {to: $10k, mode: down}\n"
    )
    for old, new in changes.items():
        text = text.replace(
            *{"least": ("venue: $1M, account: $100k", new), "round": ("to: $10k, mode: down", new)}[old]
        )
    return text + (f"outstanding: {outstanding}\n" if outstanding else "")


def capped(section: str, **facts: Any) -> dict[str, Any]:
    """Return the cap of facts."""
    given = {**GOOD, **{f"custom.{name}": value for name, value in facts.items()}}
    return decided(book(caps=section), given)["cap"]


TWO = caps("expr: custom.u, unknown: worst", "expr: custom.v, unknown: worst")


@pytest.mark.parametrize(
    ("u", "v", "venue", "binding"),
    [
        (30e6, 20e6, 20e6, "CP-101"),
        (20e6, 30e6, 20e6, "CP-100"),
        (20e6, 20e6, 20e6, "CP-100"),
        (999_999.999999, 20e6, 1e6, "LEAST"),
        (1e6, 20e6, 1e6, "CP-100"),
        (0, 20e6, 1e6, "LEAST"),
        (None, 20e6, 1e6, "LEAST"),
        (1_019_999.99, 20e6, 1_010_000, "CP-100"),
        (1_020_000, 20e6, 1_020_000, "CP-100"),
    ],
)
def test_the_least_limit_binds(u: float | None, v: float, venue: float, binding: str) -> None:
    """The smallest, the first of two equal ones; rounded down; never under what is offered at least."""
    found = capped(TWO, u=u, v=v)
    assert (found["venue_usd"], found["binding"]) == (venue, binding)


def test_every_limit_is_told() -> None:
    """Each with its amount before rounding, and whether that stands in for something unknown."""
    found = capped(TWO, u=1_234_567.89, v=None)
    assert found["limits"] == {
        "CP-100": {"usd": 1_234_567.89, "unknown": False},
        "CP-101": {"usd": 0, "unknown": True},
    }


@pytest.mark.parametrize(
    ("q", "limits"), [(True, ["CP-100", "CP-101"]), (False, ["CP-101"]), (None, ["CP-100", "CP-101"])]
)
def test_a_limit_without_its_mechanism_is_none(q: bool | None, limits: list[str]) -> None:
    """A limit that does not exist binds nothing; not knowing whether it exists counts as existing."""
    section = caps("expr: custom.u, unknown: worst, when: custom.q", "expr: custom.v, unknown: worst")
    found = capped(section, q=q, u=2e6, v=9e6)
    assert list(found["limits"]) == limits
    assert found["venue_usd"] == (9e6 if q is False else 2e6)


def test_without_any_limit_only_the_least_is_offered() -> None:
    """No effective limit is impossible: a cap is finite whatever the rulebook says."""
    section = caps("expr: custom.u, unknown: worst, when: custom.q")
    found = capped(section, q=False, u=1e12)
    assert (found["venue_usd"], found["account_usd"], found["binding"]) == (1e6, 1e5, "LEAST")


def test_a_negative_limit_is_none_of_a_cap() -> None:
    """Arithmetic may go below zero; a cap does not."""
    section = caps("expr: custom.u - custom.v, unknown: worst", least="venue: $0, account: $0")
    found = capped(section, u=1, v=5e6)
    assert (found["venue_usd"], found["account_usd"]) == (0, 0)
    assert found["limits"]["CP-100"]["usd"] == -4_999_999


@pytest.mark.parametrize(
    ("u", "account"), [(50e6, 5e6), (1e6, 1e5), (1.5e6, 150_000), (1.55e6, 150_000), (0, 1e5)]
)
def test_an_account_has_a_share(u: float, account: float) -> None:
    """A tenth of the venue's cap, rounded down, and at least what any account is offered."""
    assert capped(TWO, u=u, v=1e12)["account_usd"] == account


def test_an_account_is_never_the_whole_venue() -> None:
    """What an account is offered at least does not exceed the venue's cap."""
    section = caps("expr: custom.u, unknown: worst", least="venue: $0, account: $100k")
    assert capped(section, u=30_000)["account_usd"] == 30_000


def test_a_limit_that_overflows_is_none() -> None:
    """A number too large to be known is no cap, even where the text could not be unknown."""
    found = capped(caps('expr: "$9000bn * 100000"'))
    assert found["limits"]["CP-100"] == {"usd": 0, "unknown": True}
    assert (found["venue_usd"], found["binding"]) == (1e6, "LEAST")


def test_rounding_may_be_up() -> None:
    """The rulebook says which way."""
    section = caps("expr: custom.u, unknown: worst", round="to: $1M, mode: up")
    assert capped(section, u=1_000_001)["venue_usd"] == 2e6


@pytest.mark.parametrize(
    ("v", "headroom"), [(0, 20e6), (5e6, 15e6), (20e6, 0), (30e6, 0), (0.1, 19_999_999.9), (None, None)]
)
def test_headroom_is_what_is_left(v: float | None, headroom: float | None) -> None:
    """The venue's cap less what is outstanding; nothing where it is over, null where it is not known."""
    section = caps('expr: "$20M"', outstanding="custom.v")
    assert capped(section, v=v)["headroom_usd"] == headroom


def test_headroom_needs_to_be_asked_for() -> None:
    """A rulebook that does not say what is outstanding answers null."""
    assert capped(SECTIONS["caps"])["headroom_usd"] is None


@pytest.mark.parametrize("then", ["no_new", "run_off", "ineligible"])
def test_no_headroom_where_nothing_new_is_taken(then: str) -> None:
    """The cap stands for what is there already; for more there is no room."""
    rule = f"{{id: ST-110, when: custom.q, then: {then}, on_unknown: match, why: So., cite: [M]}}"
    compiled = book(
        caps=caps('expr: "$20M"', outstanding="custom.v"),
        rating=SECTIONS["rating"].replace("rules: []", f"rules: [{rule}]"),
    )
    found = decided(compiled, {**GOOD, "custom.v": 1, "custom.q": True})["cap"]
    assert found["headroom_usd"] == 0
    assert found["venue_usd"] == (0 if then == "ineligible" else 20e6)


def test_caps_read_no_size() -> None:
    """The same cap whatever sizes are asked for."""
    compiled = book(caps=TWO)
    given = {**GOOD, "custom.u": 5e6, "custom.v": 6e6}
    assert decided(compiled, given, sizes=(1.0,))["cap"] == decided(compiled, given, sizes=(1e12, 1.0))["cap"]
