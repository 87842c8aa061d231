"""What the JSON Schemas that ship say of a key, found by the key's path."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from pegmark.data import data_root

_STEP = re.compile(r"\[\d+\]|[^.\[]+")
_ITEM = "[]"
_DEEPEST = 20
"""How many schemas may say together what one is."""

Schema = Mapping[str, Any]


def description(path: str, *, is_normal: bool = False) -> str:
    """Return what a key means; nothing where the schema says nothing.

    >>> description("classify.rules[3].then")
    'The class that it gives.'
    """
    root = _schema("normal" if is_normal else "rulebook")
    found = [root]
    for step in _STEP.findall(path):
        below = _ITEM if step.startswith("[") else step
        found = [child for schema in found for child in _below(schema, root, below)]
    said = (schema["description"] for one in found for schema in _parts(one, root) if "description" in schema)
    return str(next(said, ""))


def _below(schema: Schema, root: Schema, step: str) -> Iterator[Schema]:
    for part in _parts(schema, root):
        if step == _ITEM:
            child = part.get("items")
        else:
            child = part.get("properties", {}).get(step, part.get("additionalProperties"))
        if isinstance(child, dict):
            yield child


def _parts(schema: Schema, root: Schema, depth: int = 0) -> Iterator[Schema]:
    """Yield a schema and those that it is made of."""
    yield schema
    if depth > _DEEPEST:
        return
    if (named := schema.get("$ref", "")).startswith("#/definitions/"):
        yield from _parts(root["definitions"][named.rpartition("/")[2]], root, depth + 1)
    parts = [part for key in ("allOf", "anyOf", "oneOf") for part in schema.get(key, ())]
    parts += [schema[key] for key in ("then", "else") if key in schema]
    for part in parts:
        if isinstance(part, dict):
            yield from _parts(part, root, depth + 1)


@cache
def _schema(name: str) -> Schema:
    found: Schema = json.loads((data_root() / "rules/.schema" / f"{name}.json").read_text(encoding="utf-8"))
    return found
