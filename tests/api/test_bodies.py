"""From bytes to a model: whatever is sent, there is a model or a refusal whose pointers are true."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pegmark.api.reading import DEEPEST, validated
from pegmark.api.refusals import Refusal
from pegmark.api.schemas.assessment import AssessmentRequest
from pegmark.api.schemas.rulebooks import CheckRequest
from pegmark.facts.vocabulary import FACTS

SOUND = json.dumps(
    {
        "asset": "USDe",
        "as_of": "2025-10-09",
        "facts": {
            "backing": {"components": [{"kind": "cash", "share": 0.5, "obligor": 'a "b" ü'}], "basis": "net"},
            "liquidity": {"supply": {"value": 1.5e9, "as_of": "2025-10-01", "estimated": True}},
            "peg": {"discount_now": {"unknown": "not_disclosed"}},
        },
        "venue": {"price_source": "par"},
        "layers": {"USDC": {"facts": None}},
        "sizes_usd": [1, 1e6],
        "explain": "none",
    }
).encode()
KEYS = st.sampled_from(
    ["as_of", "asset", "facts", "venue", "layers", "sizes_usd", "value", "unknown", "a/b", "~", "", "0"]
    + [part for name in FACTS for part in name.split(".")]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=25,
)


def refused(body: bytes, model: Any = AssessmentRequest) -> Refusal | None:
    try:
        validated(model, body)
    except Refusal as refusal:
        return refusal
    return None


def at(value: Any, pointer: str) -> Any:
    for token in pointer.split("/")[1:]:
        key = token.replace("~1", "/").replace("~0", "~")
        value = value[int(key)] if isinstance(value, list) else value[key]
    return value


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_or_read(body: bytes) -> None:
    """Proves that no bytes raise anything but a refusal."""
    refusal = refused(body)
    assert refusal is None or refusal.status_code in (400, 422)


@given(st.integers(0, len(SOUND) - 1), st.binary(max_size=3), st.integers(0, 3))
def test_any_slip_is_refused_or_read(place: int, inserted: bytes, removed: int) -> None:
    """Proves the same for bodies that are almost right, and that what is read is JSON to others too."""
    body = SOUND[:place] + inserted + SOUND[place + removed :]
    refusal = refused(body)
    if refusal is None:
        json.loads(body)
    elif refusal.code in ("H4001", "H4002"):
        with pytest.raises(ValueError):  # noqa: PT011 - of either kind
            json.loads(body.decode("utf-8"), parse_constant=lambda name: json.loads("!"))


@given(st.dictionaries(KEYS, JSON, max_size=8))
def test_pointers_lead_to_what_is_wrong(value: dict[str, Any]) -> None:
    """Proves that each pointer resolves in the body, or, where a key is missing, in what should hold it."""
    refusal = refused(json.dumps(value).encode())
    assert refusal is None or refusal.status_code == 422
    for fault in refusal.faults if refusal is not None else []:
        assert fault.pointer is not None
        if fault.code == "H4221":
            holder = at(value, fault.pointer.rpartition("/")[0])
            assert isinstance(holder, dict)
            assert fault.pointer.rpartition("/")[2] not in holder
        else:
            at(value, fault.pointer)


def test_a_key_that_is_not_known_leads_nobody_astray() -> None:
    """Proves that what else stands in a venue does not bend the pointer to what is missing from it."""
    refusal = refused(b'{"as_of": "2025-10-09", "venue": {"facts": null, "price_source": {}}}')
    assert refusal is not None
    assert {fault.pointer for fault in refusal.faults} == {"/venue/facts", "/venue/price_source/value"}


@given(JSON, KEYS)
def test_a_repeated_key_is_found_wherever_it_stands(value: Any, key: str) -> None:
    """Proves that no depth hides a key that stands twice, and that the pointer names it."""
    name = json.dumps(key)
    body = f'{{"as_of": "2025-10-09", "x": [{json.dumps(value)}, {{{name}: 1, "other": 2, {name}: 1}}]}}'
    refusal = refused(body.encode())
    assert refusal is not None
    assert refusal.code == "H4003"
    token = key.replace("~", "~0").replace("/", "~1")
    assert f"/x/1/{token}" in [fault.pointer for fault in refusal.faults]


REPEATED = ("", ', "obligor": "a: b"', ', "obligor": "\\u003a"', ', "obligor": null', ', "sh\\u0061re": 1')


@given(
    st.text(st.sampled_from(':\\"{},aü'), min_size=1, max_size=8), st.sampled_from(REPEATED), st.booleans()
)
def test_a_key_twice_in_what_is_valid_is_found(text: str, repeated: str, is_ascii: bool) -> None:
    """Proves that a body is refused where a key stands twice, and only there, whatever its texts hold."""
    row = f'"kind": "cash", "share": 1.0, "obligor": {json.dumps(text, ensure_ascii=is_ascii)}{repeated}'
    body = f'{{"as_of": "2025-10-09", "facts": {{"backing": {{"components": [{{{row}}}]}}}}}}'
    refusal = refused(body.encode())
    assert (refusal is not None) == bool(repeated)
    if refusal is not None:
        assert refusal.code == "H4003"
        assert refusal.faults[0].pointer in (
            f"/facts/backing/components/0/{key}" for key in ("obligor", "share")
        )


@pytest.mark.parametrize("brackets", ["[]", "{}", "mixed"])
@pytest.mark.parametrize("depth", [1, DEEPEST - 1, DEEPEST, DEEPEST + 1, 300, 5_000])
def test_the_depth_is_counted_exactly(depth: int, brackets: str) -> None:
    """Proves that the limit is where it is said to be, however lists and objects alternate."""
    body = "1"
    for level in range(depth):
        is_list = brackets == "[]" or (brackets == "mixed" and level % 2)
        body = f"[{body}, [], {{}}]" if is_list else f'{{"a": {body}, "b": "]]]]{{{{"}}'
    refusal = refused(body.encode())
    assert refusal is not None
    # What stands beside the innermost value is one deeper than the list it stands in.
    deepest = depth + 1 if brackets == "[]" else depth
    assert (refusal.code == "H4004") == (deepest > DEEPEST)


def test_brackets_in_texts_do_not_count() -> None:
    """Proves that a long text is no deep body."""
    body = json.dumps({"files": {"a.yaml": '["\\' * 10_000}}).encode()
    assert refused(body, CheckRequest) is None


def test_more_mistakes_than_are_worth_naming_are_counted() -> None:
    """Proves that a body of mistakes costs one line."""
    refusal = refused(json.dumps({f"k{n}": n for n in range(3_000)}).encode())
    assert refusal is not None
    (fault,) = refusal.faults
    assert fault.detail == "3,001 things are wrong, too many to name"
    assert refusal.left_out == 3_000


@pytest.mark.parametrize("number", ["483.0", "483", "4.83e2", "48300e-2"])
def test_a_number_may_be_spelt_in_several_ways(number: str) -> None:
    """Proves that a size is a number, however JSON spells it."""
    body = f'{{"as_of": "2025-10-09", "sizes_usd": [{number}]}}'.encode()
    assert validated(AssessmentRequest, body).sizes_usd == [483.0]
