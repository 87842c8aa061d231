"""`POST /v1/assessments/batch`: many are answered as each would be alone, and nobody waits for it."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import httpx
import msgspec
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter
from structlog.testing import capture_logs

from pegmark.api import assessments, batch
from pegmark.api.answers import Answer, answer
from pegmark.api.app import build_app
from pegmark.api.entrance import Entrance, Exchange
from pegmark.api.refusals import Refusal
from pegmark.api.schemas.batch import MOST_ITEMS, BatchReply
from pegmark.settings import read_settings
from pegmark.usecases.assess import Question
from pegmark.usecases.desk import Desk
from tests.api.conftest import Ask, asking
from tests.api.test_assessments import INLINE, USDE
from tests.api.test_conventions import httpx_scope
from tests.api.test_operations import counted

JSON = {"content-type": "application/json"}
ITEMS: dict[str, bytes] = {
    "stored": orjson.dumps(USDE),
    "stored, without reasons": orjson.dumps(USDE | {"explain": "none"}),
    "at a venue": orjson.dumps(USDE | {"venue": "exchange-2025-10", "sizes_usd": [1, 2.5e6]}),
    "inline": orjson.dumps(INLINE),
    "traced": orjson.dumps(INLINE | {"explain": "full"}),
    "indented": orjson.dumps(INLINE, option=orjson.OPT_INDENT_2),
    "a misspelt name": orjson.dumps(USDE | {"asset": "USDE"}),
    "a day before all": orjson.dumps(USDE | {"as_of": "2001-01-01"}),
    "a day that is none": orjson.dumps(USDE | {"as_of": "2025-02-30"}),
    "keys that are not known": orjson.dumps(USDE | {"as_off": 1, "a/b~c": 1, "x" * 1_000: 1}),
    "many keys that are not known": orjson.dumps({f"k{n}": n for n in range(80)}),
    "more mistakes than are named": orjson.dumps({f"k{n}": n for n in range(3_000)}),
    "a key twice": b'{"as_of": "2025-10-09", "as_of": "2025-10-09", "asset": "USDe"}',
    "a key twice, within": b'{"as_of": "2025-10-09", "facts": {"peg": {"gap": 0, "gap": 0}}}',
    "quotes in texts": b'{"as_of": "2025-10-09", "asset": "\\"\\\\", "x": "],[ {"}',
    "a list": b"[]",
    "a list in a list": b'[[{"as_of": "2025-10-09"}], 1]',
    "a number": b"1",
    "a long number": b"9" * 5_000,
    "a text": '"2025-10-09 ü"'.encode(),
    "nothing": b"null",
    "an empty object": b"{}",
    "no UTF-8": b'{"as_of": "2025-10-09", "asset": "\xff"}',
    "nested deeply": b'{"x": ' + b"[" * 100 + b"]" * 100 + b"}",
    "as long as a body may be": orjson.dumps(USDE)[:-1] + b" " * ((1 << 20) - len(orjson.dumps(USDE))) + b"}",
    "longer than a body may be": orjson.dumps(USDE)[:-1] + b" " * (1 << 20) + b"}",
}


def of(items: list[bytes]) -> bytes:
    """The body that asks all of `items`."""
    return b'{"items": [' + b", ".join(items) + b"]}"


def asked(ask: Ask, body: bytes) -> httpx.Response:
    return ask("POST", "/v1/assessments/batch", content=body, headers=JSON)


class Entry(msgspec.Struct, forbid_unknown_fields=True):
    """An item of an answer, its parts as the bytes that stand in it."""

    decision: msgspec.Raw
    problem: msgspec.Raw

    @property
    def body(self) -> bytes:
        """The one of both that is there."""
        decision, problem = bytes(self.decision), bytes(self.problem)
        assert (decision == b"null") != (problem == b"null")
        return decision if problem == b"null" else problem


class Reply(msgspec.Struct, forbid_unknown_fields=True):
    """An answer."""

    items: list[Entry]
    decided: int
    refused: int


def entries(response: httpx.Response) -> list[Entry]:
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/json"
    reply = msgspec.json.decode(response.content, type=Reply)
    assert reply.decided == sum(bytes(entry.problem) == b"null" for entry in reply.items)
    assert reply.decided + reply.refused == len(reply.items)
    return reply.items


def alone(ask: Ask, item: bytes) -> httpx.Response:
    return ask("POST", "/v1/assessments", content=item, headers=JSON)


def test_each_item_has_the_bytes_it_would_have_alone(ask: Ask) -> None:
    """Proves that decisions and problems are those of the single operation, byte for byte, in order."""
    items = list(ITEMS.values())
    response = asked(ask, of(items))
    found = entries(response)
    for name, item, entry in zip(ITEMS, items, found, strict=True):
        single = alone(ask, item)
        assert entry.body == single.content, name
        assert (bytes(entry.problem) == b"null") == (single.status_code == 200), name
    assert len({entry.body for entry in found}) > 15
    TypeAdapter(BatchReply).validate_json(response.content)


@given(
    st.lists(st.sampled_from([item for item in ITEMS.values() if len(item) < 10_000]), max_size=6), st.data()
)
def test_a_batch_is_a_map(ask: Ask, items: list[bytes], data: st.DataObject) -> None:
    """Proves that neither neighbours nor place nor white space change what is answered to an item."""
    blank = st.sampled_from([b"", b" ", b"\n\t", b"\r\n"])
    space = lambda: data.draw(blank)  # noqa: E731 - drawn anew at each place
    listed = b",".join(space() + item + space() for item in items)
    body = space() + b'{"items"' + space() + b":" + space() + b"[" + space() + listed + b"]" + space() + b"}"
    assert [e.body for e in entries(asked(ask, body))] == [alone(ask, item).content for item in items]


@pytest.mark.parametrize("count", [0, 1, 2, MOST_ITEMS])
def test_as_many_are_answered_as_are_asked(ask: Ask, count: int) -> None:
    """Proves that every number of items up to the most is answered, in order, and none is no mistake."""
    items = [orjson.dumps(USDE | {"sizes_usd": [1000 + n], "explain": "none"}) for n in range(count)]
    found = [json.loads(entry.body) for entry in entries(asked(ask, of(items)))]
    assert [decision["haircuts"][0]["size_usd"] for decision in found] == [1000 + n for n in range(count)]


NO_LIST: dict[str, tuple[bytes, int, str, str]] = {
    "one too many": (of([b"1"] * (MOST_ITEMS + 1)), 422, "H4229", "/items"),
    "millions too many": (of([b"1,1,1,1,1,1,1,1"] * 300_000), 422, "H4229", "/items"),
    "a list alone": (b"[]", 422, "H4223", ""),
    "nothing": (b"null", 422, "H4223", ""),
    "a text": (b'"items"', 422, "H4223", ""),
    "an object for a list": (b'{"items": {}}', 422, "H4223", "/items"),
    "null for a list": (b'{"items": null}', 422, "H4223", "/items"),
    "a text for a list": (b'{"items": "[]"}', 422, "H4223", "/items"),
    "no items": (b"{}", 422, "H4221", "/items"),
    "another key": (b'{"items": [], "venue": "reference"}', 422, "H4222", "/venue"),
    "another key alone": (b'{"a/b~c`d": []}', 422, "H4222", "/a~1b~0c`d"),
    "a long key": (b'{"' + b"x" * 1_000 + b'": []}', 422, "H4222", ""),
    "items twice": (b'{"items": [], "items": [1]}', 400, "H4003", "/items"),
    "items twice, once escaped": (b'{"items": ["x"], "\\u0069tems": ["y"]}', 400, "H4003", "/items"),
    "unfinished": (b'{"items": [1', 400, "H4001", ""),
    "unfinished in a text": (b'{"items": ["', 400, "H4001", ""),
    "a trailing comma": (b'{"items": [1,]}', 400, "H4001", ""),
    "two values": (b'{"items": []} {}', 400, "H4001", ""),
    "malformed after another key": (b'{"x": 1, "items": [}', 400, "H4001", ""),
    "malformed within an item": (b'{"items": [{"as_of" "2025-10-09"}]}', 400, "H4001", ""),
    "NaN within an item": (b'{"items": [{"as_of": NaN}]}', 400, "H4001", ""),
    "a NUL": (b'{"items": [\x00]}', 400, "H4001", ""),
    "half of a surrogate pair": (b'{"items": ["\\ud800"]}', 400, "H4001", ""),
    "a byte-order mark": (b'\xef\xbb\xbf{"items": []}', 400, "H4001", ""),
    "a key that is not UTF-8": (b'{"\xff": []}', 400, "H4002", ""),
    "nested without end": (of([b"[" * 100_000 + b"]" * 100_000]), 400, "H4004", ""),
    "an empty body": (b"", 400, "H4005", ""),
}


@pytest.mark.parametrize("case", NO_LIST.values(), ids=NO_LIST)
def test_what_is_no_list_of_items_is_refused_whole(
    ask: Ask, case: tuple[bytes, int, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Proves that a body that cannot be taken apart has one problem, and that nothing of it is decided."""
    monkeypatch.setattr(batch, "question_of", lambda *_: pytest.fail("an item was read"))
    body, status, code, pointer = case
    response = asked(ask, body)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    (error,) = response.json()["errors"]
    assert (error["code"], error["pointer"]) == (code, pointer)
    assert error["help"]
    assert len(response.content) < 1_500


@given(st.binary(max_size=200))
def test_any_bytes_are_taken_apart_or_refused(body: bytes) -> None:
    """Proves that no body raises anything but a refusal."""
    with suppress(Refusal):
        batch.split(body)


VALUES = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=15,
)


@given(VALUES, st.booleans(), st.sampled_from([None, 1]))
def test_items_are_taken_apart_as_they_were_put_together(
    value: Any, is_ascii: bool, indent: int | None
) -> None:
    """Proves that brackets, commas and quotes within items do not mislead, however a body is spelt."""
    items = [value, value, {"items": value}]
    body = json.dumps({"items": items}, ensure_ascii=is_ascii, indent=indent).encode()
    assert [json.loads(bytes(item)) for item in batch.split(body)] == items


def test_a_batch_may_be_longer_than_a_body_and_has_a_limit_of_its_own(ask: Ask, desk: Desk) -> None:
    """Proves that both limits are the operator's: of the whole under its own code, of an item as alone."""
    settings = read_settings({})
    assert settings.max_batch_bytes == batch.MOST_BYTES
    small = asking(build_app(desk, b"", 100, max_batch_bytes=300))
    item = orjson.dumps(USDE)
    assert len(entries(asked(small, of([item] * 5)))) == 5
    refused = asked(small, of([item] * 10))
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (413, "H4131")
    assert refused.json()["detail"] == "the body is longer than 300 bytes"
    long = item[:-1] + b" " * 80 + b"}"
    first, second = entries(asked(small, of([long, item])))
    assert json.loads(first.body)["status"] == 413
    assert first.body == alone(small, long).content
    assert bytes(second.problem) == b"null"


def test_a_fault_of_ours_is_the_item_s_alone(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves that an item that fails is told as 500 and logged with its place, and the others are decided."""

    def failing(desk: Desk, question: Question) -> Answer:
        if question.asset == "USDC":
            raise RuntimeError("secret /etc/path")
        return answer(desk, question)

    monkeypatch.setattr(batch, "answer", failing)
    items = [orjson.dumps(question) for question in (USDE, USDE | {"asset": "USDC"}, USDE)]
    with capture_logs() as logged:
        response = asked(ask, of(items))
    first, second, third = entries(response)
    assert first.body == third.body == alone(ask, items[0]).content
    assert json.loads(second.body)["type"] == "/v1/problems/H5000"
    assert "secret" not in response.text
    (line,) = logged
    assert (line["event"], line["log_level"], line["item"]) == ("item failed", "error", 1)
    assert line["request_id"] == response.headers["x-request-id"]
    assert str(line["exc_info"]) == "secret /etc/path"


def test_what_is_said_of_one_item_is_bounded(ask: Ask) -> None:
    """Proves that a batch of mistakes costs no more than so many lines an item."""
    worst = orjson.dumps({("k" * 400) + str(n): n for n in range(200)})
    for entry in entries(asked(ask, of([worst] * 5))):
        assert len(json.loads(entry.body)["errors"]) == 50
        assert len(entry.body) < 50 * 800


def test_items_are_counted(ask: Ask, exchanges: list[Exchange]) -> None:
    """Proves that operators see how many items were decided and refused, and the request as one."""
    before = counted(ask)
    asked(ask, of([orjson.dumps(USDE), b"1", b"2"]))
    after = counted(ask)
    grown = {name: after[name] - before.get(name, 0) for name in after if name.startswith("pegmark_batch")}
    assert grown == {
        'pegmark_batch_items_total{outcome="decided"}': 1,
        'pegmark_batch_items_total{outcome="refused"}': 2,
    }
    exchange = next(e for e in reversed(exchanges) if e.method == "POST")
    assert (exchange.route, exchange.status) == ("/v1/assessments/batch", 200)


# How it shares the process


def slow(seconds: float) -> Callable[..., Answer]:
    """Answers that take their time."""

    def answered(*_: Any) -> Answer:
        until = asyncio.get_running_loop().time() + seconds
        while asyncio.get_running_loop().time() < until:
            pass
        return Answer(b"1")

    return answered


class Wire:
    """A client as the application sees it: one body, then silence until `leave`; what is sent is kept."""

    def __init__(self, items: int, http_version: str = "1.1") -> None:
        self.scope = httpx_scope("POST", "/v1/assessments/batch") | {
            "headers": [(b"content-type", b"application/json")],
            "http_version": http_version,
        }
        body = of([orjson.dumps(USDE)] * items)
        self.messages: list[dict[str, Any]] = [{"type": "http.request", "body": body}]
        self.sent: list[dict[str, Any]] = []
        self.leave = asyncio.Event()
        self.is_reading = True

    async def receive(self) -> Any:
        if self.messages:
            return self.messages.pop()
        await self.leave.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        if not self.is_reading and self.sent:
            await asyncio.Event().wait()
        self.sent.append(message)

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.sent)


@pytest.fixture
def own_app(desk: Desk) -> Entrance:
    """An application of its own: what waits for a turn does so in one event loop."""
    return build_app(desk, b"", 1_000)


def test_what_takes_long_is_answered_in_a_thread_and_in_turn(
    own_app: Entrance, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Proves that full explanations leave the loop free, one at a time, with those that are asked alone."""
    working, most = 0, 0

    def long(*_: Any) -> Answer:
        nonlocal working, most
        assert threading.current_thread() is not threading.main_thread()
        working += 1
        most = max(most, working)
        time.sleep(0.005)
        working -= 1
        return Answer(b"1")

    full = orjson.dumps(USDE | {"explain": "full"})
    monkeypatch.setattr(batch, "answer", long)
    monkeypatch.setattr(assessments, "assess", lambda *_: long().body.decode())

    async def together() -> list[Wire]:
        clients = [Wire(0) for _ in range(3)]
        for client in clients:
            client.messages = [{"type": "http.request", "body": of([full, b"1", full])}]
        alone = Wire(0)
        alone.scope |= {"path": "/v1/assessments", "raw_path": b"/v1/assessments"}
        alone.messages = [{"type": "http.request", "body": full}]
        everyone = [*clients, alone]
        await asyncio.gather(*(own_app(client.scope, client.receive, client.send) for client in everyone))
        return everyone

    *clients, alone = asyncio.run(together())
    assert most == 1
    assert alone.body == b'"1"'
    for client in clients:
        first, second, third = json.loads(client.body)["items"]
        assert (first["decision"], second["problem"]["status"], third["decision"]) == (1, 422, 1)


def test_others_run_between_slices(own_app: Entrance, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves that however many batches are under way, somebody else waits for one slice at a time."""
    monkeypatch.setattr(batch, "answer", slow(0.001))

    async def watched() -> list[float]:
        loop, waits = asyncio.get_running_loop(), []
        clients = [Wire(50) for _ in range(4)]
        running = asyncio.gather(*(own_app(client.scope, client.receive, client.send) for client in clients))
        while not running.done():
            since = loop.time()
            await asyncio.sleep(0)
            waits.append(loop.time() - since)
        assert all(len(json.loads(client.body)["items"]) == 50 for client in clients)
        return waits

    waits = sorted(asyncio.run(watched()))
    assert len(waits) > 60  # 200 ms of work, in slices of two or three
    assert waits[int(len(waits) * 0.9)] < 0.008


def test_a_client_that_leaves_is_worked_for_no_longer(
    own_app: Entrance, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Proves that the rest of a batch is dropped when nobody is there to read it, without an error."""
    answered = []
    client = Wire(500)

    def leaving(*given: Any) -> Answer:
        answered.append(given)
        if len(answered) == 10:
            client.leave.set()
        return Answer(b"1")

    monkeypatch.setattr(batch, "SLICE", 0.0)
    monkeypatch.setattr(batch, "answer", leaving)
    asyncio.run(own_app(client.scope, client.receive, client.send))
    assert 10 <= len(answered) < 20


def test_a_client_that_does_not_read_is_given_up(own_app: Entrance, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves that a client that takes nothing holds no place for long, and no more than a slice."""
    monkeypatch.setattr(batch, "SECONDS", 0.05)
    monkeypatch.setattr(batch, "SLICE", 0.0)
    answered = []
    monkeypatch.setattr(batch, "answer", lambda *given: answered.append(given) or Answer(b"1"))

    async def stuck() -> Wire:
        client = Wire(100)
        client.is_reading = False
        await own_app(client.scope, client.receive, client.send)
        return client

    with capture_logs() as logged:
        client = asyncio.run(stuck())
    assert len(answered) <= 1
    assert all(message.get("more_body", True) for message in client.sent)
    assert [line["event"] for line in logged] == ["batch given up"]


def test_too_many_batches_are_turned_away(own_app: Entrance, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves that a few are taken at once, that more are told when to come back, and then are taken."""
    monkeypatch.setattr(batch, "answer", slow(0.001))

    async def together(count: int) -> list[Wire]:
        clients = [Wire(10) for _ in range(count)]
        await asyncio.gather(*(own_app(client.scope, client.receive, client.send) for client in clients))
        return clients

    clients = asyncio.run(together(1 + batch.MOST_WAITING + 3))
    turned_away = [client for client in clients if client.sent[0]["status"] == 503]
    assert len(turned_away) == 3
    for client in turned_away:
        assert (b"retry-after", b"5") in client.sent[0]["headers"]
        assert json.loads(client.body)["errors"][0]["code"] == "H5030"
    assert [client.sent[0]["status"] for client in asyncio.run(together(1))] == [200]


def test_an_old_client_gets_the_answer_whole(own_app: Entrance) -> None:
    """Proves that HTTP/1.0, which knows of no stream, is told the length and sent the same."""

    async def ask(http_version: str) -> Wire:
        client = Wire(3, http_version)
        await own_app(client.scope, client.receive, client.send)
        return client

    old, new = asyncio.run(ask("1.0")), asyncio.run(ask("1.1"))
    assert old.body == new.body
    assert len(old.sent) == 2 < len(new.sent)
    assert (b"content-length", str(len(old.body)).encode()) in old.sent[0]["headers"]
    assert all(name != b"content-length" for name, _ in new.sent[0]["headers"])
