"""Problems for people and for programs: what is quoted, underlined and left out."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pegmark.problems import Position, Problem, Related, Span
from pegmark.rulebook.render import WIDEST, as_json, render


def span(line: int, first: int, last: int, file: str = "a.yaml", until: int | None = None) -> Span:
    """Return a stretch of a file."""
    return Span(file, Position(line, first), Position(until or line, last))


def test_a_whole_problem() -> None:
    """Proves the form of a problem: code, message, place, line, carets, where else, help."""
    problem = Problem(
        "E0006",
        "duplicate key `b`",
        span(12, 3, 4),
        "keep one of the two",
        related=(Related("first here", span(2, 3, 4)),),
    )
    assert render(problem, {"a.yaml": b"a:\n" * 11 + b"  b: c\n"}) == (
        "error[E0006]: duplicate key `b`\n"
        "  --> a.yaml:12:3\n"
        "   |\n"
        "12 |   b: c\n"
        "   |   ^\n"
        "   = note: first here: a.yaml:2\n"
        "   = help: keep one of the two"
    )


def test_a_note_stands_for_the_places_it_names() -> None:
    """Proves that what a note says already is not said again."""
    problem = Problem("A0101", "x", span(1, 1, 2), note="see line 2", related=(Related("y", span(2, 1, 2)),))
    assert render(problem, {"a.yaml": b"ab\ncd"}).split("\n")[-1] == "  = note: see line 2"


def test_a_problem_without_a_place() -> None:
    """Proves that a problem of no file is still said."""
    assert render(Problem("E0013", "no rulebook"), {}) == "error[E0013]: no rulebook"


def test_a_problem_of_a_file_as_a_whole() -> None:
    """Proves that a file is named and no line of it shown."""
    assert render(Problem("E0012", "empty", span(1, 1, 1)), {"a.yaml": b""}) == (
        "error[E0012]: empty\n  --> a.yaml"
    )


def test_a_line_that_is_not_there() -> None:
    """Proves that a text that is not at hand, or has changed since, is not quoted."""
    problem = Problem("E0301", "x", span(9, 2, 3))
    for files in ({}, {"a.yaml": b"one line"}):
        assert render(problem, files) == "error[E0301]: x\n  --> a.yaml:9:2"


def test_what_spans_lines_is_underlined_to_the_end_of_the_first() -> None:
    """Proves that a caret line never runs past the line above it."""
    problem = Problem("E0106", "x", span(1, 4, 9, until=3))
    assert render(problem, {"a.yaml": b"a: one\r\n  two\n  three"}).split("\n")[-2:] == [
        "1 | a: one",
        "  |    ^^^",
    ]


def test_warnings_are_called_that() -> None:
    """Proves that a severity is shown."""
    assert render(Problem("E0314", "x", severity="warning"), {}) == "warning[E0314]: x"


@given(st.integers(0, 400), st.integers(1, 80), st.integers(0, 400))
def test_long_lines_are_cut_around_what_is_wrong(before: int, length: int, after: int) -> None:
    """Proves that what is underlined is always shown, under its carets, however long the line is."""
    line = "-" * before + "x" * length + "-" * after
    problem = Problem("E0201", "x", span(1, before + 1, before + length + 1))
    _, _, _, shown, carets = render(problem, {"a.yaml": line.encode()}).split("\n")
    assert len(shown) <= WIDEST + len("1 | ") + 2
    underlined = shown[carets.index("^") : carets.rindex("^") + 1]
    assert set(underlined) == {"x"}
    assert len(underlined) == min(length, len(shown.replace("-", "").replace("…", "")) - len("1 | "))


@given(st.binary(max_size=80), st.integers(1, 5), st.integers(1, 90), st.integers(0, 90))
def test_nothing_a_file_holds_reaches_a_terminal(data: bytes, line: int, first: int, length: int) -> None:
    """Proves that neither bytes that are no text nor control characters come out, and nothing fails."""
    said = render(Problem("E0003", "x", span(line, first, first + length)), {"a.yaml": data})
    assert all(text.isprintable() for text in said.split("\n"))


def test_the_form_for_programs() -> None:
    """Proves that lines and columns count from 1, that the end is exclusive, and what is null."""
    problem = Problem(
        "E0308",
        "m",
        span(2, 3, 9),
        "h",
        yaml_path="classify.rules[0]",
        rule_id="CLS-010",
        related=(Related("first", span(1, 1, 2, "b.yaml")),),
    )
    assert as_json(problem) == {
        "code": "E0308",
        "severity": "error",
        "message": "m",
        "file": "a.yaml",
        "range": {"start": {"line": 2, "column": 3}, "end": {"line": 2, "column": 9}},
        "yaml_path": "classify.rules[0]",
        "rule_id": "CLS-010",
        "help": "h",
        "note": None,
        "related": [
            {
                "message": "first",
                "file": "b.yaml",
                "range": {"start": {"line": 1, "column": 1}, "end": {"line": 1, "column": 2}},
            }
        ],
    }
    bare = as_json(Problem("E0013", "m"))
    assert (bare["file"], bare["range"], bare["related"]) == (None, None, [])
