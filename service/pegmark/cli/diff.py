"""`pegmark diff`: what one rulebook says otherwise than another, and what that does to whom."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from datetime import date

import click

from pegmark.authoring.strictness import Strictness, proved
from pegmark.bootstrap import build_book
from pegmark.cli import offers
from pegmark.cli.amounts import Usd
from pegmark.cli.books import book_path, filling_in
from pegmark.cli.clerks import MOST_JOBS
from pegmark.cli.dates import Day, today
from pegmark.cli.differences import FORMS
from pegmark.cli.documents import read
from pegmark.cli.output import STANDARD_OUTPUT, writing
from pegmark.cli.population import Pair, with_impact
from pegmark.cli.prove import SECONDS, bases
from pegmark.cli.questions import Typed, with_typed
from pegmark.cli.sources import is_file
from pegmark.cli.stored import Stored
from pegmark.cli.terminal import Style, complain, style_of
from pegmark.cli.verbs import MISUSED, REFUSED, complain_of
from pegmark.settings import read_settings
from pegmark.usecases.assess import MOST_SIZES, Question
from pegmark.usecases.desk import Desk
from pegmark.usecases.difference import Difference, difference

SIZES = (1_000_000.0,)


@click.command(
    epilog="""\b
Examples:
  pegmark diff house my-rules/
  pegmark diff rules/house my-rules/ --format markdown --output comment.md
  pegmark diff house my-rules/ --population portfolio.csv --size 5M
  pegmark diff house rules/house --exit-code

\b
A and B are names of rulebooks, folders or files. Comments, layout, the order of keys and
which file what stands in make no difference. `stricter` and `looser` are said where the
form of a rule shows it, all else equal; `unclear` is either.

\b
A population is what `pegmark assess` reads (files, folders, JSON Lines), and tables in
.csv or .parquet: columns `asset`, `as_of`, `venue` and facts by the names that `pegmark
facts` lists. Where none is given, it is every stored snapshot as of its own date.

\b
Exit codes: 0 compared · 1 a rulebook or file cannot be used, or some questions of the
population are refused; with --exit-code also where there is a difference · 2 wrong use."""
)
@click.argument("before", metavar="A", shell_complete=offers.books)
@click.argument("after", metavar="B", shell_complete=offers.books)
@click.option(
    "--population",
    "names",
    metavar="PATH",
    multiple=True,
    help="Whom to ask both about; may be given several times.  [default: every stored snapshot]",
)
@click.option(
    "--venue",
    metavar="NAME|FILE",
    shell_complete=offers.venues,
    help="Who would take it: a stored venue, or a file.  [default: reference]",
)
@click.option(
    "--size",
    "sizes",
    type=Usd(),
    multiple=True,
    help="Size of a position, `250k`, `1M`; may be given up to 16 times.  [default: 1M]",
)
@click.option(
    "--as-of", type=Day(), metavar="DATE", help="Each asset as it stood then.  [default: as each states]"
)
@click.option(
    "--format",
    "form",
    type=click.Choice(list(FORMS)),
    default="text",
    show_default=True,
    help="For whom: people, programs, a pull request.",
)
@click.option("--output", metavar="FILE", help="Write to a file, which is there whole or not at all.")
@click.option(
    "--prove",
    "is_proved",
    is_flag=True,
    help="Prove which is at least as strict at every asset there can be; needs `pegmark[proof]`.",
)
@click.option("--exit-code", "is_told", is_flag=True, help="Exit with 1 where there is a difference.")
@click.option(
    "--jobs", type=click.IntRange(1, MOST_JOBS), metavar="N", help="Processes.  [default: as many as pay]"
)
@click.pass_context
def command(
    context: click.Context,
    before: str,
    after: str,
    names: tuple[str, ...],
    venue: str | None,
    sizes: tuple[float, ...],
    as_of: str | None,
    form: str,
    output: str | None,
    is_proved: bool,
    is_told: bool,
    jobs: int | None,
) -> None:
    """Compare two rulebooks: what B says otherwise than A, and what becomes of whom by it."""
    if len(sizes) > MOST_SIZES:
        raise click.UsageError(f"at most {MOST_SIZES} sizes are decided at once, and {len(sizes)} are given")
    settings = read_settings(os.environ)
    normal = filling_in()
    first, second = (build_book(book_path(name), normal) for name in (before, after))
    catalogue = Stored(settings.fixtures)
    if isinstance(venue, str) and not is_file(venue):
        catalogue.venue(venue)
    typed = Typed(as_of, read(venue) if venue and is_file(venue) else venue, sizes)
    with_typed(Question(""), typed, {})  # Refuses a venue's file that cannot be used before anybody is asked.
    before_desk, after_desk = (Desk(catalogue, {"": book}, "") for book in (first, second))
    pair = Pair(before_desk, after_desk, typed, sizes or SIZES, settings.max_body_bytes, today())
    report, problems = with_impact(difference(first, second), pair, names, jobs)
    if is_proved:
        report = replace(report, proved=_proved(context, report, jobs))
    file = None if output == STANDARD_OUTPUT else output
    with writing(file) as put:
        put(FORMS[form](report, style_of(sys.stdout) if file is None else Style()))
    complain_of(problems)
    refused = report.impact.refused if report.impact is not None else 0
    if refused:
        complain(f"{refused:,} {'question is' if refused == 1 else 'questions are'} refused")
    context.exit(REFUSED if refused or (is_told and report.is_any) else 0)


def _proved(context: click.Context, report: Difference, jobs: int | None) -> Strictness:
    before, after = report.before.program, report.after.program
    day, processes = date.fromisoformat(today()), jobs or os.cpu_count() or 1
    try:
        return proved(before, after, bases(after), day, SECONDS, processes)
    except ImportError:
        complain("proofs need z3, which is not installed", "pip install 'pegmark[proof]'")
        context.exit(MISUSED)
