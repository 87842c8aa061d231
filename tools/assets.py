"""What `docs/assets.md` says of every stored asset before every stored venue.

Its prose says what each column means, and what it is that an unknown fact costs.
"""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, cached_property
from itertools import chain
from typing import Any

from pegmark.cli.amounts import money
from pegmark.cli.decision import STATE, date_of
from pegmark.cli.lexicon import Lexicon, lexicon, short
from pegmark.cli.questions import Asked
from pegmark.cli.surroundings import Surroundings, surroundings
from pegmark.facts.vocabulary import FACTS
from pegmark.language.prose import constant
from pegmark.storage.fixtures import StoredSnapshot, StoredVenue
from pegmark.usecases.assess import REFERENCE, Question, assess
from pegmark.usecases.desk import Desk
from tools.picture import PICTURES
from tools.tables import Part, cell, desk, table
from tools.unknowns import SIZES, Best, Case, Cost, Terms, costs, together

FILE = "docs/assets.md"
MINUS = "\u2212"
WIDTH = 130


def parts() -> Iterator[Part]:
    """Yield what is written of the page, with the markers it stands between."""
    yield FILE, "latest", lambda: latest(shipped())
    yield FILE, "venues", lambda: venues(shipped())
    yield FILE, "assets", lambda: assets(shipped())


@cache
def shipped() -> Shelf:
    """Return what ships; decided once, however often it is asked."""
    return Shelf(desk())


def latest(shelf: Shelf) -> str:
    """Return the last snapshot of each asset as a table, from the best class to the worst."""
    heads = (
        "asset",
        "as of",
        "class",
        *(f"`{venue.id}`" for venue in shelf.venues),
        "unknown",
        "cost at most",
    )
    anchors = shelf.anchors()
    stands = sorted((stands[0] for stands in shelf.stands), key=lambda stand: stand.order)
    return table(
        heads,
        (
            (
                f"[{stand.snapshot.asset}](#{anchors[stand.heading]})",
                stand.snapshot.as_of,
                f"`{stand.bodies[0]['class']}`",
                *map(cell, stand.bodies),
                str(len(stand.cases[0].unknown)),
                difference(stand.cases[0].terms, stand.known[0]) or "0",
            )
            for stand in stands
        ),
    )


def venues(shelf: Shelf) -> str:
    """Return who the venues are, as a list."""
    return "\n".join(f"- `{venue.id}`: {_sentence(venue.title or venue.id)}" for venue in shelf.venues)


def assets(shelf: Shelf) -> str:
    """Return a section an asset, its snapshots from the last to the first."""
    sections = []
    for stands in shelf.stands:
        sections.append(f"## {stands[0].snapshot.asset}")
        for stand in stands:
            sections += stand.section()
    return "\n\n".join(sections)


class Shelf:
    """Everything that a desk has stored: its venues, the reference one first, and its assets."""

    def __init__(self, stored: Desk) -> None:
        """Decide nothing yet."""
        catalogue = stored.catalogue
        words = lexicon(stored.book(None).program)
        self.venues = sorted(catalogue.venues(), key=lambda venue: (venue.id != REFERENCE, venue.id))
        self.stands = [
            [Stand(stored, found, self.venues, words) for found in reversed(catalogue.snapshots(asset))]
            for asset in catalogue.assets()
        ]
        """Of each asset every snapshot, the last one first."""

    def anchors(self) -> dict[str, str]:
        """Return the anchor of each snapshot's heading; the second that is spelled alike ends in `-1`."""
        found: dict[str, str] = {}
        seen: Counter[str] = Counter()
        for stand in chain.from_iterable(self.stands):
            plain = anchor(stand.heading)
            found[stand.heading] = f"{plain}-{seen[plain]}" if seen[plain] else plain
            seen[plain] += 1
        return found


@dataclass(frozen=True)
class Stand:
    """One snapshot before every venue."""

    desk: Desk
    snapshot: StoredSnapshot
    venues: Sequence[StoredVenue]
    words: Lexicon

    @property
    def heading(self) -> str:
        """The heading of its section."""
        return f"{self.snapshot.asset}, {date_of(self.snapshot.as_of)}"

    @property
    def order(self) -> tuple[Any, ...]:
        """Where it stands among others: by class, band and haircut, best first, then by name."""
        program, terms = self.desk.book(None).program, self.cases[0].terms
        return (
            program.classify.order.index(terms.cls),
            terms.band,
            terms.maintenance,
            self.snapshot.asset.casefold(),
        )

    @cached_property
    def bodies(self) -> list[dict[str, Any]]:
        """The decision before each venue."""
        return [assess(self.desk, self._question(venue)) for venue in self.venues]

    @cached_property
    def cases(self) -> list[Case]:
        """The same with facts that can be told otherwise."""
        return [Case.of(self.desk, self.snapshot, venue) for venue in self.venues]

    @cached_property
    def costs(self) -> list[dict[str, Cost]]:
        """Before each venue what each unknown fact cost, by its name."""
        return [{cost.fact: cost for cost in costs(case)} for case in self.cases]

    @cached_property
    def known(self) -> list[Terms]:
        """The terms before each venue, were everything known at its best."""
        return [together(case) for case in self.cases]

    def section(self) -> Iterator[str]:
        """Yield what is said of it, paragraph by paragraph."""
        yield f"### {self.heading}"
        yield filled(*(text for text in (self.snapshot.title, self.snapshot.note) if text))
        yield "\n".join(f"- {line}" for line in self._reasons())
        for file, (asset, as_of, venue) in PICTURES.items():
            if (asset, as_of) == (self.snapshot.asset, self.snapshot.as_of):
                yield f"![The decision before {venue} as a picture]({file.removeprefix('docs/')})"
        yield table(
            ("venue", "class", "status", "band", "at $1M", "at $10M", "cap", "binding"),
            map(_terms, self.venues, self.cases),
        )
        yield from self._unknown()

    def _question(self, venue: StoredVenue) -> Question:
        return Question(self.snapshot.as_of, self.snapshot.asset, venue=venue.id, sizes=SIZES)

    def _reasons(self) -> Iterator[str]:
        """Yield why it is what it is before the first venue, and before others where that differs."""
        said: set[str] = set()
        for venue, body in zip(self.venues, self.bodies, strict=True):
            around = surroundings(self.desk, Asked(self._question(venue)))
            lines = [line for line in self._reasons_at(body, around) if line not in said]
            said.update(lines)
            yield from (line if venue is self.venues[0] else f"At `{venue.id}`: {line}" for line in lines)

    def _reasons_at(self, body: Mapping[str, Any], around: Surroundings) -> Iterator[str]:
        decided = body["decided_by"]
        untold = self.words.classes.get(decided, body["class"]) != body["class"]
        reason = f"{'it cannot be told whether: ' if untold else ''}{self.words.why(decided)}"
        yield f"`{body['class']}` by `{decided}`: {reason}"
        for layer in around.layers:
            known = f"known as of {layer.as_of}" if layer.as_of else "of which nothing is stored"
            yield f"Rests on {layer.asset} with {_percent(layer.share)} %, {known}."
        for rule in body["status_by"]:
            if rule != decided:
                yield f"`{body['status']}` by `{rule}`: {self.words.why(rule)}{self._not_known(body, rule)}"
        scores = ", ".join(f"{pillar} {score}" for pillar, score in body["scores"].items())
        yield f"Scores: {scores}."
        for rule in body["capped_by"]:
            why = f"{self.words.why(rule)}{self._not_known(body, rule)}"
            yield f"Band capped at {body['band']} by `{rule}`: {why}"

    def _not_known(self, body: Mapping[str, Any], rule: str) -> str:
        asked = self.words.asks.get(rule, frozenset())
        names = [
            f"`{fact['fact']}`" for fact in body["unknown"] if fact["mattered"] and fact["fact"] in asked
        ]
        return f" Not known: {', '.join(names)}." if names else ""

    def _unknown(self) -> Iterator[str]:
        facts = [fact for fact in FACTS if any(fact in found for found in self.costs)]
        if not facts:
            yield "Nothing that mattered is unknown."
            return
        rows = {fact: [found.get(fact) for found in self.costs] for fact in facts}
        changes = {
            fact: self._changes([cost.terms if cost else None for cost in row]) for fact, row in rows.items()
        }
        costly = [fact for fact in facts if any(change not in ("", "0") for change in changes[fact])]
        costly.sort(key=lambda fact: self._gain(rows[fact]), reverse=True)
        idle = [fact for fact in facts if fact not in costly]
        told = [
            (f"`{fact}`", *_told(fact, [cost for cost in rows[fact] if cost]), *changes[fact])
            for fact in costly
        ]
        heads = ("unknown", "why", "at best", *(f"`{venue.id}`" for venue in self.venues))
        everything = ("all of them", "", "", *self._changes(self.known))
        yield table(heads, [*told, everything])
        settled = [fact for fact in idle if all(cost.best is None for cost in rows[fact] if cost)]
        for names, sentence in (
            ([fact for fact in idle if fact not in settled], "Unknown too, and alone moving none of these"),
            (settled, "Unknown, with no value that fits what else is known"),
        ):
            if names:
                yield filled(f"{sentence}: {', '.join(f'`{name}`' for name in names)}")

    def _changes(self, terms: Iterable[Terms | None]) -> list[str]:
        return [
            "" if after is None else difference(case.terms, after) or "0"
            for case, after in zip(self.cases, terms, strict=True)
        ]

    def _gain(self, row: Sequence[Cost | None]) -> tuple[float, ...]:
        """Return how much a fact costs where it costs most: haircut, then rank, then cap."""
        pairs = [
            (case.terms, cost.terms) for case, cost in zip(self.cases, row, strict=True) if cost is not None
        ]
        return (
            max(before.maintenance[0] - after.maintenance[0] for before, after in pairs),
            max(before.maintenance[-1] - after.maintenance[-1] for before, after in pairs),
            max(before.status != after.status for before, after in pairs),
            max(before.band != after.band for before, after in pairs),
            max(after.cap_usd - before.cap_usd for before, after in pairs),
        )


def difference(before: Terms, after: Terms) -> str:
    """Say which terms differ, and by how much; nothing where none do.

    >>> now = Terms("strategy_fund", "accept", "D", (0.3, 0.35), (0.4, 0.45), 2e7, "CAP-EXIT")
    >>> then = Terms("strategy_fund", "accept", "C", (0.2675, 0.35), (0.34, 0.45), 6e7, "CAP-EXIT")
    >>> difference(now, then).replace(MINUS, "-")
    'band D → C, -3.25 pp (0 at $10M), cap +$40M'
    """
    said = [
        f"{name} {old} → {new}"
        for name, old, new in (
            ("class", f"`{before.cls}`", f"`{after.cls}`"),
            ("status", f"`{before.status}`", f"`{after.status}`"),
            ("band", before.band, after.band),
        )
        if old != new
    ]
    pairs = zip(before.maintenance, after.maintenance, strict=True)
    first, *others = (_signed(100 * (new - old)) for old, new in pairs)
    sizes = [
        f"{points} at {money(size)}"
        for size, points in zip(SIZES[1:], others, strict=True)
        if points != first
    ]
    if first != "0" or sizes:
        said.append(f"{first} pp" + (f" ({', '.join(sizes)})" if sizes else ""))
    if before.cap_usd != after.cap_usd:
        gained = after.cap_usd - before.cap_usd
        said.append(f"cap {'+' if gained > 0 else MINUS}{short(abs(gained), 'USD')}")
    return ", ".join(said)


def anchor(heading: str) -> str:
    """Return the anchor of a heading, as GitHub makes it.

    >>> anchor("USD0++, 9 October 2025")
    'usd0-9-october-2025'
    """
    kept = "".join(c for c in heading.lower() if c.isalnum() or c in "_- ")
    return kept.strip().replace(" ", "-")


def _terms(venue: StoredVenue, case: Case) -> tuple[str, ...]:
    terms = case.terms
    haircuts = (
        f"{_percent(maintenance)} / {_percent(initial)} %"
        for maintenance, initial in zip(terms.maintenance, terms.initial, strict=True)
    )
    return (
        f"`{venue.id}`",
        f"`{terms.cls}`",
        f"`{terms.status}`",
        terms.band,
        *haircuts,
        money(terms.cap_usd),
        f"`{terms.binding}`" if terms.binding else "",
    )


def _told(fact: str, row: Sequence[Cost]) -> tuple[str, str]:
    """Return why a fact is not known, and what its best value is, at whichever venues."""
    states = dict.fromkeys(STATE[cost.state] for cost in row)
    values = dict.fromkeys("none fits" if cost.best is None else _value(fact, cost.best) for cost in row)
    return " / ".join(states), " / ".join(values)


def _value(fact: str, value: Best) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case str():
            return f"`{value}`"
        case list():
            return f"all `{value[0]['kind']}`"
    kind = FACTS[fact].kind
    if kind == "ratio":
        return f"{_percent(value)} %".replace("-", MINUS)
    return money(value) if kind == "USD" else constant(Fraction(value).limit_denominator(10**4), kind)


def _percent(share: float) -> str:
    return f"{round(100 * share, 2):g}"


def _signed(points: float) -> str:
    """Return percentage points with a sign, `0` being none."""
    points = round(points, 2)
    return "0" if points == 0 else f"{'+' if points > 0 else MINUS}{abs(points):g}"


def filled(*texts: str) -> str:
    """Return texts as the sentences of one paragraph, in lines of the width of our documents."""
    return textwrap.fill(
        " ".join(map(_sentence, texts)), WIDTH, break_long_words=False, break_on_hyphens=False
    )


def _sentence(text: str) -> str:
    text = " ".join(text.split())
    return text if text.endswith((".", "!", "?")) else f"{text}."
