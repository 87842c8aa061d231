"""What a shell offers for an argument: names that are stored, files, and what they stand for.

Click asks these functions while a command is typed, on every press of TAB: they read no more than
names, and what is heavy is imported when it is wanted.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

import click
from click.shell_completion import CompletionItem

from pegmark.cli.books import program_of, rulebooks
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
    asset = context.params.get("asset")
    return _beginning(typed, (day for name, day in _snapshots("asset", "as_of") if name == asset))


def books(_: click.Context, __: click.Parameter, typed: str) -> Offers:
    """Offer the rulebooks that there are, and files."""
    return [*_files(typed), *_beginning(typed, rulebooks(read_settings(os.environ).rules))]


def facts(_: click.Context, __: click.Parameter, typed: str) -> Offers:
    """Offer groups of facts and facts, with their meanings."""
    from pegmark.facts.vocabulary import FACTS, GROUPS  # noqa: PLC0415 - not for every TAB

    groups = {group: f"{len(facts)} facts" for group, facts in GROUPS.items()}
    return _beginning(typed, {**groups, **{fact.name: fact.meaning for fact in FACTS.values()}})


def explained(context: click.Context, _: click.Parameter, typed: str) -> Offers:
    """Offer codes of problems, and rules and names of the rulebook that is asked about."""
    from pegmark.cli.pages import page_codes  # noqa: PLC0415 - not for every TAB
    from pegmark.usecases.rules import rules_of  # noqa: PLC0415

    program = program_of(context.params.get("rulebook"))
    rules = {rule.reason.id: rule.reason.why for rule in rules_of(program)}
    params = {param.name: param.why for param in program.params}
    derived = dict.fromkeys((derived.name for derived in program.derived), "")
    return _beginning(typed, {**rules, **params, **derived, **dict.fromkeys(page_codes(), "")})


def sections(context: click.Context, _: click.Parameter, typed: str) -> Offers:
    """Offer the sections of the rulebook that is shown."""
    from pegmark.usecases.rules import rules_of  # noqa: PLC0415 - not for every TAB

    rules = rules_of(program_of(context.params.get("rulebook")))
    return _beginning(typed, ["params", "derive", *(rule.section for rule in rules)])


def _snapshots(*keys: str) -> Iterable[tuple[str, ...]]:
    return stated(read_settings(os.environ).fixtures / "snapshots", *keys)


def _files(typed: str) -> Offers:
    # First, as the shell drops what was offered before it.
    return [CompletionItem(typed, type="file")]


def _beginning(typed: str, names: Iterable[str] | Mapping[str, str]) -> Offers:
    """Offer the names that begin with what is typed, in either case, each once."""
    said = names if isinstance(names, Mapping) else dict.fromkeys(names, "")
    return [
        CompletionItem(name, help=meaning or None)
        for name, meaning in said.items()
        if name.casefold().startswith(typed.casefold())
    ]
