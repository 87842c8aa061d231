"""The pydantic model: three forms of a fact, strict types, every range, nothing unknown to it."""

from __future__ import annotations

from typing import Any

import pytest

from pegmark.facts.model import Facts, Missing, Stated, VenueFacts
from pegmark.facts.vocabulary import COMPONENT_KINDS, FACTS, GROUPS, FactSpec
from tests.facts.taking import complaints, grouped, validated

SUBMITTED = [spec for spec in FACTS.values() if spec.group != "terms"]
NUMBERS = [spec for spec in SUBMITTED if spec.kind not in ("bool", "enum")]


def example(spec: FactSpec) -> Any:
    """Return an admissible bare value of a fact."""
    if spec.name == "backing.components":
        return [{"kind": "cash", "share": 1}]
    if spec.kind == "bool":
        return True
    return spec.members[0] if spec.members else spec.high


def parsed(name: str, claim: Any) -> Any:
    """Return the model's object for one claim of one fact."""
    group, _, attribute = name.partition(".")
    groups = grouped({name: claim})
    if group == "venue":
        return getattr(validated(VenueFacts, groups["venue"]), attribute)
    return getattr(getattr(validated(Facts, groups), group), attribute)


@pytest.mark.parametrize("spec", SUBMITTED, ids=lambda spec: spec.name)
def test_every_fact_has_three_forms(spec: FactSpec) -> None:
    """Each fact is accepted bare, as an envelope and as unknown, and the form is told by its shape."""
    bare = example(spec)
    envelope = {
        "value": bare,
        "as_of": "2025-10-08",
        "source": "the issuer",
        "confidence": "medium",
        "estimated": True,
        "knowable_at": "2025-10-09T12:00:00Z",
    }
    assert not isinstance(parsed(spec.name, bare), (Stated, Missing))
    stated = parsed(spec.name, envelope)
    assert isinstance(stated, Stated)
    assert stated.model_dump(exclude={"value"}) == {k: v for k, v in envelope.items() if k != "value"}
    assert stated.value == parsed(spec.name, bare)
    for absence in ("not_disclosed", "not_collected", "not_credible"):
        assert parsed(spec.name, {"unknown": absence}) == Missing(unknown=absence)


def test_a_null_fact_or_group_is_one_that_is_absent() -> None:
    """Null says no more than leaving the key out does."""
    assert validated(Facts, {"peg": None, "backing": {"basis": None}}).backing.basis is None


@pytest.mark.parametrize("spec", NUMBERS, ids=lambda spec: spec.name)
def test_range_of_every_number(spec: FactSpec) -> None:
    """Both ends of a range are admissible, and the next double beyond either is not, in either form."""
    assert spec.low is not None
    assert spec.high is not None
    step = max(abs(spec.low), abs(spec.high)) * 1e-12
    pointer = "/" + (spec.attribute if spec.group == "venue" else f"{spec.group}/{spec.attribute}")
    for edge in (spec.low, spec.high):
        assert complaints({spec.name: edge}) == complaints({spec.name: {"value": edge}}) == []
    for beyond, kind in ((spec.low - step, "greater_than_equal"), (spec.high + step, "less_than_equal")):
        assert complaints({spec.name: beyond}) == [(f"{pointer}/bare", kind)]
        assert complaints({spec.name: {"value": beyond}}) == [(f"{pointer}/stated/value", kind)]


@pytest.mark.parametrize(
    ("name", "wrong", "kind"),
    [
        ("peg.discount_now", "0.01", "float_type"),
        ("peg.discount_now", True, "float_type"),
        ("peg.discount_now", [0.01], "float_type"),
        ("liquidity.supply", "1", "float_type"),
        ("redemption.settlement", False, "float_type"),
        ("redemption.at_par", 1, "bool_type"),
        ("redemption.at_par", "true", "bool_type"),
        ("redemption.at_par", 0.0, "bool_type"),
        ("redemption.right", "NONE", "literal_error"),
        ("redemption.right", True, "literal_error"),
        ("redemption.right", 0, "literal_error"),
        ("reference.currency", "usd", "literal_error"),
        ("backing.components", "cash", "list_type"),
        ("backing.components", [], "too_short"),
        ("backing.components", [{"kind": "cash", "share": 0.01}] * 101, "too_long"),
    ],
)
def test_nothing_is_converted(name: str, wrong: Any, kind: str) -> None:
    """A value of another JSON type is refused: true is not 1, "1" is not 1, 1 is not true."""
    group, _, attribute = name.partition(".")
    assert complaints({name: wrong}) == [(f"/{group}/{attribute}/bare", kind)]
    assert complaints({name: {"value": wrong}}) == [(f"/{group}/{attribute}/stated/value", kind)]


def test_integers_are_numbers() -> None:
    """JSON has one type of number, so 1 is accepted where 1.0 is."""
    assert parsed("peg.discount_now", 1) == parsed("peg.discount_now", 1.0) == 1.0


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf"), 1e309])
def test_numbers_that_are_none_are_refused(value: float) -> None:
    """NaN and the infinities are refused even by callers that do not come through JSON."""
    for claim in (value, {"value": value}):
        with pytest.raises(ValueError, match="finite number"):
            Facts.model_validate({"peg": {"discount_now": claim}})
    with pytest.raises(ValueError, match="finite number"):
        Facts.model_validate({"backing": {"components": [{"kind": "cash", "share": value}]}})


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({"pegs.discount_now": 0.1}, "/pegs"),
        ({"peg.discount": 0.1}, "/peg/discount"),
        ({"venue.depth": 1}, "/depth"),
        ({"terms.tiers": 1}, "/terms"),
        ({"peg.discount_now": {"value": 0.1, "date": "2025-10-09"}}, "/peg/discount_now/stated/date"),
        ({"peg.discount_now": {"unknown": "not_disclosed", "value": 1}}, "/peg/discount_now/unknown/value"),
        (
            {"backing.components": [{"kind": "cash", "share": 1, "weight": 1}]},
            "/backing/components/bare/0/weight",
        ),
    ],
)
def test_unknown_keys_are_refused(given: dict[str, Any], pointer: str) -> None:
    """A key that means nothing is an error wherever it stands, not a fact that was silently dropped."""
    assert complaints(given) == [(pointer, "extra_forbidden")]


def test_unknown_reasons_and_confidences_are_closed_sets() -> None:
    """Stale is found, never said; other words for unknown do not exist."""
    assert complaints({"peg.discount_now": {"unknown": "stale"}}) == [
        ("/peg/discount_now/unknown/unknown", "literal_error")
    ]
    assert complaints({"peg.discount_now": {"value": 0, "confidence": "certain"}}) == [
        ("/peg/discount_now/stated/confidence", "literal_error")
    ]
    assert complaints({"peg.discount_now": {"value": 0, "estimated": 1}}) == [
        ("/peg/discount_now/stated/estimated", "bool_type")
    ]
    assert complaints({"peg.discount_now": {}}) == [("/peg/discount_now/stated/value", "missing")]


@pytest.mark.parametrize(
    "when", ["2025-10-09", "2025-10-09T00:00:00Z", "2025-10-09T00:00:00.123456+02:00", "9999-99-99"]
)
def test_moments_have_one_shape(when: str) -> None:
    """A date or an RFC 3339 instant; whether the day exists is asked later, with a code of its own."""
    assert complaints({"peg.discount_now": {"value": 0, "as_of": when}}) == []


@pytest.mark.parametrize(
    "when",
    [
        "2025-10-9",
        "09.10.2025",
        "20251009",
        "2025-W41-4",
        "2025-10-09 00:00:00Z",
        "2025-10-09T00:00:00",
        "2025-10-09T00:00Z",
        "2025-10-09T00:00:00z",
        "2025-10-09T00:00:00.1234567Z",
        "2025-10-09T00:00:00+0200",
        "\uff12\uff10\uff12\uff15-10-09",
        "2025-10-09\n",
        "",
    ],
)
def test_other_shapes_of_moments_are_refused(when: str) -> None:
    """Local times, week dates, digits of other scripts and shortened forms are refused by their shape."""
    assert complaints({"peg.discount_now": {"value": 0, "as_of": when}}) == [
        ("/peg/discount_now/stated/as_of", "string_pattern_mismatch")
    ]


@pytest.mark.parametrize("source", ["", "a\nb", "a\x00b", "\x7f", "x" * 2001])
def test_text_is_one_printable_line(source: str) -> None:
    """Control characters, empty text and text without end are refused in every place that takes text."""
    assert len(complaints({"peg.discount_now": {"value": 0, "source": source}})) == 1
    assert len(complaints({"backing.components": [{"kind": "cash", "share": 1, "obligor": source}]})) == 1


@pytest.mark.parametrize("kind", COMPONENT_KINDS)
def test_every_kind_of_component_is_accepted(kind: str) -> None:
    """All kinds of the documentation can be submitted, with what may be said of each."""
    row = {"kind": kind, "share": 0.5, "maturity": 30, "obligor": "A bank", "asset": "USDC"}
    (component,) = parsed("backing.components", [row])
    assert component.model_dump() == row


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"share": -0.01}, "share"),
        ({"share": 10.01}, "share"),
        ({"share": "1"}, "share"),
        ({"share": True}, "share"),
        ({"maturity": -1}, "maturity"),
        ({"maturity": 36_501}, "maturity"),
        ({"kind": "bonds"}, "kind"),
        ({"asset": "-x"}, "asset"),
        ({"asset": "a/b"}, "asset"),
        ({"asset": "x" * 65}, "asset"),
    ],
)
def test_components_are_as_strict_as_facts(change: dict[str, Any], pointer: str) -> None:
    """Negative shares, other types, kinds that do not exist and names that are no name are refused."""
    found = complaints({"backing.components": [{"kind": "cash", "share": 1, **change}]})
    assert [at for at, _ in found] == [f"/backing/components/bare/0/{pointer}"]


def test_custom_facts_are_named_like_facts() -> None:
    """A rulebook's own facts arrive by a plain name, at most 200 of them, in the three forms."""
    ok: dict[str, Any] = {"a": 1, "b1_c": True, "d": {"value": "text"}, "e": {"unknown": "not_disclosed"}}
    assert list(validated(Facts, {"custom": ok}).custom) == list(ok)
    for name in ("A", "1a", "a-b", "a.b", "", "x" * 65):
        assert [kind for _, kind in complaints({f"custom.{name}": 1})] == ["string_pattern_mismatch"]
    assert complaints({f"custom.a{n}": n for n in range(201)}) == [("/custom", "too_long")]


def test_facts_of_one_range_share_a_model() -> None:
    """The document stays short: there are far fewer models than facts, and they are named for the range."""
    stated = {
        type(parsed(spec.name, {"value": example(spec)})).__name__ for spec in SUBMITTED if not spec.members
    }
    assert len(stated) < len(SUBMITTED) / 4
    assert type(parsed("leverage.looped_share", {"value": 0})) is type(
        parsed("liquidity.top10_holder_share", {"value": 0})
    )


def test_groups_of_the_model_are_those_of_the_vocabulary() -> None:
    """No group or fact of the vocabulary is missing from the model, and it has no others."""
    groups = {name: field for name, field in Facts.model_fields.items() if name != "custom"}
    assert list(groups) == [group for group in GROUPS if group not in ("venue", "terms")]
    assert list(VenueFacts.model_fields) == [spec.attribute for spec in GROUPS["venue"]]
