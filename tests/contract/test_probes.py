"""What schemathesis does not think of: each is refused by exact status and code, the next one is answered."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.contract.sockets import Server

pytestmark = pytest.mark.contract

ASSESS = "/v1/assessments"
GOOD: dict[str, Any] = {"as_of": "2025-10-09", "facts": {"liquidity": {"supply": 1e9}}, "explain": "none"}
JSON = "content-type: application/json"


@pytest.fixture(autouse=True)
def _answers_afterwards(server: Server) -> Iterator[None]:
    """Whatever a probe did, the next good request is answered, and what is wrong stays one problem."""
    yield
    assert server.ask("POST", ASSESS, json.dumps(GOOD).encode()).status == 200


def refused(server: Server, status: int, code: str, *request: Any) -> None:
    reply = server.ask(*request)
    assert (reply.status, reply.code) == (status, code), reply.body[:2_000]
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.headers["cache-control"] == "no-store"
    assert reply.headers["x-request-id"]
    problem = reply.json()
    assert problem["status"] == status
    assert server.ask("GET", problem["type"]).json()["status"] == status


def asking(**changes: Any) -> bytes:
    return json.dumps(GOOD | changes).encode()


def with_facts(**facts: Any) -> bytes:
    return asking(facts=facts)


NESTED = {
    "lists": b'{"as_of": ' + b"[" * 10_000 + b"]" * 10_000 + b"}",
    "objects": b'{"a": ' * 10_000 + b"1" + b"}" * 10_000,
    "lists never closed": b"[" * 10_000,
    "65 levels": b"[" * 65 + b"]" * 65,
}
NOT_JSON = {
    "unfinished": b'{"as_of": "2025-10-09"',
    "two values": b'{"as_of": "2025-10-09"} {}',
    "trailing comma": b'{"as_of": "2025-10-09",}',
    "single quotes": b"{'as_of': '2025-10-09'}",
    "comment": b'{"as_of": "2025-10-09"} // a day',
    "NaN": b'{"as_of": "2025-10-09", "sizes_usd": [NaN]}',
    "Infinity": b'{"as_of": "2025-10-09", "sizes_usd": [Infinity]}',
    "-Infinity": b'{"as_of": "2025-10-09", "sizes_usd": [-Infinity]}',
    "NaN where nothing is read": b'{"as_of": "2025-10-09", "more": NaN}',
    "leading zero": b'{"as_of": "2025-10-09", "sizes_usd": [01]}',
    "NUL in a text": b'{"as_of": "2025-10-09\x00"}',
    "NUL alone": b"\x00",
    "NUL after the end": b'{"as_of": "2025-10-09"}\x00',
    "control character": b'{"as_of": "2025\x0110-09"}',
    "bad escape": b'{"as_of": "\\x41"}',
    "YAML": b"as_of: 2025-10-09\n",
    "spaces": b"   \n",
}
NOT_UTF_8 = {
    "a stray byte": b'{"as_of": "2025-10-09", "asset": "\xff"}',
    "overlong": b'{"as_of": "2025-10-09", "asset": "\xc0\xaf"}',
    "an encoded surrogate": b'{"as_of": "2025-10-09", "asset": "\xed\xa0\x80"}',
    "Latin-1": '{"as_of": "2025-10-09", "asset": "é"}'.encode("latin-1"),
    "UTF-16": '{"as_of": "2025-10-09"}'.encode("utf-16"),
    "a byte-order mark": b"\xef\xbb\xbf" + json.dumps(GOOD).encode(),
}
UNREADABLE = {
    "a lone surrogate": b'{"as_of": "2025-10-09", "asset": "\\ud800"}',
    "5,000 digits": b'{"as_of": "2025-10-09", "sizes_usd": [' + b"9" * 5_000 + b"]}",
    "5,000 digits where nothing is read": b'{"as_of": "2025-10-09", "more": -' + b"9" * 5_000 + b"}",
}
TWICE = {
    "at the top": b'{"as_of": "2025-10-09", "as_of": "2025-10-10"}',
    "the same value": b'{"as_of": "2025-10-09", "as_of": "2025-10-09"}',
    "of a fact": b'{"as_of": "2025-10-09", "facts": {"liquidity": {"supply": 1, "supply": 2}}}',
    "once escaped": b'{"as_of": "2025-10-09", "as\\u005fof": "2025-10-09"}',
    "of what is unknown": b'{"as_of": "2025-10-09", "x": {"y": 1, "y": 1}}',
}


@pytest.mark.parametrize("body", NESTED.values(), ids=NESTED)
def test_deep_nesting_is_refused_before_it_is_read(server: Server, body: bytes) -> None:
    """Proves that nesting costs neither a stack nor a second."""
    refused(server, 400, "H4004", "POST", ASSESS, body)


@pytest.mark.parametrize("body", NOT_JSON.values(), ids=NOT_JSON)
def test_what_is_not_json_is_malformed(server: Server, body: bytes) -> None:
    """Proves that nothing but RFC 8259 is read, and that it is 400 even where it would not fit either."""
    refused(server, 400, "H4001", "POST", ASSESS, body)


@pytest.mark.parametrize("body", NOT_UTF_8.values(), ids=NOT_UTF_8)
def test_what_is_not_utf_8_is_malformed(server: Server, body: bytes) -> None:
    """Proves that bytes are not guessed at."""
    refused(server, 400, "H4002", "POST", ASSESS, body)


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE)
def test_json_beyond_what_is_read_is_refused(server: Server, body: bytes) -> None:
    """Proves that what the grammar allows and no program agrees on is not read as something else."""
    refused(server, 400, "H4009", "POST", ASSESS, body)


@pytest.mark.parametrize("body", TWICE.values(), ids=TWICE)
def test_a_key_given_twice_is_refused(server: Server, body: bytes) -> None:
    """Proves that no value is silently dropped for another of its name."""
    refused(server, 400, "H4003", "POST", ASSESS, body)


def test_an_empty_body_is_malformed(server: Server) -> None:
    """Proves that a body that is forgotten is said to be missing."""
    refused(server, 400, "H4005", "POST", ASSESS, b"")
    refused(server, 400, "H4005", "POST", "/v1/rulebooks/check", b"")


MISFITS: dict[str, tuple[bytes, str, str]] = {
    "a list": (b"[]", "H4223", ""),
    "a text": (b'"2025-10-09"', "H4223", ""),
    "a number": (b"1", "H4223", ""),
    "null": (b"null", "H4223", ""),
    "no date": (b"{}", "H4221", "/as_of"),
    "a text for a number": (asking(sizes_usd=["1000000"]), "H4223", "/sizes_usd/0"),
    "true for a number": (asking(sizes_usd=[True]), "H4223", "/sizes_usd/0"),
    "null for a number": (asking(sizes_usd=[None]), "H4223", "/sizes_usd/0"),
    "a number for a list": (asking(sizes_usd=1e6), "H4223", "/sizes_usd"),
    "a number for a date": (asking(as_of=20251009), "H4223", "/as_of"),
    "an American date": (asking(as_of="10/09/2025"), "H4226", "/as_of"),
    "a date with white space": (asking(as_of=" 2025-10-09"), "H4226", "/as_of"),
    "other digits": (asking(as_of="\u0662025-10-09"), "H4226", "/as_of"),
    "a date with a line end": (asking(as_of="2025-10-09\n"), "H4226", "/as_of"),
    "NUL in a name": (asking(asset="US\x00De"), "H4226", "/asset"),
    "a path for a name": (asking(asset="../../rules"), "H4226", "/asset"),
    "an empty name": (asking(asset=""), "H4227", "/asset"),
    "a long name": (asking(asset="A" * 65), "H4227", "/asset"),
    "no size": (asking(sizes_usd=[]), "H4227", "/sizes_usd"),
    "17 sizes": (asking(sizes_usd=[1e6] * 17), "H4227", "/sizes_usd"),
    "a size of nothing": (asking(sizes_usd=[0]), "H4224", "/sizes_usd/0"),
    "a negative size": (asking(sizes_usd=[-1e6]), "H4224", "/sizes_usd/0"),
    "a number too large": (b'{"as_of": "2025-10-09", "sizes_usd": [1e999]}', "H4224", "/sizes_usd/0"),
    "400 digits": (
        b'{"as_of": "2025-10-09", "facts": {"liquidity": {"supply": ' + b"9" * 400 + b"}}}",
        "H4224",
        "/facts/liquidity/supply",
    ),
    "an explanation too far": (asking(explain="everything"), "H4225", "/explain"),
    "an unknown key": (asking(sizes=[1e6]), "H4222", "/sizes"),
    "an unknown group": (with_facts(liquidty={"supply": 1e9}), "H4222", "/facts/liquidty"),
    "an unknown fact": (with_facts(liquidity={"suply": 1e9}), "H4222", "/facts/liquidity/suply"),
    "an unknown key of a fact": (
        with_facts(liquidity={"supply": {"value": 1e9, "sauce": "x"}}),
        "H4222",
        "/facts/liquidity/supply/sauce",
    ),
    "no value": (with_facts(liquidity={"supply": {}}), "H4221", "/facts/liquidity/supply/value"),
    "value and unknown": (
        with_facts(liquidity={"supply": {"value": 1e9, "unknown": "not_disclosed"}}),
        "H4222",
        "/facts/liquidity/supply/unknown",
    ),
    "unknown for no reason": (
        with_facts(liquidity={"supply": {"unknown": "lost"}}),
        "H4225",
        "/facts/liquidity/supply/unknown",
    ),
    "a percent for a ratio": (with_facts(hedge={"short_share": 49}), "H4224", "/facts/hedge/short_share"),
    "a negative share": (
        with_facts(backing={"components": [{"kind": "cash", "share": -0.1}]}),
        "H4224",
        "/facts/backing/components/0/share",
    ),
    "no components": (with_facts(backing={"components": []}), "H4227", "/facts/backing/components"),
    "101 components": (
        with_facts(backing={"components": [{"kind": "cash", "share": 0.01}] * 101}),
        "H4227",
        "/facts/backing/components",
    ),
    "an unknown kind": (
        with_facts(backing={"components": [{"kind": "gold_dust", "share": 1}]}),
        "H4225",
        "/facts/backing/components/0/kind",
    ),
    "a yes for a flag": (with_facts(redemption={"gated": "yes"}), "H4223", "/facts/redemption/gated"),
    "1 for a flag": (with_facts(redemption={"gated": 1}), "H4223", "/facts/redemption/gated"),
    "a venue of no kind": (asking(venue=7), "H4223", "/venue"),
    "an unknown fact of a venue": (asking(venue={"price_sauce": "par"}), "H4222", "/venue/price_sauce"),
    "21 layers": (asking(layers={f"A{n}": {} for n in range(21)}), "H4227", "/layers"),
    "a layer by a path": (asking(layers={"../x": {}}), "H4226", "/layers/..~1x"),
}


@pytest.mark.parametrize(("body", "code", "pointer"), MISFITS.values(), ids=MISFITS)
def test_what_does_not_fit_is_named_by_place(server: Server, body: bytes, code: str, pointer: str) -> None:
    """Proves that types are strict, that nothing is ignored, and that the pointer leads to what is wrong."""
    reply = server.ask("POST", ASSESS, body)
    assert (reply.status, reply.json()["type"]) == (422, "/v1/problems/H4220"), reply.body[:2_000]
    found = [(error["code"], error["pointer"]) for error in reply.json()["errors"]]
    assert found == [(code, pointer)]


def test_a_thousand_mistakes_are_counted_and_fifty_shown(server: Server) -> None:
    """Proves that an answer stays short, and says what it leaves out."""
    problem = server.ask("POST", ASSESS, asking(**{f"x{n}": n for n in range(1_000)})).json()
    assert (len(problem["errors"]), problem["left_out"]) == (50, 950)


def components(*rows: tuple[str, float], **facts: Any) -> dict[str, Any]:
    return {"components": [{"kind": kind, "share": share} for kind, share in rows], **facts}


LATER = {"value": 1e9, "as_of": "2025-10-10"}
CONTRADICTIONS: dict[str, tuple[bytes, str, str]] = {
    "no such day": (asking(as_of="2025-02-30"), "F0001", "/as_of"),
    "no such day of a fact": (
        with_facts(liquidity={"supply": {"value": 1e9, "as_of": "2025-13-01"}}),
        "F0001",
        "/facts/liquidity/supply/as_of",
    ),
    "dated after the question": (
        with_facts(liquidity={"supply": LATER}),
        "F0002",
        "/facts/liquidity/supply/as_of",
    ),
    "knowable after the question": (
        with_facts(liquidity={"supply": {"value": 1e9, "as_of": "2025-10-01", "knowable_at": "2025-10-16"}}),
        "F0003",
        "/facts/liquidity/supply/knowable_at",
    ),
    "before there were any": (asking(as_of="1999-12-31"), "F0004", "/as_of"),
    "in the next century": (asking(as_of="2101-01-01"), "F0004", "/as_of"),
    "a gross list called net": (
        with_facts(backing=components(("treasury_bill", 0.9), ("bank_deposit", 0.4), basis="net")),
        "F0101",
        "/facts/backing/components",
    ),
    "shares of nothing": (
        with_facts(backing=components(("cash", 0), basis="net")),
        "F0101",
        "/facts/backing/components",
    ),
    "a component twice": (
        with_facts(backing=components(("cash", 0.5), ("cash", 0.5))),
        "F0102",
        "/facts/backing/components",
    ),
    "capacity nobody may use": (
        with_facts(redemption={"right": "none", "daily_capacity": 1e6}),
        "F0103",
        "/facts/redemption/daily_capacity",
    ),
    "bids beyond the supply": (
        with_facts(liquidity={"supply": 1e6, "depth_2pct": 2e6}),
        "F0104",
        "/facts/liquidity/depth_2pct",
    ),
    "stress that deepens a market": (
        with_facts(liquidity={"depth_2pct": 1e6, "stressed_depth_2pct": 2e6}),
        "F0105",
        "/facts/liquidity/stressed_depth_2pct",
    ),
    "a year milder than its month": (
        with_facts(peg={"max_discount_365d": 0.01, "max_discount_30d": 0.05}),
        "F0107",
        "/facts/peg/max_discount_365d",
    ),
    "redeeming while it is suspended": (
        with_facts(redemption={"right": "all_holders", "gated": True, "daily_capacity": 1e6}),
        "F0108",
        "/facts/redemption/daily_capacity",
    ),
    "an attestation by nobody": (
        with_facts(backing={"attestor": "none", "attestation_age": 10}),
        "F0109",
        "/facts/backing/attestation_age",
    ),
    "a promotion that pays nothing": (
        asking(venue={"promotion_counts_collateral": True, "promotional_apr": 0}),
        "F0110",
        "/venue/promotion_counts_collateral",
    ),
    "less capacity than was met": (
        with_facts(redemption={"gated": False, "largest_met_24h": 1e9, "daily_capacity": 1}),
        "F0111",
        "/facts/redemption/daily_capacity",
    ),
    "more in one bank than in all": (
        with_facts(backing=components(("bank_deposit", 0.2), basis="net", systemic_bank_share=0.5)),
        "F0112",
        "/facts/backing/systemic_bank_share",
    ),
    "a fact nobody declares": (with_facts(custom={"moon_phase": 0.5}), "F0201", "/facts/custom/moon_phase"),
}


def resting_on(*assets: str) -> dict[str, Any]:
    rows = [{"kind": "stablecoin", "share": 1 / len(assets), "asset": asset} for asset in assets]
    return {"backing": {"components": rows, "basis": "net"}}


QUESTIONS: dict[str, tuple[bytes, str, str]] = {
    "neither asset nor facts": (asking(facts=None), "Q0001", "/facts"),
    "an asset not stored": (asking(facts=None, asset="USDE"), "Q0002", "/asset"),
    "before the first snapshot": (asking(facts=None, asset="USDe", as_of="2019-01-01"), "Q0003", "/as_of"),
    "a venue not stored": (asking(venue="referense"), "Q0004", "/venue"),
    "a rulebook not loaded": (asking(rulebook="home"), "Q0005", "/rulebook"),
    "a version not loaded": (asking(rulebook_version="1999.1.0"), "Q0005", "/rulebook_version"),
    "before the rulebook": (asking(as_of="2010-01-01"), "Q0006", "/as_of"),
    "an asset beneath itself": (
        asking(asset="A", facts=resting_on("A")),
        "Q0007",
        "/facts/backing/components",
    ),
    "five layers": (
        asking(
            asset="A0",
            facts=resting_on("A1"),
            layers={f"A{n}": {"facts": resting_on(f"A{n + 1}")} for n in range(1, 6)},
        ),
        "Q0008",
        "/facts/backing/components",
    ),
}


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [*CONTRADICTIONS.values(), *QUESTIONS.values()],
    ids=[*CONTRADICTIONS, *QUESTIONS],
)
def test_what_cannot_be_is_refused(server: Server, body: bytes, code: str, pointer: str) -> None:
    """Proves that facts that contradict each other, and questions nobody can answer, are told apart."""
    reply = server.ask("POST", ASSESS, body)
    assert reply.status == 422, reply.body[:2_000]
    found = [(error["code"], error["pointer"]) for error in reply.json()["errors"]]
    assert (code, pointer) in found


MEDIA: dict[str, tuple[list[str], str]] = {
    "none": ([], "H4150"),
    "text": (["content-type: text/plain"], "H4150"),
    "XML": (["content-type: application/xml"], "H4150"),
    "a form": (["content-type: application/x-www-form-urlencoded"], "H4150"),
    "parts": (["content-type: multipart/form-data; boundary=x"], "H4150"),
    "another JSON": (["content-type: application/problem+json"], "H4150"),
    "JSON in Latin-1": (["content-type: application/json; charset=latin-1"], "H4150"),
    "JSON of a version": (["content-type: application/json; version=2"], "H4150"),
    "empty": (["content-type:"], "H4150"),
    "two": ([JSON, "content-type: text/plain"], "H4150"),
    "gzip": ([JSON, "content-encoding: gzip"], "H4151"),
    "brotli": ([JSON, "content-encoding: br"], "H4151"),
    "twice encoded": ([JSON, "content-encoding: gzip, identity"], "H4151"),
}


@pytest.mark.parametrize(("headers", "code"), MEDIA.values(), ids=MEDIA)
def test_a_body_must_be_said_to_be_json(server: Server, headers: list[str], code: str) -> None:
    """Proves that what a body is said to be is believed, and only JSON as it is taken."""
    refused(server, 415, code, "POST", ASSESS, json.dumps(GOOD).encode(), headers)


@pytest.mark.parametrize(
    "header",
    [
        "content-type: application/json; charset=utf-8",
        'content-type: application/json;charset="UTF-8"',
        "Content-Type: APPLICATION/JSON",
        "content-type: application/json\r\ncontent-encoding: identity",
    ],
)
def test_json_may_be_said_in_several_ways(server: Server, header: str) -> None:
    """Proves that the strictness is about meaning, not about spelling."""
    assert server.ask("POST", ASSESS, json.dumps(GOOD).encode(), [header]).status == 200


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("application/json", 200),
        ("*/*", 200),
        ("application/*", 200),
        ("text/html, application/json;q=0.1", 200),
        ("", 200),
        ("text/html", 406),
        ("application/xml", 406),
        ("application/json;q=0", 406),
        ("application/json;q=0, */*;q=0.5", 406),
        ("nonsense", 406),
    ],
)
def test_what_is_accepted_is_minded(server: Server, accept: str, status: int) -> None:
    """Proves that a client that cannot read JSON is told so."""
    reply = server.ask("GET", "/v1/venues", None, [f"accept: {accept}"])
    assert reply.status == status
    if status == 406:
        assert reply.code == "H4060"


@pytest.mark.parametrize(
    "target",
    [
        "/v1/assets?page=2",
        "/v1/assets?limit=2&limit=3",
        "/v1/assets?limit=2&Limit=3",
        "/v1/assets?%6cimit=2&limit=3",
        "/v1/assets?%ff=1",
        "/v1/assets?=1",
        "/v1/venues?limit=1",
        "/v1/rules/HC-BASE?rulebok=house",
        "/health/ready?verbose=1",
        "/docs?x=1",
    ],
)
def test_unknown_and_repeated_query_parameters_are_refused(server: Server, target: str) -> None:
    """Proves that a misspelt parameter does not count as absent."""
    refused(server, 400, "H4006", "GET", target)


def test_a_post_takes_no_query(server: Server) -> None:
    """Proves that what belongs in the body is not looked for in the query, nor ignored there."""
    refused(server, 400, "H4006", "POST", f"{ASSESS}?explain=full", json.dumps(GOOD).encode())


@pytest.mark.parametrize(
    "target",
    [
        "/v1/assets?limit=0",
        "/v1/assets?limit=101",
        "/v1/assets?limit=-1",
        "/v1/assets?limit=ten",
        "/v1/assets?limit=",
        "/v1/assets?limit=" + "9" * 3_000,
        "/v1/assets?cursor=xyz",
        "/v1/assets?cursor=",
        "/v1/assets?cursor=%ff",
        "/v1/rules/HC-BASE?rulebook=../house",
        "/v1/rules/HC-BASE?rulebook=",
    ],
)
def test_malformed_query_parameters_are_refused(server: Server, target: str) -> None:
    """Proves that parameters are as strict as bodies."""
    refused(server, 400, "H4007", "GET", target)


@pytest.mark.parametrize(
    ("target", "code"),
    [
        ("/v1/assets/USDE", "H4041"),
        ("/v1/assets/..", "H4041"),
        ("/v1/assets/%2e%2e", "H4041"),
        ("/v1/assets/%00", "H4041"),
        ("/v1/assets/%ff%fe", "H4041"),
        ("/v1/assets/%zz", "H4041"),
        ("/v1/assets/USDe%20", "H4041"),
        ("/v1/assets/USDe/snapshots/2025-10-08", "H4041"),
        ("/v1/assets/USDe/snapshots/yesterday", "H4041"),
        ("/v1/venues/Reference", "H4041"),
        ("/v1/rulebooks/..", "H4041"),
        ("/v1/rules/HC-NONE", "H4041"),
        ("/v1/rules/HC-BASE?rulebook=other", "H4041"),
        ("/v1/problems/H9999", "H4041"),
        ("/v1/assets/../../etc/passwd", "H4040"),
        ("/v1/assets/%2e%2e%2f%2e%2e%2fetc%2fpasswd", "H4040"),
        ("/v1/assets/USDe%2fsnapshots", "H4040"),
        ("/docs/../pages.py", "H4040"),
        ("/docs/%2e%2e%2fpages.py", "H4040"),
        ("/docs/docs.html", "H4040"),
        ("/v2/assets", "H4040"),
        ("/V1/assets", "H4040"),
        ("/schema", "H4040"),
        ("/favicon.ico", "H4040"),
        ("*", "H4040"),
    ],
)
def test_what_is_not_there_is_not_found(server: Server, target: str, code: str) -> None:
    """Proves that names and paths lead nowhere but where they say, and that the two are told apart."""
    method = "OPTIONS" if target == "*" else "GET"
    refused(server, 404, code, method, target)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "POST", "PROPFIND"])
def test_other_methods_are_not_allowed(server: Server, method: str) -> None:
    """Proves that 405 says what is allowed instead."""
    reply = server.ask(method, "/v1/assets")
    assert (reply.status, reply.code) == (405, "H4050")
    assert reply.headers["allow"] == "GET, HEAD, OPTIONS"
    reply = server.ask("GET" if method == "POST" else method, "/v1/rulebooks/check")
    assert (reply.status, reply.headers["allow"]) == (405, "OPTIONS, POST")


@pytest.mark.parametrize(
    ("target", "status", "code"),
    [
        ("/v1/assets/" + "A" * 5_000, 414, "H4140"),
        ("/v1/assets?cursor=" + "61" * 2_500, 414, "H4140"),
        ("/v1/assets/" + "A" * 64_000, 414, "H4140"),
        ("/v1/assets/" + "A" * 70_000, 431, "H4310"),
        ("/" + "A" * 5_000_000, 431, "H4310"),
    ],
)
def test_long_targets_are_refused(server: Server, target: str, status: int, code: str) -> None:
    """Proves that a target costs no more memory than a bounded head."""
    refused(server, status, code, "GET", target)
