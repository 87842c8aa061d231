"""`pegmark mutate`: put a fault into a rulebook, one at a time, and see whether its suites notice."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import click

from pegmark.authoring.mutation import Mutant, mutants
from pegmark.cli.books import book_path
from pegmark.cli.crew import shared
from pegmark.cli.mutated import Mutated, as_data, as_text
from pegmark.cli.terminal import say, style_of
from pegmark.cli.told import find, keep
from pegmark.cli.tried import Prepared, prepare, read_sources
from pegmark.cli.verbs import MISUSED, REFUSED, complain_of
from pegmark.engine.compiled import compile_program
from pegmark.errors import NotFound
from pegmark.language import nearest
from pegmark.problems import Problem
from pegmark.settings import read_settings
from pegmark.usecases.desk import Desk
from pegmark.usecases.mutation import Compare, Ground, Outcome
from pegmark.usecases.trials import run_trial

SECONDS = 60.0
"""What it may take to hold one survivor against the rulebook; most take a tenth of one."""
TOGETHER = 16
"""How many mutants stay with one process: those of one rule are noticed by the same cases."""


def _text(mutated: Mutated) -> None:
    for line in as_text(mutated, style_of(sys.stdout)):
        say(line)


FORMS: Mapping[str, Callable[[Mutated], None]] = {
    "text": _text,
    "json": lambda mutated: say(json.dumps(as_data(mutated), indent=2, ensure_ascii=False)),
}


@click.command(
    epilog="""\b
Examples:
  pegmark mutate rules/house --only KO-BRIDGE
  pegmark mutate rules/house --only HC-BASE --list
  pegmark mutate rules/house --only KO-GATED --fail-under 100

\b
A mutant is the rulebook with one small fault: `>` for `>=`, a number a step away, a rule
left out. It is killed where a case of the suites no longer holds. What survives is a fault
that nobody would notice, unless it is proved to decide every asset alike (with z3: pip
install 'pegmark[proof]'). The score is the share killed of all that can be told at all.

\b
Exit codes: 0 done · 1 the score is under --fail-under · 2 wrong use, or a rulebook, suite
or stored file that cannot be used, or a case that fails without any fault."""
)
@click.argument("path", metavar="PATH", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--only", "wanted", metavar="RULE", multiple=True, help="Only faults in this rule, or this very mutant."
)
@click.option("--list", "is_listed", is_flag=True, help="Print the mutants, and try none.")
@click.option("--find", "is_searched", is_flag=True, help="Look for an asset by which each survivor is told.")
@click.option(
    "--write",
    "is_written",
    is_flag=True,
    help="Add what is found to `tests/mutation.yaml`.",
)
@click.option("--fail-under", metavar="SCORE", type=click.FloatRange(0, 100), help="Exit 1 under this score.")
@click.option("--rulebook", metavar="NAME|PATH", help="The rules to try.  [default: those beside the suites]")
@click.option(
    "--format",
    "form",
    type=click.Choice(list(FORMS)),
    default="text",
    show_default=True,
    help="Form of output.",
)
@click.option(
    "--jobs", type=click.IntRange(1, 64), metavar="N", help="Processes.  [default: one a processor]"
)
@click.pass_context
def command(
    context: click.Context,
    path: Path,
    wanted: tuple[str, ...],
    is_listed: bool,
    is_searched: bool,
    is_written: bool,
    fail_under: float | None,
    rulebook: str | None,
    form: str,
    jobs: int | None,
) -> None:
    """Put faults into a rulebook, one at a time, and print those that its suites do not notice."""
    try:
        book = None if rulebook is None else book_path(rulebook)
    except NotFound as missing:
        raise click.UsageError(str(missing)) from None
    prepared = _prepared(path, book)
    chosen = _chosen(mutants(prepared.program), wanted)
    if is_listed:
        FORMS[form](Mutated(prepared, [Outcome(mutant) for mutant in chosen], is_tried=False))
        return
    ground = Ground(_desk(prepared), prepared.trials, _compare(prepared))
    mutated = Mutated(prepared, _outcomes(ground, chosen, jobs or os.cpu_count() or 1))
    if is_searched or is_written:
        told = find(prepared, ground, mutated.survivors)
        mutated = replace(mutated, told=told)
        if is_written and told:
            kept = list({id(teller): teller for teller in told.values()}.values())
            mutated = replace(mutated, written=keep(prepared, path, kept), kept=len(kept))
    FORMS[form](mutated)
    context.exit(REFUSED if fail_under is not None and mutated.score < fail_under else 0)


def _prepared(path: Path, book: Path | None) -> Prepared:
    """Return a rulebook and its cases, all of which hold; complain and leave where there are none."""
    sources, problems = read_sources(path, book, read_settings(os.environ).fixtures)
    prepared = Prepared(sources, problems=problems) if problems else prepare(sources)
    if prepared.problems:
        _leave(prepared.problems)
    if not prepared.trials:
        _leave([Problem("T0001", "the suites hold no case", None, "add one under `cases` or `tables`")])
    for trial in prepared.trials:
        if not run_trial(_desk(prepared), trial).holds:
            message = f"the case `{trial.case.title}` fails without any fault"
            _leave([Problem("", message, trial.case.span, "see `pegmark test`")])
    return prepared


def _leave(problems: Sequence[Problem]) -> NoReturn:
    complain_of(problems)
    raise click.exceptions.Exit(MISUSED)


def _chosen(found: Sequence[Mutant], wanted: Sequence[str]) -> list[Mutant]:
    if not wanted:
        return list(found)
    names = {name for mutant in found for name in (mutant.rule, mutant.id)}
    for name in wanted:
        if name not in names:
            near = nearest(name, {mutant.rule for mutant in found})
            raise NotFound("rule with a mutant", name, [near] if near else [])
    return [mutant for mutant in found if mutant.rule in wanted or mutant.id in wanted]


def _outcomes(ground: Ground, chosen: Sequence[Mutant], jobs: int) -> list[Outcome]:
    found = shared(lambda place: ground.outcome(chosen[place]), len(chosen), jobs, TOGETHER)
    return [Outcome(mutant, one) for mutant, one in zip(chosen, found, strict=True)]


def _compare(prepared: Prepared) -> Compare | None:
    """Return what proves that a survivor decides every asset alike; None where there is no solver."""
    try:
        from pegmark.proof.equivalence import Compared  # noqa: PLC0415 - the solver may not be there
    except ImportError:
        return None
    program = prepared.program
    return Compared(program, compile_program(program).starts, SECONDS)


def _desk(prepared: Prepared) -> Desk:
    assert prepared.desk is not None  # noqa: S101 - there are trials only where there is a desk
    return prepared.desk
