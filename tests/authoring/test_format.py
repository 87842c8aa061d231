"""The one layout: what it is, and that it loses no comment, no meaning and no peace."""

from __future__ import annotations

import re
from pathlib import Path
from random import Random
from textwrap import dedent
from typing import Any

import pytest

from pegmark.authoring.format import formatted
from pegmark.rulebook import source as yaml
from pegmark.rulebook.load import check_files, load, read_files
from tests.authoring.scrambling import generated, scrambled
from tests.rulebook.books import FILE, check

LONG = ", ".join(f"k{n}: value" for n in range(12))
BROKEN_UP = "\n".join(f"  k{n}: value" for n in range(12))


def laid_out(text: str | bytes) -> str:
    """A text in the layout; it is a fixed point."""
    data = text if isinstance(text, bytes) else text.encode()
    new, problems = formatted(data, "x.yaml")
    assert problems == []
    assert new is not None
    assert formatted(new, "x.yaml") == (new, [])
    return new.decode()


def meaning(data: bytes) -> Any:
    """What the loader reads: keys in order, and texts."""

    def plain(node: yaml.Node) -> Any:
        if isinstance(node, yaml.Mapping):
            return [(key.text, plain(value)) for key, value in node.entries]
        if isinstance(node, yaml.Sequence):
            return [plain(item) for item in node.items]
        return node.text

    tree, problems = yaml.parse(data, "x.yaml")
    assert tree is not None
    assert problems == []
    return plain(tree)


LAYOUTS = {
    "blanks": ("a:   1\nb:    {x:   1,y: [ 1,2 ]}\n", "a: 1\nb: {x: 1, y: [1, 2]}\n"),
    "an indent of two": ("a:\n     b:\n      c: 1\n", "a:\n  b:\n    c: 1\n"),
    "lists stand further in": ("a:\n- 1\n-   - 2\n    - 3\n", "a:\n  - 1\n  - - 2\n    - 3\n"),
    "keys stand behind the dash": ("a:\n  -\n    b: 1\n    c: 2\n", "a:\n  - b: 1\n    c: 2\n"),
    "one empty line where there were some": ("\n\na: 1\n\n\n\nb: 2\nc: 3\n\n\n", "a: 1\n\nb: 2\nc: 3\n"),
    "none below a key": ("a:\n\n  b: 1\n\n  c: 2\n", "a:\n  b: 1\n\n  c: 2\n"),
    "no blanks at the end of a line": ("a: 1  \n  \nb: 2 \n", "a: 1\n\nb: 2\n"),
    "line ends": ("a: 1\r\nb: 2\r\n", "a: 1\nb: 2\n"),
    "an end of the last line": ("a: 1", "a: 1\n"),
    "no marks of a document": ("---\na: 1\n...\n", "a: 1\n"),
    "no signs for a key": ("? a\n: 1\n", "a: 1\n"),
    "a file is a block": ("{a: 1, b: {c: 2}}\n", "a: 1\nb: {c: 2}\n"),
    "a mapping on several lines that fits on one": ("a: {b: 1,\n  c: 2,\n}\n", "a: {b: 1, c: 2}\n"),
    "a mapping that does not fit": (f"a: {{{LONG}}}\n", f"a:\n{BROKEN_UP}\n"),
    "a list on one line is a row": (f"a: [{{{LONG}}}]\n", f"a: [{{{LONG}}}]\n"),
    "a list on several that does not fit": (
        f"a: [\n {{{LONG}}}]\n",
        "a:\n  - " + "\n  ".join(BROKEN_UP.split("\n"))[2:] + "\n",
    ),
    "nothing": ("a: {}\nb: []\nc:\nd: ~\n", "a: {}\nb: []\nc:\nd: ~\n"),
    "nothing in a row": ("a: {b, c: , d: 1}\n", "a: {b: , c: , d: 1}\n"),
    "a key alone in a row": ("a: [b: 1]\n", "a: [{b: 1}]\n"),
    "quotes around prose": ("a: 'two words'\n", "a: two words\n"),
    "quotes around a word": ("a: 'true'\nb: '5'\nc: 'unknown'\n", 'a: "true"\nb: "5"\nc: "unknown"\n'),
    "quotes that hold signs": ("a: 'b: c'\nd: 'e #f'\n", 'a: "b: c"\nd: "e #f"\n'),
    "quotes around quotes": ('a: \'"x"\'\nb: "\\"\\\\"\n', "a: '\"x\"'\nb: '\"\\'\n"),
    "quotes in a row": ("a: ['two words']\n", 'a: ["two words"]\n'),
    "escapes": ('a: "\\u00e9: \\n"\n', 'a: "é: \\n"\n'),
    "lines of a text": ("a: one\n     two\n\n     three\n", "a: one\n  two\n\n  three\n"),
    "lines in quotes": ("a: 'one:\n     two'\n", "a: 'one:\n  two'\n"),
    "lines of a text in a row": ("a: [one\n   two]\n", "a: [one two]\n"),
    "a block of lines": ("a: >-\n      one\n        two\n\n\nb: 1\n", "a: >-\n  one\n    two\n\nb: 1\n"),
    "a block that begins with a blank": ("a: |4\n      x\n     y\n", "a: |2\n    x\n   y\n"),
    "a block that keeps its end": ("a: |+\n    x\n\n\nb: 1\n", "a: |+\n  x\n\n\nb: 1\n"),
    "a block that ends in blanks": ("a: |\n  x\n    \nb: 1\n", "a: |\n  x\n    \nb: 1\n"),
}


@pytest.mark.parametrize(("text", "expected"), LAYOUTS.values(), ids=LAYOUTS)
def test_layout(text: str, expected: str) -> None:
    """Proves each thing that the layout settles, and that it means the same."""
    assert laid_out(text) == expected
    assert meaning(expected.encode()) == meaning(text.encode())


COMMENTS = {
    "alone": ("#a\n\n\na: 1\n    # b\nb: 2\n# c\n", "#a\n\na: 1\n# b\nb: 2\n# c\n"),
    "beside": ("a: 1 # one\nb: # two\n - 2    # three\n", "a: 1  # one\nb:  # two\n  - 2  # three\n"),
    "at the end of a level": (
        "a:\n    - b:\n        - 1\n        # in b\n      # in the item\n    # in a\n# outside\nc: 1\n",
        "a:\n  - b:\n      - 1\n      # in b\n    # in the item\n  # in a\n# outside\nc: 1\n",
    ),
    "before what follows a list": ("a:\n- 1\n# of b\nb: 2\n", "a:\n  - 1\n# of b\nb: 2\n"),
    "instead of a value": ("a:\n    # - 1\n    # - 2\nb: 1\n", "a:\n  # - 1\n  # - 2\nb: 1\n"),
    "behind a dash": ("a:\n  - # one\n    b: 1\n", "a:\n  # one\n  - b: 1\n"),
    "between key and value": ("a: # one\n  # two\n  1 # three\n", "# one\n# two\na: 1  # three\n"),
    "between brackets": (
        "a: [1, # one\n  2, # two\n  # three\n  ] # four\nb: 1\n",
        "# four\na:\n  - 1  # one\n  - 2  # two\n  # three\nb: 1\n",
    ),
    "in brackets that hold nothing": ("a: { # one\n}\n", "# one\na: {}\n"),
    "beside what is broken up": (f"a: {{{LONG}}} # one\n", f"# one\na:\n{BROKEN_UP}\n"),
    "on the head of a block": ("a: >- # one\n  two # text\n", "a: >-  # one\n  two # text\n"),
    "on the marks of a document": ("--- # one\na: 1\n... # two\n", "# one\na: 1\n# two\n"),
    "no comment": ("a: 'b #c'\nd: e#f\n", 'a: "b #c"\nd: e#f\n'),
}


@pytest.mark.parametrize(("text", "expected"), COMMENTS.values(), ids=COMMENTS)
def test_comments_stay_with_what_they_are_about(text: str, expected: str) -> None:
    """Proves where a comment goes, wherever it stood."""
    assert laid_out(text) == expected


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"a: [", "E0001"),
        (b"a: \xff", "E0002"),
        (b"\xef\xbb\xbfa: 1", "E0004"),
        (b"a:\t1", "E0005"),
        (b"a: 1\na: 2\n", "E0006"),
        (b"a: &b 1\n", "E0007"),
        (b"a: !!str 1\n", "E0008"),
        (b"a: 1\n---\nb: 1\n", "E0009"),
        (b"# nothing\n", "E0012"),
        (b"- 1\n", "E0303"),
    ],
)
def test_what_the_loader_refuses_is_refused_with_its_words(data: bytes, code: str) -> None:
    """Proves that a text that is no rulebook's is not touched, and told as `check` tells it."""
    new, problems = formatted(data, "x.yaml")
    assert new is None
    assert [problem.code for problem in problems] == [code]
    assert problems == yaml.parse(data, "x.yaml")[1]


def test_a_text_that_cannot_be_laid_out_is_left() -> None:
    """Proves that what would not be read again as it was is refused: a key is longer than keys may be."""
    new, [problem] = formatted(f"? {'k' * 1100}\n: 1\n".encode(), "x.yaml")
    assert new is None
    assert problem.message == "the text cannot be laid out without changing it"
    assert (problem.code, problem.help) == ("", "write its keys and values in the plainest way")


RULEBOOKS = ("rules", "fixtures/broken_rules", "fixtures/broken_suites", "tests/rulebook")
STORED = ("fixtures/snapshots", "fixtures/venues", "tests/cli/data")


def texts(checkout: Path, *folders: str) -> list[Path]:
    """Every YAML file in folders."""
    return sorted(path for folder in folders for path in (checkout / folder).rglob("*.yaml"))


@pytest.mark.parametrize(
    ("folders", "least"), [(RULEBOOKS, 80), pytest.param(STORED, 60, marks=pytest.mark.slow)]
)
def test_every_text_in_the_tree_keeps_its_meaning_and_comments(
    checkout: Path, folders: tuple[str, ...], least: int
) -> None:
    """Proves that every YAML file here is laid out, to a fixed point, or refused as the loader refuses it."""
    count = 0
    for path in texts(checkout, *folders):
        data = path.read_bytes()
        if yaml.parse(data, "x.yaml")[1]:
            assert formatted(data, "x.yaml")[0] is None, path
            continue
        new = laid_out(data)
        assert meaning(new.encode()) == meaning(data), path
        wanted = sorted(re.findall(r"^ *(#.*?) *$", data.decode(), re.MULTILINE))
        assert sorted(re.findall(r"^ *(#.*?) *$", new, re.MULTILINE)) == wanted, path
        count += 1
    assert count > least


def test_the_rules_that_ship_are_laid_out(checkout: Path) -> None:
    """Proves that `rules` is a fixed point as it stands."""
    shipped = texts(checkout, "rules")
    assert len(shipped) > 20
    assert [path for path in shipped if laid_out(path.read_bytes()).encode() != path.read_bytes()] == []


def test_a_layout_does_not_make_the_house_another_book(checkout: Path) -> None:
    """Proves that the digest of the house is the same when its every file is scrambled and laid out."""
    files, _ = read_files(checkout / "rules/house")
    untidy = {name: scrambled(data.decode(), Random(1))[0] for name, data in files.items()}
    tidy = {name: laid_out(data).encode() for name, data in untidy.items()}
    program, problems = check_files(tidy)
    assert program is not None
    assert problems == []
    assert program.resolved_digest == load(checkout / "rules/house").resolved_digest
    assert tidy != untidy


def hold(seed: int) -> bool:
    """Hold every promise on one generated rulebook; False where what was drawn is none."""
    text = generated(seed)
    program, _ = check(text)
    if program is None:
        return False
    data, comments = scrambled(text, Random(seed))
    before, _ = check_files({FILE: data})
    assert before is not None
    new = laid_out(data)
    after, _ = check(new)
    assert after is not None
    assert after.resolved_digest == before.resolved_digest == program.resolved_digest
    assert meaning(new.encode()) == meaning(data)
    written = re.findall(r"#c\d+z.*", new)
    assert sorted(written) == sorted(comment.rstrip() for comment in comments)
    return True


def test_generated_rulebooks_in_any_layout_are_mended() -> None:
    """Proves fixed point, digest and comments on rulebooks that nobody wrote, ten of them."""
    assert sum(hold(seed) for seed in range(14)) >= 10


@pytest.mark.slow
@pytest.mark.parametrize("block", range(4))
def test_a_thousand_generated_rulebooks_are_mended(block: int) -> None:
    """Proves the same on a thousand."""
    assert sum(hold(10_000 * (block + 1) + n) for n in range(280)) >= 250


def test_a_remark_ends_with_its_line() -> None:
    """Proves that the layout of one thing does not depend on what stands beside it."""
    text = dedent("""\
        a: {b: 1}   # one
        c:
          - {d: 1}   # two
          - 2
        """)
    assert laid_out(text) == "a: {b: 1}  # one\nc:\n  - {d: 1}  # two\n  - 2\n"
