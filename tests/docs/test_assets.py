"""The page on assets: every snapshot before every venue, with the numbers of the decisions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pegmark.bootstrap import build_desk
from pegmark.settings import read_settings
from pegmark.usecases.assess import Question, assess
from tests.cli.conftest import DATA
from tests.docs.test_links import anchors
from tools.assets import FILE, Shelf, Stand, assets, difference, latest, shipped
from tools.unknowns import SIZES, Terms

NOW = Terms("strategy_fund", "no_new", "D", (0.3, 0.35), (0.4, 0.45), 2e7, "CAP-EXIT")


def stands() -> Iterator[Stand]:
    """Everything that ships."""
    yield from (stand for asset in shipped().stands for stand in asset)


def rows(text: str) -> list[list[str]]:
    """The cells of the tables of a text."""
    lines = [line for line in text.splitlines() if line.startswith("| ") and not line.startswith("| ---")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def sections(checkout: Path) -> dict[str, str]:
    """What the page says of each snapshot, by heading."""
    parts = re.split(r"^### (.+)\n", (checkout / FILE).read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_every_snapshot_has_a_section_and_every_asset_a_line(checkout: Path) -> None:
    """Proves that nothing that is stored is missing, the last snapshot of each asset being in the summary."""
    assert list(sections(checkout)) == [stand.heading for stand in stands()]
    table = rows(latest(shipped()))
    listed = {(re.sub(r"\[(.*)\]\(.*\)", r"\1", row[0]), row[1]) for row in table[1:]}
    assert listed == {(asset[0].snapshot.asset, asset[0].snapshot.as_of) for asset in shipped().stands}
    assert len(listed) == len(table) - 1


def test_every_number_of_a_section_is_the_decision_s(checkout: Path) -> None:
    """Proves that class, status, band, haircuts, cap and binding limit are those that a caller gets."""
    found = sections(checkout)
    for stand in stands():
        table = {row[0].strip("`"): row[1:] for row in rows(found[stand.heading])}
        for venue in stand.venues:
            question = Question(stand.snapshot.as_of, stand.snapshot.asset, venue=venue.id, sizes=SIZES)
            body = assess(stand.desk, question)
            cls, status, band, *haircuts, cap, binding = (cell.strip("`") for cell in table[venue.id])
            assert (cls, status, band) == (body["class"], body["status"], body["band"])
            for said, haircut in zip(haircuts, body["haircuts"], strict=True):
                numbers = [float(number) for number in re.findall(r"[\d.]+", said)]
                assert numbers == pytest.approx(
                    [100 * haircut[which]["total"] for which in ("maintenance", "initial")], abs=0.005
                )
            scale = {"M": 1e6, "k": 1e3, "n": 1e9}.get(cap[-1], 1.0)
            assert float(re.sub(r"[^\d.]", "", cap)) * scale == pytest.approx(body["cap"]["venue_usd"])
            assert (binding or None) == body["cap"]["binding"]


def test_every_unknown_that_mattered_is_named(checkout: Path) -> None:
    """Proves that a section names each fact that a decision missed, with its cost if it has one."""
    found = sections(checkout)
    for stand in stands():
        text = found[stand.heading]
        table = {row[0].strip("`"): row[3:] for row in rows(text)}
        for n, (case, costs) in enumerate(zip(stand.cases, stand.costs, strict=True)):
            for fact, cost in costs.items():
                assert f"`{fact}`" in text
                changed = difference(case.terms, cost.terms)
                assert table[fact][n] == changed if changed else table.get(fact, ["0"] * 9)[n] == "0"
            assert table["all of them"][n] == (difference(case.terms, stand.known[n]) or "0")


def test_why_a_wrapper_and_a_closed_asset_are_what_they_are(checkout: Path) -> None:
    """Proves that a committee reads what lies beneath, and what a rule that shuts intake misses."""
    text = sections(checkout)["sUSDe, 9 October 2025"]
    assert "- Rests on USDe with 100 %, known as of 2025-10-09." in text
    assert re.search(r"^- `no_new` by `ST-DISCOUNT`: .* Not known: `peg.discount_now`\.$", text, re.MULTILINE)


CHANGES: list[tuple[dict[str, Any], str]] = [
    ({}, ""),
    ({"binding": "CAP-LOSS"}, ""),
    ({"maintenance": (0.2675, 0.3175), "initial": (0.34, 0.4)}, "-3.25 pp"),
    ({"maintenance": (0.3, 0.35 - 0.001)}, "0 pp (-0.1 at $10M)"),
    ({"maintenance": (0.31, 0.35)}, "+1 pp (0 at $10M)"),
    ({"maintenance": (0.3 - 1e-9, 0.35)}, ""),
    ({"cap_usd": 6e7}, "cap +$40M"),
    ({"cap_usd": 0.0}, "cap -$20M"),
    (
        {"cls": "fiat_reserve", "status": "accept", "band": "C"},
        "class `strategy_fund` → `fiat_reserve`, status `no_new` → `accept`, band D → C",
    ),
]


@pytest.mark.parametrize(("changed", "said"), CHANGES)
def test_a_difference_says_what_changes_and_nothing_else(changed: dict[str, Any], said: str) -> None:
    """Proves that each term that differs is said with its sign, and that which limit binds is not one."""
    after = Terms(**{name: changed.get(name, getattr(NOW, name)) for name in Terms.__dataclass_fields__})
    assert difference(NOW, after).replace("\u2212", "-") == said


def made_up(folder: Path, **names: str) -> Shelf:
    """What is stored in a folder of the test's own: the made-up assets and venues, some renamed."""
    (folder / "snapshots").mkdir()
    (folder / "venues").symlink_to(DATA / "venues")
    for file in sorted((DATA / "snapshots").iterdir()):
        text = file.read_text(encoding="utf-8")
        for old, new in names.items():
            text = re.sub(rf"\b{old}\b", new, text)
        (folder / "snapshots" / file.name).write_text(text, encoding="utf-8")
    return Shelf(build_desk(read_settings({"PEGMARK_FIXTURES": str(folder)})))


def test_whatever_is_stored_is_written_and_always_alike(tmp_path: Path) -> None:
    """Proves that the page is made for any folder of fixtures, and is the same text each time."""
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    one, other = made_up(tmp_path / "a"), made_up(tmp_path / "b")
    assert assets(one) == assets(other)
    assert latest(one) == latest(other)
    assert len(re.findall(r"^### ", assets(one), re.MULTILINE)) == len(list((DATA / "snapshots").iterdir()))


def test_names_that_are_spelled_alike_are_told_apart(tmp_path: Path) -> None:
    """Proves that the summary links to the right section where headings differ in signs only."""
    (tmp_path / "a").mkdir()
    shelf = made_up(tmp_path / "a", ALPHA="USD0", CASH="USD0++")
    page = tmp_path / "page.md"
    page.write_text(f"{latest(shelf)}\n\n{assets(shelf)}\n", encoding="utf-8")
    linked = {row[0] for row in rows(latest(shelf))[1:]}
    assert {"[USD0](#usd0-15-january-2026)", "[USD0++](#usd0-15-january-2026-1)"} <= linked
    assert all(link[link.index("#") + 1 : -1] in anchors(page) for link in linked)
