"""A block, decided: what is read of it, rated, capped and closed.

Haircuts (scale 1e12) are held as doubles that are whole, which is exact below 2**53, and USD (1e6) as
integers of 64 bits. Rows that go beyond are marked, for whoever asks the engine of one asset about them.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, nan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pegmark.engine.compiled import STATUSES
from pegmark.engine.emit import MICRO, ONE, is_constant
from pegmark.engine.reading import FULL
from pegmark.engine.vector import columns
from pegmark.engine.vector.block import Amount, Block, Decisions, Ints, Layers, Sized
from pegmark.engine.vector.columns import (
    Choice,
    Floats,
    Mask,
    Number,
    Value,
    Verdict,
    both,
    chosen,
    either,
    is_any,
    negated,
    plain,
)
from pegmark.engine.vector.plan import LEAST, Seen, Vector
from pegmark.engine.vector.reading import LARGE, MOST_USD, at, member, miss, read, read_on, varies, verdict
from pegmark.engine.writer import submitted
from pegmark.language.nodes import Typed

LARGEST = 9e18
"""Up to here every whole number is an integer of 64 bits."""
NO_NEW, REFUSED = STATUSES.index("no_new"), STATUSES.index("ineligible")


def decide(vector: Vector, block: Block, sizes: Sequence[Floats]) -> Decisions:
    """Decide every row at each size (USD, one for all or one a row)."""
    with np.errstate(all="ignore"):
        return _Decision(vector, block).decide(sizes)


class _Decision:
    """One block, decided once."""

    def __init__(self, v: Vector, block: Block) -> None:
        self.v = v
        self.program = v.program
        self.rows = block.rows
        self.beyond: Mask = False
        facts, self.layers = _with_layers(v, block)
        sure = {v.rests.bit(name) for name, value in block.facts.items() if value.is_sure}
        asked = ~sum(sure)
        estimated = {name: where for name, where in block.estimated.items() if is_any(where)}
        self.unsure: Seen | None = None
        if not estimated:
            self.seen = read(v, facts, self.layers, asked)
            read_on(v, self.seen)
            return
        hidden = {
            name: _hidden(value, estimated.get(submitted(name), False)) for name, value in facts.items()
        }
        # A class that needs known facts is one that stands without the estimates.
        confirmed = read(v, hidden, self.layers, asked).confirming
        self.seen = read(v, facts, self.layers, asked, confirmed=confirmed)
        self.unsure = read(v, hidden, self.layers, asked, forced=self.seen.cls)
        read_on(v, self.seen)
        read_on(v, self.unsure)

    def decide(self, sizes: Sequence[Floats]) -> Decisions:
        v, seen = self.v, self.seen
        names = seen.scope.names
        scores, composite = self._score()
        for card, score in zip(self.program.scorecards, scores, strict=True):
            names[f"score.{card.pillar}"] = _number(score)
        band, capped_by, status, status_by = self._rate(composite)
        names["band"] = member(v.bands, band)
        venue_cap, account_cap, binding = self._caps()
        lost = self._reach(account_cap, plain(np.not_equal(status, REFUSED)))
        if is_any(lost):
            status, status_by = (
                chosen(lost, REFUSED, status),
                chosen(lost, 1 << len(v.holding) - 1, status_by),
            )
        refused = plain(np.equal(status, REFUSED))
        self._finish()
        found = [_refusing(self._close(self._at(size)), refused) for size in sizes]
        crossed = self._crossed(found, sizes, chosen(refused, 0, venue_cap), refused)
        fallen = both(plain(np.not_equal(crossed, 0)), negated(refused))
        if is_any(fallen):
            found = [_refusing(one, fallen) for one in found]
            status, status_by = chosen(fallen, REFUSED, status), chosen(fallen, 0, status_by)
            refused = either(refused, fallen)
        return Decisions(
            self.rows,
            seen.cls,
            seen.by,
            scores,
            composite,
            chosen(refused, len(v.bands) - 1, band),
            capped_by,
            status,
            status_by,
            crossed,
            found,
            chosen(refused, 0, venue_cap),
            chosen(refused, 0, account_cap),
            chosen(refused, -1, binding),
            seen.missed,
            self.beyond,
        )

    def _beyond(self, where: Any) -> None:
        self.beyond = either(self.beyond, plain(where))

    # Scores and bands

    def _score(self) -> tuple[list[Ints], Ints]:
        """Return the scores of the pillars, and the composite: see `scalar._score`."""
        program, scores = self.program, []
        weights, points = dict(program.rating.weights), iter(self._all_points())
        applies = self._all_applying()
        ceiling: Ints = (
            FULL if self.layers is None else chosen(self.layers.has, _whole(self.layers.score), FULL)
        )
        for card, is_on in zip(program.scorecards, applies, strict=True):
            summed: Ints = 0
            for line in card.characteristics:
                summed = summed + _wide(next(points)) * line.weight
            score: Ints = summed // sum(line.weight for line in card.characteristics)
            score = chosen(is_on, score, FULL)
            scores.append(score if self.layers is None else np.minimum(score, ceiling))
        n: Ints = 0
        d: Ints = 0
        for card, score in zip(program.scorecards, scores, strict=True):
            if card.applies is None:
                n, d = n + score * weights[card.pillar], d + weights[card.pillar]
        mean = n // d if is_any(plain(np.not_equal(d, 0))) else FULL
        for card, score, is_on in zip(program.scorecards, scores, applies, strict=True):
            if card.applies is not None:
                weight = weights[card.pillar]
                n, d = n + chosen(is_on, score * weight, 0), d + chosen(is_on, weight, 0)
        # A pillar that applies to some assets enters the mean only where it lowers it.
        other = n // np.maximum(d, 1)
        mean = chosen(plain(np.greater(d, 0)), np.minimum(other, mean), mean)
        weakest: Any = scores[0]
        for score in scores[1:]:
            weakest = np.minimum(weakest, score)
        return scores, np.minimum(mean, weakest + program.rating.lift)

    def _rate(self, composite: Ints) -> tuple[Ints, Ints, Ints, Ints]:
        """Return the band and what capped it, the status and what it follows from."""
        v, ratings, rating, classify = (
            self.v,
            self.v.compiled.ratings,
            self.program.rating,
            self.program.classify,
        )
        rated: Ints = 0
        for least in ratings.thresholds:
            rated = rated + np.less(composite, least)
        refused: Mask = False
        for n, name in enumerate(classify.order):
            if name in rating.ineligible:
                refused = either(refused, plain(np.equal(self.seen.cls, n)))
        caps: list[tuple[Mask, Ints]] = [
            (self._fires(rule), cap)
            for (cap, _), rule in zip(ratings.knock_outs, rating.knock_outs, strict=True)
        ]
        held: list[tuple[Mask, Ints]] = [
            (refused, REFUSED),
            *(
                (self._fires(rule), then)
                for (then, _), rule in zip(ratings.statuses, rating.statuses, strict=True)
            ),
        ]
        if classify.layering is not None:
            layers, last = self.layers, len(ratings.thresholds) - 1
            if layers is None:
                layers = _layers(False, self.rows)
            caps.append((layers.has, np.where(layers.band < 0, last, layers.band)))
            inherited = np.where(layers.status < 0, REFUSED, layers.status)
            held.append((both(layers.has, inherited > 0), inherited))
        band = rated
        for where, cap in caps:
            if is_any(where):
                band = chosen(where, np.maximum(band, cap), band)
        if ratings.intake is not None:
            held.append((plain(np.greater(band, ratings.intake[0])), NO_NEW))
        status: Ints = 0
        for where, then in held:
            if is_any(where):
                status = chosen(where, np.maximum(status, then), status)
        # Only the knock-outs that set the band capped it; so with the status.
        caps = [(both(where, plain(np.greater(cap, rated))), cap) for where, cap in caps]
        assert len(caps) == len(v.capping)  # noqa: S101 - the bits are places in it
        return band, _places(caps, band), status, _places(held, status)

    def _fires(self, rule: Any) -> Mask:
        found = verdict(self.v, self.seen, rule.when, rule.on_unknown)
        return negated(found.fails) if rule.on_unknown == "match" else found.yes

    # Amounts

    def _caps(self) -> tuple[Ints, Ints, Ints]:
        """Return the venue's cap, an account's, and the place of the limit that binds."""
        scale = self.v.compiled.scale
        venue: Any = inf
        binding: Ints = -1
        for n, limit in enumerate(self._all_limits()):
            where = both(limit.on, plain(np.less(limit.value, venue)))
            if is_any(where):
                venue, binding = chosen(where, limit.value, venue), chosen(where, n, binding)
        n, d = scale.account_share
        most = LARGEST / n
        venue = np.maximum(chosen(plain(np.isinf(venue)), 0.0, venue), 0.0)
        self._beyond(np.greater(venue, most))
        venue = _floored(_long(np.minimum(venue, most)), scale.tick, scale.mode)
        least = plain(np.less(venue, scale.least_venue))
        venue, binding = chosen(least, scale.least_venue, venue), chosen(least, LEAST, binding)
        account = np.maximum(scale.least_account, _floored(venue * n // d, scale.tick, scale.mode))
        # What is no double is no quotient of one either.
        self._beyond(np.not_equal(_long(np.asarray(venue, np.float64)), venue))
        return venue, np.minimum(venue, account), binding

    def _at(self, size: Floats, asked: Mask = True) -> list[Amount]:
        amounts = at(self.v, self.seen, size, asked)
        if self.unsure is None:
            return amounts
        others = at(self.v, self.unsure, size, asked)
        absent = map(float, self.v.compiled.absent)
        return [self._between_amounts(*found) for found in zip(amounts, others, absent, strict=True)]

    def _maintenance(self, amounts: Sequence[Amount]) -> Any:
        """Return the maintenance that amounts come to, of the asset alone."""
        haircut = self.program.haircut
        x: Any = amounts[0].value
        for step, amount in zip(haircut.steps, amounts[1:], strict=False):
            if step.op == "multiply":
                reach = np.abs(x) * chosen(amount.on, np.abs(amount.value), 0.0)
                self._beyond(np.greater(reach, 1e6 * LARGEST))
            x = _changed(x, step.op, amount)
            if step.limit is None:
                self._beyond(np.greater(np.abs(x), LARGE))
        low, high, tick = (int(value * ONE) for value in (haircut.low, haircut.high, haircut.rounding.to))
        m = _rounded(np.minimum(np.maximum(x, float(low)), float(high)), tick, haircut.rounding.mode)
        return np.minimum(m, float(high)) if high % tick else m

    def _close(self, amounts: Sequence[Amount]) -> Sized:
        """Return the haircuts that amounts come to."""
        haircut = self.program.haircut
        m, tick = self._maintenance(amounts), int(haircut.rounding.to * ONE)
        n, d = haircut.initial_share.as_integer_ratio()
        i = m + np.maximum(np.ceil(m * n / d), float(int(haircut.initial_floor * ONE)))
        i = np.minimum(_rounded(i, tick, "up"), float(ONE))
        lost = chosen(amounts[-1].on, amounts[-1].value, 0.0)
        return Sized(m, i, _with_reference(m, lost), _with_reference(i, lost))

    def _reach(self, account_cap: Ints, accepted: Mask) -> Mask:
        """Return where the least account loses everything; note what is missed up to the account's cap."""
        scale, worthless = self.v.compiled.scale, self.program.rating.worthless
        asked = both(accepted, plain(np.greater(account_cap, 0)))
        if not is_any(asked):
            return False
        lost: Mask = False
        is_varied = varies(self.v, self.seen, scale.breakpoints_usd[0])
        for point, usd in zip(scale.breakpoints, scale.breakpoints_usd, strict=True):
            is_asked = worthless is not None and point <= scale.least_account
            if is_asked or is_varied:
                amounts = self._at(usd, both(asked, plain(np.less(point, account_cap))))
                if is_asked:
                    lost = either(lost, both(asked, self._is_lost(amounts)))
        if is_varied:
            at(self.v, self.seen, account_cap / MICRO, asked)
        return lost

    def _is_lost(self, amounts: Sequence[Amount]) -> Mask:
        """Return where maintenance in total is all there is."""
        left = ONE - self._maintenance(amounts)
        # As `_with_reference`: what is kept of what is kept is under one; a large product is no small one.
        return plain(np.less(left * (ONE - chosen(amounts[-1].on, amounts[-1].value, 0.0)), float(ONE)))

    # What estimates are worth

    def _all_points(self) -> list[Ints]:
        seen, unsure = self.seen, self.unsure
        if unsure is None:
            return seen.points
        found = []
        for n, card in enumerate(self.v.compiled.cards):
            # A pillar that does not apply has lost none.
            a, b = (chosen(s.applies[card], _wide(s.points[n]), FULL) for s in (seen, unsure))
            found.append(self._between(a, np.minimum(a, b)))
        return found

    def _all_applying(self) -> list[Mask]:
        if self.unsure is None:
            return self.seen.applies
        return [either(a, b) for a, b in zip(self.seen.applies, self.unsure.applies, strict=True)]

    def _all_limits(self) -> list[Amount]:
        if self.unsure is None:
            return self.seen.limits
        found = []
        for one, other in zip(self.seen.limits, self.unsure.limits, strict=True):
            are_on = both(one.on, other.on)
            value = np.asarray(self._between(one.value, np.minimum(one.value, other.value)), np.float64)
            value = chosen(are_on, value, chosen(one.on, one.value, other.value))
            found.append(Amount(value, either(one.on, other.on)))
        return found

    def _between_amounts(self, known: Amount, other: Amount, absent: float) -> Amount:
        """Return an amount between two; a step that does not apply is as good as one of `absent`."""
        a, b = (chosen(amount.on, amount.value, absent) for amount in (known, other))
        value = np.asarray(self._between(a, np.maximum(a, b)), np.float64)
        return Amount(value, either(known.on, other.on))

    def _between(self, known: Any, unknown: Any) -> Any:
        """Return `known` moved towards `unknown`, rounded towards that: see `reading.between`."""
        n, d = self.v.weight
        self._beyond(np.greater(np.maximum(np.abs(known), np.abs(unknown)), LARGEST / n))
        start = _long(known)
        moved = _long(unknown) - start
        return start + np.sign(moved) * -(-np.abs(moved) * n // d)

    # What only a whole decision says

    def _finish(self) -> None:
        """Note what the mark, the conditions and the findings had to do without."""
        mark = self.program.mark
        self._ask(mark.close_out, True)
        self._ask(mark.floor_when, True)
        miss(self.v, self.seen, False, True, mark.basis, mark.quote)
        for condition in self.program.conditions:
            holds: Mask = True
            if condition.when is not None:
                self._ask(condition.when, condition.on_unknown is not None)
                found = self.v.of.rounded(condition.when)(self.seen.scope)
                holds = negated(found.fails) if condition.on_unknown == "match" else found.yes
            if not is_constant(condition.value):
                # What nobody is told was not asked for.
                self._ask(condition.value, condition.unknown is not None, holds)
        for rule in self.program.review:
            self._ask(rule.when, rule.on_unknown is not None)

    def _ask(self, node: Typed, is_told: bool, asked: Mask = True) -> None:
        unsure: Mask = False
        if is_told and self._may_be_unknown(node):
            unsure = columns.unknown(self.v.of.rounded(node)(self.seen.scope))
        miss(self.v, self.seen, unsure, asked, node)

    def _may_be_unknown(self, node: Typed) -> bool:
        about, names = self.v.about(node), self.seen.scope.names
        return about.computes or not all(names[name].is_sure for name in about.names)

    def _crossed(
        self, found: Sequence[Sized], sizes: Sequence[Floats], venue_cap: Ints, refused: Mask
    ) -> Ints:
        """Return the guardrails that do not hold at some size, as places; unknown does not hold."""
        crossed: Ints = 0
        names = self.seen.scope.names
        names["output.class"] = names["class"]
        names["output.cap"] = _number(venue_cap / MICRO)
        names["output.eligible"] = Verdict(negated(refused))
        for one, size in zip(found, sizes, strict=True):
            names["output.maintenance"] = _number(one.maintenance_total / ONE)
            names["output.initial"] = _number(one.initial_total / ONE)
            names["position.size"] = Number(size, True, 0.0, MOST_USD)
            for n, assertion in enumerate(self.program.assertions):
                broken = negated(self.v.of.rounded(assertion.expr)(self.seen.scope).yes)
                if is_any(broken):
                    crossed = crossed | chosen(broken, 1 << n, 0)
        return crossed


def _with_layers(v: Vector, block: Block) -> tuple[dict[str, Value], Layers | None]:
    """Return the facts with what they inherit; what lies beneath is unresolved where that is hidden."""
    facts, layers = dict(block.facts), block.layers
    if v.program.classify.layering is not None:
        # INVARIANT: whoever hides what an asset is made of hides its layers, and must not gain by it.
        hidden = columns.unknown(facts.get("backing.listed", columns.UNKNOWN))
        if layers is not None:
            hidden = both(hidden, negated(layers.has))
        if is_any(hidden):
            layers = _unresolved(layers, hidden, block.rows)
    if layers is None:
        facts["layer.score"], facts["layer.haircut"] = columns.constant(float(FULL)), columns.constant(0.0)
        return facts, None
    for name, column, none, high in (
        ("layer.score", layers.score, float(FULL), float(FULL)),
        ("layer.haircut", layers.haircut, 0.0, 1.0),
    ):
        facts[name] = columns.number(np.asarray(chosen(layers.has, column, none)), 0.0, high)
    return facts, layers


def _layers(has: Mask, rows: int) -> Layers:
    """Return layers of which nothing is known."""
    none, unknown = np.full(rows, -1, np.int16), np.full(rows, nan)
    return Layers(has, none, unknown, none, none, unknown)


def _unresolved(layers: Layers | None, hidden: Mask, rows: int) -> Layers:
    """Return layers, where they are hidden unresolved ones."""
    none = _layers(hidden, rows)
    if layers is None:
        return none
    return Layers(
        either(layers.has, hidden),
        chosen(hidden, none.cls, layers.cls),
        chosen(hidden, none.score, layers.score),
        chosen(hidden, none.band, layers.band),
        chosen(hidden, none.status, layers.status),
        chosen(hidden, none.haircut, layers.haircut),
    )


def _hidden(value: Value, where: Mask) -> Value:
    """Return a value that is unknown where a mask is."""
    if not is_any(where):
        return value
    match value:
        case Number(x, _, low, high):
            return Number(chosen(where, nan, x), False, low, high)
        case Verdict():
            return Verdict(both(value.yes, negated(where)), both(value.fails, negated(where)))
        case Choice(code):
            return Choice(chosen(where, -1, code), False)


def _refusing(sized: Sized, where: Mask) -> Sized:
    """Return haircuts, where a mask is all."""
    return Sized(*(chosen(where, float(ONE), x) for x in sized.all)) if is_any(where) else sized


def _places(found: Sequence[tuple[Mask, Ints]], worst: Ints) -> Ints:
    """Return as bits which of what holds is as bad as the worst."""
    places: Ints = 0
    for n, (where, then) in enumerate(found):
        if is_any(where):
            places = places + chosen(both(where, plain(np.equal(then, worst))), 1 << n, 0)
    return places


def _number(x: Any) -> Number:
    """Return outcomes, which are never unknown, as numbers."""
    return columns.constant(float(x)) if np.ndim(x) == 0 else Number(np.asarray(x, np.float64), True)


def _changed(x: Any, op: str, amount: Amount) -> Any:
    """Return a haircut after a step, where that applies."""
    if not is_any(amount.on):
        return x
    match op:
        case "add":
            return x + chosen(amount.on, amount.value, 0.0)
        case "max":
            return np.maximum(x, chosen(amount.on, amount.value, -inf))
        case "min":
            return np.minimum(x, chosen(amount.on, amount.value, inf))
    factor = chosen(amount.on, amount.value, float(ONE))
    return -_product(-_long(x), _long(factor)).astype(np.float64)


def _product(a: Any, b: Any) -> NDArray[np.int64]:
    """Return the floor of `a * b / 1e12`, where the product does not fit.

    The quotient of doubles is off by one at most, and what is then left over is small, so that it survives
    that both of what it is the difference of overflow.
    """
    found = _long(np.floor(np.asarray(a, np.float64) * b / ONE))
    left = a * b - found * ONE
    exact: NDArray[np.int64] = found + (left >= ONE) - (left < 0)
    return exact


def _with_reference(x: Any, lost: Any) -> Any:
    """Return 1 - (1 - x)(1 - lost), rounded up."""
    if not np.any(lost):
        return x
    return ONE - _product(ONE - _long(x), ONE - _long(lost)).astype(np.float64)


def _rounded(x: Any, to: int, mode: str) -> Any:
    """Return doubles under 2**53 rounded to a multiple of `to`: a quotient is then never off by enough."""
    return np.ceil(x / to) * to if mode == "up" else np.floor(x / to) * to


def _floored(x: Any, to: int, mode: str) -> Any:
    """Return integers rounded to a multiple of `to`."""
    return -(-x // to) * to if mode == "up" else x // to * to


def _long(x: Any) -> Any:
    return np.asarray(x).astype(np.int64)


def _wide(x: Ints) -> Ints:
    return x if isinstance(x, int) else x.astype(np.int32)


def _whole(x: NDArray[np.float64]) -> NDArray[np.int32]:
    """Return scores as integers, unknown ones as 0."""
    return np.nan_to_num(x, nan=0.0).astype(np.int32)
