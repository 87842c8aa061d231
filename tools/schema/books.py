"""Whole files as schemas: a file of a rulebook, and the filling-in."""

from __future__ import annotations

from pegmark.facts.vocabulary import FACTS, READABLE
from tools.schema.definitions import definitions, header
from tools.schema.judgements import judgements
from tools.schema.overlays import overlay
from tools.schema.rules import reason, tables
from tools.schema.terms import terms
from tools.schema.values import Schema, choice, expression, expressions, mapping, rule_id, several

_DIALECT = "http://json-schema.org/draft-07/schema#"


def rulebook() -> Schema:
    """Return the schema of a file of a rulebook: any of its sections, as a book may have several files."""
    return {
        "$schema": _DIALECT,
        "title": "Rulebook of pegmark",
        "description": "Sections of a rulebook; those of all files of a folder make the book.",
        "type": "object",
        "properties": {**header(), **overlay(), **definitions(), **judgements(), **terms()},
        "additionalProperties": False,
        "definitions": {**expressions(), **tables()},
    }


def normal() -> Schema:
    """Return the schema of the filling-in, which is compiled into every rulebook."""
    item = mapping(
        "What one fact takes where it is unknown.",
        {
            "id": rule_id(),
            "fact": choice("The fact that is filled in: a number with a worse side.", _fillable()),
            "take": expression("A bound from the unfavourable side, never a guess.", "quantity"),
            **reason(),
        },
    )
    shared = {key: {**header(), **definitions()}[key] for key in ("sources", "params", "derive")}
    return {
        "$schema": _DIALECT,
        "title": "Filling-in of pegmark",
        "description": "What facts take where they are unknown, in every rulebook.",
        "type": "object",
        "properties": {**shared, "normal": several("Bounds, one a fact.", item)},
        "additionalProperties": False,
        "definitions": expressions(),
    }


def _fillable() -> dict[str, str]:
    return {
        f.name: f.meaning for f in FACTS.values() if f.worse in ("lower", "higher") and f.name in READABLE
    }
