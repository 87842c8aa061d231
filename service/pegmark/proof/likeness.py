"""What came of holding one program against another: said without a solver at hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple


class Estimate(NamedTuple):
    """A value that is estimated."""

    value: Any


@dataclass(frozen=True, slots=True)
class Likeness:
    """Whether two programs decide alike; where they are told apart, by what, and the facts of an asset.

    A fact is None where it is not known. `values` is None where no asset is needed to see it.
    """

    outcome: Literal["equivalent", "different", "unknown"]
    by: str = ""
    values: dict[str, Any] | None = field(default=None, repr=False)
