"""Texts of a suite to values: as a request writes them, or with a unit as a rulebook does."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction

from pegmark.facts.model import WHEN
from pegmark.facts.snapshot import moment
from pegmark.facts.specification import FactSpec
from pegmark.facts.units import RANGES, Kind
from pegmark.language import Type, shown
from pegmark.language.prose import constant
from pegmark.problems import Span
from pegmark.rulebook.reading import Reader
from pegmark.rulebook.source import Scalar

NUMBER = re.compile(r"[+-]?\d{1,15}(?:\.\d{1,12})?", re.ASCII)
"""A number as JSON has it, without an exponent: ratios are decimals, money is USD, times are days."""
_WHEN = re.compile(WHEN)
FLAGS = {"true": True, "false": False}


def part(scalar: Scalar, start: int, end: int | None = None) -> Scalar:
    """Return a part of a text, which still knows where it stands."""
    end = len(scalar.text) if end is None else end
    span = Span(scalar.span.file, scalar.at(start), scalar.at(end))
    return Scalar(scalar.text[start:end], span, lambda offset: scalar.at(start + offset))


def number(
    reader: Reader,
    scalar: Scalar,
    path: str,
    kind: Kind,
    low: float | None = None,
    high: float | None = None,
) -> float | None:
    """Return a number within a range, both ends included; None after reporting what is wrong with it."""
    if NUMBER.fullmatch(scalar.text):
        value = Fraction(scalar.text)
    else:
        found = reader.literal(scalar, path, Type(kind))
        if not isinstance(found, Fraction):
            return None
        value = found
    low, high = (stated if stated is not None else _end(kind, n) for n, stated in enumerate((low, high)))
    if (low is not None and value < Fraction(low)) or (high is not None and value > Fraction(high)):
        ends = [
            constant(Fraction(end).limit_denominator(10**9), kind) for end in (low, high) if end is not None
        ]
        help = f"it is from {' to '.join(ends)}" if len(ends) == 2 else f"it is {ends[0]} or more"
        if kind == "ratio" and 1 < value <= 100 and NUMBER.fullmatch(scalar.text):
            help = f"write `{constant(value / 100, kind)}`; {help}"
        message = f"`{shown(scalar.text)}` is out of range"
        reader.report("E0311", message, scalar.span, path, help)
        return None
    return float(value)


def _end(kind: Kind, n: int) -> float | None:
    return RANGES[kind][n] if kind in RANGES else None


def flag(reader: Reader, scalar: Scalar, path: str) -> bool | None:
    """Return true or false; None after reporting."""
    found = reader.choice(scalar, path, FLAGS)
    return FLAGS.get(found)


def when(reader: Reader, scalar: Scalar, path: str) -> str | None:
    """Return a date or an instant; None after reporting that it is none."""
    try:
        if _WHEN.fullmatch(scalar.text):
            moment(scalar.text)
            return scalar.text
    except (ValueError, OverflowError):
        pass
    help = "write `2026-01-31`, or an instant like `2026-01-31T12:00:00Z`"
    reader.report("E0311", f"`{shown(scalar.text)}` is not a date", scalar.span, path, help)
    return None


def of_fact(reader: Reader, scalar: Scalar, path: str, spec: FactSpec) -> float | bool | str | None:
    """Return the value of a fact; None after reporting what is wrong with it."""
    match spec.kind:
        case "bool":
            return flag(reader, scalar, path)
        case "enum":
            found: str | None = reader.choice(scalar, path, spec.members)
            return found
    return number(reader, scalar, path, spec.kind, spec.low, spec.high)


def choice(reader: Reader, scalar: Scalar, path: str, members: Iterable[str]) -> str | None:
    """Return one of `members`, or of any where there are none to choose from; None after reporting."""
    listed = tuple(members)
    if not listed:
        return reader.text(scalar, path) or None
    found: str | None = reader.choice(scalar, path, listed)
    return found
