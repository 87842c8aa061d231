"""From bytes to a validated model, strictly: what is not exactly the JSON described is refused.

A valid text is read twice: by pydantic, which validates it, and once more to see that no key is given
twice, which pydantic does not mind. Everything else is looked into only when it failed.
No framework here: questions in a file are read as those in a request are.
"""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn, TypeVar

import orjson
from pydantic import BaseModel, ValidationError

from pegmark.api.faults import Fault, faults_of
from pegmark.api.refusals import Refusal

DEEPEST = 64

_NO_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*+"|[^][}{"]+', re.DOTALL)
_SQUARE = str.maketrans("{}", "[]")

Model = TypeVar("Model", bound=BaseModel)


def validated(model: type[Model], body: bytes) -> Model:
    """Return the model that `body` states; raises `Refusal`."""
    try:
        valid: Model = model.__pydantic_validator__.validate_json(body, strict=True)
    except ValidationError as error:
        # INVARIANT: what is not JSON is 400, even where it is also not what the operation takes.
        data = _parsed(body)
        if error.error_count() == 1 and (found := error.errors()[0])["type"] == "json_invalid":
            raise Refusal.of("H4009", found["ctx"]["error"], pointer="") from None
        raise Refusal("H4220", *faults_of(error, model, data)) from None
    if not _is_kept_whole(body):
        try:
            _SCANNER.decode(body.decode())
        except _Repeated:
            _refuse_repeated(body.decode())
    return valid


def _is_kept_whole(body: bytes) -> bool:
    """Return whether a valid text surely gives no key twice; False may be either.

    Of a key that is given twice a reader keeps the last, and loses a colon at least; where nothing is
    escaped, no colon is lost or won otherwise.
    """
    if b"\\" in body:
        return False
    try:
        return orjson.dumps(orjson.loads(body)).count(b":") == body.count(b":")
    except (orjson.JSONDecodeError, TypeError):
        return False  # More than orjson takes, as of nesting.


class _Repeated(Exception):
    pass


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Repeated
    return found


def _no_constant(name: str) -> NoReturn:
    raise json.JSONDecodeError(f"`{name}` is no JSON", name, 0)


# Integers as floats: Python refuses to make an int of more than 4,300 digits.
_SCANNER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_no_constant, parse_int=float)


def _parsed(body: bytes) -> Any:
    """Return a body as plain data; raises `Refusal` if it is not JSON that can be read."""
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise Refusal.of("H4002", f"byte {error.start} is not UTF-8", pointer="") from None
    if text.startswith("\ufeff"):
        raise Refusal.of("H4002", "the body starts with a byte-order mark", pointer="")
    _refuse_depth(text)
    try:
        return _SCANNER.decode(text)
    except _Repeated:
        _refuse_repeated(text)
    except json.JSONDecodeError as error:
        place = "" if error.msg.startswith("`") else f" at line {error.lineno}, column {error.colno}"
        raise Refusal.of("H4001", f"{error.msg[:1].lower()}{error.msg[1:]}{place}", pointer="") from None


def _refuse_depth(text: str) -> None:
    """Refuse what is nested too deeply, before anything reads it that would need a stack."""
    brackets = _NO_BRACKET.sub("", text).translate(_SQUARE)
    for _ in range(DEEPEST):
        if "[]" not in brackets:
            break
        brackets = brackets.replace("[]", "")  # the innermost level
    if "[]" in brackets or brackets.count("[") > DEEPEST:
        raise Refusal.of("H4004", f"more than {DEEPEST} levels of nesting", pointer="")


def _refuse_repeated(text: str) -> NoReturn:
    """Name every key that stands twice, by its pointer."""
    tree = json.JSONDecoder(object_pairs_hook=_Pairs, parse_constant=_no_constant, parse_int=float).decode(
        text
    )
    faults = [
        Fault("H4003", f"the key `{_shown(pointer)}` stands twice", "keep one", pointer=pointer)
        for pointer in _repeated(tree, "")
    ]
    raise Refusal("H4003", faults)


class _Pairs(list[Any]):
    """The pairs of an object, told apart from an array."""


def _repeated(tree: Any, pointer: str) -> list[str]:
    found: list[str] = []
    waiting = [(tree, pointer)]
    while waiting:
        node, at = waiting.pop()
        if isinstance(node, _Pairs):
            seen: set[str] = set()
            for key, value in node:
                below = f"{at}/{escaped(key)}"
                if key in seen:
                    found.append(below)
                seen.add(key)
                waiting.append((value, below))
        elif isinstance(node, list):
            waiting += [(item, f"{at}/{n}") for n, item in enumerate(node)]
    return sorted(dict.fromkeys(found))


def escaped(key: str) -> str:
    """Return a key as a token of a JSON pointer."""
    return key.replace("~", "~0").replace("/", "~1")


def _shown(pointer: str) -> str:
    return pointer.rpartition("/")[2][:80]
