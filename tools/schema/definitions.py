"""Sections that say what a rulebook is and define its names, as schemas."""

from __future__ import annotations

from collections.abc import Mapping

from pegmark.language.types import UNITS
from pegmark.rulebook.book import LANGUAGE
from tools.schema.rules import members, reason
from tools.schema.values import (
    Schema,
    amount,
    by_name,
    choice,
    day,
    expression,
    mapping,
    name,
    several,
    text,
    variable,
)

UNIT_WORDS: Mapping[str, str] = {
    "number": "A bare number: 2.5.",
    "ratio": "A share: 80%, 25bp.",
    "days": "A time: 24h, 45d, 3y.",
    "USD": "Dollars: $100k, $50M.",
    "points": "Points of a score, a bare number.",
    "bool": "A condition: true or false.",
    "enum": "A choice among members.",
}


def header() -> dict[str, Schema]:
    """Return the schemas of what a rulebook says of itself."""
    language = [{"const": int(LANGUAGE)}, {"const": LANGUAGE, "doNotSuggest": True}]
    source = mapping("A source.", {"title": text("What it is called."), "href": text("Where it is read.")})
    weight = name("The param, 0 % to 100 %, that weighs an estimate.")
    retired = mapping(
        "An id that stays taken.",
        {
            "id": {"description": "The id.", "type": ["string", "number", "boolean", "null"]},
            "date": day("Since when."),
            "why": text("Why it was retired."),
        },
    )
    return {
        "rulebook": name("The name of this rulebook."),
        "language": {"description": "The version of the rule language.", "anyOf": language},
        "version": text("Free text; a question may insist on it."),
        "owners": several("Who answers for the rules, one at least.", text("A person or a group."), least=1),
        "effective": day("For readers: the day from which the book is meant to be used."),
        "estimates": mapping("How far an estimate is trusted.", {"weight": weight}),
        "sources": by_name("What rules cite, by an id.", None, source),
        "retired": several("Ids that may not come back.", retired),
    }


def definitions() -> dict[str, Schema]:
    """Return the schemas of sections that define names."""
    units = {unit: UNIT_WORDS[unit] for unit in (*UNITS, "bool")}
    derived = mapping(
        "A named expression.",
        {
            "unit": choice("What the expression comes to.", {**units, "enum": UNIT_WORDS["enum"]}),
            "expr": expression(
                "Facts, params and derived names; coalesce is allowed here alone.", "anything"
            ),
        },
        {**reason(), "members": members()},
    )
    only_enum = {"required": ["members"]}, {"properties": {"members": False}}
    return {
        "facts": by_name("Facts besides the vocabulary, read as custom.NAME.", variable(), _fact()),
        "params": by_name("Dated constants, read at the as_of of the facts.", variable(), _param()),
        "derive": by_name(
            "Named expressions that rules read.",
            variable(),
            derived | {"allOf": [_if_unit("enum", *only_enum)]},
        ),
    }


def _if_unit(unit: str, then: Schema, otherwise: Schema | None = None) -> Schema:
    asked = {"properties": {"unit": {"const": unit}}, "required": ["unit"]}
    return {"if": asked, "then": then, **({"else": otherwise} if otherwise else {})}


def _fact() -> Schema:
    worse = {
        "higher": "More of it is worse.",
        "lower": "Less of it is worse.",
        "from_one": "Further from 1 is worse.",
        "first": "An earlier member is worse.",
    }
    quoted = {"enum": ["true", "false"], "doNotSuggest": True}
    fact = mapping(
        "A fact that only this rulebook knows.",
        {
            "unit": choice("What the fact is measured in.", UNIT_WORDS),
            "meaning": text("What it is, in one line."),
            "worse": {
                "description": "Which way it is worse for a lender.",
                "anyOf": [choice("", worse), {"type": "boolean"}, quoted],
            },
        },
        {
            "low": amount("The least it can be.", *UNITS),
            "high": amount("The most it can be.", *UNITS),
            "members": members(),
        },
    )
    bounds = ("low", "high")
    no_bounds = dict.fromkeys(bounds, False)
    truths = {"anyOf": [{"type": "boolean"}, {"enum": ["true", "false"]}]}
    numeric = [
        _if_unit(
            unit,
            {
                "properties": {
                    "worse": {"enum": ["higher", "lower", "from_one"]},
                    **{end: amount("", unit) for end in bounds},
                }
            },
        )
        for unit in UNITS
    ]
    choices = {"required": ["members"], "properties": {"worse": {"enum": ["first"]}, **no_bounds}}
    no_members: Schema = {"properties": {"members": False}}
    conditions: Schema = {"properties": {"worse": truths, **no_bounds}}
    return fact | {"allOf": [*numeric, _if_unit("enum", choices, no_members), _if_unit("bool", conditions)]}


def _param() -> Schema:
    value = amount("The value, with its unit.", *UNITS, words=("true", "false"))
    value["type"] = ["string", "number", "boolean"]
    dated = mapping(
        "A value that holds until the next begins.",
        {"from": day("Its first day; of the first value 2017-01-01 or earlier."), "value": value},
    )
    param = mapping(
        "A dated constant.",
        {
            "unit": choice("What it is measured in.", {unit: UNIT_WORDS[unit] for unit in (*UNITS, "bool")}),
            "values": several("Its values by date, oldest first.", dated, least=1),
            **reason(),
        },
    )
    valued = [
        _if_unit(unit, {"properties": {"values": {"items": {"properties": {"value": amount("", unit)}}}}})
        for unit in UNITS
    ]
    return param | {"allOf": valued}
