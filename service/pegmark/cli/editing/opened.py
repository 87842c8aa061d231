"""The texts that an editor has open, and what is known of the rulebooks that they belong to."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pygls.uris import from_fs_path, to_fs_path

from pegmark.authoring.editor.folders import books_of, texts_of
from pegmark.authoring.editor.index import Index, index
from pegmark.authoring.editor.study import Study, study, study_rules, study_suites
from pegmark.rulebook.program import Program
from pegmark.usecases.rules import Rule, rules_of


@dataclass(frozen=True)
class Known:
    """What is known of a rulebook; what only questions need is worked out when one is asked."""

    study: Study

    @cached_property
    def index(self) -> Index:
        """Where each name stands."""
        return index(self.study)

    @cached_property
    def rules(self) -> Mapping[str, str]:
        """What each rule says, in words."""
        return in_words(self.study.program)


class Opened:
    """Open texts by the path of their file, and studies of rulebooks, each kept until its texts change.

    Nothing has to be told that a file has changed: files are read anew, which takes milliseconds.
    """

    def __init__(self, normal: tuple[str, bytes]) -> None:
        """Take the filling-in of rulebooks that have none beside them."""
        self.buffers: dict[str, bytes] = {}
        self._uris: dict[str, str] = {}
        self._normal = normal
        self._known: dict[Path, Known] = {}

    def open(self, uri: str, text: str) -> None:
        """Note a text as it stands; what is no file is nothing to us."""
        file = file_of(uri)
        if file is not None:
            self.buffers[file] = text.encode("utf-8", "surrogatepass")
            self._uris[file] = uri

    def close(self, uri: str) -> None:
        """Forget an open text; its file counts again."""
        file = file_of(uri)
        if file is not None:
            self.buffers.pop(file, None)
            self._uris.pop(file, None)

    def uri(self, file: str) -> str:
        """Return the address of a file, as the editor gave it if it did."""
        return self._uris.get(file) or from_fs_path(file) or ""

    def books(self, files: Iterable[str]) -> list[Path]:
        """Return the rulebooks that files belong to."""
        return list(dict.fromkeys(book for file in files for book in books_of(Path(file), self.buffers)))

    def forget(self, books: Iterable[Path]) -> None:
        """Forget what was known of all but these rulebooks."""
        kept = set(books)
        self._known = {book: known for book, known in self._known.items() if book in kept}

    def rules(self, book: Path) -> Study:
        """Return what is known of a rulebook as it stands; of its suites nothing, if anything has changed."""
        before = self._known.get(book)
        texts = texts_of(book, self.buffers, self._normal)
        if before is not None and before.study.texts == texts:
            return before.study
        return study_rules(texts, _study(before))

    def suites(self, book: Path, known: Study) -> Study:
        """Return what is known of a rulebook and its suites."""
        before = self._known.get(book)
        if before is None or before.study is not known:
            known = study_suites(known, _study(before))
            self._known[book] = Known(known)
        return known

    def known(self, file: str) -> Known | None:
        """Return what is known, as it stands, of the first rulebook of a file; None without one."""
        for book in books_of(Path(file), self.buffers)[:1]:
            texts = texts_of(book, self.buffers, self._normal)
            before = self._known.get(book)
            if before is None or before.study.texts != texts:
                self._known[book] = Known(study(texts, _study(before)))
            return self._known[book]
        return None


def _study(known: Known | None) -> Study | None:
    return None if known is None else known.study


def file_of(uri: str) -> str | None:
    """Return the path of a file by its address; None where the address is of something else."""
    try:
        path = to_fs_path(uri)
    except ValueError:
        return None
    return Path(os.path.normpath(path)).as_posix() if path and Path(path).is_absolute() else None


def in_words(program: Program | None) -> dict[str, str]:
    """Return what each rule of a program says, in Markdown, by its id."""
    if program is None:
        return {}
    sources = {source.id: source for source in program.sources}
    return {
        rule.reason.id: "\n\n".join(
            [
                f"**{rule.reason.id}** · {rule.section}",
                *_said(rule),
                *(f"[{cite}] {sources[cite].title}" for cite in rule.reason.cite if cite in sources),
            ]
        )
        for rule in rules_of(program)
    }


def _said(rule: Rule) -> list[str]:
    when = f"when `{rule.when}`" if rule.when else ""
    return [line for line in (when, rule.then, rule.unknown, f"*{rule.reason.why}*") if line]
