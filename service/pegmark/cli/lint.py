"""`pegmark lint`: what can be said better in rulebooks that are sound."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import click

from pegmark.authoring.lint.rules.registry import STYLE_RULES
from pegmark.authoring.lint.settings import LEVELS, Level, LintSettings, given, no_such_rule
from pegmark.cli import offers
from pegmark.cli.forms import FORMS, FailOn
from pegmark.cli.linted import Asked, linted
from pegmark.cli.output import STANDARD_OUTPUT, writing
from pegmark.cli.refusal import Refused
from pegmark.cli.terminal import Style, say, style_of
from pegmark.cli.verbs import MISUSED, REFUSED, complain_of


class _Code(click.ParamType[str]):
    """A code of a rule of style."""

    name = "code"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Read `L012`."""
        code = str(value).upper()
        wrong = no_such_rule(code)
        if wrong is not None:
            self.fail("; ".join(wrong), param, ctx)
        return code


class _Levelled(click.ParamType[tuple[str, Level]]):
    """A code and how severe it is."""

    name = "code=level"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, Level]:
        """Read `L012=error`."""
        if isinstance(value, tuple):
            return value
        code, _, said = str(value).partition("=")
        level = next((level for level in LEVELS if level == said), None)
        if level is None:
            self.fail(f"`{str(value)[:40]}` is not a code and its level; write `L012=error`", param, ctx)
        return _Code().convert(code, param, ctx), level


@click.command(
    epilog="""\b
Examples:
  pegmark lint rules/house
  pegmark lint --ignore L013 --severity L036=error rules/house
  pegmark lint --at 2026-12-01 --format json rules/house
  pegmark lint --rules

\b
A rulebook's own settings stand in `.pegmark-lint.yaml` beside its files. One place is ignored
by `# pegmark: ignore[L012] reason` at the end of its line, or alone above it.

\b
Exit codes: 0 nothing to fail for · 1 something, or a rulebook that `check` refuses · 2 wrong use,
or settings that cannot be used. A rule is explained by `pegmark explain L012`."""
)
@click.argument("paths", nargs=-1, metavar="PATH…", type=click.Path(exists=True, path_type=Path))
@click.option("--rules", "is_listing", is_flag=True, help="List the rules of style, and read no rulebook.")
@click.option(
    "--select",
    multiple=True,
    type=_Code(),
    metavar="CODE",
    shell_complete=offers.style_rules,
    help="Ask this rule and others that are selected, and nothing else.",
)
@click.option(
    "--ignore",
    multiple=True,
    type=_Code(),
    metavar="CODE",
    shell_complete=offers.style_rules,
    help="Leave this rule out.",
)
@click.option(
    "--severity",
    multiple=True,
    type=_Levelled(),
    metavar="CODE=LEVEL",
    help="Call what this rule finds an error, a warning, or nothing: error, warning, off.",
)
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "never"]),
    default="warning",
    show_default=True,
    help="The least that is failed for.",
)
@click.option(
    "--at",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="The day at which params are called stale.  [default: none is]",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(list(FORMS)),
    default="text",
    show_default=True,
    help="For whom: people, programs, code scanning, a pull request, a build server.",
)
@click.option(
    "--output",
    metavar="FILE",
    help="Write there, replacing the file as a whole.  [default: standard output]",
)
@click.pass_context
def command(
    context: click.Context,
    paths: tuple[Path, ...],
    is_listing: bool,
    select: Sequence[str],
    ignore: Sequence[str],
    severity: Sequence[tuple[str, Level]],
    fail_on: FailOn,
    at: Any,
    form: str,
    output: str | None,
) -> None:
    """Say what can be said better in rulebooks (a folder each, or one file) that are sound.

    Nothing that is found changes a decision. What `check` warns of is told too, unless rules are selected.
    """
    if is_listing:
        _list(given(select, ignore, dict(severity)), style_of(sys.stdout))
        return
    if not paths:
        raise click.UsageError("missing argument 'PATH…'")
    day: date | None = None if at is None else at.date()
    asked = Asked(given(select, ignore, dict(severity)), fail_on, day)
    try:
        found = [linted(path, asked) for path in paths]
    except Refused as stop:
        complain_of(stop.problems)
        context.exit(MISUSED)
    file = None if output == STANDARD_OUTPUT else output
    text = FORMS[form](found, style_of(sys.stdout) if file is None else Style())
    with writing(file) as put:
        if text:
            put(text)
    context.exit(REFUSED if any(one.fails for one in found) else 0)


def _list(settings: LintSettings, style: Style) -> None:
    widest = max(len(rule.name) for rule in STYLE_RULES.values())
    for rule in STYLE_RULES.values():
        level = settings.level(rule.code)
        if level != "off":
            say(f"{style.heading(rule.code)}  {rule.name:{widest}}  {level:7}  {rule.summary}")
