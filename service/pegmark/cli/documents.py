"""Files that state facts: YAML or JSON in, plain data out, and where in the file each value stands.

A value is read as in JSON, whichever the form: `no`, `0x10` and `1:30` are texts, not what some
reader of YAML makes of them, and a date stays a text. Nothing is read twice, ignored or guessed.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from pegmark.cli.refusal import Refused
from pegmark.problems import Position, Problem, Span
from pegmark.rulebook.source import MAX_BYTES, Mapping, Node, Scalar, parse
from pegmark.rulebook.source import Sequence as Listed

STANDARD_INPUT = "-"
DEEPEST = 64

_NUMBER = re.compile(
    r"[-+]?(?:(?:0|[1-9][0-9_]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?|[-+]?\.inf|\.nan",
    re.ASCII | re.IGNORECASE,
)
_WORDS = {"": None, "~": None, "null": None, "true": True, "True": True, "false": False, "False": False}


@dataclass(frozen=True, slots=True)
class Document:
    """What a file says; `tree` is there where places in the file are known."""

    name: str
    data: Any
    tree: Node | None = None

    def place(self, path: Sequence[str]) -> Span | None:
        """Return where the value at `path` stands: at its key, or what is nearest above it."""
        node = self.tree
        span = node.span if node is not None else None
        for key in path:
            match node:
                case Mapping(entries):
                    name, node = next((e for e in entries if e[0].text == key), (None, None))
                    span = name.span if name is not None else span
                case Listed(items) if key.isdecimal() and int(key) < len(items):
                    node = items[int(key)]
                    span = node.span
                case _:
                    break
        return span


def read(name: str) -> Document:
    """Return what the file `name` says, `-` being standard input; raises `Refused`."""
    shown = "standard input" if name == STANDARD_INPUT else name
    data = _bytes(name, shown)
    if len(data) > MAX_BYTES:
        _refuse(shown, "the file is too long", f"at most {MAX_BYTES:,} bytes are read")
    if _is_json(name, data):
        return Document(shown, _from_json(data, shown))
    tree, problems = parse(data, shown)
    if problems:
        raise Refused(map(_as_facts, problems))
    assert tree is not None  # noqa: S101 - there are no problems
    return Document(shown, _plain(tree), tree)


def _bytes(name: str, shown: str) -> bytes:
    try:
        if name == STANDARD_INPUT:
            return _all_of(sys.stdin.buffer)
        with Path(name).open("rb") as file:
            return _all_of(file)
    except FileNotFoundError:
        _refuse(shown, "there is no such file", "a stored asset is named without a suffix: `USDe`")
    except IsADirectoryError:
        _refuse(shown, "this is a folder", "name one file in it")
    except (OSError, ValueError) as error:
        said = (
            error.strerror
            if isinstance(error, OSError) and error.strerror
            else "it has no name a file can have"
        )
        _refuse(shown, f"the file cannot be read: {said[:1].lower()}{said[1:]}")


def _all_of(file: BinaryIO) -> bytes:
    # One byte more than is taken tells a file that is too long, without reading all of it.
    return file.read(MAX_BYTES + 1)


def _is_json(name: str, data: bytes) -> bool:
    suffix = Path(name).suffix.lower()
    return suffix == ".json" or (suffix not in (".yaml", ".yml") and data.lstrip()[:1] in (b"{", b"["))


def _as_facts(problem: Problem) -> Problem:
    """Return a problem of YAML as one of a file of facts, which is no rulebook."""
    if problem.code != "E0303" or "mapping" not in problem.message:
        return problem
    return Problem(
        "", "the file is not a mapping", problem.span, "begin with `asset:`, `as_of:` and `facts:`"
    )


def _plain(node: Node) -> Any:
    match node:
        case Mapping(entries):
            return {key.text: _plain(value) for key, value in entries}
        case Listed(items):
            return [_plain(item) for item in items]
        case Scalar(text, is_quoted=True):
            return text
        case Scalar(text):
            return _value(text)


def _value(text: str) -> Any:
    if text in _WORDS:
        return _WORDS[text]
    if _NUMBER.fullmatch(text):
        return float(text.lower().replace("_", "").replace(".inf", "inf").replace(".nan", "nan"))
    return text


class _Pairs(list[tuple[str, Any]]):
    """The pairs of an object, told apart from an array."""


# Every number is a float: Python refuses to make an int of more than 4,300 digits.
_JSON = json.JSONDecoder(object_pairs_hook=_Pairs, parse_int=float)


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
