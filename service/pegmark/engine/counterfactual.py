"""What it would take: the fewest changes of facts to the next better band, or to acceptance, as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pegmark.engine.compiled import Compiled
from pegmark.engine.decide import Layer, Terms
from pegmark.engine.emit import MICRO, as_json, ratio
from pegmark.engine.search import Found, Goal, Question, Search
from pegmark.facts.components import COMPONENTS
from pegmark.facts.digest import clean
from pegmark.facts.levers import Change, levers
from pegmark.facts.snapshot import Snapshot

MOST_FOUND = 3
"""How many sets are told of each side."""

Body = dict[str, Any]


def counterfactuals(
    compiled: Compiled, snapshot: Snapshot, sizes: Sequence[float], layer: Layer | None, terms: Terms
) -> Body:
    """Return the fewest changes that lead from `terms`, decided of the rest, to something better.

    What the asset's side could do or disclose, and what the venue could, each alone; both together
    where neither is found to suffice alone.
    """
    is_refused = terms.status == "ineligible"
    body: Body = {
        "to_band": None if is_refused or terms.band == 0 else compiled.bands[terms.band - 1],
        "to_status": "accept" if is_refused else None,
        "found": [],
        "exhausted": True,
        "runs": 0,
    }
    # Where a guardrail is crossed it is the rulebook that has to change.
    if terms.crossed or not (is_refused or terms.band):
        return body
    question, goal = Question(compiled, snapshot, sizes, layer), Goal(terms.band, terms.status)
    every = levers(snapshot, compiled.rated)
    for whose in ("asset", "venue", "both"):
        if whose == "both" and body["found"]:
            continue
        search = Search(question, goal, [lever for lever in every if whose in (lever.side, "both")])
        found = search.fewest()[:MOST_FOUND]
        body["found"] += [{"whose": whose, **_told(compiled, each)} for each in found]
        body["exhausted"] = body["exhausted"] and search.is_exhausted
        body["runs"] += search.runs
    return body


def _told(compiled: Compiled, found: Found) -> Body:
    terms = found.terms
    first = terms.positions[0]
    return {
        "changes": [_change(change) for change in found.changes],
        "class": compiled.program.classify.order[terms.cls],
        "band": compiled.bands[terms.band],
        "status": terms.status,
        "haircut": {
            "size_usd": as_json(first.size),
            "initial": ratio(first.initial_total),
            "maintenance": ratio(first.maintenance_total),
        },
        "venue_cap_usd": as_json(terms.venue_cap / MICRO),
    }


def _change(change: Change) -> Body:
    """Return a change as JSON: of a fact its values, of backing the kinds and the share moved."""
    lever, value = change
    body: Body = {"fact": lever.fact, "was": lever.was}
    if lever.move is not None:
        return {**body, "from": lever.move[0], "to": lever.move[1], "share": clean(value)}
    # A list that is confirmed has no value to show.
    to = None if lever.fact == COMPONENTS else clean(value)
    return {**body, "from": clean(lever.present), "to": to, "share": None}
