"""Any asset at any venue: what may be submitted of it, as variables, and what no asset can be.

An `Asset` has a term for each submitted fact. Whether a fact is known is a variable of its own, so that
what is proved holds with any facts missing. `admissible` says what requests are refused for: ranges,
contradictions, and values on the wrong side of the bound that stands in for them (`facts.consistency`,
`engine.bounds`). Each of its conditions comes with the facts it is about, so that a goal takes only those
that concern it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import NamedTuple

import z3

from pegmark.engine.writer import submitted
from pegmark.facts.components import BASIS, COMPONENT_KINDS, COMPONENTS
from pegmark.facts.consistency import NESTED, TOLERANCE
from pegmark.facts.specification import FactSpec
from pegmark.facts.vocabulary import FACTS, READABLE
from pegmark.language.nodes import Typed, reads
from pegmark.proof.terms import (
    Choice,
    Formula,
    Number,
    Real,
    Term,
    Truth,
    arithmetic,
    below,
    compare,
    every,
    implies,
    most,
    no,
    pick,
    real,
    some,
)
from pegmark.proof.translate import Language, Reading, first_known
from pegmark.rulebook.custom import declared
from pegmark.rulebook.program import Program

LAYER_SCORE, LAYER_HAIRCUT, LAYER_CLASS = "layer.score", "layer.haircut", "layer.class"
ZERO, ONE = Fraction(0), Fraction(1)
MOST_SHARE = Fraction(10)
"""What one component may be of liabilities at most."""


class Condition(NamedTuple):
    """Something that holds of every asset, and the submitted facts it is about."""

    facts: frozenset[str]
    holds: Formula


@dataclass(frozen=True, slots=True)
class Backing:
    """The components: whether they are known, and of each kind whether it is listed and its share."""

    known: Formula
    listed: Mapping[str, Formula]
    shares: Mapping[str, Real]

    @property
    def total(self) -> Real:
        """The sum of all shares."""
        return z3.Sum([real(share) for share in self.shares.values()])


@dataclass(frozen=True, slots=True)
class Asset:
    """What is submitted: a term for each fact, the components apart, and what lies beneath.

    `layer` holds the terms of `layer.score`, `layer.haircut` and `layer.class`, the last an index from
    the worst class.
    """

    facts: Mapping[str, Term]
    backing: Backing
    layer: Mapping[str, Term]

    def having(self, fact: str, term: Term) -> Asset:
        """Return the asset with one fact otherwise."""
        if fact in self.layer:
            return replace(self, layer={**self.layer, fact: term})
        return replace(self, facts={**self.facts, fact: term})


class Assets:
    """Assets as one rulebook takes them: with its own facts and its filling-in."""

    def __init__(self, program: Program, language: Language) -> None:
        self.program, self.language = program, language
        self.specs: dict[str, FactSpec] = {
            **{name: spec for name, spec in FACTS.items() if name != COMPONENTS},
            **declared(program.custom),
        }

    def any(self) -> Asset:
        """Return an asset of which nothing is settled."""
        layers = {name: _variable(READABLE[name]) for name in (LAYER_SCORE, LAYER_HAIRCUT)}
        order = self.program.classify.order[::-1]
        layers[LAYER_CLASS] = Choice(z3.Real(LAYER_CLASS), z3.Bool(f"{LAYER_CLASS}?"), order)
        return Asset(
            {name: _variable(spec) for name, spec in self.specs.items()},
            Backing(
                z3.Bool(f"{COMPONENTS}?"),
                {kind: z3.Bool(f"{kind} listed") for kind in COMPONENT_KINDS},
                {kind: z3.Real(f"{kind} share") for kind in COMPONENT_KINDS},
            ),
            layers,
        )

    def reading(self, asset: Asset, outcomes: Mapping[str, Term] | None = None) -> Reading:
        """Return the asset as the rules read it: components spread, and what is missing filled in."""
        return Reading(self.language, self._filled(asset)[0], outcomes)

    def admissible(self, asset: Asset) -> Iterator[Condition]:
        """Yield what holds of an asset that is not refused."""
        for name, spec in self.specs.items():
            yield Condition(frozenset({name}), _in_range(asset.facts[name], spec))
        for name, term in asset.layer.items():
            within = _is_member(term) if isinstance(term, Choice) else _in_range(term, READABLE[name])
            yield Condition(frozenset({COMPONENTS}), within)
        yield from _sound(asset)
        yield from _not_contradictory(asset)
        yield from self._filled(asset)[1]

    def _filled(self, asset: Asset) -> tuple[dict[str, Term], list[Condition]]:
        """Return the readable facts with bounds in the place of what is unknown, and those bounds."""
        found: dict[str, Term] = {**asset.facts, **spread(asset), **self._beneath(asset)}
        bounds = []
        about: dict[str, frozenset[str]] = {}
        for filling in self.program.fillings:
            reading = Reading(self.language, found)
            bound, own = reading.term(filling.expr), found[filling.fact]
            facts = self._about(filling.expr, about) | {filling.fact}
            about[filling.fact] = facts
            if isinstance(bound, Number) and isinstance(own, Number):
                is_low = READABLE[filling.fact].worse == "lower"
                op = ">=" if is_low else "<="
                kept = implies(every(own.known, bound.known), compare(op, own.value, bound.value))
                bounds.append(Condition(frozenset(facts), kept))
            found[filling.fact] = first_known(own, bound)
        return found, bounds

    @staticmethod
    def _about(node: Typed, about: Mapping[str, frozenset[str]]) -> frozenset[str]:
        names = {read.name for read in reads(node) if read.origin == "fact"}
        own = {submitted(name) for name in names}
        shares = {BASIS} if COMPONENTS in own else set()
        return frozenset(own | shares).union(*(about.get(name, frozenset()) for name in names))

    def _beneath(self, asset: Asset) -> dict[str, Term]:
        """Return what is inherited; nothing is, where a layering rulebook does not see the components."""
        if self.program.classify.layering is None:
            return dict(asset.layer)
        return {name: _only_if(asset.backing.known, term) for name, term in asset.layer.items()}


def spread(asset: Asset) -> dict[str, Term]:
    """Return the shares that rules read, as `facts.snapshot.spread` does."""
    backing = asset.backing
    net = is_net(asset)
    total = backing.total
    found: dict[str, Term] = {"backing.listed": Number(total, backing.known)}
    for kind in COMPONENT_KINDS:
        share = backing.shares[kind]
        is_listed = backing.listed[kind]
        if kind == "undisclosed":
            short = pick(net, most(ZERO, arithmetic("-", ONE, total)), ZERO)
            share = arithmetic("+", share, short)
            is_listed = every(is_listed, compare(">=", total, ONE))
        found[f"backing.share.{kind}"] = Number(share, every(backing.known, some(net, is_listed)))
    return found


def is_net(asset: Asset) -> Formula:
    """Return whether an asset's list of components is complete."""
    basis = asset.facts[BASIS]
    assert isinstance(basis, Choice)  # noqa: S101 - the vocabulary says so
    return every(basis.known, compare("==", basis.index, Fraction(basis.members.index("net"))))


def unknown(term: Term) -> Term:
    """Return a term of the same type that is not known."""
    match term:
        case Number(value, _):
            return Number(value, False)
        case Choice(index, _, members):
            return Choice(index, False, members)
    return Truth(False, False)


def _only_if(condition: Formula, term: Term) -> Term:
    match term:
        case Number(value, known):
            return Number(value, every(condition, known))
        case Choice(index, known, members):
            return Choice(index, every(condition, known), members)
    return Truth(every(condition, term.yes), every(condition, term.no))


def _variable(spec: FactSpec) -> Term:
    name = spec.name
    known = z3.Bool(f"{spec.name}?")
    match spec.kind:
        case "bool":
            value = z3.Bool(name)
            return Truth(z3.And(known, value), z3.And(known, z3.Not(value)))
        case "enum":
            return Choice(z3.Real(name), known, spec.members)
    return Number(z3.Real(name), known)


def changed(spec: FactSpec) -> Term:
    """Return a known value of a fact that need not be the asset's own."""
    name = f"{spec.name}'"
    match spec.kind:
        case "bool":
            value = z3.Bool(name)
            return Truth(value, z3.Not(value))
        case "enum":
            return Choice(z3.Real(name), True, spec.members)
    return Number(z3.Real(name), True)


def _in_range(term: Term, spec: FactSpec) -> Formula:
    match term:
        case Number(value, _):
            low, high = spec.low, spec.high
            return every(
                True if low is None else compare(">=", value, Fraction(low)),
                True if high is None else compare("<=", value, Fraction(high)),
            )
        case Choice():
            return _is_member(term)
    return True


def _is_member(choice: Choice) -> Formula:
    return z3.Or([choice.index == n for n in range(len(choice.members))])


def _sound(asset: Asset) -> Iterator[Condition]:
    """Yield what every list of components keeps to."""
    backing, net = asset.backing, is_net(asset)
    about = frozenset({COMPONENTS, BASIS})
    for kind, share in backing.shares.items():
        within = every(compare(">=", share, ZERO), compare("<=", share, MOST_SHARE))
        yield Condition(about, every(within, implies(no(backing.listed[kind]), compare("==", share, ZERO))))
    total = backing.total
    yield Condition(about, every(below(ZERO, total), compare("<=", total, MOST_SHARE)))
    tolerated = ONE + Fraction(TOLERANCE).limit_denominator(10**6)
    yield Condition(about, implies(every(backing.known, net), compare("<=", total, tolerated)))
    held = asset.facts["backing.systemic_bank_share"]
    assert isinstance(held, Number)  # noqa: S101 - the vocabulary says so
    room = arithmetic("+", backing.shares["bank_deposit"], tolerated - ONE)
    yield Condition(
        about | {"backing.systemic_bank_share"},
        implies(every(backing.known, net, held.known), compare("<=", held.value, room)),
    )


def _not_contradictory(asset: Asset) -> Iterator[Condition]:
    """Yield that no two facts contradict each other."""

    def number(name: str) -> Number:
        found = asset.facts[name]
        assert isinstance(found, Number)  # noqa: S101 - the vocabulary says so
        return found

    def truth(name: str) -> Truth:
        found = asset.facts[name]
        assert isinstance(found, Truth)  # noqa: S101 - the vocabulary says so
        return found

    def picks(name: str, member: str) -> Formula:
        found = asset.facts[name]
        assert isinstance(found, Choice)  # noqa: S101 - the vocabulary says so
        return every(found.known, compare("==", found.index, Fraction(found.members.index(member))))

    def positive(name: str) -> Formula:
        return every(number(name).known, below(ZERO, number(name).value))

    for _, wide, narrow, _ in NESTED:
        a, b = number(wide), number(narrow)
        kept = implies(every(a.known, b.known), compare("<=", b.value, a.value))
        yield Condition(frozenset({wide, narrow}), kept)
    nobody = picks("redemption.right", "none")
    excluded = [
        ("redemption.right", nobody, "redemption.daily_capacity", positive("redemption.daily_capacity")),
        ("redemption.right", nobody, "redemption.at_par", truth("redemption.at_par").yes),
        ("redemption.right", nobody, "redemption.gated", truth("redemption.gated").yes),
        (
            "redemption.gated",
            truth("redemption.gated").yes,
            "redemption.daily_capacity",
            positive("redemption.daily_capacity"),
        ),
        (
            "backing.attestor",
            picks("backing.attestor", "none"),
            "backing.attestation_age",
            number("backing.attestation_age").known,
        ),
        (
            "venue.promotional_apr",
            every(
                number("venue.promotional_apr").known,
                compare("==", number("venue.promotional_apr").value, ZERO),
            ),
            "venue.promotion_counts_collateral",
            truth("venue.promotion_counts_collateral").yes,
        ),
    ]
    for first, one, second, other in excluded:
        yield Condition(frozenset({first, second}), no(every(one, other)))
