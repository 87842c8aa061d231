"""`pegmark show`: a rulebook in order, in words, or the Python it compiles to."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date, datetime

import click

from pegmark.cli import offers
from pegmark.cli.books import program_of, trees_of
from pegmark.cli.terminal import Style, say, style_of
from pegmark.engine.compiled import compile_program
from pegmark.engine.scalar import write
from pegmark.errors import NotFound
from pegmark.language import nearest
from pegmark.language.prose import constant, text
from pegmark.rulebook.program import Derived, Extension, Param, Program
from pegmark.rulebook.resolved import written
from pegmark.usecases.rules import Rule, rules_of

SAID = 17
"""The column at which what is said of a name begins."""


@click.command(
    epilog="""\b
Examples:
  pegmark show
  pegmark show rules/house --section haircut
  pegmark show --section derive
  pegmark show --python --as-of 2025-10-09
  pegmark show rules/example_exchange --resolved
  pegmark show house --digest

\b
Exit codes: 0 shown · 1 no such rulebook or section, or the rulebook is refused · 2 wrong use.
One rule with its sources: `pegmark explain RULE`."""
)
@click.argument("rulebook", required=False, metavar="[NAME|PATH]", shell_complete=offers.books)
@click.option(
    "--section",
    metavar="NAME",
    shell_complete=offers.sections,
    help="One section only: params, derive, classify, haircut, and so on.",
)
@click.option("--python", "is_python", is_flag=True, help="The generated source that decides.")
@click.option(
    "--resolved",
    "is_resolved",
    is_flag=True,
    help="The YAML, an overlay's changes made, with the file and line that each line is from.",
)
@click.option(
    "--digest", "is_digest", is_flag=True, help="What an overlay pins: the digest of what it means."
)
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="With --python: the day whose params are compiled in.  [default: the newest]",
)
def command(
    rulebook: str | None,
    section: str | None,
    is_python: bool,
    is_resolved: bool,
    is_digest: bool,
    as_of: datetime | None,
) -> None:
    """Print a rulebook in the order in which it is evaluated, or the Python it compiles to.

    A rulebook is a folder, or the name of one among the rulebooks; without it the usual one is
    shown.
    """
    if is_python + is_resolved + is_digest > 1:
        raise click.UsageError("--python, --resolved and --digest print different things: choose one")
    if section and (is_python or is_resolved or is_digest):
        raise click.UsageError("--section goes with none of --python, --resolved and --digest")
    if as_of and not is_python:
        raise click.UsageError("--as-of goes with --python: a rule is shown with the params of every day")
    if is_resolved:
        say(written(trees_of(rulebook)).rstrip("\n"))
        return
    program = program_of(rulebook)
    if is_digest:
        say(program.resolved_digest)
        return
    if is_python:
        say(_python(program, None if as_of is None else as_of.date()).rstrip())
        return
    for line in _shown(program, section, style_of(sys.stdout)):
        say(line)


def _python(program: Program, day: date | None) -> str:
    starts = compile_program(program).starts
    if day is not None and day < starts[0]:
        raise NotFound("set of params in force", day.isoformat(), [f"{starts[0]} or later"])
    return write(program, day or starts[-1]).text


def _shown(program: Program, section: str | None, style: Style) -> Iterator[str]:
    rules = list(rules_of(program))
    sections = dict.fromkeys(["params", "derive", *(rule.section for rule in rules)])
    groups = {name.partition(".")[0] for name in sections}
    if section is not None and section not in sections.keys() | groups:
        near = nearest(section, [*sections, *groups])
        raise NotFound("section", section, [near] if near else sorted(groups))
    count = f"{len(rules)} rules, {len(program.params)} params, {len(program.derived)} derived names"
    yield f"{style.heading(f'{program.id} {program.version}')} · {count}"
    yield style.faint(program.resolved_digest)
    if program.extends is not None:
        yield _extending(program.extends, style)
    for name in sections:
        if section in (None, name, name.partition(".")[0]):
            yield "\n" + style.heading(name)
            yield from _section(program, name, rules, style)


def _extending(extends: Extension, style: Style) -> str:
    changed = ", ".join(change.target for change in extends.changes)
    return style.wrapped(f"extends {extends.rulebook} ({extends.mode}): {changed}", 0)


def _section(program: Program, name: str, rules: list[Rule], style: Style) -> Iterator[str]:
    match name:
        case "params":
            for param in program.params:
                yield from shown_param(param, style)
        case "derive":
            for derived in program.derived:
                yield from shown_derived(derived, style)
        case _:
            for rule in rules:
                if rule.section == name:
                    yield from shown_rule(rule, style)


def shown_param(param: Param, style: Style) -> Iterator[str]:
    """Yield the lines that show a dated constant: its values, newest last, and why."""
    values = [f"{constant(dated.value, param.type.kind)} since {dated.start}" for dated in param.values]
    yield from _named(param.name, ", ".join(values), style)
    yield from _reason(param.why, param.cite, style)


def shown_derived(derived: Derived, style: Style) -> Iterator[str]:
    """Yield the lines that show what a derived name stands for."""
    yield from _named(derived.name, text(derived.expr), style)


def shown_rule(rule: Rule, style: Style) -> Iterator[str]:
    """Yield the lines that show a rule: what follows, when, where unknown, why, what it cites."""
    yield from _named(rule.reason.id, rule.then, style)
    if rule.when:
        yield style.wrapped(f"when {rule.when}", SAID)
    if rule.unknown:
        yield style.wrapped(rule.unknown, SAID)
    yield from _reason(rule.reason.why, rule.reason.cite, style)


def _named(name: str, said: str, style: Style) -> Iterator[str]:
    head = f"  {style.paint(name, bold=True)}"
    if len(name) + 4 > SAID:
        yield head
        yield style.wrapped(said, SAID)
    else:
        yield style.wrapped(said, SAID, head)


def _reason(why: str, cite: tuple[str, ...], style: Style) -> Iterator[str]:
    cited = f" [{', '.join(cite)}]" if cite else ""
    yield from map(style.faint, style.wrapped(f"{why}{cited}", SAID).split("\n"))
