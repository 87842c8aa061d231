"""A file of rules or cases in the one layout: the same rules, the same comments, another look.

INVARIANT: what comes out is read as what went in is, and holds the same comments. It is read again to see.
"""

from __future__ import annotations

from typing import Any

from pegmark.authoring.layout.page import lay_out
from pegmark.authoring.layout.written import Page, read, texts
from pegmark.problems import Problem
from pegmark.rulebook import source as yaml
from pegmark.rulebook.decoding import decode, whole


def formatted(data: bytes, name: str) -> tuple[bytes | None, list[Problem]]:
    """Return a text of YAML in the one layout, or None and what the loader says against it.

    What comes out is a fixed point: formatted again, it is the same.
    """
    tree, problems = yaml.parse(data, name)
    if tree is None or problems:
        return None, problems
    page = read(decode(data, name))
    new = lay_out(page).encode()
    said, slips = yaml.parse(new, name)
    is_same = said is not None and not slips and _meaning(said) == _meaning(tree)
    if not is_same or _comments(read(new.decode())) != _comments(page):
        help = "write its keys and values in the plainest way"
        return None, [Problem("", "the text cannot be laid out without changing it", whole(name), help)]
    return new, []


def _meaning(node: yaml.Node) -> Any:
    match node:
        case yaml.Mapping(entries):
            return [(_meaning(key), _meaning(value)) for key, value in entries]
        case yaml.Sequence(items):
            return [_meaning(item) for item in items]
    # Quotes make another thing of one word alone.
    return node.text, node.is_quoted and len(node.text.split()) < 2


def _comments(page: Page) -> list[str]:
    headers = [text.lines[0] for text in texts(page.root) if text.is_block]
    within = [header[header.index("#") :] for header in headers if "#" in header]
    return sorted(within + [comment.text for comment in page.comments])
