"""Assets, snapshots and venues: what is stored, page by page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from pegmark.usecases.desk import Desk
from tests.api.conftest import Ask


def pages(ask: Ask, limit: int) -> list[list[str]]:
    found, target = [], f"/v1/assets?limit={limit}"
    while True:
        page = ask("GET", target).json()
        found.append([item["asset"] for item in page["items"]])
        if page["next"] is None:
            return found
        target = f"/v1/assets?limit={limit}&cursor={page['next']}"


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 100])
def test_pages_hold_every_asset_once(ask: Ask, desk: Desk, limit: int) -> None:
    """Proves that following `next` visits every asset, in order, whatever the size of a page."""
    found = pages(ask, limit)
    names = [name for page in found for name in page]
    assert names == sorted(desk.catalogue.assets(), key=str.casefold)
    assert all(len(page) == limit for page in found[:-1])
    assert 0 < len(found[-1]) <= limit


def test_a_cursor_is_a_place_not_a_number(ask: Ask, desk: Desk) -> None:
    """Proves that a page goes on after a name even where that name is no longer stored."""
    gone = b"USDd".hex()
    (after, *_) = ask("GET", f"/v1/assets?cursor={gone}").json()["items"]
    assert after["asset"] == next(name for name in desk.catalogue.assets() if name.casefold() > "usdd")
    assert ask("GET", f"/v1/assets?cursor={b'~~~'.hex()}").json() == {"items": [], "next": None}


def test_an_asset_leads_to_its_snapshots(ask: Ask, desk: Desk) -> None:
    """Proves that every link of the catalogue can be followed, and ends in the facts as they are stored."""
    for name in desk.catalogue.assets():
        asset = ask("GET", f"/v1/assets/{name}").json()
        assert asset["href"] == f"/v1/assets/{name}"
        assert [entry["as_of"] for entry in asset["snapshots"]] == [
            stored.as_of for stored in desk.catalogue.snapshots(name)
        ]
        for entry in asset["snapshots"]:
            snapshot = ask("GET", entry["href"]).json()
            assert (snapshot["asset"], snapshot["as_of"]) == (name, entry["as_of"])
            assert entry["facts"] == sum(map(len, snapshot["facts"].values())) > 0


def test_a_snapshot_is_the_file(ask: Ask, checkout: Path) -> None:
    """Proves that nothing is lost between the file that is reviewed and what is sent."""
    for path in sorted((checkout / "fixtures" / "snapshots").glob("*.yaml")):
        file = yaml.load(path.read_bytes(), Loader=yaml.BaseLoader)
        sent = ask("GET", f"/v1/assets/{file['asset']}/snapshots/{file['as_of']}").json()
        assert {group: sorted(facts) for group, facts in sent["facts"].items()} == {
            group: sorted(facts) for group, facts in file["facts"].items()
        }


def test_a_stored_snapshot_may_be_sent_back(ask: Ask, desk: Desk) -> None:
    """Proves that `facts` of a snapshot has the form that a question takes."""
    name = desk.catalogue.assets()[0]
    entry = ask("GET", f"/v1/assets/{name}").json()["snapshots"][-1]
    facts = ask("GET", entry["href"]).json()["facts"]
    question = {"asset": name, "as_of": entry["as_of"], "explain": "none"}
    inline = ask("POST", "/v1/assessments", json=question | {"facts": facts}).json()
    stored = ask("POST", "/v1/assessments", json=question).json()
    for key in ("class", "band", "scores", "haircuts", "cap", "status"):
        assert inline[key] == stored[key]


def test_a_missing_snapshot_names_those_there_are(ask: Ask) -> None:
    """Proves that who asks for the wrong date learns the right ones."""
    problem = ask("GET", "/v1/assets/USDe/snapshots/2025-10-08").json()
    assert problem["errors"][0]["parameter"] == "as_of"
    assert "2025-10-09" in problem["errors"][0]["help"]


def test_venues_are_listed_and_found(ask: Ask) -> None:
    """Proves that a venue in the list is the venue on its own, and that its facts may be sent back."""
    page = ask("GET", "/v1/venues").json()
    assert "reference" in [item["venue"] for item in page["items"]]
    for item in page["items"]:
        assert ask("GET", item["href"]).json() == item
        question: dict[str, Any] = {"asset": "USDe", "as_of": "2025-10-09", "venue": item["facts"]}
        assert ask("POST", "/v1/assessments", json=question).json()["venue"] == "inline"


def test_a_venue_that_is_not_there_is_guessed_at(ask: Ask) -> None:
    """Proves that a misspelt venue is told apart from a wrong path, with what was probably meant."""
    problem = ask("GET", "/v1/venues/referense").json()
    assert (problem["status"], problem["errors"][0]["code"]) == (404, "H4041")
    assert problem["errors"][0]["help"] == "did you mean `reference`?"
