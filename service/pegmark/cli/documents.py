"""Files that state facts, named on the command line: YAML or JSON in, plain data out."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from pegmark.cli.refusal import Refused, reason
from pegmark.problems import Position, Problem, Span
from pegmark.rulebook.source import MAX_BYTES
from pegmark.storage.documents import Document, from_yaml, number

STANDARD_INPUT = "-"
DEEPEST = 64


def read(name: str) -> Document:
    """Return what the file `name` says, `-` being standard input; raises `Refused`."""
    with opened(name) as file:
        data = beginning(file)
    return document(name, data)


def shown_name(name: str) -> str:
    """Return what a file is called in messages."""
    return "standard input" if name == STANDARD_INPUT else name


def document(name: str, data: bytes) -> Document:
    """Return what `data`, the beginning of the file `name`, says; raises `Refused`."""
    shown = shown_name(name)
    if len(data) > MAX_BYTES:
        _refuse(shown, "the file is too long", f"at most {MAX_BYTES:,} bytes are read")
    if _is_json(name, data):
        return Document(shown, _from_json(data, shown))
    found = from_yaml(data, shown)
    if not isinstance(found, Document):
        raise Refused(found)
    return found


@contextmanager
def opened(name: str) -> Iterator[BinaryIO]:
    """Give the bytes of the file `name`; raises `Refused` where it cannot be opened or read."""
    with minding(name):
        if name == STANDARD_INPUT:
            yield sys.stdin.buffer
        else:
            with Path(name).open("rb") as file:
                yield file


@contextmanager
def minding(name: str) -> Iterator[None]:
    """Raise `Refused` where the file `name` is not what can be read."""
    shown = shown_name(name)
    try:
        yield
    except FileNotFoundError:
        _refuse(shown, "there is no such file", "what is stored is named without a suffix: `USDe`")
    except IsADirectoryError:
        _refuse(shown, "this is a folder", "name one file in it")
    except (OSError, ValueError) as error:
        _refuse(shown, f"the file cannot be read: {reason(error)}")


def beginning(file: BinaryIO) -> bytes:
    """Return as much of a file as can be used, and a byte more if it goes on."""
    return file.read(MAX_BYTES + 1)


def _is_json(name: str, data: bytes) -> bool:
    suffix = Path(name).suffix.lower()
    return suffix == ".json" or (suffix not in (".yaml", ".yml") and data.lstrip()[:1] in (b"{", b"["))


class _Pairs(list[tuple[str, Any]]):
    """The pairs of an object, told apart from an array."""


_JSON = json.JSONDecoder(object_pairs_hook=_Pairs, parse_int=number, parse_float=number)


def _from_json(data: bytes, name: str) -> Any:
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        _refuse(name, f"byte {error.start} is not UTF-8", "save the file as UTF-8", "H4002")
    if text.startswith("\ufeff"):
        _refuse(name, "the file begins with a byte-order mark", "save it without one", "H4002")
    try:
        tree = _JSON.decode(text)
    except json.JSONDecodeError as error:
        span = _span(name, error.lineno, error.colno)
        said = f"malformed JSON: {error.msg[:1].lower()}{error.msg[1:]}"
        raise Refused([Problem("H4001", said, span)]) from None
    except RecursionError:
        _refuse_depth(name)
    twice: list[str] = []
    plain = _without_pairs(tree, "", twice, name)
    if twice:
        raise Refused(
            Problem("H4003", "the key stands twice", _span(name), "keep one", yaml_path=pointer)
            for pointer in dict.fromkeys(twice)
        )
    return plain


def _without_pairs(node: Any, pointer: str, twice: list[str], name: str, depth: int = 0) -> Any:
    """Return plain data; the pointers of keys that stand twice are added to `twice`."""
    if depth > DEEPEST:
        _refuse_depth(name)
    if isinstance(node, _Pairs):
        found: dict[str, Any] = {}
        for key, value in node:
            below = f"{pointer}/{escaped(key)}"
            if key in found:
                twice.append(below)
            found[key] = _without_pairs(value, below, twice, name, depth + 1)
        return found
    if isinstance(node, list):
        return [_without_pairs(item, f"{pointer}/{n}", twice, name, depth + 1) for n, item in enumerate(node)]
    return node


def escaped(key: str) -> str:
    """Return a key as a token of a JSON pointer."""
    return key.replace("~", "~0").replace("/", "~1")


def tokens(pointer: str) -> list[str]:
    """Return the keys that a JSON pointer leads through.

    >>> tokens("/facts/a~1b")
    ['facts', 'a/b']
    """
    return [key.replace("~1", "/").replace("~0", "~") for key in pointer.split("/")[1:]]


def _refuse_depth(name: str) -> NoReturn:
    _refuse(name, f"the file is nested more than {DEEPEST} deep", "no question needs more than ten", "H4004")


def _refuse(name: str, message: str, help: str | None = None, code: str = "") -> NoReturn:
    raise Refused([Problem(code, message, _span(name), help)])


def _span(name: str, line: int = 0, column: int = 0) -> Span:
    """Return a place; line 0 is the file as a whole."""
    return Span(name, Position(line, column), Position(line, column + 1))
