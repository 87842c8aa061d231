"""`pegmark facts`: what may be known of an asset, and of the venue that would take it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator

import click

from pegmark.cli import offers
from pegmark.cli.amounts import span
from pegmark.cli.terminal import Style, say, style_of
from pegmark.errors import NotFound
from pegmark.facts.specification import WORSE
from pegmark.facts.vocabulary import COMPONENT_KINDS, FACTS, GROUPS, FactSpec, describe
from pegmark.language import nearest

COMPONENTS = "backing.components"


@click.command(
    epilog="""\b
Examples:
  pegmark facts
  pegmark facts liquidity
  pegmark facts liquidity.depth_2pct
  pegmark facts backing --json

\b
Exit codes: 0 listed · 1 no fact or group has that name · 2 wrong use."""
)
@click.argument("name", required=False, metavar="[GROUP|FACT]", shell_complete=offers.facts)
@click.option("--json", "is_json", is_flag=True, help="As `GET /v1/facts` lists them.")
def command(name: str | None, is_json: bool) -> None:
    """List what may be known: every fact with its unit, range, direction and maximum age."""
    chosen = [spec for spec in FACTS.values() if name in (None, spec.name, spec.group)]
    if not chosen:
        raise NotFound("fact or group", name or "", _alike(name or ""))
    if is_json:
        names = {spec.name for spec in chosen}
        say(json.dumps([fact for fact in describe() if fact["name"] in names], indent=2))
        return
    style, group = style_of(sys.stdout), ""
    for spec in chosen:
        if spec.group != group:
            say(("\n" if group else "") + style.heading(spec.group))
            group = spec.group
        for line in _shown(spec, style, is_alone=name == spec.name):
            say(line)


def _alike(name: str) -> Iterable[str]:
    """Return the facts that `name` may stand for: those of that name in any group, else the nearest."""
    same = [known for known in FACTS if known.partition(".")[2] == name]
    near = nearest(name, [*FACTS, *GROUPS])
    return same or ([near] if near else GROUPS)


def _shown(spec: FactSpec, style: Style, is_alone: bool) -> Iterator[str]:
    yield f"  {spec.name}"
    yield style.wrapped(spec.meaning, 6)
    yield from map(style.faint, style.wrapped(", ".join(_shape(spec)), 6).split("\n"))
    if not is_alone:
        return
    yield style.wrapped(f"Where it is found: {spec.where}", 6)
    if spec.name == COMPONENTS:
        yield style.wrapped("Kinds:", 6)
        for kind in COMPONENT_KINDS.values():
            yield style.wrapped(kind.meaning, 26, f"      {kind.name}")


def _shape(spec: FactSpec) -> Iterator[str]:
    if spec.name == COMPONENTS:
        yield "list of kind and share"
    elif spec.kind == "enum":
        yield (" < " if spec.worse != "none" else " | ").join(spec.members)
    elif spec.kind == "bool":
        yield "yes or no"
    else:
        yield f"{spec.kind} {span(spec.kind, spec.low, spec.high)}"
    yield WORSE[spec.worse]
    if spec.max_age_days is not None:
        yield f"at most {spec.max_age_days} days old"
