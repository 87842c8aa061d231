"""What is shown where the pointer rests."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pegmark.authoring.editor.index import Index, covers
from pegmark.authoring.editor.listening import Said
from pegmark.authoring.editor.meaning import Rules, meaning
from pegmark.authoring.editor.schema import description
from pegmark.authoring.editor.study import Study
from pegmark.authoring.editor.suites import KEYS
from pegmark.problems import Position, Span

_STEP = re.compile(r"[^.\[\]]+$")


@dataclass(frozen=True, slots=True)
class Hover:
    """A text in Markdown, and what it is about."""

    text: str
    span: Span


def hover(study: Study, index: Index, rules: Rules, file: str, place: Position) -> Hover | None:
    """Return what is said of the name or key at a place; None where there is nothing to say."""
    mention = index.at(file, place)
    if mention is not None and (said := meaning(mention.name, study, rules)):
        return Hover(said, mention.span)
    return _of_key(study, file, place)


def _of_key(study: Study, file: str, place: Position) -> Hover | None:
    is_suite = file in study.texts.suites
    keys = (study.suites if is_suite else study.rules).keys.values()
    found = next(
        (said for said in (*keys, *_sections(study, file)) if covers(said.scalar.span, file, place)), None
    )
    if found is None:
        return None
    if is_suite:
        said = KEYS.get(found.scalar.text, "") if _STEP.search(found.path) else ""
    else:
        said = description(found.path, is_normal=file == study.texts.normal[0])
    return Hover(f"**{found.scalar.text}** · key\n\n{said}", found.scalar.span) if said else None


def _sections(study: Study, file: str) -> list[Said]:
    root = study.tree(file).root
    return [] if root is None else [Said(key, key.text) for key, _ in root.entries]
