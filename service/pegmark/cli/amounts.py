"""Amounts of money and ratios as they are typed and shown."""

from __future__ import annotations

import re
from typing import Any

import click

_USD = re.compile(r"\$?(\d[\d_,]*)(\.\d+)?\s?(k|m|bn|b)?", re.IGNORECASE | re.ASCII)
_SCALE = {"": 0, "k": 3, "m": 6, "b": 9, "bn": 9}
LEAST_USD, MOST_USD = 1, 10**12
"""As the API has it: a position of less than a dollar is none, and a trillion is more than there is."""


def usd(text: str) -> float:
    """Return an amount of USD; raises `ValueError`.

    >>> usd("1M"), usd("$2.5bn"), usd("250k"), usd("10_000_000")
    (1000000.0, 2500000000.0, 250000.0, 10000000.0)
    """
    found = _USD.fullmatch(text.strip()) if len(text) <= 40 else None
    if found is None:
        raise ValueError(f"`{text[:40]}` is not an amount of USD; write `250k`, `1M`, `$50M` or `10_000_000`")
    whole, fraction, suffix = found.groups("")
    # As decimal text, so that 1.1M is 1100000 and not what binary fractions make of it.
    value = float(f"{re.sub('[_,]', '', whole)}{fraction}e{_SCALE[suffix.lower()]}")
    if not LEAST_USD <= value <= MOST_USD:
        raise ValueError(f"`{text}` is not a size: at least $1 and at most $1,000bn")
    return value


class Usd(click.ParamType[float]):
    """An amount of USD on the command line."""

    name = "amount"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read `1M`."""
        try:
            return usd(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


def money(value: float) -> str:
    """Return USD as short as it can be said without loss.

    >>> money(1_000_000), money(1_484_440_000), money(65_480_000), money(123_456), money(0)
    ('$1M', '$1.48444bn', '$65.48M', '$123,456', '$0')
    """
    for suffix, scale, places in (("bn", 10**9, 5), ("M", 10**6, 3), ("k", 10**3, 2)):
        scaled = round(value / scale, places)
        if abs(scaled) >= 1 and round(scaled * scale, 6) == value:
            return f"${scaled:,.{places}f}".rstrip("0").rstrip(".") + suffix
    return f"${value:,.0f}" if float(value).is_integer() else f"${value:,.2f}"


def percent(value: float) -> str:
    """Return a ratio in percent, to a hundredth.

    >>> percent(0.3225), percent(1)
    ('32.25 %', '100.00 %')
    """
    return f"{value * 100:.2f} %"


def share(value: float) -> str:
    """Return a ratio in percent, as short as it can be said.

    >>> share(0.34), share(0.1275)
    ('34 %', '12.75 %')
    """
    return f"{value * 100:.2f}".rstrip("0").rstrip(".") + " %"


def duration(seconds: float) -> str:
    """Return a length of time in the largest units that say it.

    >>> duration(864), duration(86_400), duration(5_400)
    ('14 min 24 s', '24 h', '1 h 30 min')
    """
    parts = []
    rest = round(seconds)
    for unit, scale in (("d", 86_400 if rest > 172_800 else 10**12), ("h", 3600), ("min", 60), ("s", 1)):
        count, rest = divmod(rest, scale)
        if count:
            parts.append(f"{count} {unit}")
    return " ".join(parts) or "no time"


def span(kind: str, low: float | None, high: float | None) -> str:
    """Return a range of numbers, in their unit.

    >>> span("USD", 0, 10**13), span("ratio", -1, 1)
    ('from $0 to $10,000bn', 'from -1 to 1')
    """
    ends = (
        (money(end) if kind == "USD" else f"{end:,.15g}") if end is not None else "any" for end in (low, high)
    )
    return "from {} to {}".format(*ends)
