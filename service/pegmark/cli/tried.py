"""One attempt at a rulebook's suites: everything is read anew, and what is wrong with it is a value."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

import click

from pegmark.authoring.files import SuiteFiles, folder_of, read_suite_files
from pegmark.authoring.reading import read_suites
from pegmark.authoring.suite import Suite
from pegmark.authoring.verdict import Verdict
from pegmark.cli.books import base_of, book_path, filling_in
from pegmark.cli.verbs import MISUSED, complain_of
from pegmark.engine.compiled import compile_program
from pegmark.errors import FactsError, NotFound
from pegmark.facts.vocabulary import FACTS
from pegmark.problems import Problem
from pegmark.rulebook.load import check_files, read_files
from pegmark.rulebook.program import Program
from pegmark.settings import read_settings
from pegmark.storage.fixtures import Fixtures
from pegmark.usecases.desk import Book, Desk, declared
from pegmark.usecases.trials import Trial, prepare_trials


@dataclass(frozen=True, slots=True)
class Sources:
    """All that an attempt reads: texts as bytes, so that every process that takes part has the same."""

    book: Path
    rules: Mapping[str, bytes]
    base: Mapping[str, bytes]
    normal: tuple[str, bytes]
    suites: SuiteFiles
    fixtures: Path

    @property
    def texts(self) -> Mapping[str, bytes]:
        """Return every text by name, to quote from."""
        return {**self.base, **self.rules, self.normal[0]: self.normal[1], **self.suites.texts}


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is ready to be tried; with problems there is nothing to try."""

    sources: Sources
    desk: Desk | None = None
    suites: Sequence[Suite] = ()
    trials: Sequence[Trial] = ()
    problems: Sequence[Problem] = ()

    @property
    def book(self) -> Book:
        """Return the rulebook that is tried, ready to run."""
        assert self.desk is not None  # noqa: S101 - nothing is reported of a rulebook that is refused
        return self.desk.book(None)

    @property
    def program(self) -> Program:
        """Return the rulebook that is tried."""
        return self.book.program


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of an attempt: the verdict on each case that was asked for, in the order of the suites."""

    prepared: Prepared
    verdicts: Sequence[Verdict] = ()
    problems: Sequence[Problem] = field(default=())

    @property
    def failed(self) -> Sequence[Verdict]:
        """Return the verdicts on cases that do not hold."""
        return [verdict for verdict in self.verdicts if not verdict.holds]


def book_beside(path: Path) -> Path:
    """Return the rulebook that suites stand beside, or the usual one."""
    folder = folder_of(path)
    return book_path(None) if folder is None else folder.parent


def read_sources(path: Path, book: Path | None, fixtures: Path) -> tuple[Sources, list[Problem]]:
    """Return what is at a path, and what is wrong with the files as such."""
    suites, problems = read_suite_files(path)
    book = book_beside(path) if book is None else book
    rules, refused = read_files(book)
    base, unread = base_of(book, rules)
    return Sources(book, rules, base, filling_in(), suites, fixtures), [*refused, *unread, *problems]


def prepare(sources: Sources) -> Prepared:
    """Return the cases of suites with the desk that answers them, or every problem."""
    program, problems = check_files(sources.rules, sources.normal, sources.base)
    if program is None:
        return Prepared(sources, problems=problems)
    custom = declared(program.custom)
    suites, problems = read_suites(sources.suites.texts, program, {**FACTS, **custom}, sources.suites.wanted)
    if problems:
        return Prepared(sources, problems=problems)
    try:
        catalogue = Fixtures(sources.fixtures)
    except FactsError as error:
        found = [Problem(one.code, one.message, None, one.help) for one in error.problems]
        return Prepared(sources, problems=found)
    book = Book({}, program, compile_program(program), custom)
    desk = Desk(catalogue, {program.id: book}, program.id)
    trials, problems = prepare_trials(desk, suites)
    return Prepared(sources, desk, suites, trials, problems)


def sources_at(path: Path, rulebook: str | None) -> Sources:
    """Return what is at a path; where it cannot be used, complain of everything and leave."""
    try:
        book = None if rulebook is None else book_path(rulebook)
    except NotFound as missing:
        raise click.UsageError(str(missing)) from None
    sources, problems = read_sources(path, book, read_settings(os.environ).fixtures)
    if problems:
        _leave(problems)
    return sources


def ready(sources: Sources) -> Prepared:
    """Return what is ready to be tried; where it is not, complain of everything and leave."""
    prepared = prepare(sources)
    if prepared.problems:
        _leave(prepared.problems)
    return prepared


def _leave(problems: Sequence[Problem]) -> NoReturn:
    complain_of(problems)
    raise click.exceptions.Exit(MISUSED)
