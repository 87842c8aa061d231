"""What is known of a rulebook, in the words of the protocol."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from lsprotocol import types

from pegmark.authoring.editor.completion import Offers, named
from pegmark.authoring.editor.fixes import Fix
from pegmark.authoring.editor.hover import Hover
from pegmark.authoring.editor.outline import Sort, Symbol
from pegmark.cli.editing.places import Places

_KINDS: Mapping[str, types.CompletionItemKind] = {
    "fact": types.CompletionItemKind.Field,
    "param": types.CompletionItemKind.Constant,
    "derived": types.CompletionItemKind.Variable,
    "outcome": types.CompletionItemKind.Value,
    "function": types.CompletionItemKind.Function,
    "member": types.CompletionItemKind.EnumMember,
    "key": types.CompletionItemKind.Property,
    "word": types.CompletionItemKind.Keyword,
}
_SYMBOLS: Mapping[Sort, types.SymbolKind] = {
    "section": types.SymbolKind.Namespace,
    "name": types.SymbolKind.Constant,
    "rule": types.SymbolKind.Method,
    "case": types.SymbolKind.Event,
}


def shown(found: Hover, places: Places) -> types.Hover:
    """Return what is shown where the pointer rests."""
    return types.Hover(markdown(found.text), places.range(found.span))


def markdown(text: str) -> types.MarkupContent:
    """Return a text in Markdown."""
    return types.MarkupContent(types.MarkupKind.Markdown, text)


def items(offers: Offers, places: Places) -> types.CompletionList:
    """Return what may be written, near things first; what each means is told when it is looked at."""
    at = places.range(offers.span)
    found = [
        types.CompletionItem(
            offer.label,
            kind=_KINDS.get(offer.kind, types.CompletionItemKind.Reference),
            detail=offer.detail or None,
            sort_text=f"{offer.rank}{n:04}",
            text_edit=types.TextEdit(at, offer.text or offer.label),
            data=_data(offers.span.file, named(offer)),
        )
        for n, offer in enumerate(offers.offers)
    ]
    return types.CompletionList(is_incomplete=False, items=found)


def _data(file: str, name: Any) -> dict[str, str] | None:
    return None if name is None else {"file": file, "kind": name.kind, "name": name.text}


def symbols(found: Iterable[Symbol], file: str, places: Places) -> list[types.DocumentSymbol]:
    """Return an outline."""
    return [
        types.DocumentSymbol(
            symbol.name,
            _SYMBOLS[symbol.sort],
            types.Range(places.position(file, symbol.start), places.position(file, symbol.end)),
            places.range(symbol.span),
            detail=symbol.said or None,
            children=symbols(symbol.children, file, places),
        )
        for symbol in found
    ]


def actions(
    fixes: Iterable[Fix], places: Places, uri: str, marked: types.Diagnostic
) -> Iterator[types.CodeAction]:
    """Yield the edits that mend a problem; one that is alone is the one to take."""
    listed = list(fixes)
    for fix in listed:
        edit = types.TextEdit(places.range(fix.span), fix.text)
        yield types.CodeAction(
            fix.title,
            types.CodeActionKind.QuickFix,
            [marked],
            is_preferred=len(listed) == 1,
            edit=types.WorkspaceEdit({uri: [edit]}),
        )
