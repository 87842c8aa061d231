"""Pydantic's errors in our words: code, JSON pointer, what to do.

No framework here: the command line words what is wrong with a file the same way.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError

from pegmark.api.codes import CODES
from pegmark.facts.vocabulary import FACTS

_CODES = {
    "missing": "H4221",
    "extra_forbidden": "H4222",
    "greater_than": "H4224",
    "greater_than_equal": "H4224",
    "less_than": "H4224",
    "less_than_equal": "H4224",
    "finite_number": "H4224",
    "literal_error": "H4225",
    "string_pattern_mismatch": "H4226",
    "string_too_short": "H4227",
    "string_too_long": "H4227",
    "too_short": "H4227",
    "too_long": "H4227",
}
_DETAILS = {
    "H4221": "the key is missing",
    "H4222": "the key is not known",
    "H4226": "the text is not of the form described",
}
_LONGEST_CHOICES = 400
MOST_ERRORS = 50
MOST_COUNTED = 2_000
LONGEST_POINTER = 500


class Fault(NamedTuple):
    """One entry of `errors`."""

    code: str
    detail: str
    help: str | None = None
    pointer: str | None = None
    parameter: str | None = None


def faults_of(error: ValidationError, model: type[BaseModel], data: Any) -> tuple[list[Fault], int]:
    """Return the first errors as faults, and how many more there are; `data` is the body."""
    if error.error_count() > MOST_COUNTED:
        # Naming the first costs as much as naming all.
        detail = f"{error.error_count():,} things are wrong, too many to name"
        return [Fault("H4228", detail, "Send less, and correct that first.", "")], error.error_count() - 1
    found = error.errors(include_url=False, include_input=False)
    faults = [_fault(e, model, data) for e in found[:MOST_ERRORS]]
    return list(dict.fromkeys(faults)), len(found) - len(found[:MOST_ERRORS])


def _fault(error: Any, model: type[BaseModel], data: Any) -> Fault:
    code = _CODES.get(error["type"], "H4223" if error["type"].endswith(("_type", "_parsing")) else "H4228")
    path = _path(error["loc"], data, is_missing=code == "H4221")
    detail = _DETAILS.get(code) or error["msg"].replace("Input should", "should", 1)
    return Fault(code, detail, _help(code, error, path, model), _pointer(path))


def _path(loc: Iterable[str | int], data: Any, is_missing: bool) -> list[str]:
    """Return the keys of the body that lead to an error; union tags in `loc` are no keys."""
    steps = list(loc)
    path: list[str] = []
    for n, step in enumerate(steps):
        if (isinstance(data, dict) and step in data) or (
            isinstance(data, list) and isinstance(step, int) and step < len(data)
        ):
            data = data[step]  # type: ignore[index]  # a key of a dict, or an index of a list
        elif not (is_missing and n == len(steps) - 1):
            continue
        path.append(str(step))
    return path


def _pointer(path: list[str]) -> str:
    """Return a JSON pointer; to what lies around the place, where its own would be of any length."""
    pointer = "".join(f"/{_escaped(key)}" for key in path)
    return pointer if len(pointer) <= LONGEST_POINTER else _pointer(path[:-1])


def _help(code: str, error: Any, path: list[str], model: type[BaseModel]) -> str:
    if code == "H4222" and path:
        near = get_close_matches(path[-1], _siblings(path[:-1], model), n=1)
        if near and near[0] != path[-1]:
            return f"did you mean `{near[0]}`?"
    expected = str(error.get("ctx", {}).get("expected", ""))
    if code == "H4225" and 0 < len(expected) < _LONGEST_CHOICES:
        return f"one of {expected}"
    return CODES[code].text


def _siblings(path: list[str], model: type[BaseModel]) -> list[str]:
    """Return the keys that could stand at `path`, as far as names are worth guessing."""
    if not path:
        return list(model.model_fields)
    groups: dict[str, list[str]] = {}
    for name in FACTS:
        group, _, fact = name.partition(".")
        groups.setdefault(group, []).append(fact)
    if path == ["facts"]:
        return [*groups, "custom"]
    return groups.get(
        path[-1], ["value", "as_of", "source", "confidence", "estimated", "knowable_at", "unknown"]
    )


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")
