"""A report on two rulebooks, for whoever reads it: people, programs, a pull request."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from pegmark.cli.differences import proof
from pegmark.cli.differences.markdown import as_markdown
from pegmark.cli.differences.text import as_text
from pegmark.cli.terminal import Style
from pegmark.usecases.difference import Difference, as_data

__all__ = ["FORMS"]


def _as_json(found: Difference, style: Style) -> str:  # noqa: ARG001 - every form has the same face
    return json.dumps({**as_data(found), "proved": proof.as_data(found.proved)}, indent=2, ensure_ascii=False)


FORMS: Mapping[str, Callable[[Difference, Style], str]] = {
    "text": as_text,
    "json": _as_json,
    "markdown": as_markdown,
}
"""What `--format` takes."""
