"""What the keys of a suite mean; rulebooks have a JSON Schema that says it."""

from __future__ import annotations

from collections.abc import Mapping

KEYS: Mapping[str, str] = {
    "suite": "What this file tries, in a few words.",
    "fixtures": "Settings by name, that cases, tables and other fixtures may be like.",
    "venues": "Venues by name: one that is stored, or none, with facts of their own.",
    "cases": "Questions, each with what is expected of the answer.",
    "tables": "Many questions of one shape, a row each.",
    "case": "The name of a case, once in this file.",
    "table": "The name of a table, once in this file.",
    "like": "The fixture from which what is not said here is taken.",
    "asset": "A stored asset; what is said here comes on top of it.",
    "at": "The day, or the moment, as of which it is decided.",
    "venue": "The venue that would take it: one of the suites, or one that is stored.",
    "size": "How much is asked about, in USD.",
    "sizes": "How much is asked about, in USD; up to sixteen amounts.",
    "facts": "What is known, by fact or by group of facts; `unknown` or nothing takes a fact away.",
    "layers": "What is known of assets beneath, by name: a fixture, or nothing.",
    "note": "For readers: why this is asked.",
    "given": "What each row states, in order: facts, or `like`, `asset`, `at`, `venue`, `size`.",
    "expect": "What the decision must say: outputs by name; of a table, those that each row expects.",
    "rows": "The rows by name, or a list: first what is given, then what is expected.",
}
