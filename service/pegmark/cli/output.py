"""Where a report goes: to standard output, or to a file that is replaced whole or not at all."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

from pegmark.cli.terminal import say

STANDARD_OUTPUT = Path("-")


def deliver(text: str, file: Path | None) -> None:
    """Print a report, or write it to `file` in UTF-8; raises `OSError` where it cannot be written.

    Whoever reads the file meanwhile sees the old one or the new one. What is no ordinary file, as a
    pipe, is written to as it is.
    """
    if file is None or file == STANDARD_OUTPUT:
        if text:
            say(text)
        return
    data = f"{text}\n".encode(errors="replace") if text else b""
    # A link stays a link.
    target = file.resolve()
    if target.exists() and not target.is_file():
        target.write_bytes(data)
    else:
        _replace(target, data)


def _replace(target: Path, data: bytes) -> None:
    with NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}.", delete=False) as made:
        try:
            made.write(data)
            made.flush()
            os.fsync(made.fileno())
            Path(made.name).chmod(_mode(target))
            Path(made.name).replace(target)
        except BaseException:
            with suppress(FileNotFoundError):
                Path(made.name).unlink()
            raise


def _mode(target: Path) -> int:
    """Return the permissions that a file has, or that a new one gets here."""
    with suppress(FileNotFoundError):
        return target.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
