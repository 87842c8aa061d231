"""Tables in documents that the code or the house rulebook knows best, as Markdown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from functools import cache
from typing import Any

from pegmark.bootstrap import build_desk
from pegmark.facts.snapshot import moment
from pegmark.facts.specification import WORSE
from pegmark.facts.units import RANGES
from pegmark.facts.vocabulary import COMPONENT_KINDS, GROUPS, FactSpec
from pegmark.language.prose import constant
from pegmark.rulebook.program import Param, Program, Table
from pegmark.settings import read_settings
from pegmark.usecases.assess import Question, assess
from pegmark.usecases.desk import Desk
from pegmark.usecases.rules import rules_of

Part = tuple[str, str, Callable[[], str]]
METHODOLOGY = "docs/methodology.md"
VENUES = ("reference", "lender-redeeming", "exchange-2025-10")
SIZE = 1_000_000.0
EVE = "2025-10-09"
"""The day before the break that the methodology judges venues by."""
_STRESS = "stress_"


def parts() -> Iterator[Part]:
    """Yield every table with the file and the markers that it stands between."""
    yield "docs/facts.md", "facts", facts
    yield METHODOLOGY, "terms", lambda: terms(_before(EVE))
    yield METHODOLOGY, "start", start
    yield METHODOLOGY, "reference", reference
    yield METHODOLOGY, "stress", lambda: params(is_stress=True)
    yield METHODOLOGY, "params", lambda: params(is_stress=False)
    yield METHODOLOGY, "bands", bands
    for section in (
        "normal",
        "classify",
        "rating",
        "haircut",
        "caps",
        "ladder",
        "mark",
        "conditions",
        "review",
        "guardrails",
    ):
        yield METHODOLOGY, section, lambda section=section: rules(section)  # type: ignore[misc]
    for card in _program().scorecards:
        section = f"scorecards.{card.pillar}"
        yield METHODOLOGY, section, lambda section=section: rules(section)  # type: ignore[misc]


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return rows as a Markdown table.

    >>> print(table(["a", "b"], [["1", "2"]]))
    | a | b |
    | --- | --- |
    | 1 | 2 |
    """
    heads = tuple(heads)
    lines = [heads, ("---",) * len(heads), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)


# Facts


def facts() -> str:
    """Return the vocabulary, a table a group, and the kinds of backing."""
    said = []
    for group, specs in GROUPS.items():
        heads = ("fact", "values", "worse", "greatest age", "what it is, and where it is found")
        said += [f"## {group}", table(heads, map(_fact, specs))]
    kinds = [(f"`{kind.name}`", kind.meaning) for kind in COMPONENT_KINDS.values()]
    return "\n\n".join([*said, "## Kinds of backing", table(("kind", "meaning"), kinds)])


def _fact(spec: FactSpec) -> tuple[str, ...]:
    age = "none" if spec.max_age_days is None else f"{spec.max_age_days} days"
    return f"`{spec.name}`", _values(spec), WORSE[spec.worse], age, f"{spec.meaning} {spec.where}"


def _values(spec: FactSpec) -> str:
    if spec.name == "backing.components":
        return "list of kind and share"
    if spec.kind == "bool":
        return "`true`, `false`"
    if spec.members:
        return ", ".join(f"`{member}`" for member in spec.members)
    low, high = RANGES[spec.kind]
    ends = (low if spec.low is None else spec.low, high if spec.high is None else spec.high)
    return f"{spec.kind}, {ends[0]:,g} to {_whole(ends[1])}"


def _whole(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:,g}"


# The house rulebook


def start() -> str:
    """Return where the haircut of a class starts, redeemed and sold."""
    found = _program().haircut.start.amount
    if not isinstance(found, Table):
        raise TypeError("the start of the house's haircut is a table")
    cells = dict(found.rows)
    routes = sorted({cell[1] for cell in cells}, reverse=True)
    rows = [
        (f"`{name}`", *(constant(cells[name, route], "ratio") for route in routes))
        for name in _program().classify.order
    ]
    heads = {"R": "redeemed (`R`)", "M": "sold (`M`)"}
    return table(("class", *(heads[route] for route in routes)), rows)


def reference() -> str:
    """Return what is charged for what a claim is on."""
    found = _program().haircut.reference.amount
    if not isinstance(found, Table):
        raise TypeError("the reference's haircut is a table")
    return table(("claim on", "haircut"), ((f"`{c[0]}`", constant(v, "ratio")) for c, v in found.rows))


def params(*, is_stress: bool) -> str:
    """Return the params of the house, either what kinds of backing lose or the others."""
    chosen = [param for param in _program().params if param.name.startswith(_STRESS) is is_stress]
    heads = ("param", "value", "why", "cites")
    return table(heads, ((f"`{p.name}`", _dated(p), p.why, ", ".join(p.cite)) for p in chosen))


def _dated(param: Param) -> str:
    values = [
        constant(v.value, param.type.kind) if isinstance(v.value, Fraction) else str(v.value)
        for v in param.values
    ]
    if len(values) == 1:
        return values[0]
    return ", ".join(f"{value} from {v.start}" for value, v in zip(values, param.values, strict=True))


def bands() -> str:
    """Return the weight of each pillar, and the bands."""
    rating = _program().rating
    weights = table(("pillar", "weight"), ((f"`{name}`", str(weight)) for name, weight in rating.weights))
    return "\n\n".join(
        [weights, table(("band", "composite of at least"), ((b, str(n)) for b, n in rating.bands))]
    )


def rules(section: str) -> str:
    """Return the rules of one section, in their own words."""
    heads = ("rule", "when", "then", "why")
    return table(
        heads,
        (
            (
                f"`{rule.reason.id}`",
                f"`{rule.when}`" if rule.when else "always",
                f"`{rule.then}`" + (f"; {rule.unknown}" if rule.unknown else ""),
                rule.reason.why,
            )
            for rule in rules_of(_program())
            if rule.section == section
        ),
    )


# Decisions


def terms(chosen: Iterable[tuple[str, str]]) -> str:
    """Return the terms of assets before three venues."""
    heads = ("asset", "as of", "class", *(f"`{venue}`" for venue in VENUES))
    return table(heads, ((asset, day, *_row(asset, day)) for asset, day in chosen))


def _row(asset: str, day: str) -> tuple[str, ...]:
    found = [decision(asset, day, venue) for venue in VENUES]
    return f"`{found[0]['class']}`", *map(cell, found)


def cell(decided: dict[str, Any]) -> str:
    """Return the terms of a decision at its first size: maintenance / initial, cap, band, status."""
    charged = decided["haircuts"][0]
    shares = [f"{100 * charged[which]['total']:g}" for which in ("maintenance", "initial")]
    cap = constant(Fraction(decided["cap"]["venue_usd"]), "USD")
    said = "" if decided["status"] == "accept" else f", {decided['status'].replace('_', ' ')}"
    return f"{' / '.join(shares)} %, {cap}, {decided['band']}{said}"


@cache
def decision(asset: str, day: str, venue: str) -> dict[str, Any]:
    """Return the decision on a stored asset at a size of a million dollars."""
    return assess(desk(), Question(as_of=day, asset=asset, venue=venue, sizes=[SIZE]))


def _before(day: str) -> list[tuple[str, str]]:
    """Return each asset of which something is stored by then, and the date of the last that is."""
    catalogue = desk().catalogue
    found = [catalogue.in_force(asset, moment(day)) for asset in catalogue.assets()]
    return [(stored.asset, stored.as_of) for stored in found if stored is not None]


@cache
def desk() -> Desk:
    """Return the desk that ships."""
    return build_desk(read_settings({}))


def _program() -> Program:
    return desk().book(None).program
