"""Problem codes of suites, with their titles; a text as such has the codes of rulebooks."""

from __future__ import annotations

from collections.abc import Mapping

CODES: Mapping[str, str] = {
    "T0001": "no suite here",
    "T0002": "nothing is expected",
    "T0003": "unknown fixture",
    "T0004": "fixture beneath itself",
    "T0005": "asset or venue not stored",
    "T0006": "nothing to decide on",
    "T0007": "unknown fact",
    "T0008": "malformed fact",
    "T0009": "unknown output",
    "T0010": "malformed expectation",
    "T0011": "rule not in the rulebook",
    "T0012": "size that is not asked about",
    "T0013": "refusal beside a decision",
    "T0014": "row that does not fit its columns",
}
