"""`pegmark new`: begin a rulebook."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from tempfile import mkdtemp

import click

from pegmark.authoring.scaffold import new_rulebook, wrong_id
from pegmark.cli.refusal import NOWHERE, Refused, reason
from pegmark.cli.terminal import say
from pegmark.problems import Problem, Span


@click.command(
    epilog="""\b
Examples:
  pegmark new my-house
  pegmark new rules/desk --id desk_7

\b
The book is complete: it checks, its own cases hold, and its comments say how to go on.
Nothing is written where something is.

\b
Exit codes: 0 written · 1 something is there, or it cannot be written · 2 wrong use, or
an id that a rulebook cannot have."""
)
@click.argument("path", metavar="PATH", type=click.Path(path_type=Path))
@click.option("--id", "id", metavar="ID", help="Name of the rulebook.  [default: that of the folder]")
def command(path: Path, id: str | None) -> None:
    """Begin a rulebook: a small one that decides, with a suite and comments that teach."""
    name = path.resolve().name.replace("-", "_") if id is None else id
    if problem := wrong_id(name):
        way_out = "" if id else "; name one with `--id`"
        raise click.UsageError(f"{problem.message}: {problem.help}{way_out}")
    texts = new_rulebook(name)
    _write(path, texts)
    shown = path.as_posix()
    say(f"{shown}: rulebook {name}, {len(texts)} files; next:")
    say(f"  pegmark check {shown}")
    say(f"  pegmark test {shown}")


def _write(path: Path, texts: Mapping[str, str]) -> None:
    """Write a folder that is there whole or not at all; raises `Refused`."""
    if os.path.lexists(path):
        raise _refused(path, "something is there already", "name a folder that is not there")
    part: Path | None = None
    try:
        part = Path(mkdtemp(".part", ".pegmark-", path.resolve().parent))
        folder = part / "book"  # mkdtemp's own folder is for its owner's eyes
        for name, text in texts.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
        folder.rename(path.resolve())
    except FileNotFoundError:
        raise _refused(path, "there is no folder for it", f"make `{path.parent.as_posix()}` first") from None
    except (OSError, ValueError) as error:
        raise _refused(path, f"it cannot be written: {reason(error)}") from None
    finally:
        if part is not None:
            shutil.rmtree(part, ignore_errors=True)


def _refused(path: Path, message: str, help: str | None = None) -> Refused:
    return Refused([Problem("", message, Span(path.as_posix(), NOWHERE, NOWHERE), help)])
