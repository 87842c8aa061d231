"""The section `haircut` as a schema: start, steps, bounds, and what follows from maintenance."""

from __future__ import annotations

from pegmark.language.types import UNITS
from pegmark.rulebook.haircut import MAX_POINTS
from tools.schema.rules import one_of, reason, rounding, rows_by_fact, when
from tools.schema.values import Schema, amount, by_name, choice, expression, mapping, rule_id, several, share


def haircut() -> Schema:
    """Return the schema of `haircut`."""
    unknown = amount(
        "The amount where it is unknown: worst, or no less than that.", "ratio", words=("worst",)
    )
    cell = share("The haircut.")
    row = {"anyOf": [cell, {"type": "object", "additionalProperties": cell}]}
    by = {
        "by": expression("The choice that rows are by: class, a fact, a derived name.", "choice"),
        "by2": expression("A second choice: each row is a mapping by its members.", "choice"),
    }
    rows = by_name("A haircut for every member; by two choices, a mapping for every member.", None, row)
    nested = {"additionalProperties": {"type": "object"}}
    flat = {"additionalProperties": {"type": "string"}}

    def by_two(key: str) -> Schema:
        return {
            "if": {"required": ["by2"]},
            "then": {"properties": {key: nested}},
            "else": {"properties": {key: flat}},
        }

    table_step = mapping(
        "A haircut by a table.",
        {"id": rule_id(), "by": by["by"], "table": rows, **reason()},
        {"by2": by["by2"], "unknown": unknown},
    ) | {"allOf": [by_two("table"), rows_by_fact("table")]}
    table = mapping("The amount by a table.", {"by": by["by"], "rows": rows}, {"by2": by["by2"]})
    table |= {"allOf": [by_two("rows"), rows_by_fact("rows")]}
    x, y = amount("x: where of, or of over over, stands.", *UNITS), share("y: the haircut there.")
    point = several("A point, [x, y].", y, least=2, maxItems=2) | {"items": [x, y]}
    curve = mapping(
        "The amount by a curve: straight between points, flat outside.",
        {
            "of": expression("What x is.", "quantity"),
            "points": several("Points of rising x whose y do not turn.", point, least=2, maxItems=MAX_POINTS),
        },
        {"over": expression("What it is divided by; 0 gives the last point.", "quantity")},
    )
    ops = {
        "add": "Add the amount; needs a limit.",
        "max": "Raise the haircut to the amount.",
        "min": "Lower the haircut to the amount.",
        "multiply": "Multiply the haircut by the amount.",
    }
    step = mapping(
        "A step of the waterfall, with one amount: a curve, a table or an expression.",
        {"id": rule_id(), "op": choice("What is done with the amount.", ops), **reason()},
        {
            "when": when("Where it is false the step does not apply; where unknown it does."),
            "limit": share("The most that the amount can be."),
            "curve": curve,
            "table": table,
            "expr": expression(
                "The amount as an expression: a share, or a number to multiply by.", "quantity"
            ),
            "unknown": unknown,
        },
    )
    step |= one_of("curve", "table", "expr")
    adding = {"properties": {"op": {"const": "add"}}, "required": ["op"]}
    step |= {"if": adding, "then": {"required": ["limit"]}}
    bounds = mapping(
        "The least and the most that maintenance can be.",
        {"id": rule_id(), "min": share("The least."), "max": share("The most."), **reason()},
    )
    maintenance = mapping(
        "The haircut at which a position is closed: start, steps, bounds, round.",
        {
            "start": table_step,
            "steps": several("Steps in order.", step),
            "bounds": bounds,
            "round": rounding(is_money=False),
        },
    )
    initial = mapping(
        "The haircut at intake: maintenance, and the greater of floor and share of it on top.",
        {
            "id": rule_id(),
            "floor": share("The least that is added."),
            "share": share("The share of maintenance that is added."),
            **reason(),
        },
    )
    return mapping(
        "The share that is taken off market value; the only section that reads position.size.",
        {"maintenance": maintenance, "initial": initial, "reference": table_step},
    )
