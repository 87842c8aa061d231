"""What class comes out: first, unique and worst hits, unknown conditions, and estimates."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.books import GOOD, book, decided, settled


def classify(hit: str, *rules: str, layer: str = "") -> str:
    """Return the section `classify` with rules numbered from 10, and an `otherwise`."""
    listed = "".join(
        f"  - {{id: CLS-0{n}0, {rule}, why: So., cite: [M]}}\n" for n, rule in enumerate(rules, 1)
    )
    return (
        f"output: class\norder: [best, good, poor, worst]\nhit: {hit}\n{layer}rules:\n{listed}"
        "  - {id: CLS-900, otherwise: worst, why: Not known.}"
    )


def outcome(section: str, facts: dict[str, Any]) -> tuple[str, str]:
    """Return the class and the rule that decided it."""
    body = decided(book(classify=section), {**GOOD, "custom.k": None, **facts})
    return body["class"], body["decided_by"]


P_GOOD = "when: custom.p, then: good, on_unknown: skip"
Q_BEST = "when: custom.q, then: best, on_unknown: skip"
P_POOR_STOPS = "when: custom.p, then: poor, on_unknown: otherwise"


@pytest.mark.parametrize(
    ("p", "q", "expected"),
    [
        (True, True, ("good", "CLS-010")),
        (False, True, ("best", "CLS-020")),
        (None, True, ("best", "CLS-020")),
        (False, False, ("worst", "CLS-900")),
        (None, None, ("worst", "CLS-900")),
    ],
)
def test_first_hit_decides(p: bool | None, q: bool | None, expected: tuple[str, str]) -> None:
    """Rules are asked in order; one that is false, or unknown and skipped, passes the question on."""
    facts = {"custom.p": p, "custom.q": q}
    assert outcome(classify("first", P_GOOD, Q_BEST), facts) == expected


@pytest.mark.parametrize(
    ("p", "expected"),
    [(True, ("poor", "CLS-010")), (False, ("best", "CLS-020")), (None, ("worst", "CLS-010"))],
)
def test_unknown_stops_an_adverse_rule(p: bool | None, expected: tuple[str, str]) -> None:
    """With `otherwise` an unknown condition ends at the last class, not at the adverse one."""
    facts = {"custom.p": p, "custom.q": True}
    assert outcome(classify("first", P_POOR_STOPS, Q_BEST), facts) == expected


POOR_MAYBE = "then: poor, on_unknown: worse"


@pytest.mark.parametrize(
    ("p", "q", "expected"),
    [
        (True, None, ("poor", "CLS-010")),
        (False, True, ("best", "CLS-020")),
        (None, True, ("poor", "CLS-010")),
        (False, None, ("worst", "CLS-900")),
        (None, False, ("worst", "CLS-900")),
    ],
)
def test_what_may_hold_leaves_nothing_better(
    p: bool | None, q: bool | None, expected: tuple[str, str]
) -> None:
    """With `worse` an unknown condition gives the worse of its own class and of what the rest gives."""
    facts = {"custom.p": p, "custom.q": q}
    assert outcome(classify("first", f"when: custom.p, {POOR_MAYBE}", Q_BEST), facts) == expected


def test_of_two_that_may_hold_the_worse_decides_and_then_the_first() -> None:
    """Which rule decided is told; a rule after the one that holds is not asked."""
    good = "when: custom.u > $0, then: good, on_unknown: worse"
    poor, other = f"when: custom.x > 0%, {POOR_MAYBE}", f"when: custom.y > 0%, {POOR_MAYBE}"
    rules = [good, poor, Q_BEST, other]
    unknown = {"custom.u": None, "custom.x": None, "custom.y": None}
    holds = {**unknown, "custom.q": True}
    assert outcome(classify("first", *rules), holds) == ("poor", "CLS-020")
    assert outcome(classify("first", *rules), {**unknown, "custom.q": False}) == ("worst", "CLS-900")
    assert outcome(classify("first", good, Q_BEST, other), holds) == ("good", "CLS-010")
    assert outcome(classify("first", poor, other, Q_BEST), holds) == ("poor", "CLS-010")
    assert outcome(classify("worst", *rules), holds) == ("poor", "CLS-020")


@pytest.mark.parametrize(
    ("p", "q", "expected"),
    [
        (True, True, ("good", "CLS-010")),
        (True, False, ("good", "CLS-010")),
        (False, True, ("best", "CLS-020")),
        (False, None, ("worst", "CLS-900")),
    ],
)
@pytest.mark.parametrize("swapped", [False, True])
def test_worst_hit_decides_whatever_the_order(
    p: bool | None, q: bool | None, expected: tuple[str, str], swapped: bool
) -> None:
    """All rules are asked and the worst class that holds is taken."""
    rules = [Q_BEST, P_GOOD] if swapped else [P_GOOD, Q_BEST]
    cls, by = outcome(classify("worst", *rules), {"custom.p": p, "custom.q": q})
    names = {"CLS-010": "CLS-020", "CLS-020": "CLS-010", "CLS-900": "CLS-900"} if swapped else {}
    assert (cls, names.get(by, by)) == expected


def test_an_adverse_unknown_is_worst_among_hits() -> None:
    """Stopping at the last class beats every other hit, and is what decided."""
    facts = {"custom.p": None, "custom.q": True}
    assert outcome(classify("worst", Q_BEST, P_POOR_STOPS), facts) == ("worst", "CLS-020")


def test_of_two_equally_bad_hits_the_first_decides() -> None:
    """The deciding rule is one and the same on every run."""
    rules = [P_GOOD, "when: custom.q, then: good, on_unknown: skip"]
    facts = {"custom.p": True, "custom.q": True}
    assert outcome(classify("worst", *rules), facts) == ("good", "CLS-010")


@pytest.mark.parametrize(
    ("p", "q", "expected"),
    [
        (True, False, ("good", "CLS-010")),
        (False, True, ("best", "CLS-020")),
        (True, True, ("good", "CLS-010")),
    ],
)
def test_unique_hits_are_not_ordered(p: bool, q: bool, expected: tuple[str, str]) -> None:
    """Should two rules that were to exclude each other hold, the worse class is taken."""
    facts = {"custom.p": p, "custom.q": q}
    assert outcome(classify("unique", P_GOOD, Q_BEST), facts) == expected


def test_a_class_may_need_known_facts() -> None:
    """An estimate does not carry a rule that takes only what is known; it does carry another."""
    estimate = {"value": 0.99, "estimated": True}
    firm = "when: custom.x >= 98%, then: best, on_unknown: skip, known_only: true"
    soft = "when: custom.x >= 98%, then: good, on_unknown: skip"
    both = classify("first", firm, soft)
    assert outcome(both, {"custom.x": 0.99}) == ("best", "CLS-010")
    assert outcome(both, {"custom.x": estimate}) == ("good", "CLS-020")
    assert outcome(both, {"custom.x": None}) == ("worst", "CLS-900")
    # An estimate of something else changes nothing.
    other = {"custom.x": 0.99, "custom.y": {"value": 0.5, "estimated": True}}
    assert outcome(both, other) == ("best", "CLS-010")


def test_an_adverse_class_that_needs_known_facts_stops_on_an_estimate() -> None:
    """What an adverse rule would do for unknown it does for an estimate, if it takes only what is known."""
    firm = "when: custom.x >= 98%, then: poor, on_unknown: otherwise, known_only: true"
    section = classify("first", firm, "when: true, then: good")
    assert outcome(section, {"custom.x": 0.5}) == ("good", "CLS-020")
    assert outcome(section, {"custom.x": {"value": 0.5, "estimated": True}}) == ("worst", "CLS-010")


def test_classes_are_counted_from_the_best() -> None:
    """What other packages read of a decision: the index in the order of the text."""
    assert [settled(book(), {**GOOD, "custom.k": k}).cls for k in ("high", "middle", "low", None)] == [
        0,
        1,
        2,
        3,
    ]
