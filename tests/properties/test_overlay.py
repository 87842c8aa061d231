"""The overlay that ships: it says that it tightens, and nowhere are its terms easier than its base's."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from pegmark.bootstrap import build_desk
from pegmark.engine.decide import Terms, settle
from pegmark.settings import read_settings
from pegmark.usecases.desk import Book, Desk
from tests.properties.assets import draw, snapshot, worsenings
from tests.properties.ordering import improvements
from tests.properties.shipped import SIZES, shipped

GENERATED = 300
TERMS = ("class", "band", "status", "maintenance", "initial", "venue cap", "account cap")


@pytest.fixture(scope="module")
def overlay(desk: Desk) -> Book:
    """The overlay; its base is what the desk decides by."""
    found = desk.book("example_exchange")
    extends = found.program.extends
    assert extends is not None
    assert (extends.rulebook, extends.mode) == (desk.default, "tighten")
    assert extends.digest == desk.book(None).program.resolved_digest
    return found


def eased(base: Terms, tight: Terms) -> list[str]:
    """Return which terms are easier under the overlay; points are no terms."""
    return [better for better in improvements(base, tight) if better.startswith(TERMS)]


def test_what_ships_is_never_taken_more_easily(overlay: Book) -> None:
    """Proves of every stored snapshot, venue and size that the overlay eases nothing, and tightens much."""
    settings = read_settings({})
    desk = build_desk(settings)
    pairs = zip(
        shipped(desk),
        shipped(Desk(desk.catalogue, desk.books, overlay.program.id)),
        strict=True,
    )
    stricter: Counter[str] = Counter()
    alike = 0
    for base, tight in pairs:
        before, after = base.settle(), tight.settle()
        assert before is not None
        assert after is not None
        assert not eased(before, after), base.name
        worse = eased(after, before)
        stricter.update({name.partition(" at ")[0] for name in worse})
        alike += not worse
    assert {"band", "maintenance", "initial", "venue cap", "account cap"} <= stricter.keys()
    assert alike > 0


def test_what_is_generated_is_never_taken_more_easily(desk: Desk, overlay: Book) -> None:
    """Proves the same of generated assets, fully known, with facts hidden, and made worse."""
    random = Random(11)
    house = desk.book(None)
    stricter = 0
    for _ in range(GENERATED):
        given = draw(random, house.compiled)
        hidden = set(random.sample(sorted(given), random.choice([0, 0, 1, 5, 20])))
        worse = random.choice([{}, *(after for _, after in worsenings(random, given))])
        for facts in (given, {name: value for name, value in (worse or given).items() if name not in hidden}):
            found = snapshot(facts, house.compiled)
            if found is None:
                continue
            before, after = (settle(book.compiled, found, SIZES) for book in (house, overlay))
            assert not eased(before, after), facts
            stricter += bool(eased(after, before))
    assert stricter > GENERATED / 4
