"""Canonical bytes and what is made of them.

The canonical form is RFC 8785: keys sorted, no white space, numbers as ECMAScript writes them.
"""

from __future__ import annotations

from base64 import b32encode
from decimal import Decimal
from hashlib import sha256
from typing import Any

import orjson

_EXACT = 2**53


def canonical(value: Any) -> bytes:
    """Return the RFC 8785 form of JSON data with ASCII keys.

    >>> canonical({"b": 1.0, "a": 0.00001})
    b'{"a":0.00001,"b":1}'
    """
    # Where orjson writes a number otherwise than ECMAScript, one of these marks stands in the bytes; a text
    # that holds one costs only time.
    data = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    if not (b"e-6" in data or b"e+" in data or b".0," in data or b".0}" in data or b".0]" in data):
        if not data.endswith(b".0"):
            return data
    return orjson.dumps(_plain(value), option=orjson.OPT_SORT_KEYS)


def _plain(value: Any) -> Any:
    kind = type(value)
    if kind is str or kind is int or kind is bool or value is None:
        return value
    if kind is float:
        return _number(value)
    if kind is dict:
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value]


def _number(value: float) -> Any:
    if value.is_integer() and -_EXACT < value < _EXACT:
        return int(value)
    size = abs(value)
    if 1e-6 <= size < 1e-5 or _EXACT <= size < 1e21:
        return orjson.Fragment(f"{Decimal(repr(value)):f}".encode())
    if size >= 1e21:
        return orjson.Fragment(repr(value).encode())
    return value


def digest(data: bytes) -> str:
    """Return the SHA-256 of canonical bytes, as digests are written."""
    return f"sha256:{sha256(data).hexdigest()}"


def identifier(prefix: str, data: bytes) -> str:
    """Return `prefix` and 26 base32 characters of the SHA-256 of canonical bytes."""
    return prefix + b32encode(sha256(data).digest()).decode("ascii")[:26].lower()
