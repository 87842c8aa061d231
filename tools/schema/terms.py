"""Sections that set terms, as schemas: caps, ladder, mark, conditions, review, guardrails."""

from __future__ import annotations

from functools import cache

from pegmark.facts.vocabulary import FACTS, READABLE
from pegmark.rulebook.load import load
from pegmark.rulebook.names import OUTPUTS
from pegmark.rulebook.program import Program
from tools.golden import ROOT
from tools.schema.amounts import haircut
from tools.schema.rules import MATCH, on_unknown, one_of, reason, rounding, when
from tools.schema.values import (
    Schema,
    amount,
    choice,
    expression,
    mapping,
    rule_id,
    several,
    share,
    text,
    whole,
    word,
)


@cache
def _house() -> Program:
    return load(ROOT / "rules/house")


def terms() -> dict[str, Schema]:
    """Return the schemas of sections that set terms."""
    return {
        "haircut": haircut(),
        "caps": _caps(),
        "ladder": mapping(
            "The sizes between which the haircut of each slice is stated.",
            {
                "id": rule_id(),
                "breakpoints": several("Sizes, rising.", amount("A size.", "USD"), least=1),
                **reason(),
            },
        ),
        "mark": _mark(),
        "conditions": several("What is asked of a venue that takes the asset.", _condition()),
        "review": several("Findings about a venue's own terms.", _finding()),
        "guardrails": several("What no rule may cross.", _guardrail()),
    }


def _caps() -> Schema:
    limit = mapping(
        "A limit; the least of all binds.",
        {"id": rule_id(), "expr": expression("Dollars that may be taken.", "quantity"), **reason()},
        {
            "when": when("Where it is false the limit does not apply."),
            "unknown": amount("The limit where it is unknown: worst, which is $0.", "USD", words=("worst",)),
        },
    )
    least = mapping(
        "What is offered of any accepted asset.",
        {"venue": amount("To a venue.", "USD"), "account": amount("To an account.", "USD")},
    )
    account = mapping(
        "What one account may bring.",
        {"id": rule_id(), "share": share("As a share of the venue's cap."), **reason()},
    )
    return mapping(
        "How much may be taken; reads neither sizes nor scores.",
        {
            "limits": several("Limits.", limit, least=1),
            "least": least,
            "account": account,
            "round": rounding(is_money=True),
        },
        {"outstanding": expression("What the venue holds already, from which headroom follows.", "quantity")},
    )


def _mark() -> Schema:
    basis, quote = READABLE["venue.price_source"].members, READABLE["reference.currency"].members
    floor = mapping(
        "The least price, while its condition holds.",
        {"value": share("As a share of redemption value."), "when": when("When the floor holds.")},
    )
    close_out = mapping(
        "How long it takes to sell in stress.",
        {"expr": expression("Days.", "quantity"), "unknown": amount("Days where unknown.", "days")},
    )
    either = "An expression that is never unknown: one of"
    return mapping(
        "The price that the terms assume.",
        {
            "id": rule_id(),
            "basis": expression(f"{either} {', '.join(basis)}, in double quotes.", "anything"),
            "quote": expression(f"{either} {', '.join(quote)}; a currency needs no quotes.", "anything"),
            "min_sources": whole("How many sources it has at least,", 1, 100),
            "max_source_weight": share("The most that one source may weigh."),
            "max_age": amount("How old it may be.", "days"),
            "floor": floor,
            "close_out": close_out,
            **reason(),
        },
    )


def _condition() -> Schema:
    times = {
        "acceptance": "Before the asset is taken.",
        "intake": "At each deposit.",
        "continuous": "All the time.",
    }
    codes = sorted({condition.code for condition in _house().conditions})
    parameters = sorted({condition.parameter for condition in _house().conditions})
    return mapping(
        "A condition to accept.",
        {
            "id": rule_id(),
            "code": word("What is asked, for programs; the house book's are suggested.", *codes),
            "parameter": word("What of it is set.", *parameters),
            "value": expression('An expression, or a word in double quotes: "false".', "anything"),
            "applies": choice("When it is to hold.", times),
            **reason(),
        },
        {
            "when": when("Where it is false nothing is asked."),
            "on_unknown": on_unknown(MATCH),
            "unknown": text("The value to ask for where it is unknown."),
        },
    )


def _finding() -> Schema:
    severities = {
        "low": "Worth knowing.",
        "medium": "To be put right.",
        "high": "To be put right soon.",
        "critical": "To be put right before more is taken.",
    }
    codes = sorted({finding.code for finding in _house().review})
    return mapping(
        "A finding about the venue.",
        {
            "id": rule_id(),
            "code": word("What is found, for programs; the house book's are suggested.", *codes),
            "severity": choice("How bad it is.", severities),
            "when": when(),
            "remedy": text("What the venue can do."),
            **reason(),
        },
        {"on_unknown": on_unknown(MATCH)},
    )


def _guardrail() -> Schema:
    outputs = {
        "class": "The class.",
        "band": "The band.",
        "status": "The status.",
        "haircut.maintenance": "The haircut at which a position is closed.",
        "haircut.initial": "The haircut at intake.",
        "cap": "The cap.",
        "all": "Everything that is decided.",
    }
    assert tuple(outputs) == OUTPUTS  # noqa: S101 - each output is described
    inputs = {
        "position.size": "The size of the position.",
        **{fact.name: fact.meaning for fact in FACTS.values()},
    }
    output = {
        "description": "What is decided.",
        "anyOf": [choice("", outputs), {"type": "string", "pattern": r"^score\."}],
    }
    driver = {
        "description": "What it follows.",
        "anyOf": [choice("", inputs), {"type": "string", "pattern": r"^custom\."}],
    }
    ways = {
        "increasing": "More of the input never gives less.",
        "decreasing": "More of the input never gives more.",
    }
    monotone = mapping(
        "The output moves one way with the input.",
        {"output": output, "input": driver, "direction": choice("Which way.", ways)},
    )
    proved = {
        "monotone": monotone,
        "unknown_never_helps": mapping("Hiding a fact never improves the output.", {"output": output}),
        "ordered_table": mapping(
            "A worse class is charged no less.", {"table": rule_id("The id of a rule that is a table.")}
        ),
        "refines": mapping("Never laxer than another rulebook.", {"base": text("Its name.")}),
    }
    guardrail = mapping(
        "A guardrail says one thing.",
        {"id": rule_id(), **reason()},
        {
            "assert": when("What holds in every decision; where it does not, the asset is ineligible."),
            **proved,
        },
    )
    return guardrail | one_of("assert", *proved)
