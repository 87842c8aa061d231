"""`pegmark facts`: what may be known of an asset, and of the venue that would take it."""

from __future__ import annotations

import json
import sys

import click

from pegmark.cli.amounts import money
from pegmark.cli.terminal import Style, say, style_of
from pegmark.errors import NotFound
from pegmark.facts.vocabulary import COMPONENT_KINDS, FACTS, FactSpec, describe
from pegmark.language import nearest

WORSE = {
    "higher": "higher is worse",
    "lower": "lower is worse",
    "first": "worst first",
    "true": "yes is worse",
    "false": "no is worse",
    "from_one": "further from 1 is worse",
    "none": "neither way is worse",
}


@click.command(
    epilog="""\b
Examples:
  pegmark facts
  pegmark facts liquidity
  pegmark facts liquidity.depth_2pct
  pegmark facts backing --json"""
)
@click.argument("name", required=False, metavar="[GROUP|NAME]")
@click.option("--json", "is_json", is_flag=True, help="As the API gives them.")
def command(name: str | None, is_json: bool) -> None:
    """List what may be known: every fact with its unit, range, direction and maximum age."""
    chosen = [spec for spec in FACTS.values() if name in (None, spec.name, spec.group)]
    if not chosen:
        near = nearest(name or "", {**FACTS, **{spec.group: spec for spec in FACTS.values()}})
        raise NotFound("fact or group", name or "", [near] if near else [])
    if is_json:
        names = {spec.name for spec in chosen}
        say(json.dumps([fact for fact in describe() if fact["name"] in names], indent=2))
        return
    style = style_of(sys.stdout)
    group = ""
    for spec in chosen:
        if spec.group != group:
            say(("\n" if group else "") + style.heading(spec.group))
            group = spec.group
        _print(spec, style, is_alone=name == spec.name)


def _print(spec: FactSpec, style: Style, is_alone: bool) -> None:
    say(f"  {spec.name}  {style.faint(', '.join(_shape(spec)))}")
    say(style.wrapped(spec.meaning, 6))
    if is_alone:
        say(style.wrapped(f"Where: {spec.where}", 6))
        if spec.name == "backing.components":
            for kind in COMPONENT_KINDS.values():
                say(style.wrapped(kind.meaning, 28, f"      {kind.name}"))


def _shape(spec: FactSpec) -> list[str]:
    if spec.name == "backing.components":
        shape = ["list of kind and share"]
    elif spec.kind == "enum":
        shape = [" < ".join(spec.members)] if spec.worse != "none" else [" | ".join(spec.members)]
    elif spec.kind == "bool":
        shape = ["yes or no"]
    else:
        shape = [f"{spec.kind} {_bound(spec, spec.low)} to {_bound(spec, spec.high)}"]
    shape.append(WORSE[spec.worse])
    if spec.max_age_days is not None:
        shape.append(f"at most {spec.max_age_days} days old")
    return shape


def _bound(spec: FactSpec, value: float | None) -> str:
    if value is None:
        return "any"
    return money(value) if spec.kind == "USD" else f"{value:,.15g}"
