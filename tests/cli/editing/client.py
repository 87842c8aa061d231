"""An editor that talks to `pegmark lsp` over its standard streams, by pygls' own client."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.lsp.client import LanguageClient

SECONDS = 20
"""How long the server may take to say anything at all."""
SERVER = (str(Path(sys.executable).with_name("pegmark")), "lsp")


class Editor:
    """An editor with texts open that it does not save; every call waits for what it asks for."""

    def __init__(self, *, encodings: list[types.PositionEncodingKind] | None = None) -> None:
        self._loop = asyncio.new_event_loop()
        self._client = LanguageClient("a test", "1")
        self._marks: dict[str, list[types.Diagnostic]] = {}
        self._news = asyncio.Event()
        self._texts: dict[str, str] = {}
        self._versions: dict[str, int] = {}

        @self._client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)  # type: ignore[untyped-decorator]
        def marked(said: types.PublishDiagnosticsParams) -> None:
            self._marks[said.uri] = list(said.diagnostics)
            self._news.set()

        environment = {**os.environ, "PYTHONWARNINGS": "error"}
        self.wait(self._client.start_io(*SERVER, env=environment))
        general = None if encodings is None else types.GeneralClientCapabilities(position_encodings=encodings)
        asked = types.InitializeParams(types.ClientCapabilities(general=general))
        self.capabilities = self.wait(self._client.initialize_async(asked)).capabilities
        self._client.initialized(types.InitializedParams())

    def wait(self, awaited: Awaitable[Any]) -> Any:
        """What comes of something that takes time."""
        return self._loop.run_until_complete(asyncio.wait_for(awaited, SECONDS))

    def pause(self, seconds: float) -> None:
        """Let the server talk for a while."""
        self.wait(asyncio.sleep(seconds))

    # Texts

    def open(self, file: Path | str, text: str | None = None) -> str:
        """Open a file, or a text that was never saved; returns its address."""
        uri = file.as_uri() if isinstance(file, Path) else file
        if text is None:
            assert isinstance(file, Path)
            text = file.read_bytes().decode()
        self._texts[uri], self._versions[uri] = text, 1
        self._client.text_document_did_open(
            types.DidOpenTextDocumentParams(types.TextDocumentItem(uri, "yaml", 1, text))
        )
        return uri

    def edit(self, uri: str, old: str, new: str) -> str:
        """Put `new` in place of `old`, which stands there once or first; returns the text."""
        assert old in self._texts[uri]
        return self.write(uri, self._texts[uri].replace(old, new, 1))

    def write(self, uri: str, text: str) -> str:
        """Put a text in place of another as a whole."""
        self._texts[uri] = text
        self._versions[uri] += 1
        document = types.VersionedTextDocumentIdentifier(uri=uri, version=self._versions[uri])
        change = types.TextDocumentContentChangeWholeDocument(text)
        self._client.text_document_did_change(types.DidChangeTextDocumentParams(document, [change]))
        return text

    def close(self, uri: str) -> None:
        """Close a text."""
        self._texts.pop(uri)
        document = types.TextDocumentIdentifier(uri)
        self._client.text_document_did_close(types.DidCloseTextDocumentParams(document))

    def close_all(self) -> None:
        """Close what is open."""
        for uri in list(self._texts):
            self.close(uri)
        self._marks.clear()

    def text(self, uri: str) -> str:
        """The text as it stands."""
        return self._texts[uri]

    def apply(self, edits: list[types.TextEdit], uri: str) -> str:
        """Make edits, as UTF-16 counts; returns the text."""
        lines = self._texts[uri].replace("\r\n", "\n").split("\n")

        def offset(place: types.Position) -> int:
            before = lines[place.line].encode("utf-16-le")[: 2 * place.character].decode("utf-16-le")
            return sum(len(line) + 1 for line in lines[: place.line]) + len(before)

        text = "\n".join(lines)
        for edit in sorted(edits, key=lambda one: offset(one.range.start), reverse=True):
            text = text[: offset(edit.range.start)] + edit.new_text + text[offset(edit.range.end) :]
        return self.write(uri, text)

    # Marks

    def marks(self, uri: str, *, until: Callable[[list[types.Diagnostic]], bool]) -> list[types.Diagnostic]:
        """The marks of a file, once they are as they are waited for."""

        async def awaited() -> list[types.Diagnostic]:
            while uri not in self._marks or not until(self._marks[uri]):
                self._news.clear()
                await self._news.wait()
            return self._marks[uri]

        found: list[types.Diagnostic] = self.wait(awaited())
        return found

    def marked(self, uri: str) -> list[types.Diagnostic] | None:
        """The marks of a file as they are now, None where the server never said."""
        return self._marks.get(uri)

    def codes(self, uri: str, *codes: str) -> list[types.Diagnostic]:
        """The marks of a file, once they have just these codes."""
        return self.marks(uri, until=lambda found: [one.code for one in found] == list(codes))

    # Questions

    def at(self, uri: str, text: str, *, behind: bool = False) -> dict[str, Any]:
        """A place as a question has it: where `text` begins, or right behind it."""
        assert text in self._texts[uri], text
        before = self._texts[uri].partition(text)[0] + (text if behind else "")
        line = before.rpartition("\n")[2]
        place = types.Position(before.count("\n"), len(line.encode("utf-16-le")) // 2)
        return {"text_document": types.TextDocumentIdentifier(uri), "position": place}

    def hover(self, uri: str, text: str) -> str:
        """What is shown where a text begins."""
        found = self.wait(self._client.text_document_hover_async(types.HoverParams(**self.at(uri, text))))
        return "" if found is None else str(found.contents.value)

    def completion(self, uri: str, text: str) -> list[types.CompletionItem]:
        """What is offered right behind a text."""
        asked = types.CompletionParams(**self.at(uri, text, behind=True))
        found = self.wait(self._client.text_document_completion_async(asked))
        return [] if found is None else sorted(found.items, key=lambda item: item.sort_text)

    def resolved(self, item: types.CompletionItem) -> str:
        """What is told of an offer that is looked at."""
        found = self.wait(self._client.completion_item_resolve_async(item))
        return "" if found.documentation is None else str(found.documentation.value)

    def definition(self, uri: str, text: str) -> list[types.Location]:
        """Where the name is defined that begins with a text."""
        asked = types.DefinitionParams(**self.at(uri, text))
        return list(self.wait(self._client.text_document_definition_async(asked)) or [])

    def references(self, uri: str, text: str, *, defined: bool = True) -> list[types.Location]:
        """Where the name stands that begins with a text."""
        context = types.ReferenceContext(include_declaration=defined)
        asked = types.ReferenceParams(context, **self.at(uri, text))
        return list(self.wait(self._client.text_document_references_async(asked)) or [])

    def symbols(self, uri: str) -> list[types.DocumentSymbol]:
        """The outline of a file."""
        asked = types.DocumentSymbolParams(types.TextDocumentIdentifier(uri))
        return list(self.wait(self._client.text_document_document_symbol_async(asked)) or [])

    def actions(self, uri: str, mark: types.Diagnostic) -> list[types.CodeAction]:
        """What may be done about a mark."""
        context = types.CodeActionContext([mark])
        asked = types.CodeActionParams(types.TextDocumentIdentifier(uri), mark.range, context)
        return list(self.wait(self._client.text_document_code_action_async(asked)) or [])

    def formatting(self, uri: str) -> list[types.TextEdit] | None:
        """The edits that lay a text out."""
        asked = types.DocumentFormattingParams(
            types.TextDocumentIdentifier(uri), types.FormattingOptions(tab_size=8, insert_spaces=False)
        )
        found: list[types.TextEdit] | None = self.wait(self._client.text_document_formatting_async(asked))
        return found

    # The end

    def tell(self, method: str, said: Any) -> None:
        """Tell the server anything."""
        self._client.protocol.notify(method, said)

    def send(self, data: bytes) -> None:
        """Send bytes as they are."""
        assert self._process.stdin is not None
        self._process.stdin.write(data)

    @property
    def _process(self) -> asyncio.subprocess.Process:
        assert self._client._server is not None
        return self._client._server

    def end(self) -> int:
        """End the server as an editor does; returns its exit code."""
        self.wait(self._client.shutdown_async(None))
        self._client.exit(None)
        return self._ended()

    def vanish(self) -> int:
        """Close the server's input without a word; returns its exit code."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        return self._ended()

    def _ended(self) -> int:
        code: int = self.wait(self._process.wait())
        self.wait(self._client.stop())
        self._loop.close()
        return code
