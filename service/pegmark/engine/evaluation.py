"""What a generated program hands back when it is run once: see `scalar`, which writes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

Amounts = tuple[int | None, ...]
"""The amount of the start, of each step, and of the reference; None where a step does not apply."""


class Evaluation(NamedTuple):
    """One reading of the facts; ratios and USD as integers (1e12 and 1e6).

    `missed` are bit masks over the facts a rulebook can read: those whose absence sent some rule
    down its unknown branch.
    """

    cls: int
    by: int
    """The class rule that decided, by its place."""
    confirming: tuple[bool | None, ...]
    """The conditions of those class rules that take only known facts."""
    points: tuple[int, ...]
    applies: tuple[bool, ...]
    limits: tuple[int | None, ...]
    limit_unknown: tuple[bool, ...]
    outstanding: float
    missed: int
    score: Callable[[Sequence[int], Sequence[bool], int], tuple[tuple[int, ...], int]]
    """Points, which pillars apply, and a ceiling: the score of each pillar, and the composite."""
    rate: Callable[[Mapping[str, int]], tuple[tuple[bool, ...], tuple[bool, ...], int]]
    """Scores: which knock-outs and which status rules fire, and what they missed."""
    at: Callable[[float], tuple[Amounts, int]]
    """A size: the amounts, and what they missed."""
    close: Callable[[Amounts], tuple[int, int, int, int]]
    """Amounts: maintenance and initial, alone and with the reference's haircut."""
    totals: Callable[[Sequence[float]], tuple[list[int], list[int], int]]
    """Sizes that rise: the most of maintenance and initial in total up to each, and what they missed."""
    waterfalls: Callable[[Sequence[tuple[float, Amounts, int]]], list[list[dict[str, Any]]]]
    """Positions as (size, amounts, maintenance): of each the lines of its waterfall, as JSON."""
    finish: Callable[[str, Mapping[str, int]], tuple[tuple[Any, ...], tuple[Any, ...], tuple[bool, ...], int]]
    """Band and scores: mark, conditions, findings, and what they missed."""
    guard: Callable[..., tuple[bool, ...]]
    """Band, scores, class, outputs and size: whether each assertion holds."""
