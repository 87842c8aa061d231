"""JSON Schemas of the files that analysts write: an ordinary YAML editor completes and validates by them.

`make docs` writes them to `rules/.schema/`. A schema sees one file, and neither names nor units of
expressions: it refuses nothing that the checker takes (`tests/schema` holds it to that), and the
checker has the last word.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from tools.schema.books import normal, rulebook
from tools.schema.values import Schema

FOLDER = "rules/.schema"


def parts() -> Iterator[tuple[str, str, Callable[[], str]]]:
    """Yield every file of a schema, as `tools.docs` wants to know it."""
    yield f"{FOLDER}/rulebook.json", "", lambda: _written(rulebook())
    yield f"{FOLDER}/normal.json", "", lambda: _written(normal())


def _written(schema: Schema) -> str:
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"
