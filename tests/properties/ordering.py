"""When one decision is at least as bad as another, outcome by outcome."""

from __future__ import annotations

from pegmark.engine.decide import STATUSES, Terms


def improvements(before: Terms, after: Terms) -> list[str]:
    """Return the outcomes that are better in `after`; none may be after hiding or worsening a fact."""
    found = []
    if after.cls < before.cls:
        found.append("class")
    if after.band < before.band:
        found.append("band")
    if STATUSES.index(after.status) < STATUSES.index(before.status):
        found.append("status")
    found += [f"score {name}" for name, score in after.scores.items() if score > before.scores[name]]
    if after.composite > before.composite:
        found.append("composite")
    for old, new in zip(before.positions, after.positions, strict=True):
        for name in ("maintenance", "initial", "maintenance_total", "initial_total"):
            if getattr(new, name) < getattr(old, name):
                found.append(f"{name} at {old.size:g}")
    if after.venue_cap > before.venue_cap:
        found.append("venue cap")
    if after.account_cap > before.account_cap:
        found.append("account cap")
    return found
