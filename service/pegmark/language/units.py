"""How units combine; whatever is not said here is an error.

Like adds to and compares with like. A ratio or a bare number scales anything, and like divided by
like is a ratio (bare numbers stay bare numbers).
"""

from __future__ import annotations

from pegmark.language.types import Kind

_SCALES = ("ratio", "number")


def product(a: Kind, b: Kind) -> Kind | None:
    """Return the unit of a product, None if there is none.

    >>> product("ratio", "USD"), product("number", "ratio"), product("USD", "days")
    ('USD', 'ratio', None)
    """
    if a == "number" or (a == "ratio" and b != "number"):
        return b
    return a if b in _SCALES else None


def quotient(a: Kind, b: Kind) -> Kind | None:
    """Return the unit of a quotient, None if there is none.

    >>> quotient("USD", "USD"), quotient("USD", "ratio"), quotient("ratio", "USD")
    ('ratio', 'USD', None)
    """
    if a == b:
        return "number" if a == "number" else "ratio"
    return a if b in _SCALES else None
