"""A case that is being looked for: a fixture, and what is otherwise about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from pegmark.authoring.generation.variation import SIZE, Estimated
from pegmark.authoring.suite import Case, Claim, Setting
from pegmark.facts.components import COMPONENTS
from pegmark.problems import Position, Span

NOWHERE = Span("", Position(1, 1), Position(1, 1))
_SHARE = "backing.share."


Change = tuple[str, Any]
"""A fact, a share of the backing or the size, and what it is: a number, a member, a truth value, None."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A fixture by name, with changes."""

    base: str
    changes: tuple[Change, ...] = ()

    def having(self, name: str, value: Any) -> Candidate:
        """Return this candidate with one thing more, or otherwise."""
        kept = tuple(change for change in self.changes if change[0] != name)
        return Candidate(self.base, (*kept, (name, value)))


def case_of(candidate: Candidate, setting: Setting) -> Case:
    """Return a case that asks what a candidate does; `setting` is that of its fixture."""
    said = facts_of(candidate, setting)
    claims = {name: Claim(value, NOWHERE) for name, value in said.items()}
    size = dict(candidate.changes).get(SIZE)
    own = Setting(facts=claims, sizes=() if size is None else (float(size),))
    return Case("", "", None, NOWHERE, own.over(setting), ())


def facts_of(candidate: Candidate, setting: Setting) -> dict[str, Any]:
    """Return what a candidate says of facts over its fixture, as JSON has it in a request."""
    said: dict[str, Any] = {}
    shares: dict[str, Fraction] = {}
    for name, value in candidate.changes:
        match value:
            case Fraction() if name.startswith(_SHARE):
                shares[name.removeprefix(_SHARE)] = value
            case Fraction() if name != SIZE:
                said[name] = float(value)
            case Estimated():
                claim = setting.facts.get(name)
                if claim is not None:
                    said[name] = {"value": claim.said, "estimated": True}
            case _ if name != SIZE:
                said[name] = value
    if shares and COMPONENTS not in said:
        said[COMPONENTS] = _shifted(setting, shares)
    return said


def _shifted(setting: Setting, shares: Mapping[str, Fraction]) -> list[dict[str, Any]] | None:
    """Return the components of a fixture with some shares set; the largest of the others make room."""
    claim = setting.facts.get(COMPONENTS)
    listed = claim.said if claim is not None and isinstance(claim.said, list) else []
    total = sum((_exact(one) for one in listed), Fraction(0)) or Fraction(1)
    kept = sorted((dict(one) for one in listed if one["kind"] not in shares), key=_exact, reverse=True)
    excess = sum(map(_exact, kept), Fraction(0)) - (total - sum(shares.values()))
    for component in kept:
        change = max(-excess, Fraction(0)) if excess < 0 else -min(excess, _exact(component))
        component["share"] = float(_exact(component) + change)
        excess += change
    given = [{"kind": kind, "share": float(share)} for kind, share in shares.items() if share]
    return [component for component in kept if component["share"]] + given or None


def _exact(component: Mapping[str, Any]) -> Fraction:
    return Fraction(repr(component["share"]))
