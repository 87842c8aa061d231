"""`pegmark`: the table of verbs, and what happens when one of them stops.

A verb is imported when it is asked for; its line in the table spares `--help` all of them.
"""

from __future__ import annotations

import contextlib
import gc
import os
import sys
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from pegmark import __version__
from pegmark.cli import terminal
from pegmark.cli.refusal import Refused, where
from pegmark.errors import FactsError, NotFound, PegmarkError, RulebookError, SettingsError
from pegmark.problems import Problem

VERBS: Mapping[str, str] = {
    "assess": "Decide an asset, or many, and print the terms and their reasons.",
    "check": "Check rulebooks, and tell every problem in them.",
    "completion": "Print what a shell needs to complete verbs, options and names.",
    "coverage": "Tell what of a rulebook its suites exercise.",
    "diff": "Compare two rulebooks: what is said otherwise, and what becomes of whom.",
    "docs": "Say a rulebook as one document, for people who read no YAML.",
    "explain": "Explain a problem code or a rule.",
    "facts": "List what may be known of an asset and of a venue.",
    "fmt": "Lay out rulebooks and suites in the one way, comments and meaning kept.",
    "generate": "Find cases for edges, for what no case exercises, for each condition.",
    "lint": "Say what can be said better in rulebooks that are sound.",
    "lsp": "Serve an editor while rules are written.",
    "mutate": "Put faults into a rulebook, one at a time, and tell those that its suites do not notice.",
    "new": "Begin a rulebook: a small one that decides, with a suite and comments that teach.",
    "openapi": "Write the OpenAPI document of the HTTP API.",
    "prove": "Prove what a rulebook promises, over every asset there can be.",
    "serve": "Serve the HTTP API.",
    "show": "Print the rules of a rulebook in order, or the Python it compiles to.",
    "test": "Try a rulebook by the suites that stand beside it.",
}

REFUSED, MISUSED, INTERRUPTED, PIPE_CLOSED = 1, 2, 130, 141
MOST_COMPLAINTS = 20
GARBAGE = 50_000
"""How many values may be made before garbage is looked for."""
COMPLETING = "_PEGMARK_COMPLETE"
"""The variable by which a shell asks what may stand where TAB was pressed."""


class Verbs(click.Group):
    """A group whose commands are modules of this package."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names of all verbs."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import a verb."""
        if cmd_name not in VERBS:
            return None
        command: click.Command = import_module(f"pegmark.cli.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the verb, or say which one was probably meant."""
        if args and not args[0].startswith("-") and args[0] not in VERBS:
            near = get_close_matches(args[0], VERBS, n=1)
            raise NotFound("verb", args[0], near)
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Offer the verbs from the table, and the options."""
        verbs = [
            CompletionItem(name, help=said) for name, said in VERBS.items() if name.startswith(incomplete)
        ]
        return [*verbs, *click.Command.shell_complete(self, ctx, incomplete)]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the verbs from the table."""
        with formatter.section("Verbs"):
            formatter.write_dl(list(VERBS.items()))


@click.group(
    cls=Verbs,
    subcommand_metavar="VERB …",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""\b
Examples:
  pegmark assess USDe --as-of 2025-10-09
  pegmark check rules/house
  pegmark explain E0204

\b
Exit codes: 0 done · 1 refused, or nothing has that name · 2 wrong use.
Colours are off when output is piped, or with NO_COLOR. Settings: docs/operators.md.""",
)
@click.version_option(__version__, message="pegmark %(version)s")
def pegmark() -> None:
    """Tell what a dollar token really is, and on what terms to take it as collateral."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave the process with its exit code."""
    # Nearly all that a command reads stays until it ends: looking for garbage in it is for nothing.
    gc.set_threshold(GARBAGE)
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        # A stream that was closed is None in Python.
        sys.stdout, sys.stderr = sys.stdout or nowhere, sys.stderr or nowhere
        if instruction := os.environ.get(COMPLETING):
            from pegmark.cli.completion import answer  # noqa: PLC0415 - it imports us

            sys.exit(answer(instruction))
        sys.exit(run(list(sys.argv[1:] if arguments is None else arguments)))


def run(arguments: list[str]) -> int:
    """Run the command line and return its exit code; what stopped it is on standard error."""
    try:
        code = _run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        _abandon_output()
        return PIPE_CLOSED
    except OSError as stop:
        # Files that are asked for are minded where they are read; this is the output, or a file of ours.
        terminal.complain(f"{stop.filename or 'output'}: {(stop.strerror or str(stop)).lower()}")
        _abandon_output()
        return REFUSED
    return code


def _run(arguments: list[str]) -> int:
    try:
        # Not `pegmark.main`: it would take a closed pipe for an error of ours.
        with pegmark.make_context("pegmark", arguments) as context:
            pegmark.invoke(context)
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.exceptions.NoArgsIsHelpError as stop:
        click.echo(stop.format_message(), err=True)
        return MISUSED
    except click.ClickException as stop:
        return _misused(stop)
    except Refused as stop:
        complain_of(stop.problems)
        return REFUSED
    except PegmarkError as stop:
        return _refused(stop)
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    return 0


def _abandon_output() -> None:
    # The interpreter flushes once more when it leaves; there is nobody to hear that it cannot.
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _misused(stop: click.ClickException) -> int:
    context = getattr(stop, "ctx", None)
    path = context.command_path if context is not None else "pegmark"
    message = stop.format_message()
    terminal.complain(message[:1].lower() + message[1:].rstrip("."), f"see `{path} --help`")
    return MISUSED


def _refused(stop: PegmarkError) -> int:
    match stop:
        case NotFound():
            terminal.complain(f"no {stop.what} is called `{stop.name}`", _meant(stop.suggestions))
            return MISUSED if stop.what == "verb" else REFUSED
        case FactsError():
            complain_of(
                [Problem(p.code, p.message, None, p.help, yaml_path=p.pointer) for p in stop.problems]
            )
        case RulebookError():
            complain_of(stop.problems)
        case SettingsError():
            for setting in stop.problems:
                terminal.complain(f"{setting.variable}: {setting.message}")
            return MISUSED
        case _:
            terminal.complain(str(stop))
    return REFUSED


def _meant(names: Sequence[str]) -> str | None:
    shown = [f"`{name}`" for name in names]
    if len(shown) > 3:
        return f"one of {', '.join(shown)}"
    return f"did you mean {' or '.join(shown)}?" if shown else None


def complain_of(problems: Sequence[Problem]) -> None:
    """Print the first problems, each with its place, and how many more there are."""
    for problem in problems[:MOST_COMPLAINTS]:
        code = f"{problem.code}: " if problem.code else ""
        pointer = f" ({problem.yaml_path})" if problem.yaml_path.startswith("/") else ""
        terminal.complain(f"{where(problem)}{code}{problem.message}{pointer}", problem.help)
    if len(problems) > MOST_COMPLAINTS:
        terminal.complain(f"and {len(problems) - MOST_COMPLAINTS} more")
