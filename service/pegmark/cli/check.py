"""`pegmark check`: every problem of a rulebook, in one pass."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from pegmark.cli.books import base_of, filling_in
from pegmark.cli.forms import FORMS, Checked
from pegmark.cli.output import STANDARD_OUTPUT, writing
from pegmark.cli.terminal import Style, style_of
from pegmark.cli.verbs import REFUSED
from pegmark.rulebook.load import check_files, read_files


@click.command(
    epilog="""\b
Examples:
  pegmark check rules/house
  pegmark check --format json rules/house | jq '.problems[].code'
  pegmark check --format github rules/house
  pegmark check --format sarif --output pegmark.sarif rules/house

\b
Exit codes: 0 no errors · 1 errors, all of them told · 2 wrong use, or no such path.
A code is explained by `pegmark explain CODE`."""
)
@click.argument(
    "paths", nargs=-1, required=True, metavar="PATH…", type=click.Path(exists=True, path_type=Path)
)
@click.option(
    "--format",
    "form",
    type=click.Choice(list(FORMS)),
    default="text",
    show_default=True,
    help="For whom: people, programs, code scanning, a pull request, a build server.",
)
@click.option(
    "--output",
    metavar="FILE",
    help="Write there, replacing the file as a whole.  [default: standard output]",
)
@click.pass_context
def command(context: click.Context, paths: tuple[Path, ...], form: str, output: str | None) -> None:
    """Check rulebooks (a folder each, or one file), and tell every problem in them."""
    normal = filling_in()
    checked = [_checked(path, normal) for path in paths]
    file = None if output == STANDARD_OUTPUT else output
    text = FORMS[form](checked, style_of(sys.stdout) if file is None else Style())
    with writing(file) as put:
        if text:
            put(text)
    context.exit(REFUSED if any(one.errors for one in checked) else 0)


def _checked(path: Path, normal: tuple[str, bytes]) -> Checked:
    files, problems = read_files(path)
    base, more = base_of(path, files)
    problems += more
    program = None
    if not problems:
        program, problems = check_files(files, normal, base)
    return Checked(path, files, {**base, **files, normal[0]: normal[1]}, program, tuple(problems))
