"""Problems for people: each with its line of text and carets, then a verdict on each rulebook."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pegmark.cli.forms.checked import Checked
from pegmark.cli.terminal import Style
from pegmark.problems import Problem
from pegmark.rulebook.render import render


def text(checked: Sequence[Checked], style: Style) -> str:
    """Return every problem and every verdict, to be read from top to bottom."""
    return "\n".join(line for one in checked for line in _told(one, style))


def _told(one: Checked, style: Style) -> Iterator[str]:
    for problem in one.problems:
        yield _painted(render(problem, one.quoted), problem, style) + "\n"
    yield _verdict(one, style)


def _painted(text: str, problem: Problem, style: Style) -> str:
    head, _, rest = text.partition(": ")
    colour = "red" if problem.severity == "error" else "yellow"
    return f"{style.paint(head, fg=colour, bold=True)}: {rest}"


def _verdict(one: Checked, style: Style) -> str:
    program = one.program
    counts = ((one.errors, "error"), (len(one.problems) - one.errors, "warning"))
    said = ", ".join(f"{n} {noun}{'s' * (n != 1)}" for n, noun in counts if n)
    if program is None:
        return f"{one.path}: {style.paint(said or 'refused', fg='red', bold=True)}"
    if one.fails:
        return f"{one.path}: {style.paint(said, fg='red', bold=True)}"
    verdict = f"{one.path}: {style.paint('ok', fg='green', bold=True)}, {program.id} {program.version}"
    if program.extends is not None:
        verdict += f" ({program.extends.mode}, on {program.extends.rulebook})"
    return f"{verdict}, {said}" if said else verdict
