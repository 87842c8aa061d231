"""Which rules of style are asked, and how severe each is: options, and `.pegmark-lint.yaml` in the rulebook.

The file is hidden, so that no loader takes it for rules. Options are asked last and so decide.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from pegmark.authoring.lint.rules.registry import STYLE_RULES
from pegmark.language import shown
from pegmark.problems import Problem, Severity, Span
from pegmark.rulebook.reading import Enough, Reader
from pegmark.rulebook.source import Node, Scalar, parse

FILE = ".pegmark-lint.yaml"
"""Beside the rulebook's own files."""
Level = Literal["error", "warning", "off"]
LEVELS: tuple[Level, ...] = ("error", "warning", "off")
_KEYS = ("select", "ignore", "severity", "stale_years")
_MOST_YEARS = 100


@dataclass(frozen=True, slots=True)
class LintSettings:
    """What is asked for: `select` alone where it is given, without `ignore`, each at its severity."""

    select: frozenset[str] | None = None
    ignore: frozenset[str] = frozenset()
    severity: Mapping[str, Level] = field(default_factory=dict)
    stale_years: int = 3

    def level(self, code: str) -> Level:
        """Return how severe a rule is."""
        if code in self.ignore or (self.select is not None and code not in self.select):
            return "off"
        found: Severity = STYLE_RULES[code].severity
        return self.severity.get(code, found)

    def over(self, other: LintSettings) -> LintSettings:
        """Return these settings, and those of `other` where these say nothing."""
        select = other.select if self.select is None else self.select
        return replace(
            self,
            select=select,
            # What is selected here by name is not ignored for what stands there.
            ignore=self.ignore | (other.ignore - (self.select or frozenset())),
            severity={**other.severity, **self.severity},
            stale_years=other.stale_years,
        )


def no_such_rule(code: str) -> tuple[str, str] | None:
    """Return what to say of a code that no rule has, and where to look; None where a rule has it."""
    if code in STYLE_RULES:
        return None
    # Every code is near to every other: none was meant more than the rest.
    return f"no rule of style is called `{shown(code)}`", "`pegmark lint --rules` lists them"


def read_lint_settings(data: bytes, file: str) -> tuple[LintSettings, list[Problem]]:
    """Return what a file of settings says, and every problem in it."""
    reader = Reader()
    tree, problems = parse(data, file)
    reader.problems.extend(problems)
    if tree is None:
        return LintSettings(), problems
    try:
        return _read(reader, tree), reader.problems
    except Enough:
        return LintSettings(), reader.problems


def _read(reader: Reader, tree: Node) -> LintSettings:
    entries = reader.mapping(tree, "", (), _KEYS)
    select = _codes(reader, entries["select"], "select") if "select" in entries else None
    ignore = _codes(reader, entries.get("ignore"), "ignore")
    severity: dict[str, Level] = {}
    for key, node in reader.entries(entries.get("severity"), "severity"):
        _mind(reader, key.text, key.span, "severity")
        severity[key.text] = reader.choice(node, f"severity.{key.text}", LEVELS, "warning")
    years = 3
    if "stale_years" in entries:
        years = reader.integer(entries["stale_years"], "stale_years", 1, _MOST_YEARS)
    return LintSettings(select, ignore, severity, years)


def _codes(reader: Reader, node: Node | None, path: str) -> frozenset[str]:
    found = set()
    for item, at in reader.items(node, path):
        scalar = reader.scalar(item, at)
        if isinstance(scalar, Scalar):
            _mind(reader, scalar.text, scalar.span, at)
            found.add(scalar.text)
    return frozenset(found)


def _mind(reader: Reader, code: str, span: Span, path: str) -> None:
    wrong = no_such_rule(code)
    if wrong is not None:
        reader.report("E0304", wrong[0], span, path, wrong[1])


def given(select: Iterable[str], ignore: Iterable[str], severity: Mapping[str, Level]) -> LintSettings:
    """Return the settings that options ask for."""
    selected = frozenset(select)
    return LintSettings(selected or None, frozenset(ignore), dict(severity))
