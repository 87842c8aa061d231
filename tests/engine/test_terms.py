"""Mark, close-out, conditions, findings, and guardrails at run time."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.books import GOOD, SECTIONS, book, decided, only
from tests.engine.test_haircut import haircut

# Mark


@pytest.mark.parametrize(("p", "floor"), [(True, 0.98), (False, None), (None, None)])
def test_floor_holds_only_where_its_condition_does(p: bool | None, floor: float | None) -> None:
    """Redemption that is closed, or not known to be open, leaves no floor under the price."""
    assert decided(book(), {**GOOD, "custom.p": p})["mark"] == {
        "basis": "multi_venue_index",
        "quote": "USD",
        "min_sources": 3,
        "max_source_weight": 0.34,
        "max_age_seconds": 864,
        "floor": floor,
        "rule": "MK-010",
    }


@pytest.mark.parametrize(("q", "basis"), [(True, "redemption_value"), (False, "multi_venue_index")])
def test_basis_may_depend_on_facts(q: bool, basis: str) -> None:
    """The price the terms assume is chosen by the rulebook."""
    expr = 'if known(custom.q) then "redemption_value" else "multi_venue_index"'
    mark = SECTIONS["mark"].replace("""basis: '"multi_venue_index"'""", f"basis: '{expr}'")
    assert decided(book(mark=mark), {**GOOD, "custom.q": q or None})["mark"]["basis"] == basis


@pytest.mark.parametrize(
    ("d", "hours"), [(0, 0), (1, 24), (0.5, 12), (1 / 24, 1), (0.0417, 1.0008), (None, 240)]
)
def test_close_out_is_told_in_hours(d: float | None, hours: float) -> None:
    """Days of the rulebook as hours, whole where they are, the stated stand-in where unknown."""
    assert decided(book(), {**GOOD, "custom.d": d})["close_out_hours"] == hours


# Conditions


def condition(value: str, **more: str) -> str:
    """Return the section `conditions` with one rule."""
    entries = {
        "id": "CN-010",
        "code": "cond",
        "parameter": "part",
        "value": value,
        "applies": "intake",
        **more,
        "why": "So.",
        "cite": "[M]",
    }
    return "- " + "\n  ".join(f"{key}: {entry}" for key, entry in entries.items())


@pytest.mark.parametrize(
    ("value", "unknown", "facts", "said"),
    [
        ("3", "", {}, 3),
        ("2.5", "", {}, 2.5),
        ("34%", "", {}, 0.34),
        ("true", "", {}, True),
        ("""'"off_exchange"'""", "", {}, "off_exchange"),
        ("custom.d", "9d", {"custom.d": 2}, 2),
        ("custom.d", "9d", {"custom.d": None}, 9),
        ("custom.q", "false", {"custom.q": True}, True),
        ("custom.q", "false", {"custom.q": None}, False),
        ("custom.k", "'\"low\"'", {"custom.k": "high"}, "high"),
        ("custom.k", "'\"low\"'", {"custom.k": None}, "low"),
    ],
)
def test_conditions_have_values(value: str, unknown: str, facts: dict[str, Any], said: Any) -> None:
    """Numbers, shares, flags, words and choices; what stands in where they are not known."""
    section = condition(value, unknown=unknown) if unknown else condition(value)
    body = decided(book(conditions=section), {**GOOD, **facts})
    assert body["conditions"] == [
        {
            "code": "cond",
            "parameter": "part",
            "value": said,
            "applies": "intake",
            "rule": "CN-010",
            "why": "So.",
        }
    ]
    assert type(body["conditions"][0]["value"]) is type(said)


@pytest.mark.parametrize("on_unknown", ["match", "skip"])
@pytest.mark.parametrize("q", [True, False, None])
def test_conditions_are_listed_where_they_hold(q: bool | None, on_unknown: str) -> None:
    """Held, not held, and unknown as the rule says."""
    section = condition("1", when="custom.q", on_unknown=on_unknown)
    found = decided(book(conditions=section), {**GOOD, "custom.q": q})["conditions"]
    assert bool(found) is (q if q is not None else on_unknown == "match")


def test_conditions_may_read_scores_and_band() -> None:
    """They follow the rating, so they see what it came to."""
    section = condition("score.backing", when='band in ("A", "B") and class != "worst"')
    compiled = book(conditions=section)
    assert [c["value"] for c in decided(compiled, GOOD)["conditions"]] == [100]
    assert [c["value"] for c in decided(compiled, {**GOOD, "custom.n": 1})["conditions"]] == [50]
    assert decided(compiled, {**GOOD, "custom.n": 0})["conditions"] == []


# Findings


@pytest.mark.parametrize("on_unknown", ["match", "skip"])
@pytest.mark.parametrize("q", [True, False, None])
def test_findings_are_listed_where_they_hold(q: bool | None, on_unknown: str) -> None:
    """With severity, reason and remedy; unknown as the rule says."""
    section = (
        f"- {{id: RV-010, code: found, severity: medium, when: custom.q, on_unknown: {on_unknown}, "
        "remedy: Mend it., why: So., cite: [M]}"
    )
    found = decided(book(review=section), {**GOOD, "custom.q": q})["findings"]
    holds = q if q is not None else on_unknown == "match"
    whole = {"code": "found", "severity": "medium", "rule": "RV-010", "why": "So.", "remedy": "Mend it."}
    assert found == [whole] * holds


# Guardrails


def guard(expression: str) -> str:
    """Return the section `guardrails` with one assertion."""
    return f"- {{id: GR-010, assert: '{expression}', why: Never., cite: [M]}}"


SIZED = haircut(
    "op: add, limit: 90%, unknown: worst, "
    "curve: {of: position.size, over: custom.v, points: [[0%, 0%], [100%, 40%]]}"
)


def crossed(expression: str, sizes: tuple[float, ...] = (1e6,), **facts: Any) -> bool:
    """Tell whether a decision crosses a guardrail, and hold what then follows."""
    compiled = book(guardrails=guard(expression), haircut=SIZED)
    given = {**GOOD, "custom.v": 1e7, **{f"custom.{name}": value for name, value in facts.items()}}
    body = decided(compiled, given, sizes)
    found = [finding for finding in body["findings"] if finding["code"] == "guardrail_crossed"]
    if not found:
        assert body["status"] == "accept"
        return False
    assert found == [
        {
            "code": "guardrail_crossed",
            "severity": "critical",
            "rule": "GR-010",
            "why": "Never.",
            "remedy": "Correct the rulebook: the terms it would give cross a guardrail.",
        }
    ]
    assert (body["status"], body["eligible"], body["band"]) == ("ineligible", False, "E")
    cap = body["cap"]
    assert (cap["venue_usd"], cap["account_usd"], cap["binding"]) == (0, 0, None)
    assert body["ladder"] == [{"from_usd": 0, "to_usd": None, "initial": 1, "maintenance": 1}]
    for size in body["haircuts"]:
        assert size["maintenance"]["total"] == size["initial"]["total"] == 1
        assert only(size["waterfall"], rule="INELIGIBLE")["amount"] > 0
        assert sum(round(line["amount"] * 1e12) for line in size["waterfall"]) == 10**12
    return True


@pytest.mark.parametrize(
    ("expression", "holds"),
    [
        ("output.maintenance >= 6%", True),
        ("output.maintenance >= 6.01%", False),
        ("output.initial >= output.maintenance", True),
        ("output.initial <= 7%", False),
        ("output.cap <= $50M", True),
        ("output.cap < $50M", False),
        ("output.eligible", True),
        ("not output.eligible", False),
        ('output.class == "good"', True),
        ('output.class in ("best", "poor")', False),
        ('band == "A"', True),
        ("score.backing < 100", False),
        ("position.size <= $1M", True),
        ("position.size < $1M", False),
        ("custom.p", True),
        ("custom.q", False),
    ],
)
def test_a_guardrail_that_does_not_hold_ends_it(expression: str, holds: bool) -> None:
    """Over every output, the size and facts; an asset whose terms cross one is not taken, and no error."""
    assert crossed(expression) is not holds


def test_an_unknown_guardrail_does_not_hold() -> None:
    """What cannot be shown to be within bounds is treated as beyond them."""
    assert not crossed("custom.x < 50%", x=0.1)
    assert crossed("custom.x < 50%", x=None)


def test_a_guardrail_is_asked_at_every_size() -> None:
    """Holding at one of the sizes is not enough, whichever comes first."""
    expression = "output.maintenance >= 10%"
    assert not crossed(expression, (2e6, 5e6))
    assert crossed(expression, (1e6, 5e6))
    assert crossed(expression, (5e6, 1e6))


def test_an_ineligible_asset_is_asked_too() -> None:
    """A guardrail may speak of what is not taken; its crossing is a finding then as well."""
    compiled = book(guardrails=guard("output.eligible"))
    body = decided(compiled, {**GOOD, "custom.k": None})
    assert [finding["rule"] for finding in body["findings"]] == ["GR-010"]
    assert body["status"] == "ineligible"
    compiled = book(guardrails=guard("output.eligible or output.cap == $0"))
    assert decided(compiled, {**GOOD, "custom.k": None})["findings"] == []


def test_every_crossed_guardrail_is_a_finding() -> None:
    """In the order of their ids, each once, however many sizes cross it."""
    rules = "".join(
        f"- {{id: GR-0{n}0, assert: '{text}', why: W{n}., cite: [M]}}\n"
        for n, text in ((3, "custom.q"), (1, "output.cap < $1M"), (2, "custom.p"))
    )
    found = decided(book(guardrails=rules), GOOD, (1e5, 1e6))["findings"]
    assert [(finding["rule"], finding["why"]) for finding in found] == [("GR-010", "W1."), ("GR-030", "W3.")]


def test_the_trace_of_a_crossing_tells_each_step_once() -> None:
    """The terms are given up, not worked out again."""
    compiled = book(guardrails=guard("not custom.p"), haircut=SIZED)
    trace = decided(compiled, {**GOOD, "custom.v": 1e7}, (1e5, 1e6))["trace"]
    assert [line["rule"] for line in trace].count("HC-100") == 2
