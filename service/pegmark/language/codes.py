"""Problem codes of the expression language, with their titles."""

from __future__ import annotations

from collections.abc import Mapping

CODES: Mapping[str, str] = {
    "E0101": "unexpected character",
    "E0102": "unclosed text",
    "E0103": "malformed number",
    "E0104": "unexpected token",
    "E0105": "unclosed parenthesis",
    "E0106": "expression too long",
    "E0107": "expression too deep",
    "E0108": "operator of another language",
    "E0109": "empty expression",
    "E0110": "number out of range",
    "E0201": "unknown name",
    "E0202": "unknown function",
    "E0203": "wrong number of arguments",
    "E0204": "unit mismatch",
    "E0205": "wrong type",
    "E0206": "unknown enum member",
    "E0207": "name not available here",
    "E0208": "function not allowed here",
}
