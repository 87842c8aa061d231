"""The path of a problem inside its own file, where a rulebook was read as one that was merged."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from collections.abc import Mapping as Lookup
from dataclasses import replace
from functools import cache

from pegmark.problems import Position, Problem
from pegmark.rulebook.source import Mapping, Node, Sequence


def located(problems: Iterable[Problem], trees: Lookup[str, Mapping]) -> list[Problem]:
    """Return problems with paths in the files they point into; `trees` are those files as they are."""

    @cache
    def paths(file: str) -> list[tuple[Position, str]]:
        return list(_paths(trees[file], ""))

    found = []
    for problem in problems:
        span = problem.span
        if span is not None and span.start != span.end and span.file in trees:
            before = bisect_right(paths(span.file), span.start, key=lambda at: at[0])
            found.append(replace(problem, yaml_path=paths(span.file)[before - 1][1] if before else ""))
        else:
            found.append(problem)
    return found


def _paths(node: Node, path: str) -> Iterator[tuple[Position, str]]:
    """Yield where each node begins, in the order of the text, with the path to it."""
    yield node.span.start, path
    match node:
        case Mapping():
            for key, child in node.entries:
                at = f"{path}.{key.text}" if path else key.text
                yield key.span.start, at
                yield from _paths(child, at)
        case Sequence():
            for n, item in enumerate(node.items):
                yield from _paths(item, f"{path}[{n}]")
