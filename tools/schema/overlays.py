"""Sections of an overlay as schemas: what it extends, how it stands to that, and what it changes."""

from __future__ import annotations

from pegmark.rulebook.targets import LISTS
from tools.schema.rules import reason
from tools.schema.values import Schema, choice, day, mapping, name, rule_id, several, text, word

MODES = {
    "tighten": "No terms are easier than the base's: it is proved.",
    "free": "Terms may be easier: another person approves it.",
}
_ANYTHING = {
    "description": "What stands there instead.",
    "type": ["string", "number", "boolean", "array", "object", "null"],
}


def overlay() -> dict[str, Schema]:
    """Return the schemas of sections that only an overlay has."""
    digest = {
        "description": "What the base means: `pegmark show RULEBOOK --digest` prints it.",
        "type": "string",
        "pattern": "^sha256:[0-9a-f]{64}$",
        "errorMessage": "write the digest that `pegmark show RULEBOOK --digest` prints",
    }
    path = text("Where the base is, seen from this folder, if not beside it.")
    extends = {"rulebook": name("The rulebook that is changed."), "digest": digest}
    return {
        "extends": mapping("The rulebook that this overlay changes, pinned.", extends, {"path": path}),
        "mode": choice("How the overlay stands to its base.", MODES),
        "changes": several("What is otherwise than in the base.", {"anyOf": _changes()}, least=1),
    }


def _changes() -> list[Schema]:
    """Return the schemas of the changes that there are."""
    because, cite = {"why": reason()["why"]}, {"cite": reason()["cite"]}
    values = {"description": "Its values, by the day from which they hold.", "type": "array"}
    rule = {"description": "The whole rule, as its section wants it.", "type": "object"}
    keys = {"description": "Keys of the rule, or paths within it, with what they are now.", "type": "object"}
    known = rule_id("A rule of the base.")
    return [
        mapping("A rule of the base, changed.", {"rule": known, "set": keys, **because}, cite),
        mapping(
            "What stands at a path, changed.",
            {
                "path": text("A section, then keys: haircut.maintenance.bounds.max."),
                "to": _ANYTHING,
                **because,
            },
            cite,
        ),
        mapping(
            "A param, with other values.", {"param": name("The param."), "values": values, **because}, cite
        ),
        mapping(
            "A rule more.",
            {"add": word("The list that it is added to.", *LISTS), "rule": rule},
            {"before": known, "after": known},
        ),
        mapping("A rule that goes.", {"retire": known, "date": day("Since when."), **because}),
    ]
