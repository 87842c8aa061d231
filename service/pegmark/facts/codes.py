"""Problem codes of facts, with their titles."""

from __future__ import annotations

from collections.abc import Mapping

CODES: Mapping[str, str] = {
    "F0001": "date that does not exist",
    "F0002": "fact dated after the snapshot",
    "F0003": "fact not yet knowable at the snapshot",
    "F0004": "date out of range",
    "F0101": "net shares exceed the whole",
    "F0102": "component listed twice",
    "F0103": "redemption without a right to it",
    "F0104": "depth exceeds supply",
    "F0105": "stressed depth exceeds depth",
    "F0107": "discounts that contradict each other",
    "F0108": "capacity while redemption is suspended",
    "F0109": "attestation age without an attestor",
    "F0110": "promotion counted that is not paid",
    "F0111": "value beyond its bound",
    "F0112": "bank share exceeds deposits",
    "F0201": "custom fact not declared",
    "F0202": "custom fact of the wrong type",
}
