"""`pegmark prove`: what a rulebook promises, over every asset there can be."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

import click

from pegmark.cli.books import filling_in, program_of
from pegmark.cli.output import write as write_file
from pegmark.cli.terminal import complain, say, style_of
from pegmark.cli.verbs import MISUSED, REFUSED
from pegmark.errors import NotFound
from pegmark.facts.vocabulary import FACTS
from pegmark.rulebook.custom import declared
from pegmark.rulebook.load import load_base
from pegmark.rulebook.program import Program
from pegmark.settings import read_settings

if TYPE_CHECKING:
    from pegmark.cli.proved import Proofs
    from pegmark.proof.goals import Goal
    from pegmark.proof.prove import Tell

SECONDS = 20.0
"""What one goal may take; the slowest of the house takes about one."""


@click.command(
    epilog="""\b
Examples:
  pegmark prove rules/house --only 'HC-GAP *'
  pegmark prove rules/house --only '* hidden peg.discount_now' --format json
  pegmark prove rules/example_exchange --against house --only HC-
  pegmark prove rules/house --only HC-BASE --write refuted.yaml

\b
Proved is that no rule does better on an asset of which a fact is worse or hidden, on a
larger position or a worse class; that every rule can fire; that tables follow their
order; what the rulebook's guardrails assert; and of an overlay that tightens, that no
asset has better terms than under its base. --against proves that alone, of any other.

\b
Exit codes: 0 all proved · 1 a goal is refuted, or could not be settled in its time ·
2 wrong use, or a rulebook that cannot be used. Needs z3: pip install 'pegmark[proof]'."""
)
@click.argument("path", metavar="PATH", type=click.Path(exists=True, path_type=Path))
@click.option("--against", metavar="NAME|PATH", help="Prove it at least as strict as this rulebook.")
@click.option(
    "--only", metavar="TEXT", help="Only goals whose name holds TEXT, or is like it where it has `*`."
)
@click.option("--all-dates", is_flag=True, help="By the params of every date, not the latest alone.")
@click.option(
    "--seconds",
    type=click.FloatRange(0.1, 3600),
    default=SECONDS,
    show_default=True,
    help="What one goal may take.",
)
@click.option(
    "--jobs", type=click.IntRange(1, 64), metavar="N", help="Processes.  [default: one a processor]"
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Form of output.",
)
@click.option("--write", "written", metavar="FILE", help="Write what refutes a goal there, as a suite.")
@click.pass_context
def command(
    context: click.Context,
    path: Path,
    against: str | None,
    only: str | None,
    all_dates: bool,
    seconds: float,
    jobs: int | None,
    form: str,
    written: str | None,
) -> None:
    """Prove what a rulebook promises, over every asset there can be, with any facts missing."""
    program = program_of(str(path))
    try:
        bases = _bases_of(program, path) if against is None else [program_of(against)]
    except NotFound as missing:
        raise click.UsageError(str(missing)) from None
    try:
        from pegmark.proof.prove import epochs  # noqa: PLC0415 - the solver is for those alone who prove
    except ImportError:
        complain("proofs need z3, which is not installed", "pip install 'pegmark[proof]'")
        context.exit(MISUSED)
    days = epochs(program)
    latest = max(days[-1], datetime.now(UTC).date())
    found = [
        _proved(program, base, day, only, seconds, jobs or os.cpu_count() or 1)
        for day in ([*days[:-1], latest] if all_dates else [latest])
        for base in bases
    ]
    if not any(proofs.verdicts for proofs in found):
        complain(
            f"no goal is called `{only}`", "names are `RULE worse FACT`, `RULE hidden FACT`, `RULE reachable`"
        )
        context.exit(MISUSED)
    _report(found, form)
    if written is not None:
        _write(written, program, found)
    context.exit(REFUSED if any(proofs.failed for proofs in found) else 0)


def _bases_of(program: Program, path: Path) -> list[Program | None]:
    """Return what is to be proved of: the rulebook by itself, and one that tightens another against that."""
    extends = program.extends
    if extends is None or extends.mode != "tighten":
        return [None]
    return [None, load_base(path, filling_in(), read_settings(os.environ).rules)]


def _proved(
    program: Program, base: Program | None, day: Any, only: str | None, seconds: float, jobs: int
) -> Proofs:
    from pegmark.cli.proved import Proofs  # noqa: PLC0415
    from pegmark.proof.prove import Task, goals_for, prove  # noqa: PLC0415
    from pegmark.proof.witness import Witnesses  # noqa: PLC0415

    start = monotonic()
    task = Task(program, day, base)
    wanted = [goal for goal in goals_for(task) if only is None or _is_named(goal, only)]
    verdicts = _told(wanted, lambda tell: prove(task, wanted, seconds, jobs, tell))
    witnesses = {}
    if any(verdict.values is not None for verdict in verdicts):
        finder = Witnesses(program, day, bases(program), base)
        shown = ((verdict, finder.of(verdict)) for verdict in verdicts if verdict.outcome == "refuted")
        witnesses = {str(verdict.goal): witness for verdict, witness in shown if witness is not None}
    against = None if base is None else f"{base.id} {base.version}"
    return Proofs(program, day, verdicts, witnesses, monotonic() - start, against)


def _is_named(goal: Goal, only: str) -> bool:
    return fnmatchcase(str(goal), only) if "*" in only else only in str(goal)


def _told(wanted: Sequence[Goal], run: Any) -> Any:
    """Run with a bar on standard error, where somebody sees it."""
    if not sys.stderr.isatty():
        tell: Tell = lambda _: None  # noqa: E731
        return run(tell)
    with click.progressbar(length=len(wanted), label="proved", file=sys.stderr) as bar:
        return run(lambda _: bar.update(1))


def bases(program: Program) -> Sequence[Mapping[str, Any]]:
    """Return the stored assets before the reference venue, on which a refutation is tried."""
    from pegmark.engine.compiled import compile_program  # noqa: PLC0415
    from pegmark.errors import FactsError  # noqa: PLC0415
    from pegmark.storage.fixtures import Fixtures  # noqa: PLC0415
    from pegmark.usecases.assess import Question, prepare  # noqa: PLC0415
    from pegmark.usecases.desk import Book, Desk  # noqa: PLC0415

    try:
        catalogue = Fixtures(read_settings(os.environ).fixtures)
    except (FactsError, OSError):
        return []  # They would make a refutation plainer; it is one without them.
    book = Book({}, program, compile_program(program), declared(program.custom))
    desk = Desk(catalogue, {program.id: book}, program.id)
    found = []
    for asset in catalogue.assets():
        for stored in catalogue.snapshots(asset):
            try:
                snapshot = prepare(desk, Question(stored.as_of, asset)).snapshot
            except FactsError:
                continue
            found.append({name: snapshot.submitted[name][0] for name in snapshot.known})
    return found


def _report(found: Sequence[Proofs], form: str) -> None:
    from pegmark.cli.proved import as_data, as_text  # noqa: PLC0415

    if form == "json":
        say(json.dumps([as_data(proofs) for proofs in found], indent=2))
        return
    for proofs in found:
        for line in as_text(proofs, style_of(sys.stdout)):
            say(line)


def _write(file: str, program: Program, found: Sequence[Proofs]) -> None:
    from pegmark.authoring.refutation import HEADER, as_suite  # noqa: PLC0415

    refuted = [item for proofs in found for item in proofs.witnesses.items()]
    target = Path(file)
    if target.exists() and not target.read_text("utf-8", "replace").startswith(HEADER):
        complain(f"{file}: a person wrote this file, or something else did", "name another with `--write`")
        return
    if refuted:
        specs = {**FACTS, **declared(program.custom)}
        write_file(file, as_suite(program, refuted, specs).encode())
