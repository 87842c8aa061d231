"""What could be otherwise: by whose doing, to which values, and the snapshot as it would be then.

What is not known may be learnt, whatever it is. What is known may be made better by whoever decides
it; what has happened, what a market does and what a token is are nobody's decision. Backing is changed
by moving share from one kind to a better one.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal, NamedTuple

from pegmark.facts.components import BASIS, COMPONENT_ORDER, COMPONENTS
from pegmark.facts.model import Component
from pegmark.facts.snapshot import Snapshot, Value, spread
from pegmark.facts.specification import FactSpec
from pegmark.facts.units import Kind, quantise

Side = Literal["asset", "venue"]

_MARKETS = ("liquidity.", "peg.", "leverage.")
_GIVEN = frozenset(
    {
        "reference.kind",
        "reference.currency",
        "reference.age",
        "reference.conversion_rate",
        "hedge.funding_rate_30d",
        "redemption.largest_met_24h",
        "control.supply_change_1h",
        "control.bridged_share",
        "venue.discount_now",
        "venue.max_discount_365d",
        "venue.depth_2pct",
        "venue.volume_share",
    }
)
"""Besides the markets' facts: what nobody can decide to be otherwise once it is known."""

_PLAIN = ("treasury_bill", "cash")
"""What any issuer can hold instead; the first that is better than what it has."""


@dataclass(frozen=True, slots=True)
class Lever:
    """One way in which one submitted fact could be better.

    `values` run from the least better to the best; of a move, which has two kinds, they are the
    shares moved. `steps` is how many steps the whole range of the fact has. Levers of one `group`
    exclude each other. `was` is the state: `known`, `estimated`, or why the fact is unknown.
    """

    fact: str
    side: Side
    was: str
    present: Value | None
    values: Sequence[Value]
    steps: int
    group: str
    move: tuple[str, str] | None = None


class Change(NamedTuple):
    """A lever pulled to one of its values."""

    lever: Lever
    value: Value


def components(snapshot: Snapshot) -> list[Component]:
    """Return the rows of the backing as they were submitted; none where they are not known."""
    said = snapshot.submitted.get(COMPONENTS) if COMPONENTS in snapshot.known else None
    return [Component.model_validate(row) for row in said[0]] if said else []


def levers(snapshot: Snapshot, specs: Mapping[str, FactSpec]) -> list[Lever]:
    """Return every lever on the facts of `specs`, in their order."""
    return [lever for spec in specs.values() for lever in _levers(snapshot, spec)]


def changed(snapshot: Snapshot, rows: Sequence[Component], changes: Iterable[Change]) -> Snapshot:
    """Return the snapshot as it would be; `rows` are its components.

    What was submitted stays what it was: only what a rule reads is changed.
    """
    values, known, estimated = dict(snapshot.values), set(snapshot.known), set(snapshot.estimated)
    states, respread, moved = dict(snapshot.states), False, list(rows)
    for lever, value in changes:
        if lever.move is not None:
            moved, respread = _moved(moved, *lever.move, float(value)), True
            continue
        known.add(lever.fact)
        estimated.discard(lever.fact)
        states.pop(lever.fact, None)
        if lever.fact != COMPONENTS:
            values[lever.fact] = value
            respread = respread or lever.fact == BASIS
    if respread:
        for component in rows:
            values.pop(f"backing.share.{component.kind}", None)
        values |= spread(moved, values.get(BASIS))
    return replace(
        snapshot, values=values, known=frozenset(known), estimated=frozenset(estimated), states=states
    )


def moved_rows(rows: Sequence[Component], changes: Iterable[Change]) -> list[Component]:
    """Return the components after the moves among `changes`."""
    found = list(rows)
    for lever, value in changes:
        if lever.move is not None:
            found = _moved(found, *lever.move, float(value))
    return found


def _levers(snapshot: Snapshot, spec: FactSpec) -> Iterator[Lever]:
    name = spec.name
    side: Side = "venue" if spec.group in ("venue", "terms") else "asset"
    if name == COMPONENTS:
        if name in snapshot.estimated:
            yield Lever(name, side, "estimated", None, (True,), 1, name)
        yield from _moves(snapshot)
    elif name not in snapshot.known:
        was, worst_first = snapshot.states.get(name, "not_collected"), _range(spec)
        if spec.worse != "none":
            yield Lever(name, side, was, None, worst_first, len(worst_first), name)
        else:
            # Without a direction each value is a way of its own; a number has too many.
            yield from (Lever(name, side, was, None, (value,), 1, name) for value in worst_first)
    else:
        present, is_estimated = snapshot.values[name], name in snapshot.estimated
        is_given = name in _GIVEN or name.startswith(_MARKETS) or spec.worse == "none"
        better = () if is_given else _better(spec, present)
        values = (present, *better) if is_estimated else better
        if values:
            was = "estimated" if is_estimated else "known"
            steps = 1 if spec.worse == "none" else len(_range(spec))
            yield Lever(name, side, was, present, values, steps, name)


def _range(spec: FactSpec) -> tuple[Value, ...]:
    """Return every value that is tried of a fact, from worst to best; of a number without direction none."""
    match spec.kind:
        case "bool":
            return (True, False) if spec.worse == "true" else (False, True)
        case "enum":
            return spec.members
    if spec.worse == "none":
        return ()
    worst, best = _ends(spec)
    return (worst, *_between(spec.kind, worst, best))


def _better(spec: FactSpec, present: Value) -> tuple[Value, ...]:
    if spec.kind in ("bool", "enum"):
        values = _range(spec)
        return values[values.index(present) + 1 :]
    return _between(spec.kind, float(present), _ends(spec)[1])


def _ends(spec: FactSpec) -> tuple[float, float]:
    """Return the worst and the best that a number can be."""
    low, high = spec.low or 0.0, spec.high or 0.0
    match spec.worse:
        case "higher":
            return high, low
        case "lower":
            return low, high
    return low, 1.0


def _between(kind: Kind, start: float, end: float) -> tuple[float, ...]:
    """Return the values tried after `start` up to and with `end`, whichever way that is."""
    grid = _grid(kind)
    if start < end:
        return (*grid[bisect_right(grid, start) : bisect_left(grid, end)], end)
    if start > end:
        return (*grid[bisect_right(grid, end) : bisect_left(grid, start)][::-1], end)
    return ()


@cache
def _grid(kind: Kind) -> tuple[float, ...]:
    """Return the values tried of a number, in order: as fine as anybody would state it.

    Ratios go by a hundredth of a percent (over 1 by a percent, over 10 by ten), days and points by
    one, dollars and bare numbers by two significant digits.
    """
    match kind:
        case "ratio":
            parts = [(1, 10_000, 10_000), (101, 1_000, 100), (101, 1_000, 10)]
            above = [n / scale for first, last, scale in parts for n in range(first, last + 1)]
        case "days" | "points":
            above = [float(n) for n in range(1, 36_501 if kind == "days" else 101)]
        case _:
            magnitudes = range(2, 12) if kind == "USD" else range(-3, 8)
            above = [float(f"{digits}e{m}") for m in magnitudes for digits in range(10, 100)]
    return (*(-value for value in reversed(above)), 0.0, *above)


def _moves(snapshot: Snapshot) -> Iterator[Lever]:
    """Yield each kind of backing with each better kind that it could be moved to.

    Only along the order of kinds, so that a move never makes anything worse; and only what is not
    itself a claim on another asset, which is decided on its own. What it is moved to is the better kind
    of which most is held, else the plainest.
    """
    rows = [row for row in components(snapshot) if row.asset is None]
    held: dict[str, float] = {}
    for row in rows:
        held[row.kind] = held.get(row.kind, 0.0) + row.share
    sources = dict(held)
    # Of a list that is not known, nothing can be short either.
    if snapshot.values.get(BASIS) == "net" and COMPONENTS in snapshot.known:
        short = snapshot.values["backing.share.undisclosed"]
        sources["undisclosed"] = max(held.get("undisclosed", 0.0), float(short) - _claimed(snapshot))
    for source, share in sources.items():
        values = _between("ratio", 0.0, quantise(share, "ratio"))
        target = _target(source, held)
        if target is not None and values:
            group, move = f"{COMPONENTS} {source}", (source, target)
            yield Lever(COMPONENTS, "asset", "known", None, values, 10_000, group, move)


def _target(source: str, held: Mapping[str, float]) -> str | None:
    """Return the kind to move share of `source` to; None where no kind is better."""
    above = _above(source)
    largest = max((kind for kind in held if kind in above), key=held.__getitem__, default=None)
    return largest or next((kind for kind in _PLAIN if kind in above), None)


def _claimed(snapshot: Snapshot) -> float:
    """Return the undisclosed share that is a claim on a named asset."""
    return sum(
        row.share for row in components(snapshot) if row.kind == "undisclosed" and row.asset is not None
    )


@cache
def _above(kind: str) -> frozenset[str]:
    """Return the kinds that are better, through any number of pairs of the order."""
    better = {good for good, bad in COMPONENT_ORDER if bad == kind}
    return frozenset(better.union(*map(_above, better)))


def _moved(rows: Iterable[Component], source: str, target: str, share: float) -> list[Component]:
    """Return components with `share` of one kind made of another.

    What the rows of `source` do not have comes out of what a net list leaves short of the whole.
    """
    found, left = [], share
    for row in rows:
        if row.kind != source or row.asset is not None:
            found.append(row)
            continue
        taken = min(left, row.share)
        left = quantise(left - taken, "ratio")
        if row.share > taken:
            found.append(_holding(row, row.share - taken))
    for n, row in enumerate(found):
        if row.kind == target and row.asset is None:
            found[n] = _holding(row, row.share + share)
            return found
    return [*found, Component.model_construct(kind=target, share=share)]


def _holding(row: Component, share: float) -> Component:
    # A search makes thousands; `model_copy` takes twice as long.
    return Component.model_construct(**{**row.__dict__, "share": quantise(share, "ratio")})
