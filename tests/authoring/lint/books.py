"""A sound rulebook of which nothing can be said better, and what a text changes in it."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from pathlib import Path
from textwrap import dedent
from typing import Any

import yaml

from pegmark.authoring.lint.mentions import mentions
from pegmark.authoring.lint.redundancy import Redundancy
from pegmark.authoring.lint.run import lint
from pegmark.authoring.lint.settings import LintSettings
from pegmark.authoring.lint.subject import Subject
from pegmark.problems import Problem
from pegmark.rulebook.load import check_files

SOUND = Path(__file__).parent / "sound.yaml"
DAY = date(2026, 12, 1)
ASSETS = frozenset({"USDe", "DAI"})
NORMAL = ("normal.yaml", b"sources: {N: {title: N, href: 'https://n.example'}}\nparams: {}\nnormal: []\n")
_DEEP = ("classify", "scorecards", "rating", "haircut", "caps", "mark", "ladder")
"""Sections of which a text gives what differs; others it gives whole."""
_SECTION = re.compile(r"^(?=\w+:)", re.MULTILINE)


@cache
def sections() -> dict[str, str]:
    """The sound rulebook, section by section, as text."""
    return _split(SOUND.read_text(encoding="utf-8"))


def changed(text: str) -> tuple[bytes, bytes | None]:
    """The sound rulebook as a text changes it, and the suite that the text holds, if it does."""
    found = dict(sections())
    suite = b""
    for name, body in _split(dedent(text)).items():
        if name in ("suite", "cases"):
            suite += body.encode()
        elif name in _DEEP:
            found[name] = yaml.safe_dump(
                {name: _merged(_read(found[name])[name], _read(body)[name])}, sort_keys=False, width=1000
            )
        else:
            found[name] = body
    return "".join(f"{body.rstrip()}\n" for body in found.values()).encode(), suite or None


def subject(text: str = "", redundancy: Redundancy | None = None) -> Subject:
    """What there is to judge of the sound rulebook, changed."""
    data, suite = changed(text)
    files = {"book.yaml": data}
    program, problems = check_files(files, NORMAL)
    assert program is not None, [(p.code, p.message, p.span and p.span.start) for p in problems]
    tested = None if suite is None else mentions({"suite.yaml": suite})[0]
    return Subject(
        program,
        files,
        ASSETS,
        tested,
        DAY,
        links_to=lambda name: name == "docs/method.md",
        redundancy=redundancy,
    )


def linted(text: str = "", settings: LintSettings | None = None) -> list[Problem]:
    """What can be said better of the sound rulebook, changed."""
    return lint(subject(text), settings)


def _split(text: str) -> dict[str, str]:
    parts = [part for part in _SECTION.split(text) if part.strip()]
    return {part.partition(":")[0]: part for part in parts}


def _read(text: str) -> Any:
    # Every scalar stays text, as for the reader of rulebooks.
    return yaml.load(text, yaml.BaseLoader)


def _merged(base: Any, change: Any) -> Any:
    if isinstance(base, dict) and isinstance(change, dict):
        return {**base, **{key: _merged(base.get(key), value) for key, value in change.items()}}
    return change
