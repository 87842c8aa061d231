"""Take facts given as JSON data, the way a request or a stored file is taken."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
import pytest
from pydantic import BaseModel, ValidationError

from pegmark.errors import FactProblem, FactsError
from pegmark.facts.model import Facts, VenueFacts
from pegmark.facts.snapshot import Snapshot, take
from pegmark.facts.specification import FactSpec

AS_OF = "2025-10-09"
Given = Mapping[str, Any]
"""Facts by full name, each in any of its forms."""


def grouped(given: Given) -> dict[str, dict[str, Any]]:
    """Return facts by full name as nested groups.

    >>> grouped({"peg.discount_now": 0.01})
    {'peg': {'discount_now': 0.01}}
    """
    groups: dict[str, dict[str, Any]] = {}
    for name, claim in given.items():
        group, _, attribute = name.partition(".")
        groups.setdefault(group, {})[attribute] = claim
    return groups


def validated(model: type[BaseModel], data: Any) -> Any:
    """Return the model of JSON data, as strict as it is over HTTP."""
    return model.model_validate_json(orjson.dumps(data))


def taken(
    given: Given | None = None,
    as_of: str = AS_OF,
    *,
    asset: str | None = "X",
    custom: Mapping[str, FactSpec] | None = None,
    venue_pointer: str = "/venue",
) -> Snapshot:
    """Return the snapshot of facts; raises `FactsError`."""
    groups = grouped(given or {})
    venue = groups.pop("venue", {})
    return take(
        asset=asset,
        as_of=as_of,
        facts=validated(Facts, groups),
        venue=validated(VenueFacts, venue),
        venue_name="inline",
        venue_pointer=venue_pointer,
        custom=custom,
    )


def refusals(given: Given, as_of: str = AS_OF, **options: Any) -> list[FactProblem]:
    """Return the problems for which facts are refused."""
    with pytest.raises(FactsError) as caught:
        taken(given, as_of, **options)
    return list(caught.value.problems)


def complaints(given: Given) -> list[tuple[str, str]]:
    """Return where in the facts the model objects, and to what: (JSON pointer, kind of error)."""
    groups = grouped(given)
    venue = groups.pop("venue", None)
    try:
        validated(Facts, groups)
        validated(VenueFacts, venue or {})
    except ValidationError as error:
        return [("/" + "/".join(map(str, found["loc"])), found["type"]) for found in error.errors()]
    return []
