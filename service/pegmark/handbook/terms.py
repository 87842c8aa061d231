"""The chapters of terms: the haircut step by step, caps, ladder, mark, conditions."""

from __future__ import annotations

from collections.abc import Iterator

from pegmark.handbook.curve import curve
from pegmark.handbook.ledger import Ledger
from pegmark.handbook.page import Block, Code, Entry, Figure, Grid, Heading, Line, says
from pegmark.language.prose import constant, text
from pegmark.language.types import Kind
from pegmark.rulebook.program import Amount, Curve, Step, Table

OPERATIONS = {"add": "add", "max": "at least", "min": "at most", "multiply": "multiply by"}


def haircut(ledger: Ledger) -> Iterator[Block]:
    """Yield the chapter of the haircut."""
    found = ledger.program.haircut
    yield Heading("Haircut", "section-haircut")
    yield says(
        "Maintenance starts from the first line and takes every step in order; it is then held within its "
        "bounds and rounded. Initial follows from maintenance, and what the claim is on is charged apart: ",
        Code("total = 1 - (1 - haircut) * (1 - haircut of the reference)"),
        ".",
    )
    steps = [("start", found.start), *((OPERATIONS[step.op], step) for step in found.steps)]
    rows: list[tuple[Line, ...]] = [
        ((str(n),), ledger.names([step.reason.id]), (does,), _limit(step), (step.reason.why,))
        for n, (does, step) in enumerate(steps)
    ]
    last = (
        (found.bounds_reason, "hold and round"),
        (found.initial_reason, "initial"),
        (found.reference.reason, "charge apart"),
    )
    rows += [
        ((str(n),), ledger.names([reason.id]), (does,), ("",), (reason.why,))
        for n, (reason, does) in enumerate(last, len(steps))
    ]
    yield Grid(("", "step", "does", "at most", "why"), tuple(rows), frozenset({0, 3}))
    for does, step in (*steps, ("charge apart", found.reference)):
        if step is found.reference:
            yield ledger.entry(found.bounds_reason.id)
            yield ledger.entry(found.initial_reason.id)
        yield _step(ledger, does, step)


def _limit(step: Step) -> Line:
    return ("" if step.limit is None else constant(step.limit, "ratio"),)


def _step(ledger: Ledger, does: str, step: Step) -> Entry:
    id, amount = step.reason.id, step.amount
    match amount:
        case Curve() | Table():
            pairs: list[tuple[str, Line]] = [(f"{does}, by", (Code(asked(amount), asks=True),))]
            if step.limit is not None:
                pairs.append(("at most", (constant(step.limit, "ratio"),)))
            shown = _figure(id, does, amount) if isinstance(amount, Curve) else _table(amount)
            return ledger.entry(id, shown, pairs=pairs)
        case _:
            return ledger.entry(id)


def asked(amount: Amount) -> str:
    """Return what an amount is by."""
    match amount:
        case Curve(of, over, _):
            return text(of) if over is None else f"{text(of)} / {text(over)}"
        case Table(by, by2, _):
            return text(by) if by2 is None else f"{text(by)} and {text(by2)}"
        case expression:
            return text(expression)


def _figure(id: str, does: str, found: Curve) -> Figure:
    kind: Kind = found.of.type.kind if found.over is None else "ratio"
    cells = [(constant(x, kind), constant(y, "ratio")) for x, y in found.points]
    heads = ("at", *(x for x, _ in cells))
    grid = Grid(heads, ((("amount",), *((y,) for _, y in cells)),), frozenset(range(1, len(heads))))
    return Figure(curve(id, does, asked(found), kind, found.points), grid)


def _table(found: Table) -> Grid:
    # Members run from worst to best, and a reader expects the best first.
    cells = {key: constant(value, "ratio") for key, value in reversed(found.rows)}
    if found.by2 is None:
        rows = tuple(((name,), (amount,)) for (name,), amount in cells.items())
        return Grid((text(found.by), "amount"), rows, frozenset({1}))
    across = list(dict.fromkeys(key[1] for key in cells))
    down = dict.fromkeys(key[0] for key in cells)
    heads = (text(found.by), *across)
    body = tuple(((name,), *((cells[name, other],) for other in across)) for name in down)
    return Grid(heads, body, frozenset(range(1, len(heads))))


def caps(ledger: Ledger) -> Iterator[Block]:
    """Yield the chapter of caps and of the ladder."""
    found = ledger.program.caps
    rounding = f"rounded {found.rounding.mode} to {constant(found.rounding.to, 'USD')}"
    yield Heading("Caps", "section-caps")
    yield says(
        f"A venue takes at most the least of the limits, {rounding}, and no less than "
        f"{constant(found.least_venue, 'USD')} of what it takes at all. An account takes at most "
        f"{constant(found.account_share, 'ratio')} of that, and no less than "
        f"{constant(found.least_account, 'USD')}."
    )
    if found.outstanding is not None:
        yield says(
            "What is taken already leaves the less room: ", Code(text(found.outstanding), asks=True), "."
        )
    yield from ledger.section("caps")
    yield Heading("Ladder", "section-ladder")
    yield says("Each slice of a position is charged at a rate of its own; slices end at these sizes.")
    yield from ledger.section("ladder")


def mark(ledger: Ledger) -> Iterator[Block]:
    """Yield the chapter of the price that the terms assume."""
    found = ledger.program.mark
    yield Heading("Mark", "section-mark")
    yield says("The price that the terms assume, and how long it takes to close out.")
    floor: Line = (
        f"{constant(found.floor, 'ratio')} of what is redeemed, where ",
        Code(text(found.floor_when), asks=True),
    )
    close_out: Line = (
        Code(text(found.close_out), asks=True),
        f"; unknown: {constant(found.close_out_unknown, 'days')}",
    )
    pairs: list[tuple[str, Line]] = [
        ("sources", (f"at least {found.min_sources}",)),
        ("one source", (f"at most {constant(found.max_source_weight, 'ratio')} of the weight",)),
        ("age", (f"at most {constant(found.max_age_days, 'days')}",)),
        ("floor", floor),
        ("close-out", close_out),
    ]
    yield ledger.entry(found.reason.id, pairs=pairs)


def conditions(ledger: Ledger) -> Iterator[Block]:
    """Yield the chapter of what a venue must do for the terms to hold."""
    if ledger.program.conditions:
        yield Heading("Conditions", "section-conditions")
        yield says("What the venue must do for the terms to hold.")
        yield from ledger.section("conditions")
