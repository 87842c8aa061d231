"""Sections that judge an asset, as schemas: its class, its scores, its band and status."""

from __future__ import annotations

from pegmark.language.types import UNITS
from tools.schema.rules import MATCH, cite, on_unknown, one_of, reason, rows_by_fact, truths, when
from tools.schema.values import (
    Schema,
    amount,
    by_name,
    choice,
    expression,
    mapping,
    name,
    rule_id,
    several,
    share,
    text,
    truth,
    variable,
    whole,
)


def judgements() -> dict[str, Schema]:
    """Return the schemas of sections that judge."""
    return {
        "classify": _classify(),
        "scorecards": several("What is seen of each pillar, in points.", _scorecard(), least=1),
        "rating": _rating(),
    }


def _classify() -> Schema:
    unknown = {
        "skip": "Pass the rule over.",
        "worse": "Go on, to a class that is no better than this rule's.",
        "otherwise": "Stop here, and take the class of otherwise.",
    }
    rule = mapping(
        "A rule that gives a class; or the last, which says otherwise.",
        {"id": rule_id(), "why": reason()["why"]},
        {
            "when": when(),
            "then": name("The class that it gives."),
            "otherwise": name("The class of all that no rule fires on: the last of order."),
            "cite": cite(),
            "on_unknown": on_unknown(unknown),
            "known_only": truth("Whether an estimate counts as unknown in this rule.") | {"default": False},
        },
    )
    last = {"properties": dict.fromkeys(("when", "then", "on_unknown", "known_only"), False)}
    rule |= {
        "if": {"required": ["otherwise"]},
        "then": last,
        "else": {"required": ["when", "then", "cite"]},
    }
    layer = mapping(
        "How a component that is another asset counts: it is decided first.",
        {"id": rule_id(), "material": share("The share from which on it counts."), **reason()},
    )
    hits = {
        "first": "The first rule that fires decides.",
        "unique": "Rules may not overlap.",
        "worst": "The worst class of the rules that fire.",
    }
    return mapping(
        "What an asset is.",
        {
            "output": choice("What is decided here.", {"class": "The class."}),
            "order": several("The classes, best to worst.", name("A class."), least=2, uniqueItems=True),
            "hit": choice("Which rule decides.", hits),
            "rules": several("Rules in order, the last with otherwise.", rule, least=1),
        },
        {"layer": layer},
    )


def _scorecard() -> Schema:
    points = whole("Points,", 0, 100)
    directions = {"increasing": "More is better: points rise.", "decreasing": "More is worse: points fall."}
    interval = mapping(
        "An interval of the number, up to its edge.",
        {"points": points},
        {"below": amount("The edge; the last interval has none.", *UNITS)},
    )
    line = mapping(
        "A line of the card: points for a number (of), a choice (by) or a condition (when).",
        {
            "id": rule_id(),
            "weight": whole("How much the line counts,", 1, 100),
            "unknown": whole("Points where it is not known, no more than the least of the others,", 0, 100),
            **reason(),
        },
        {
            "of": expression("The number that bins are of.", "quantity"),
            "bins": several("Intervals from low to high; the last is open.", interval, least=1),
            "direction": choice("Which way is better.", directions),
            "by": expression("The choice that the table is by.", "choice"),
            "when": when("The condition that the table is by."),
            "table": by_name("Points for each member, or for true and false.", None, points),
        },
    )
    no_table: Schema = {"required": ["bins", "direction"], "properties": {"table": False}}
    no_bins: Schema = {"required": ["table"], "properties": {"bins": False, "direction": False}}
    by_when: Schema = {"properties": {"table": truths()}}
    line |= one_of("of", "by", "when")
    line["allOf"] = [
        {"if": {"required": ["of"]}, "then": no_table, "else": no_bins},
        {"if": {"required": ["when"]}, "then": by_when},
        rows_by_fact("table"),
    ]
    return mapping(
        "The card of one pillar.",
        {
            "pillar": {**name("Its name, read as score.NAME in later sections."), **variable()},
            "why": text("What it is about."),
            "characteristics": several("The lines of the card.", line, least=1),
        },
        {"applies": when("Where it is false the pillar scores 100 and stays out of the mean.")},
    )


def _rating() -> Schema:
    band = mapping(
        "A band.",
        {"band": name("Its name."), "at_least": whole("The least composite score that earns it,", 0, 100)},
    )
    knock_out = mapping(
        "A rule that caps the band, whatever the scores.",
        {"id": rule_id(), "when": when(), "cap": name("The best band then."), **reason()},
        {"on_unknown": on_unknown(MATCH)},
    )
    statuses = {
        "no_new": "What is held may stay, nothing is added.",
        "run_off": "What is held goes.",
        "ineligible": "It is not collateral.",
    }
    status = mapping(
        "A rule that limits how the asset is taken.",
        {"id": rule_id(), "when": when(), "then": choice("The status then.", statuses), **reason()},
        {"on_unknown": on_unknown(MATCH)},
    )
    never = mapping(
        "Classes that are never accepted.",
        {"id": rule_id(), "classes": several("The classes.", name("A class.")), **reason()},
    )
    worthless = mapping(
        "Nothing is accepted of which an account of the least size loses everything.",
        {"id": rule_id(), **reason()},
    )
    intake = mapping(
        "Nothing new is taken of what is rated worse.",
        {"id": rule_id(), "least": name("The worst band that is newly taken."), **reason()},
    )
    weight = whole("How much the pillar counts,", 1, 100)
    return mapping(
        "How pillars become a composite score, a band and a status.",
        {
            "weights": by_name("The weight of every pillar.", None, weight) | {"minProperties": 1},
            "lift": whole("How far the composite may be above the weakest pillar,", 0, 100),
            "bands": several("Bands, best to worst; the last begins at 0.", band, least=2),
            "knock_outs": several("What caps the band.", knock_out),
            "status": mapping(
                "Whether it is taken at all.",
                {
                    "ineligible": never,
                    "rules": several("Rules of status; the worst that fires holds.", status),
                },
                {"worthless": worthless, "intake": intake},
            ),
        },
    )
