"""The reference of the rule language: its examples check, and nothing that can be written is missing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from pegmark.authoring.forms import ANY, OPERATORS, WAYS
from pegmark.authoring.reading import ASKED, COLUMNS
from pegmark.authoring.reading import SECTIONS as SUITE_SECTIONS
from pegmark.language import Place, check
from pegmark.language.functions import FUNCTIONS
from pegmark.language.parser import MAX_NESTING, MAX_OPERATORS, POWERS
from pegmark.language.tokens import MAX_LENGTH, WORDS
from pegmark.language.types import UNITS
from pegmark.problems import Position
from pegmark.rulebook import reading
from pegmark.rulebook.book import NORMAL_SECTIONS, SECTIONS
from pegmark.rulebook.decoding import MAX_BYTES
from pegmark.rulebook.files import MAX_FILES, MAX_TOTAL
from pegmark.rulebook.haircut import MAX_POINTS
from pegmark.rulebook.load import check_files
from pegmark.rulebook.malformed import MAX_DEPTH
from pegmark.rulebook.names import OUTPUTS, Names
from pegmark.rulebook.reading import MAX_PROBLEMS, MAX_RULES, Reader
from pegmark.rulebook.source import MAX_VALUES
from tests.authoring.suites import verdicts
from tests.authoring.test_outputs import names


@pytest.fixture(scope="module")
def text(checkout: Path) -> str:
    """The reference."""
    return (checkout / "docs/rule-language.md").read_text(encoding="utf-8")


def fenced(text: str, kind: str) -> list[str]:
    """The blocks of one kind."""
    return re.findall(rf"^```{kind}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def quoted(text: str) -> set[str]:
    """Every word that stands in backticks, outside of fenced blocks."""
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    return {word for span in re.findall(r"`([^`]+)`", prose) for word in re.findall(r"[\w.]+", span)}


def book(text: str) -> bytes:
    """The examples, put together."""
    return "\n".join(fenced(text, "yaml")).encode()


def test_the_examples_are_one_sound_rulebook(text: str) -> None:
    """Proves that every YAML example is right: together they check, without a warning."""
    program, problems = check_files({"example.yaml": book(text)})
    assert program is not None, problems
    assert problems == []


def test_each_example_is_needed(text: str) -> None:
    """Proves that the test above looks at each block: with any one broken it fails."""
    blocks = fenced(text, "yaml")
    for n in range(len(blocks)):
        broken = [*blocks[:n], blocks[n].replace(":", ": {", 1), *blocks[n + 1 :]]
        assert check_files({"example.yaml": "\n".join(broken).encode()})[0] is None, blocks[n]


def expressions(text: str) -> Iterable[tuple[str, str]]:
    """Each example of an expression and what is said of it."""
    for line in "".join(fenced(text, "expr")).splitlines():
        expression, said = line.split("  # ")
        yield expression.strip(), said.strip()


def test_expressions_come_to_what_is_said(text: str) -> None:
    """Proves that every example of an expression has the unit, or the problem, that its comment says."""
    scope = Names().deriving()
    found = list(expressions(text))
    assert len(found) > 10
    for expression, said in found:
        place = Place("example", lambda offset: Position(1, offset + 1))
        node, problems = check(expression, scope, place)
        if node is None:
            assert [problem.code for problem in problems] == [said], expression
        else:
            assert f"{node.type.kind}{', may be unknown' * node.type.optional}" == said, expression


def test_every_key_is_described(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves that every key the reader knows, in any section, is named in prose and shown in an example."""
    allowed: dict[str, None] = {}
    mapping = Reader.mapping

    def noting(
        self: Reader, node: Any, path: str, required: Iterable[str] = (), optional: Iterable[str] = ()
    ) -> Any:
        keys = [*required, *optional]
        allowed.update(dict.fromkeys(keys))
        return mapping(self, node, path, keys[: len(tuple(required))], keys[len(tuple(required)) :])

    monkeypatch.setattr(reading.Reader, "mapping", noting)
    check_files({"example.yaml": book(text)})
    known = {*allowed, *SECTIONS, *NORMAL_SECTIONS}
    assert {"known_only", "breakpoints", "by2", "material", "take", "refines"} <= known
    assert known - quoted(text) == set()
    # `fact` and `take` are of the file beside the rulebooks.
    examples = "".join([*fenced(text, "yaml"), *fenced(text, "text")])
    assert {key for key in known if f"{key}:" not in examples} == set()


def test_every_word_and_unit_is_described(text: str) -> None:
    """Proves that operators, words, functions, units and what can be promised are all in the prose."""
    words = quoted(text)
    assert {*WORDS, *FUNCTIONS, *UNITS, *OUTPUTS} - words == set()
    spans = {part for span in re.findall(r"`([^`]+)`", text) for part in span.split()}
    assert {operator for operator in POWERS if operator not in spans | words} == set()


def test_limits_are_as_in_the_code(text: str) -> None:
    """Proves that the table of limits says what the code holds."""
    table = text.partition("## Limits")[2].partition("\n## ")[0]
    limits = (
        *(MAX_BYTES, MAX_TOTAL, MAX_FILES, MAX_VALUES, MAX_DEPTH, MAX_RULES),
        *(MAX_LENGTH, MAX_NESTING, MAX_OPERATORS, MAX_POINTS, MAX_PROBLEMS),
    )
    assert [f"{limit:,}" for limit in limits if not re.search(rf"\b{limit:,}\b", table)] == []


def test_the_example_of_a_suite_holds(text: str) -> None:
    """Proves that the suite in the reference is well formed, and holds on the house rulebook."""
    [example] = fenced(text, "suite")
    found = verdicts(example=example)
    assert len(found) > 5
    assert [one.title for one in found if not one.holds] == []


def test_all_that_a_suite_may_say_is_described(text: str) -> None:
    """Proves that no key, no column, no output and no form of expectation is missing from the chapter."""
    chapter = text.partition("\n## Suites\n")[2].partition("\n## Limits\n")[0]
    found = quoted(chapter)
    outputs = {name for name in names() if "." not in name or name.startswith(("cap.", "mark.", "counter"))}
    outputs = {name for name in outputs if not name.startswith("cap.limits.")}
    wanted = {
        *ASKED,
        *COLUMNS,
        *SUITE_SECTIONS,
        *OPERATORS,
        *WAYS,
        ANY,
        "suite",
        "case",
        "table",
        "given",
        "rows",
    }
    assert {
        word for word in wanted if not {part for part in word.split() if part.isalpha()} <= found
    } == set()
    assert outputs - found == set()
