"""Any asset at any venue: what may be submitted of it, as variables, and what no asset can be.

An `Asset` has a term for each submitted fact. Whether a fact is known is a variable of its own, so that
what is proved holds with any facts missing. The laws of `Assets` say what requests are refused for:
ranges, contradictions, and values on the wrong side of the bound that stands in for them
(`facts.consistency`, `engine.bounds`). Each says which facts it is about: a goal takes what concerns it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from typing import NamedTuple

import z3

from pegmark.facts.components import BASIS, COMPONENT_KINDS, COMPONENTS
from pegmark.facts.consistency import NESTED, TOLERANCE
from pegmark.facts.specification import FactSpec
from pegmark.facts.vocabulary import FACTS, READABLE
from pegmark.proof.dependency import Dependencies
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
LISTED, SHARE = "backing.listed", "backing.share."
MOST_SHARE = Fraction(10)
"""What components may be of liabilities at most."""
ROUNDING = Fraction(TOLERANCE).limit_denominator(10**6)


class Law(NamedTuple):
    """Something that holds of every asset that is not refused, and the submitted facts it is about."""

    facts: frozenset[str]
    holds: Callable[[Asset], Formula]


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
        self.rests = Dependencies(program)
        self.specs: dict[str, FactSpec] = {
            **{name: spec for name, spec in FACTS.items() if name != COMPONENTS},
            **declared(program.custom),
        }
        self.laws: tuple[Law, ...] = (
            *(_ranged(name, spec) for name, spec in self.specs.items()),
            *_LISTED,
            *_CONSISTENT,
            *(self._bound(n) for n in range(len(program.fillings))),
        )

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
        return Reading(self.language, self._filled(asset, len(self.program.fillings)), outcomes)

    def _filled(self, asset: Asset, count: int) -> Callable[[str], Term]:
        """Return what gives readable facts, the first bounds in the place of what is unknown.

        A bound reads what earlier ones fill in, and its own fact as it was submitted.
        """
        places = {filling.fact: n for n, filling in enumerate(self.program.fillings[:count])}

        @cache
        def fact(name: str) -> Term:
            own = self._submitted(asset, name)
            if name not in places:
                return own
            n = places[name]
            reading = Reading(self.language, self._filled(asset, n))
            return first_known(own, reading.term(self.program.fillings[n].expr))

        return fact

    def _submitted(self, asset: Asset, name: str) -> Term:
        if name in asset.layer:
            # Where components are not known, what they rest on is not.
            is_hidden = self.program.classify.layering is not None
            return _only_if(asset.backing.known, asset.layer[name]) if is_hidden else asset.layer[name]
        if name == LISTED:
            return Number(asset.backing.total, asset.backing.known)
        return share(asset, name.removeprefix(SHARE)) if name.startswith(SHARE) else asset.facts[name]

    def _bound(self, n: int) -> Law:
        filling = self.program.fillings[n]

        def holds(asset: Asset) -> Formula:
            own = self._submitted(asset, filling.fact)
            bound = Reading(self.language, self._filled(asset, n)).term(filling.expr)
            if not (isinstance(own, Number) and isinstance(bound, Number)):
                return True
            op = ">=" if READABLE[filling.fact].worse == "lower" else "<="
            return implies(every(own.known, bound.known), compare(op, own.value, bound.value))

        return Law(self.rests.of_name(filling.fact), holds)


def share(asset: Asset, kind: str) -> Number:
    """Return the share of a kind as rules read it, as `facts.snapshot.spread` does."""
    backing, net = asset.backing, is_net(asset)
    found, is_listed = backing.shares[kind], backing.listed[kind]
    if kind == "undisclosed":
        short = pick(net, most(ZERO, arithmetic("-", ONE, backing.total)), ZERO)
        found = arithmetic("+", found, short)
        is_listed = every(is_listed, compare(">=", backing.total, ONE))
    return Number(found, every(backing.known, some(net, is_listed)))


def is_net(asset: Asset) -> Formula:
    """Return whether an asset's list of components is complete."""
    return _picks(asset, BASIS, "net")


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


def facts_in(formula: Formula) -> frozenset[str]:
    """Return the submitted facts whose variables stand in a formula."""
    found: set[str] = set()
    for variable in names_in(formula):
        name = variable.rstrip("?'")
        is_part = name.endswith((" share", " listed")) or name.startswith("layer.")
        found |= {COMPONENTS, BASIS} if is_part or name == COMPONENTS else {name}
    return frozenset(found)


def names_in(formula: Formula) -> frozenset[str]:
    """Return the names of the variables in a formula."""
    found: set[str] = set()
    seen: set[int] = set()
    todo = [] if isinstance(formula, bool) else [formula]
    while todo:
        node = todo.pop()
        if node.get_id() in seen:
            continue
        seen.add(node.get_id())
        if z3.is_const(node) and node.decl().kind() == z3.Z3_OP_UNINTERPRETED:
            found.add(node.decl().name())
        todo += node.children()
    return frozenset(found)


def _ranged(name: str, spec: FactSpec) -> Law:
    return Law(frozenset({name}), lambda asset: _in_range(asset.facts[name], spec))


def _layers_in_range(asset: Asset) -> Formula:
    terms = asset.layer.items()
    return every(
        *(_is_member(t) if isinstance(t, Choice) else _in_range(t, READABLE[name]) for name, t in terms)
    )


def _shares_in_range(asset: Asset) -> Formula:
    """Return that what is not listed has no share, and that there is some."""
    backing = asset.backing
    found = [below(ZERO, backing.total), compare("<=", backing.total, MOST_SHARE)]
    for kind, of in backing.shares.items():
        found.append(compare(">=", of, ZERO))
        found.append(implies(no(backing.listed[kind]), compare("==", of, ZERO)))
    return every(*found)


def _whole(asset: Asset) -> Formula:
    backing = asset.backing
    return implies(every(backing.known, is_net(asset)), compare("<=", backing.total, ONE + ROUNDING))


def _deposited(asset: Asset) -> Formula:
    backing, held = asset.backing, _number(asset, "backing.systemic_bank_share")
    room = arithmetic("+", backing.shares["bank_deposit"], ROUNDING)
    is_told = every(backing.known, is_net(asset), held.known)
    return implies(is_told, compare("<=", held.value, room))


_LISTED = (
    Law(frozenset({COMPONENTS}), _layers_in_range),
    Law(frozenset({COMPONENTS}), _shares_in_range),
    Law(frozenset({COMPONENTS, BASIS}), _whole),
    Law(frozenset({COMPONENTS, BASIS, "backing.systemic_bank_share"}), _deposited),
)


def _nested(wide: str, narrow: str) -> Law:
    def holds(asset: Asset) -> Formula:
        a, b = _number(asset, wide), _number(asset, narrow)
        return implies(every(a.known, b.known), compare("<=", b.value, a.value))

    return Law(frozenset({wide, narrow}), holds)


def _excluded(first: str, second: str, meets: Callable[[Asset], Formula]) -> Law:
    return Law(frozenset({first, second}), lambda asset: no(meets(asset)))


def _number(asset: Asset, name: str) -> Number:
    found = asset.facts[name]
    assert isinstance(found, Number)  # noqa: S101 - the vocabulary says so
    return found


def _is(asset: Asset, name: str) -> Formula:
    found = asset.facts[name]
    assert isinstance(found, Truth)  # noqa: S101 - the vocabulary says so
    return found.yes


def _picks(asset: Asset, name: str, member: str) -> Formula:
    found = asset.facts[name]
    assert isinstance(found, Choice)  # noqa: S101 - the vocabulary says so
    return every(found.known, compare("==", found.index, Fraction(found.members.index(member))))


def _stated(asset: Asset, name: str, op: str) -> Formula:
    found = _number(asset, name)
    return every(found.known, compare(op, found.value, ZERO))


_RIGHT, _CAPACITY = "redemption.right", "redemption.daily_capacity"
_AT_PAR, _GATED = "redemption.at_par", "redemption.gated"
_ATTESTOR, _AGE = "backing.attestor", "backing.attestation_age"
_APR, _COUNTS = "venue.promotional_apr", "venue.promotion_counts_collateral"
_CONSISTENT = (
    *(_nested(wide, narrow) for _, wide, narrow, _ in NESTED),
    _excluded(_RIGHT, _CAPACITY, lambda a: every(_picks(a, _RIGHT, "none"), _stated(a, _CAPACITY, ">"))),
    _excluded(_RIGHT, _AT_PAR, lambda a: every(_picks(a, _RIGHT, "none"), _is(a, _AT_PAR))),
    _excluded(_RIGHT, _GATED, lambda a: every(_picks(a, _RIGHT, "none"), _is(a, _GATED))),
    _excluded(_GATED, _CAPACITY, lambda a: every(_is(a, _GATED), _stated(a, _CAPACITY, ">"))),
    _excluded(_ATTESTOR, _AGE, lambda a: every(_picks(a, _ATTESTOR, "none"), _number(a, _AGE).known)),
    _excluded(_APR, _COUNTS, lambda a: every(_stated(a, _APR, "=="), _is(a, _COUNTS))),
)
