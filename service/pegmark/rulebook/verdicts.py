"""Sections that judge what was scored: rating, review, guardrails."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from pegmark.facts.vocabulary import FACTS
from pegmark.language import BOOL, Scope, shown
from pegmark.problems import Span
from pegmark.rulebook.names import OUTPUTS, Names
from pegmark.rulebook.program import (
    Assertion,
    Caps,
    CustomFact,
    Intake,
    KnockOut,
    Obligation,
    Rating,
    Reason,
    ReviewRule,
    StatusRule,
)
from pegmark.rulebook.reading import NO_REASON, NOWHERE, Reader
from pegmark.rulebook.source import Mapping, Node


def read_rating(
    reader: Reader, node: Node | None, names: Names, classes: tuple[str, ...], pillars: list[str], caps: Caps
) -> Rating:
    """Read `rating`."""
    reader.rule_id = None
    entry = reader.mapping(node, "rating", ("weights", "lift", "bands", "knock_outs", "status"))
    weights = _weights(reader, entry.get("weights"), pillars)
    lift = reader.integer(entry.get("lift"), "rating.lift", 0, 100)
    bands = _bands(reader, entry.get("bands"))
    band_names = tuple(name for name, _ in bands)
    scope = names.rating()
    knock_outs = []
    for item, at in reader.items(entry.get("knock_outs"), "rating.knock_outs"):
        rule = reader.mapping(item, at, ("id", "when", "cap", "why", "cite"), ("on_unknown",))
        reason = reader.reason(rule, at, item.span)
        when = reader.expression(rule.get("when"), f"{at}.when", scope, BOOL)
        # The best band caps nothing.
        cap = reader.choice(rule.get("cap"), f"{at}.cap", band_names[1:], "")
        unknown = reader.on_unknown(rule.get("on_unknown"), when, at, ("match", "skip"))
        if when is not None:
            knock_outs.append(KnockOut(reason, when, cap, unknown))
    reader.rule_id = None
    status = reader.mapping(
        entry.get("status"), "rating.status", ("ineligible", "rules"), ("worthless", "intake")
    )
    path = "rating.status.ineligible"
    never = reader.mapping(status.get("ineligible"), path, ("id", "classes", "why", "cite"))
    never_reason = reader.reason(never, path, NOWHERE) if never else NO_REASON
    ineligible = tuple(
        reader.choice(item, at, classes, "")
        for item, at in reader.items(never.get("classes"), f"{path}.classes")
    )
    worthless = _worthless(reader, status.get("worthless"), caps)
    intake = _intake(reader, status.get("intake"), band_names)
    statuses = _statuses(reader, status.get("rules"), scope)
    names.rated(band_names)
    span = node.span if node is not None else NOWHERE
    return Rating(
        weights,
        lift,
        bands,
        tuple(knock_outs),
        ineligible,
        never_reason,
        worthless,
        intake,
        statuses,
        span,
    )


def _weights(reader: Reader, node: Node | None, pillars: list[str]) -> tuple[tuple[str, int], ...]:
    path = "rating.weights"
    weights = {}
    for key, cell in reader.entries(node, path):
        at = f"{path}.{key.text}"
        weights[key.text] = reader.integer(cell, at, 1, 100)
        if key.text not in pillars:
            listed = ", ".join(f"`{pillar}`" for pillar in pillars)
            message = f"`{shown(key.text)}` is no pillar"
            reader.report("E0328", message, key.span, at, f"pillars are {listed}")
    missing = ", ".join(f"`{pillar}`" for pillar in pillars if pillar not in weights)
    if isinstance(node, Mapping) and missing:
        reader.report("E0328", f"no weight is given to {missing}", node.span, path, "weigh every pillar")
    return tuple(sorted(weights.items()))


def _bands(reader: Reader, node: Node | None) -> tuple[tuple[str, int], ...]:
    bands: list[tuple[str, int, Span]] = []
    seen: dict[str, Span] = {}
    for item, at in reader.items(node, "rating.bands", least=2):
        band = reader.mapping(item, at, ("band", "at_least"))
        name = reader.scalar(band.get("band"), f"{at}.band")
        least = reader.integer(band.get("at_least"), f"{at}.at_least", 0, 100)
        if name is not None and not reader.is_twice(name, seen, f"{at}.band", "band"):
            reader.name(name, f"{at}.band")
            bands.append((name.text, least, item.span))
    for (_, above, _), (name_below, below, span) in pairwise(bands):
        if below >= above:
            message = f"band `{name_below}` begins at {below}, and the better one above it at {above}"
            reader.report(
                "E0327",
                message,
                span,
                "rating.bands",
                "list bands from best to worst, each with a lower `at_least`",
            )
    if bands and bands[-1][1] != 0:
        message = f"no band is for a score below {bands[-1][1]}"
        reader.report("E0327", message, bands[-1][2], "rating.bands", "let the last begin `at_least: 0`")
    return tuple((name, least) for name, least, _ in bands)


def _worthless(reader: Reader, node: Node | None, caps: Caps) -> Reason | None:
    path = "rating.status.worthless"
    if node is None:
        return None
    reason = reader.reason(reader.mapping(node, path, ("id", "why", "cite")), path, node.span)
    # It is judged by an account that every cap leaves room for, so that no lower cap spares it.
    if not 0 < caps.least_account <= caps.least_venue:
        message = "`worthless` asks what the least account loses, and there is none that every venue takes"
        help = "let `caps.least.account` be above zero and at most `caps.least.venue`"
        reader.report("E0335", message, node.span, path, help)
    reader.rule_id = None
    return reason


def _intake(reader: Reader, node: Node | None, bands: tuple[str, ...]) -> Intake | None:
    path = "rating.status.intake"
    if node is None:
        return None
    entry = reader.mapping(node, path, ("id", "least", "why", "cite"))
    reason = reader.reason(entry, path, node.span)
    # Below the worst there is nothing.
    least = reader.choice(entry.get("least"), f"{path}.least", bands[:-1], "")
    reader.rule_id = None
    return Intake(reason, least)


def _statuses(reader: Reader, node: Node | None, scope: Scope) -> tuple[StatusRule, ...]:
    statuses = []
    for item, at in reader.items(node, "rating.status.rules"):
        rule = reader.mapping(item, at, ("id", "when", "then", "why", "cite"), ("on_unknown",))
        reason = reader.reason(rule, at, item.span)
        when = reader.expression(rule.get("when"), f"{at}.when", scope, BOOL)
        choices = ("no_new", "run_off", "ineligible")
        then = reader.choice(rule.get("then"), f"{at}.then", choices, "ineligible")
        unknown = reader.on_unknown(rule.get("on_unknown"), when, at, ("match", "skip"))
        if when is not None:
            statuses.append(StatusRule(reason, when, then, unknown))
    reader.rule_id = None
    return tuple(statuses)


def read_review(reader: Reader, node: Node | None, names: Names) -> list[ReviewRule]:
    """Read `review`."""
    found = []
    scope = names.concluding()
    for item, path in reader.items(node, "review"):
        keys = ("id", "code", "severity", "when", "remedy", "why", "cite")
        rule = reader.mapping(item, path, keys, ("on_unknown",))
        reason = reader.reason(rule, path, item.span)
        when = reader.expression(rule.get("when"), f"{path}.when", scope, BOOL)
        unknown = reader.on_unknown(rule.get("on_unknown"), when, path, ("match", "skip"))
        severities = ("low", "medium", "high", "critical")
        severity = reader.choice(rule.get("severity"), f"{path}.severity", severities, "high")
        code, remedy = (reader.text(rule.get(key), f"{path}.{key}") for key in ("code", "remedy"))
        if when is not None:
            found.append(ReviewRule(reason, code, severity, when, unknown, remedy))
    reader.rule_id = None
    return found


_KINDS = {
    "monotone": ("output", "input", "direction"),
    "unknown_never_helps": ("output",),
    "ordered_table": ("table",),
    "refines": ("base",),
}
"""The guardrails that are proved, with what each is told."""


def read_guardrails(
    reader: Reader,
    node: Node | None,
    names: Names,
    custom: list[CustomFact],
    pillars: list[str],
    tables: set[str],
) -> tuple[list[Assertion], list[Obligation]]:
    """Read `guardrails`: what is asserted at run time, and what is to be proved.

    `tables` holds the ids of rules that are tables.
    """
    choices = {
        "output": (*OUTPUTS, *(f"score.{pillar}" for pillar in pillars)),
        "input": ("position.size", *FACTS, *(fact.name for fact in custom)),
        "direction": ("increasing", "decreasing"),
        "table": tuple(sorted(tables)),
    }
    assertions, obligations = [], []
    scope = names.asserting()
    for item, path in reader.items(node, "guardrails"):
        rule = reader.mapping(item, path, ("id", "why", "cite"), ("assert", *_KINDS))
        reason = reader.reason(rule, path, item.span)
        said = [kind for kind in ("assert", *_KINDS) if kind in rule]
        if len(said) != 1:
            listed = ", ".join(f"`{kind}`" for kind in ("assert", *_KINDS))
            message = f"a guardrail says one thing, and this says {len(said) or 'nothing'}"
            reader.report("E0330", message, reason.span, path, f"write one of {listed}")
        elif said == ["assert"]:
            expr = reader.expression(rule["assert"], f"{path}.assert", scope, BOOL)
            if expr is not None:
                assertions.append(Assertion(reason, expr))
        else:
            at = f"{path}.{said[0]}"
            told = reader.mapping(rule[said[0]], at, _KINDS[said[0]])
            parameters = tuple(
                (key, reader.choice(told.get(key), f"{at}.{key}", choices[key], ""))
                if key in choices
                else (key, reader.text(told.get(key), f"{at}.{key}"))
                for key in sorted(_KINDS[said[0]])
            )
            kind: Any = said[0]
            obligations.append(Obligation(reason, kind, parameters))
    reader.rule_id = None
    return assertions, obligations
