"""The waterfall: amounts by table, curve and expression, every kind of step, bounds, rounding, initial."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.books import GOOD, SECTIONS, book, decided, only, settled

ONE = 10**12


def haircut(*steps: str, low: str = "0%", high: str = "100%", to: str = "25bp", mode: str = "up") -> str:
    """Return the section `haircut` with steps numbered from 100."""
    numbered = ", ".join(f"{{id: HC-{n}, {step}, why: So., cite: [M]}}" for n, step in enumerate(steps, 100))
    return (
        SECTIONS["haircut"]
        .replace("steps: []", f"steps: [{numbered}]")
        .replace("min: 0%, max: 100%", f"min: {low}, max: {high}")
        .replace("to: 25bp, mode: up", f"to: {to}, mode: {mode}")
    )


def lines(section: str, size: float = 1e6, **facts: Any) -> dict[str, float]:
    """Return the waterfall of a position: amounts by rule."""
    given = {**GOOD, **{f"custom.{name}": value for name, value in facts.items()}}
    (found,) = decided(book(haircut=section), given, sizes=(size,))["haircuts"]
    return {line["rule"]: line["amount"] for line in found["waterfall"]}


def amount(step: str, size: float = 1e6, **facts: Any) -> float | None:
    """Return what one step adds."""
    return lines(haircut(step), size, **facts).get("HC-100")


X = "op: add, limit: 90%, expr: custom.x, unknown: worst"


# Amounts


def test_start_is_by_class() -> None:
    """Each class begins at its row."""
    for k, expected in (("high", 0.01), ("middle", 0.02), ("low", 0.1)):
        assert lines(haircut(), k=k)["HC-010"] == expected


@pytest.mark.parametrize(
    ("x", "expected"), [(0.03, 0.03), (0, 0), (0.9, 0.9), (0.91, 0.9), (10, 0.9), (None, 0.9), (-0.01, -0.01)]
)
def test_an_expression_is_limited(x: float | None, expected: float) -> None:
    """A step adds its amount up to its own limit; not knowing costs the limit."""
    assert amount(X, x=x) == expected


def test_an_amount_that_overflows_is_the_worst() -> None:
    """A number too large to be known costs all there is, even where the text could not be unknown."""
    huge = "100000% * 100000% * 100000% * 100000% * 100000% * 100000%"
    assert amount(f"op: add, limit: 30%, expr: {huge}") == 0.3
    assert amount(f"op: max, expr: {huge}") == 0.98


TABLE = "op: add, limit: 30%, table: {by: custom.k, rows: {low: 20%, middle: 10%, high: 0%}}"
PAIRS = (
    "op: add, limit: 30%, table: {by: custom.k, by2: custom.q, rows: {"
    'low: {"true": 9%, "false": 8%}, middle: {"true": 7%, "false": 6%}, high: {"true": 5%, "false": 4%}}}'
)


@pytest.mark.parametrize(("q", "expected"), [(True, 0.07), (False, 0.03), (None, 0.25)])
def test_a_table_by_condition(q: bool | None, expected: float) -> None:
    """Rows for true and false, and a stated amount for unknown."""
    step = 'op: add, limit: 30%, table: {by: custom.q, rows: {"true": 7%, "false": 3%}}, unknown: 25%'
    assert amount(step, q=q) == expected


@pytest.mark.parametrize(("k", "expected"), [("high", 0.0), ("middle", 0.1), ("low", 0.2)])
def test_a_table_by_choice(k: str, expected: float) -> None:
    """One row a member; what is read there is told."""
    assert amount(TABLE + ", unknown: worst", k=k) == expected


@pytest.mark.parametrize(
    ("k", "q", "expected"),
    [("low", True, 0.09), ("middle", False, 0.06), ("high", True, 0.05), ("middle", None, 0.09)],
)
def test_a_table_by_two(k: str, q: bool | None, expected: float) -> None:
    """A cell for each pair; if either side is unknown the worst cell stands in."""
    assert amount(PAIRS + ", unknown: worst", k=k, q=q) == expected


CURVE = "op: add, limit: 50%, curve: {of: custom.x, points: [[5%, 0%], [25%, 1%], [100%, 4%], [200%, 12%]]}"


@pytest.mark.parametrize(
    ("x", "expected"),
    [
        (-1, 0),
        (0.05, 0),
        (0.15, 0.005),
        (0.25, 0.01),
        (0.625, 0.025),
        (1, 0.04),
        (1.5, 0.08),
        (2, 0.12),
        (10, 0.12),
        (None, 0.12),
    ],
)
def test_a_curve_is_linear_between_and_flat_beyond(x: float | None, expected: float) -> None:
    """At each point its own value, halfway between two the mean, outside the nearest; unknown the worst."""
    assert amount(CURVE + ", unknown: worst", x=x) == expected


QUOTIENT = CURVE.replace("of: custom.x", "of: custom.u, over: custom.v")


@pytest.mark.parametrize(
    ("u", "v", "expected"),
    [
        (100, 400, 0.01),
        (0, 400, 0),
        (0, 0, 0),
        (1, 0, 0.12),
        (1e13, 0, 0.12),
        (None, 400, 0.12),
        (100, None, 0.12),
        (0, None, 0.12),
        (1, 3, 0.013333333333),
    ],
)
def test_a_curve_over_a_quotient_is_total(u: float | None, v: float | None, expected: float) -> None:
    """Nothing sold costs the first point even in no market; something sold there costs the last."""
    assert amount(QUOTIENT + ", unknown: worst", u=u, v=v) == expected


def test_a_curve_over_a_quotient_begins_at_its_first_point() -> None:
    """Nothing of anything costs what the first point says, not what stands at zero or one."""
    step = "op: add, limit: 50%, curve: {of: custom.u, over: custom.v, points: [[5%, 20%], [10%, 30%]]}"
    assert amount(step + ", unknown: worst", u=0, v=400) == 0.2
    assert amount(step + ", unknown: worst", u=0, v=0) == 0.2
    assert amount(step + ", unknown: worst", u=1, v=0) == 0.3


def test_a_curve_of_the_size() -> None:
    """Only here may a rule read the position's size, and a larger position loses more."""
    step = QUOTIENT.replace("custom.u", "position.size") + ", unknown: worst"
    section = haircut(step)
    found = [lines(section, size, v=1e6)["HC-100"] for size in (1e4, 1e5, 2.5e5, 1e6, 2e6, 1e9)]
    assert found == [0, 0.0025, 0.01, 0.04, 0.12, 0.12]


# Operations


@pytest.mark.parametrize(
    ("step", "x", "contribution", "settled"),
    [
        ("op: add, limit: 50%, expr: custom.x, unknown: worst", 0.03, 0.03, 0.05),
        ("op: max, expr: custom.x, unknown: 100%", 0.03, 0.01, 0.03),
        ("op: max, expr: custom.x, unknown: 100%", 0.01, 0, 0.02),
        ("op: max, expr: custom.x, unknown: 100%", None, 0.98, 1),
        ("op: min, expr: custom.x, unknown: 100%", 0.01, -0.01, 0.01),
        ("op: min, expr: custom.x, unknown: 100%", 0.03, 0, 0.02),
        ("op: min, expr: custom.x, unknown: 100%", None, 0, 0.02),
        ("op: multiply, limit: 1000%, expr: custom.n, unknown: worst", 1.5, 0.01, 0.03),
        ("op: multiply, limit: 1000%, expr: custom.n, unknown: worst", 1, 0, 0.02),
    ],
)
def test_each_operation(step: str, x: float | None, contribution: float, settled: float) -> None:
    """What a step contributes is the difference it makes, positive or negative."""
    unit = "custom.n" if "custom.n" in step else "custom.x"
    (found,) = decided(book(haircut=haircut(step)), {**GOOD, unit: x})["haircuts"]
    assert only(found["waterfall"], rule="HC-100")["amount"] == pytest.approx(contribution, abs=1e-15)
    assert found["maintenance"]["basis"] == settled


def test_steps_apply_in_order() -> None:
    """Each works on what those before it left: (2 % + 3 %) x 2, at most 8 %, at least 9 %."""
    section = haircut(
        "op: add, limit: 50%, expr: custom.x, unknown: worst",
        "op: multiply, limit: 200%, expr: custom.n, unknown: worst",
        "op: min, expr: 8%",
        "op: max, expr: 9%",
    )
    assert lines(section, x=0.03, n=2) == {
        "HC-010": 0.02,
        "HC-100": 0.03,
        "HC-101": 0.05,
        "HC-102": -0.02,
        "HC-103": 0.01,
        "BOUND": 0,
        "ROUND": 0,
    }


@pytest.mark.parametrize(
    ("op", "settled"),
    [
        ("op: add, limit: 50%, expr: custom.x", 0.05),
        ("op: max, expr: custom.x", 0.03),
        ("op: multiply, limit: 1000%, expr: 2 + custom.n", 0.04),
        ("op: min, expr: custom.y", 0.01),
    ],
)
@pytest.mark.parametrize("q", [True, False])
def test_a_step_without_its_mechanism_does_nothing(op: str, settled: float, q: bool) -> None:
    """Where the mechanism is absent there is no line, and the haircut is as if there were no step."""
    section = haircut(f"{op}, unknown: 1000%, when: known(custom.q)")
    given = {**GOOD, "custom.q": q or None, "custom.x": 0.03, "custom.y": 0.01, "custom.n": 0}
    (found,) = decided(book(haircut=section), given)["haircuts"]
    rules = [line["rule"] for line in found["waterfall"]]
    assert rules == ["HC-010", *["HC-100"] * q, "BOUND", "ROUND"]
    assert found["maintenance"]["basis"] == (settled if q else 0.02)


@pytest.mark.parametrize("op", ["op: add, limit: 50%", "op: max"])
def test_a_step_whose_mechanism_is_unknown_applies(op: str) -> None:
    """Not knowing whether the mechanism is there counts as there."""
    section = haircut(f"{op}, expr: custom.x, unknown: 100%, when: custom.q")
    found = [
        settled(book(haircut=section), {**GOOD, "custom.x": 0.03, "custom.q": q}).positions[0].maintenance
        for q in (True, None, False)
    ]
    assert found[0] == found[1] > found[2] == ONE // 50


def test_a_step_that_does_not_apply_reads_nothing() -> None:
    """A fact behind an absent mechanism is not missed; behind a present or unknown one it is."""
    section = haircut("op: add, limit: 50%, expr: custom.x, unknown: worst, when: custom.q")
    for q, mattered in ((True, ["custom.x"]), (False, []), (None, ["custom.q", "custom.x"])):
        given = {**GOOD, "custom.q": q, "custom.x": None}
        unknown = decided(book(haircut=section), given)["unknown"]
        assert sorted(entry["fact"] for entry in unknown if entry["mattered"]) == mattered


# Bounds, rounding, initial


@pytest.mark.parametrize(
    ("x", "bound", "maintenance"),
    [(0.0, 0.03, 0.05), (0.03, 0, 0.05), (0.58, 0, 0.6), (0.7, -0.12, 0.6), (-0.5, 0.53, 0.05)],
)
def test_bounds_are_a_line_of_the_waterfall(x: float, bound: float, maintenance: float) -> None:
    """What the least and most allowed add or take is told."""
    section = haircut(X, low="5%", high="60%")
    (found,) = decided(book(haircut=section), {**GOOD, "custom.x": x})["haircuts"]
    assert only(found["waterfall"], rule="BOUND")["amount"] == pytest.approx(bound, abs=1e-15)
    assert found["maintenance"]["basis"] == maintenance


@pytest.mark.parametrize(
    ("x", "up", "down"),
    [
        (0.0, 0.02, 0.02),
        (0.0025, 0.0225, 0.0225),
        (0.0000000001, 0.0225, 0.02),
        (0.0024999999, 0.0225, 0.02),
        (0.0025000001, 0.025, 0.0225),
        (0.97, 0.99, 0.99),
        (0.9799, 1, 0.9975),
    ],
)
def test_rounding_is_exact(x: float, up: float, down: float) -> None:
    """A multiple of the step stays where it is; anything above goes up, or down, a whole step."""
    for mode, expected in (("up", up), ("down", down)):
        section = haircut(X.replace("90%", "99%"), mode=mode)
        (found,) = decided(book(haircut=section), {**GOOD, "custom.x": x})["haircuts"]
        assert found["maintenance"]["basis"] == expected


def test_no_exact_step_is_pushed_up() -> None:
    """All 400 multiples of 25 bp are their own rounding, though ten of them are above it in binary."""
    compiled = book(haircut=haircut(X.replace("90%", "100%")))
    pushed = 0
    for n in range(8, 401):
        value = n * 0.0025
        pushed += -(-value // 0.0025) * 0.0025 > value + 1e-9
        terms = settled(compiled, {**GOOD, "custom.x": value - 0.02})
        assert terms.positions[0].maintenance == n * 25 * 10**8
    assert pushed > 0


def test_rounding_never_leaves_the_bounds() -> None:
    """Rounding up ends at the most allowed, though that be no multiple of the step."""
    section = haircut(X, high="60.1%")
    (found,) = decided(book(haircut=section), {**GOOD, "custom.x": 0.9})["haircuts"]
    assert found["maintenance"]["basis"] == 0.601


@pytest.mark.parametrize(
    ("x", "maintenance", "initial"),
    [
        (0, 0.02, 0.03),
        (0.02, 0.04, 0.05),
        (0.03, 0.05, 0.0625),
        (0.06, 0.08, 0.1),
        (0.07, 0.09, 0.1125),
        (0.0725, 0.0925, 0.1175),
        (0.78, 0.8, 1),
        (0.9, 0.92, 1),
    ],
)
def test_initial_follows_from_maintenance(x: float, maintenance: float, initial: float) -> None:
    """A quarter more, at least one point, rounded up, at most all of it."""
    (found,) = decided(book(haircut=haircut(X)), {**GOOD, "custom.x": x})["haircuts"]
    assert (found["maintenance"]["basis"], found["initial"]["basis"]) == (maintenance, initial)


# Reference and total


@pytest.mark.parametrize(
    ("reference", "maintenance", "initial"),
    [("0%", 0.02, 0.03), ("20%", 0.216, 0.224), ("100%", 1, 1), ("33.3333%", 0.34666634, 0.35333301)],
)
def test_total_takes_the_reference_in(reference: str, maintenance: float, initial: float) -> None:
    """1 - (1 - basis)(1 - reference): a claim loses what it is on loses, and then its own."""
    section = (
        SECTIONS["haircut"]
        .replace("good: 0%, poor: 0%", f"good: {reference}, poor: 100%")
        .replace("worst: 0%", "worst: 100%")
    )
    (found,) = decided(book(haircut=section))["haircuts"]
    assert found["maintenance"]["basis"] == 0.02
    assert (
        found["maintenance"]["reference"]
        == found["initial"]["reference"]
        == pytest.approx(float(reference[:-1]) / 100)
    )
    assert found["maintenance"]["total"] == pytest.approx(maintenance, abs=1e-12)
    assert found["initial"]["total"] == pytest.approx(initial, abs=1e-12)


def test_totals_round_up() -> None:
    """What does not fit the grid is charged, not given."""
    section = (
        SECTIONS["haircut"]
        .replace("good: 0%, poor: 0%", "good: 33.3333333333%, poor: 100%")
        .replace("worst: 0%", "worst: 100%")
    )
    (position,) = settled(book(haircut=section)).positions
    exact = ONE - (ONE - 2 * ONE // 100) * (ONE - 333333333333) / ONE
    assert position.maintenance_total >= exact > position.maintenance_total - 1


def test_sizes_are_answered_one_by_one_in_their_order() -> None:
    """Each size has its own haircut and waterfall, twice if asked twice."""
    section = haircut(QUOTIENT.replace("custom.u", "position.size") + ", unknown: worst")
    sizes = (1e6, 1e4, 2.5e5, 1e6)
    found = decided(book(haircut=section), {**GOOD, "custom.v": 1e6}, sizes=sizes)["haircuts"]
    assert [haircut["size_usd"] for haircut in found] == list(sizes)
    assert [haircut["maintenance"]["basis"] for haircut in found] == [0.06, 0.02, 0.03, 0.06]


def test_lines_tell_what_was_read() -> None:
    """Reads and reason stand beside each amount; unknown is null, whole numbers have no fraction."""
    section = haircut(
        QUOTIENT.replace("custom.u", "position.size") + ", unknown: worst", TABLE + ", unknown: worst"
    )
    (found,) = decided(book(haircut=section), {**GOOD, "custom.v": None})["haircuts"]
    assert found["waterfall"][1:3] == [
        {
            "rule": "HC-100",
            "amount": 0.12,
            "reads": {"position.size": 1_000_000, "custom.v": None},
            "why": "So.",
        },
        {"rule": "HC-101", "amount": 0.1, "reads": {"custom.k": "middle"}, "why": "So."},
    ]
    assert isinstance(found["waterfall"][1]["reads"]["position.size"], int)


def test_outcomes_alone_have_no_waterfall() -> None:
    """`explain: none` gives haircuts without their reasons, and the same haircuts."""
    brief = decided(book(), explain="none")
    short = decided(book(), explain="short")
    for one, other in zip(brief["haircuts"], short["haircuts"], strict=True):
        assert one == {key: value for key, value in other.items() if key != "waterfall"}
    assert brief["trace"] is short["trace"] is None
