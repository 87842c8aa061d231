"""Values of a rulebook as schemas: texts, choices, whole numbers, amounts with units, expressions.

An editor reads YAML by its core schema: `10%` is a string to it, `3` a number and `true` a boolean,
where the rule language has texts alone. So a value may be of several types.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pegmark.facts.vocabulary import READABLE
from pegmark.language.functions import FUNCTIONS
from pegmark.language.tokens import MAX_LENGTH, WORDS
from pegmark.language.types import Unit
from pegmark.rulebook.reading import ID

Schema = dict[str, Any]

_NAME = r"[A-Za-z][A-Za-z0-9_]{0,39}"
_SCALAR = ["string", "number", "boolean"]
_WRITTEN: Mapping[Unit, tuple[str, str, str]] = {
    "ratio": (r"{}(%|bp)", "a share, like 5% or 25bp", "5%"),
    "days": (r"{}(h|d|y)", "a time, like 24h, 45d or 3y", "45d"),
    "USD": (r"\${}(k|M|bn|tn)?", "an amount of dollars, like $100k or $50M", "$50M"),
    "number": (r"{}", "a bare number, like 2.5", "2.5"),
    "points": (r"{}", "a number of points, like 50", "50"),
}
"""How an amount is written, in a pattern, in words and by example, by its unit."""
_DIGITS = r"\d+(_\d+)*(\.\d+)?"


def _else(wanted: str) -> Schema:
    """Return what an editor says of a value that is of another type, or is written otherwise."""
    return {"errorMessage": f"write {wanted}", "patternErrorMessage": f"write {wanted}"}


def text(said: str) -> Schema:
    """Return the schema of a text on one line."""
    return {"description": said, "type": _SCALAR, "pattern": r"\S", **_else("a text")}


def word(said: str, *likely: str) -> Schema:
    """Return the schema of a text that is likely to be one of some, and may be another."""
    return text(said) | {"defaultSnippets": [_offered(other) for other in likely]}


def choice(said: str, members: Mapping[str, str]) -> Schema:
    """Return the schema of one of `members`, each with what it means."""
    return {
        "description": said,
        "enum": list(members),
        "enumDescriptions": list(members.values()),
    }


def truth(said: str) -> Schema:
    """Return the schema of `true` or `false`."""
    # In quotes it is one as well: texts are typed by their key.
    quoted = {"type": "string", "pattern": "^(true|false)$", "doNotSuggest": True}
    return {"description": said, "anyOf": [{"type": "boolean"}, quoted]}


def day(said: str) -> Schema:
    """Return the schema of a date."""
    return {
        "description": said,
        "type": "string",
        "pattern": r"^\d{4}-\d\d-\d\d$",
        **_else("a date, like 2017-01-01"),
        "format": "date",
    }


def name(said: str) -> Schema:
    """Return the schema of a name, which may look like a boolean to an editor."""
    return {
        "description": said,
        "type": ["string", "boolean"],
        "pattern": f"^{_NAME}$",
        **_else("a name: a letter, then letters, digits or _, at most 40"),
    }


def variable() -> Schema:
    """Return the schema of a key that expressions read: a name, and no word of the language."""
    taken = "|".join(sorted({*WORDS, *FUNCTIONS}))
    said = "a name: a letter, then letters, digits or _, and no word of the language"
    return {"pattern": f"^(?!({taken})$){_NAME}$", **_else(said)}


def rule_id(said: str = "The permanent id of this rule; a retired one is never used again.") -> Schema:
    """Return the schema of the id of a rule."""
    return {
        "description": said,
        "type": "string",
        "pattern": f"^{ID.pattern}$",
        "maxLength": 40,
        **_else("an id, like CLS-010 or HC-LIQUIDITY"),
    }


def whole(said: str, low: int, high: int) -> Schema:
    """Return the schema of a whole number in a range."""
    quoted = {"type": "string", "pattern": r"^-?\d{1,9}$", "doNotSuggest": True}
    number = {"type": "integer", "minimum": low, "maximum": high}
    return {"description": f"{said} {low} to {high}.", "anyOf": [number, quoted]}


def amount(said: str, *units: Unit, words: Iterable[str] = ()) -> Schema:
    """Return the schema of a literal of one of `units`, or of one of some `words`."""
    # A sign and brackets are allowed around any literal.
    written = [rf"[\s(-]*{_WRITTEN[unit][0].format(_DIGITS)}[\s)]*" for unit in units] + [*words]
    wanted = " or ".join([*words, *dict.fromkeys(_WRITTEN[unit][1] for unit in units)])
    is_bare = {"number", "points"} & set(units)
    return {
        "description": said,
        "type": ["string", "number"] if is_bare else "string",
        "pattern": f"^({'|'.join(dict.fromkeys(written))})$",
        **_else(wanted),
        "examples": [*words, *dict.fromkeys(_WRITTEN[unit][2] for unit in units)],
    }


def share(said: str) -> Schema:
    """Return the schema of a ratio."""
    return amount(said, "ratio")


def _offered(value: str, said: str | None = None) -> Schema:
    """Return what an editor offers; not an example, which it would show of everything that may have it."""
    return {"label": value, "body": value, **({"description": said} if said else {})}


# Expressions


def expression(said: str, of: str) -> Schema:
    """Return the schema of an expression; `of` names one of `expressions`, which says what may be read."""
    return {"description": said, "allOf": [{"$ref": f"#/definitions/{of}"}]}


def expressions() -> Schema:
    """Return the schemas of expressions by what they come to, with the facts that they may begin with."""
    kinds: Mapping[str, tuple[str, ...]] = {
        "condition": ("bool",),
        "choice": ("enum", "bool"),
        "quantity": ("ratio", "USD", "days", "number", "points"),
        "anything": ("bool", "enum", "ratio", "USD", "days", "number", "points"),
    }
    return {
        of: {
            "type": _SCALAR,
            "pattern": r"\S",
            "maxLength": MAX_LENGTH,
            **_else("an expression"),
            "defaultSnippets": [_offered(f.name, f.meaning) for f in READABLE.values() if f.kind in allowed],
        }
        for of, allowed in kinds.items()
    }


# Shapes


def mapping(
    said: str, required: Mapping[str, Schema], optional: Mapping[str, Schema] | None = None
) -> Schema:
    """Return the schema of a mapping with just these keys."""
    return {
        "description": said,
        "type": "object",
        "properties": {**required, **(optional or {})},
        "required": list(required),
        "additionalProperties": False,
    }


def by_name(said: str, names: Schema | None, value: Schema) -> Schema:
    """Return the schema of a mapping whose keys the author chooses."""
    keys = {"propertyNames": names} if names else {}
    return {"description": said, "type": "object", **keys, "additionalProperties": value}


def several(said: str, item: Schema, least: int = 0, **more: Any) -> Schema:
    """Return the schema of a list."""
    return {"description": said, "type": "array", "items": item, "minItems": least, **more}
