"""Problems as an editor marks them, and which marks it shows now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from lsprotocol import types

from pegmark.authoring.editor.study import Study
from pegmark.cli.editing.places import Places
from pegmark.cli.pages import page_codes, page_path
from pegmark.problems import Position, Problem, Span

_SEVERITIES = {"error": types.DiagnosticSeverity.Error, "warning": types.DiagnosticSeverity.Warning}
_UNUSED = "E0314"
Marks = dict[str, list[types.Diagnostic]]
"""What is marked, by the address of the file."""


def diagnostic(problem: Problem, places: Places, uri: Callable[[str], str]) -> types.Diagnostic:
    """Return a problem as a mark, with the page of its code and other places that explain it."""
    span = problem.span or Span("", Position(1, 1), Position(1, 1))
    said = [problem.message, *(text for text in (problem.note, problem.help) if text)]
    described = page_path(problem.code).as_uri() if problem.code in page_codes() else None
    return types.Diagnostic(
        places.range(span),
        "\n".join(said),
        _SEVERITIES[problem.severity],
        problem.code,
        types.CodeDescription(described) if described else None,
        "pegmark",
        [types.DiagnosticTag.Unnecessary] if problem.code == _UNUSED else None,
        [
            types.DiagnosticRelatedInformation(
                types.Location(uri(related.span.file), places.range(related.span)), related.message
            )
            for related in problem.related
        ]
        or None,
    )


def marks(study: Study, files: Iterable[str], places: Places, uri: Callable[[str], str], book: Path) -> Marks:
    """Return the marks of files, none for one in which nothing is wrong.

    What is wrong with no file in particular is marked at the head of the first.
    """
    found: Marks = {uri(file): [] for file in files}
    first = next(iter(sorted(found)), uri(book.as_posix()))
    for problem in study.problems:
        address = uri(problem.span.file) if problem.span is not None else first
        if address not in found and (problem.span is None or problem.span.file not in study.texts.all):
            address = first
        if address in found:
            found[address].append(diagnostic(problem, places, uri))
    return found


class Shown:
    """The marks that the editor shows; of one file they may come from several rulebooks."""

    def __init__(self, publish: Callable[[str, list[types.Diagnostic]], None]) -> None:
        """Begin with no mark anywhere."""
        self._publish = publish
        self._of: dict[Path, Marks] = {}
        self._shown: Marks = {}

    def show(self, book: Path, found: Mapping[str, list[types.Diagnostic]], *, whole: bool) -> None:
        """Show the marks of a rulebook: of all its files, or of some while the others keep theirs."""
        before = self._of.get(book, {})
        self._of[book] = dict(found) if whole else {**before, **found}
        for address in {**before, **found}:
            self._refresh(address)

    def keep(self, books: Iterable[Path]) -> None:
        """Take away the marks of all but these rulebooks."""
        for book in set(self._of) - set(books):
            self.show(book, {}, whole=True)
            del self._of[book]

    def _refresh(self, address: str) -> None:
        now: list[types.Diagnostic] = []
        for found in self._of.values():
            now += [one for one in found.get(address, ()) if one not in now]
        if now != self._shown.get(address):
            self._publish(address, now)
            self._shown[address] = now
