"""A decision as a report that a credit officer reads from top to bottom."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import groupby
from typing import Any

from pegmark.cli.amounts import duration, money, percent, share
from pegmark.cli.counterfactuals import counterfactuals
from pegmark.cli.lexicon import Lexicon, short
from pegmark.cli.surroundings import Surroundings
from pegmark.cli.terminal import Style, table
from pegmark.cli.waterfall import Body, haircuts

STATUS = {
    "accept": ("accepted", "green"),
    "no_new": ("no new intake, what is held runs on", "yellow"),
    "run_off": ("to be run off", "yellow"),
    "ineligible": ("not accepted", "red"),
}
BANDS = {"A": "green", "B": "green", "C": "yellow", "D": "red", "E": "red"}
SEVERITY = {"critical": "red", "high": "red", "medium": "yellow", "low": "cyan"}
STATE = {
    "not_collected": "not given",
    "not_disclosed": "not disclosed",
    "not_credible": "not believed",
    "stale": "too old",
}
LEAST = "Every limit is lower than the least that is offered for an accepted class."
SAID = 17
"""The column at which what is said of a name begins."""


def report(body: Body, around: Surroundings, lexicon: Lexicon, style: Style) -> str:
    """Return a decision as text."""
    sections = [
        _header(body, around, style),
        _verdict(body, lexicon, style),
        _scores(body, lexicon, style),
        *haircuts(body, lexicon, style),
        _ladder(body, style),
        _cap(body, lexicon, style),
        *([_mark(body, lexicon, style), _conditions(body, lexicon, style)] if body["eligible"] else []),
        _findings(body, lexicon, style),
        _unknown(body, style),
        counterfactuals(
            body, {**STATE, **{name: text for name, (text, _) in STATUS.items()}}, lexicon, style
        ),
        _trace(body, lexicon, style),
        _footer(body, style),
    ]
    return "\n\n".join("\n".join(lines) for section in sections if (lines := list(section)))


def in_words(name: str) -> str:
    """Return a name of a rulebook as it is said."""
    return name.replace("_", " ")


def date_of(text: str) -> str:
    """Return a date, or an instant, as it is said.

    >>> date_of("2025-10-09")
    '9 October 2025'
    """
    day = date.fromisoformat(text[:10])
    return f"{day.day} {day:%B %Y}" + (f", {text[11:]}" if len(text) > 10 else "")


def _header(body: Body, around: Surroundings, style: Style) -> Iterator[str]:
    asset = body["asset"] or "an asset without a name"
    yield f"{style.heading(asset)} · {date_of(body['as_of'])} · venue {body['venue']}"
    said = {
        "what": around.title,
        "facts": _facts(body, around.facts),
        "venue": around.venue_title,
        "rules": around.rulebook,
    }
    for name, text in said.items():
        if text:
            yield style.wrapped(text, 12, f"  {name}")
    for layer in around.layers:
        since = f"known as of {date_of(layer.as_of)}" if layer.as_of else "of which nothing is known here"
        yield style.wrapped(f"{share(layer.share)} {layer.asset}, {since}", 12, "  rests on")


def _facts(body: Body, stored: str | None) -> str | None:
    """Say where the facts are from, and how many are too old to be of use at the day of the decision."""
    stale = sum(fact["state"] == "stale" for fact in body["unknown"])
    said = f"stored snapshot of {date_of(stored)}" if stored else "as stated"
    if not stale:
        return said if stored else None
    return f"{said}; {stale} {'is' if stale == 1 else 'are'} too old to use on {date_of(body['as_of'])}"


def _verdict(body: Body, lexicon: Lexicon, style: Style) -> Iterator[str]:
    status, colour = STATUS[body["status"]]
    band = style.paint(f"band {body['band']}", fg=BANDS.get(body["band"]), bold=True)
    yield f"{style.heading(in_words(body['class']))} · {style.paint(status, fg=colour, bold=True)} · {band}"
    by = body["decided_by"]
    # A rule that cannot be told may lead to the last class, not to its own.
    is_untold = lexicon.classes.get(by, body["class"]) != body["class"]
    yield style.wrapped(f"{'It cannot be told whether: ' if is_untold else ''}{lexicon.why(by)} ({by})", 2)
    yield from _not_known(body, by, lexicon, style, 4)
    for rule in body["status_by"]:
        if rule != by:
            yield style.wrapped(f"{lexicon.why(rule)} ({rule})", 2)
            yield from _not_known(body, rule, lexicon, style, 4)
    if not body["eligible"]:
        return
    cap, first = body["cap"], body["haircuts"][0]
    reference = first["initial"]["reference"]
    claim = f", with {share(reference)} for what it is a claim on," if reference else ""
    initial, maintenance = (share(first[terms]["total"]) for terms in ("initial", "maintenance"))
    limits = f"{money(cap['venue_usd'])}, {money(cap['account_usd'])} an account"
    yield style.wrapped(
        f"At {money(first['size_usd'])} the haircut{claim} is {initial} initial, {maintenance} maintenance. "
        + (f"The venue takes at most {limits}." if body["status"] == "accept" else f"Limits: {limits}."),
        2,
    )


def _scores(body: Body, lexicon: Lexicon, style: Style) -> Iterator[str]:
    yield style.heading("Scores")
    for pillar, score in body["scores"].items():
        line = f"  {pillar:<{SAID - 4}}  {style.bar(score / 100)}  {score:>3}"
        yield style.heading(line) if pillar == "composite" else line
    if body["capped_by"]:
        yield f"  The band is capped at {body['band']} by"
        for rule in body["capped_by"]:
            yield style.wrapped(lexicon.why(rule), SAID, f"  {rule}")
            yield from _not_known(body, rule, lexicon, style)


def _not_known(body: Body, rule: str, lexicon: Lexicon, style: Style, indent: int = SAID) -> Iterator[str]:
    """Say which facts a rule asks about and nobody knows: those count against the asset."""
    asked = lexicon.asks.get(rule, frozenset())
    unknown = [fact["fact"] for fact in body["unknown"] if fact["mattered"] and fact["fact"] in asked]
    if unknown:
        yield style.wrapped(f"Not known: {', '.join(unknown)}", indent)


def _ladder(body: Body, style: Style) -> Iterator[str]:
    if not body["eligible"]:
        return
    yield f"{style.heading('Ladder')}: the haircut of each slice of a position"
    rows = [["from", "to", "initial", "maintenance"]]
    for tier in body["ladder"]:
        end = "beyond" if tier["to_usd"] is None else money(tier["to_usd"])
        rows.append([money(tier["from_usd"]), end, percent(tier["initial"]), percent(tier["maintenance"])])
    yield from table(rows, right=range(4))


def _cap(body: Body, lexicon: Lexicon, style: Style) -> Iterator[str]:
    cap = body["cap"]
    if not body["eligible"]:
        yield f"{style.heading('Cap')}: nothing is taken as collateral"
        return
    room = (
        "not known, as what is outstanding is not"
        if cap["headroom_usd"] is None
        else money(cap["headroom_usd"])
    )
    yield style.wrapped(
        f"{money(cap['venue_usd'])} at the venue, {money(cap['account_usd'])} an account; headroom {room}",
        2,
        f"{style.heading('Cap')}: ",
    )
    notes = {
        rule: [
            *(["binds"] if rule == cap["binding"] else []),
            *(["stands in for what is unknown"] if limit["unknown"] else []),
        ]
        for rule, limit in cap["limits"].items()
    }
    limits = cap["limits"].items()
    rows = [[rule, short(limit["usd"], "USD"), ", ".join(notes[rule])] for rule, limit in limits]
    for rule, line in zip(notes, table(rows, right=[1]) if rows else (), strict=True):
        yield style.heading(line) if rule == cap["binding"] else line
        if rule == cap["binding"]:
            yield style.wrapped(lexicon.why(rule), 6)
    if cap["binding"] and cap["binding"] not in cap["limits"]:
        yield style.heading(f"  {cap['binding']:<{SAID - 4}}  binds")
        yield style.wrapped(lexicon.why(cap["binding"]) or LEAST, 6)


def _mark(body: Body, lexicon: Lexicon, style: Style) -> Iterator[str]:
    mark = body["mark"]
    basis = in_words(mark["basis"]) if mark["basis"] else "no basis"
    floor = f"floor at {share(mark['floor'])} of redemption value" if mark["floor"] else "no floor"
    yield style.wrapped(
        f"{basis} in {mark['quote'] or 'no quote'}, at least {mark['min_sources']} sources and none over "
        f"{share(mark['max_source_weight'])}, at most {duration(mark['max_age_seconds'])} old, {floor}; "
        f"{duration(body['close_out_hours'] * 3600)} to close out",
        2,
        f"{style.heading('Mark')}: ",
    )
    yield style.wrapped(f"{lexicon.why(mark['rule'])} ({mark['rule']})", 6)


def _conditions(body: Body, lexicon: Lexicon, style: Style) -> Iterator[str]:
    if body["conditions"]:
        yield style.heading("Conditions")
    for condition in body["conditions"]:
        value = lexicon.value(condition["rule"], condition["value"])
        code, parameter = in_words(condition["code"]), in_words(condition["parameter"])
        said = f"{code}: {parameter} {value}, {condition['applies']}"
        yield style.wrapped(said, SAID, f"  {condition['rule']}")
        yield style.wrapped(condition["why"], SAID)


def _findings(body: Body, lexicon: Lexicon, style: Style) -> Iterator[str]:
    if body["findings"]:
        yield style.heading("Findings")
    for finding in body["findings"]:
        severity = style.paint(finding["severity"], fg=SEVERITY.get(finding["severity"]), bold=True)
        yield style.wrapped(f"{severity}: {in_words(finding['code'])}", SAID, f"  {finding['rule']}")
        yield style.wrapped(finding["why"], SAID)
        yield from _not_known(body, finding["rule"], lexicon, style)
        if finding["remedy"]:
            yield style.wrapped(f"Remedy: {finding['remedy']}", SAID)


def _unknown(body: Body, style: Style) -> Iterator[str]:
    for mattered, heading in ((True, "Unknown, and it mattered"), (False, "Unknown, and it did not matter")):
        found = [fact for fact in body["unknown"] if fact["mattered"] is mattered]
        if not found:
            continue
        yield style.heading(heading)
        for state, said in STATE.items():
            names = ", ".join(fact["fact"] for fact in found if fact["state"] == state)
            if names:
                yield style.wrapped(names, SAID, f"  {said}")


def _trace(body: Body, lexicon: Lexicon, style: Style) -> Iterator[str]:
    if not body["trace"]:
        return
    yield f"{style.heading('Trace')}: every rule, in the order of evaluation"
    for section, entries in groupby(body["trace"], lambda entry: entry["section"]):
        yield f"  {style.heading(section)}"
        for entry in entries:
            yield from traced(entry, lexicon, style)


def traced(entry: Body, lexicon: Lexicon, style: Style) -> Iterator[str]:
    """Yield a line of the trace: what came of the rule, and how far each number was from its threshold."""
    yield f"    {entry['rule']:<{SAID - 4}}  {_outcome(entry, lexicon)}"
    notes = [_compared(comparison, lexicon) for comparison in entry["comparisons"]]
    compared = " ".join(comparison["text"] for comparison in entry["comparisons"]).split()
    reads = [f"{name} {lexicon.value(name, v)}" for name, v in entry["reads"].items() if name not in compared]
    params = [
        f"{name} {lexicon.value(name, param['value'])} since {param['from']}"
        for name, param in entry["params"].items()
    ]
    for note in (*notes, ", ".join(reads), ", ".join(params)):
        if note:
            yield from map(style.faint, style.wrapped(note, SAID + 2).split("\n"))


def _outcome(entry: Body, lexicon: Lexicon) -> str:
    match entry["outcome"]:
        case None:
            return "cannot be told"
        case bool(holds):
            return "holds" if holds else "does not hold"
        case value:
            return lexicon.value(entry["rule"], value)


def _compared(comparison: Body, lexicon: Lexicon) -> str:
    text, margin = comparison["text"], comparison["margin"]
    if margin is None:
        return f"{text}: unknown"
    left, right = (lexicon.value(text, comparison[side]) for side in ("left", "right"))
    distance = lexicon.value(text, abs(margin))
    by = "equal" if margin == 0 else f"{distance} above" if margin > 0 else f"{distance} below"
    return f"{text}: {left} against {right}, {by}"


def _footer(body: Body, style: Style) -> Iterator[str]:
    digests: dict[str, Any] = {"decision": body["id"], **body["digests"]}
    for name, digest in digests.items():
        yield style.faint(f"{name:<8}  {digest}")
