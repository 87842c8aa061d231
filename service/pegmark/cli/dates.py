"""Dates as they are typed."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import click

from pegmark.facts.model import WHEN
from pegmark.facts.snapshot import moment

_DAY = re.compile(WHEN)


class Day(click.ParamType[str]):
    """A date, or an instant of RFC 3339, on the command line."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Read `2025-10-09`."""
        text = str(value)
        try:
            is_day = _DAY.fullmatch(text) is not None and bool(moment(text))
        except (ValueError, OverflowError):
            is_day = False
        if not is_day:
            self.fail(
                f"`{text[:40]}` is not a date; write `2025-10-09` or `2025-10-09T14:00:00Z`", param, ctx
            )
        return text


def today() -> str:
    """Return the date in UTC."""
    return datetime.now(UTC).date().isoformat()
