"""What is compared: of each question the class rule that decides, points, knock-outs and status rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pegmark.engine.compiled import Epoch
from pegmark.rulebook.program import Program


def evaluation(epoch: Epoch) -> Callable[[Mapping[str, Any]], Any]:
    """Return the function that decides `Snapshot.values` by the compiled rulebook, without a trace."""
    answer = epoch.answer

    def run(values: Mapping[str, Any]) -> Any:
        found = answer(values, None, None, None)
        # No knock-out and no status rule of the bench reads a score.
        return found.by, found.points, found.rate({})

    return run


def in_order(found: Any) -> tuple[Any, ...]:
    """Return what `evaluation` found in the order of `rules`."""
    by, points, (out, fired, _) = found
    return by, *points, *out, *fired


def rules(program: Program) -> list[str]:
    """Return the names of what is compared: `class`, and the ids of all but the class rules."""
    lines = [line for card in program.scorecards for line in card.characteristics]
    ruled = (*lines, *program.rating.knock_outs, *program.rating.statuses)
    return ["class", *(rule.reason.id for rule in ruled)]


def same(who: str, question: int, names: Sequence[str], wanted: Sequence[Any], found: Sequence[Any]) -> None:
    """Raise `SystemExit` unless what a peer found is what we did."""
    for name, ours, theirs in zip(names, wanted, found, strict=True):
        if ours != theirs:
            raise SystemExit(
                f"bench: {who} says {theirs!r} of {name} on question {question}, where pegmark says {ours!r}"
            )
