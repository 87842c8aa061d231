"""A rulebook written out: it reads back as the same nodes, whatever stands in them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pegmark.problems import Position, Span
from pegmark.rulebook.load import resolve
from pegmark.rulebook.resolved import ORDER, WIDE, written
from pegmark.rulebook.source import Mapping, Node, Scalar, Sequence, parse
from tests.rulebook.books import SOUND

TEXTS = st.one_of(
    st.text(
        st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs"), exclude_characters="\xa0")
    ).map(lambda text: "".join(c for c in text if c.isprintable())),
    st.sampled_from(
        ["", "~", "null", "true", "10%", "a: b", "a #b", "- a", "'", '"', "a\nb", "%", "{", "a,b", "-"]
    ),
    st.lists(st.sampled_from(["word", "a:", "#b", '"c"', "it's", ">-"]), min_size=15, max_size=60).map(
        " ".join
    ),
)


def scalar(text: str, line: int) -> Scalar:
    """Return a text that stands in a line."""
    at = Position(line, 1)
    return Scalar(text, Span("a/b.yaml", at, at), lambda _: at, is_quoted=True)


def node(value: Any, lines: Any) -> Node:
    """Return plain data as nodes, on one line or on several."""
    line = lines()
    span = scalar("", line).span
    if isinstance(value, dict):
        return Mapping(
            tuple((scalar(key, lines()), node(child, lines)) for key, child in value.items()), span
        )
    if isinstance(value, list):
        return Sequence(tuple(node(item, lines) for item in value), span)
    return scalar(value, line)


def plain(node: Node) -> Any:
    """Return nodes as plain data."""
    match node:
        case Mapping():
            return {key.text: plain(child) for key, child in node.entries}
        case Sequence():
            return [plain(item) for item in node.items]
    return node.text


VALUES = st.recursive(
    TEXTS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(TEXTS.filter(lambda key: key != "<<" and len(key) < 100), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(VALUES, st.lists(st.integers(1, 3), min_size=1, max_size=5))
def test_what_is_written_reads_back(value: Any, drawn: list[int]) -> None:
    """Proves of any nodes that their text, in lines that are theirs or not, is of the same nodes."""
    count = iter(range(10**6))
    tree = Mapping(
        ((scalar("params", 1), node(value, lambda: drawn[next(count) % len(drawn)])),), scalar("", 1).span
    )
    text = written({"a/b.yaml": tree})
    found, problems = parse(text.encode(), "c.yaml")
    problems = [problem for problem in problems if "a key is empty" not in problem.message]
    assert problems == [], text
    assert found is not None
    assert plain(found) == {"params": value}, text


def test_lines_end_where_they_may_and_places_stand_in_a_column() -> None:
    """Proves that what can be broken is, and that places stand below each other."""
    text = written(resolve({"tiny/rulebook.yaml": SOUND.encode()}))
    lines = [line for line in text.split("\n") if "  # rulebook.yaml:" in line]
    assert len(lines) > 90
    columns = {line.index("  # rulebook.yaml:") for line in lines}
    assert len(columns) == 1
    assert columns <= set(range(WIDE + 1))


def test_sections_stand_in_one_order_and_once() -> None:
    """Proves that what stands in several files of a book is put together."""
    first, rest = SOUND.split("derive:", 1)
    params = "params:\n  more: {unit: ratio, values: [{from: 2017-01-01, value: 5%}], why: W., cite: [M]}\n"
    files = {
        "a.yaml": first,
        "b.yaml": "derive:" + rest.replace("own_limit", "own_limit + more", 1),
        "c.yaml": params,
    }
    text = written(resolve({name: said.encode() for name, said in files.items()}))
    sections = [line.partition(":")[0] for line in text.split("\n") if line[:1].isalpha()]
    assert sections == sorted(set(sections), key=ORDER.index)


@pytest.mark.parametrize("name", ["house", "example_exchange"])
def test_what_ships_is_written_within_bounds(checkout: Path, name: str) -> None:
    """Proves that no line of a shipped book, its place left out, is longer than lines of text are."""
    files = {
        path.as_posix(): path.read_bytes() for path in sorted((checkout / "rules/house").rglob("*.yaml"))
    }
    own = {file: data for file, data in files.items() if "/tests/" not in file}
    overlay = {path.as_posix(): path.read_bytes() for path in (checkout / "rules" / name).glob("*.yaml")}
    trees = resolve(own) if name == "house" else resolve(overlay, base=own)
    assert max(len(line.partition("  # ")[0].rstrip()) for line in written(trees).split("\n")) <= WIDE
