"""Rulebook x snapshot -> decision: pure, and the same bytes for the same digests.

What no size changes is decided first (`stand`), then the haircuts at the sizes that are asked about
(`settle`). Everything summed here is an integer.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from pegmark.engine.compiled import STATUSES, Compiled, Epoch, Status
from pegmark.engine.emit import MICRO, ONE
from pegmark.engine.ladder import ladder
from pegmark.engine.reading import Reading
from pegmark.engine.waterfall import Position, rounded, worthless
from pegmark.engine.writer import submitted
from pegmark.facts.snapshot import Snapshot
from pegmark.rulebook.program import Reason

NO_NEW, REFUSED = STATUSES.index("no_new"), STATUSES.index("ineligible")

Explain = Literal["none", "short", "full"]


@dataclass(frozen=True, slots=True)
class Layer:
    """What an asset inherits from the material layers beneath it: the worst of each.

    `class_index` and `band_index` count from the best. `haircut` is what all of them lose together:
    the sum of share x maintenance, scale 1e12. None throughout is an unresolved layer.
    """

    class_index: int | None
    score: int | None
    band_index: int | None
    status: Status | None
    haircut: int | None


UNRESOLVED = Layer(None, None, None, None, None)
"""What lies beneath is not known."""


class Reach(NamedTuple):
    """How high haircuts in total rise up to each size; sizes rise, in millionths of USD."""

    sizes: tuple[int, ...]
    maintenance: list[int]
    initial: list[int]
    step: int


class Terms(NamedTuple):
    """A decision before it is put into words; ratios and USD as integers (1e12 and 1e6)."""

    epoch: Epoch
    cls: int
    by: int
    scores: dict[str, int]
    composite: int
    band: int
    capped_by: list[str]
    status: Status
    status_by: list[str]
    limits: tuple[int | None, ...]
    limit_unknown: tuple[bool, ...]
    venue_cap: int
    account_cap: int
    binding: str | None
    outstanding: float
    reach: Reach | None
    """What the ladder is made of; None of what is not accepted."""
    mark: tuple[Any, ...]
    conditions: tuple[Any, ...]
    findings: tuple[bool, ...]
    log: list[tuple[Any, ...]] | None
    waterfalls: Any
    positions: list[Position]
    crossed: list[str]
    missed: int

    @property
    def ladder(self) -> list[tuple[int, int, int, int]]:
        """The tiers (from, to, initial, maintenance): made when they are asked for, which few do."""
        return [] if self.reach is None else ladder(*self.reach)


@dataclass(slots=True)
class Standing:
    """What is decided of an asset whatever the sizes that are asked about: terms without positions.

    `told` is for who puts these terms into words, and may do so once.
    """

    terms: Terms
    run: Reading
    band: int
    """As rated, also of what is not accepted."""
    closing: list[tuple[Any, ...]]
    """The lines of the trace that follow those of the sizes."""
    told: Any = None


def stand(
    compiled: Compiled, snapshot: Snapshot, layer: Layer | None = None, tracing: bool = False
) -> Standing:
    """Decide of `snapshot` what does not depend on a size: class, scores, band, status, caps, ladder.

    Raises `LookupError` if a param of the rulebook is not yet in force at the snapshot's day.
    """
    program = compiled.program
    epoch = compiled.at(snapshot.day)
    if layer is None and program.classify.layering is not None and "backing.listed" not in snapshot.values:
        # INVARIANT: whoever hides what an asset is made of hides its layers, and must not gain by it.
        layer = UNRESOLVED
    facts = _with_layer(snapshot.values, layer)
    hidden = None
    if snapshot.estimated:
        hidden = {name: v for name, v in facts.items() if submitted(name) not in snapshot.estimated}
    log: list[tuple[Any, ...]] | None = [] if tracing else None
    run = Reading(epoch, compiled.absent, compiled.cards, facts, hidden, log)
    found, composite = run.known.score(run.points, run.applies, 100 if layer is None else layer.score or 0)
    scores = dict(zip(compiled.pillars, found, strict=True))
    band, capped_by, status, status_by, missed = _rate(compiled, run, scores, composite, layer)
    missed |= run.known.missed
    venue_cap, account_cap, binding = 0, 0, None
    reach = None
    if status != "ineligible":
        venue_cap, account_cap, binding = _caps(compiled, run.limits)
        reach, lost, also = _reach(compiled, run, account_cap, log)
        missed |= also
        if lost is not None:
            status, status_by = "ineligible", [lost.id]
            venue_cap, account_cap, binding, reach = 0, 0, None, None
    known = run.known
    before = 0 if log is None else len(log)
    mark, conditions, findings, also = known.finish(compiled.bands[band], scores)
    closing: list[tuple[Any, ...]] = []
    if log is not None:
        # The lines of the sizes come before those.
        closing = log[before:]
        del log[before:]
    terms = Terms(
        epoch,
        known.cls,
        known.by,
        scores,
        composite,
        band if status != "ineligible" else len(compiled.bands) - 1,
        capped_by,
        status,
        status_by,
        run.limits,
        known.limit_unknown,
        venue_cap,
        account_cap,
        binding,
        known.outstanding,
        reach,
        mark,
        conditions,
        findings,
        log,
        known.waterfalls,
        [],
        [],
        missed | also,
    )
    return Standing(terms, run, band, closing)


def settle(
    compiled: Compiled,
    snapshot: Snapshot,
    sizes: Sequence[float],
    layer: Layer | None = None,
    tracing: bool = False,
    standing: Standing | None = None,
) -> Terms:
    """Decide `snapshot`: every outcome, as integers.

    `standing` is what `stand` returned of the same, if it is known already; a trace is made anew.
    Raises `LookupError` if a param of the rulebook is not yet in force at the snapshot's day.
    """
    if standing is None or tracing:
        standing = stand(compiled, snapshot, layer, tracing)
    terms, run, close = standing.terms, standing.run, standing.run.known.close
    missed = terms.missed
    positions = []
    for size in sizes:
        amounts, also = run.at(size)
        missed |= also
        if terms.status == "ineligible":
            positions.append(worthless(size, amounts))
        else:
            positions.append(Position(size, amounts, *close(amounts)))
    if terms.log is not None:
        terms.log.extend(standing.closing)
    crossed = _crossed(compiled, standing, positions)
    if crossed and terms.status != "ineligible":
        return terms._replace(
            status="ineligible",
            status_by=crossed,
            band=len(compiled.bands) - 1,
            venue_cap=0,
            account_cap=0,
            binding=None,
            reach=None,
            positions=[worthless(p.size, p.amounts) for p in positions],
            crossed=crossed,
            missed=missed,
        )
    return Terms._make((*terms[:-3], positions, crossed, missed))


def _with_layer(values: Mapping[str, Any], layer: Layer | None) -> Mapping[str, Any]:
    if layer is None:
        return {**values, "layer.score": 100.0, "layer.haircut": 0.0}
    facts: dict[str, Any] = {**values, "layer.class": layer.class_index}
    if layer.score is not None:
        facts["layer.score"] = float(layer.score)
    if layer.haircut is not None:
        facts["layer.haircut"] = layer.haircut / ONE
    return facts


def _rate(
    compiled: Compiled, run: Reading, scores: Mapping[str, int], composite: int, layer: Layer | None
) -> tuple[int, list[str], Status, list[str], int]:
    """Return the band and the rules that capped it, the status and its rules, and what was missed."""
    ratings, layering = compiled.ratings, compiled.program.classify.layering
    worst = band = next(n for n, least in enumerate(ratings.thresholds) if composite >= least)
    capped_by = []
    held = []
    out, fired, missed = run.known.rate(scores)
    # Few fire.
    if True in out:
        for (cap, rule), is_out in zip(ratings.knock_outs, out, strict=True):
            if is_out and cap > band:
                capped_by.append((cap, rule))
                worst = max(worst, cap)
    rating = compiled.program.rating
    if compiled.program.classify.order[run.known.cls] in rating.ineligible:
        held.append((REFUSED, rating.ineligible_reason.id))
    if True in fired:
        held += [then for then, holds in zip(ratings.statuses, fired, strict=True) if holds]
    if layer is not None and layering is not None:
        inherited = len(ratings.thresholds) - 1 if layer.band_index is None else layer.band_index
        if inherited > band:
            capped_by.append((inherited, layering.reason.id))
        worst = max(worst, inherited)
        if layer.status != "accept":
            then = REFUSED if layer.status is None else STATUSES.index(layer.status)
            held.append((then, layering.reason.id))
    if ratings.intake is not None and worst > ratings.intake[0]:
        held.append((NO_NEW, ratings.intake[1]))
    # Only the knock-outs that set the band capped it; so with the status.
    capping = [rule for cap, rule in capped_by if cap == worst]
    if not held:
        return worst, capping, "accept", [], missed
    status = max(then for then, _ in held)
    return worst, capping, STATUSES[status], [rule for then, rule in held if then == status], missed


def _reach(
    compiled: Compiled, run: Reading, account_cap: int, log: list[Any] | None
) -> tuple[Reach | None, Reason | None, int]:
    """Return what rises up to the account's cap, the rule by which it is worthless, and what was missed.

    These sizes are not traced.
    """
    if account_cap == 0:
        return None, None, 0
    mark = len(log) if log is not None else 0
    scale = compiled.scale
    below = bisect_left(scale.breakpoints, account_cap)
    maintenance, initial, missed = run.totals((*scale.breakpoints_usd[:below], account_cap / MICRO))
    if log is not None:
        del log[mark:]
    # Where it is asked, no cap is below the least account: the answer does not depend on the cap.
    asked = compiled.program.rating.worthless
    is_lost = asked is not None and maintenance[bisect_left(scale.breakpoints, scale.least_account)] == ONE
    reach = Reach((*scale.breakpoints[:below], account_cap), maintenance, initial, scale.rate)
    return reach, asked if is_lost else None, missed


def _caps(compiled: Compiled, limits: Sequence[int | None]) -> tuple[int, int, str | None]:
    """Return the venue's cap, an account's, and the limit that binds."""
    scale = compiled.scale
    # INVARIANT: a cap is finite; with no limit in force only the least is offered.
    venue, binding = 0, None
    for limit, value in zip(compiled.program.caps.limits, limits, strict=True):
        if value is not None and (binding is None or value < venue):
            venue, binding = value, limit.reason.id
    venue = rounded(max(venue, 0), scale.tick, scale.mode)
    if venue < scale.least_venue:
        venue, binding = scale.least_venue, "LEAST"
    n, d = scale.account_share
    account = max(scale.least_account, rounded(venue * n // d, scale.tick, scale.mode))
    return venue, min(venue, account), binding


def _crossed(compiled: Compiled, standing: Standing, positions: Sequence[Position]) -> list[str]:
    """Return the ids of the guardrails that do not hold at some size; unknown does not hold."""
    assertions = compiled.program.assertions
    if not assertions:
        return []
    terms, guard = standing.terms, standing.run.known.guard
    crossed: set[str] = set()
    for p in positions:
        held = guard(
            compiled.bands[standing.band],
            terms.scores,
            compiled.program.classify.order[terms.cls],
            p.maintenance_total / ONE,
            p.initial_total / ONE,
            terms.venue_cap / MICRO,
            terms.status != "ineligible",
            p.size,
        )
        if False in held:
            crossed.update(a.reason.id for a, ok in zip(assertions, held, strict=True) if not ok)
    return sorted(crossed)
