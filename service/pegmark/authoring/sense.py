"""What a change does to terms, as far as that is plain."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from pegmark.authoring.slope import Slope

Sense = Literal["stricter", "looser", "unclear", "none"]
STRICTER: Sense = "stricter"
LOOSER: Sense = "looser"
UNCLEAR: Sense = "unclear"
NONE: Sense = "none"
"""Terms do not depend on it."""


def turned(more: Sense, move: Slope) -> Sense:
    """Return what a move does where `more` is what growing does.

    >>> turned("stricter", -1), turned("looser", 0), turned("looser", None)
    ('looser', 'none', 'unclear')
    """
    if move == 0 or more == NONE:
        return NONE
    if move is None or more == UNCLEAR:
        return UNCLEAR
    return more if move > 0 else LOOSER if more == STRICTER else STRICTER


def joined(senses: Iterable[Sense]) -> Sense:
    """Return what several do together.

    >>> joined(["none", "looser"]), joined(["stricter", "looser"])
    ('looser', 'unclear')
    """
    found = {*senses} - {NONE}
    return UNCLEAR if len(found) > 1 else found.pop() if found else NONE
