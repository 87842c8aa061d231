"""Canonical bytes and what is made of them.

The canonical form is RFC 8785: keys sorted, no white space, numbers as ECMAScript writes them.
"""

from __future__ import annotations

from decimal import Decimal
from hashlib import sha256
from typing import Any

import orjson

_EXACT = 2**53
_BASE32 = "abcdefghijklmnopqrstuvwxyz234567"
_PAIRS = [one + other for one in _BASE32 for other in _BASE32]
_SEVEN, _SIX = range(60, -10, -10), range(50, -10, -10)
_AS_IS = frozenset({str, bool, type(None)})


def canonical(value: Any) -> bytes:
    """Return the RFC 8785 form of JSON data: dicts, lists, tuples, text, numbers, booleans, None.

    Raises `ValueError` for what has no such form: NaN, infinities, integers from 2**53 on, text
    that is not Unicode.

    >>> canonical({"b": 1.0, "a": [0.000001, True]})
    b'{"a":[0.000001,true],"b":1}'
    """
    return orjson.dumps(_plain(value), option=orjson.OPT_SORT_KEYS)


def canonical_clean(value: Any) -> bytes:
    """Return `canonical(value)`, fast, of data whose numbers are clean.

    Clean are integers under 2**53 in size and floats that are finite and not whole: what decisions
    are made of. Where that does not hold the result is not canonical.
    """
    data = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    # Of clean data orjson writes only fractions from 1e-6 to 1e-5, and the order of keys beyond U+FFFF,
    # in a way of its own; a text that looks like either costs only time.
    # (`rfind` is several times as fast as `in`.)
    return data if data.isascii() and data.rfind(b"e-6") < 0 else canonical(value)


def clean(value: Any) -> Any:
    """Return a whole float as the integer it is, and anything else as it is.

    >>> clean(2.0), clean(0.5), clean("2.0")
    (2, 0.5, '2.0')
    """
    return int(value) if type(value) is float and value.is_integer() else value


def digest(data: bytes) -> str:
    """Return the SHA-256 of canonical bytes, as digests are written."""
    return f"sha256:{sha256(data).hexdigest()}"


def identifier(prefix: str, data: bytes) -> str:
    """Return `prefix` and 26 base32 characters (130 bits) of the SHA-256 of canonical bytes."""
    # 136 bits, of which the last six are left out; ten at a time.
    bits = int.from_bytes(sha256(data).digest()[:17], "big") >> 6
    high, low = bits >> 60, bits & (1 << 60) - 1
    return (
        prefix
        + "".join([_PAIRS[high >> shift & 1023] for shift in _SEVEN])
        + "".join([_PAIRS[low >> shift & 1023] for shift in _SIX])
    )


def _plain(value: Any) -> Any:
    """Return `value` such that orjson writes it canonically."""
    kind = type(value)
    if kind in _AS_IS:
        return value
    if kind is float:
        return _number(value)
    if kind is dict:
        if "".join(value).isascii():
            return {key: item if type(item) in _AS_IS else _plain(item) for key, item in value.items()}
        return _sorted_by_utf16(value)
    if kind is int:
        if -_EXACT < value < _EXACT:
            return value
        raise ValueError("an integer from 2**53 on has no canonical form")
    return [item if type(item) in _AS_IS else _plain(item) for item in value]


def _number(value: float) -> Any:
    """Return a float as a JSON number in the spelling of ECMAScript, which orjson mostly shares."""
    if value.is_integer():
        if -_EXACT < value < _EXACT:
            return int(value)
        return orjson.Fragment(f"{Decimal(repr(value)):.0f}") if abs(value) < 1e21 else value
    if 1e-6 <= abs(value) < 1e-5:
        return orjson.Fragment(f"{Decimal(repr(value)):f}")
    if value - value != 0.0:
        raise ValueError("NaN and infinities have no canonical form")
    return value


def _sorted_by_utf16(value: dict[str, Any]) -> orjson.Fragment:
    # orjson sorts keys by code point, which differs from RFC 8785 beyond U+FFFF.
    keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
    return orjson.Fragment(
        b"{" + b",".join(orjson.dumps(key) + b":" + canonical(value[key]) for key in keys) + b"}"
    )
