"""The outputs: everything a decision says can be expected, in the words that show it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from pegmark.api.schemas.decision import Decision
from pegmark.authoring.outputs import NoSuchOutput, Outputs, written
from pegmark.usecases.assess import Question, assess
from pegmark.usecases.rules import rules_of
from tests.authoring.suites import prepared_house, verdict

ASKED = [("USDC", "2026-10-07"), ("USDe", "2025-10-09"), ("UST", "2022-04-30"), ("WBETH", "2025-10-09")]
LEFT_OUT = {"id": "a digest", "digests": "digests", "trace": "by rule alone"}
"""What a decision says and no suite should expect, as it changes with every text."""


def names() -> Iterator[str]:
    """Every name of an output of the house rulebook."""
    desk = prepared_house().desk
    assert desk is not None
    program = desk.book(None).program
    outputs = Outputs(program)
    yield from (name for name in outputs._plain if name != "error")
    ids = [rule.reason.id for rule in rules_of(program)]
    found = [f"{family}.{rule}" for family in FAMILIES for rule in [*ids, "BOUND", "ROUND", "INELIGIBLE"]]
    sized = [f"{family}.{terms}" for family in SIZED for terms in ("initial", "maintenance")]
    parts = [f"haircut.{terms}.{part}" for terms in ("initial", "maintenance") for part in PARTS]
    for name in [*found, *sized, *parts, "haircut.reference", "unknown.peg.discount_now"]:
        try:
            outputs.find(name)
        except NoSuchOutput:
            continue
        yield name


FAMILIES = ("conditions", "findings", "cap.limits", "haircut.steps", "trace")
SIZED = ("haircut", "haircuts.$10M", "haircuts.1000000", "ladder.$250k", "ladder.$2.5M")
PARTS = ("basis", "reference", "total")


def test_every_field_of_a_decision_is_an_output() -> None:
    """Proves that nothing a decision says is out of reach of a suite, but for digests."""
    firsts = {name.partition(".")[0] for name in names()}
    fields = {field.alias or name for name, field in Decision.model_fields.items()}
    assert fields - firsts == set(LEFT_OUT) - {"trace"}


@pytest.mark.parametrize(("asset", "at"), ASKED)
def test_what_came_is_what_one_would_expect(asset: str, at: str) -> None:
    """Proves that every output of a decision, written as a failed case shows it, is met by that decision."""
    desk = prepared_house().desk
    assert desk is not None
    body = assess(desk, Question(at, asset, explain="full"))
    outputs = Outputs(desk.book(None).program)
    found = {name: written(outputs.find(name).take(body), outputs.find(name)) for name in names()}
    assert len(found) > 170
    lines = "".join(f'      "{name}": {text}\n' for name, text in found.items())
    setting = f"asset: {asset}\n    at: {at}\n    sizes: [$1M, $10M]\n    "
    assert verdict(f"\n{lines}", setting).differences == ()


def test_the_first_size_is_meant_where_none_is_named() -> None:
    """Proves that outputs without a size are those of the first that was asked about."""
    setting = "asset: USDe\n    at: 2025-10-09\n    venue: exchange-2025-10\n    sizes: [$100M, $1M]\n    "
    found = verdict("{haircut.initial: any, haircuts: {$1M: {initial: under 90%}}}", setting)
    assert found.holds
    [first] = verdict("{haircut.initial: under 1%}", setting).differences
    [named] = verdict("{haircuts.$100M.initial: under 1%}", setting).differences
    assert first.got == named.got


@pytest.mark.parametrize(
    ("value", "output", "text"),
    [
        (None, "class", "null"),
        (None, "trace.CLS-120", "unknown"),
        (True, "eligible", "true"),
        (0.0625, "haircut.initial", "6.25%"),
        (1e-12, "haircut.initial", "0.0000000001%"),
        (1_484_440_000, "cap.venue_usd", "$1.48444bn"),
        (12, "scores.backing", "12"),
        (["KO-OWN", "KO-MINT"], "capped_by", "[KO-OWN, KO-MINT]"),
    ],
)
def test_values_are_written_in_their_units(value: Any, output: str, text: str) -> None:
    """Proves that what came is shown to the last digit, in the unit of its output."""
    desk = prepared_house().desk
    assert desk is not None
    assert written(value, Outputs(desk.book(None).program).find(output)) == text
