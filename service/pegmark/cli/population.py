"""The questions that two rulebooks are both asked, and what comes of it, counted by several processes."""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from itertools import chain, islice
from multiprocessing import get_context
from pathlib import Path

import click
import orjson

from pegmark.api.answers import question_of
from pegmark.api.refusals import Limit, Refusal
from pegmark.cli.clerks import asked_by
from pegmark.cli.documents import minding
from pegmark.cli.questions import Typed, with_typed
from pegmark.cli.refusal import NOWHERE, Refused
from pegmark.cli.sources import Line, Source, inquiry
from pegmark.errors import FactsError
from pegmark.facts.snapshot import moment
from pegmark.history.tables import TableError, is_table, rows
from pegmark.problems import Problem, Span
from pegmark.usecases.assess import Question
from pegmark.usecases.catalogue import Catalogue
from pegmark.usecases.desk import Desk
from pegmark.usecases.difference import Difference
from pegmark.usecases.impact import Asked, Tally, compared, explained

AT_ONCE = 250
"""How many questions a process is given at a time."""
AHEAD = 2
MOST_TOLD = 21
"""How many problems are kept of what is refused: no more are told."""
STORED = "stored snapshots"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two rulebooks, each at a desk of its own, and what was typed beside the questions."""

    before: Desk
    after: Desk
    typed: Typed
    sizes: Sequence[float]
    longest: int
    today: str

    def question(self, source: Source) -> Question:
        """Return a question as both are asked it; raises `Refused`."""
        if isinstance(source, Line):
            try:
                found = with_typed(question_of(source.text, Limit(self.longest)), self.typed, {}).question
            except Refusal as refusal:
                raise Refused(
                    Problem(f.code, f.detail, source.place, f.help, yaml_path=f.pointer or "")
                    for f in refusal.faults
                ) from None
        else:
            found = asked_by(source, self.typed, self.today).question
        return found._replace(rulebook=None, version=None, sizes=self.sizes)


Counted = tuple[Tally, list[Problem]]


def with_impact(
    found: Difference, pair: Pair, names: Sequence[str], jobs: int | None
) -> tuple[Difference, list[Problem]]:
    """Return a report with what comes of asking both, and what is wrong with questions that were refused."""
    catalogue = pair.before.catalogue
    sources = _sources(names, catalogue, pair) if names else _stored(catalogue, pair.typed.as_of)
    tally = Tally(pair.sizes)
    problems: list[Problem] = []
    for counted, also in _counted(enumerate(sources), pair, jobs):
        tally.merge(counted)
        problems += also[: MOST_TOLD - len(problems)]
    impact = tally.impact(", ".join(names) or STORED)
    movers = []
    for mover in impact.movers:
        question = pair.question(mover.asked.again)
        movers.append(mover._replace(rules=explained(pair.before, pair.after, question, found.renamed)))
    return replace(found, impact=replace(impact, movers=movers)), problems


def _stored(catalogue: Catalogue, as_of: str | None) -> Iterator[Line]:
    """Yield a question on each stored snapshot, or on each asset as it stood at a date."""
    for asset in catalogue.assets():
        moments = [stored.as_of for stored in catalogue.snapshots(asset)]
        if as_of is not None:
            moments = [as_of] if catalogue.in_force(asset, moment(as_of)) is not None else []
        for at in moments:
            yield _line(STORED, 1, {"asset": asset, "as_of": at})


def _sources(names: Sequence[str], catalogue: Catalogue, pair: Pair) -> Iterator[Source]:
    tables = [name for name in names if is_table(name)]
    asked = inquiry([name for name in names if name not in tables], catalogue, is_lines=False)
    if pair.typed.as_of is not None and (tables or asked.has_lines):
        raise click.UsageError("a line states its own date: `--as-of` cannot be given with lines or rows")
    return chain(asked.sources(pair.longest), chain.from_iterable(map(_rows, tables)))


def _rows(name: str) -> Iterator[Line]:
    with minding(name):
        try:
            for number, request in rows(Path(name)):
                yield _line(name, number, request)
        except TableError as error:
            raise Refused([Problem("", str(error), Span(name, NOWHERE, NOWHERE), error.help)]) from None


def _line(name: str, number: int, request: object) -> Line:
    text = orjson.dumps(request)
    return Line(name, number, text, len(text))


def _counted(sources: Iterable[tuple[int, Source]], pair: Pair, jobs: int | None) -> Iterator[Counted]:
    """Yield the counts of questions, so many at a time, by as many processes as pay."""
    waiting = iter(sources)
    first = list(islice(waiting, 2 * AT_ONCE))
    count = jobs or (os.cpu_count() or 1 if len(first) == 2 * AT_ONCE else 1)
    everything = chain(first, waiting)
    if count == 1 or sys.platform != "linux":
        while taken := list(islice(everything, AT_ONCE)):
            yield _count(pair, taken)
        return
    # What rules compile to is made when it is first asked for: here once, not in every process.
    yield _count(pair, list(islice(everything, 1)))
    yield from _by_several(everything, pair, count)


def _count(pair: Pair, questions: Sequence[tuple[int, Source]]) -> Counted:
    tally = Tally(pair.sizes)
    problems: list[Problem] = []
    for place, source in questions:
        try:
            question = pair.question(source)
        except Refused as refused:
            tally.refused += 1
            problems += refused.problems
            continue
        asked = Asked(place, question.asset or _label(source), question.as_of, source)
        try:
            compared(tally, pair.before, pair.after, question, asked)
        except FactsError as error:
            tally.refused += 1
            place_of = source.place if isinstance(source, Line) else Span(source.name, NOWHERE, NOWHERE)
            problems += [
                Problem(p.code, p.message, place_of, p.help, yaml_path=p.pointer) for p in error.problems
            ]
    tally.trim()
    return tally, problems[:MOST_TOLD]


def _label(source: Source) -> str:
    return f"line {source.number}" if isinstance(source, Line) else source.name


def _by_several(sources: Iterator[tuple[int, Source]], pair: Pair, count: int) -> Iterator[Counted]:
    global _pair  # noqa: PLW0603 - what a fork inherits has to stand somewhere
    _pair = pair
    waiting: deque[Future[Counted]] = deque()
    with ProcessPoolExecutor(count, get_context("fork"), _begin) as processes:
        try:
            while True:
                while len(waiting) < count * AHEAD and (taken := list(islice(sources, AT_ONCE))):
                    waiting.append(processes.submit(_of_pair, taken))
                if not waiting:
                    return
                yield waiting.popleft().result()
        except BrokenProcessPool:
            raise Refused([Problem("", "a process that answers questions was ended")]) from None
        finally:
            _pair = None
            for one in waiting:
                one.cancel()


_pair: Pair | None = None
"""What a forked process inherits, and works on."""


def _begin() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Whoever started the processes ends them.
    # Looking for garbage all the while takes a sixth of the time: it is looked for between two helpings.
    gc.freeze()
    gc.disable()


def _of_pair(questions: Sequence[tuple[int, Source]]) -> Counted:
    assert _pair is not None  # noqa: S101 - inherited
    counted = _count(_pair, questions)
    gc.collect()
    return counted
