"""Expression text to tokens, each with its offsets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from pegmark.language.types import Unit

TokenKind = Literal["number", "text", "name", "word", "op", "end"]
WORDS = frozenset({"and", "or", "not", "in", "if", "then", "else", "true", "false"})
MAX_LENGTH = 2000
MAX_MAGNITUDE = 10**15

_TOKEN = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<number>\$?(?:\d+(?:_\d+)*)(?:\.\d+)?(?:[A-Za-z%]+)?)
  | (?P<text>"[^"\n]*")
  | (?P<name>[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*)
  | (?P<op><=|>=|==|!=|[-+*/<>(),])
    """,
    re.VERBOSE,
)
_NUMBER = re.compile(r"(?P<dollar>\$?)(?P<digits>[\d_.]+)(?P<suffix>[A-Za-z%]*)\Z")
_SUFFIXES: dict[str, tuple[Unit, Fraction]] = {
    "%": ("ratio", Fraction(1, 100)),
    "bp": ("ratio", Fraction(1, 10_000)),
    "h": ("days", Fraction(1, 24)),
    "d": ("days", Fraction(1)),
    "y": ("days", Fraction(365)),
}
_THOUSANDS = {"": 1, "k": 10**3, "M": 10**6, "bn": 10**9, "tn": 10**12}
_FOREIGN = {
    "&&": "write `and`",
    "||": "write `or`",
    "===": "write `==`",
    "=": "write `==` to compare",
    "!": "write `not`",
    "<>": "write `!=`",
    "'": 'write text in double quotes: `"fiat"`',
}


@dataclass(frozen=True, slots=True)
class Token:
    """A token and where it stands; `value` of a number is (amount, unit)."""

    kind: TokenKind
    text: str
    start: int
    end: int
    value: tuple[Fraction, Unit] | None = None


class Malformed(Exception):
    """A text that is no expression: code, message, help and the offsets at fault."""

    def __init__(self, code: str, message: str, start: int, end: int, help: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.start = start
        self.end = max(end, start + 1)
        self.help = help


def tokens(text: str) -> list[Token]:
    """Split `text` into tokens, the last of kind `end`; raises `Malformed`."""
    if len(text) > MAX_LENGTH:
        raise Malformed(
            "E0106",
            f"expression is {len(text)} characters long; at most {MAX_LENGTH} are read",
            0,
            1,
            "name parts of it under `derive`",
        )
    return [*_scan(text), Token("end", "", len(text), len(text))]


def _scan(text: str) -> Iterator[Token]:
    at = 0
    while at < len(text):
        for foreign, advice in _FOREIGN.items():
            if text.startswith(foreign, at) and not text.startswith(("==", "!="), at):
                raise Malformed(
                    "E0108", f"`{foreign}` is not an operator here", at, at + len(foreign), advice
                )
        if text.startswith("===", at):
            raise Malformed("E0108", "`===` is not an operator here", at, at + 3, _FOREIGN["==="])
        match = _TOKEN.match(text, at)
        if match is None:
            if text[at] == '"':
                raise Malformed("E0102", "text is not closed", at, len(text), 'end it with `"`')
            shown = text[at] if text[at].isprintable() else f"U+{ord(text[at]):04X}"
            raise Malformed("E0101", f"unexpected character `{shown}`", at, at + 1)
        kind, found = match.lastgroup, match.group()
        start, at = at, match.end()
        if kind == "number":
            yield Token("number", found, start, at, _number(found, start))
        elif kind == "text":
            yield Token("text", found[1:-1], start, at)
        elif kind == "name":
            yield Token("word" if found in WORDS else "name", found, start, at)
        elif kind == "op":
            yield Token("op", found, start, at)


def _number(text: str, start: int) -> tuple[Fraction, Unit]:
    match = _NUMBER.match(text)
    assert match is not None
    suffix = match["suffix"]
    amount = Fraction(match["digits"].replace("_", ""))
    unit: Unit
    if match["dollar"] and suffix in _THOUSANDS:
        amount, unit = amount * _THOUSANDS[suffix], "USD"
    elif not match["dollar"] and not suffix:
        unit = "number"
    elif not match["dollar"] and suffix in _SUFFIXES:
        unit, scale = _SUFFIXES[suffix]
        amount *= scale
    else:
        raise Malformed(
            "E0103",
            f"`{text}` is not a number with a unit",
            start,
            start + len(text),
            "units are `80%`, `25bp`, `24h`, `45d`, `3y`, `$100k`, `$50M`, `$2.5bn`",
        )
    if amount > MAX_MAGNITUDE:
        raise Malformed("E0103", f"`{text}` is too large", start, start + len(text), "at most 10^15 is read")
    return amount, unit
