"""`pegmark assess`: every way to ask, and that it answers what the API answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import orjson
import pytest
from litestar.testing import TestClient

from pegmark.api.app import build_app
from pegmark.bootstrap import build_desk, normal_of
from pegmark.cli import assess
from pegmark.settings import read_settings
from tests.cli.conftest import DATA, DAY, Run

ALPHA = str(DATA / "snapshots" / "alpha.yaml")


def body(run: Run, *arguments: str, stdin: bytes = b"") -> Any:
    """The decision that `--json` prints."""
    ran = run("assess", *arguments, "--json", stdin=stdin)
    assert (ran.code, ran.err) == (0, "")
    return json.loads(ran.out)


def test_an_asset_that_is_stored_is_decided_as_of_a_day(run: Run) -> None:
    """Proves that a name and a date suffice, and that the venue is the reference one by default."""
    found = body(run, "ALPHA", "--as-of", DAY)
    assert (found["asset"], found["as_of"], found["venue"]) == ("ALPHA", DAY, "reference")
    assert [haircut["size_usd"] for haircut in found["haircuts"]] == [1_000_000, 10_000_000]


def test_without_a_date_a_stored_asset_is_decided_today(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves that the default date is today's, and that the report says which facts are too old for it."""
    monkeypatch.setattr(assess, "today", lambda: "2026-12-31")
    assert body(run, "CASH")["as_of"] == "2026-12-31"
    report = run("assess", "CASH").out
    assert "CASH · 31 December 2026 · venue reference" in report
    assert "stored snapshot of 15 January 2026; " in report
    assert "are too old to use on 31 December 2026" in report


def test_a_file_is_decided_as_of_the_date_it_states(run: Run) -> None:
    """Proves that a file and the same facts stored give one decision, byte for byte."""
    assert run("assess", ALPHA, "--json").out == run("assess", "ALPHA", "--as-of", DAY, "--json").out


def test_a_file_in_json_gives_the_decision_of_the_same_file_in_yaml(run: Run, tmp_path: Path) -> None:
    """Proves that the form of a file is of no consequence, nor whether it is read from a pipe."""
    facts = {"reference": {"kind": "fiat", "currency": "USD"}, "liquidity": {"supply": 5e9}}
    said = {"asset": "X", "as_of": DAY, "facts": facts}
    (tmp_path / "x.json").write_bytes(orjson.dumps(said))
    text = b"asset: X\nas_of: 2026-01-15\nfacts:\n"
    text += b"  reference: {kind: fiat, currency: USD}\n  liquidity:\n    supply: 5e9\n"
    (tmp_path / "x.yaml").write_bytes(text)
    first = body(run, str(tmp_path / "x.yaml"))
    assert body(run, str(tmp_path / "x.json")) == first
    assert body(run, "-", stdin=text) == first
    assert body(run, "-", stdin=orjson.dumps(said)) == first


def resting_on(asset: str) -> dict[str, Any]:
    """Facts of something that rests on another asset."""
    return {"backing": {"components": [{"kind": "stablecoin", "share": 1, "asset": asset}], "basis": "net"}}


FIAT = {"reference": {"kind": "fiat"}}
REQUESTS: dict[str, dict[str, Any]] = {
    "stored": {"asset": "ALPHA", "as_of": DAY},
    "stored venue": {"asset": "sALPHA", "as_of": DAY, "venue": "own-book", "sizes_usd": [250000]},
    "trace": {"asset": "CASH", "as_of": DAY, "explain": "full"},
    "inline": {"as_of": DAY, "facts": FIAT, "venue": {"price_source": "own_order_book"}},
    "layers": {
        "asset": "W",
        "as_of": DAY,
        "explain": "none",
        "rulebook": "house",
        "facts": resting_on("Y"),
        "layers": {"Y": {"facts": FIAT}},
    },
}


@pytest.mark.parametrize("request_body", REQUESTS.values(), ids=REQUESTS.keys())
def test_a_request_gives_the_bytes_of_the_api(run: Run, request_body: dict[str, Any]) -> None:
    """Proves that `--json` prints what `POST /v1/assessments` sends for the same body."""
    settings = read_settings({"PEGMARK_FIXTURES": str(DATA)})
    app = build_app(build_desk(settings), normal_of(settings)[1], settings.max_body_bytes)
    sent = orjson.dumps(request_body)
    with TestClient(app) as client:
        headers = {"content-type": "application/json"}
        answer = client.post("/v1/assessments", content=sent, headers=headers)
    assert answer.status_code == 200
    assert run("assess", "-", "--json", stdin=sent).out.encode() == answer.content + b"\n"


def test_what_is_typed_wins_over_what_a_file_says(run: Run) -> None:
    """Proves that each option replaces its part of a request and leaves the others."""
    asked = {"asset": "ALPHA", "as_of": DAY, "venue": "own-book", "sizes_usd": [5e6], "explain": "none"}
    sent = orjson.dumps(asked)
    as_sent = body(run, "-", stdin=sent)
    assert (as_sent["venue"], as_sent["haircuts"][0]["size_usd"]) == ("own-book", 5_000_000)
    assert "waterfall" not in as_sent["haircuts"][0]
    typed = body(run, "-", "--venue", "reference", "--as-of", "2026-01-16", stdin=sent)
    assert (typed["venue"], typed["as_of"]) == ("reference", "2026-01-16")
    typed = body(run, "-", "--size", "250k", "--size", "$2.5M", "--explain", "full", stdin=sent)
    assert [haircut["size_usd"] for haircut in typed["haircuts"]] == [250_000, 2_500_000]
    assert typed["trace"]


def test_a_bare_fact_of_a_file_stays_as_old_as_the_file(run: Run) -> None:
    """Proves that asking a file about a later day makes none of its facts younger."""
    stale = {
        fact["fact"]
        for fact in body(run, ALPHA, "--as-of", "2026-02-28")["unknown"]
        if fact["state"] == "stale"
    }
    assert "peg.discount_now" in stale
    request = {"asset": "X", "as_of": DAY, "facts": {"peg": {"discount_now": 0.0, "volatility_30d": None}},
               "venue": {"discount_now": 0.0}, "layers": {}, "sizes_usd": [1e6]}  # fmt: skip
    found = body(run, "-", "--as-of", "2026-02-28", stdin=orjson.dumps(request))
    stale = {fact["fact"] for fact in found["unknown"] if fact["state"] == "stale"}
    assert stale == {"peg.discount_now", "venue.discount_now"}


def test_a_venue_is_a_name_or_a_file(run: Run, tmp_path: Path) -> None:
    """Proves that a venue's file counts as the stored venue does, and that bare facts will do."""
    stored = body(run, "ALPHA", "--as-of", DAY, "--venue", "own-book")
    given = body(run, "ALPHA", "--as-of", DAY, "--venue", str(DATA / "venues" / "own-book.yaml"))
    assert given["venue"] == "inline"
    assert [given[key] for key in ("class", "haircuts", "cap")] == [
        stored[key] for key in ("class", "haircuts", "cap")
    ]
    bare = tmp_path / "venue.json"
    bare.write_text('{"price_source": "own_order_book", "promotional_apr": 0.12}')
    found = body(run, "ALPHA", "--as-of", DAY, "--venue", str(bare))
    assert "single_venue_mark" in {finding["code"] for finding in found["findings"]}


def test_a_venue_s_facts_towards_the_asset_win(run: Run, tmp_path: Path) -> None:
    """Proves that what a venue's file says of one asset counts for that asset and for no other."""
    venue = tmp_path / "venue.yaml"
    venue.write_text(
        "venue: x\nfacts: {price_source: multi_venue_index}\n"
        "assets:\n  ALPHA: {price_source: own_order_book}\n"
    )

    def codes(asset: str) -> set[str]:
        found = body(run, asset, "--as-of", DAY, "--venue", str(venue))
        return {finding["code"] for finding in found["findings"]}

    assert "single_venue_mark" in codes("ALPHA")
    assert "single_venue_mark" not in codes("CASH")


def test_a_rulebook_is_a_name_or_a_path(run: Run, checkout: Path) -> None:
    """Proves that both ways to name a rulebook lead to the same one."""
    by_name = run("assess", "ALPHA", "--as-of", DAY, "--rulebook", "house", "--json").out
    by_path = run(
        "assess", "ALPHA", "--as-of", DAY, "--rulebook", str(checkout / "rules" / "house"), "--json"
    ).out
    assert by_name == by_path == run("assess", "ALPHA", "--as-of", DAY, "--json").out


def test_a_file_that_is_there_is_read_whatever_its_name(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Proves that an existing file without a suffix is a file, and that a folder hides no stored asset."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine").write_text(f"asset: MINE\nas_of: {DAY}\nfacts: {{}}\n")
    (tmp_path / "CASH").mkdir()
    assert body(run, "mine")["asset"] == "MINE"
    assert body(run, "CASH", "--as-of", DAY)["asset"] == "CASH"


UNANSWERED = [
    (["ALPA"], "error: Q0002: no asset is called `ALPA`", "did you mean `ALPHA`"),
    (["alpha"], "error: Q0002: no asset is called `alpha`", "did you mean `ALPHA`"),
    (["ALPHA", "--as-of", "2020-01-01"], "error: --as-of: Q0003: nothing", "the first snapshot is of 2026"),
    (["ALPHA", "--as-of", "1999-01-01"], "error: --as-of: ", "hint: "),
    (["ALPHA", "--venue", "referense"], "error: --venue: Q0004: no venue", "did you mean `reference`?"),
    (["ALPHA", "--rulebook", "hose"], "error: no rulebook is called `hose`", "did you mean `house`?"),
    ([ALPHA, "--as-of", "2026-01-14"], f"error: {ALPHA}:3:1: F0002: the file", "ask for 2026-01-15 or later"),
    (
        [str(DATA / "venues" / "reference.yaml")],
        "the file states facts about a venue",
        "give it as `--venue`",
    ),
    (["ALPHA", "--venue", ALPHA], "the file states facts about an asset", "give it instead of the asset"),
]


@pytest.mark.parametrize(("arguments", "message", "hint"), UNANSWERED)
def test_a_question_that_cannot_be_answered_says_why_and_what_to_ask(
    run: Run, arguments: list[str], message: str, hint: str
) -> None:
    """Proves that a wrong name or date exits 1 with one error, told by option or by place, and a hint."""
    ran = run("assess", *arguments)
    assert (ran.code, ran.out) == (1, "")
    assert message in ran.err
    assert hint in ran.err
    assert ran.err.count("error:") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["-", "-"],
        ["ALPHA", "--jobs", "0"],
        ["ALPHA", "CASH", "--svg", "x.svg"],
        ["ALPHA", "--svg", "-", "--output", "x.txt"],
        ["ALPHA", "--size", "many"],
        ["ALPHA", "--size", "0"],
        ["ALPHA", "--size", "2000bn"],
        ["ALPHA", "--as-of", "yesterday"],
        ["ALPHA", "--as-of", "2025-02-30"],
        ["ALPHA", "--as-of", "9999-12-31T23:59:59-23:59"],
        ["ALPHA", "--explain", "much"],
        ["ALPHA", "--colour"],
        ["-", "--venue", "-"],
        ["ALPHA", *["--size", "1M"] * 17],
    ],
)
def test_wrong_use_exits_2(run: Run, arguments: list[str]) -> None:
    """Proves that what cannot be understood as a command says so in two lines and decides nothing."""
    ran = run("assess", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("error: ")
    assert "hint: see `pegmark assess --help`" in ran.err
    assert len(ran.err.splitlines()) == 2


def test_a_rulebook_that_is_refused_is_told_by_its_lines(run: Run, checkout: Path) -> None:
    """Proves that a broken rulebook stops the decision with the place of what is broken."""
    broken = checkout / "fixtures" / "broken_rules" / "E0204"
    ran = run("assess", "ALPHA", "--as-of", DAY, "--rulebook", str(broken))
    assert ran.code == 1
    assert "rulebook.yaml:" in ran.err
    assert "E0204: " in ran.err


def test_a_problem_beneath_or_beside_points_to_where_it_stands(run: Run, tmp_path: Path) -> None:
    """Proves that facts of venues and layers are told by their own files and keys."""
    venue = tmp_path / "venue.yaml"
    venue.write_text("venue: x\nfacts:\n  max_discount_365d: 0.1\nassets:\n  ALPHA:\n    discount_now: 0.5\n")
    ran = run("assess", "ALPHA", "--as-of", DAY, "--venue", str(venue))
    assert ran.code == 1
    assert f"error: {venue}:" in ran.err
    later = {"facts": {"peg": {"discount_now": {"value": 0, "as_of": "2027-01-01"}}}}
    asked = {"asset": "X", "as_of": DAY, "facts": resting_on("Y"), "layers": {"Y": later}}
    ran = run("assess", "-", stdin=orjson.dumps(asked))
    assert "F0002" in ran.err
    assert "(/layers/Y/facts/peg/discount_now/as_of)" in ran.err


def test_an_asset_that_rests_on_itself_is_refused(run: Run) -> None:
    """Proves that a circle of layers is told at the component that closes it."""
    asked = {"asset": "sALPHA", "as_of": DAY, "sizes_usd": [1e6], "facts": resting_on("sALPHA")}
    ran = run("assess", "-", stdin=orjson.dumps(asked))
    assert ran.code == 1
    assert "Q0007: an asset rests on itself: sALPHA → sALPHA (/facts/backing/components)" in ran.err


def test_a_request_cannot_be_asked_about_a_day_before_its_facts(run: Run) -> None:
    """Proves that facts of a request are never taken for older than they are, and a stored asset may be."""
    facts = {"asset": "ALPHA", "as_of": DAY, "facts": FIAT, "venue": "reference"}
    ran = run("assess", "-", "--as-of", "2026-01-14", stdin=orjson.dumps(facts))
    assert (ran.code, ran.out) == (1, "")
    assert "F0002: the file states facts as of 2026-01-15" in ran.err
    named = {"asset": "ALPHA", "as_of": "2026-06-30"}
    assert body(run, "-", "--as-of", DAY, stdin=orjson.dumps(named))["as_of"] == DAY


def test_a_request_without_a_date_takes_the_one_that_is_typed(run: Run) -> None:
    """Proves that `as_of` may be left out of a file exactly where it is typed."""
    asked = orjson.dumps({"asset": "ALPHA", "sizes_usd": [1e6]})
    assert body(run, "-", "--as-of", DAY, stdin=asked)["as_of"] == DAY
    assert "H4221: the key `as_of` is missing" in run("assess", "-", stdin=asked).err


def test_layers_of_a_request_keep_their_age(run: Run) -> None:
    """Proves that asking a request about a later day makes the facts of its layers no younger."""
    layer = {"facts": {"peg": {"discount_now": 0.0}, "reference": {"kind": "fiat"}}}
    asked = {
        "asset": "W",
        "as_of": DAY,
        "facts": resting_on("Y"),
        "layers": {"Y": layer, "Z": {"facts": None}},
    }
    then = body(run, "-", stdin=orjson.dumps(asked))
    later = body(run, "-", "--as-of", "2026-03-01", stdin=orjson.dumps(asked))
    assert then["digests"]["facts"] != later["digests"]["facts"]
    dated = {"value": 0.0, "as_of": DAY}
    layer["facts"]["peg"]["discount_now"] = dated
    layer["facts"]["reference"]["kind"] = {"value": "fiat", "as_of": DAY}
    components = asked["facts"]["backing"]["components"]
    asked["facts"]["backing"] = {
        "components": {"value": components, "as_of": DAY},
        "basis": {"value": "net", "as_of": DAY},
    }
    asked["as_of"] = "2026-03-01"
    assert body(run, "-", stdin=orjson.dumps(asked)) == later


@pytest.mark.parametrize("typed", [[], ["--as-of", DAY]])
def test_a_file_of_a_day_that_is_none_is_refused(run: Run, tmp_path: Path, typed: list[str]) -> None:
    """Proves that a date that does not exist is told at its line, whether or not another is typed."""
    path = tmp_path / "x.yaml"
    path.write_text("asset: X\nas_of: 2026-02-30\nfacts:\n  peg: {discount_now: 0}\n")
    ran = run("assess", str(path), *typed)
    assert (ran.code, ran.out) == (1, "")
    assert "F0001: `2026-02-30` is not a date that exists" in ran.err
