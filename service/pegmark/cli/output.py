"""Where a verb's result goes: standard output, or a file that is there whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkstemp
from typing import BinaryIO

import click

from pegmark.cli.refusal import NOWHERE, Refused, reason
from pegmark.cli.terminal import say
from pegmark.problems import Problem, Span

STANDARD_OUTPUT = "-"

Write = Callable[[str | bytes], None]
"""Takes a line, text or bytes, without its end."""


@contextmanager
def writing(name: str | None) -> Iterator[Write]:
    """Give what writes lines to the file `name`, or to standard output; raises `Refused`."""
    if name is None:
        yield lambda line: say(line) if isinstance(line, str) else click.echo(line)
        return

    with _replacing(name) as file:

        def put(line: str | bytes) -> None:
            with _minding(name):
                file.write((line.encode() if isinstance(line, str) else line) + b"\n")

        yield put


def write(name: str, data: bytes) -> None:
    """Write the file `name`; raises `Refused`, and then it is as it was."""
    with _replacing(name) as file, _minding(name):
        file.write(data)


@contextmanager
def _replacing(name: str) -> Iterator[BinaryIO]:
    """Give a file that has its name once everything is written.

    Whoever reads it, and however this ends, it is never half of one. What stood there stays till then.
    """
    with _minding(name):
        target = Path(name).resolve()  # a link goes on leading there
        is_kept = target.exists() and not target.is_file()
        if target.is_dir():
            raise IsADirectoryError
        # A device or a pipe holds nothing that could be lost.
        opened, part = (target.open("wb"), None) if is_kept else _part_of(target)
    try:
        with opened:
            yield opened
            with _minding(name):
                opened.flush()
                if part is not None:
                    os.fsync(opened.fileno())
        if part is not None:
            with _minding(name):
                part.replace(target)
    except BaseException:
        if part is not None:
            part.unlink(missing_ok=True)
        raise


def _part_of(target: Path) -> tuple[BinaryIO, Path]:
    """Return a new file beside the one that it is to replace, with the permissions of that."""
    descriptor, name = mkstemp(".part", ".pegmark-", target.parent)
    if target.exists():
        mode = target.stat().st_mode & 0o777
    else:
        mask = os.umask(0)
        os.umask(mask)
        mode = 0o666 & ~mask
    os.fchmod(descriptor, mode)
    return os.fdopen(descriptor, "wb"), Path(name)


@contextmanager
def _minding(name: str) -> Iterator[None]:
    """Raise `Refused` where the file `name` cannot be written."""
    try:
        yield
    except FileNotFoundError:
        raise _refused(name, "there is no folder for the file", f"make `{Path(name).parent}` first") from None
    except IsADirectoryError:
        raise _refused(name, "this is a folder", "name a file in it") from None
    except (OSError, ValueError) as error:
        raise _refused(name, f"the file cannot be written: {reason(error)}") from None


def _refused(name: str, message: str, help: str | None = None) -> Refused:
    return Refused([Problem("", message, Span(name, NOWHERE, NOWHERE), help)])
