"""What a shell offers for an argument: names that are stored, files, and what they stand for.

Click asks these functions while a command is typed, on every press of TAB: they read no more than
names, and what reads rulebooks is imported when it is wanted.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

import click
from click.shell_completion import CompletionItem

from pegmark.facts.vocabulary import FACTS, GROUPS
from pegmark.settings import read_settings
from pegmark.storage.names import stated

Offers = list[CompletionItem]


def assets(_: click.Context, __: click.Parameter, typed: str) -> Offers:
    """Offer the assets that are stored, and files."""
    return [*_files(typed), *_beginning(typed, (name for (name,) in _snapshots("asset")))]


def venues(_: click.Context, __: click.Parameter, typed: str) -> Offers:
    """Offer the venues that are stored, and files."""
    found = stated(read_settings(os.environ).fixtures / "venues", "venue")
    return [*_files(typed), *_beginning(typed, (name for (name,) in found))]


def dates(context: click.Context, _: click.Parameter, typed: str) -> Offers:
    """Offer the days of which something is stored about the asset that stands before."""
    asset = _given(context, "asset")
    return _beginning(typed, (day for name, day in _snapshots("asset", "as_of") if name == asset))


def books(_: click.Context, __: click.Parameter, typed: str) -> Offers:
    """Offer the rulebooks that there are, and files."""
    from pegmark.cli.books import rulebooks  # noqa: PLC0415 - it reads YAML

    return [*_files(typed), *_beginning(typed, rulebooks(read_settings(os.environ).rules))]


def facts(_: click.Context, __: click.Parameter, typed: str) -> Offers:
    """Offer groups of facts and facts, with their meanings."""
    groups = {group: f"{len(facts)} facts" for group, facts in GROUPS.items()}
    return _meaning(typed, {**groups, **{fact.name: fact.meaning for fact in FACTS.values()}})


def explained(context: click.Context, _: click.Parameter, typed: str) -> Offers:
    """Offer codes of problems, and rules and names of the rulebook that is asked about."""
    from pegmark.cli.books import program_of  # noqa: PLC0415 - it reads YAML
    from pegmark.cli.pages import page_codes  # noqa: PLC0415
    from pegmark.usecases.rules import rules_of  # noqa: PLC0415

    program = program_of(context.params.get("rulebook"))
    rules = {rule.reason.id: rule.reason.why for rule in rules_of(program)}
    params = {param.name: param.why for param in program.params}
    derived = dict.fromkeys((derived.name for derived in program.derived), "")
    return _meaning(typed, {**rules, **params, **derived, **dict.fromkeys(page_codes(), "")})


def sections(context: click.Context, _: click.Parameter, typed: str) -> Offers:
    """Offer the sections of the rulebook that is shown."""
    from pegmark.cli.books import program_of  # noqa: PLC0415 - it reads YAML
    from pegmark.usecases.rules import rules_of  # noqa: PLC0415

    rules = rules_of(program_of(_given(context, "rulebook")))
    return _beginning(typed, ["params", "derive", *(rule.section for rule in rules)])


def style_rules(_: click.Context, __: click.Parameter, typed: str) -> Offers:
    """Offer the rules of style, with what they find."""
    from pegmark.authoring.lint.rules.registry import CODES  # noqa: PLC0415

    return _meaning(typed, CODES)


def _given(context: click.Context, argument: str) -> str | None:
    """Return what was typed for an argument before."""
    # Where an option lacks its value, as while it is completed, click leaves the arguments unread.
    left = context.args[0] if context.args and not context.args[0].startswith("-") else None
    found: str | None = context.params.get(argument) or left
    return found


def _snapshots(*keys: str) -> Iterable[tuple[str, ...]]:
    return stated(read_settings(os.environ).fixtures / "snapshots", *keys)


def _files(typed: str) -> Offers:
    # First, as the shell drops what was offered before it.
    return [CompletionItem(typed, type="file")]


def _beginning(typed: str, names: Iterable[str]) -> Offers:
    """Offer the names that begin with what is typed, in either case, each once."""
    return _meaning(typed, dict.fromkeys(names, ""))


def _meaning(typed: str, meanings: Mapping[str, str]) -> Offers:
    """Offer the names that begin with what is typed, with what they mean."""
    return [
        CompletionItem(name, help=meaning or None)
        for name, meaning in meanings.items()
        if name.casefold().startswith(typed.casefold())
    ]
