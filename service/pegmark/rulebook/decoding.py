"""Bytes to text: UTF-8 that an editor shows as it is, and nothing else."""

from __future__ import annotations

import unicodedata

from pegmark.problems import Position, Problem, Span

MAX_BYTES = 1_000_000


class Refused(Exception):
    """The file cannot be read at all; carries the one problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def whole(file: str) -> Span:
    """Return the span of a file as a whole."""
    return Span(file, Position(1, 1), Position(1, 1))


def at_character(
    code: str, message: str, file: str, at: Position, help: str | None = None, path: str = ""
) -> Problem:
    """Return a problem of the one character that stands `at` a position."""
    return Problem(code, message, Span(file, at, Position(at.line, at.column + 1)), help, yaml_path=path)


def decode(data: bytes, file: str) -> str:
    """Return the text of a file, lines ending in a line feed alone; raises `Refused`."""
    if len(data) > MAX_BYTES:
        message = f"file is longer than {MAX_BYTES:,} bytes"
        raise Refused(Problem("E0010", message, whole(file), "split it into several files"))
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        at = _end_of(data[: error.start].decode("utf-8"))
        message = f"byte 0x{data[error.start]:02X} is not UTF-8"
        raise Refused(at_character("E0002", message, file, at, "save the file as UTF-8")) from None
    if text.startswith("\ufeff"):
        raise Refused(
            at_character(
                "E0004", "file begins with a byte-order mark", file, Position(1, 1), "save it without one"
            )
        )
    text = text.replace("\r\n", "\n")
    if not text.replace("\n", "").isprintable():
        offset, character = next((n, c) for n, c in enumerate(text) if not c.isprintable() and c != "\n")
        at = _end_of(text[:offset])
        if character == "\t":
            raise Refused(at_character("E0005", "tabs are not allowed", file, at, "indent with spaces"))
        help = "write an ordinary space" if unicodedata.category(character) == "Zs" else "delete it"
        raise Refused(at_character("E0003", named(character), file, at, help))
    return text


def _end_of(text: str) -> Position:
    return Position(text.count("\n") + 1, len(text) - text.rfind("\n"))


def named(character: str) -> str:
    r"""Return in words a character that cannot be seen.

    >>> named("\0"), named("\u00a0")
    ('control character U+0000', 'invisible character U+00A0 (no-break space)')
    """
    name = unicodedata.name(character, "")
    sort = "control" if unicodedata.category(character) == "Cc" else "invisible"
    return f"{sort} character U+{ord(character):04X}" + (f" ({name.lower()})" if name else "")
