"""`pegmark explain`: the page of a problem code, or all there is to say about a rule."""

from __future__ import annotations

import re
import sys

import click

from pegmark.cli.books import book_path
from pegmark.cli.show import shown_rule
from pegmark.cli.terminal import say, style_of
from pegmark.data import data_root
from pegmark.errors import NotFound
from pegmark.language import nearest
from pegmark.rulebook.codes import CODES
from pegmark.rulebook.load import load
from pegmark.usecases.rules import rules_of

_CODE = re.compile(r"[AEF]\d{4}", re.ASCII)


@click.command(
    epilog="""\b
Examples:
  pegmark explain E0204
  pegmark explain HC-BASE
  pegmark explain CLS-010 --rulebook rules/house"""
)
@click.argument("name", metavar="CODE|RULE")
@click.option("--rulebook", metavar="PATH", help="Where to look for the rule, if not in the usual rulebook.")
def command(name: str, rulebook: str | None) -> None:
    """Explain a problem code (what it means, an example, what to do) or a rule (when, then, why, sources)."""
    wanted = name.upper()
    if _CODE.fullmatch(wanted):
        say(_page(wanted))
        return
    program = load(book_path(rulebook))
    rules = [rule for rule in rules_of(program) if rule.reason.id == wanted]
    if not rules:
        near = nearest(wanted, {rule.reason.id: rule for rule in rules_of(program)} | dict(CODES))
        raise NotFound("problem code or rule", name, [near] if near else [])
    style = style_of(sys.stdout)
    sources = {source.id: source for source in program.sources}
    for rule in rules:
        say(
            style.heading(rule.section)
            + style.faint(f" · {rule.reason.span.file}:{rule.reason.span.start.line}")
        )
        for line in shown_rule(rule, style):
            say(line)
        for cited in rule.reason.cite:
            say(f"  {cited}: {sources[cited].title}\n    {sources[cited].href}")


def _page(code: str) -> str:
    page = data_root() / "docs" / "problems" / f"{code}.md"
    if code not in CODES or not page.is_file():
        near = nearest(code, CODES)
        raise NotFound("problem code", code, [near] if near else [])
    return page.read_text(encoding="utf-8").rstrip()
