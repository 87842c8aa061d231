"""Types of expressions: booleans, enums and numbers with a unit out of a closed set.

"May be unknown" is part of the type. Units combine by the table in `check`; nothing is coerced.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

Unit = Literal["number", "ratio", "days", "USD", "points"]
Kind = Literal["bool", "enum", "number", "ratio", "days", "USD", "points"]
UNITS: tuple[Unit, ...] = ("number", "ratio", "days", "USD", "points")


@dataclass(frozen=True, slots=True)
class Type:
    """The type of a checked expression.

    `members` is given for enums only, from worst to best. `optional` means the value may be
    unknown.
    """

    kind: Kind
    members: tuple[str, ...] = ()
    optional: bool = False

    @property
    def is_numeric(self) -> bool:
        """Whether values are numbers (with whatever unit)."""
        return self.kind not in ("bool", "enum")

    def known(self) -> Type:
        """Return the same type, certainly known."""
        return replace(self, optional=False)

    def maybe(self, optional: bool = True) -> Type:
        """Return the same type, unknown allowed (if `optional`)."""
        return replace(self, optional=self.optional or optional)

    def __str__(self) -> str:
        return f"enum{{{', '.join(self.members)}}}" if self.kind == "enum" else self.kind


BOOL = Type("bool")
