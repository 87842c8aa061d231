"""Generated, fully known, admissible assets: what is hidden or made worse never helps any of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from pegmark.engine.decide import Terms, settle
from pegmark.engine.emit import ONE
from pegmark.usecases.desk import Book, Desk
from tests.properties.assets import Given, draw, snapshot, worsenings
from tests.properties.ordering import improvements
from tests.properties.shipped import SIZES

pytestmark = pytest.mark.slow

ASSETS = 2000
BLOCKS = 20
SUBSETS = 10
"""How many random sets of facts are hidden of each asset, besides every single one."""


@pytest.fixture(scope="module")
def book(desk: Desk) -> Book:
    """The house rulebook."""
    return desk.book("house")


def decided(book: Book, given: Given) -> Terms | None:
    """Decide an asset; None where its facts contradict each other."""
    found = snapshot(given, book.compiled)
    return None if found is None else settle(book.compiled, found, SIZES)


def hidings(random: Random, given: Given) -> Iterator[tuple[str, Given]]:
    """Yield the asset without each of its facts, and without random sets of them."""
    names = list(given)
    for name in names:
        yield f"without {name}", {key: value for key, value in given.items() if key != name}
    for _ in range(SUBSETS):
        hidden = set(random.sample(names, random.randint(2, len(names))))
        yield f"without {sorted(hidden)}", {key: v for key, v in given.items() if key not in hidden}


@pytest.mark.parametrize("block", range(BLOCKS))
def test_worse_facts_do_not_help_where_little_is_known(book: Book, block: int) -> None:
    """Proves invariant 3 for what is known in part, on the same assets with one to twelve facts hidden."""
    moved = 0
    for seed in range(block * ASSETS // BLOCKS, (block + 1) * ASSETS // BLOCKS):
        random = Random(seed)
        given = draw(random, book.compiled)
        hidden = set(random.sample(list(given), random.choice([1, 2, 3, 4, 12])))
        known = {name: value for name, value in given.items() if name not in hidden}
        before = decided(book, known)
        assert before is not None
        for what, changed in worsenings(random, known):
            after = decided(book, changed)
            if after is not None:
                assert not improvements(before, after), (seed, sorted(hidden), what)
                moved += bool(improvements(after, before))
    assert moved > 300, "hardly anything moved: this proves nothing"


@pytest.mark.parametrize("block", range(BLOCKS))
def test_neither_hiding_nor_worse_facts_help(book: Book, block: int) -> None:
    """Proves invariants 2 and 3 on 2,000 assets: no outcome improves, and many get worse."""
    worse: Counter[str] = Counter()
    for seed in range(block * ASSETS // BLOCKS, (block + 1) * ASSETS // BLOCKS):
        random = Random(seed)
        given = draw(random, book.compiled)
        before = decided(book, given)
        assert before is not None
        for kind, trials in (("hidden", hidings(random, given)), ("worse", worsenings(random, given))):
            for what, changed in trials:
                after = decided(book, changed)
                if after is None:
                    # A fact may be made worse so that it contradicts another; hiding one never can.
                    assert kind == "worse", (seed, what)
                    continue
                assert not improvements(before, after), (seed, what)
                worse[kind] += bool(improvements(after, before))
    assert min(worse["hidden"], worse["worse"]) > 300, "hardly anything moved: this proves nothing"


def test_the_generated_assets_are_of_every_kind(book: Book) -> None:
    """Proves that the assets above are no crowd of the ineligible: classes, bands and terms differ."""
    seen: dict[str, Counter[Any]] = {
        name: Counter() for name in ("class", "band", "status", "cap", "haircut")
    }
    for seed in range(ASSETS):
        terms = decided(book, draw(Random(seed), book.compiled))
        assert terms is not None
        seen["class"][book.program.classify.order[terms.cls]] += 1
        seen["band"][book.compiled.bands[terms.band]] += 1
        seen["status"][terms.status] += 1
        seen["cap"][terms.venue_cap] += 1
        seen["haircut"][terms.positions[1].maintenance] += 1
    assert set(seen["class"]) == set(book.program.classify.order) - {"unclassified"}, "all but the unseen"
    assert set(seen["band"]) == set(book.compiled.bands)
    assert {"accept", "no_new", "run_off", "ineligible"} == set(seen["status"])
    assert seen["status"]["ineligible"] < ASSETS / 3
    assert len(seen["cap"]) > ASSETS / 6
    assert len(seen["haircut"]) > 100
    assert seen["haircut"][ONE] < ASSETS / 2
