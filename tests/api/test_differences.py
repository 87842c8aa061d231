"""Rulebooks beside each other over HTTP: texts and ids, assets, refusals, and turns."""

from __future__ import annotations

from typing import Any

import pytest

from pegmark.api import differences
from pegmark.usecases.desk import Desk
from pegmark.usecases.difference import as_data, difference
from tests.api.conftest import Ask

DIFF = "/v1/rulebooks/diff"
USDC = {"asset": "USDC", "as_of": "2025-10-09"}


def texts(ask: Ask) -> dict[str, str]:
    """The texts of the house rulebook."""
    found: dict[str, str] = ask("GET", "/v1/rulebooks/house/text").json()["files"]
    return found


def changed(ask: Ask) -> dict[str, Any]:
    """The house rulebook with reports that may be 45 days old and no older."""
    files = texts(ask)
    files["classify.yaml"] = files["classify.yaml"].replace(
        "attestation_age <= 75d", "attestation_age <= 45d"
    )
    return {"files": files}


def compared(ask: Ask, **body: Any) -> dict[str, Any]:
    response = ask("POST", DIFF, json={"before": "house", **body})
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


def test_a_text_is_compared_with_what_runs(ask: Ask) -> None:
    """Proves that an edited text is told apart from the loaded rulebook, with places within both."""
    found = compared(ask, after=changed(ask))
    (change,) = found["changes"]
    assert (change["id"], change["what"], change["sense"]) == ("CLS-120", "when", "stricter")
    assert change["edits"] == ["`backing.attestation_age`: `75d` → `45d`"]
    assert change["before_at"] == change["after_at"]
    assert change["after_at"]["file"] == "classify.yaml"
    assert found["senses"] == {"stricter": 1, "looser": 0, "unclear": 0, "none": 0}
    assert found["impact"] is None
    assert found["before"]["resolved_digest"] != found["after"]["resolved_digest"]


def test_a_text_that_runs_already_is_no_change(ask: Ask) -> None:
    """Proves that the text that is sent out is the rulebook that runs, on either side."""
    found = compared(ask, after={"files": texts(ask)})
    assert found["changes"] == []
    assert found["before"] == found["after"]
    assert compared(ask, before={"files": texts(ask)}, after="house") == found


def test_assets_are_decided_by_both(ask: Ask) -> None:
    """Proves that stored assets and inline facts are asked of both, and movers have their rules."""
    stored = ask("GET", "/v1/assets/USDC/snapshots/2025-10-09").json()
    inline = {"as_of": "2025-10-09", "facts": stored["facts"]}
    impact = compared(
        ask, after=changed(ask), assets=[USDC, inline, {"asset": "BUIDL", "as_of": "2026-10-07"}]
    )["impact"]
    assert (impact["decided"], impact["changed"]) == (3, 2)
    assert impact["moves"]["class"] == [{"before": "fiat_reserve", "after": "fiat_reserve_mixed", "count": 2}]
    first, second = impact["movers"]
    assert (first["asset"], second["asset"]) == ("USDC", "assets/1")
    assert "CLS-120" in first["rules"]
    assert (first["before"], first["after"]) == (second["before"], second["after"])


def test_an_asset_is_decided_as_alone(ask: Ask) -> None:
    """Proves that what a mover had before is what `POST /v1/assessments` gives it."""
    (mover,) = compared(ask, after=changed(ask), assets=[USDC], size_usd=5e6)["impact"]["movers"]
    alone = ask("POST", "/v1/assessments", json=USDC | {"sizes_usd": [5e6]}).json()
    before = mover["before"]
    assert [before[key] for key in ("class", "band", "status")] == [
        alone[key] for key in ("class", "band", "status")
    ]
    assert before["venue_cap_usd"] == alone["cap"]["venue_usd"]
    (haircut,), (same,) = before["haircuts"], alone["haircuts"]
    assert (haircut["initial"], haircut["maintenance"]) == (
        same["initial"]["total"],
        same["maintenance"]["total"],
    )


def test_a_text_that_does_not_check_is_refused(ask: Ask) -> None:
    """Proves that the checker's own problems are given, each at its file and line."""
    files = texts(ask)
    files["classify.yaml"] = files["classify.yaml"].replace("attestation_age <= 75d", "attestation_age <= 45")
    response = ask("POST", DIFF, json={"before": "house", "after": {"files": files}})
    assert response.status_code == 422
    (error,) = response.json()["errors"]
    assert (error["code"], error["pointer"]) == ("E0204", "/after/files/classify.yaml")
    line = next(n for n, text in enumerate(files["classify.yaml"].splitlines(), 1) if "<= 45" in text)
    assert error["detail"].startswith(f"classify.yaml:{line}:")
    assert ask("GET", f"/v1/problems/{error['code']}").status_code == 200


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({"before": "house"}, "H4221", "/after"),
        ({"after": "huose"}, "Q0005", "/after"),
        ({"before": "huose", "after": "house"}, "Q0005", "/before"),
        ({"after": {"files": {}}}, "H4227", "/after/files"),
        ({"after": {"files": {"a.yml": ""}}}, "H4226", "/after/files/a.yml"),
        ({"after": 1}, "H4223", "/after"),
        ({"after": "house", "assets": []}, "H4227", "/assets"),
        ({"after": "house", "assets": [USDC] * 101}, "H4227", "/assets"),
        (
            {"after": "house", "assets": [USDC, {"asset": "USDX", "as_of": "2026-01-01"}]},
            "Q0002",
            "/assets/1/asset",
        ),
        ({"after": "house", "assets": [{"as_of": "2026-01-01"}]}, "Q0001", "/assets/0/facts"),
        ({"after": "house", "assets": [USDC], "size_usd": 0}, "H4224", "/size_usd"),
        ({"after": "house", "prove": True}, "H4222", "/prove"),
    ],
)
def test_what_cannot_be_compared_is_refused(ask: Ask, body: dict[str, Any], code: str, pointer: str) -> None:
    """Proves that each fault of a body is told by its code and where it stands."""
    response = ask("POST", DIFF, json={"before": "house", **body})
    assert response.status_code == 422
    assert (code, pointer) in {(error["code"], error["pointer"]) for error in response.json()["errors"]}


def test_many_changes_are_counted(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves that an answer has an end, and says what it leaves out."""
    files = texts(ask)
    files["rating.yaml"] = files["rating.yaml"].replace("cap: D", "cap: E")
    monkeypatch.setattr(differences, "MOST_CHANGES", 2)
    found = compared(ask, after={"files": files})
    assert (len(found["changes"]), found["left_out"], found["senses"]["stricter"]) == (2, 4, 6)


def test_the_api_gives_what_the_command_line_gives(ask: Ask, desk: Desk) -> None:
    """Proves that both put one report into the same data."""
    book = desk.book(None)
    assert compared(ask, after="house") == as_data(difference(book, book))
