"""A language server over its standard streams, as an editor talks to it (LSP 3.17)."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

SECONDS = 60
"""How long the server may take to say anything at all."""


class Editor:
    """An editor with one text open at a time, which it never saves."""

    def __init__(self, command: Sequence[str], root: Path) -> None:
        self._process = subprocess.Popen(
            command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self._asked = 0
        self._opened = 0
        # It asks for settings only of editors that say they can be asked.
        self._ask("initialize", {"processId": None, "rootUri": root.as_uri(), "capabilities": _CAPABILITIES})
        self._tell("initialized", {})
        self._tell("workspace/didChangeConfiguration", {"settings": _SETTINGS})

    def diagnostics(self, file: Path, text: str) -> list[dict[str, Any]]:
        """Return what the server says is wrong with `text`, as the content of a file beside `file`."""
        uri = self._open(file, text)
        while True:
            said = self._read()
            if said.get("method") == "textDocument/publishDiagnostics" and said["params"]["uri"] == uri:
                self._close(uri)
                found: list[dict[str, Any]] = said["params"]["diagnostics"]
                return found

    def completions(self, file: Path, text: str) -> list[dict[str, Any]]:
        """Return what is offered where `|` stands in `text`."""
        items: list[dict[str, Any]] = self._at("textDocument/completion", file, text)["items"]
        return items

    def hover(self, file: Path, text: str) -> str:
        """Return what is shown of the word where `|` stands in `text`."""
        shown = self._at("textDocument/hover", file, text)
        return "" if shown is None else str(shown["contents"]["value"])

    def close(self) -> None:
        """End the server."""
        with self._process:  # closes the pipes
            self._ask("shutdown", None)
            self._tell("exit", None)
            self._process.wait(SECONDS)

    def _at(self, method: str, file: Path, text: str) -> Any:
        before, _, after = text.partition("|")
        uri = self._open(file, before + after)
        line, character = before.count("\n"), len(before) - before.rfind("\n") - 1
        place = {"textDocument": {"uri": uri}, "position": {"line": line, "character": character}}
        found = self._ask(method, place)
        self._close(uri)
        return found

    def _open(self, file: Path, text: str) -> str:
        # Each under a name of its own: what is said of one text is never taken for what is said of another.
        self._opened += 1
        uri = file.with_stem(f"{file.stem}-{self._opened}").as_uri()
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self._tell("textDocument/didOpen", {"textDocument": document})
        return uri

    def _close(self, uri: str) -> None:
        self._tell("textDocument/didClose", {"textDocument": {"uri": uri}})

    def _ask(self, method: str, params: Any) -> Any:
        self._asked += 1
        self._write({"id": self._asked, "method": method, "params": params})
        while True:
            said = self._read()
            if said.get("id") == self._asked and "method" not in said:
                assert "error" not in said, said
                return said["result"]

    def _tell(self, method: str, params: Any) -> None:
        self._write({"method": method, "params": params})

    def _write(self, message: Mapping[str, Any]) -> None:
        data = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin is not None
        self._process.stdin.write(f"Content-Length: {len(data)}\r\n\r\n".encode() + data)
        self._process.stdin.flush()

    def _read(self) -> dict[str, Any]:
        """Return the next message that is for us; the server's own questions are answered."""
        assert self._process.stdout is not None
        length = 0
        while line := self._process.stdout.readline().strip():
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        assert length, "the server has ended"
        message: dict[str, Any] = json.loads(self._process.stdout.read(length))
        if "method" in message and "id" in message:
            items = (message.get("params") or {}).get("items", [])
            answer = [_SETTINGS.get(item.get("section")) for item in items] or None
            self._write({"id": message["id"], "result": answer})
            return self._read()
        return message


_CAPABILITIES = {
    "textDocument": {
        "completion": {"completionItem": {"snippetSupport": True, "documentationFormat": ["markdown"]}},
        "hover": {"contentFormat": ["markdown"]},
    },
    "workspace": {"configuration": True},
}
_SETTINGS: dict[str, Any] = {
    # As an editor sets it up, but for what it would fetch.
    "yaml": {"validate": True, "completion": True, "hover": True, "schemaStore": {"enable": False}},
    "http": {"proxy": "", "proxyStrictSSL": False},
    "[yaml]": {},
    "editor": {},
    "files": {},
}
