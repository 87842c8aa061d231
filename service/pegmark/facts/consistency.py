"""Facts that cannot both be true, whatever the rules: refused with the pointers of both named.

What contradicts a bound of the rulebook is found by the engine, which knows the bounds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pegmark.errors import FactProblem

TOLERANCE = 0.005
"""Net shares may exceed the whole by what rounding in reserve reports explains."""

NESTED: tuple[tuple[str, str, str, str], ...] = (
    ("F0104", "liquidity.supply", "liquidity.depth_2pct", "bids exceed everything in issue"),
    ("F0105", "liquidity.depth_2pct", "liquidity.stressed_depth_2pct", "stressed depth exceeds depth"),
    *(
        ("F0107", wide, narrow, f"`{wide}` is below `{narrow}`, which lies within it")
        for wide, narrow in (
            ("peg.max_discount_365d", "peg.max_discount_30d"),
            ("peg.max_discount_30d", "peg.discount_now"),
            ("peg.max_discount_365d", "peg.discount_now"),
            ("venue.max_discount_365d", "venue.discount_now"),
        )
    ),
)
"""Pairs of which the second is never more than the first: the code, both, and what is wrong if it is."""


def contradictions(
    values: Mapping[str, Any], components: Sequence[Any], venue_pointer: str = "/venue"
) -> list[FactProblem]:
    """Return every contradiction among the facts that are known."""
    found = [*_components(values, components), *_pairs(values)]
    return [
        contradiction(code, first, [second] if second != first else [], message, venue_pointer)
        for code, first, second, message in found
    ]


def contradiction(
    code: str, fact: str, others: Sequence[str], message: str, venue_pointer: str = "/venue"
) -> FactProblem:
    """Return the problem of a fact that cannot be true together with `others`."""
    pointers = " and ".join(_pointer(name, venue_pointer) for name in others)
    return FactProblem(
        _pointer(fact, venue_pointer),
        code,
        f"{message} (contradicts {pointers})" if others else message,
        "correct one, or give it as `not_credible`",
    )


def _pointer(name: str, venue_pointer: str) -> str:
    group, _, attribute = name.partition(".")
    return f"{venue_pointer}/{attribute}" if group == "venue" else f"/facts/{group}/{attribute}"


Contradiction = tuple[str, str, str, str]


def _components(values: Mapping[str, Any], components: Sequence[Any]) -> Iterator[Contradiction]:
    total = sum(component.share for component in components)
    name = "backing.components"
    if components and total == 0:
        yield "F0101", name, name, "shares sum to zero: a list of backing names what is there"
    if values.get("backing.basis") == "net" and total > 1 + TOLERANCE:
        yield (
            "F0101",
            name,
            "backing.basis",
            f"net shares sum to {total:.4g}, over 1: a list gross of leverage has `basis` gross",
        )
    rows = [(c.kind, c.obligor, c.asset, c.maturity) for c in components]
    for row in dict.fromkeys(row for row in rows if rows.count(row) > 1):
        yield (
            "F0102",
            name,
            name,
            f"component `{row[0]}` is listed twice with the same obligor, asset and maturity",
        )
    deposits = sum(c.share for c in components if c.kind == "bank_deposit")
    held = values.get("backing.systemic_bank_share", 0.0)
    if components and values.get("backing.basis") == "net" and held > deposits + TOLERANCE:
        yield (
            "F0112",
            "backing.systemic_bank_share",
            name,
            f"{held:.4g} is on deposit at some banks, {deposits:.4g} at all",
        )


def _pairs(values: Mapping[str, Any]) -> Iterator[Contradiction]:
    get = values.get
    if get("redemption.right") == "none":
        for name in ("redemption.daily_capacity", "redemption.at_par", "redemption.gated"):
            if get(name):
                yield "F0103", name, "redemption.right", f"`{name}` is given where nobody may redeem"
    for code, wide, narrow, message in NESTED:
        if wide in values and narrow in values and values[narrow] > values[wide]:
            # Named first is what is too large, but for a record, which is too small.
            first, second = (wide, narrow) if code == "F0107" else (narrow, wide)
            yield code, first, second, message
    if get("redemption.gated") and get("redemption.daily_capacity", 0.0) > 0:
        yield (
            "F0108",
            "redemption.daily_capacity",
            "redemption.gated",
            "capacity is given while redemption is suspended",
        )
    if get("backing.attestor") == "none" and "backing.attestation_age" in values:
        yield (
            "F0109",
            "backing.attestation_age",
            "backing.attestor",
            "an attestation has an age, but nobody attests",
        )
    if get("venue.promotion_counts_collateral") and get("venue.promotional_apr") == 0:
        yield (
            "F0110",
            "venue.promotion_counts_collateral",
            "venue.promotional_apr",
            "promotion counts collateral, but none is paid",
        )
