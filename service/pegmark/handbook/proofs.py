"""What a prover found of a rulebook; where nothing is given, nothing is said to be proved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pegmark.rulebook.program import Obligation

NOT_PROVED = "not proved"
PROVED = "proved"
MOST_FAILED = 3
"""Goals that are named of those which are not proved."""


class ProofsError(ValueError):
    """What is given is no result of a prover, or one of another rulebook."""


@dataclass(frozen=True, slots=True)
class Goal:
    """What was asked of a rule, and what came of it: `proved`, `refuted` or `unknown`."""

    name: str
    kind: str
    rule: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Proofs:
    """The goals of a rulebook, by the params of these days."""

    days: tuple[str, ...]
    goals: tuple[Goal, ...]

    def of_rule(self, id: str) -> list[Goal]:
        """Return what was asked of a rule itself."""
        return [goal for goal in self.goals if goal.rule == id]

    def of_obligation(self, obligation: Obligation) -> list[Goal]:
        """Return what was asked of rules so that a guardrail holds of all of them together."""
        told = dict(obligation.parameters)
        if obligation.kind == "ordered_table":
            return [goal for goal in self.of_rule(told["table"]) if goal.kind == "ordered"]
        asks = {"unknown_never_helps": " hidden ", "monotone": f" {told.get('input')} "}.get(obligation.kind)
        found = [goal for goal in self.goals if asks is not None and asks in f"{goal.name} "]
        # What rules keep to by themselves holds of the whole where each stage passes it on.
        return [*found, *(goal for goal in self.goals if goal.kind == "passes")] if found else []


def read_proofs(data: Any, digest: str) -> Proofs:
    """Return what `pegmark prove --format json` printed of the rulebook of a digest; raises `ProofsError`."""
    try:
        # A mapping would be read as the list of its keys, and an empty one as a result without goals.
        reports = [_report(report) for report in (data if isinstance(data, list) else [data])]
    except (KeyError, TypeError):
        raise ProofsError("this is not what `pegmark prove --format json` prints") from None
    if not reports or any(found != digest for found, _, _ in reports):
        raise ProofsError("these are proofs of another rulebook, or of this one before it was changed")
    return Proofs(tuple(day for _, day, _ in reports), tuple(goal for *_, found in reports for goal in found))


def _report(report: Mapping[str, Any]) -> tuple[str, str, list[Goal]]:
    goals = [
        Goal(*(str(goal[key]) for key in ("goal", "kind", "rule", "outcome"))) for goal in report["goals"]
    ]
    return str(report["digest"]), str(report["params_of"]), goals


def summary(proofs: Proofs | None) -> str:
    """Return in a line what is proved of a rulebook."""
    if proofs is None:
        return "none given, so that no guardrail is said to be proved"
    return f"{told(proofs.goals)}, by the params of {' and '.join(proofs.days)}"


def told(goals: Sequence[Goal]) -> str:
    """Return how many of some goals are proved, and which are not."""
    if not goals:
        return NOT_PROVED
    failed = [f"{goal.name} ({goal.outcome})" for goal in goals if goal.outcome != PROVED]
    said = f"{len(goals) - len(failed):,} of {len(goals):,} goals proved"
    left = f" and {len(failed) - MOST_FAILED} more" if len(failed) > MOST_FAILED else ""
    return f"{said}; not {', '.join(failed[:MOST_FAILED])}{left}" if failed else said
