"""A decision in one line of a table, for many of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pegmark.cli.amounts import money, percent

_STATUS = {
    "accept": "accepted",
    "no_new": "no new intake",
    "run_off": "run off",
    "ineligible": "not accepted",
}
_COLUMNS = "{:<12} {:<10} {:<16} {:<18} {:<4} {:<13} {:>9} {:>10}"


def heading() -> str:
    """Return the line above the first row.

    >>> heading()
    'asset        as of      venue            class              band status          haircut        cap'
    """
    return _COLUMNS.format("asset", "as of", "venue", "class", "band", "status", "haircut", "cap")


def row(label: str, body: Mapping[str, Any]) -> str:
    """Return a decision as a row; `label` stands for an asset without a name.

    The haircut is the initial one, in all, at the first size that was asked for.
    """
    return _COLUMNS.format(
        body["asset"] or label,
        body["as_of"][:10],
        body["venue"],
        body["class"].replace("_", " "),
        body["band"],
        _STATUS[body["status"]],
        percent(body["haircuts"][0]["initial"]["total"]),
        money(body["cap"]["venue_usd"]),
    )


def refused_row(label: str) -> str:
    """Return the row of a question that has no decision; what is wrong is told elsewhere."""
    return f"{label:<12} refused"
