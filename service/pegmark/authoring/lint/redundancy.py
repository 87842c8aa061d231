"""What a proof finds to be needless: the one thing that rules of style ask of a prover.

Whoever can prove implements this; the rule that reports it knows nothing of how it was shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from pegmark.problems import Span
from pegmark.rulebook.program import Program


@dataclass(frozen=True, slots=True)
class Needless:
    """Something without which every decision would be the same: where it stands, and why that is so.

    `what` names it as a message begins (`rule KO-GATED`, `operand`), `because` is a note.
    """

    span: Span
    what: str
    because: str


class Redundancy(Protocol):
    """Finds, by proof over all assets that may be, what a rulebook could do without."""

    def needless(self, program: Program) -> Iterable[Needless]:
        """Yield every rule and operand of which it is proved that its removal changes no decision."""
        ...
