"""Positions in scalars: exact in every style of YAML, with either parser."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pegmark.problems import Position
from pegmark.rulebook.source import Mapping, Scalar, parse

LOADERS = [yaml.CSafeLoader, yaml.SafeLoader]


def scalar(text: str, loader: object = None) -> Scalar:
    """Return the scalar under `key` of a text, which must be readable."""
    tree, problems = parse(text.encode(), "a.yaml", loader)
    assert problems == []
    assert isinstance(tree, Mapping)
    found = {key.text: node for key, node in tree.entries}["key"]
    assert isinstance(found, Scalar)
    return found


def at(text: str, position: Position) -> str:
    """Return the character that stands at a position, a line feed after the last of a line."""
    return (text.split("\n")[position.line - 1] + "\n")[position.column - 1]


@pytest.mark.parametrize("loader", LOADERS)
@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("key: one two", "one two"),
        ("key: one\n  two", "one two"),
        ("key: one  # note\nother: x", "one"),
        ("key: one\n\n\n  two\n  three", "one\n\ntwo three"),
        ("key:\n  one\n     two", "one two"),
        ("{key: one\n   two, b: c}", "one two"),
        ("key: 'one''s two'", "one's two"),
        ("key: 'one\n\n  ''two'' three '", "one\n'two' three "),
        ("key: ' one\n   two\n  '", " one two "),
        ('key: "one two"', "one two"),
        (r'key: "o\x6e\u0065 \"two\" \\ \U00000078"', 'one "two" \\ x'),
        ('key: "one\n  two\\\n  \\ three"', "one two three"),
        ('key: "one \\\n\n\n  two"', "one \n\ntwo"),
        ('key: "one\\ \n   two"', "one  two"),
        ('key: "\n  one\n  "', " one "),
        ("key: |\n  one\n    two\n\n  three\n", "one\n  two\n\nthree\n"),
        ("key: |-  # note\n  one\n  two\nb: c", "one\ntwo"),
        ("key: |2\n    one\n   two\n", "  one\n two\n"),
        ("key: |+\n  one\n\n\nb: c", "one\n\n\n"),
        ("key: >-\n  one\n  two\n\n  three\n", "one two\nthree"),
        ("key: >\n  one\n    two\n     three\n  four\n", "one\n  two\n   three\nfour\n"),
        ("key: >-\n\n  one\n      \n  two\n", "\none\n    \ntwo"),
        ("key: >2-\n    one\n  two\n", "  one\ntwo"),
        ("key: |\n\n\nb: c", ""),
        ("key: >-\nb: c", ""),
        ("key:", ""),
        ("key: ''", ""),
        ('a: [1, {key: "déjà vu"}]\nkey: "é à"', "é à"),
    ],
)
def test_each_character_stands_where_it_is_read(text: str, value: str, loader: object) -> None:
    """Proves that a caret under any character of a scalar stands under that character of the file."""
    found = scalar(text, loader)
    assert found.text == value
    for offset, character in enumerate(value):
        position = found.at(offset)
        if not character.isspace() and "\\" not in text:
            assert at(text, position) == character
        assert position <= found.at(offset + 1)


@pytest.mark.parametrize("loader", LOADERS)
@pytest.mark.parametrize(
    ("text", "word", "line", "column"),
    [
        ("key: a and\n  wrong", "wrong", 2, 3),
        ("key: >-\n  a and\n  not wrong", "wrong", 3, 7),
        ("key: |\n   a and\n     wrong\n", "wrong", 3, 6),
        ('key: "a and\n   wrong"', "wrong", 2, 4),
        ("key: 'it''s\n\n\n   wrong'", "wrong", 4, 4),
        (r'key: "\x61 \"b\" wrong"', "wrong", 1, 18),
        ("key: >-\n  é and\n  à wrong", "wrong", 3, 5),
    ],
)
def test_a_name_on_another_line(text: str, word: str, line: int, column: int, loader: object) -> None:
    """Proves both ends of a span on a later line, past escapes and accents."""
    found = scalar(text, loader)
    start = found.text.index(word)
    assert found.at(start) == Position(line, column)
    assert found.at(start + len(word)) == Position(line, column + len(word))


def test_an_end_before_a_fold_stays_on_its_line() -> None:
    """Proves that what ends where a line ends is not underlined on the next."""
    found = scalar("key: >-\n  one\n  two")
    assert found.at(3) == Position(2, 6)
    assert found.at(4) == Position(3, 3)


def test_offsets_beyond_the_text_are_its_end() -> None:
    """Proves that no offset fails."""
    assert scalar("key: one").at(99) == Position(1, 9)
    assert scalar("key: >-\n  one").at(99) == Position(2, 6)


WORDS = st.lists(st.sampled_from(["alpha", "béta", "x", "a.b_c", "10%", "(y", "$5M"]), min_size=1, max_size=4)
LINES = st.lists(st.tuples(WORDS.map(" ".join), st.integers(0, 2), st.integers(0, 4)), min_size=1, max_size=5)


@given(LINES, st.sampled_from(["plain", "'", '"', "|", ">", "|-", ">-", ">+"]), st.integers(1, 3))
def test_random_texts_in_every_style(lines: list[tuple[str, int, int]], style: str, indent: int) -> None:
    """Proves that every character is found, by either parser, whatever the indentation and blank lines."""
    text = "key:" + (f" {style}\n" if style[0] in "|>" else "\n")
    quote = style if style in "'\"" else ""
    for n, (line, blanks, more) in enumerate(lines):
        # Lines that stand further in are part of a block, and nothing of the others.
        margin = " " * (indent + (more if n else 0))
        text += f"{margin}{quote if n == 0 else ''}{line}{quote if n == len(lines) - 1 else ''}\n"
        text += "\n" * (blanks if n < len(lines) - 1 else 0)
    for loader in LOADERS:
        found = scalar(text, loader)
        positions = [found.at(offset) for offset in range(len(found.text) + 1)]
        assert positions == sorted(positions)
        for character, position in zip(found.text, positions, strict=False):
            assert character.isspace() or at(text, position) == character
        seen = [p for c, p in zip(found.text, positions, strict=False) if not c.isspace()]
        assert len(set(seen)) == len(seen)
