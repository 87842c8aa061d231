"""`pegmark lsp`: a language server, for editors."""

from __future__ import annotations

import gc
import logging
import os
import sys
from pathlib import Path

import click

from pegmark.cli.books import filling_in
from pegmark.cli.refusal import Refused
from pegmark.cli.terminal import complain
from pegmark.cli.verbs import REFUSED
from pegmark.data import data_root
from pegmark.problems import Problem


@click.command(
    epilog="""\b
Examples:
  pegmark lsp
  pegmark lsp --stdio

\b
An editor starts it; docs/editors.md says how each is told to. It checks the rulebook of
every file that is open, with what is not saved yet, and its suites.

\b
Exit codes: 0 the editor ended it · 1 the editor went away, or the part `lsp` is not
installed · 2 wrong use."""
)
@click.option("--stdio", is_flag=True, help="Speak over the standard streams, as it does anyway.")
@click.pass_context
def command(context: click.Context, stdio: bool) -> None:  # noqa: ARG001 - there is no other way to speak
    """Serve an editor while rules are written.

    Marks problems and mends some, tells what names and keys mean, offers what may stand where, and
    leads to where things are defined.
    """
    try:
        from pegmark.cli.editing.server import Server  # noqa: PLC0415 - an optional part, for editors alone
    except ImportError as missing:
        if (missing.name or "").partition(".")[0] not in ("pygls", "lsprotocol"):
            raise
        message, help = "the protocol of editors is not installed", "pip install 'pegmark[lsp]'"
        raise Refused([Problem("", message, None, help)]) from None
    if sys.stdin.isatty():
        complain("this is for an editor to start; end it with Ctrl-D", "docs/editors.md says how")
    _keep_log()
    # A check makes many values that do not last; looking for garbage in all else meanwhile doubles its time.
    gc.freeze()
    # What anything else prints must not get between the messages.
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as sink:
        sys.stdout = sys.stderr
        was_ended = Server(_normal()).run(sys.stdin.buffer, sink)
    context.exit(0 if was_ended else REFUSED)


class _Line(logging.Formatter):
    """One line of what went wrong, as every complaint of ours; editors keep it in the log of the server."""

    def format(self, record: logging.LogRecord) -> str:
        stop = record.exc_info[1] if record.exc_info else None
        said = record.getMessage() if stop is None else f"{record.getMessage()}: {stop!r}"
        return f"{record.levelname.lower()}: {' '.join(said.split())}"


def _keep_log() -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Line())
    log = logging.getLogger("pygls")
    log.addHandler(handler)
    log.propagate = False


def _normal() -> tuple[str, bytes]:
    """Return the filling-in, by the whole path of its file."""
    name, text = filling_in()
    file = Path(name) if Path(name).is_file() else data_root() / name
    return file.absolute().as_posix(), text
