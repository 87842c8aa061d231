"""Places as problems count them, and as an editor does: from 0, in the units that were agreed on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from lsprotocol import types

from pegmark.authoring.editor.fixes import lines_of
from pegmark.problems import Position, Span

_UNITS: Mapping[str, Callable[[str], int]] = {
    "utf-8": lambda text: len(text.encode("utf-8", "surrogatepass")),
    "utf-16": lambda text: len(text.encode("utf-16-le", "surrogatepass")) // 2,
    "utf-32": len,
}


class Places:
    """Turns places of some texts, by the name of their file, into an editor's and back."""

    def __init__(self, texts: Mapping[str, bytes], encoding: str = "utf-16") -> None:
        """Take lines from `texts` when they are first asked for."""
        self._texts = texts
        self._lines: dict[str, Sequence[str]] = {}
        self._units = _UNITS.get(str(getattr(encoding, "value", encoding)), _UNITS["utf-16"])

    def lines(self, file: str) -> Sequence[str]:
        """Return the lines of a file; one that is empty where there is no such file."""
        if file not in self._lines:
            self._lines[file] = lines_of(self._texts.get(file, b""))
        return self._lines[file]

    def position(self, file: str, place: Position) -> types.Position:
        """Return a place as the editor counts; what lies behind the text is its end."""
        lines = self.lines(file)
        if place.line > len(lines):
            return types.Position(len(lines) - 1, self._units(lines[-1]))
        before = lines[place.line - 1][: max(place.column - 1, 0)]
        return types.Position(max(place.line - 1, 0), self._units(before))

    def range(self, span: Span) -> types.Range:
        """Return a span as the editor counts."""
        return types.Range(self.position(span.file, span.start), self.position(span.file, span.end))

    def whole(self, file: str) -> types.Range:
        """Return all of a file as the editor counts."""
        end = Position(len(self.lines(file)) + 1, 1)
        return types.Range(types.Position(0, 0), self.position(file, end))

    def place(self, file: str, position: types.Position) -> Position:
        """Return a place as problems count."""
        lines = self.lines(file)
        line = lines[position.line] if position.line < len(lines) else ""
        column = units = 0
        while column < len(line) and units < position.character:
            units += self._units(line[column])
            column += 1
        return Position(position.line + 1, column + 1)
