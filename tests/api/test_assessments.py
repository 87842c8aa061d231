"""`POST /v1/assessments`: the decision of the use case, byte for byte, however it is asked for."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import orjson
import pytest
from pydantic import TypeAdapter

from pegmark.api import assessments
from pegmark.api.entrance import Entrance
from pegmark.api.schemas.assessment import AssessmentRequest
from pegmark.api.schemas.decision import Decision
from pegmark.engine.decide import settle
from pegmark.usecases import assess as use_case
from pegmark.usecases.assess import DEFAULT_SIZES, assess
from pegmark.usecases.desk import Desk
from tests.api.conftest import Ask

USDE = {"asset": "USDe", "as_of": "2025-10-09"}
INLINE = {
    "as_of": "2025-10-09",
    "facts": {
        "backing": {
            "components": [{"kind": "treasury_bill", "share": 0.8}, {"kind": "bank_deposit", "share": 0.2}],
            "basis": "net",
        },
        "redemption": {"right": "all_holders", "at_par": True},
        "liquidity": {"supply": {"value": 5e9, "as_of": "2025-10-01", "source": "the issuer's page"}},
        "peg": {"discount_now": {"unknown": "not_collected"}},
    },
}


def decided(ask: Ask, **question: Any) -> dict[str, Any]:
    response = ask("POST", "/v1/assessments", json=question)
    assert response.status_code == 200, response.text
    return response.json()


@pytest.mark.parametrize("explain", ["none", "short", "full"])
@pytest.mark.parametrize("question", [USDE, USDE | {"venue": "exchange-2025-10"}, INLINE])
def test_the_body_is_the_decision(ask: Ask, desk: Desk, question: dict[str, Any], explain: str) -> None:
    """Proves that HTTP adds nothing to a decision and takes nothing from it, and that it has its schema."""
    asked = question | {"explain": explain}
    response = ask("POST", "/v1/assessments", json=asked)
    request = AssessmentRequest.model_validate_json(orjson.dumps(asked))
    assert response.content == orjson.dumps(assess(desk, request.question()))
    TypeAdapter(Decision).validate_json(response.content)
    assert (response.json()["trace"] is not None) == (explain == "full")
    assert (response.json()["counterfactuals"] is not None) == (explain == "full")
    assert ("waterfall" in response.json()["haircuts"][0]) == (explain != "none")


def test_equal_questions_have_equal_bytes(ask: Ask) -> None:
    """Proves that neither order of keys, nor white space, nor a default that is spelt out, matters."""
    spelt = {"explain": "short", "sizes_usd": list(DEFAULT_SIZES), **USDE, "facts": None, "layers": None}
    indented = orjson.dumps(spelt, option=orjson.OPT_INDENT_2)
    headers = {"content-type": "application/json; charset=utf-8"}
    answers = {
        ask("POST", "/v1/assessments", json=USDE).content,
        ask("POST", "/v1/assessments", content=indented, headers=headers).content,
    }
    assert len(answers) == 1


def test_different_questions_have_different_digests(ask: Ask) -> None:
    """Proves that what is asked is covered by the digest of the facts, and the id by everything."""
    found = [
        decided(ask, **USDE),
        decided(ask, **USDE, venue="exchange-2025-10"),
        decided(ask, **USDE, sizes_usd=[2e6]),
        decided(ask, **USDE, explain="none"),
        decided(ask, **(USDE | {"as_of": "2025-10-10"})),
    ]
    assert len({decision["digests"]["facts"] for decision in found}) == len(found)
    assert len({decision["id"] for decision in found}) == len(found)


def test_a_whole_number_may_be_written_either_way(ask: Ask) -> None:
    """Proves that 1000000 and 1000000.0 are one number."""
    assert decided(ask, **USDE, sizes_usd=[1_000_000]) == decided(ask, **USDE, sizes_usd=[1_000_000.0])


def test_facts_of_layers_are_asked_for_by_name(ask: Ask) -> None:
    """Proves that facts about an asset beneath are used, and that a null hides a stored snapshot."""
    wrapper = {"asset": "sUSDe", "as_of": "2025-10-09"}
    stored = decided(ask, **wrapper)
    hidden = decided(ask, **wrapper, layers={"USDe": {"facts": None}})
    assert stored["class"] != "unclassified"
    assert hidden["class"] == "unclassified"
    body = wrapper | {"layers": {"USDe": {"facts": {"custom": {"x": 1}}}}}
    (error,) = ask("POST", "/v1/assessments", json=body).json()["errors"]
    assert (error["code"], error["pointer"]) == ("F0201", "/layers/USDe/facts/custom/x")


def test_the_rulebook_and_its_version_may_be_named(ask: Ask, desk: Desk) -> None:
    """Proves that a client can insist on the rules it knows."""
    version = desk.book(None).program.version
    assert decided(ask, **USDE, rulebook="house", rulebook_version=version) == decided(ask, **USDE)


def test_every_mistake_is_named_at_once(ask: Ask) -> None:
    """Proves that a client corrects a body in one go, and learns what was probably meant."""
    body = {
        "as_off": "2025-10-09",
        "facts": {"liquidity": {"suply": 1}, "hedge": {"short_share": "half"}, "custm": {}},
        "sizes_usd": [0],
    }
    response = ask("POST", "/v1/assessments", json=body)
    errors = {error["pointer"]: (error["code"], error["help"]) for error in response.json()["errors"]}
    assert {pointer: code for pointer, (code, _) in errors.items()} == {
        "/as_of": "H4221",
        "/as_off": "H4222",
        "/facts/liquidity/suply": "H4222",
        "/facts/hedge/short_share": "H4223",
        "/facts/custm": "H4222",
        "/sizes_usd/0": "H4224",
    }
    assert errors["/as_off"][1] == "did you mean `as_of`?"
    assert errors["/facts/liquidity/suply"][1] == "did you mean `supply`?"
    assert errors["/facts/custm"][1] == "did you mean `custom`?"


def test_pointers_are_escaped(ask: Ask) -> None:
    """Proves that a key with `/` or `~` is pointed to as RFC 6901 has it, and a long one by what holds it."""
    response = ask("POST", "/v1/assessments", json=USDE | {"a/b~c": 1, "long": 1, "x" * 1_000: 1})
    pointers = [error["pointer"] for error in response.json()["errors"]]
    assert pointers == ["/a~1b~0c", "/long", ""]


def test_an_asset_beneath_many_is_decided_once(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves that a small question, where all rests on all, does not ask for hundreds of decisions."""
    tiers = [[f"T{depth}{n}" for n in range(5)] for depth in range(4)]

    def resting_on(assets: list[str]) -> dict[str, Any]:
        rows = [{"kind": "stablecoin", "share": 0.2, "asset": asset} for asset in assets]
        return {"backing": {"components": rows or [{"kind": "cash", "share": 1}], "basis": "net"}}

    layers = {
        asset: {"facts": resting_on(beneath)}
        for tier, beneath in zip(tiers, [*tiers[1:], []], strict=True)
        for asset in tier
    }
    settled = []
    monkeypatch.setattr(use_case, "settle", lambda *given: settled.append(given) or settle(*given))
    decided(ask, as_of="2025-10-09", facts=resting_on(tiers[0]), layers=layers)
    assert len(settled) == 20


def test_full_explanations_queue_up_and_then_are_turned_away(
    app: Entrance, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Proves that one search runs at a time beside the loop, where it holds up no other question."""
    running, most = 0, 0

    def slow(*_: Any) -> dict[str, Any]:
        nonlocal running, most
        running += 1
        most = max(most, running)
        # A moment in which another would run, were it let. On the loop's own thread this would fail.
        asyncio.run(asyncio.sleep(0.005))
        running -= 1
        return {}

    monkeypatch.setattr(assessments, "assess", slow)

    async def together(count: int) -> list[httpx.Response]:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            body = USDE | {"explain": "full"}
            return await asyncio.gather(*(client.post("/v1/assessments", json=body) for _ in range(count)))

    answers = asyncio.run(together(assessments.MOST_WAITING + 4))
    turned_away = [answer for answer in answers if answer.status_code == 503]
    assert most == 1
    assert len(turned_away) == 3
    assert {answer.headers["retry-after"] for answer in turned_away} == {"5"}
    assert {answer.json()["errors"][0]["code"] for answer in turned_away} == {"H5030"}
    assert [answer.status_code for answer in asyncio.run(together(1))] == [200]
