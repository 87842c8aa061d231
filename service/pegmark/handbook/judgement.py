"""The chapters of what is judged: classes, scorecards, rating, review, guardrails."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from pegmark.handbook.ledger import Ledger
from pegmark.handbook.page import Block, Code, Entry, Grid, Heading, Line, Mark, anchor, says
from pegmark.language.prose import constant, text
from pegmark.rulebook.program import Bins, Characteristic, Classify, Scorecard

HITS = {
    "first": "The first rule that holds gives the class.",
    "unique": "At most one rule holds, and gives the class.",
    "worst": "Of the rules that hold, the one with the worst class gives it.",
}


def fillings(ledger: Ledger) -> Iterator[Block]:
    """Yield the chapter of what unknown facts take."""
    yield Heading("Unknown facts", "section-normal")
    yield says("Where a fact is unknown it takes a bound from the unfavourable side, never a guess.")
    yield from ledger.section("normal")


def classes(ledger: Ledger) -> Iterator[Block]:
    """Yield the chapter of classes, best to worst, and the rules that give them."""
    classify, rating = ledger.program.classify, ledger.program.rating
    yield Heading("Classes", "section-classify")
    yield says(f"From best to worst. {HITS[classify.hit]}")
    heads = ("", "class", "given by", "taken")
    rows = (
        (
            (str(n),),
            (Mark(name, anchor(name, "class")),),
            ledger.names(_giving(classify, name)),
            ("never, by ", *ledger.names([rating.ineligible_reason.id]))
            if name in rating.ineligible
            else ("as rated",),
        )
        for n, name in enumerate(classify.order, 1)
    )
    yield Grid(heads, tuple(rows), frozenset({0}))
    yield from ledger.section("classify")


def _giving(classify: Classify, name: str) -> Iterator[str]:
    yield from (rule.reason.id for rule in classify.rules if rule.then == name)
    if name == classify.otherwise:
        yield classify.otherwise_reason.id


def scorecards(ledger: Ledger) -> Iterator[Block]:
    """Yield the chapter of scores: a part for each pillar, a table for each line."""
    yield Heading("Scorecards", "section-scorecards")
    yield says("Each line gives 0 to 100 points; a pillar's score is their mean by weight, rounded down.")
    for card in ledger.program.scorecards:
        yield from _card(ledger, card)


def _card(ledger: Ledger, card: Scorecard) -> Iterator[Block]:
    yield Heading(f"Pillar: {card.pillar}", anchor(card.pillar, "pillar"), 3)
    yield says(card.why)
    if card.applies is not None:
        yield says(
            "Applies where ",
            Code(text(card.applies), asks=True),
            ", or where that cannot be told; elsewhere it scores 100 and stays out of the composite.",
        )
    whole = sum(line.weight for line in card.characteristics)
    rows = (
        (
            *(ledger.names([line.reason.id]), (line.reason.why,), (str(line.weight),)),
            (f"{100 * line.weight / whole:.0f} %",),
            (str(line.unknown),),
        )
        for line in card.characteristics
    )
    yield Grid(("line", "why", "weight", "of the pillar", "unknown"), tuple(rows), frozenset({2, 3, 4}))
    for line in card.characteristics:
        yield _line(ledger, line)


def _line(ledger: Ledger, line: Characteristic) -> Entry:
    grid = line.grid
    asked = grid.of if isinstance(grid, Bins) else grid.by
    cells = [*_ranges(grid)] if isinstance(grid, Bins) else [(name, n) for name, n in grid.points]
    points: tuple[Line, ...] = tuple((str(n),) for _, n in cells)
    table = Grid(tuple(head for head, _ in cells), (points,), frozenset(range(len(cells))))
    asks: tuple[str, Line] = ("points of", (Code(text(asked), asks=True),))
    return ledger.entry(line.reason.id, table, pairs=[asks, ("weight", (str(line.weight),))])


def _ranges(bins: Bins) -> Iterator[tuple[str, int]]:
    kind = bins.of.type.kind
    ends = [constant(edge, kind) for edge in bins.edges]
    if not ends:
        yield "any", bins.points[0]
        return
    yield f"< {ends[0]}", bins.points[0]
    for (low, high), points in zip(pairwise(ends), bins.points[1:], strict=False):
        yield f"{low} to < {high}", points
    yield f"\u2265 {ends[-1]}", bins.points[-1]


def rating(ledger: Ledger) -> Iterator[Block]:
    """Yield the chapter of the rating: weights, bands, knock-outs, status."""
    found = ledger.program.rating
    yield Heading("Rating", "section-rating")
    yield says(
        "The composite is the mean of the pillars by weight, rounded down, and at most "
        f"{found.lift} points above the weakest of them. Its band is then held down by every knock-out "
        "that holds."
    )
    whole = sum(weight for _, weight in found.weights)
    weights = (((name,), (str(n),), (f"{100 * n / whole:.0f} %",)) for name, n in found.weights)
    yield Grid(("pillar", "weight", "of the composite"), tuple(weights), frozenset({1, 2}))
    above = [100, *(least - 1 for _, least in found.bands)]
    bands = (
        ((band,), (f"{least} to {top}",)) for (band, least), top in zip(found.bands, above, strict=False)
    )
    yield Grid(("band", "composite"), tuple(bands), frozenset({1}))
    yield Heading("Knock-outs", "rating-knock-outs", 3)
    yield from (ledger.entry(one.reason.id) for one in found.knock_outs)
    yield Heading("Status", "rating-status", 3)
    yield says("The worst that follows holds: accept, no_new, run_off, ineligible.")
    knocked = {one.reason.id for one in found.knock_outs}
    yield from (entry for entry in ledger.section("rating") if entry.id not in knocked)


def review(ledger: Ledger) -> Iterator[Block]:
    """Yield the chapter of findings about a venue's own terms."""
    if ledger.program.review:
        yield Heading("Review", "section-review")
        yield says("What is found about the venue's own terms, with what would mend it.")
        yield from ledger.section("review")
