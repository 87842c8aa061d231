"""`/v1/assessments/batch`: many questions in, an answer to each out, in order, as they are decided.

The answer is a stream, so that no more of it is held than the client is behind. It is made in slices
of `SLICE` seconds, one batch at a time; between two of them everything else is answered. An item that
is to be explained in full takes longer than that, and is answered in a thread.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from time import perf_counter
from typing import Any

import msgspec
import structlog
from litestar import post
from litestar.handlers import HTTPRouteHandler
from litestar.types import ASGIApp

from pegmark.api.answers import Answer, answer, is_long, question_of, refused
from pegmark.api.body import JsonRequest
from pegmark.api.codes import CODES
from pegmark.api.faults import LONGEST_POINTER, Fault
from pegmark.api.metrics import Metrics
from pegmark.api.operation import JSON, Operation, declared
from pegmark.api.reading import DEEPEST, escaped
from pegmark.api.refusals import Limit, Refusal
from pegmark.api.schemas.batch import MOST_ITEMS, BatchReply, BatchRequest
from pegmark.api.turns import Turns
from pegmark.usecases.assess import Question
from pegmark.usecases.desk import Desk

__all__ = ["MOST_BYTES", "routes", "split"]

MOST_BYTES = 8 << 20
"""Longest body, where an operator sets no other: a thousand questions with all facts and their sources."""
MOST_WAITING = 7
SLICE = 0.002
SECONDS = 60
"""How long a client may let its answer wait, all in all."""

ASSESS_BATCH = Operation(
    id="assess_batch",
    tag="assessments",
    summary="Decide up to 1,000 questions",
    description=(
        "Each item is the body of a `POST /v1/assessments`; each is answered by what that would send, byte "
        "for byte, a decision or a problem, in the order of the items. One that is refused does not concern "
        "the others: a 4xx means that the body is no list of items, or too long a one. The answer is "
        "streamed, so check that it is whole. Where too many batches are under way, it is 503 with "
        "`Retry-After`. Nothing is stored."
    ),
    answer=BatchReply,
    body=BatchRequest,
    errors=(408, 413, 415, 422, 503),
)


def routes(
    desk: Desk, metrics: Metrics, explained: Turns, most_bytes: int = MOST_BYTES
) -> list[HTTPRouteHandler]:
    """Return the handlers of this area; `explained` are the turns at full explanations."""
    turns = Turns("batches", MOST_WAITING)
    limit = Limit(most_bytes, "H4131")

    @post("/v1/assessments/batch", **declared(ASSESS_BATCH))
    async def assess_batch(request: JsonRequest) -> ASGIApp:
        async def answered(scope: Any, receive: Any, send: Any) -> None:
            with turns.place():
                items = split(await request.body(limit))
                batch = _Batch(desk, items, request.limit, scope["pegmark.request_id"])
                try:
                    parts = _parts(batch, turns, explained, receive)
                    await _send(parts, send, scope["http_version"])
                finally:
                    metrics.count_items(batch.decided, batch.refused)

        return answered

    return [assess_batch]


class _Body(msgspec.Struct, forbid_unknown_fields=True):
    items: msgspec.Raw


# A list as a row of columns that may be absent: reading it stops at the first item too many, so that
# millions of them cost neither time nor memory.
_Items = msgspec.defstruct(
    "_Items",
    [(f"item_{n}", msgspec.Raw | msgspec.UnsetType, msgspec.UNSET) for n in range(MOST_ITEMS)],
    array_like=True,
    forbid_unknown_fields=True,
)
_ANY = msgspec.json.Decoder(msgspec.Raw)
_BODY = msgspec.json.Decoder(_Body)
_ITEMS = msgspec.json.Decoder(_Items)
_UNKNOWN = re.compile(r"Object contains unknown field `(.*)`", re.DOTALL)


def split(body: bytes) -> list[msgspec.Raw]:
    """Return the items of a body, each as the bytes it stands in; raises `Refusal`.

    Nothing is made of what is in an item: whether it can be used is found out when its turn comes.
    """
    try:
        # INVARIANT: what is not JSON is 400, even where it is also not what the operation takes.
        _ANY.decode(body)
        text = bytes(_BODY.decode(body).items)
    except msgspec.ValidationError as error:
        raise _misfit(str(error)) from None
    except msgspec.DecodeError as error:
        raise Refusal.of("H4001", _said(error), pointer="") from None
    except UnicodeDecodeError:
        raise Refusal.of("H4002", "a key is not UTF-8", pointer="") from None
    except RecursionError:
        # An item that is nested less than a stack is deep is refused on its own.
        raise Refusal.of("H4004", f"more than {DEEPEST} levels of nesting", pointer="") from None
    if body.count(b'"') - text.count(b'"') != 2:
        # Around the items, the last that are given, stands more than the quotes of their key.
        raise Refusal("H4003", [Fault("H4003", "the key `items` stands twice", "keep one", "/items")])
    try:
        found = msgspec.structs.astuple(_ITEMS.decode(text))
    except msgspec.ValidationError:
        if text.startswith(b"["):
            raise _of_shape("H4229", f"more than {MOST_ITEMS:,} items are given", "/items") from None
        raise _of_shape("H4223", "should be a list", "/items") from None
    return [item for item in found if item is not msgspec.UNSET]


def _misfit(said: str) -> Refusal:
    """Return what a body that is no object with `items` alone is refused with."""
    if unknown := _UNKNOWN.match(said):
        pointer = f"/{escaped(unknown[1])}"
        pointer = pointer if len(pointer) <= LONGEST_POINTER else ""
        return _of_shape("H4222", "the key is not known", pointer, "it takes `items` alone")
    if said.startswith("Object missing"):
        return _of_shape("H4221", "the key is missing", "/items")
    return _of_shape("H4223", "should be an object", "")


def _of_shape(code: str, detail: str, pointer: str, help: str | None = None) -> Refusal:
    return Refusal("H4220", [Fault(code, detail, help or CODES[code].text, pointer)])


def _said(error: msgspec.DecodeError) -> str:
    said = str(error).removeprefix("JSON is malformed: ")
    # The reader calls half of a surrogate pair so, too.
    return "it ends too early, or a text in it is not Unicode" if said == "Input data was truncated" else said


class _Batch:
    """The items of one request, and how many of them are answered."""

    def __init__(self, desk: Desk, items: Sequence[msgspec.Raw], limit: Limit, request_id: str) -> None:
        self.decided = self.refused = 0
        self.long: Question | None = None
        """The question of the next item, where its answer takes more than a slice."""
        self._desk, self._items, self._limit, self._request_id = desk, items, limit, request_id

    @property
    def answered(self) -> int:
        return self.decided + self.refused

    @property
    def is_done(self) -> bool:
        return self.answered == len(self._items)

    def slice(self) -> bytes:
        """Answer items for as long as a slice takes, or up to a long one; return what the list grows by."""
        parts: list[bytes] = []
        until = perf_counter() + SLICE
        while not self.is_done:
            found = self._question(bytes(self._items[self.answered]))
            if isinstance(found, Question):
                if is_long(found):
                    self.long = found
                    break
                found = self._answer(found)
            parts.append(self._listed(found))
            if perf_counter() > until:
                break
        return b"".join(parts)

    def answer_long(self) -> bytes:
        """Answer the item that takes long; return what it adds to the list."""
        assert self.long is not None  # noqa: S101 - whoever calls has looked
        question, self.long = self.long, None
        return self._listed(self._answer(question))

    def _listed(self, found: Answer) -> bytes:
        comma = b"," if self.answered else b""
        if found.refusal is None:
            self.decided += 1
            return b"".join((comma, b'{"decision":', found.body, b',"problem":null}'))
        self.refused += 1
        return b"".join((comma, b'{"decision":null,"problem":', found.body, b"}"))

    def _question(self, item: bytes) -> Question | Answer:
        """Return the question that an item asks, or the answer to one that asks none."""
        try:
            return question_of(item, self._limit)
        except Refusal as refusal:
            return refused(refusal)
        except Exception as error:  # noqa: BLE001 - it is logged
            return self._failed(error)

    def _answer(self, question: Question) -> Answer:
        try:
            return answer(self._desk, question)
        except Exception as error:  # noqa: BLE001 - it is logged
            return self._failed(error)

    def _failed(self, error: Exception) -> Answer:
        """Log a fault of ours, which must not take the other items along."""
        log = structlog.get_logger("pegmark")
        log.error("item failed", request_id=self._request_id, item=self.answered, exc_info=error)
        return refused(Refusal.of("H5000", "something went wrong here"))


async def _parts(batch: _Batch, turns: Turns, explained: Turns, receive: Any) -> AsyncGenerator[bytes]:
    """Yield the answer in parts, each when it has its turn; ends early where the client went away."""
    # After the body nothing arrives but the news that the client left.
    news = asyncio.ensure_future(receive())
    try:
        yield b'{"items":['
        while not batch.is_done:
            async with turns.turn:
                part = batch.slice()
                # With the turn in hand, so that others run between any two slices, whosever they are.
                await asyncio.sleep(0)
            if part:
                yield part
            if batch.long is not None:
                yield await explained.threaded(batch.answer_long)
            if news.done() and news.result()["type"] == "http.disconnect":
                return
        yield b'],"decided":%d,"refused":%d}' % (batch.decided, batch.refused)
    finally:
        news.cancel()


async def _send(parts: AsyncGenerator[bytes], send: Any, http_version: str) -> None:
    """Send an answer as its parts are made; gives up on a client that takes too long to take it."""
    headers = [(b"content-type", JSON.encode())]
    patience = float(SECONDS)
    async with aclosing(parts):
        if http_version == "1.0":
            # It knows of no body whose length is not said before.
            whole = b"".join([part async for part in parts])
            headers.append((b"content-length", str(len(whole)).encode()))
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": whole, "more_body": False})
            return
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        async for part in parts:
            since = perf_counter()
            try:
                async with asyncio.timeout(patience):
                    await send({"type": "http.response.body", "body": part, "more_body": True})
            except TimeoutError:
                # The client sees that the answer is not whole: its last part is missing.
                structlog.get_logger("pegmark").warning("batch given up", seconds=SECONDS)
                return
            patience -= perf_counter() - since
        await send({"type": "http.response.body", "body": b"", "more_body": False})
