"""The same question over HTTP to us, to FastAPI and to the Cerbos server: one worker, one client, in turn.

FastAPI is asked for the whole decision of the house rulebook, of a stored asset and of facts inline. Cerbos
cannot decide that much, so it is asked for the bench's 60 conditions and tables with facts inline, where we
answer with the whole decision of the bench's rulebook, without the reasons. What we answer of a stored asset
is shown beside that, and is not the same work: Cerbos has no facts stored.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import orjson

import bench.peers.fastapi_app  # noqa: F401 - so that what is not installed is said before anything is measured
from bench import http
from bench.client import latencies_of
from bench.figures import Figure
from bench.peers import policy
from bench.peers.outcomes import evaluation, in_order, rules, same
from bench.peers.snapshots import AS_OF, RULES, Asked, bench_desk, epoch_of, facts_read, questions
from pegmark.usecases.desk import Desk

ROUNDS, SECONDS, CONNECTIONS, COMPARED = 5, 2.0, 8, 100
CERBOS = http.ROOT / "bench/node/node_modules/@cerbos/cerbos-linux-x64/cerbos-linux-x64"
ASSESS, BARE = "/v1/assessments", "/bare"

Rates = list[float]


def figures() -> Iterator[Figure]:
    """Measure requests a second of each, rounds interleaved, once answers were found equal."""
    if not CERBOS.exists():
        raise SystemExit(
            "bench: the Cerbos server is not installed: run `make bench` on Linux x64, with Node.js"
        )
    with get_context("spawn").Pool(1) as pool:
        yield from _fastapi(pool)
        yield from _cerbos(pool)


def _fastapi(pool: Any) -> Iterator[Figure]:
    with (
        http.serving("pegmark.asgi:app") as (port, _),
        http.serving("bench.peers.fastapi_app:app") as (peer, _),
    ):
        for name, body in http.requests().items():
            expected = http.answer(port, body)
            if http.answer(peer, body, BARE) != expected:
                raise SystemExit(f"bench: FastAPI, bytes, does not answer as pegmark does: {name}")
            if orjson.loads(http.answer(peer, body, ASSESS)) != orjson.loads(expected):
                raise SystemExit(f"bench: FastAPI, a model, does not answer as pegmark does: {name}")
            own, model, bare = _rates(
                pool,
                (port, http.posted(ASSESS, body)),
                (peer, http.posted(ASSESS, body)),
                (peer, http.posted(BARE, body)),
            )
            yield Figure(f"{name}: pegmark", median(own), "/s")
            yield Figure(f"{name}: FastAPI, answer declared", median(model), "/s")
            yield Figure(f"{name}: FastAPI, answer as bytes", median(bare), "/s")
            yield Figure(f"{name}: times FastAPI, answer declared", _ratio(own, model), "", least=1.2)
            yield Figure(f"{name}: times FastAPI, answer as bytes", _ratio(own, bare), "")


def _cerbos(pool: Any) -> Iterator[Figure]:
    desk = bench_desk()
    asked = questions(desk, COMPARED)
    sent = {form: _bodies(desk, form, asked) for form in policy.FORMS}
    with ExitStack() as stack:
        port, _ = stack.enter_context(
            http.serving("pegmark.asgi:app", PEGMARK_RULES=str(RULES), PEGMARK_RULEBOOK="bench")
        )
        peer = stack.enter_context(_policies(desk))
        _agree(desk, asked, sent, port, peer)
        stored = orjson.dumps({"asset": "USDC", "as_of": AS_OF, "explain": "none"})
        http.answer(port, stored)
        own, own_stored, *others = _rates(
            pool,
            (port, http.posted(ASSESS, asked[0].body)),
            (port, http.posted(ASSESS, stored)),
            *((peer, http.posted(policy.TARGET, bodies[0])) for bodies in sent.values()),
        )
    yield Figure("60 conditions and tables: pegmark", median(own), "/s")
    yield Figure("of a stored asset: pegmark", median(own_stored), "/s")
    rated = sorted(
        (_ratio(own, rates), median(rates), _TOLD[form]) for form, rates in zip(sent, others, strict=True)
    )
    for _, rate, told in rated:
        yield Figure(f"the same: Cerbos, {told}", rate, "/s")
    for n, (ratio, _, told) in enumerate(rated):
        yield Figure(f"times Cerbos, {told}", ratio, "", least=None if n else 3)


_TOLD: Mapping[policy.Form, str] = {"checks": "an action each", "output": "one output"}


def _bodies(desk: Desk, form: policy.Form, asked: Sequence[Asked]) -> list[bytes]:
    program = desk.book(None).program
    names = facts_read(program)
    return [policy.question(program, form, {n: each.snapshot.values[n] for n in names}) for each in asked]


def _agree(
    desk: Desk,
    asked: Sequence[Asked],
    sent: Mapping[policy.Form, Sequence[bytes]],
    port: int,
    peer: int,
) -> None:
    """Raise `SystemExit` unless Cerbos finds what we do, and our answers are what we find."""
    program, run = desk.book(None).program, evaluation(epoch_of(desk))
    deciding = [*(rule.reason.id for rule in program.classify.rules), program.classify.otherwise_reason.id]
    for n, each in enumerate(asked):
        wanted = in_order(run(each.snapshot.values))
        decided = orjson.loads(http.answer(port, each.body))["decided_by"]
        same("pegmark over HTTP", n, ["class"], [deciding[wanted[0]]], [decided])
        for form, bodies in sent.items():
            found = policy.outcomes_of(program, form, http.answer(peer, bodies[n], policy.TARGET))
            same(f"Cerbos ({_TOLD[form]})", n, rules(program), wanted, found)


def _rates(pool: Any, *requests: tuple[int, bytes]) -> list[Rates]:
    """Return the answers a second to each request in each round."""
    rates: list[Rates] = [[] for _ in requests]
    for _ in range(ROUNDS):
        for found, (port, request) in zip(rates, requests, strict=True):
            answered = pool.apply(latencies_of, (port, request, SECONDS, CONNECTIONS))
            found.append(len(answered) / SECONDS)
    return rates


def _ratio(own: Rates, theirs: Rates) -> float:
    return median(ours / other for ours, other in zip(own, theirs, strict=True))


@contextmanager
def _policies(desk: Desk) -> Iterator[int]:
    """Serve the bench's policies by Cerbos, on one core as one worker is, and give its port."""
    port = http.free_port()
    with TemporaryDirectory() as folder:
        (Path(folder) / "policies").mkdir()
        book, day = desk.book(None), epoch_of(desk).start
        for form in policy.FORMS:
            (Path(folder) / f"policies/{form}.json").write_bytes(policy.policy(book.program, day, form))
        settings = {
            "server": {
                "httpListenAddr": f"127.0.0.1:{port}",
                "grpcListenAddr": f"127.0.0.1:{http.free_port()}",
            },
            "storage": {
                "driver": "disk",
                "disk": {"directory": f"{folder}/policies", "watchForChanges": False},
            },
            "telemetry": {"disabled": True},
            "audit": {"enabled": False},
        }
        config = Path(folder) / "cerbos.json"
        config.write_bytes(orjson.dumps(settings))
        command = [str(CERBOS), "server", "--config", str(config), "--log-level", "error"]
        with http.running(command, port, GOMAXPROCS="1"):
            yield port
