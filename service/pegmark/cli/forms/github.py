"""Problems as workflow commands of GitHub Actions, which puts each beside its line of a pull request.

A command is `::error file=…,line=…::message`. Its values are escaped as the runner unescapes them.
"""

from __future__ import annotations

from collections.abc import Sequence

from pegmark.cli.forms.checked import Checked, all_problems, from_here, is_whole, remarks
from pegmark.cli.pages import title
from pegmark.problems import Problem

_DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_IN_MESSAGE = str.maketrans(_DATA)
_IN_PROPERTY = str.maketrans({**_DATA, ":": "%3A", ",": "%2C"})


def github(checked: Sequence[Checked]) -> str:
    """Return one command a problem, and nothing where nothing is wrong."""
    return "\n".join(map(_command, all_problems(checked)))


def _command(problem: Problem) -> str:
    named = {**_place(problem), "title": f"{problem.code}: {title(problem.code)}"}
    properties = ",".join(f"{name}={value.translate(_IN_PROPERTY)}" for name, value in named.items())
    message = "\n".join([problem.message, *remarks(problem)]).translate(_IN_MESSAGE)
    return f"::{problem.severity} {properties}::{message}"


def _place(problem: Problem) -> dict[str, str]:
    span = problem.span
    if span is None:
        return {}
    inside = from_here(span.file)
    place = {"file": span.file if inside is None else inside.as_posix()}
    if is_whole(span):
        return place
    start, end = span.start, span.end
    place |= {"line": str(start.line), "endLine": str(end.line)}
    if start.line == end.line:
        # Columns of two lines are refused.
        place |= {"col": str(start.column), "endColumn": str(end.column)}
    return place
