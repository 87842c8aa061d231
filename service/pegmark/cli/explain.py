"""`pegmark explain`: the page of a problem code, or all there is to say about a rule or a name."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from pegmark.cli import offers
from pegmark.cli.books import program_of
from pegmark.cli.pages import CODE, page, page_codes
from pegmark.cli.show import shown_derived, shown_param, shown_rule
from pegmark.cli.terminal import Style, say, style_of
from pegmark.errors import NotFound
from pegmark.language import nearest
from pegmark.problems import Span
from pegmark.rulebook.program import Program
from pegmark.usecases.rules import rules_of


@click.command(
    epilog="""\b
Examples:
  pegmark explain E0204
  pegmark explain HC-BASE
  pegmark explain exit_route
  pegmark explain CLS-010 --rulebook rules/house

\b
Exit codes: 0 explained · 1 nothing has that code or name · 2 wrong use."""
)
@click.argument("name", metavar="CODE|RULE|NAME", shell_complete=offers.explained)
@click.option(
    "--rulebook",
    metavar="NAME|PATH",
    shell_complete=offers.books,
    help="The rulebook to look in.  [default: the usual one]",
)
def command(name: str, rulebook: str | None) -> None:
    """Explain a problem code, a rule, or a name that rules read.

    Of a code: what it means, an example, what to do. Of a rule: when, then, why, and its sources.
    Of a param or a derived name: what it stands for.
    """
    wanted = name.upper()
    if CODE.fullmatch(wanted):
        say(page(wanted))
        return
    program = program_of(rulebook)
    lines = list(_explained(program, name, style_of(sys.stdout)))
    if not lines:
        rules = [rule.reason.id for rule in rules_of(program)]
        named = [*(param.name for param in program.params), *(derived.name for derived in program.derived)]
        near = nearest(name, named) or nearest(wanted, [*rules, *page_codes()])
        raise NotFound("problem code, rule or name", name, [near] if near else [])
    for line in lines:
        say(line)


def _explained(program: Program, name: str, style: Style) -> Iterator[str]:
    cited: tuple[str, ...] = ()
    for param in program.params:
        if param.name == name:
            yield _head("params", param.span, style)
            yield from shown_param(param, style)
            cited += param.cite
    for derived in program.derived:
        if derived.name == name:
            yield _head("derive", derived.span, style)
            yield from shown_derived(derived, style)
    for rule in rules_of(program):
        if rule.reason.id == name.upper():
            yield _head(rule.section, rule.reason.span, style)
            yield from shown_rule(rule, style)
            cited += rule.reason.cite
    sources = {source.id: source for source in program.sources}
    for source in dict.fromkeys(cited):
        yield style.wrapped(f"[{source}] {sources[source].title}", 2)
        yield style.faint(f"    {sources[source].href}")


def _head(section: str, span: Span, style: Style) -> str:
    file, here = Path(span.file), Path.cwd()
    shown = file.relative_to(here) if file.is_relative_to(here) else file
    return style.heading(section) + style.faint(f" · {shown}:{span.start.line}")
