"""Canonical bytes are those of RFC 8785, and a digest covers all that was asked and no spelling of it."""

from __future__ import annotations

import re
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from pegmark.facts.digest import canonical, canonical_clean, clean, digest, identifier
from pegmark.facts.snapshot import Snapshot
from tests.facts.taking import Given, taken

FLOATS = st.floats(allow_nan=False, allow_infinity=False)
# Where spellings differ: small and large exponents, halves of the grid, whole numbers as floats.
NUMBERS = st.one_of(
    FLOATS,
    st.floats(1e-8, 1e-4),
    st.floats(1e14, 1e23),
    st.integers(-(2**53) + 1, 2**53 - 1),
    st.integers(-(2**60), 2**60).map(float),
)
TEXT = st.text(st.characters(codec="utf-8"))
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT,
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(TEXT, inner, max_size=6),
    max_leaves=25,
)


@given(JSON)
def test_canonical_form_is_rfc_8785(value: Any) -> None:
    """An independent implementation writes the same bytes for any JSON data."""
    assert canonical(value) == rfc8785.dumps(value)


@given(NUMBERS)
def test_numbers_are_written_as_ecmascript_does(value: float) -> None:
    """Many more numbers than fit in the documents above."""
    assert canonical(value) == rfc8785.dumps(value)


def cleaned(value: Any) -> Any:
    """Return JSON data with clean numbers throughout."""
    if isinstance(value, dict):
        return {key: cleaned(item) for key, item in value.items()}
    if isinstance(value, list):
        return [cleaned(item) for item in value]
    return clean(value)


@given(JSON)
def test_clean_data_takes_the_short_way_to_the_same_bytes(value: Any) -> None:
    """Where numbers are clean, and only those decisions are made of are, the fast form is canonical."""
    data = cleaned(value)
    try:
        expected = canonical(data)
    except ValueError:
        return  # a whole number from 2**53 on; no decision holds one
    assert canonical_clean(data) == expected


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (1e-6, b"0.000001"),
        (9.999999e-6, b"0.000009999999"),
        (1e-7, b"1e-7"),
        (2.0**53, b"9007199254740992"),
        (1e21, b"1e+21"),
        (1e20, b"100000000000000000000"),
        (-0.0, b"0"),
        (1.0, b"1"),
        ({"\ue000": 1, "\U0001f600": 2}, '{"\U0001f600":2,"\ue000":1}'.encode()),
        ("\x7f\u2028", '"\x7f\u2028"'.encode()),
    ],
)
def test_the_corners_of_the_standard(value: Any, written: bytes) -> None:
    """Exponents begin where ECMAScript's do, minus zero is zero, keys sort by UTF-16 code units."""
    assert canonical(value) == written


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), -float("inf"), 2**53, -(2**53), {"a": [2**60]}, "\ud800"]
)
def test_what_has_no_canonical_form_is_refused(value: Any) -> None:
    """NaN, infinities, integers that a double cannot hold, and text that is not Unicode."""
    with pytest.raises((ValueError, TypeError)):
        canonical(value)


def test_digests_and_identifiers_have_one_shape() -> None:
    """A digest is the SHA-256 in hex with its name; an id is 130 bits of it, lower-case base32."""
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert digest(b"") == f"sha256:{empty}"
    assert identifier("dec_", b"") == "dec_4oymiquy7qobjgx36tejs35zeq"
    assert re.fullmatch("dec_[a-z2-7]{26}", identifier("dec_", b"x"))


# The digest of a question


def of(snapshot: Snapshot, sizes: tuple[float, ...] = (1e6,), explain: str = "short") -> str:
    """Return the digest of a question about a snapshot."""
    return snapshot.facts_digest(sizes, explain)


FACTS: Given = {
    "peg.discount_now": 0.01,
    "liquidity.supply": 1000,
    "backing.basis": "net",
    "backing.components": [{"kind": "cash", "share": 1, "maturity": 30}, {"kind": "gold", "share": 0.0}],
    "redemption.at_par": True,
    "venue.fee_waived": False,
}


@pytest.mark.parametrize("name", FACTS)
def test_bare_and_long_form_are_one_statement(name: str) -> None:
    """An envelope that adds nothing, or says the snapshot's own date, is the bare value."""
    plain = of(taken(FACTS))
    assert of(taken({**FACTS, name: {"value": FACTS[name]}})) == plain
    long = {"value": FACTS[name], "as_of": "2025-10-09", "estimated": False, "source": None}
    assert of(taken({**FACTS, name: long})) == plain


def test_order_of_keys_is_no_statement() -> None:
    """Groups, facts and keys of a component may come in any order."""
    turned = {name: FACTS[name] for name in reversed(FACTS)}
    turned["backing.components"] = [dict(reversed(row.items())) for row in FACTS["backing.components"]]
    assert of(taken(turned)) == of(taken(FACTS))


def test_spelling_of_numbers_is_no_statement() -> None:
    """1 and 1.0, and values closer than the grid of their unit, are equal."""
    other = {
        "liquidity.supply": 1000.0000001,
        "peg.discount_now": 0.01 + 1e-15,
        "backing.components": [
            {"kind": "cash", "share": 1.0, "maturity": 30.0},
            {"kind": "gold", "share": -0.0},
        ],
    }
    assert of(taken({**FACTS, **other}), (1_000_000,)) == of(taken(FACTS), (1e6,))


@pytest.mark.parametrize("where", ["snapshot", "as_of", "knowable_at", "unknown"])
def test_spelling_of_instants_is_no_statement(where: str) -> None:
    """The same instant in another zone gives the same digest, wherever it stands."""

    def at(text: str) -> str:
        if where == "snapshot":
            return of(taken(FACTS, text))
        if where == "unknown":
            return of(taken({"peg.discount_now": {"unknown": "not_disclosed", "as_of": text}}))
        return of(taken({**FACTS, "peg.discount_now": {"value": 0.01, where: text}}))

    assert at("2025-10-09T00:00:00+02:00") == at("2025-10-08T22:00:00Z")
    assert at("2025-10-09T00:00:00+02:00") != at("2025-10-09T00:00:00Z")


LONG = {"value": 0.01, "as_of": "2025-10-08", "source": "a", "confidence": "low", "estimated": False}
CHANGES: list[dict[str, Any]] = [
    {"value": 0.010000000001},
    {"as_of": "2025-10-07"},
    {"as_of": "2025-10-08T23:59:59Z"},
    {"as_of": None},
    {"source": "b"},
    {"source": None},
    {"confidence": "high"},
    {"confidence": None},
    {"estimated": True},
    {"knowable_at": "2025-10-08"},
]


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_every_part_of_a_statement_counts(change: dict[str, Any]) -> None:
    """A value, date, source, confidence, flag or date of publication that differs is another statement."""
    assert of(taken({"peg.discount_now": {**LONG, **change}})) != of(taken({"peg.discount_now": LONG}))


def test_states_count() -> None:
    """Absent, and each reason for being unknown, with its source and date, are different statements."""
    claims: list[Any] = [
        None,
        0.01,
        {"unknown": "not_disclosed"},
        {"unknown": "not_collected"},
        {"unknown": "not_credible"},
        {"unknown": "not_credible", "source": "a"},
        {"unknown": "not_credible", "as_of": "2025-10-08"},
    ]
    assert len({of(taken({"peg.discount_now": claim})) for claim in claims}) == len(claims)


def test_the_name_of_the_fact_counts() -> None:
    """The same statement about another fact is another statement; so is it about another asset or day."""
    assert of(taken({"peg.max_discount_30d": 0.01})) != of(taken({"peg.max_discount_365d": 0.01}))
    assert of(taken(asset="A")) != of(taken(asset="B")) != of(taken(asset=None))
    assert of(taken(as_of="2025-10-09")) != of(taken(as_of="2025-10-08"))


@pytest.mark.parametrize(
    "components",
    [
        [{"kind": "cash", "share": 0.4}, {"kind": "gold", "share": 0.6}],
        [{"kind": "gold", "share": 0.4}, {"kind": "cash", "share": 0.6}],
        [{"kind": "cash", "share": 0.4, "asset": "A"}, {"kind": "gold", "share": 0.6}],
        [{"kind": "cash", "share": 0.4, "obligor": "A"}, {"kind": "gold", "share": 0.6}],
        [{"kind": "cash", "share": 0.4, "maturity": 1}, {"kind": "gold", "share": 0.6}],
    ],
)
def test_every_part_of_a_component_counts(components: list[dict[str, Any]]) -> None:
    """Kinds, shares, layers, obligors and maturities are all in the digest."""
    base = [{"kind": "cash", "share": 0.5}, {"kind": "gold", "share": 0.5}]
    assert of(taken({"backing.components": components})) != of(taken({"backing.components": base}))


def test_the_rest_of_the_question_counts() -> None:
    """Sizes, their order, and how much is to be explained change the answer, so they change the digest."""
    found = taken(FACTS)
    asked = [
        of(found),
        of(found, (1e7,)),
        of(found, (1e6, 1e7)),
        of(found, (1e7, 1e6)),
        of(found, ()),
        of(found, explain="none"),
        of(found, explain="full"),
    ]
    assert len(set(asked)) == len(asked)
