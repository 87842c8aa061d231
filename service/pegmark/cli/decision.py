"""A decision as a report that a credit officer reads from top to bottom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from pegmark.cli.amounts import money, percent
from pegmark.cli.lexicon import Lexicon
from pegmark.cli.terminal import Style, table

Body = Mapping[str, Any]

STATUS = {
    "accept": ("accepted", "green"),
    "no_new": ("no new intake; existing collateral runs on", "yellow"),
    "run_off": ("to be run off", "yellow"),
    "ineligible": ("not accepted", "red"),
}
BANDS = {"A": "green", "B": "green", "C": "yellow", "D": "red", "E": "red"}
SEVERITY = {"critical": "red", "high": "red", "medium": "yellow", "low": "cyan"}
STATE = {
    "not_disclosed": "the issuer does not say",
    "not_collected": "not given",
    "not_credible": "a number exists and is not believed",
    "stale": "too old to use",
}
LINES = {
    "BOUND": "held within the least and the most",
    "ROUND": "rounded to the rulebook's step",
    "INELIGIBLE": "not accepted: worth nothing as collateral",
}
MARGIN = 26
AT_ONCE = 4


def report(body: Body, lexicon: Lexicon, style: Style) -> str:
    """Return a decision as text."""
    sections = [
        _header(body, lexicon, style),
        _scores(body, lexicon, style),
        *_haircuts(body, lexicon, style),
        _ladder(body, style),
        _cap(body, lexicon, style),
        _mark(body, style),
        _conditions(body, lexicon, style),
        _findings(body, style),
        _unknown(body, style),
        _trace(body, lexicon, style),
        _footer(body, style),
    ]
    return "\n\n".join("\n".join(lines) for section in sections if (lines := list(section)))


def _words(name: str) -> str:
    return name.replace("_", " ")


def _date(text: str) -> str:
    day = date.fromisoformat(text[:10])
    return f"{day.day} {day:%B %Y}" + (f", {text[11:]}" if len(text) > 10 else "")


def _header(body: Body, lexicon: Lexicon, style: Style) -> Iterator[str]:
    asset = body["asset"] or "an asset without a name"
    yield style.paint(asset, bold=True) + f" · {_date(body['as_of'])} · venue {body['venue']}"
    yield ""
    status, colour = STATUS[body["status"]]
    band = style.paint(f"band {body['band']}", fg=BANDS.get(body["band"]), bold=True)
    yield f"  {style.paint(_words(body['class']), bold=True)} · {style.paint(status, fg=colour)} · {band}"
    why = lexicon.why(body["decided_by"])
    yield style.wrapped(f"{why} {style.faint('(' + body['decided_by'] + ')')}", 2)


def _scores(body: Body, lexicon: Lexicon, style: Style) -> Iterator[str]:
    yield style.heading("Scores")
    width = max(map(len, body["scores"]))
    for pillar, score in body["scores"].items():
        yield f"  {pillar:<{width}}  {style.bar(score / 100)}  {score:>3}"
    for rule in body["capped_by"]:
        yield style.wrapped(lexicon.why(rule), MARGIN, f"  band capped by {rule}  ")


def _haircuts(body: Body, lexicon: Lexicon, style: Style) -> Iterator[list[str]]:
    haircuts = body["haircuts"]
    for start in range(0, len(haircuts), AT_ONCE):
        yield list(_haircut(haircuts[start : start + AT_ONCE], lexicon, style))


def _haircut(haircuts: Sequence[Body], lexicon: Lexicon, style: Style) -> Iterator[str]:
    """Print one table: a column a size, a line a step, and under it what it read and why."""
    claim = any(haircut["maintenance"]["reference"] for haircut in haircuts)
    rows = [["Haircut", *(f"at {money(haircut['size_usd'])}" for haircut in haircuts)]]
    notes: list[Sequence[str]] = [()]
    steps = {line["rule"]: line for haircut in haircuts for line in haircut.get("waterfall", ())}
    for rule in steps:
        found = [
            next((line for line in haircut["waterfall"] if line["rule"] == rule), None)
            for haircut in haircuts
        ]
        amounts = ["-" if line is None else percent(line["amount"]) for line in found]
        if rule in LINES and all(line is None or line["amount"] == 0 for line in found):
            continue
        rows.append([rule, *amounts])
        notes.append(_note(rule, [line for line in found if line is not None], lexicon))
    rows += [["Maintenance", *(percent(haircut["maintenance"]["basis"]) for haircut in haircuts)]]
    rows += [["Initial", *(percent(haircut["initial"]["basis"]) for haircut in haircuts)]]
    if claim:
        rows += [["Reference", *(percent(haircut["maintenance"]["reference"]) for haircut in haircuts)]]
        rows += [["Maintenance in all", *(percent(haircut["maintenance"]["total"]) for haircut in haircuts)]]
        rows += [["Initial in all", *(percent(haircut["initial"]["total"]) for haircut in haircuts)]]
    notes += [()] * (len(rows) - len(notes))
    lines = table(rows, right=range(1, len(haircuts) + 1))
    for (name, *_), note, line in zip(rows, notes, lines, strict=True):
        is_total = name not in steps
        yield style.heading(line[2:] if name == "Haircut" else line) if is_total else line
        for text in note:
            yield style.wrapped(style.faint(text) if style.is_coloured else text, 6)


def _note(rule: str, found: Sequence[Body], lexicon: Lexicon) -> list[str]:
    if rule in LINES:
        return [LINES[rule]]
    names = dict.fromkeys(name for line in found for name in line.get("reads", {}))
    said = []
    for name in names:
        values = dict.fromkeys(lexicon.value(name, line["reads"].get(name)) for line in found)
        said.append(f"{name} {' / '.join(values)}")
    read = "; ".join(said)
    is_charged = any(line["amount"] for line in found)
    return [*([found[0].get("why", "")] if is_charged else []), *([f"read: {read}"] if read else [])]


def _ladder(body: Body, style: Style) -> Iterator[str]:
    yield style.heading("Ladder") + ": the rate on each slice of a position"
    rows = [["from", "to", "initial", "maintenance"]]
    for tier in body["ladder"]:
        end = "beyond" if tier["to_usd"] is None else money(tier["to_usd"])
        rows.append([money(tier["from_usd"]), end, percent(tier["initial"]), percent(tier["maintenance"])])
    yield from table(rows, right=range(4))


def _cap(body: Body, lexicon: Lexicon, style: Style) -> Iterator[str]:
    cap = body["cap"]
    headroom = (
        "unknown, as is what is outstanding" if cap["headroom_usd"] is None else money(cap["headroom_usd"])
    )
    venue, account = money(cap["venue_usd"]), money(cap["account_usd"])
    yield f"{style.heading('Cap')}: {venue} at the venue, {account} an account; headroom {headroom}"
    if cap["limits"]:
        names = list(cap["limits"])
        rows = [
            [
                rule,
                money(limit["usd"]),
                "binds" if rule == cap["binding"] else "",
                "something it reads is unknown" if limit["unknown"] else "",
            ]
            for rule, limit in cap["limits"].items()
        ]
        for name, line in zip(names, table(rows, right=[1]), strict=True):
            yield style.paint(line, bold=name == cap["binding"])
            if name == cap["binding"] and lexicon.why(name):
                yield style.wrapped(lexicon.why(name), 6)
    if cap["binding"] and cap["binding"] not in cap["limits"]:
        yield style.wrapped(lexicon.why(cap["binding"]), 6, f"  {cap['binding']}: ")


def _mark(body: Body, style: Style) -> Iterator[str]:
    mark = body["mark"]
    floor = "no floor" if mark["floor"] is None else f"floor {percent(mark['floor'])} of redemption value"
    yield style.wrapped(
        f"{style.heading('Mark')}: {_words(mark['basis'])} in {mark['quote']}; "
        f"at least {mark['min_sources']} sources, none over {percent(mark['max_source_weight'])}; "
        f"{_age(mark)}{floor}; "
        f"close-out {body['close_out_hours']:g} hours",
        2,
    ).lstrip()


def _age(mark: Body) -> str:
    return f"no older than {mark['max_age_seconds']} s; " if "max_age_seconds" in mark else ""


def _conditions(body: Body, lexicon: Lexicon, style: Style) -> Iterator[str]:
    if not body["conditions"]:
        return
    yield style.heading("Conditions")
    for condition in body["conditions"]:
        value = lexicon.value(condition["parameter"], condition["value"])
        head = (
            f"  {_words(condition['code'])}: {_words(condition['parameter'])} {value}, {condition['applies']}"
        )
        yield f"{head} {style.faint('(' + condition['rule'] + ')')}"
        yield style.wrapped(condition["why"], 6)


def _findings(body: Body, style: Style) -> Iterator[str]:
    if not body["findings"]:
        return
    yield style.heading("Findings")
    for finding in body["findings"]:
        severity = style.paint(finding["severity"], fg=SEVERITY.get(finding["severity"]), bold=True)
        yield f"  {severity} {_words(finding['code'])} {style.faint('(' + finding['rule'] + ')')}"
        yield style.wrapped(finding["why"], 6)
        if finding["remedy"]:
            yield style.wrapped(f"Remedy: {finding['remedy']}", 6)


def _unknown(body: Body, style: Style) -> Iterator[str]:
    mattered = [fact for fact in body["unknown"] if fact["mattered"]]
    if not mattered:
        return
    yield style.heading("Unknown, and it mattered")
    yield from table([[fact["fact"], STATE[fact["state"]]] for fact in mattered])


def _trace(body: Body, lexicon: Lexicon, style: Style) -> Iterator[str]:
    if not body["trace"]:
        return
    yield style.heading("Trace") + ": every rule in the order it was evaluated"
    for entry in body["trace"]:
        outcome = lexicon.value("", entry["outcome"])
        yield f"  {entry['section']:<12} {entry['rule']:<20} {outcome}"
        for comparison in entry["comparisons"]:
            margin = comparison["margin"]
            said = "" if margin is None else f"  (margin {margin:+g})"
            yield style.faint(f"      {comparison['text']}{said}")


def _footer(body: Body, style: Style) -> Iterator[str]:
    yield style.faint(f"{body['id']}")
    for name, digest in body["digests"].items():
        yield style.faint(f"  {name:<8} {digest}")
