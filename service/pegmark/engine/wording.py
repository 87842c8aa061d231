"""What decisions say that depends on the rulebook alone, put into words once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pegmark.engine.emit import as_json
from pegmark.rulebook.program import Program


@dataclass(frozen=True, slots=True)
class Wording:
    """Parts of the body of a decision, in the order of the rulebook; to be copied, not changed."""

    conditions: tuple[Mapping[str, Any], ...]
    """Without a value."""
    findings: tuple[Mapping[str, Any], ...]
    crossed: Mapping[str, Mapping[str, Any]]
    """By the id of a guardrail."""
    limits: tuple[str, ...]
    mark: Mapping[str, Any]
    """With the floor that holds where there is one, and without what is decided: basis and quote."""

    @classmethod
    def of(cls, program: Program) -> Wording:
        """Put a program into words."""
        return cls(
            tuple(
                {
                    "code": condition.code,
                    "parameter": condition.parameter,
                    "value": None,
                    "applies": condition.applies,
                    "rule": condition.reason.id,
                    "why": condition.reason.why,
                }
                for condition in program.conditions
            ),
            tuple(
                {
                    "code": rule.code,
                    "severity": rule.severity,
                    "rule": rule.reason.id,
                    "why": rule.reason.why,
                    "remedy": rule.remedy,
                }
                for rule in program.review
            ),
            {
                assertion.reason.id: {
                    "code": "guardrail_crossed",
                    "severity": "critical",
                    "rule": assertion.reason.id,
                    "why": assertion.reason.why,
                    "remedy": "Correct the rulebook: the terms it would give cross a guardrail.",
                }
                for assertion in program.assertions
            },
            tuple(limit.reason.id for limit in program.caps.limits),
            {
                "basis": None,
                "quote": None,
                "min_sources": program.mark.min_sources,
                "max_source_weight": as_json(float(program.mark.max_source_weight)),
                "max_age_seconds": round(program.mark.max_age_days * 86400),
                "floor": as_json(float(program.mark.floor)),
                "rule": program.mark.reason.id,
            },
        )
