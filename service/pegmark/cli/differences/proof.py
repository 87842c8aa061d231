"""Which of two rulebooks is at least as strict, in lines that a terminal and a pull request share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pegmark.authoring.strictness import Counterexample, Strictness, Way

_RELATIONS = {
    "equivalent": "Equivalent: no asset has other terms.",
    "after": "B is at least as strict: no asset has better terms by it.",
    "before": "A is at least as strict: no asset has better terms by it.",
    "neither": "Neither is at least as strict: some assets have better terms by the one, some by the other.",
    "unsettled": "Not settled: of neither it is proved, and no asset shows of both that it is not.",
}


def headline(found: Strictness) -> str:
    """Return which is at least as strict, by the params of which day."""
    return f"{_RELATIONS[found.relation]} Params of {found.day}."


def lines(found: Strictness) -> Iterator[str]:
    """Yield why one or the other is not at least as strict, a line each."""
    for name, way in (("B", found.after), ("A", found.before)):
        yield from (f"better by {name}: {_shown(one)}" for one in way.refuted)
        if way.open:
            yield f"not settled in its time whether {name} is at least as strict: {', '.join(way.open)}"


def as_data(found: Strictness | None) -> dict[str, Any] | None:
    """Return it as JSON has it."""
    if found is None:
        return None
    return {
        "relation": found.relation,
        "day": found.day.isoformat(),
        "after": _way(found.after),
        "before": _way(found.before),
    }


def _way(way: Way) -> dict[str, Any]:
    return {
        "at_least_as_strict": way.holds,
        "proved": way.proved,
        "open": list(way.open),
        "refuted": [
            {
                "rule": one.rule,
                "why": one.why or None,
                "facts": None if one.facts is None else dict(one.facts),
                "sizes_usd": list(one.sizes),
                "outcomes": [{"name": n, "other": was, "own": now} for n, was, now in one.outcomes],
            }
            for one in way.refuted
        ],
    }


def _shown(one: Counterexample) -> str:
    if one.why:
        return f"{one.rule}: {one.why}"
    if one.facts is None:
        return f"{one.rule}, by itself; no asset at hand shows it in a whole decision"
    outcomes = ", ".join(f"{name} {was} → {now}" for name, was, now in one.outcomes)
    facts = ", ".join(f"{name} {_said(value)}" for name, value in sorted(one.facts.items()))
    return f"{one.rule}: {outcomes}, where {facts or 'nothing is known'}"


def _said(value: Any) -> str:
    if isinstance(value, list):
        return "{" + ", ".join(f"{row['kind']}: {row['share']:g}" for row in value) + "}"
    return f"{value:g}" if isinstance(value, float) else str(value).lower()
