"""Expression text to tokens, each with its offsets and, for a number, its exact amount and unit."""

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
MAX_AMOUNT = 10**15
DECIMALS = 12
"""How many decimals of a number are kept; the quantiser's grid is as fine."""

_TOKEN = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<number>\$?\.?\d[\w.%]*)
  | (?P<text>"[^"\r\n]*")
  | (?P<name>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)
  | (?P<foreign>&&?|\|\|?|===|!==|<>|=(?!=)|!(?!=))
  | (?P<op>[<>=!]=|[-+*/<>(),])
    """,
    # ASCII: digits and spaces of other scripts look like ours and are not.
    re.VERBOSE | re.ASCII,
)
_NUMBER = re.compile(r"(\$?)(\d+(?:_\d+)*(?:\.\d+)?)([A-Za-z%]*)", re.ASCII)
_SUFFIXES: dict[str, tuple[Unit, Fraction]] = {
    "": ("number", Fraction(1)),
    "%": ("ratio", Fraction(1, 100)),
    "bp": ("ratio", Fraction(1, 10_000)),
    "h": ("days", Fraction(1, 24)),
    "d": ("days", Fraction(1)),
    "y": ("days", Fraction(365)),
    "$": ("USD", Fraction(1)),
    "$k": ("USD", Fraction(10**3)),
    "$M": ("USD", Fraction(10**6)),
    "$bn": ("USD", Fraction(10**9)),
    "$tn": ("USD", Fraction(10**12)),
}
_MEANT = {
    "bps": "bp",
    "pct": "%",
    "percent": "%",
    "hours": "h",
    "day": "d",
    "days": "d",
    "years": "y",
    "k": "$k",
    "m": "$M",
    "mm": "$M",
    "mio": "$M",
    "b": "$bn",
    "bn": "$bn",
    "t": "$tn",
    "tn": "$tn",
}
"""What people write for a unit, in lower case and without a dollar sign."""

_FOREIGN = {
    "&": "write `and`",
    "&&": "write `and`",
    "|": "write `or`",
    "||": "write `or`",
    "===": "write `==`",
    "!==": "write `!=`",
    "<>": "write `!=`",
    "=": "write `==` to compare",
    "!": "write `not`",
}
_STRAY = {
    "'": 'write text in double quotes: `"fiat"`',
    "\u2018": 'write text in double quotes: `"fiat"`',
    "\u2019": 'write text in double quotes: `"fiat"`',
    "\u201c": 'write text in straight double quotes: `"fiat"`',
    "\u201d": 'write text in straight double quotes: `"fiat"`',
    "\u2264": "write `<=`",
    "\u2265": "write `>=`",
    "\u2260": "write `!=`",
    "\u2212": "write `-`",
    "\u2013": "write `-`",
    "\u00d7": "write `*`",
    "\u00f7": "write `/`",
    "\u00a0": "write an ordinary space",
    "%": "write a percentage without a space: `80%`",
    "$": "write an amount without a space: `$50M`",
    ".": "a name is like `backing.collateral_ratio`, a number like `0.5`",
    "[": "write `(` and `)`",
    "]": "write `(` and `)`",
    "{": "write `(` and `)`",
    "}": "write `(` and `)`",
    "^": "there are no powers; multiply",
    "#": "write a comment outside the expression",
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
    """What is wrong with a text, where the reading of it stopped; `end` is exclusive."""

    def __init__(self, code: str, message: str, start: int, end: int, hint: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.start = start
        self.end = end
        self.hint = hint


def tokens(text: str) -> list[Token]:
    """Split `text` into tokens, the last of kind `end`; raises `Malformed`.

    >>> [(token.kind, token.text) for token in tokens("x >= 80%")]
    [('name', 'x'), ('op', '>='), ('number', '80%'), ('end', '')]
    """
    if len(text) > MAX_LENGTH:
        raise Malformed(
            "E0106",
            f"expression is {len(text)} characters long; at most {MAX_LENGTH} are read",
            MAX_LENGTH,
            len(text),
            "name parts of it under `derive`",
        )
    found = list(_scan(text))
    end = found[-1].end if found else len(text)
    return [*found, Token("end", "", end, end)]


def shown(text: str) -> str:
    """Return text of the user as a message quotes it: on one line, printable, not too long."""
    clean = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    return clean if len(clean) <= 60 else clean[:59] + "…"


def _scan(text: str) -> Iterator[Token]:
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise _unexpected(text, at)
        found, start, at = match.group(), at, match.end()
        match match.lastgroup:
            case "number":
                yield Token("number", found, start, at, _number(found, start))
            case "text":
                yield Token("text", found[1:-1], start, at)
            case "name":
                yield Token("word" if found in WORDS else "name", found, start, at)
            case "op":
                yield Token("op", found, start, at)
            case "foreign":
                raise Malformed("E0108", f"`{found}` is not an operator here", start, at, _FOREIGN[found])


def _unexpected(text: str, at: int) -> Malformed:
    character = text[at]
    if character == '"':
        end = at + len(text[at:].splitlines()[0])
        return Malformed("E0102", "text is not closed", at, end, 'end it with `"`')
    named = character if character.isprintable() else f"U+{ord(character):04X}"
    return Malformed("E0101", f"unexpected character `{named}`", at, at + 1, _STRAY.get(character))


def _number(text: str, start: int) -> tuple[Fraction, Unit]:
    match = _NUMBER.fullmatch(text)
    meaning = _SUFFIXES.get(match[1] + match[3]) if match else None
    if match is None or meaning is None:
        message = f"`{shown(text)}` is not a number with a unit"
        raise Malformed("E0103", message, start, start + len(text), _number_meant(text))
    written = Fraction(match[2].replace("_", ""))
    unit, scale = meaning
    amount = written * scale
    if amount > MAX_AMOUNT:
        message = f"`{shown(text)}` is too large"
        raise Malformed("E0110", message, start, start + len(text), "numbers go up to 10^15")
    # An hour is no finite decimal of a day: its own decimals count.
    if ((written if match[3] == "h" else amount) * 10**DECIMALS).denominator != 1:
        message = f"`{shown(text)}` has more decimals than are kept"
        raise Malformed("E0110", message, start, start + len(text), f"{DECIMALS} decimals are kept")
    return amount, unit


def _number_meant(text: str) -> str:
    if text.startswith((".", "$.")):
        return f"write `{text.replace('.', '0.', 1)}`"
    match = re.fullmatch(r"\$?(\d[\d_.]*\d|\d)([A-Za-z]+)", text, re.ASCII)
    meant = _MEANT.get(match[2].lower()) if match else None
    if match is None or meant is None:
        return "units are `80%`, `25bp`, `24h`, `45d`, `3y`, `$100k`, `$50M`, `$2.5bn`"
    dollar, suffix = ("$", meant[1:]) if meant.startswith("$") else ("", meant)
    return f"write `{dollar}{match[1]}{suffix}`"
