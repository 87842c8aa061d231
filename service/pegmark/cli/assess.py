"""`pegmark assess`: decide an asset, and print the terms and their reasons; or many, in a line each."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import get_args

import click
import orjson

from pegmark.cli import offers
from pegmark.cli.amounts import Usd
from pegmark.cli.clerks import MOST_JOBS, Order, asked_by, decided, desk_with, outcomes
from pegmark.cli.dates import Day, today
from pegmark.cli.decision import report
from pegmark.cli.documents import STANDARD_INPUT, read
from pegmark.cli.lexicon import Lexicon, lexicon
from pegmark.cli.output import STANDARD_OUTPUT, Write, write, writing
from pegmark.cli.picture import picture
from pegmark.cli.progress import progress
from pegmark.cli.questions import Asked, Typed, with_typed
from pegmark.cli.row import heading
from pegmark.cli.sources import Asset, File, Inquiry, inquiry, is_file
from pegmark.cli.surroundings import surroundings
from pegmark.cli.terminal import Style, complain, say, style_of
from pegmark.cli.verbs import MISUSED, MOST_COMPLAINTS, REFUSED, complain_of
from pegmark.engine.decide import Explain
from pegmark.problems import Problem
from pegmark.settings import Settings, read_settings
from pegmark.storage.fixtures import Fixtures
from pegmark.usecases.assess import MOST_SIZES, Question
from pegmark.usecases.desk import Desk


@click.command(
    epilog="""\b
Examples:
  pegmark assess USDe --as-of 2025-10-09
  pegmark assess USDe --as-of 2025-10-09 --venue exchange-2025-10 --size 1M --size 10M
  pegmark assess my-token.yaml --venue my-venue.yaml --explain full
  pegmark assess BUIDL --json
  pegmark assess BUIDL --svg buidl.svg
  pegmark assess - < request.json
  pegmark assess USDC my-token.yaml my-tokens/
  pegmark assess questions.jsonl --jsonl --jobs 2

\b
A FILE is one whose name holds a `/` or ends in .yaml, .yml or .json, any file that is
there, or `-` for standard input. It states facts as the files in fixtures/snapshots do,
or is the body of a `POST /v1/assessments`. What is typed wins over what it says.

\b
Several are answered in a line each: a table or, with --json, JSON Lines. So are folders,
of all such files in them, and files in .jsonl or .ndjson, which hold the body of a
request a line; standard input may too. What is refused is told at the end, and with
--json by a problem document in its place.

\b
Exit codes: 0 decided (also where the asset is not accepted) · 1 a question cannot be
answered; of many, the others are · 2 wrong use."""
)
@click.argument("names", metavar="ASSET|FILE…", nargs=-1, shell_complete=offers.assets)
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
    help="Size of a position, `250k`, `1M`; may be given up to 16 times.  [default: 1M and 10M]",
)
@click.option(
    "--as-of",
    type=Day(),
    metavar="DATE",
    shell_complete=offers.dates,
    help="As it stood then.  [default: today; for a file the date that it states]",
)
@click.option(
    "--rulebook",
    metavar="NAME|PATH",
    shell_complete=offers.books,
    help="The rules to decide by.  [default: house]",
)
@click.option(
    "--explain",
    type=click.Choice(get_args(Explain)),
    help="How much to say: outcomes; with reasons; with every rule evaluated and what it would take.  "
    "[default: short]",
)
@click.option("--json", "is_json", is_flag=True, help="The decision, byte for byte as the API gives it.")
@click.option(
    "--jsonl",
    "is_jsonl",
    is_flag=True,
    help="The same in JSON Lines, also of one question; `-` is read so too.",
)
@click.option(
    "--svg",
    metavar="FILE",
    help="Draw it as well: the waterfall at the first size, and the ladder; `-` prints that instead.",
)
@click.option("--output", metavar="FILE", help="Write to a file, which is there whole or not at all.")
@click.option(
    "--frame",
    metavar="TABLE",
    help="Decide every row of a table (.parquet, .csv, .arrow) at once; needs --out and `pegmark[history]`.",
)
@click.option("--out", metavar="TABLE", help="Where the answer to --frame goes: whole or not at all.")
@click.option(
    "--drop-refused", "is_dropping", is_flag=True, help="Leave rows of --frame out that cannot be decided."
)
@click.option(
    "--jobs",
    type=click.IntRange(1, MOST_JOBS),
    default=1,
    metavar="N",
    help="Processes that answer many questions together.  [default: 1]",
)
@click.pass_context
def command(
    context: click.Context,
    names: tuple[str, ...],
    venue: str | None,
    sizes: tuple[float, ...],
    as_of: str | None,
    rulebook: str | None,
    explain: Explain | None,
    is_json: bool,
    is_jsonl: bool,
    svg: str | None,
    output: str | None,
    frame: str | None,
    out: str | None,
    is_dropping: bool,
    jobs: int,
) -> None:
    """Decide one asset: what it is, how good it is, on what terms to take it, and why.

    Or many: in a line each, or a table of them.
    """
    if frame is not None or out is not None or is_dropping:
        _mind_frame(context)
        _answer_frame(context, str(frame), str(out), venue, sizes, as_of, rulebook, is_dropping=is_dropping)
        return
    if not names:
        raise click.MissingParameter(param_type="argument", param_hint="'ASSET|FILE…'", ctx=context)
    if len(sizes) > MOST_SIZES:
        raise click.UsageError(f"at most {MOST_SIZES} sizes are decided at once, and {len(sizes)} are given")
    if venue == STANDARD_INPUT and venue in names:
        raise click.UsageError("standard input can be the asset or the venue, not both")
    if svg == STANDARD_OUTPUT and (is_json or output is not None):
        raise click.UsageError("standard output can be the picture or the decision, not both")
    settings = read_settings(os.environ)
    catalogue = Fixtures(settings.fixtures)
    typed = Typed(as_of, read(venue) if venue and is_file(venue) else venue, sizes, explain)
    asked = inquiry(names, catalogue, is_lines=is_jsonl)
    for made in (output, svg):
        _mind_output(made, asked)
    order = Order(typed, today(), rulebook, is_json or is_jsonl)
    if asked.is_one:
        (source,) = asked.named
        assert isinstance(source, Asset | File)  # noqa: S101 - a file of lines is not one question
        _answer(source, order, catalogue, svg, output)
        return
    if svg is not None:
        raise click.UsageError("a picture is of one decision: `--svg` cannot be given with several")
    _mind_typed(asked, typed, catalogue)
    is_seen = output is None and sys.stdout.isatty()
    with writing(output) as put:
        refused = _answer_all(asked, order, settings, jobs, put, is_seen=is_seen)
    if refused:
        context.exit(REFUSED)


_WITH_A_FRAME = frozenset({"frame", "out", "is_dropping", "venue", "sizes", "as_of", "rulebook"})


def _mind_frame(context: click.Context) -> None:
    """Refuse what a frame does not go with, and half of what it needs."""
    if context.params["frame"] is None or context.params["out"] is None:
        raise click.UsageError("a frame needs both: `--frame TABLE --out TABLE`")
    for param in context.command.params:
        name = param.name or ""
        is_typed = context.get_parameter_source(name) is not click.core.ParameterSource.DEFAULT
        if is_typed and name in context.params and name not in _WITH_A_FRAME and context.params[name]:
            said = param.opts[-1] if isinstance(param, click.Option) else "ASSET|FILE"
            raise click.UsageError(f"`{said}` cannot be given with a frame")


def _answer_frame(
    context: click.Context,
    frame: str,
    out: str,
    venue: str | None,
    sizes: tuple[float, ...],
    as_of: str | None,
    rulebook: str | None,
    *,
    is_dropping: bool,
) -> None:
    try:
        from pegmark.cli.framed import Frame, decide_frame  # noqa: PLC0415 - few have one
    except ModuleNotFoundError:
        complain("frames need pyarrow, which is not installed", "pip install 'pegmark[history]'")
        context.exit(MISUSED)
    if venue is not None and is_file(venue):
        raise click.UsageError("with a frame `--venue` is a stored venue's name")
    if len(sizes) > MOST_SIZES:
        raise click.UsageError(f"at most {MOST_SIZES} sizes are decided at once, and {len(sizes)} are given")
    desk = desk_with(Fixtures(read_settings(os.environ).fixtures), rulebook)
    if venue is not None:
        desk.catalogue.venue(venue)
    asked = Frame(
        Path(frame),
        Path(out),
        desk.book(None),
        desk.catalogue,
        as_of,
        venue,
        sizes or (1_000_000.0,),
        is_dropping,
    )
    found = decide_frame(asked, is_shown=sys.stderr.isatty())
    complain_of(found.problems)
    dropped = f", {found.dropped:,} left out" if found.dropped else ""
    say(f"{out}: {found.decided:,} rows decided{dropped}")
    if found.dropped:
        context.exit(REFUSED)


def _answer(
    source: Asset | File, order: Order, catalogue: Fixtures, svg: str | None, output: str | None
) -> None:
    """Write the report on one question, or its decision as JSON, and its picture; raises `Refused`."""
    asked = asked_by(source, order.typed, order.today)
    desk = desk_with(catalogue, order.rulebook or asked.question.rulebook)
    asked = replace(asked, question=asked.question._replace(rulebook=None))
    body = decided(desk, asked)
    words = lexicon(desk.book(None).program)
    if svg is not None:
        drawn = _drawn(desk, asked, words)
        if svg == STANDARD_OUTPUT:
            click.echo(drawn, nl=False)
            return
        write(svg, drawn)
    style = style_of(sys.stdout) if output is None else Style()
    with writing(output) as put:
        if order.is_json:
            put(orjson.dumps(body))
        else:
            put(report(body, surroundings(desk, asked), words, style))


def _drawn(desk: Desk, asked: Asked, words: Lexicon) -> bytes:
    # A waterfall has its reasons, also where nobody asked to read them.
    body = decided(desk, replace(asked, question=asked.question._replace(explain="short")))
    program = desk.book(None).program
    return picture(body, f"rules {program.id} {program.version}", words).encode()


def _answer_all(
    asked: Inquiry, order: Order, settings: Settings, jobs: int, put: Write, *, is_seen: bool
) -> int:
    """Write the answer to each question, then tell what is wrong; return how many were refused."""
    answered = refused = left_out = 0
    problems: list[Problem] = []
    found = outcomes(asked.sources(settings.max_body_bytes), order, jobs)
    if not order.is_json:
        put(heading())
    # Where the lines are seen, they are progress enough, and a bar would stand among them.
    with progress(asked, is_shown=sys.stderr.isatty() and not is_seen) as tell:
        for source, outcome in found:
            put(outcome.line)
            answered += 1
            refused += bool(outcome.problems)
            told = outcome.problems[: MOST_COMPLAINTS - len(problems)]
            problems += told
            left_out += len(outcome.problems) - len(told)
            tell(source, answered, refused)
    complain_of(problems)
    if left_out:
        complain(f"and {left_out:,} more")
    if refused:
        complain(f"{refused:,} of {answered:,} questions {'is' if refused == 1 else 'are'} refused")
    return refused


def _mind_typed(asked: Inquiry, typed: Typed, catalogue: Fixtures) -> None:
    """Refuse what was typed at once where it would be refused of every question."""
    if typed.as_of is not None and asked.has_lines:
        raise click.UsageError("a line states its own date: `--as-of` cannot be given with JSON Lines")
    if isinstance(typed.venue, str):
        catalogue.venue(typed.venue)
    with_typed(Question(""), typed, {})


def _mind_output(made: str | None, asked: Inquiry) -> None:
    """Refuse to write over what is read."""
    for path in asked.paths() if made is not None else ():
        with suppress(OSError, ValueError):  # One of both is not there, or cannot be: that is told later.
            if path.samefile(str(made)):
                raise click.UsageError(f"`{made}` is read, and cannot be written too")
