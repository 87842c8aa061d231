"""Answers to many questions, each by itself: one that is refused does not concern the others."""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from itertools import islice
from multiprocessing import parent_process
from multiprocessing.connection import wait
from threading import Thread
from typing import Any, NamedTuple

import orjson

from pegmark.api.answers import answer, question_of, refused
from pegmark.api.faults import Fault
from pegmark.api.refusals import Limit, Refusal, body_of
from pegmark.bootstrap import build_book, build_desk
from pegmark.cli.books import book_path, filling_in
from pegmark.cli.documents import document, read
from pegmark.cli.questions import Asked, Typed, about_asset, about_file, with_typed
from pegmark.cli.refusal import Refused, where
from pegmark.cli.row import refused_row, row
from pegmark.cli.sources import Asset, File, Line, Source
from pegmark.errors import FactsError
from pegmark.problems import Problem
from pegmark.settings import read_settings
from pegmark.storage.fixtures import Fixtures
from pegmark.usecases.assess import Question, assess
from pegmark.usecases.desk import Desk

MOST_JOBS = 64
AT_ONCE = 64
"""How many questions a process is given at a time."""
AHEAD = 3
"""How many times that many are read before they are answered, for each process."""


@dataclass(frozen=True, slots=True)
class Order:
    """What was typed beside the questions: all that another process needs to answer them alike."""

    typed: Typed
    today: str
    rulebook: str | None = None
    is_json: bool = False


class Outcome(NamedTuple):
    """The answer to one question: the line to print, and what is wrong where it was refused."""

    line: str | bytes
    problems: tuple[Problem, ...] = ()


class Clerk:
    """Answers questions at a desk of its own."""

    def __init__(self, order: Order) -> None:
        """Load what is needed to answer; raises `PegmarkError` where that cannot be used."""
        settings = read_settings(os.environ)
        self._order = order
        self._limit = Limit(settings.max_body_bytes)
        # Unless a rulebook was typed, each question may name one of those that a server would have.
        self._desk = (
            desk_with(Fixtures(settings.fixtures), order.rulebook) if order.rulebook else build_desk(settings)
        )

    def outcome(self, source: Source) -> Outcome:
        """Return the answer to a question."""
        return self._of_line(source) if isinstance(source, Line) else self._of_named(source)

    def _of_line(self, line: Line) -> Outcome:
        try:
            question = with_typed(question_of(line.text, self._limit), self._order.typed, {}).question
            found = answer(self._desk, self._by_book(question))
        except Refusal as refusal:
            found = refused(refusal)
        problems = () if found.refusal is None else tuple(_located(found.refusal, line))
        if self._order.is_json:
            return Outcome(found.body, problems)
        label = f"line {line.number}"
        return Outcome(refused_row(label) if problems else row(label, orjson.loads(found.body)), problems)

    def _of_named(self, source: Asset | File) -> Outcome:
        try:
            found = asked_by(source, self._order.typed, self._order.today)
            body = decided(self._desk, replace(found, question=self._by_book(found.question)))
        except Refused as stop:
            said = body_of(_refusal(stop.problems)) if self._order.is_json else refused_row(source.name)
            return Outcome(said, stop.problems)
        return Outcome(orjson.dumps(body) if self._order.is_json else row(source.name, body))

    def _by_book(self, question: Question) -> Question:
        return question._replace(rulebook=None) if self._order.rulebook else question


def desk_with(catalogue: Fixtures, rulebook: str | None) -> Desk:
    """Return a desk with one rulebook, named or at a path; raises `NotFound`, or `RulebookError`."""
    path = book_path(rulebook)
    return Desk(catalogue, {path.name: build_book(path, filling_in())}, path.name)


def asked_by(source: Asset | File, typed: Typed, today: str) -> Asked:
    """Return the question about a stored asset or of a file; raises `Refused`."""
    if isinstance(source, Asset):
        return about_asset(source.name, today, typed)
    known = read(source.name) if source.data is None else document(source.name, source.data)
    return about_file(known, typed)


def decided(desk: Desk, asked: Asked) -> dict[str, Any]:
    """Return the decision; raises `Refused` with what is wrong, where it was typed or written."""
    try:
        return assess(desk, asked.question)
    except FactsError as error:
        raise Refused(map(asked.located, error.problems)) from None


def _located(refusal: Refusal, line: Line) -> Iterator[Problem]:
    for fault in refusal.faults:
        yield Problem(fault.code, fault.detail, line.place, fault.help, yaml_path=fault.pointer or "")


def _refusal(problems: Sequence[Problem]) -> Refusal:
    """Return the problems of a file as a refusal; what has no code of its own is the file's as a whole."""
    return Refusal(
        "H4220", [Fault(p.code or "H4220", where(p) + p.message, p.help, p.yaml_path) for p in problems]
    )


def outcomes(sources: Iterable[Source], order: Order, jobs: int) -> Iterator[tuple[Source, Outcome]]:
    """Return the answers to questions, in order, worked out by so many processes.

    No more is read than what is being answered and a little ahead.
    """
    # Also of several processes one is begun here, so that what is wrong with rules is said, and said once.
    clerk = Clerk(order)
    if jobs == 1:
        return ((source, clerk.outcome(source)) for source in sources)
    return _by_several(iter(sources), order, jobs)


def _by_several(sources: Iterator[Source], order: Order, jobs: int) -> Iterator[tuple[Source, Outcome]]:
    waiting: deque[tuple[list[Source], Future[list[Outcome]]]] = deque()
    with ProcessPoolExecutor(jobs, initializer=_begin, initargs=(order,)) as processes:
        try:
            while True:
                while len(waiting) < jobs * AHEAD and (taken := list(islice(sources, AT_ONCE))):
                    waiting.append((taken, processes.submit(_answered, taken)))
                if not waiting:
                    return
                taken, answers = waiting.popleft()
                yield from zip(taken, answers.result(), strict=True)
        except BrokenProcessPool:
            raise Refused([Problem("", "a process that answers questions was ended")]) from None
        finally:
            for _, answers in waiting:
                answers.cancel()


_clerk: Clerk
"""The one of a process that answers for another."""


def _begin(order: Order) -> None:
    global _clerk  # noqa: PLW0603 - what a process is begun with can be kept nowhere else
    # Whoever interrupts means the command, which ends its processes.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_the_command, daemon=True).start()
    _clerk = Clerk(order)


def _end_with_the_command() -> None:
    """End this process where the command is killed: it would wait for work for ever."""
    command = parent_process()
    if command is not None:
        wait([command.sentinel])
        os._exit(1)


def _answered(sources: Sequence[Source]) -> list[Outcome]:
    return [_clerk.outcome(source) for source in sources]
