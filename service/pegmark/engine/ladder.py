"""Haircut by size as marginal rates, in exact integers.

A venue applies a ladder tier by tier, so the loss it provides for on a position of size S is the
sum of the tiers up to S. The ladder must provide at least S x h(S) at *every* S up to the account
cap, not only at its breakpoints. Only monotonicity of h is assumed: between a and b it may be as
high as h(b) at once, so the provision at a has to reach a x h(b) already.
"""

from __future__ import annotations

from collections.abc import Sequence

from pegmark.engine.emit import ONE


def marginal_rates(sizes: Sequence[int], haircuts: Sequence[int], step: int) -> list[int]:
    """Return the marginal rate of each tier (0, sizes[0]], (sizes[0], sizes[1]], ….

    `sizes` rise strictly (any integer unit of money); `haircuts` are average haircuts at those
    sizes, not falling, scale 1e12, as are `step` and the rates. Every rate is a multiple of `step`
    and at most 1, so adding collateral never lowers its value; the average at any size is at
    least the haircut there.

    >>> marginal_rates([1, 2], [ONE // 100, ONE // 50], ONE // 100)
    [20000000000, 20000000000]
    """
    flat = haircuts[0]
    if 0 <= flat == haircuts[-1] and flat % step == 0:
        return [flat] * len(sizes)
    # Provision needed at each breakpoint, scale 1e12 x money, from the last to the first: a tier cannot
    # charge more than everything, so a steep rise is provided for earlier.
    end, later = sizes[-1], sizes[-1] * haircuts[-1]
    needed = [later]
    for size, haircut in zip(sizes[-2::-1], haircuts[:0:-1], strict=True):
        later -= (end - size) * ONE
        if (need := size * haircut) > later:
            later = need
        needed.append(later)
        end = size
    rates: list[int] = []
    provided = start = 0
    for size in sizes:
        width = size - start
        short = needed.pop() - provided
        rate = -(-short // (width * step)) * step if short > 0 else 0
        rate = min(rate, ONE)
        provided += rate * width
        start = size
        rates.append(rate)
    return rates


def ladder(
    sizes: Sequence[int], maintenance: Sequence[int], initial: Sequence[int], step: int
) -> list[tuple[int, int, int, int]]:
    """Return the tiers (from, to, initial, maintenance) up to the last size; like neighbours are one.

    Takes what `marginal_rates` takes. Initial is nowhere below maintenance.
    """
    m, i = maintenance[0], initial[0]
    if 0 <= m == maintenance[-1] and 0 <= i == initial[-1] and not m % step and not i % step:
        # Size makes no difference, as for most of what can be redeemed.
        return [(0, sizes[-1], max(i, m), m)]
    tiers: list[tuple[int, int, int, int]] = []
    start, last, i, m = 0, 0, -1, -1
    rates = zip(
        sizes, marginal_rates(sizes, initial, step), marginal_rates(sizes, maintenance, step), strict=True
    )
    for end, initially, maintained in rates:
        next_i = max(initially, maintained)
        if next_i != i or maintained != m:
            if last:
                tiers.append((start, last, i, m))
            start, i, m = last, next_i, maintained
        last = end
    tiers.append((start, last, i, m))
    return tiers
