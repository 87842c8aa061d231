"""`pegmark check`: every problem of a rulebook, in one pass."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from pegmark.cli.books import filling_in
from pegmark.cli.terminal import Style, say, style_of
from pegmark.cli.verbs import REFUSED
from pegmark.problems import Problem
from pegmark.rulebook.load import check_files, read_files
from pegmark.rulebook.program import Program
from pegmark.rulebook.render import as_json, render


@click.command(
    epilog="""\b
Examples:
  pegmark check rules/house
  pegmark check --format json rules/house | jq '.problems[].code'

\b
Exit codes: 0 no errors · 1 errors, all of them printed · 2 wrong use, or no such path.
A code is explained by `pegmark explain CODE`."""
)
@click.argument(
    "paths", nargs=-1, required=True, metavar="PATH…", type=click.Path(exists=True, path_type=Path)
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Form of output.",
)
@click.pass_context
def command(context: click.Context, paths: tuple[Path, ...], form: str) -> None:
    """Check rulebooks (a folder each, or one file), and print every problem in them."""
    normal = filling_in()
    found: list[Problem] = []
    for path in paths:
        files, problems = read_files(path)
        program = None
        if not problems:
            program, problems = check_files(files, normal)
        found += problems
        if form == "text":
            style = style_of(sys.stdout)
            for problem in problems:
                say(_painted(render(problem, {**files, normal[0]: normal[1]}), problem, style) + "\n")
            say(_verdict(path, program, problems, style))
    if form == "json":
        reply = {"ok": not _errors(found), "problems": [as_json(problem) for problem in found]}
        say(json.dumps(reply, indent=2))
    context.exit(REFUSED if _errors(found) else 0)


def _painted(text: str, problem: Problem, style: Style) -> str:
    head, _, rest = text.partition(": ")
    colour = "red" if problem.severity == "error" else "yellow"
    return f"{style.paint(head, fg=colour, bold=True)}: {rest}"


def _errors(problems: list[Problem]) -> int:
    return sum(problem.severity == "error" for problem in problems)


def _verdict(path: Path, program: Program | None, problems: list[Problem], style: Style) -> str:
    errors = _errors(problems)
    counts = ((errors, "error"), (len(problems) - errors, "warning"))
    said = ", ".join(f"{n} {noun}{'s' * (n != 1)}" for n, noun in counts if n)
    if program is None:
        return f"{path}: {style.paint(said or 'refused', fg='red', bold=True)}"
    verdict = f"{path}: {style.paint('ok', fg='green', bold=True)}, {program.id} {program.version}"
    return f"{verdict}, {said}" if said else verdict
