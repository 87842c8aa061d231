"""The vocabulary of facts: every fact that can be submitted, and every name a rule may read.

The tables are the single source. They make the pydantic model that types requests, the names and
types of the rule language, the ranges proofs assume, and the documentation.
"""

from __future__ import annotations

from collections.abc import Mapping

from pegmark.facts.asset_facts import ASSET_FACTS
from pegmark.facts.components import COMPONENT_KINDS, COMPONENT_ORDER, ComponentKind
from pegmark.facts.specification import FactSpec, Worse
from pegmark.facts.units import DAYS_MOST, USD_MOST, Kind
from pegmark.facts.venue_facts import VENUE_FACTS

__all__ = [
    "COMPONENT_KINDS",
    "COMPONENT_ORDER",
    "DAYS_MOST",
    "FACTS",
    "GROUPS",
    "READABLE",
    "USD_MOST",
    "ComponentKind",
    "FactSpec",
    "Kind",
    "Worse",
    "describe",
]

FACTS: Mapping[str, FactSpec] = {spec.name: spec for spec in (*ASSET_FACTS, *VENUE_FACTS)}
"""Every fact that can be submitted, by name, in the order of the documentation."""

GROUPS: Mapping[str, tuple[FactSpec, ...]] = {
    group: tuple(spec for spec in FACTS.values() if spec.group == group)
    for group in dict.fromkeys(spec.group for spec in FACTS.values())
}
"""The facts of each group."""

_COMPONENTS = "backing.components"
_DERIVED: tuple[FactSpec, ...] = (
    *(
        FactSpec(f"backing.share.{kind.name}", "ratio", "none", kind.meaning, _COMPONENTS, None, 0.0, 10.0)
        for kind in COMPONENT_KINDS.values()
    ),
    FactSpec("backing.listed", "ratio", "none", "Sum of the shares listed.", _COMPONENTS, None, 0.0, 10.0),
    FactSpec(
        "layer.score",
        "points",
        "lower",
        "Least composite score of the assets that back this one materially.",
        "Each such asset is decided first.",
        None,
        0.0,
        100.0,
    ),
    FactSpec(
        "layer.haircut",
        "ratio",
        "higher",
        "What those assets lose together: shares times maintenance of each, a small amount at a prudent venue.",
        "Each such asset is decided first.",
        None,
        0.0,
        1.0,
    ),
)

READABLE: Mapping[str, FactSpec] = {
    **{name: spec for name, spec in FACTS.items() if name != _COMPONENTS},
    **{spec.name: spec for spec in _DERIVED},
}
"""Every name a rule may read: the facts, with `backing.components` spread into its shares."""


def describe() -> list[dict[str, object]]:
    """Return the vocabulary as plain data, for the API, the command line and the documentation.

    >>> [entry["unit"] for entry in describe() if entry["name"] == "redemption.fee"]
    ['ratio']
    """
    return [_described(spec) for spec in FACTS.values()]


def _described(spec: FactSpec) -> dict[str, object]:
    is_list = spec.name == _COMPONENTS
    kinds = [{"kind": kind.name, "meaning": kind.meaning} for kind in COMPONENT_KINDS.values()]
    return {
        "name": spec.name,
        "unit": "list" if is_list else spec.kind,
        "members": list(spec.members) or None,
        "low": spec.low,
        "high": spec.high,
        "worse": spec.worse,
        "max_age_days": spec.max_age_days,
        "meaning": spec.meaning,
        "where": spec.where,
        "kinds": kinds if is_list else None,
    }
