"""`pegmark assess`: decide one asset, and print the terms and their reasons."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import click
import orjson

from pegmark.bootstrap import build_book
from pegmark.cli import offers
from pegmark.cli.amounts import Usd
from pegmark.cli.books import book_path, filling_in
from pegmark.cli.dates import Day
from pegmark.cli.decision import report
from pegmark.cli.documents import STANDARD_INPUT, read
from pegmark.cli.lexicon import lexicon
from pegmark.cli.questions import Asked, Typed, about_asset, about_file
from pegmark.cli.refusal import Refused
from pegmark.cli.surroundings import surroundings
from pegmark.cli.terminal import say, style_of
from pegmark.engine.decide import Explain
from pegmark.errors import FactsError
from pegmark.settings import read_settings
from pegmark.storage.fixtures import Fixtures
from pegmark.usecases.assess import assess
from pegmark.usecases.desk import Desk

MOST_SIZES = 16


@click.command(
    epilog="""\b
Examples:
  pegmark assess USDe --as-of 2025-10-09
  pegmark assess USDe --as-of 2025-10-09 --venue exchange-2025-10 --size 1M --size 10M
  pegmark assess my-token.yaml --venue my-venue.yaml --explain full
  pegmark assess BUIDL --json
  pegmark assess - < request.json

\b
A FILE is one whose name holds a `/` or ends in .yaml, .yml or .json, any file that is
there, or `-` for standard input. It states facts as the files in fixtures/snapshots do,
or is the body of a `POST /v1/assessments`. What is typed wins over what it says.

\b
Exit codes: 0 decided (also where the asset is not accepted) · 1 the question cannot be
answered · 2 wrong use."""
)
@click.argument("asset", metavar="ASSET|FILE", shell_complete=offers.assets)
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
    help="How much to say: outcomes; with reasons; with every rule evaluated.  [default: short]",
)
@click.option("--json", "is_json", is_flag=True, help="The decision, byte for byte as the API gives it.")
def command(
    asset: str,
    venue: str | None,
    sizes: tuple[float, ...],
    as_of: str | None,
    rulebook: str | None,
    explain: Explain | None,
    is_json: bool,
) -> None:
    """Decide one asset: what it is, how good it is, on what terms to take it, and why."""
    if len(sizes) > MOST_SIZES:
        raise click.UsageError(f"at most {MOST_SIZES} sizes are decided at once, and {len(sizes)} are given")
    if asset == venue == STANDARD_INPUT:
        raise click.UsageError("standard input can be the asset or the venue, not both")
    settings = read_settings(os.environ)
    catalogue = Fixtures(settings.fixtures)
    typed = Typed(as_of, read(venue) if venue and _is_file(venue) else venue, sizes, explain)
    if _is_file(asset) and not (asset in catalogue.assets() and Path(asset).is_dir()):
        asked = about_file(read(asset), typed)
    else:
        asked = about_asset(asset, today(), typed)
    desk = _desk(catalogue, rulebook or asked.question.rulebook)
    body = _decide(desk, asked)
    if is_json:
        click.echo(orjson.dumps(body))
        return
    words = lexicon(desk.book(None).program)
    say(report(body, surroundings(desk, asked, body), words, style_of(sys.stdout)))


def today() -> str:
    """Return the date in UTC."""
    return datetime.now(UTC).date().isoformat()


def _is_file(name: str) -> bool:
    if name == STANDARD_INPUT or "/" in name or Path(name).suffix.lower() in (".yaml", ".yml", ".json"):
        return True
    try:
        return Path(name).exists()
    except OSError:
        return False  # Too long for a name of a file: then it is an asset's that is not known.


def _desk(catalogue: Fixtures, rulebook: str | None) -> Desk:
    path = book_path(rulebook)
    return Desk(catalogue, {path.name: build_book(path, filling_in())}, path.name)


def _decide(desk: Desk, asked: Asked) -> dict[str, Any]:
    """Return the decision; raises `Refused` with what is wrong, where it was typed or written."""
    try:
        return assess(desk, replace(asked.question, rulebook=None))
    except FactsError as error:
        raise Refused(map(asked.located, error.problems)) from None
