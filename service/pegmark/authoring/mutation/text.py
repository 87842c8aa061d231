"""The file of cases by which mutants are told, for an analyst to look through: `tests/mutation.yaml`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from pegmark.authoring.suite import MUTATION
from pegmark.facts.specification import FactSpec
from pegmark.language.prose import constant

FILE = "mutation.yaml"
"""The file, in the folder `tests` of a rulebook."""
HEAD = """\
# Added by `pegmark mutate --write`. What is expected is what the rules decide now: review it.
suite: What no other case notices

cases:
"""
_PLAIN = re.compile(r"[A-Za-z_$<>%][\w.$%-]*|-?[\d.]+%?|\$[\d.]+(k|M|bn)?|[\d.]+[dh]", re.ASCII)


@dataclass(frozen=True, slots=True)
class Written:
    """A case as it is written: texts are in the form of a suite."""

    name: str
    like: str
    venue: str | None
    facts: Mapping[str, str]
    expect: Mapping[str, str]


def suite(cases: Iterable[Written], before: str | None = None) -> str:
    """Return the text of the file with `cases` after what it holds already."""
    head = HEAD if before is None else before.rstrip("\n") + "\n\n"
    return head + "\n".join(map(_case, cases))


def _case(case: Written) -> str:
    lines = [
        f"  - case: {_quoted(case.name)}",
        f"    origin: {MUTATION}",
        f"    like: {case.like}",
        *([f"    venue: {case.venue}"] if case.venue is not None else []),
        *_mapping("facts", case.facts),
        *_mapping("expect", case.expect),
    ]
    return "\n".join(lines) + "\n"


def _mapping(name: str, entries: Mapping[str, str]) -> list[str]:
    if not entries:
        return []
    said = ", ".join(f"{key}: {value}" for key, value in entries.items())
    if len(said) <= 80:
        return [f"    {name}: {{{said}}}"]
    return [f"    {name}:", *(f"      {key}: {value}" for key, value in entries.items())]


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def fact_written(said: Any, spec: FactSpec) -> str:
    """Return what is said of a fact as a suite writes it.

    >>> from pegmark.facts.vocabulary import FACTS
    >>> fact_written(0.9999, FACTS["backing.collateral_ratio"])
    '99.99%'
    >>> fact_written([{"kind": "gold", "share": 1.0}], FACTS["backing.components"])
    '{gold: 100%}'
    """
    match said:
        case None:
            return "null"
        case bool():
            return "true" if said else "false"
        case str():
            return said
        case {"value": value, "estimated": True}:
            return f"{{value: {fact_written(value, spec)}, estimated: true}}"
        case list():
            rows = (f"{row['kind']}: {constant(Fraction(repr(row['share'])), 'ratio')}" for row in said)
            return f"{{{', '.join(rows)}}}"
    return constant(Fraction(repr(said)), spec.kind)


def expected_written(text: str) -> str:
    """Return an expectation as YAML takes it.

    >>> expected_written("C"), expected_written("$1.5M")
    ('C', '$1.5M')
    """
    return text if _PLAIN.fullmatch(text) or text.startswith("[") else _quoted(text)
