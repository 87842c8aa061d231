"""`pegmark coverage`: what of a rulebook its suites exercise, and what they leave out."""

from __future__ import annotations

import json
import sys
from fractions import Fraction
from pathlib import Path

import click

from pegmark.authoring.coverage.items import KINDS
from pegmark.authoring.coverage.report import Coverage
from pegmark.cli.exercised import PLURALS, as_data, marked, percent, summary
from pegmark.cli.terminal import complain, say, style_of
from pegmark.cli.tried import ready, sources_at
from pegmark.cli.verbs import REFUSED
from pegmark.usecases.coverage import covered


@click.command(
    epilog="""\b
Examples:
  pegmark coverage rules/house
  pegmark coverage rules/house --missing
  pegmark coverage rules/house --format json | jq .totals

\b
Counted are rules that come to bear; branches: bins, cells, segments, limits, `if` and what is
done where a fact is unknown; and of each condition whether it was true, false and unknown.
With --missing, `!` marks the line of a rule that never comes to bear, `~` one of which a part
is left out. What no facts can bring about is not counted, and listed with the reason.

\b
Exit codes: 0 done · 1 less is exercised than --fail-under asks · 2 wrong use, or a rulebook,
suite or stored file that cannot be used."""
)
@click.argument("path", metavar="PATH", type=click.Path(exists=True, path_type=Path))
@click.option("--missing", "is_marked", is_flag=True, help="Show the lines of which something is left out.")
@click.option(
    "--fail-under",
    "least",
    type=click.FloatRange(0, 100),
    metavar="PERCENT",
    help="Least part of rules, of branches and of conditions that must be exercised.",
)
@click.option("--rulebook", metavar="NAME|PATH", help="The rules to try.  [default: those beside the suites]")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Form of output.",
)
@click.pass_context
def command(
    context: click.Context,
    path: Path,
    is_marked: bool,
    least: float | None,
    rulebook: str | None,
    form: str,
) -> None:
    """Tell what of a rulebook its suites exercise: rules, branches, conditions."""
    prepared = ready(sources_at(path, rulebook))
    assert prepared.desk is not None  # noqa: S101 - there are trials only where there is a desk
    coverage = covered(prepared.desk, prepared.trials)
    if form == "json":
        say(json.dumps(as_data(prepared, coverage), indent=2))
    else:
        style = style_of(sys.stdout)
        for line in summary(prepared, coverage, style):
            say(line)
        for line in marked(prepared, coverage, style) if is_marked else ():
            say(line)
    context.exit(REFUSED if least is not None and _falls_short(coverage, least) else 0)


def _falls_short(coverage: Coverage, least: float) -> bool:
    """Complain of each kind of which less than `least` percent is exercised."""
    short = False
    for kind in KINDS:
        share = coverage.total(kind).share
        if share * 100 < Fraction(str(least)):
            complain(f"of {PLURALS[kind]} {percent(share)} are exercised, under {least:g} %")
            short = True
    return short
