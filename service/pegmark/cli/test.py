"""`pegmark test`: try a rulebook by the suites that stand beside it."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import click

from pegmark.authoring.files import folder_of
from pegmark.cli.books import book_path
from pegmark.cli.crew import verdicts
from pegmark.cli.terminal import complain, say, style_of
from pegmark.cli.tried import Prepared, Sources, Tried, book_beside, prepare, read_sources
from pegmark.cli.verbs import MISUSED, REFUSED
from pegmark.cli.verdicts import as_data, as_junit, as_text
from pegmark.errors import NotFound, PegmarkError
from pegmark.language import nearest
from pegmark.problems import Problem
from pegmark.settings import read_settings
from pegmark.usecases.trials import Trial, selected


def _text(tried: Tried) -> None:
    for line in as_text(tried, style_of(sys.stdout)):
        say(line)


FORMS: Mapping[str, Callable[[Tried], None]] = {
    "text": _text,
    "json": lambda tried: say(json.dumps(as_data(tried), indent=2)),
    "junit": lambda tried: say(as_junit(tried)),
}


@click.command(
    epilog="""\b
Examples:
  pegmark test rules/house
  pegmark test rules/house/tests/caps.yaml
  pegmark test rules/house --filter 'haircut: *'
  pegmark test rules/house --format junit

\b
PATH is the folder of a rulebook, with its suites in `tests`, or one suite file. A suite
that stands in a folder `tests` is tried on the rulebook around it, any other on the usual
one; --rulebook names another.

\b
Exit codes: 0 every case holds · 1 a case fails · 2 wrong use, or a rulebook, suite or
stored file that cannot be used."""
)
@click.argument("path", metavar="PATH", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--filter",
    "pattern",
    metavar="TEXT",
    help="Only cases whose title holds TEXT, or is like it where it has `*`.",
)
@click.option("--watch", "is_watching", is_flag=True, help="Try again on every change, until interrupted.")
@click.option("--rulebook", metavar="NAME|PATH", help="The rules to try.  [default: those beside the suites]")
@click.option(
    "--format",
    "form",
    type=click.Choice(list(FORMS)),
    default="text",
    show_default=True,
    help="Form of output.",
)
@click.option("--jobs", type=click.IntRange(1, 64), metavar="N", help="Processes.  [default: as many as pay]")
@click.pass_context
def command(
    context: click.Context,
    path: Path,
    pattern: str | None,
    is_watching: bool,
    rulebook: str | None,
    form: str,
    jobs: int | None,
) -> None:
    """Try a rulebook by its suites: ask every case's question, and print what is not as expected."""
    if is_watching and form != "text":
        raise click.UsageError("`--watch` prints text alone")
    try:
        book = None if rulebook is None else book_path(rulebook)
    except NotFound as missing:
        raise click.UsageError(str(missing)) from None
    fixtures = read_settings(os.environ).fixtures

    def attempt() -> Tried:
        tried = _attempt(read_sources(path, book, fixtures), pattern, jobs)
        FORMS[form](tried)
        return tried

    if is_watching:
        _watch(attempt, [book or book_beside(path), folder_of(path) or path, fixtures])
        return
    tried = attempt()
    context.exit(MISUSED if tried.problems else REFUSED if tried.failed else 0)


def _attempt(read: tuple[Sources, list[Problem]], pattern: str | None, jobs: int | None) -> Tried:
    sources, problems = read
    prepared = Prepared(sources, problems=problems) if problems else prepare(sources)
    if prepared.problems:
        return Tried(prepared, problems=prepared.problems)
    trials = prepared.trials if pattern is None else list(selected(prepared.trials, pattern))
    if not trials:
        return Tried(prepared, problems=[_nothing(pattern, prepared.trials)])
    assert prepared.desk is not None  # noqa: S101 - there are trials only where there is a desk
    return Tried(prepared, verdicts(prepared.desk, trials, jobs))


def _nothing(pattern: str | None, trials: Sequence[Trial]) -> Problem:
    if pattern is None:
        return Problem("T0001", "the suites hold no case", None, "add one under `cases` or `tables`")
    near = nearest(pattern, [trial.case.title for trial in trials])
    hint = (
        f"did you mean `{near}`?" if near else "titles are `suite: case`, and of tables `suite: table / row`"
    )
    return Problem("T0001", f"no case is called `{pattern}`", None, hint)


def _watch(attempt: Callable[[], Tried], paths: Sequence[Path]) -> None:
    """Try again and again until interrupted; what is broken is printed, and tried again when it is mended."""
    from pegmark.cli.watching import watching  # noqa: PLC0415 - a watcher is for those alone who watch

    def again(changed: Sequence[str]) -> None:
        if changed:
            say(f"\nchanged: {', '.join(changed)}")
        try:
            attempt()
        except (PegmarkError, OSError) as stop:
            complain(str(stop))
        sys.stdout.flush()

    with suppress(KeyboardInterrupt):
        watching(paths, again)
