"""What ships, at every venue and size: what is hidden or made worse never helps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import combinations
from random import Random
from typing import Any

import pytest

from pegmark.bootstrap import build_desk
from pegmark.facts.model import Component, Missing, Stated
from pegmark.facts.vocabulary import FACTS
from pegmark.settings import read_settings
from tests.properties.assets import moves, worsened
from tests.properties.ordering import improvements
from tests.properties.shipped import Claims, Shipped, shipped

pytestmark = pytest.mark.slow

SUBSETS = 10_000
HIDDEN_SETS = 20
COMPONENTS = "backing.components"


@cache
def cases() -> dict[str, Shipped]:
    """Every shipped snapshot at every shipped venue, by name."""
    return {case.name: case for case in shipped(build_desk(read_settings({})))}


every_case = pytest.mark.parametrize("name", list(cases()))


def without(claims: Claims, hidden: frozenset[str]) -> Claims:
    """Return the claims but for some."""
    return {name: claim for name, claim in claims.items() if name not in hidden}


@every_case
def test_hiding_never_helps(name: str) -> None:
    """Proves invariant 2: no fact hidden, no pair, and none of 10,000 random sets improves any outcome."""
    case, random = cases()[name], Random(name)
    before = case.settle()
    assert before is not None
    facts = list(case.claims)
    sets = [frozenset({fact}) for fact in facts]
    sets += map(frozenset, combinations(facts, 2))
    sets += [frozenset(random.sample(facts, random.randint(3, len(facts)))) for _ in range(SUBSETS)]
    moves = 0
    for hidden in sets:
        after = case.settle(without(case.claims, hidden))
        assert after is not None, f"hiding {sorted(hidden)} contradicts what is left"
        assert not improvements(before, after), sorted(hidden)
        moves += bool(improvements(after, before))
    # What is not accepted cannot get worse in its terms; everything else must have.
    assert moves > len(sets) / 2 or before.status == "ineligible"


def worse_claims(random: Random, claims: Claims) -> Iterator[tuple[str, Claims]]:
    """Yield the claims with one that is known made worse, each fact and each way to move share."""
    for name, claim in claims.items():
        if isinstance(claim, Missing) or name == COMPONENTS:
            continue
        value = worsened(random, FACTS[name], claim.value if isinstance(claim, Stated) else claim)
        if value is not None:
            yield name, {**claims, name: replaced(claim, value)}
    listed = claims.get(COMPONENTS)
    if listed is None or isinstance(listed, Missing):
        return
    components = [c.model_dump(exclude_none=True) for c in listed.value]
    basis = claims.get("backing.basis")
    is_net = isinstance(basis, Stated) and basis.value == "net"
    for what, changed in moves(random, components, is_net):
        told = replaced(listed, [Component.model_validate(c) for c in changed])
        yield what, {**claims, COMPONENTS: told}


def replaced(claim: Any, value: Any) -> Any:
    """Return a claim with another value."""
    return claim.model_copy(update={"value": value}) if isinstance(claim, Stated) else value


@every_case
def test_worse_facts_never_help(name: str) -> None:
    """Proves invariant 3: no fact made worse, and no share moved to a worse kind, improves any outcome."""
    case, random = cases()[name], Random(name)
    before = case.settle()
    assert before is not None
    tried = 0
    for _ in range(20):
        for what, claims in worse_claims(random, case.claims):
            after = case.settle(claims)
            if after is not None:
                tried += 1
                assert not improvements(before, after), what
    assert tried > 100


@every_case
def test_worse_facts_never_help_where_little_is_known(name: str) -> None:
    """Proves invariant 3 for what is known in part: the same with one to four facts hidden throughout."""
    case, random = cases()[name], Random(name)
    tried = 0
    for _ in range(HIDDEN_SETS):
        hidden = frozenset(random.sample(list(case.claims), random.randint(1, 4)))
        known = without(case.claims, hidden)
        before = case.settle(known)
        assert before is not None
        for what, claims in worse_claims(random, known):
            after = case.settle(claims)
            if after is not None:
                tried += 1
                assert not improvements(before, after), (sorted(hidden), what)
    assert tried > 100


def test_the_shipped_cases_differ() -> None:
    """Proves that the cases above are no crowd of the same: classes, bands, caps and haircuts differ."""
    found = [terms for case in cases().values() if (terms := case.settle()) is not None]
    assert len(found) == len(cases()) >= 36
    assert len({terms.cls for terms in found}) >= 6
    assert len({terms.band for terms in found}) >= 3
    assert len({terms.venue_cap for terms in found}) >= 10
    # What is not taken at all has one haircut, and many of what ships had failed.
    taken = [terms for terms in found if terms.status != "ineligible"]
    haircuts = Counter(terms.positions[1].maintenance for terms in taken)
    assert len(haircuts) >= 20
    assert max(haircuts.values()) <= len(taken) / 10
