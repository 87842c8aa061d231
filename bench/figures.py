"""A measured figure and the budget it is held to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """What was measured; `most` and `least` are budgets, None where there is none."""

    name: str
    value: float
    unit: str
    most: float | None = None
    least: float | None = None

    @property
    def is_over(self) -> bool:
        """Whether the figure misses its budget."""
        too_much = self.most is not None and self.value > self.most
        too_little = self.least is not None and self.value < self.least
        return too_much or too_little


def shown(figure: Figure) -> str:
    """Return a figure as a line.

    >>> shown(Figure("load", 50, "ms", most=150))
    '  load                                                         50 ms     at most 150'
    """
    budget = ""
    if figure.most is not None:
        budget = f"at most {figure.most:g}"
    if figure.least is not None:
        budget = f"at least {figure.least:g}"
    mark = "   OVER BUDGET" if figure.is_over else ""
    return f"  {figure.name:<54} {figure.value:>8.4g} {figure.unit:<6} {budget}{mark}".rstrip()
