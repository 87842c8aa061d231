"""What rules have in common, as schemas: reasons, conditions, tables, what follows from unknown."""

from __future__ import annotations

from collections.abc import Mapping

from pegmark.facts.vocabulary import READABLE, FactSpec
from tools.schema.values import Schema, amount, choice, expression, mapping, name, several, share, text

MATCH = {
    "match": "Where it cannot be told, the rule fires: right for what is unfavourable.",
    "skip": "Where it cannot be told, the rule is passed over.",
}


def reason() -> dict[str, Schema]:
    """Return the keys that say why a rule is."""
    return {"why": text("One sentence for a human, given with every decision."), "cite": cite()}


def cite() -> Schema:
    """Return the schema of a list of sources."""
    item = {"type": ["string", "number", "boolean"]}
    return several("Ids under sources, one at least.", item, least=1)


def on_unknown(choices: Mapping[str, str]) -> Schema:
    """Return the schema of what a rule does where its condition is unknown."""
    return choice("What the rule does where its condition is unknown; demanded where it can be.", choices)


def when(said: str = "The condition under which the rule fires.") -> Schema:
    """Return the schema of a condition."""
    return expression(said, "condition")


def rounding(*, is_money: bool) -> Schema:
    """Return the schema of what is rounded to, and which way."""
    said = "The step that is rounded to."
    modes = {"up": "Up to the next step.", "down": "Down to the last step."}
    to = amount(said, "USD") if is_money else share(said)
    return mapping("How the result is rounded, last.", {"to": to, "mode": choice("Which way.", modes)})


def members() -> Schema:
    """Return the schema of the members of an enum."""
    return several("The members of an enum, worst first.", name("A member."), least=2, uniqueItems=True)


def one_of(*keys: str) -> Schema:
    """Return what holds where just one of `keys` is given."""
    return {"oneOf": [{"required": [key]} for key in keys]}


# Tables


def rows_by_fact(key: str) -> Schema:
    """Return what holds of the rows under `key` where they are by a fact: its members are the rows."""
    return {"$ref": f"#/definitions/{key}_by_fact"}


def tables() -> Schema:
    """Return what `rows_by_fact` refers to."""
    facts = [fact for fact in READABLE.values() if fact.kind in ("enum", "bool")]
    return {
        f"{key}_by_fact": {"allOf": [_if_by(fact, {"properties": {key: _rows(fact)}}) for fact in facts]}
        for key in ("table", "rows")
    }


def truths() -> Schema:
    """Return the schema of rows for `true` and for `false`."""
    # Counted, not named: to an editor these keys are booleans, and no booleans are among its properties.
    return {"properties": {"true": {}, "false": {}}, "required": ["true", "false"], "maxProperties": 2}


def _if_by(fact: FactSpec, then: Schema) -> Schema:
    asked = {"properties": {"by": {"const": fact.name}}, "required": ["by"]}
    return {"if": asked, "then": then}


def _rows(fact: FactSpec) -> Schema:
    if fact.kind == "bool":
        return truths()
    found: dict[str, Schema] = {member: {} for member in fact.members}
    return {"properties": found, "required": list(fact.members), "additionalProperties": False}
