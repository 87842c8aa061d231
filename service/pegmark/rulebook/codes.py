"""Every problem code there is, with its title; codes are never reused."""

from __future__ import annotations

from collections.abc import Mapping

from pegmark.facts.codes import CODES as FACT_CODES
from pegmark.language import CODES as LANGUAGE_CODES

RULEBOOK_CODES: Mapping[str, str] = {
    "E0001": "malformed YAML",
    "E0002": "not UTF-8",
    "E0003": "invisible character",
    "E0004": "byte-order mark",
    "E0005": "tab",
    "E0006": "duplicate key",
    "E0007": "anchor, alias or merge key",
    "E0008": "tag",
    "E0009": "several documents",
    "E0010": "too large",
    "E0011": "nested too deeply",
    "E0012": "empty file",
    "E0013": "no rulebook here",
    "E0014": "too many files",
    "E0015": "file that is not read",
    **LANGUAGE_CODES,
    "E0301": "unknown key",
    "E0302": "missing key",
    "E0303": "wrong shape",
    "E0304": "unknown choice",
    "E0305": "section in two files",
    "E0306": "malformed name",
    "E0307": "malformed rule id",
    "E0308": "id or name used twice",
    "E0309": "retired id used",
    "E0310": "source missing",
    "E0311": "number or date that cannot be",
    "E0312": "param does not cover every day once",
    "E0313": "circular derivation",
    "E0314": "name never read",
    "E0315": "stated unit differs",
    "E0317": "`otherwise` missing or out of place",
    "E0318": "unknown not provided for",
    "E0319": "unknown cannot happen",
    "E0320": "incomplete table",
    "E0321": "table against the class order",
    "E0322": "points do not rise",
    "E0323": "curve turns",
    "E0324": "unknown better than the worst",
    "E0325": "bins do not tile",
    "E0326": "points against their direction",
    "E0327": "bands do not fall",
    "E0328": "weights do not cover the pillars",
    "E0329": "too many rules",
    "E0330": "guardrail of no kind",
    "E0331": "additive step without a limit",
    "E0332": "step without its one amount",
    "E0333": "one fact in two additive steps",
    "E0334": "favourable step that can be unknown",
    "E0335": "least account that is no account",
    "A0101": "rule can never fire",
    "A0102": "rule changes nothing",
    "A0103": "rules overlap",
}

CODES: Mapping[str, str] = {**RULEBOOK_CODES, **FACT_CODES}
