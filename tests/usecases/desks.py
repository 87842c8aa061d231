"""A desk of made-up assets and venues, and two tiny rulebooks; and questions to it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from pegmark.errors import FactProblem, FactsError
from pegmark.facts.model import Facts, VenueFacts
from pegmark.storage.fixtures import Fixtures
from pegmark.usecases.assess import Question, assess
from pegmark.usecases.desk import Book, Desk, declared
from tests.engine.books import SECTIONS, book
from tests.engine.test_caps import caps
from tests.engine.test_classify import classify
from tests.engine.test_haircut import haircut
from tests.facts.taking import validated

DAY = "2025-10-09"
GOOD: Mapping[str, Any] = {"k": "middle", "n": 2, "d": 1, "p": True}


def custom(**facts: Any) -> dict[str, Any]:
    """Return facts that the tiny rulebooks read."""
    return {"custom": {**GOOD, **facts}}


def resting(*parts: tuple[str, float], **facts: Any) -> dict[str, Any]:
    """Return facts of an asset that rests on others with these shares."""
    rows = [{"kind": "stablecoin", "share": share, "asset": asset} for asset, share in parts]
    return {"backing": {"components": rows, "basis": "gross"}, **custom(**facts)}


BILLS = {"backing": {"components": [{"kind": "treasury_bill", "share": 1}], "basis": "net"}}

SNAPSHOTS: list[tuple[str, str, dict[str, Any]]] = [
    ("BILL", "2025-06-01", {**BILLS, **custom(k="high")}),
    ("BILL", "2025-08-01T12:00:00Z", {**BILLS, **custom(k="middle", n=1)}),
    ("BILL", "2025-10-09", {**BILLS, **custom(k="low")}),
    ("BILL", "2025-12-31", {**BILLS, **custom(k="high")}),
    ("sBILL", "2025-06-15", resting(("BILL", 1.0), k="high")),
    ("mixed", "2025-09-01", resting(("BILL", 0.5), ("sBILL", 0.5), k="high")),
    ("lost", "2025-09-01", resting(("NOWHERE", 1.0), k="high")),
    ("late", "2025-09-01", resting(("future", 1.0), k="high")),
    ("future", "2027-01-01", {**BILLS, **custom(k="high")}),
    ("odd", "2025-09-01", {"liquidity": {"depth_2pct": 9, "volume_24h": 1000}, **custom()}),
    ("on-odd", "2025-09-01", resting(("odd", 1.0), k="high")),
    ("ring", "2025-09-01", resting(("ring2", 0.5), k="high")),
    ("ring2", "2025-09-01", resting(("ring", 0.5), k="high")),
    *((f"deep{n}", "2025-09-01", resting((f"deep{n + 1}", 1.0), k="high")) for n in range(6)),
    ("deep6", "2025-09-01", {**BILLS, **custom(k="high")}),
]
VENUES: list[dict[str, Any]] = [
    {"venue": "reference", "facts": {"discount_now": 0, "volume_share": 0}},
    {
        "venue": "exchange",
        "facts": {"discount_now": 0.03, "volume_share": 0.5},
        "assets": {"sBILL": {"discount_now": 0.04, "volume_share": 0.6}},
    },
    {"venue": "dated", "as_of": "2025-10-09", "facts": {"discount_now": 0.01}},
]
LAYER = "layer: {id: CLS-800, material: 10%, why: No wrapper is better., cite: [M]}\n"
RULES = tuple(
    f'when: custom.k == "{k}", then: {then}, on_unknown: skip'
    for k, then in (("high", "best"), ("middle", "good"), ("low", "poor"))
)
NORMAL = """
sources: {N: {title: Filling-in, href: docs/method.md}}
params: {}
normal:
  - id: NM-010
    fact: liquidity.depth_2pct
    take: 1% * liquidity.volume_24h * (100% - venue.volume_share)
    why: So.
    cite: [N]
"""


def made(name: str, **sections: str) -> Book:
    """Return a book of a tiny rulebook."""
    header = SECTIONS["header"].replace("rulebook: tiny", f"rulebook: {name}")
    compiled = book(
        NORMAL,
        **{
            "header": header,
            "classify": classify("first", *RULES, layer=LAYER),
            "haircut": haircut(
                "op: add, limit: 50%, expr: venue.discount_now, unknown: worst",
                "op: add, limit: 50%, expr: layer.haircut, unknown: worst",
            ),
            "caps": caps("expr: 100 * liquidity.depth_2pct, unknown: worst", 'expr: "$20M"'),
            **sections,
        },
    )
    return Book({}, compiled.program, compiled, declared(compiled.program.custom))


def desk(folder: Path) -> Desk:
    """Return the desk, its files written to `folder`."""
    for kind in ("snapshots", "venues"):
        (folder / kind).mkdir()
    for n, (asset, as_of, facts) in enumerate(SNAPSHOTS):
        text = yaml.safe_dump({"asset": asset, "as_of": as_of, "facts": facts})
        (folder / "snapshots" / f"{n}.yaml").write_text(text, encoding="utf-8")
    for venue in VENUES:
        (folder / "venues" / f"{venue['venue']}.yaml").write_text(yaml.safe_dump(venue), encoding="utf-8")
    flat = made("flat", classify=classify("first", *RULES))
    return Desk(Fixtures(folder), {"tiny": made("tiny"), "flat": flat}, "tiny")


def facts(given: Mapping[str, Any]) -> Any:
    """Return facts validated as they are over HTTP."""
    return validated(Facts, given)


def venue(**given: Any) -> Any:
    """Return facts of a venue validated as they are over HTTP."""
    return validated(VenueFacts, given)


def answer(desk: Desk, asset: str | None = "BILL", as_of: str = DAY, **more: Any) -> dict[str, Any]:
    """Return the decision on a question."""
    return assess(desk, Question(as_of, asset, **more))


def refused(desk: Desk, asset: str | None = "BILL", as_of: str = DAY, **more: Any) -> FactProblem:
    """Return the one problem for which a question is refused."""
    with pytest.raises(FactsError) as caught:
        answer(desk, asset, as_of, **more)
    (problem,) = caught.value.problems
    return problem
