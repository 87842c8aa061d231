"""What a prover found of guardrails; where nothing is given, nothing is said to be proved."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

NOT_PROVED = "not proved"


@dataclass(frozen=True, slots=True)
class Proof:
    """What came of proving one guardrail, in words."""

    is_proved: bool
    said: str


Proofs = Mapping[str, Proof]
"""By the id of a guardrail."""


def summary(ids: Collection[str], proofs: Proofs | None) -> str:
    """Return in a line how many guardrails of these ids are proved."""
    if proofs is None:
        return f"none given; no guardrail of {len(ids)} is said to be proved"
    proved = sum(1 for id in ids if id in proofs and proofs[id].is_proved)
    return f"{proved} of {len(ids)} guardrails are proved"
