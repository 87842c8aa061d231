"""What is asked of many rows, and what is decided of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pegmark.engine.vector.columns import Floats, Mask, Value, both, either, is_any

Ints = int | NDArray[Any]
Lacks = list[tuple[Mask, int]]
"""What was done without: where, and which facts, as bits."""


class Missed:
    """Which facts sent a rule down its unknown branch, and where: facts as bits.

    `asked` are the facts that are asked about: those that are known everywhere cannot have been missed.
    """

    def __init__(self, asked: int) -> None:
        """Begin with none."""
        self.asked = asked
        self.found: dict[int, Mask] = {}

    def add(self, where: Mask, bits: int) -> None:
        """Note facts, where a mask is."""
        bits &= self.asked
        if bits and is_any(where):
            self.found[bits] = either(self.found.get(bits, False), where)

    def all(self, where: Mask, lacks: Lacks) -> None:
        """Note what was done without, where a mask is."""
        for there, bits in lacks:
            self.add(both(where, there), bits)

    def of_fact(self, bit: int) -> Mask:
        """Return where a fact was missed."""
        found: Mask = False
        for bits, where in self.found.items():
            if bits & bit:
                found = either(found, where)
        return found


@dataclass(frozen=True, slots=True)
class Layers:
    """What rows inherit from beneath, where `has` is: as `decide.Layer`, of which -1 and NaN are None."""

    has: Mask
    cls: NDArray[np.int16]
    score: NDArray[np.float64]
    band: NDArray[np.int16]
    status: NDArray[np.int16]
    haircut: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Block:
    """Rows: usable facts by readable name, which of those submitted are estimates, and what lies beneath.

    A name that is absent is unknown in all rows.
    """

    rows: int
    facts: Mapping[str, Value]
    estimated: Mapping[str, Mask] = field(default_factory=dict)
    layers: Layers | None = None


@dataclass(slots=True)
class Amount:
    """What a step (scale 1e12) or a limit (1e6) comes to, where it applies."""

    value: Floats
    on: Mask


@dataclass(frozen=True, slots=True)
class Sized:
    """The haircuts of one size in each row, alone and in total, scale 1e12."""

    maintenance: Floats
    initial: Floats
    maintenance_total: Floats
    initial_total: Floats

    @property
    def all(self) -> tuple[Floats, Floats, Floats, Floats]:
        """All four."""
        return self.maintenance, self.initial, self.maintenance_total, self.initial_total


@dataclass(frozen=True, slots=True)
class Decisions:
    """What is decided of each row; a value that is no array holds in all.

    Classes, bands and statuses count from the best. `by`, `binding` and the bits of `capped_by`,
    `status_by` and `crossed` are places in what `Vector` lists. Caps are millionths of USD.
    """

    rows: int
    cls: Ints
    by: Ints
    scores: Sequence[Ints]
    composite: Ints
    band: Ints
    capped_by: Ints
    status: Ints
    status_by: Ints
    crossed: Ints
    sizes: Sequence[Sized]
    venue_cap: Ints
    account_cap: Ints
    binding: Ints
    missed: Missed
    beyond: Mask
    """Rows that go beyond what is exact here, and have to be asked one by one."""
