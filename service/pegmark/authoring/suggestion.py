"""The edit that a complaint suggests, where its help says just what to write.

Helps keep to few forms (`tests/cli/test_forms.py` holds them to it): `did you mean X?`, `write X` and,
of the value of a key, `write key: X`. Anything else is for a person to think about.
"""

from __future__ import annotations

import re

from pegmark.problems import Problem

_MEANT = re.compile(r"did you mean `([^`]+)`\?")
_WRITE = re.compile(
    r"(?:`[\w.]+` is [^;]*; )?write `([^`]+)`(?: for [\d.,]+ (?:percent|days|dollars)| to compare)?"
)
_KEYED = re.compile(r"write `(\w+): ([^`]+)`")
_NUMBER = re.compile(r"\d[\d_.]*", re.ASCII)
_PLAIN = re.compile(r"[\w$%.=!-]+|\"[\w-]+\"")
"""What can be written anywhere in YAML without becoming something else."""
_WORDS = ("E0103", "E0108")
"""Codes whose `write X` is to be written where they point."""


def replacement(problem: Problem, said: str) -> str | None:
    """Return what to write in place of `said`, the text that a problem underlines, None if that is not told.

    >>> replacement(Problem("E0301", "unknown key `limt`", help="did you mean `limit`?"), "limt")
    'limit'
    """
    found = _suggested(problem, said)
    if found is None or not said or not _PLAIN.fullmatch(found):
        return None
    if '"' in found and said.startswith("\\"):
        # The expression stands in double quotes itself.
        return found.replace('"', '\\"') if said.startswith('\\"') else None
    return found


def _suggested(problem: Problem, said: str) -> str | None:
    help = problem.help or ""
    if meant := _MEANT.fullmatch(help):
        return meant[1]
    if keyed := _KEYED.fullmatch(help):
        return keyed[2] if problem.yaml_path.rpartition(".")[2] == keyed[1] else None
    write = _WRITE.fullmatch(help)
    is_edit = problem.code in _WORDS or (problem.code == "E0204" and _NUMBER.fullmatch(said))
    return write[1] if write and is_edit else None
