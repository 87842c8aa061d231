"""A rulebook over many assets at once: what `decide` settles for one, for blocks of rows.

The sections are those of `scalar` and `amounts`, in the same order and to the same last digit; only the
form differs. Needs numpy, which the rest of the engine does not.
"""

from __future__ import annotations

from pegmark.engine.vector.block import Block, Decisions, Layers, Missed, Sized
from pegmark.engine.vector.decision import decide
from pegmark.engine.vector.plan import LEAST, Vector
from pegmark.engine.vector.reading import worse_than_bounds

__all__ = [
    "LEAST",
    "Block",
    "Decisions",
    "Layers",
    "Missed",
    "Sized",
    "Vector",
    "decide",
    "worse_than_bounds",
]
