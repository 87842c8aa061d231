"""Files that state facts, as plain data that knows where in the file each value stands.

A value is read as in JSON: `no`, `0x10`, `1:30` and `2025-10-09` are texts, not what some reader of
YAML makes of them, and nothing is read twice.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pegmark.problems import Position, Problem
from pegmark.rulebook import source as yaml

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?", re.ASCII)
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}
_MOST_EXACT = 2**53


@dataclass(frozen=True, slots=True)
class Document:
    """What the file `name` says; `tree` is there where places in it are known."""

    name: str
    data: Any
    tree: yaml.Node | None = field(default=None, repr=False)

    def place(self, path: Sequence[str | int]) -> tuple[Position | None, list[str]]:
        """Return where `path` leads in the file, and the part of it that is there.

        What is not there is passed over: the model's own names for the forms of a fact stand in no
        file.
        """
        node, keys = self.tree, []
        at = None if node is None else node.span.start
        for step in path:
            match node:
                case yaml.Mapping(entries):
                    for key, value in entries:
                        if key.text == step:
                            node, at = value, key.span.start
                            keys.append(key.text)
                case yaml.Sequence(items) if str(step).isdecimal() and int(step) < len(items):
                    node = items[int(step)]
                    at = node.span.start
                    keys.append(str(step))
        return at, keys


def from_yaml(data: bytes, name: str) -> Document | list[Problem]:
    """Return what a text says, or every problem of its form."""
    tree, problems = yaml.parse(data, name)
    if problems or tree is None:
        return [_of_facts(problem) for problem in problems]
    return Document(name, _plain(tree), tree)


def _of_facts(problem: Problem) -> Problem:
    """Return a problem of form as one of a file of facts, which is no rulebook."""
    begin = "begin with `asset:` or `venue:`"
    if problem.code == "E0303" and not problem.yaml_path:
        return replace(problem, message="the file is not a mapping", help=begin)
    return replace(problem, help=begin) if problem.code == "E0012" else problem


def _plain(node: yaml.Node) -> Any:
    match node:
        case yaml.Mapping(entries):
            return {key.text: _plain(value) for key, value in entries}
        case yaml.Sequence(items):
            return [_plain(item) for item in items]
        case _ if node.is_quoted:
            return node.text
        case _ if _NUMBER.fullmatch(node.text):
            return number(node.text)
    return _WORDS.get(node.text, node.text)


def number(text: str) -> int | float:
    """Return a number of JSON: an integer where it is exact, and infinity where it is too large to say.

    >>> number("50000000"), number("1e6"), number("0.5"), number("1e999")
    (50000000, 1000000, 0.5, inf)
    """
    value = float(text)
    return int(value) if value.is_integer() and abs(value) <= _MOST_EXACT else value
