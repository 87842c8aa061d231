"""The index of the rules of style."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pegmark.authoring.lint.rules.registry import STYLE_RULES
from tools.tables import table

Part = tuple[str, str, Callable[[], str]]


def parts() -> Iterator[Part]:
    """Yield the generated part of the index."""
    yield "docs/lint/README.md", "rules", index


def index() -> str:
    """Return every rule with its page, its name and how severe it is."""
    rows = [
        (f"[{rule.code}]({rule.code}.md)", f"`{rule.name}`", rule.severity, rule.summary)
        for rule in STYLE_RULES.values()
    ]
    return table(("code", "name", "severity", "what it finds"), rows)
