"""Problem codes of questions that are well formed and cannot be answered, with their titles."""

from __future__ import annotations

from collections.abc import Mapping

CODES: Mapping[str, str] = {
    "Q0001": "nothing to decide on",
    "Q0002": "asset not known",
    "Q0003": "no snapshot in force",
    "Q0004": "venue not known",
    "Q0005": "rulebook not known",
    "Q0006": "rulebook not in force",
    "Q0007": "asset beneath itself",
    "Q0008": "layers too deep",
    "Q0009": "stored file refused",
}
