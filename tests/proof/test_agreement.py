"""The prover reads rulebooks as the compiled engine and the reference interpreter do."""

from __future__ import annotations

from collections import Counter
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
import z3

from pegmark.engine.compiled import compile_program
from pegmark.engine.decide import settle
from pegmark.engine.emit import MICRO, ONE
from pegmark.facts.snapshot import Snapshot
from pegmark.proof.assets import Asset as Symbolic
from pegmark.proof.assets import Assets
from pegmark.proof.cores import (
    NO_LIMIT,
    amount_of,
    class_index,
    fires,
    limit_of,
    neutral,
    points,
)
from pegmark.proof.pair import outcomes
from pegmark.proof.terms import Choice, Number, Term, real
from pegmark.proof.translate import Language
from tests.reference.generate import Generator
from tests.reference.interpreter import Asset, Decision, submitted

DAY = date(2025, 1, 1)
SIZE = 1e6
PROGRAMS, ASSETS = 250, 8
BLOCKS = 5
OVERFLOW = 10**15
KINDS = ("crypto", "own_token")
"""The kinds of backing that generated rulebooks read."""


def disagreements(seed: int, seen: Counter[str]) -> list[str]:
    """Return what the prover reads otherwise of one random rulebook, on several random assets."""
    generator = Generator(seed)
    program = generator.program()
    assets = Assets(program, Language(program, DAY))
    asset = assets.any()
    given, _ = outcomes(program)
    reading = assets.reading(asset, given)
    haircut = program.haircut
    steps = (haircut.start, *haircut.steps, haircut.reference)
    lines = [(card, line) for card in program.scorecards for line in card.characteristics]
    rules = (*program.rating.knock_outs, *program.rating.statuses)
    terms = {
        "class": class_index(program.classify, reading, asset),
        **{f"points {line.reason.id}": points(card, line, reading) for card, line in lines},
        **{f"fires {rule.reason.id}": fires(rule, reading) for rule in rules},
        **{f"limit {limit.reason.id}": limit_of(limit, reading) for limit in program.caps.limits},
        **{f"amount {step.reason.id}": amount_of(step, reading) for step in steps},
    }
    variables = {name: inside(term) for name, term in terms.items()}
    compiled = compile_program(program)
    found = []
    for n in range(ASSETS):
        values, _ = generator.values()
        stated = settled(asset, values, has_layers=program.classify.layering is not None)
        decision = Decision(program, Asset(values, frozenset(), DAY), [SIZE])
        said = decision.outcomes()
        known = frozenset(map(submitted, values))
        snapshot = Snapshot("a", "", DAY, "", values, known, frozenset(), {}, (), {})
        decided = settle(compiled, snapshot, [SIZE])
        names = {var.get_id(): (var, value) for var, value in stated}
        names |= {var.get_id(): (var, value) for var, value in outcome_values(given, said, decision)}
        got = {
            name: concrete(term, [names[var] for var in variables[name] if var in names])
            for name, term in terms.items()
        }
        order = program.classify.order
        expected: dict[str, Any] = {"class": Fraction(len(order) - 1 - order.index(said["class"]))}
        assert order[decided.cls] == said["class"]
        for (card, line), own in zip(lines, said["points"], strict=True):
            applies = decision.known.applies(card)
            expected[f"points {line.reason.id}"] = Fraction(own if applies else 100)
        for rule in rules:
            expected[f"fires {rule.reason.id}"] = decision.known.fires(rule)
        for limit, engine in zip(program.caps.limits, decided.limits, strict=True):
            own = said["limits"].get(limit.reason.id)
            assert (None if own is None else int(own * MICRO)) == engine
            expected[f"limit {limit.reason.id}"] = NO_LIMIT if own is None else own
        amounts = zip(steps, said["positions"][0]["amounts"], decided.positions[0].amounts, strict=True)
        for step, own, engine in amounts:
            assert (None if own is None else int(own * ONE)) == engine
            expected[f"amount {step.reason.id}"] = neutral(step) if own is None else own
        for name, value in expected.items():
            seen[f"{name.partition(' ')[0]} {value}"] += 1
            if not is_same(got[name], value):
                found.append(f"seed {seed}, asset {n}: {name} is {got[name]}, not {value}")
    return found


def is_same(got: Any, value: Any) -> bool:
    """Tell whether two outcomes agree but for what engines lose by rounding a factor of a large amount.

    What overflows is unknown to engines alone: the prover reads exact numbers.
    """
    if isinstance(value, bool):
        return got is value
    is_overflow = abs(got) >= OVERFLOW and value == 0
    return is_overflow or abs(got - value) <= Fraction(1, 10**5) * max(1, abs(value))


def settled(asset: Symbolic, values: dict[str, Any], *, has_layers: bool) -> list[tuple[Any, Any]]:
    """Return what to put for each variable so that an asset has these values, and nothing beneath it."""
    found: list[tuple[Any, Any]] = []
    for name, term in asset.facts.items():
        value = values.get(name)
        found.append((z3.Bool(f"{name}?"), z3.BoolVal(value is not None)))
        if isinstance(value, bool):
            found.append((z3.Bool(name), z3.BoolVal(value)))
        elif isinstance(term, Choice) and value is not None:
            found.append((term.index, real(Fraction(term.members.index(value)))))
        elif value is not None:
            found.append((z3.Real(name), real(exact(value))))
    listed = values.get("backing.listed")
    found.append((asset.backing.known, z3.BoolVal(listed is not None)))
    shares = {kind: exact(values.get(f"backing.share.{kind}", 0.0)) for kind in KINDS}
    # What is listed besides makes up the sum.
    shares["cash"] = exact(listed or 0.0) - sum(shares.values())
    for kind, share in asset.backing.shares.items():
        found.append((share, real(shares.get(kind, Fraction(0)))))
        is_listed = f"backing.share.{kind}" in values
        found.append((asset.backing.listed[kind], z3.BoolVal(is_listed)))
    for name, best in (("layer.score", 100), ("layer.haircut", 0), ("layer.class", 3)):
        is_known = z3.BoolVal(listed is not None or not has_layers)
        found += [(z3.Bool(f"{name}?"), is_known), (z3.Real(name), z3.RealVal(best))]
    return found


def outcome_values(given: dict[str, Term], said: dict[str, Any], decision: Decision) -> list[tuple[Any, Any]]:
    """Return what to put for outcomes of earlier sections."""
    found = [(z3.Real("position.size"), z3.RealVal(int(SIZE)))]
    for name, term in given.items():
        if isinstance(term, Choice):
            value = said["class"] if name == "class" else decision.known.names["band"]
            found.append((term.index, z3.RealVal(term.members.index(str(value)))))
        elif isinstance(term, Number) and name.startswith("score."):
            found.append((term.value, z3.RealVal(said["scores"][name.removeprefix("score.")])))
    return found


def inside(term: Any) -> set[int]:
    """Return the ids of everything that stands in a term, variables among them."""
    if isinstance(term, (bool, Fraction)):
        return set()
    seen: set[int] = set()
    todo = [term]
    while todo:
        node = todo.pop()
        if node.get_id() not in seen:
            seen.add(node.get_id())
            todo += node.children()
    return seen


def concrete(term: Any, names: list[tuple[Any, Any]]) -> Any:
    """Return what a term comes to where every variable has a value."""
    if isinstance(term, (bool, Fraction)):
        return term
    found = z3.simplify(z3.substitute(term, *names))
    if z3.is_bool(found):
        assert z3.is_true(found) or z3.is_false(found), found
        return z3.is_true(found)
    return Fraction(found.numerator_as_long(), found.denominator_as_long())


def exact(value: float) -> Fraction:
    """Return a fact, which lies on a grid of six decimals, without the error of a float."""
    return Fraction(round(value * 10**6), 10**6)


@pytest.mark.slow
@pytest.mark.parametrize("block", range(BLOCKS))
def test_agreement(block: int) -> None:
    """On 2,000 random rulebooks and assets class, points, verdicts, amounts and limits are the same."""
    seen: Counter[str] = Counter()
    size = PROGRAMS // BLOCKS
    found = [line for seed in range(block * size, (block + 1) * size) for line in disagreements(seed, seen)]
    assert found == []
    assert PROGRAMS * ASSETS >= 2_000
    # They would agree on anything if everything were unknown.
    assert min(seen[f"fires {value}"] for value in (True, False)) > size
    assert all(seen[f"class {place}"] > size // 4 for place in range(4))
    assert len([name for name in seen if name.startswith("amount")]) > 100
