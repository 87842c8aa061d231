"""What rules are put together by: constants that everything passes through, compared as they are."""

from __future__ import annotations

from fractions import Fraction
from math import ceil

from pegmark.rulebook.program import Haircut, Program


def together(program: Program) -> object:
    """Return the constants by which what rules say is put together."""
    rating, haircut, caps = program.rating, program.haircut, program.caps
    return (
        program.classify.order,
        program.classify.layering,
        (rating.weights, rating.lift, rating.bands, set(rating.ineligible)),
        (rating.worthless, rating.intake),
        (haircut.high, haircut.rounding, _initials(haircut)),
        (caps.least_venue, caps.least_account, caps.account_share, caps.rounding),
        [param for param in program.params if param.name == program.estimate_weight],
    )


def _initials(haircut: Haircut) -> list[Fraction]:
    """Return initial for everything that maintenance can be rounded to."""
    tick, high = haircut.rounding.to, haircut.high
    found = []
    for maintenance in (*(n * tick for n in range(int(high / tick) + 1)), high):
        more = max(haircut.initial_floor, haircut.initial_share * maintenance)
        found.append(min(Fraction(1), ceil((maintenance + more) / tick) * tick))
    return found


def operations(program: Program) -> dict[str, str]:
    """Return by which operation each step changes the haircut."""
    return {step.reason.id: step.op for step in program.haircut.steps}


def broken(this: Program, other: Program) -> Fraction | None:
    """Return the least size at which one of two ladders breaks; None where both break alike."""
    # Every ladder breaks at the least account.
    sizes = ({*one.ladder.breakpoints, one.caps.least_account} for one in (this, other))
    return min(set.symmetric_difference(*sizes), default=None)
