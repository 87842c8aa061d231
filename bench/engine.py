"""The engine alone: loading a rulebook, compiling it, one decision."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from functools import partial
from statistics import median
from time import perf_counter

from bench.figures import Figure
from pegmark.bootstrap import build_desk
from pegmark.engine.compiled import compile_program
from pegmark.engine.decide import settle
from pegmark.engine.report import decide
from pegmark.language import Place, Scope, Symbol, Type, check
from pegmark.problems import Position
from pegmark.rulebook.load import load
from pegmark.settings import read_settings
from pegmark.usecases.assess import Question, prepare
from pegmark.usecases.desk import Desk

# One whose facts are stated; and one with estimates among them, which is decided twice and blended.
QUESTIONS = {
    "USDC": Question("2026-10-07", "USDC", venue="reference"),
    "USDe, with estimates": Question("2025-10-09", "USDe", venue="exchange-2025-10"),
}
ROUNDS = 9


def timed(work: Callable[[], object], times: int) -> float:
    """Return the median over rounds of the mean seconds of one run of `work`."""
    work()
    found = []
    gc.collect()
    gc.disable()
    for _ in range(ROUNDS):
        start = perf_counter()
        for _ in range(times):
            work()
        found.append((perf_counter() - start) / times)
    gc.enable()
    return median(found)


def figures() -> Iterator[Figure]:
    """Measure loading, compiling and deciding."""
    settings = read_settings({})
    house = settings.rules / "house"
    yield Figure("load the house rulebook", timed(lambda: load(house), 3) * 1e3, "ms", most=150)
    taken = timed(_read_an_expression, 300)
    yield Figure("read and check an expression", taken * 1e6, "us")
    program = load(house)
    today = build_desk(settings).book(None).compiled.starts[-1]
    yield Figure("compile it", timed(lambda: compile_program(program).at(today), 3) * 1e3, "ms")
    desk = build_desk(settings)
    for name, question in QUESTIONS.items():
        yield from _question(desk, name, question)


def _read_an_expression() -> None:
    names = ("backing.share.crypto", "backing.collateral_ratio")
    scope = Scope({name: Symbol("fact", Type("ratio", optional=True)) for name in names})
    place = Place("bench.yaml", partial(Position, 1))
    typed, problems = check(" > 0% and ".join(names) + " >= 150%", scope, place)
    assert typed is not None, problems


def _question(desk: Desk, name: str, question: Question) -> Iterator[Figure]:
    case = prepare(desk, question)
    compiled, snapshot, sizes, layer = case.book.compiled, case.snapshot, case.sizes, case.layer
    taken = timed(lambda: prepare(desk, question), 1000)
    yield Figure(f"{name}: take facts and find layers", taken * 1e6, "us")
    settled = timed(lambda: settle(compiled, snapshot, sizes, layer), 1000)
    yield Figure(f"{name}: settle two sizes and the ladder", settled * 1e6, "us")
    none = timed(lambda: decide(compiled, snapshot, sizes, layer, "none"), 1000)
    yield Figure(f"{name}: decide, no explanation", none * 1e6, "us")
    short = timed(lambda: decide(compiled, snapshot, sizes, layer, "short"), 1000)
    budget = None if snapshot.estimated else 80
    yield Figure(f"{name}: decide, short explanation", short * 1e6, "us", most=budget)
    again = timed(lambda: decide(compiled, snapshot, sizes, layer, "short", case.standing), 1000)
    yield Figure(f"{name}: the same of a stored asset, asked again", again * 1e6, "us")
    full = timed(lambda: decide(compiled, snapshot, sizes, layer, "full"), 10)
    yield Figure(f"{name}: decide, full explanation", full * 1e3, "ms", most=150)
