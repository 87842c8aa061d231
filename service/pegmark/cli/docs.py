"""`pegmark docs`: a rulebook as a document for people, and whether one that was written is still right."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click

from pegmark.authoring.files import TESTS
from pegmark.cli import offers
from pegmark.cli.books import book_path, program_of
from pegmark.cli.output import write
from pegmark.cli.refusal import NOWHERE, Refused, reason
from pegmark.cli.terminal import complain, say
from pegmark.cli.tried import prepare, read_sources
from pegmark.cli.verbs import REFUSED
from pegmark.handbook import Page, as_html, as_markdown, handbook
from pegmark.handbook.evidence import Evidence, tried
from pegmark.handbook.proofs import Proofs, ProofsError, read_proofs
from pegmark.problems import Problem, Span
from pegmark.rulebook.program import Program
from pegmark.settings import read_settings

FORMS = {"markdown": (as_markdown, "md"), "html": (as_html, "html")}


@click.command(
    epilog="""\b
Examples:
  pegmark docs rules/house
  pegmark docs rules/house --format html --output .

\b
Exit codes: 0 written · 1 no such rulebook, the rulebook or a suite is refused, or with
--check the file is stale · 2 wrong use.
Sources that are files are named from the current folder, as they are in the rulebook."""
)
@click.argument("rulebook", required=False, metavar="[NAME|PATH]", shell_complete=offers.books)
@click.option(
    "--format",
    "form",
    type=click.Choice(list(FORMS)),
    default="markdown",
    show_default=True,
    help="Markdown, or one page of HTML that needs nothing else.",
)
@click.option(
    "--output",
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Write there, under the rulebook's name, replacing the file as a whole.  [default: standard output]",
)
@click.option(
    "--proofs",
    metavar="FILE",
    help="What `pegmark prove --format json` printed.  [default: nothing is proved]",
)
@click.option("--check", "is_check", is_flag=True, help="With --output: write nothing; fail where it would.")
@click.pass_context
def command(
    context: click.Context,
    rulebook: str | None,
    form: str,
    output: Path | None,
    proofs: str | None,
    is_check: bool,
) -> None:
    """Say a rulebook as one document: every rule in words, its grounds, and the cases that show it.

    A rulebook is a folder, or the name of one among the rulebooks; without it the usual one is
    told. The suites in its folder `tests` are tried.
    """
    if is_check and output is None:
        raise click.UsageError("--check goes with --output: it says whether what is there is stale")
    page = told(book_path(rulebook), read_settings(os.environ).fixtures, proofs)
    said, suffix = FORMS[form]
    if output is None:
        say(said(page).rstrip("\n"))
        return
    file, text = output / f"{page.name}.{suffix}", said(page, _back(output)).encode()
    if is_check and (not file.is_file() or file.read_bytes() != text):
        complain(f"{file}: not what the rulebook says now", "run the same without `--check`")
        context.exit(REFUSED)
    if not is_check:
        write(str(file), text)
    say(f"{'fresh' if is_check else 'wrote'}: {file}")


def _back(folder: Path) -> str:
    """Return what leads from a folder to the current one."""
    leads = Path(os.path.relpath(Path.cwd().resolve(), folder.resolve())).as_posix()
    return "" if leads == "." else f"{leads}/"


def told(path: Path, fixtures: Path, proofs: str | None = None) -> Page:
    """Return the handbook of the rulebook at a path; raises `Refused` where it or a suite is refused.

    `proofs` is a file of what was proved of it.
    """
    program, evidence = _tried(path, fixtures)
    return handbook(program, evidence, None if proofs is None else _proved(proofs, program))


def _proved(name: str, program: Program) -> Proofs:
    hint: str | None = "write it anew: `pegmark prove --format json`"
    try:
        return read_proofs(json.loads(Path(name).read_bytes()), program.resolved_digest)
    except OSError as error:
        said, hint = f"the file cannot be read: {reason(error)}", None
    except ProofsError as error:
        said = str(error)
    except (ValueError, RecursionError):
        said = "this is not JSON"
    raise Refused([Problem("", said, Span(name, NOWHERE, NOWHERE), hint)])


def _tried(path: Path, fixtures: Path) -> tuple[Program, Evidence]:
    if not (path / TESTS).is_dir():
        return program_of(str(path)), Evidence()
    sources, problems = read_sources(path / TESTS, path, fixtures)
    if problems:
        raise Refused(problems)
    prepared = prepare(sources)
    if prepared.desk is None or prepared.problems:
        raise Refused(prepared.problems)
    return prepared.program, tried(prepared.desk, prepared.suites, prepared.trials)
