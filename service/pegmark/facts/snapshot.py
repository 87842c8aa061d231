"""Facts at one moment: what each is worth to a rule, and what state it is in.

`take` turns a validated request into values a program can read: quantised numbers, choices and
flags by name, with everything that is not usable left out. What is left out is unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property, lru_cache
from typing import Any

from pydantic import BaseModel

from pegmark.errors import FactProblem, FactsError
from pegmark.facts.consistency import contradictions
from pegmark.facts.digest import canonical_clean, clean, digest
from pegmark.facts.model import BARE, Component, Missing, Stated
from pegmark.facts.units import quantise
from pegmark.facts.vocabulary import COMPONENT_KINDS, GROUPS, FactSpec

Value = float | bool | str
EARLIEST, LATEST = date(2009, 1, 3), date(2100, 1, 1)


_PLAIN = frozenset({float, bool, str})
_SHARES = {kind: f"backing.share.{kind}" for kind in COMPONENT_KINDS}
_SPECS = {group: {spec.attribute: spec for spec in specs} for group, specs in GROUPS.items()}


@dataclass(frozen=True, slots=True)
class LayerRef:
    """Another asset that backs this one, and with what share."""

    asset: str
    share: float


@dataclass(frozen=True)
class Snapshot:
    """All that is known of one asset, at one moment, before one venue.

    `values` holds the usable facts by readable name; a name that is absent is unknown. `known` and
    `estimated` name submitted facts; `states` gives those that are unknown and why, absent ones
    being `not_collected`. `claims` is all that was submitted. `beneath` is what the layers were decided
    on, by asset.
    """

    asset: str | None
    as_of: str
    day: date
    venue: str
    values: Mapping[str, Value]
    known: frozenset[str]
    estimated: frozenset[str]
    states: Mapping[str, str]
    layers: tuple[LayerRef, ...]
    claims: Mapping[str, Any] = field(repr=False)
    """What was said of each fact: a value by itself, or all of it as a tuple, which is digested."""
    beneath: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @cached_property
    def submitted(self) -> Mapping[str, Any]:
        """All that was submitted, in one form, equal for bare and long."""
        as_of = self.as_of
        return {
            name: claim if type(claim) is tuple else (_said(claim), None, as_of, None, None, False, None)
            for name, claim in self.claims.items()
        }

    @cached_property
    def said(self) -> str:
        """The digest of what was submitted."""
        return digest(canonical_clean(self.submitted))

    def facts_digest(self, sizes: Iterable[float], explain: str) -> str:
        """Return the digest of everything that was asked."""
        return digest(
            canonical_clean(
                {
                    "asset": self.asset,
                    "as_of": self.as_of,
                    "venue": self.venue,
                    "facts": self.said,
                    "layers": self.beneath,
                    "sizes_usd": [clean(size) for size in sizes],
                    "explain": explain,
                }
            )
        )


@lru_cache(maxsize=4096)
def moment(text: str) -> datetime:
    """Return the instant a date (its end, UTC) or an RFC 3339 text stands for; raises `ValueError`."""
    if len(text) == 10:
        return datetime.combine(date.fromisoformat(text), time.max, UTC)
    return datetime.fromisoformat(text).astimezone(UTC)


def spelled(text: str) -> str:
    """Return the one spelling of a moment: a date, or an instant in UTC ending in Z."""
    if len(text) == 10:
        return text
    return moment(text).isoformat().replace("+00:00", "Z")


def take(
    *,
    asset: str | None,
    as_of: str,
    facts: BaseModel | None,
    venue: BaseModel | None,
    venue_name: str,
    venue_pointer: str = "/venue",
    custom: Mapping[str, FactSpec] | None = None,
) -> Snapshot:
    """Return the snapshot of validated facts; raises `FactsError` with every problem found."""
    taker = _Taker(as_of)
    if not taker.problems:
        for group, given in facts.__dict__.items() if facts is not None else ():
            if group == "custom":
                taker.custom(given or {}, custom or {})
            elif given is not None:
                taker.group(group, given, f"/facts/{group}")
        if venue is not None:
            taker.group("venue", venue, venue_pointer)
    problems = taker.problems or contradictions(taker.values, taker.components, venue_pointer)
    if problems:
        raise FactsError(problems)
    taker.values |= spread(taker.components, taker.values.get("backing.basis"))
    return Snapshot(
        asset,
        taker.spelled,
        taker.at.date(),
        venue_name,
        taker.values,
        frozenset(taker.known),
        frozenset(taker.estimated),
        taker.states,
        tuple(LayerRef(c.asset, c.share) for c in taker.components if c.asset is not None),
        taker.claims,
    )


class _Taker:
    def __init__(self, as_of: str) -> None:
        self.problems: list[FactProblem] = []
        self.values: dict[str, Value] = {}
        self.known: set[str] = set()
        self.estimated: set[str] = set()
        self.states: dict[str, str] = {}
        self.claims: dict[str, Any] = {}
        self.components: list[Any] = []
        self.as_of = as_of
        self.at = self._moment(as_of, "/as_of") or datetime.min.replace(tzinfo=UTC)
        self.spelled = as_of if self.problems else spelled(as_of)

    def refuse(self, code: str, pointer: str, message: str, help: str | None = None) -> None:
        self.problems.append(FactProblem(pointer, code, message, help))

    def _moment(self, text: str, pointer: str) -> datetime | None:
        try:
            found = moment(text)
        except (ValueError, OverflowError):
            self.refuse("F0001", pointer, f"`{text}` is not a date that exists", "write `2025-10-09`")
            return None
        if not EARLIEST <= found.date() <= LATEST:
            self.refuse("F0004", pointer, f"`{text}` is not between {EARLIEST} and {LATEST}")
            return None
        return found

    def group(self, group: str, given: BaseModel, pointer: str) -> None:
        specs, values, claims, know = _SPECS[group], self.values, self.claims, self.known.add
        for attribute, claim in given.__dict__.items():
            # Most claims are plain: what `fact` does with one, without the way there.
            if type(claim) in _PLAIN:
                spec = specs[attribute]
                name = spec.name
                values[name] = claims[name] = quantise(claim, spec.kind) if type(claim) is float else claim
                know(name)
            elif claim is not None:
                self.fact(specs[attribute], claim, pointer)

    def fact(self, spec: FactSpec, claim: Any, pointer: str) -> None:
        """Keep a claim in canonical form and, if it can be used, its value; `pointer` is its group's."""
        name = spec.name
        value: Any
        # Asking pydantic classes what they are takes longer than all else here.
        if type(claim) in BARE:
            value = self._value(spec, claim)
            self.claims[name] = value
        elif isinstance(claim, Stated):
            dated = self._dated(spec, claim, pointer)
            if dated is None:
                return
            value = self._value(spec, claim.value)
            self.claims[name] = (
                _said(value),
                None,
                self.spelled if claim.as_of is None else spelled(claim.as_of),
                claim.source,
                claim.confidence,
                claim.estimated,
                _when(claim.knowable_at),
            )
            if spec.max_age_days is not None and self.at - dated > timedelta(days=spec.max_age_days):
                self.states[name] = "stale"
                return
            if claim.estimated:
                self.estimated.add(name)
        else:
            if self._dated(spec, claim, pointer) is not None:
                self.states[name] = claim.unknown
                self.claims[name] = (None, claim.unknown, _when(claim.as_of), claim.source)
            return
        self.known.add(name)
        if name == "backing.components":
            self.components = value
        else:
            self.values[name] = value

    @staticmethod
    def _value(spec: FactSpec, value: Any) -> Any:
        """Return a number on the grid of its unit, and anything else as it is."""
        is_number = isinstance(value, (int, float)) and spec.kind != "bool"
        return quantise(value, spec.kind) if is_number else value

    def _dated(self, spec: FactSpec, claim: Stated | Missing, pointer: str) -> datetime | None:
        """Return when a claim was true, the snapshot's `as_of` if it does not say; refuse the future."""
        refused = len(self.problems)
        pointer = f"{pointer}/{spec.attribute}"
        if isinstance(claim, Stated) and claim.knowable_at is not None:
            knowable = self._moment(claim.knowable_at, f"{pointer}/knowable_at")
            if knowable is not None and knowable > self.at:
                self.refuse(
                    "F0003",
                    f"{pointer}/knowable_at",
                    f"`{spec.name}` was not knowable before {claim.knowable_at}, "
                    f"after the snapshot's `{self.as_of}`",
                    "leave it out of this snapshot",
                )
        dated = self.at if claim.as_of is None else self._moment(claim.as_of, f"{pointer}/as_of")
        if dated is not None and dated > self.at:
            self.refuse(
                "F0002",
                f"{pointer}/as_of",
                f"`{spec.name}` is dated {claim.as_of}, after the snapshot's `{self.as_of}`",
                "a snapshot holds what was known at its `as_of`",
            )
        return dated if len(self.problems) == refused else None

    def custom(self, given: Mapping[str, Any], declared: Mapping[str, FactSpec]) -> None:
        for short, claim in given.items():
            name, group = f"custom.{short}", "/facts/custom"
            pointer = f"{group}/{short}"
            spec = declared.get(name)
            if spec is None:
                self.refuse("F0201", pointer, f"the rulebook declares no fact `{name}`")
                continue
            if claim is None:
                continue
            value = claim.value if isinstance(claim, Stated) else claim
            if not isinstance(claim, Missing) and not _fits(spec, value):
                self.refuse("F0202", pointer, f"`{name}` is {_admissible(spec)}")
                continue
            self.fact(spec, claim, group)


def spread(components: Sequence[Component], basis: Value | None) -> dict[str, float]:
    """Return the shares that rules read, by name, of the components, which are one fact.

    A net list is complete: what it does not name is not there, and what it leaves short of the whole
    is undisclosed. A gross list, or one of unknown basis, is never complete; where one falls short of the
    whole it does not say how much more is undisclosed.
    """
    if not components:
        return {}
    found: dict[str, float] = {}
    for component in components:
        found[component.kind] = found.get(component.kind, 0.0) + component.share
    total = sum(found.values())
    if basis == "net":
        found = {**dict.fromkeys(COMPONENT_KINDS, 0.0), **found}
        found["undisclosed"] += max(0.0, 1.0 - total)
    elif total < 1.0:
        found.pop("undisclosed", None)
    return {
        "backing.listed": quantise(total, "ratio"),
        **{_SHARES[kind]: quantise(share, "ratio") if share else 0.0 for kind, share in found.items()},
    }


def _fits(spec: FactSpec, value: Any) -> bool:
    match spec.kind:
        case "bool":
            return isinstance(value, bool)
        case "enum":
            return value in spec.members
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return number and (spec.low is None or value >= spec.low) and (spec.high is None or value <= spec.high)


def _admissible(spec: FactSpec) -> str:
    """Say what a rulebook's own fact may be."""
    if spec.kind == "bool":
        return "true or false"
    if spec.kind == "enum":
        return "one of " + ", ".join(f"`{member}`" for member in spec.members)
    bounds = [
        f"at {word} {bound:g}"
        for word, bound in (("least", spec.low), ("most", spec.high))
        if bound is not None
    ]
    return f"a number ({spec.kind})" + "".join(f", {bound}" for bound in bounds)


def _said(value: Any) -> Any:
    """Return a value as it is digested."""
    if isinstance(value, list):
        rows = [component.model_dump(exclude_none=True) for component in value]
        return [{key: clean(item) for key, item in row.items()} for row in rows]
    return clean(value)


def _when(text: str | None) -> str | None:
    return None if text is None else spelled(text)
