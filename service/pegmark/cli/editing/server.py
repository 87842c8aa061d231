"""The language server: what an editor asks, asked of what is known, and what it is told unasked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from pegmark import __version__
from pegmark.authoring.editor.completion import complete
from pegmark.authoring.editor.fixes import fixes, lines_of
from pegmark.authoring.editor.hover import hover
from pegmark.authoring.editor.index import Name
from pegmark.authoring.editor.meaning import meaning
from pegmark.authoring.editor.outline import outline
from pegmark.authoring.editor.study import Study
from pegmark.authoring.format import formatted
from pegmark.cli.editing import answers
from pegmark.cli.editing.diagnostics import Marks, Shown, diagnostic, marks
from pegmark.cli.editing.opened import Known, Opened, file_of
from pegmark.cli.editing.places import Places
from pegmark.problems import Position, Span

PAUSE = 0.06
"""For how many seconds nobody may have typed before a rulebook is checked."""
REST = 0.15
"""And for how many more, before its suites are."""
TRIGGERS = [".", '"', "["]
"""What opens the list of offers, besides a letter."""


class _Asked(NamedTuple):
    """A question about a file: what is known of its rulebook, and what turns places."""

    file: str
    known: Known
    places: Places


class Server:
    """One editor's server, over two streams until they end."""

    def __init__(self, normal: tuple[str, bytes]) -> None:
        """Take the filling-in of rulebooks that have none beside them."""
        # The whole text comes with every change: it is small, and nothing can go out of step.
        self._said = LanguageServer(
            "pegmark", __version__, text_document_sync_kind=types.TextDocumentSyncKind.Full
        )
        self._opened = Opened(normal)
        self._shown = Shown(self._publish)
        self._waiting: asyncio.TimerHandle | None = None
        self._changed: set[str] = set()
        self._untried: dict[Path, Study] = {}
        self._is_told_to_stop = False
        self._listen()

    def run(self, source: BinaryIO, sink: BinaryIO) -> bool:
        """Serve until the streams end; tell whether the editor had said that they would."""
        self._said.start_io(source, sink)
        return self._is_told_to_stop

    def _listen(self) -> None:
        def feature(name: str, handler: Callable[[Any], Any], options: Any = None) -> None:
            # Attributes are set on what is given, which a method does not take.
            self._said.feature(name, options)(partial(handler))

        feature(types.SHUTDOWN, self._on_shutdown)
        feature(types.INITIALIZED, self._on_initialized)
        feature(types.TEXT_DOCUMENT_DID_OPEN, self._on_open)
        feature(types.TEXT_DOCUMENT_DID_CHANGE, self._on_change)
        feature(types.TEXT_DOCUMENT_DID_CLOSE, self._on_close)
        feature(types.TEXT_DOCUMENT_DID_SAVE, self._on_disk)
        feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES, self._on_disk)
        feature(types.TEXT_DOCUMENT_HOVER, self._hover)
        offering = types.CompletionOptions(trigger_characters=TRIGGERS, resolve_provider=True)
        feature(types.TEXT_DOCUMENT_COMPLETION, self._completion, offering)
        feature(types.COMPLETION_ITEM_RESOLVE, self._resolved)
        feature(types.TEXT_DOCUMENT_DEFINITION, self._definition)
        feature(types.TEXT_DOCUMENT_REFERENCES, self._references)
        feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL, self._symbols)
        mending = types.CodeActionOptions([types.CodeActionKind.QuickFix])
        feature(types.TEXT_DOCUMENT_CODE_ACTION, self._actions, mending)
        feature(types.TEXT_DOCUMENT_FORMATTING, self._format)

    # Texts

    def _on_shutdown(self, _: None) -> None:
        self._is_told_to_stop = True

    def _on_initialized(self, _: types.InitializedParams) -> None:
        workspace = self._said.client_capabilities.workspace
        watching = workspace and workspace.did_change_watched_files
        if watching and watching.dynamic_registration:
            watcher = types.DidChangeWatchedFilesRegistrationOptions([types.FileSystemWatcher("**/*.yaml")])
            method = types.WORKSPACE_DID_CHANGE_WATCHED_FILES
            asked = types.RegistrationParams([types.Registration("rules", method, watcher)])
            self._said.client_register_capability(asked)

    def _on_open(self, said: types.DidOpenTextDocumentParams) -> None:
        self._opened.open(said.text_document.uri, said.text_document.text)
        self._later(said.text_document.uri)

    def _on_change(self, said: types.DidChangeTextDocumentParams) -> None:
        for change in said.content_changes:
            self._opened.open(said.text_document.uri, change.text)
        self._later(said.text_document.uri)

    def _on_close(self, said: types.DidCloseTextDocumentParams) -> None:
        self._opened.close(said.text_document.uri)
        self._later()

    def _on_disk(self, _: object) -> None:
        self._later()

    # Marks

    def _later(self, *uris: str) -> None:
        """Check when nothing more has come for a moment: what belongs to these, or all that is open."""
        self._changed |= {file for uri in uris if (file := file_of(uri)) is not None}
        if not uris:
            self._changed |= self._opened.buffers.keys()
        self._wait(PAUSE, self._check)

    def _wait(self, seconds: float, then: Callable[[], None]) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
        self._waiting = asyncio.get_running_loop().call_later(seconds, then)

    def _check(self) -> None:
        """Mark what is wrong with rules; then, unless somebody types on, with suites, which takes as long."""
        books = self._opened.books(self._opened.buffers)
        self._shown.keep(books)
        self._opened.forget(books)
        changed, self._changed = self._changed, set()
        self._untried = {book: known for book, known in self._untried.items() if book in books}
        for book in self._opened.books(changed):
            if book in books:
                found = self._untried[book] = self._opened.rules(book)
                rules = [found.texts.normal[0], *found.texts.rules]
                self._shown.show(book, self._marks(book, found, rules), whole=False)
        suites = {file for found in self._untried.values() for file in found.texts.suites}
        self._wait(0 if changed <= suites else REST, self._try)

    def _try(self) -> None:
        """Mark what is wrong with the suites of rulebooks that were checked."""
        self._waiting = None
        untried, self._untried = self._untried, {}
        for book, known in untried.items():
            found = self._opened.suites(book, known)
            self._shown.show(book, self._marks(book, found, found.texts.all), whole=True)

    def _marks(self, book: Path, found: Study, files: Iterable[str]) -> Marks:
        return marks(found, files, Places(found.texts.all, self._encoding), self._opened.uri, book)

    def _publish(self, uri: str, found: list[types.Diagnostic]) -> None:
        self._said.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, found))

    # Questions

    @property
    def _encoding(self) -> str:
        agreed = self._said.server_capabilities.position_encoding
        return str(getattr(agreed, "value", agreed) or "utf-16")

    def _asked(self, document: types.TextDocumentIdentifier) -> _Asked | None:
        file = file_of(document.uri)
        known = None if file is None else self._opened.known(file)
        if file is None or known is None:
            return None
        texts = {**known.study.texts.all, **self._opened.buffers}
        return _Asked(file, known, Places(texts, self._encoding))

    def _hover(self, said: types.HoverParams) -> types.Hover | None:
        if (asked := self._asked(said.text_document)) is None:
            return None
        study, index, rules = asked.known.study, asked.known.index, asked.known.rules
        found = hover(study, index, rules, asked.file, asked.places.place(asked.file, said.position))
        return None if found is None else answers.shown(found, asked.places)

    def _completion(self, said: types.CompletionParams) -> types.CompletionList | None:
        asked = self._asked(said.text_document)
        if asked is None:
            return None
        text = "\n".join(lines_of(self._opened.buffers.get(asked.file, b"")))
        place = asked.places.place(asked.file, said.position)
        found = complete(asked.known.study, asked.known.index, asked.file, text, place)
        return None if found is None else answers.items(found, asked.places)

    def _resolved(self, item: types.CompletionItem) -> types.CompletionItem:
        data = item.data if isinstance(item.data, dict) else {}
        known = self._opened.known(str(data["file"])) if "file" in data else None
        if known is not None:
            name = Name(data.get("kind", "fact"), str(data.get("name")))
            said = meaning(name, known.study, known.rules)
            item.documentation = answers.markdown(said) if said else None
        return item

    def _definition(self, said: types.DefinitionParams) -> list[types.Location] | None:
        if (asked := self._asked(said.text_document)) is None:
            return None
        name = self._name(asked, said.position)
        at = None if name is None else asked.known.index.defined.get(name)
        return None if at is None else self._locations(asked, [at])

    def _references(self, said: types.ReferenceParams) -> list[types.Location] | None:
        asked = self._asked(said.text_document)
        name = None if asked is None else self._name(asked, said.position)
        if asked is None or name is None:
            return None
        found = asked.known.index.places(name, defined=said.context.include_declaration)
        return self._locations(asked, found)

    def _name(self, asked: _Asked, position: types.Position) -> Name | None:
        mention = asked.known.index.at(asked.file, asked.places.place(asked.file, position))
        return None if mention is None else mention.name

    def _locations(self, asked: _Asked, spans: list[Span]) -> list[types.Location]:
        return [types.Location(self._opened.uri(span.file), asked.places.range(span)) for span in spans]

    def _symbols(self, said: types.DocumentSymbolParams) -> list[types.DocumentSymbol] | None:
        if (asked := self._asked(said.text_document)) is None:
            return None
        return answers.symbols(outline(asked.known.study, asked.file), asked.file, asked.places)

    def _actions(self, said: types.CodeActionParams) -> list[types.CodeAction] | None:
        if (asked := self._asked(said.text_document)) is None:
            return None
        if not any(
            types.CodeActionKind.QuickFix.value.startswith(only) for only in said.context.only or [""]
        ):
            return []
        start, end = (asked.places.place(asked.file, at) for at in (said.range.start, said.range.end))
        found: list[types.CodeAction] = []
        for problem in asked.known.study.problems:
            if (
                problem.span is not None
                and problem.span.file == asked.file
                and _touches(problem.span, start, end)
            ):
                mark = diagnostic(problem, asked.places, self._opened.uri)
                listed = fixes(asked.known.study, problem)
                found += answers.actions(listed, asked.places, said.text_document.uri, mark)
        return found

    def _format(self, said: types.DocumentFormattingParams) -> list[types.TextEdit] | None:
        """Lay the text out as `pegmark fmt` does, as one edit of the whole; one that is not sound stays."""
        file = file_of(said.text_document.uri)
        data = None if file is None else self._opened.buffers.get(file)
        if file is None or data is None:
            return None
        new, _ = formatted(data, file)  # what is wrong with it is marked already
        if new is None:
            return None
        if new == data:
            return []
        return [types.TextEdit(Places({file: data}, self._encoding).whole(file), new.decode())]


def _touches(span: Span, start: Position, end: Position) -> bool:
    return span.start <= end and start <= span.end
