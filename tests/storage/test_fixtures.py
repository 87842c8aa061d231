"""Stored snapshots and venues: what ships is honest, what cannot be used is refused by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from pegmark.errors import FactsError, NotFound
from pegmark.facts.components import COMPONENT_KINDS
from pegmark.facts.snapshot import moment
from pegmark.facts.vocabulary import FACTS
from pegmark.storage.fixtures import Fixtures, StoredSnapshot

SNAPSHOT = """\
asset: USDX
as_of: 2025-10-09
facts:
  backing:
    collateral_ratio: {value: 1.01, as_of: 2025-09-30, source: A report}
  peg:
    discount_now: 0.001
"""
VENUE = """\
venue: desk
facts:
  price_source: {value: multi_venue_index, source: By definition}
"""


@pytest.fixture(scope="module")
def shipped(checkout: Path) -> Fixtures:
    """What the project ships."""
    return Fixtures(checkout / "fixtures")


def folder(
    tmp_path: Path, snapshots: Mapping[str, str | bytes], venues: Mapping[str, str] | None = None
) -> Path:
    """Return a folder of fixtures with these files."""
    for name, texts in (("snapshots", snapshots), ("venues", venues or {"desk.yaml": VENUE})):
        (tmp_path / name).mkdir()
        for file, text in texts.items():
            (tmp_path / name / file).write_bytes(text if isinstance(text, bytes) else text.encode())
    return tmp_path


def refused(where: Path) -> FactsError:
    """Return the refusal of a folder."""
    with pytest.raises(FactsError) as caught:
        Fixtures(where)
    return caught.value


def all_snapshots(catalogue: Fixtures) -> Iterator[StoredSnapshot]:
    """Walk every snapshot of every asset."""
    for asset in catalogue.assets():
        yield from catalogue.snapshots(asset)


def claims(snapshot: StoredSnapshot) -> Iterator[tuple[str, Any]]:
    """Walk the facts of a snapshot as they are written, by name."""
    for group, facts in snapshot.text.items():
        for name, claim in facts.items():
            yield f"{group}.{name}", claim


def test_what_ships_is_the_assets_and_venues_that_are_promised(shipped: Fixtures) -> None:
    """Proves that each shipped file loads, which every start of the service relies on."""
    stored = {(snapshot.asset, snapshot.as_of) for snapshot in all_snapshots(shipped)}
    assert stored >= {
        ("BENJI", "2025-11-13"),
        ("BENJI", "2026-07-14"),
        ("BUIDL", "2026-07-22"),
        ("BUIDL", "2026-09-30"),
        ("FDUSD", "2025-04-01"),
        ("FDUSD", "2025-09-11"),
        ("FDUSD", "2026-09-30"),
        ("GUSD", "2025-09-11"),
        ("GUSD", "2026-10-07"),
        ("PAXG", "2025-09-11"),
        ("PAXG", "2026-09-30"),
        ("PYUSD", "2025-09-11"),
        ("PYUSD", "2026-09-30"),
        ("TUSD", "2023-06-09"),
        ("TUSD", "2024-01-16"),
        ("TUSD", "2024-11-21"),
        ("TUSD", "2026-09-30"),
        ("USD1", "2026-09-30"),
        ("USDC", "2023-03-10"),
        ("USDC", "2025-10-09"),
        ("USDC", "2026-07-31"),
        ("USDS", "2026-10-07"),
        ("USDT", "2023-10-31"),
        ("USDT", "2025-09-30"),
        ("USDT", "2026-01-31"),
        ("USDT", "2026-07-31"),
        ("USDT", "2026-09-30"),
        ("USDY", "2026-09-30"),
        ("USDe", "2025-10-09"),
        ("USDe", "2026-01-05"),
        ("USDe", "2026-07-19"),
        ("UST", "2022-04-30"),
        ("WBETH", "2025-10-09"),
        ("WBETH", "2026-09-15"),
        ("sUSDe", "2025-10-09"),
        ("sUSDe", "2026-07-19"),
    }
    assert [venue.id for venue in shipped.venues()] == ["exchange-2025-10", "lender-redeeming", "reference"]


def test_a_snapshot_is_stored_under_its_asset_and_moment(shipped: Fixtures, checkout: Path) -> None:
    """Proves that a file is where its content says, so that looking for it finds it."""
    named = {path.name for path in (checkout / "fixtures" / "snapshots").rglob("*.yaml")}
    assert named == {f"{s.asset.lower()}-{s.as_of}.yaml" for s in all_snapshots(shipped)}
    venues = {path.name for path in (checkout / "fixtures" / "venues").rglob("*.yaml")}
    assert venues == {f"{venue.id}.yaml" for venue in shipped.venues()}


def test_every_stored_fact_is_dated_and_says_where_it_is_from(shipped: Fixtures) -> None:
    """Proves that nothing in a snapshot is on nobody's word, undated or of no known confidence."""
    for snapshot in all_snapshots(shipped):
        for name, claim in claims(snapshot):
            where = f"{snapshot.asset} {snapshot.as_of} {name}"
            assert isinstance(claim, dict), f"{where}: bare"
            assert len(claim.get("source", "")) > 10, f"{where}: no source"
            assert "as_of" in claim, f"{where}: no date"
            assert "unknown" in claim or "confidence" in claim, f"{where}: no confidence"


def test_every_fact_of_a_venue_says_where_it_is_from(shipped: Fixtures) -> None:
    """Proves the same of venues, whose facts are dated only where the venue is."""
    for venue in shipped.venues():
        for text in (venue.text, *venue.asset_texts.values()):
            for name, claim in text.items():
                assert isinstance(claim, dict), f"{venue.id} {name}: bare"
                assert len(claim.get("source", "")) > 10, f"{venue.id} {name}: no source"


def test_no_stored_fact_was_unknowable_at_its_snapshot(shipped: Fixtures) -> None:
    """Proves that no snapshot knows the future: no fact is of a later day, or was published on one."""
    for snapshot in all_snapshots(shipped):
        for name, claim in claims(snapshot):
            for key in ("as_of", "knowable_at"):
                if key in claim:
                    assert moment(claim[key]) <= snapshot.at, (
                        f"{snapshot.asset} {snapshot.as_of} {name} {key}"
                    )


def test_no_stored_fact_is_stale_at_its_own_snapshot(shipped: Fixtures) -> None:
    """Proves that no snapshot carries a fact that is too old to count on the very day it is asked about."""
    for snapshot in all_snapshots(shipped):
        for name, claim in claims(snapshot):
            limit = FACTS[name].max_age_days
            if limit is not None and "value" in claim:
                age = (snapshot.at - moment(claim["as_of"])).days
                assert age <= limit, f"{snapshot.asset} {snapshot.as_of} {name}: {age} days, at most {limit}"


def test_an_estimate_says_whose_it_is_and_on_what_it_rests(shipped: Fixtures) -> None:
    """Proves that no estimate passes for a finding: each is called ours and gives its grounds."""
    estimates = [
        (f"{stored} {name}", claim)
        for stored, facts in (
            *((f"{s.asset} {s.as_of}", dict(claims(s))) for s in all_snapshots(shipped)),
            *(
                (venue.id, text)
                for venue in shipped.venues()
                for text in (venue.text, *venue.asset_texts.values())
            ),
        )
        for name, claim in facts.items()
        if claim.get("estimated")
    ]
    stated = sum(1 for snapshot in all_snapshots(shipped) for _ in claims(snapshot))
    assert 0 < len(estimates) < 0.025 * stated, "estimates are few"
    for where, claim in estimates:
        assert claim["source"].startswith(("Our estimate: ", "Our reconstruction. ")), where
        assert len(claim["source"]) > 80, where
        assert claim["confidence"] == "low", where


def test_nothing_that_happened_on_10_october_2025_is_in_a_snapshot_of_the_day_before(
    shipped: Fixtures,
) -> None:
    """Proves the one temptation resisted: what broke the next day is no input to how USDe was seen."""
    (before,) = [s for s in shipped.snapshots("USDe") if s.as_of == "2025-10-09"]
    facts = dict(claims(before))
    assert "liquidity.stressed_depth_2pct" not in facts
    assert "peg.stressed_average_discount" not in facts
    assert facts["redemption.largest_met_24h"]["value"] < 1_000_000_000
    assert facts["backing.components"]["estimated"] is True


def test_nothing_that_befell_fdusd_on_2_april_2025_is_in_its_snapshot_of_the_day_before(
    shipped: Fixtures,
) -> None:
    """Proves that FDUSD is seen as it stood: its fall to 0.87, and what was redeemed in it, are no inputs."""
    before, after = (dict(claims(s)) for s in shipped.snapshots("FDUSD") if s.as_of < "2026")
    assert before["peg.max_discount_365d"]["as_of"] == "2025-04-01"
    assert before["peg.max_discount_365d"]["value"] < 0.06
    assert "redemption.largest_met_24h" not in before
    assert "redemption.largest_met_24h" in after


def test_tusd_is_told_apart_only_from_its_first_report_by_kind_on(shipped: Fixtures) -> None:
    """Proves that what came out about TUSD's reserve in 2024 is not in how it was seen in 2023."""
    kinds = [
        {component["kind"] for component in dict(claims(s))["backing.components"]["value"]}
        for s in shipped.snapshots("TUSD")
    ]
    assert kinds[0] == {"undisclosed"}
    assert "government_debt" in kinds[1]


def test_a_component_that_names_an_asset_names_one_that_is_stored(shipped: Fixtures) -> None:
    """Proves that what lies beneath a shipped asset can be judged, which an unresolved name would prevent."""
    for snapshot in all_snapshots(shipped):
        for component in snapshot.text["backing"]["components"]["value"]:
            assert component["kind"] in COMPONENT_KINDS
            if "asset" in component:
                found = shipped.in_force(component["asset"], snapshot.at)
                assert found is not None, f"{snapshot.asset} {snapshot.as_of} rests on {component['asset']}"


def test_the_reference_venue_leaves_nothing_unknown(shipped: Fixtures) -> None:
    """Proves that the yardstick hides nothing, so that what is unknown before it is unknown of the asset."""
    for venue in ("reference", "lender-redeeming"):
        stated = {f"venue.{name}" for name, claim in shipped.venue(venue).text.items() if "value" in claim}
        assert stated == {name for name in FACTS if name.startswith("venue.")}


def test_a_bare_fact_is_as_of_its_file(tmp_path: Path) -> None:
    """Proves that a fact without a date ages from the snapshot's date, and one with a date from its own."""
    (stored,) = Fixtures(folder(tmp_path, {"usdx.yaml": SNAPSHOT})).snapshots("USDX")
    facts: Any = stored.facts
    assert facts.peg.discount_now.as_of == "2025-10-09"
    assert facts.backing.collateral_ratio.as_of == "2025-09-30"


def test_values_are_read_as_in_json(tmp_path: Path) -> None:
    """Proves that YAML's own ideas of dates, yes and no, and octal numbers change nothing."""
    text = SNAPSHOT.replace("source: A report", "source: no").replace("2025-09-30", "'2025-09-30'")
    (stored,) = Fixtures(folder(tmp_path, {"usdx.yaml": text})).snapshots("USDX")
    claim = stored.text["backing"]["collateral_ratio"]
    assert claim == {"value": 1.01, "as_of": "2025-09-30", "source": "no"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("asset: [USDX\n", "usdx.yaml:2:1: "),
        ("- asset: USDX\n", "usdx.yaml:1:1: the file is not a mapping"),
        ("", "usdx.yaml:1:1: file is empty"),
        ("asset: USDX\nas_of: 2025-10-09\nasset: USDY\nfacts: {}\n", "usdx.yaml:3:1: duplicate key `asset`"),
        (b"asset: \xff\n", "usdx.yaml:1:8: "),
        ("asset: &a USDX\n", "usdx.yaml:1:8: anchor"),
        ("as_of: 2025-10-09\nfacts: {}\n", "usdx.yaml:1:1: the key `asset` is missing"),
        (
            SNAPSHOT.replace("1.01", "'1.01'"),
            "usdx.yaml:5:24: should be",
        ),
        (
            SNAPSHOT.replace("1.01", "11"),
            "usdx.yaml:5:24: should be less",
        ),
        (
            SNAPSHOT.replace("1.01", ".nan"),
            "usdx.yaml:5:24: should be",
        ),
        (
            SNAPSHOT.replace("collateral_ratio", "collateral_rate"),
            "usdx.yaml:5:5: there is no such key",
        ),
        (SNAPSHOT.replace("peg:", "pegs:"), "usdx.yaml:6:3: there is no such key"),
        (SNAPSHOT.replace("2025-10-09", "2025-02-30"), "usdx.yaml:2:1: `2025-02-30` is not a date"),
        (
            SNAPSHOT.replace("2025-09-30", "2025-10-10"),
            "usdx.yaml:5:37: ",
        ),
        (
            SNAPSHOT + "    max_discount_30d: 0.0001\n",
            "usdx.yaml:8:5: `peg.max_discount_30d` is below `peg.discount_now`",
        ),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_the_place(
    tmp_path: Path, text: str | bytes, said: str
) -> None:
    """Proves that whoever starts the service learns which file is wrong, where in it, and how."""
    error = refused(folder(tmp_path, {"usdx.yaml": text}))
    assert said in str(error)
    assert {problem.code for problem in error.problems} == {"Q0009"}


def test_every_problem_of_a_file_is_reported_at_once(tmp_path: Path) -> None:
    """Proves that a file is not mended one start at a time."""
    text = SNAPSHOT.replace("1.01", "high").replace("0.001", "[]")
    assert [p.pointer for p in refused(folder(tmp_path, {"usdx.yaml": text})).problems] == [
        "/facts/backing/collateral_ratio/value",
        "/facts/peg/discount_now",
    ]


@pytest.mark.parametrize(
    "second", ["2025-10-09", "2025-10-09T23:59:59.999999Z", "2025-10-10T01:59:59.999999+02:00"]
)
def test_one_asset_is_stored_once_at_a_moment(tmp_path: Path, second: str) -> None:
    """Proves that which of two snapshots is in force is never left to the order of files."""
    again = SNAPSHOT.replace("2025-10-09", second)
    error = refused(folder(tmp_path, {"a.yaml": SNAPSHOT, "b.yaml": again}))
    assert str(error).endswith(f"b.yaml: `USDX` at {second} stands in `a.yaml` already")


def test_one_venue_is_stored_once(tmp_path: Path) -> None:
    """Proves the same of venues, which are named by id and not by file."""
    error = refused(folder(tmp_path, {"a.yaml": SNAPSHOT}, {"a.yaml": VENUE, "b.yaml": VENUE}))
    assert str(error).endswith("b.yaml: venue `desk` stands in `a.yaml` already")


def test_a_venue_that_contradicts_itself_is_refused(tmp_path: Path) -> None:
    """Proves that a venue is checked when the process starts and not when somebody first asks about it."""
    text = VENUE + "  discount_now: 0.02\n  max_discount_365d: 0.01\n"
    error = refused(folder(tmp_path, {"a.yaml": SNAPSHOT}, {"desk.yaml": text}))
    assert "desk.yaml:5:3: `venue.max_discount_365d` is below" in str(error)


def test_a_bare_fact_of_a_dated_venue_is_as_of_that_date(tmp_path: Path) -> None:
    """Proves that a venue that says when it was looked at lends its facts that date, and no other does."""
    dated = VENUE.replace("facts:", "as_of: 2025-10-09\nfacts:\n  fee_waived: true")
    venues = {"dated.yaml": dated.replace("desk", "dated"), "desk.yaml": VENUE}
    catalogue = Fixtures(folder(tmp_path, {"a.yaml": SNAPSHOT}, venues))
    facts: Any = catalogue.venue("dated").facts
    assert facts.fee_waived.as_of == "2025-10-09"
    undated: Any = catalogue.venue("desk").facts
    assert undated.price_source.as_of is None


@pytest.mark.parametrize("missing", ["snapshots", "venues"])
def test_a_folder_that_is_missing_is_named(tmp_path: Path, missing: str) -> None:
    """Proves that a folder of the wrong shape is told from one that is empty."""
    where = folder(tmp_path, {})
    for path in (where / missing).iterdir():
        path.unlink()
    (where / missing).rmdir()
    assert f"{missing}: there is no such folder" in str(refused(where))


def test_the_latest_snapshot_that_is_not_after_the_moment_is_in_force(shipped: Fixtures) -> None:
    """Proves that a question about a day is answered from what stood at its end, never from later."""

    def in_force(at: str) -> str | None:
        found = shipped.in_force("USDe", moment(at))
        return found.as_of if found else None

    assert in_force("2024-05-23") is None
    assert in_force("2024-05-24T23:00:00Z") is None
    assert in_force("2024-05-24") == "2024-05-24"
    assert in_force("2025-10-08") == "2025-05-28"
    assert in_force("2025-10-09T23:00:00Z") == "2025-05-28"
    assert in_force("2025-10-09") == "2025-10-09"
    assert in_force("2026-01-04") == "2025-11-07"
    assert in_force("2026-01-05") == "2026-01-05"
    assert in_force("2030-01-01") == "2026-07-19"


def test_snapshots_and_names_come_in_order(shipped: Fixtures) -> None:
    """Proves that lists are the same on every machine: names without regard to case, oldest first."""
    assert shipped.assets() == sorted(shipped.assets(), key=str.casefold)
    for asset in shipped.assets():
        moments = [snapshot.at for snapshot in shipped.snapshots(asset)]
        assert moments == sorted(moments)


def test_an_unknown_name_suggests_the_nearest(shipped: Fixtures) -> None:
    """Proves that a slip of case or spelling is met with the name that was meant."""
    with pytest.raises(NotFound) as asset:
        shipped.snapshots("usde")
    assert asset.value.suggestions[0] == "USDe"
    with pytest.raises(NotFound) as unknown:
        shipped.in_force("XAUT", moment("2026-01-01"))
    assert (unknown.value.what, unknown.value.name) == ("asset", "XAUT")
    with pytest.raises(NotFound) as venue:
        shipped.venue("exchange-2025")
    assert venue.value.suggestions == ("exchange-2025-10",)


def test_a_fact_that_a_rulebook_declares_may_be_stored(tmp_path: Path) -> None:
    """Proves that storing asks no rulebook: a custom fact is checked by the book that reads it."""
    text = SNAPSHOT + "  custom:\n    audits: 2\n"
    (stored,) = Fixtures(folder(tmp_path, {"usdx.yaml": text})).snapshots("USDX")
    assert stored.text["custom"] == {"audits": 2}


def test_a_venue_may_take_single_assets_otherwise(tmp_path: Path) -> None:
    """Proves that facts towards one asset win over the venue's own, add to them, and touch no other asset."""
    text = (
        VENUE + "assets:\n  X:\n    price_source: {value: par, source: By definition}\n    fee_waived: true\n"
    )
    venue: Any = Fixtures(folder(tmp_path, {"a.yaml": SNAPSHOT}, {"desk.yaml": text})).venue("desk")
    assert venue.towards("X").price_source.value == "par"
    assert venue.towards("X").fee_waived is True
    assert venue.towards("Y") == venue.towards(None) == venue.facts
    assert venue.facts.price_source.value == "multi_venue_index"
    assert venue.facts.fee_waived is None


def test_a_contradiction_towards_a_single_asset_is_placed(tmp_path: Path) -> None:
    """Proves that what a venue says of one asset is checked with what it says of all, at the asset's line."""
    text = VENUE + "  discount_now: 0.5\nassets:\n  X: {max_discount_365d: 0.1}\n"
    error = refused(folder(tmp_path, {"a.yaml": SNAPSHOT}, {"desk.yaml": text}))
    assert "desk.yaml:6:7: `venue.max_discount_365d` is below" in str(error)
