"""`pegmark show`: the rules of a rulebook in order, or the Python it compiles to."""

from __future__ import annotations

import sys
from datetime import date, datetime

import click

from pegmark.cli.books import book_path
from pegmark.cli.terminal import Style, say, style_of
from pegmark.engine.compiled import compile_program
from pegmark.engine.scalar import write
from pegmark.errors import NotFound
from pegmark.rulebook.load import load
from pegmark.rulebook.program import Program
from pegmark.usecases.rules import Rule, rules_of


@click.command(
    epilog="""\b
Examples:
  pegmark show
  pegmark show rules/house --section haircut
  pegmark show --python | less
  pegmark show --python --as-of 2025-10-09"""
)
@click.argument("path", required=False)
@click.option("--section", metavar="NAME", help="One section only: classify, rating, haircut, caps, …")
@click.option("--python", "is_python", is_flag=True, help="The generated source that decides.")
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="With --python: the day whose params are compiled in; the newest without.",
)
def command(path: str | None, section: str | None, is_python: bool, as_of: datetime | None) -> None:
    """Print the rules of a rulebook in the order in which they are evaluated.

    PATH is a folder or the name of a rulebook; without it the usual rulebook is shown.
    """
    program = load(book_path(path))
    if is_python:
        say(_python(program, None if as_of is None else as_of.date()).rstrip())
        return
    _rules(program, section, style_of(sys.stdout))


def _python(program: Program, day: date | None) -> str:
    starts = compile_program(program).starts
    if day is not None and day < starts[0]:
        raise NotFound("set of params in force", day.isoformat(), [f"{starts[0]} and later"])
    return write(program, day or starts[-1]).text


def _rules(program: Program, section: str | None, style: Style) -> None:
    rules = list(rules_of(program))
    sections = dict.fromkeys(rule.section for rule in rules)
    chosen = [rule for rule in rules if section in (None, rule.section, rule.section.partition(".")[0])]
    if not chosen:
        raise NotFound(
            "section", section or "", [name for name in sections if name[:3] == (section or "")[:3]][:3]
        )
    say(
        style.heading(f"{program.id} {program.version}")
        + f" · {len(rules)} rules · {program.resolved_digest}"
    )
    shown = ""
    for rule in chosen:
        if rule.section != shown:
            shown = rule.section
            say("\n" + style.heading(shown))
        print_rule(rule, style)


def print_rule(rule: Rule, style: Style) -> None:
    """Print one rule: what follows, when, where unknown, why, and what it cites."""
    margin = max(len(rule.reason.id) + 4, 16)
    say(style.wrapped(rule.then, margin, f"  {style.paint(rule.reason.id, bold=True)}"))
    if rule.when:
        say(style.wrapped(f"when {rule.when}", margin))
    if rule.unknown:
        say(style.wrapped(rule.unknown, margin))
    cited = f" [{', '.join(rule.reason.cite)}]" if rule.reason.cite else ""
    for line in style.wrapped(f"{rule.reason.why}{cited}", margin).split("\n"):
        say(style.faint(line))
