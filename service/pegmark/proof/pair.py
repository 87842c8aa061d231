"""Two assets that differ in one thing, of which the second must not come out better."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Literal, NamedTuple

import z3

from pegmark.facts.components import COMPONENT_KINDS, COMPONENT_ORDER, COMPONENTS
from pegmark.facts.specification import FactSpec, Worse
from pegmark.facts.vocabulary import READABLE
from pegmark.proof.assets import Asset, Assets, changed, is_net, unknown
from pegmark.proof.dependency import SIZE
from pegmark.proof.terms import (
    Choice,
    Formula,
    Number,
    Term,
    Truth,
    arithmetic,
    below,
    compare,
    every,
    most,
    no,
    some,
)
from pegmark.rulebook.program import Program

CLASS, BAND = "class", "band"
Kind = Literal["worse", "hidden", "moved", "unlisted", "larger", "smaller", "raised", "lowered"]


@dataclass(frozen=True, slots=True, order=True)
class Driver:
    """What differs: a fact that is `worse` or `hidden`, share `moved` from a kind of backing to a worse
    one, a kind `unlisted`, or a `larger` position; an outcome of earlier sections may be worse too.
    """

    kind: Kind
    name: str
    to: str = ""

    def __str__(self) -> str:
        return f"{self.kind} {self.name}" + (f" to {self.to}" if self.to else "")

    @property
    def rests(self) -> frozenset[str]:
        """What a rule has to read for this to make a difference to it."""
        match self.kind:
            case "moved" | "unlisted":
                return frozenset({COMPONENTS})
        return frozenset({self.name})

    @property
    def changes(self) -> frozenset[str]:
        """The submitted facts that differ."""
        if self.name.startswith("layer."):
            return frozenset({COMPONENTS})
        return self.rests


class Pair(NamedTuple):
    """The better asset, the worse one, the outcomes each is read with, and what holds between them."""

    better: Asset
    worse: Asset
    outcomes: tuple[dict[str, Term], dict[str, Term]]
    holds: Formula


def drivers(program: Program, assets: Assets) -> Iterator[Driver]:
    """Yield every driver there is, those of submitted facts in the order of the vocabulary."""
    specs = dict(assets.specs)
    for name, spec in specs.items():
        if spec.worse != "none":
            yield Driver("worse", name)
    yield from (Driver("hidden", name) for name in specs)
    yield Driver("hidden", COMPONENTS)
    yield from (Driver("moved", good, bad) for good, bad in COMPONENT_ORDER)
    yield from (Driver("unlisted", kind) for kind in COMPONENT_KINDS)
    for name in ("layer.score", "layer.haircut"):
        yield from (Driver("worse", name), Driver("hidden", name))
    yield Driver("larger", SIZE)
    yield Driver("worse", CLASS)
    yield from (Driver("worse", f"score.{card.pillar}") for card in program.scorecards)
    yield Driver("worse", BAND)


def outcomes(program: Program) -> tuple[dict[str, Term], Formula]:
    """Return outcomes of earlier sections that may be anything, and the range of each."""
    found: dict[str, Term] = {}
    ranges = []
    for name, members in (
        (CLASS, program.classify.order[::-1]),
        (BAND, tuple(band for band, _ in program.rating.bands)[::-1]),
    ):
        choice = Choice(z3.Real(name), True, members)
        found[name] = choice
        ranges.append(z3.Or([choice.index == n for n in range(len(members))]))
    for card in program.scorecards:
        score = z3.Real(f"score.{card.pillar}")
        found[f"score.{card.pillar}"] = Number(score, True)
        ranges.append(z3.And(score >= 0, score <= 100))
    size = z3.Real(SIZE)
    found[SIZE] = Number(size, True)
    ranges.append(z3.And(size >= 0, size <= 10**13))
    return found, every(*ranges)


def pair(assets: Assets, asset: Asset, given: dict[str, Term], driver: Driver) -> Pair:
    """Return `asset`, read with `given` outcomes, and one that differs as `driver` says."""
    name = driver.name
    if driver.kind in ("moved", "unlisted"):
        worse, holds = _rearranged(asset, driver)
        return Pair(asset, worse, (given, given), holds)
    if driver.kind == "smaller":
        other, apart = lower(given[name], f"{name}'", is_higher=True)
        return Pair(asset, asset, ({**given, name: other}, given), apart)
    if name in given:
        other, apart = lower(given[name], f"{name}'", is_higher=name == SIZE)
        return Pair(asset, asset, (given, {**given, name: other}), apart)
    if driver.kind == "hidden":
        if name == COMPONENTS:
            hidden = replace(asset, backing=replace(asset.backing, known=False))
            return Pair(asset, hidden, (given, given), asset.backing.known)
        term = asset.layer[name] if name in asset.layer else asset.facts[name]
        return Pair(asset, asset.having(name, unknown(term)), (given, given), term.known)
    spec = assets.specs.get(name) or READABLE[name]
    term = asset.layer[name] if name in asset.layer else asset.facts[name]
    other = changed(spec)
    match driver.kind:
        case "raised":
            apart = is_more(term, other)
        case "lowered":
            apart = is_more(other, term)
        case _:
            apart = is_worse(spec, term, other)
    holds = every(term.known, apart)
    return Pair(asset, asset.having(name, other), (given, given), holds)


def lower(term: Term, name: str, *, is_higher: bool) -> tuple[Term, Formula]:
    """Return another outcome that is worse: lower, but for a size."""
    value = z3.Real(name)
    match term:
        case Number(own, _):
            within = z3.And(value >= own, value <= 10**13) if is_higher else z3.And(value >= 0, value <= own)
            return Number(value, True), within
        case Choice(own, _, members):
            within = z3.And(z3.Or([value == n for n in range(len(members))]), value <= own)
            return Choice(value, True, members), within
    raise TypeError(f"{name} has no order")


def is_worse(spec: FactSpec, this: Term, other: Term) -> Formula:
    """Return whether `other` is a worse value of a fact than `this`."""
    worse: Worse = spec.worse
    match this, other:
        case Truth(), Truth():
            return every(this.no, other.yes) if worse == "true" else every(this.yes, other.no)
        case Choice(a, _, _), Choice(b, _, _):
            return below(b, a)
        case Number(a, _), Number(b, _):
            if worse == "from_one":
                return below(_from_one(a), _from_one(b))
            return below(a, b) if worse == "higher" else below(b, a)
    raise TypeError(f"{spec.name} has two types")


def is_more(this: Term, other: Term) -> Formula:
    """Return whether `other` is a greater number or a later choice than `this`, or true where it is false."""
    match this, other:
        case Truth(), Truth():
            return every(this.no, other.yes)
        case Choice(a, _, _), Choice(b, _, _):
            return below(a, b)
        case Number(a, _), Number(b, _):
            return below(a, b)
    raise TypeError("a fact has two types")


def _from_one(x: Any) -> Any:
    apart = arithmetic("-", x, Fraction(1))
    return most(apart, arithmetic("-", Fraction(0), apart))


def _rearranged(asset: Asset, driver: Driver) -> tuple[Asset, Formula]:
    """Return an asset with share moved between two kinds that are both listed, or one kind left out.

    To leave a kind out of a complete list is to move it to what is not disclosed.
    """
    backing = asset.backing
    this = driver.name
    if driver.kind == "unlisted":
        shares = {**backing.shares, this: Fraction(0)}
        listed = {**backing.listed, this: False}
        holds = every(backing.known, backing.listed[this], no(is_net(asset)))
        return replace(asset, backing=replace(backing, shares=shares, listed=listed)), holds
    moved = z3.Real("moved")
    shares = {
        **backing.shares,
        this: arithmetic("-", backing.shares[this], moved),
        driver.to: arithmetic("+", backing.shares[driver.to], moved),
    }
    both = every(backing.listed[this], backing.listed[driver.to])
    holds = every(
        backing.known,
        some(both, is_net(asset)),
        below(Fraction(0), moved),
        compare("<=", moved, backing.shares[this]),
    )
    # A list that is complete need not name what there is none of.
    listed = {
        kind: some(is_listed, every(is_net(asset), kind == driver.to))
        for kind, is_listed in backing.listed.items()
    }
    return replace(asset, backing=replace(backing, shares=shares, listed=listed)), holds
