"""What lies beneath an asset: found, decided first, inherited; rings, depth, and what is not found."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pegmark.errors import FactProblem
from pegmark.usecases.assess import DEEPEST, Question, prepare
from pegmark.usecases.desk import Desk
from tests.engine.test_haircut import haircut
from tests.usecases.desks import BILLS, answer, custom, facts, made, refused, resting
from tests.usecases.desks import desk as build

ONE = 10**12


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The desk of made-up assets."""
    folder: Path = tmp_path_factory.mktemp("fixtures")
    return build(folder)


def layered(desk: Desk, given: Any, layers: Any = None, **more: Any) -> dict[str, Any]:
    """Return the decision on stated facts over stated layers."""
    stated = None if layers is None else {name: facts(claims) for name, claims in layers.items()}
    return answer(desk, "W", facts=facts(given), layers=stated, **more)


@pytest.mark.parametrize(
    ("as_of", "cls", "by"),
    [("2025-07-01", "best", "CLS-010"), ("2025-09-01", "good", "CLS-800"), ("2025-10-09", "poor", "CLS-800")],
)
def test_a_stored_layer_is_taken_as_it_stood(desk: Desk, as_of: str, cls: str, by: str) -> None:
    """A wrapper of the best class is what lies beneath it, on that day."""
    body = answer(desk, "sBILL", as_of)
    assert (body["class"], body["decided_by"]) == (cls, by)


def test_stated_layers_win_over_stored_ones(desk: Desk) -> None:
    """For this question alone, at any depth."""
    stated = {"BILL": {**BILLS, **custom(k="middle")}}
    assert layered(desk, resting(("BILL", 1.0), k="high"), stated)["class"] == "good"
    assert answer(desk, "sBILL")["class"] == "poor"
    assert layered(desk, resting(("sBILL", 1.0), k="high"), stated)["class"] == "good"
    own = {"sBILL": {**BILLS, **custom(k="high")}}
    assert layered(desk, resting(("sBILL", 1.0), k="high"), own)["class"] == "best"


@pytest.mark.parametrize("asset", ["lost", "late"])
def test_a_layer_that_is_not_found_is_unresolved(desk: Desk, asset: str) -> None:
    """Nowhere stored, or not yet at that date: as bad as can be, and not an error."""
    body = answer(desk, asset)
    assert (body["class"], body["decided_by"], body["status"], body["band"]) == (
        "worst",
        "CLS-800",
        "ineligible",
        "E",
    )
    assert body["scores"]["composite"] == 0


def test_a_layer_stated_to_be_unknown_is_unresolved(desk: Desk) -> None:
    """Null facts for a layer say that nothing is known of it, though something is stored."""
    question = Question(
        "2025-07-01", "W", facts=facts(resting(("BILL", 1.0), k="high")), layers={"BILL": None}
    )
    assert prepare(desk, question).layer is not None
    assert answer(desk, "W", "2025-07-01", facts=question.facts, layers={"BILL": None})["class"] == "worst"
    assert answer(desk, "W", "2025-07-01", facts=question.facts)["class"] == "best"


@pytest.mark.parametrize(("share", "cls"), [(0.1, "poor"), (0.0999, "best")])
def test_only_material_layers_count(desk: Desk, share: float, cls: str) -> None:
    """From the rulebook's share on; below it a layer may even be unknown."""
    rest = {"kind": "treasury_bill", "share": 1 - share}
    given = resting(("BILL", share), k="high")
    given["backing"]["components"].append(rest)
    assert layered(desk, given)["class"] == cls


def test_an_asset_listed_in_parts_counts_as_their_sum(desk: Desk) -> None:
    """Two parts of 6 % of one asset are material; of two assets they are not."""
    given = resting(("BILL", 0.06), ("BILL", 0.06), k="high")
    for n, row in enumerate(given["backing"]["components"]):
        row["obligor"] = f"part {n}"
    assert layered(desk, given)["class"] == "poor"
    given["backing"]["components"][1]["asset"] = "sBILL"
    assert layered(desk, given)["class"] == "best"


def test_the_worst_of_each_is_inherited_and_losses_add_up(desk: Desk) -> None:
    """Class from one, score from another; haircuts by share, rounded up, at most all of it."""
    stated = {
        "A": {**BILLS, **custom(k="low", n=2)},
        "B": {**BILLS, **custom(k="high", n=1)},
    }
    given = facts(resting(("A", 0.5), ("B", 0.25), k="high"))
    layers = {name: facts(claims) for name, claims in stated.items()}
    layer = prepare(desk, Question("2025-10-09", "W", facts=given, layers=layers)).layer
    assert layer is not None
    assert (layer.class_index, layer.score, layer.band_index, layer.status) == (2, 50, 1, "accept")
    # 10 % of a half and 1 % of a quarter.
    assert layer.haircut == ONE // 20 + ONE // 400
    doubled = facts(resting(*((name, 9.0) for name in stated), k="high"))
    over = prepare(desk, Question("2025-10-09", "W", facts=doubled, layers=layers)).layer
    assert over is not None
    assert over.haircut == min(ONE, 9 * ONE // 10 + 9 * ONE // 100)


def test_one_unresolved_layer_makes_all_unresolved(desk: Desk) -> None:
    """Whatever the other is, and whichever comes first."""
    for parts in ((("BILL", 0.5), ("NOWHERE", 0.5)), (("NOWHERE", 0.5), ("BILL", 0.5))):
        body = layered(desk, resting(*parts, k="high"))
        assert (body["class"], body["status"]) == ("worst", "ineligible")


def test_one_asset_may_lie_beneath_twice(desk: Desk) -> None:
    """Directly and through a wrapper is no circle."""
    assert answer(desk, "mixed")["class"] == "poor"


def test_layers_are_judged_before_the_reference_venue(desk: Desk) -> None:
    """What an asset is does not depend on who takes something that rests on it."""
    asked = [Question("2025-10-09", "sBILL", venue=name) for name in ("reference", "exchange")]
    first, second = (prepare(desk, question).layer for question in asked)
    assert first == second


def test_a_layer_is_asked_at_the_least_size(desk: Desk) -> None:
    """How deep its market is, is the wrapper's own affair: the first breakpoint of the ladder decides."""
    sized = haircut(
        "op: add, limit: 90%, unknown: worst, "
        "curve: {of: position.size, over: custom.v, points: [[0%, 0%], [100%, 40%]]}"
    )
    book = made("sized", haircut=sized)
    given = {"BILL": facts({**BILLS, **custom(k="middle", v=1e6)})}
    question = Question("2025-10-09", "sBILL", layers=given, sizes=(1e7,), rulebook="sized")
    layer = prepare(replace(desk, books={"sized": book}), question).layer
    assert book.program.ladder.breakpoints[0] == 100_000
    assert layer is not None
    assert layer.haircut == 6 * ONE // 100


def test_a_rulebook_without_layers_finds_none(desk: Desk) -> None:
    """Nothing beneath is looked for, so nothing of it can be wrong."""
    for asset in ("sBILL", "lost", "ring", "deep0"):
        assert answer(desk, asset, rulebook="flat")["class"] == "best"


# Refusals

RING = "give such a component as `own_token`, without `asset`"


def test_an_asset_that_rests_on_itself_is_refused(desk: Desk) -> None:
    """Directly, or through others; the whole circle is told."""
    assert refused(desk, "ring") == FactProblem(
        "/asset", "Q0007", "an asset rests on itself: ring → ring2 → ring", RING
    )
    assert refused(desk, "W", facts=facts(resting(("W", 1.0)))) == FactProblem(
        "/facts/backing/components", "Q0007", "an asset rests on itself: W → W", RING
    )
    assert refused(desk, "W", facts=facts(resting(("ring", 1.0)))).message == (
        "an asset rests on itself: W → ring → ring2 → ring"
    )


def test_a_nameless_asset_has_circles_only_beneath_it(desk: Desk) -> None:
    """It cannot be named by what it rests on."""
    assert refused(desk, None, facts=facts(resting(("ring", 1.0)))).message == (
        "an asset rests on itself: ring → ring2 → ring"
    )
    assert answer(desk, None, facts=facts(resting(("BILL", 1.0), k="high")))["class"] == "poor"


def test_an_immaterial_circle_is_none(desk: Desk) -> None:
    """A twentieth of itself is no layer; it is a share that the rules may read."""
    given = resting(("W", 0.05), ("BILL", 0.95), k="high")
    assert layered(desk, given)["class"] == "poor"


@pytest.mark.parametrize(("top", "is_refused"), [(0, True), (1, True), (2, False), (3, False)])
def test_layers_have_an_end(desk: Desk, top: int, is_refused: bool) -> None:
    """Four may lie beneath an asset, and not five."""
    assert DEEPEST == 4
    if not is_refused:
        assert answer(desk, f"deep{top}")["class"] == "best"
        return
    chain = " → ".join(f"deep{n}" for n in range(top, top + 6))
    assert refused(desk, f"deep{top}") == FactProblem(
        "/asset",
        "Q0008",
        f"more than 4 layers lie beneath: {chain}",
        "give the deepest component without `asset`",
    )


@pytest.mark.parametrize(
    ("claims", "pointer", "code"),
    [
        ({"peg": {"discount_now": {"value": 0, "as_of": "2026-01-01"}}}, "peg/discount_now/as_of", "F0002"),
        ({"liquidity": {"depth_2pct": 2, "supply": 1}}, "liquidity/depth_2pct", "F0104"),
        ({"liquidity": {"depth_2pct": 9, "volume_24h": 1000}}, "liquidity/depth_2pct", "F0111"),
    ],
)
def test_what_is_wrong_with_a_layer_is_pointed_at_there(
    desk: Desk, claims: dict[str, Any], pointer: str, code: str
) -> None:
    """Stated layers are held to all that facts are held to, bounds included."""
    problem = refused(
        desk, "W", facts=facts(resting(("L", 1.0))), layers={"L": facts({**custom(), **claims})}
    )
    assert (problem.pointer, problem.code) == (f"/layers/L/facts/{pointer}", code)


def test_what_is_wrong_with_a_stored_layer_is_pointed_at_where_it_is_named(desk: Desk) -> None:
    """By the components that are stated, or by the asset whose stored components name it."""
    message = (
        "stored on `odd`, beneath: `liquidity.depth_2pct` is 9, under its bound 10 (NM-010) "
        "(contradicts /facts/liquidity/volume_24h and /venue/volume_share)"
    )
    help = "state it in `layers` instead"
    assert refused(desk, "on-odd") == FactProblem("/asset", "F0111", message, help)
    stated = facts(resting(("odd", 1.0)))
    assert refused(desk, "W", facts=stated) == FactProblem(
        "/facts/backing/components", "F0111", message, help
    )


# The digest


def test_the_digest_covers_what_lies_beneath(desk: Desk) -> None:
    """A fact of a layer, of a layer's layer, or a layer that is not found, each gives another question."""
    top = resting(("L", 1.0), k="high")
    layers = [
        {"L": {**BILLS, **custom(k="high")}},
        {"L": {**BILLS, **custom(k="high", n=1.5)}},
        {"L": resting(("M", 1.0), k="high"), "M": {**BILLS, **custom(k="high")}},
        {"L": resting(("M", 1.0), k="high"), "M": {**BILLS, **custom(k="high", d=2)}},
        None,
    ]
    digests = {layered(desk, top, stated)["digests"]["facts"] for stated in layers}
    assert len(digests) == len(layers)


def test_the_digest_covers_no_layer_that_does_not_count(desk: Desk) -> None:
    """Stated facts of an asset that nothing rests on are no part of the question."""
    top = resting(("BILL", 1.0), k="high")
    spare = {"UNRELATED": {**BILLS, **custom()}}
    assert layered(desk, top, spare) == layered(desk, top)


def test_a_stated_layer_equal_to_the_stored_one_is_the_same_question(desk: Desk) -> None:
    """Where facts come from is not what they say, given the same dates."""
    stored = answer(desk, "sBILL")
    claims = {
        "BILL": {
            group: {name: {"value": value, "as_of": "2025-10-09"} for name, value in claims.items()}
            for group, claims in {**BILLS, **custom(k="low")}.items()
        }
    }
    same = answer(desk, "sBILL", layers={name: facts(given) for name, given in claims.items()})
    assert same == stored


def test_many_paths_to_one_asset_are_walked_in_time(desk: Desk) -> None:
    """Twenty stated layers in four tiers, each on all of the next: 625 paths, and no wait."""
    tiers = [[f"t{tier}-{n}" for n in range(5)] for tier in range(4)]
    layers = {
        name: resting(*((below, 0.2) for below in tiers[tier + 1]), k="high")
        if tier < 3
        else {**BILLS, **custom(k="high")}
        for tier, names in enumerate(tiers)
        for name in names
    }
    top = resting(*((name, 0.2) for name in tiers[0]), k="high")
    assert layered(desk, top, layers)["class"] == "best"
