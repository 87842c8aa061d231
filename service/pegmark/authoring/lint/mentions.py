"""What suites name: every word of their texts, comments left out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from pegmark.problems import Problem
from pegmark.rulebook.source import Allowance, Node, Scalar, Sequence, parse

_WORD = re.compile(r"[\w-]+")


def mentions(texts: Mapping[str, bytes]) -> tuple[frozenset[str], list[Problem]]:
    """Return every word that stands in suites, keys included, and what is wrong with their form."""
    found: set[str] = set()
    problems: list[Problem] = []
    allowance = Allowance()
    for name, data in sorted(texts.items()):
        tree, wrong = parse(data, name, allowance=allowance)
        problems += wrong
        if tree is not None:
            found.update(_words(tree))
    return frozenset(found), problems


def _words(node: Node) -> Iterator[str]:
    match node:
        case Scalar(text):
            yield from _WORD.findall(text)
        case Sequence(items):
            for item in items:
                yield from _words(item)
        case mapping:
            for key, child in mapping.entries:
                yield from _words(key)
                yield from _words(child)
