"""The report: what a credit officer must find in it, and that it says what the decision says."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from pegmark.cli.amounts import duration, money, percent, share, usd
from pegmark.cli.counterfactuals import counterfactuals
from pegmark.cli.lexicon import Lexicon
from pegmark.cli.terminal import Style
from tests.cli.conftest import DATA, DAY, Run

ASSETS = ("ALPHA", "sALPHA", "ORPHAN", "wETHX", "CASH", "SUNK")


def ask(run: Run, *arguments: str) -> tuple[str, Any]:
    """The report of a question, and the decision behind it."""
    report = run("assess", *arguments)
    assert (report.code, report.err) == (0, "")
    return report.out, json.loads(run("assess", *arguments, "--json").out)


def flat(text: str) -> str:
    """Text without its line breaks."""
    return " ".join(text.split())


@pytest.mark.parametrize("venue", ["reference", "own-book"])
@pytest.mark.parametrize("asset", ASSETS)
def test_nothing_that_was_decided_is_left_out(run: Run, asset: str, venue: str) -> None:
    """Proves that every outcome, amount, reason and missing fact of a decision stands in its report."""
    report, body = ask(run, asset, "--as-of", DAY, "--venue", venue)
    text = flat(report)
    assert f"{body['class'].replace('_', ' ')} · " in text
    assert f"band {body['band']}" in text
    assert f"({body['decided_by']})" in text
    for pillar, score in body["scores"].items():
        assert re.search(rf"^  {pillar} .* {score}$", report, re.MULTILINE)
    for rule in body["capped_by"]:
        assert re.search(rf"^  {rule} ", report, re.MULTILINE)
    for haircut in body["haircuts"]:
        assert f"at {money(haircut['size_usd'])}" in text
        for line in haircut["waterfall"]:
            if line["amount"] or "reads" in line:
                row = re.search(rf"^  {line['rule']} .*$", report, re.MULTILINE)
                assert row is not None
                assert percent(line["amount"]) in row[0]
            assert not line["amount"] or flat(line.get("why", "")) in text
    for fact in body["unknown"]:
        assert fact["fact"] in text
    for finding in body["findings"]:
        assert flat(f"{finding['rule']} {finding['severity']}: {finding['code'].replace('_', ' ')}") in text
        assert flat(finding["why"]) in text
        assert flat(finding["remedy"]) in text
    assert all(digest in text for digest in (body["id"], *body["digests"].values()))
    if body["eligible"]:
        for tier in body["ladder"]:
            assert f"{percent(tier['initial'])} {percent(tier['maintenance'])}" in text
        for condition in body["conditions"]:
            assert f"{condition['rule']} {condition['code'].replace('_', ' ')}: " in text
        assert (
            f"{money(body['cap']['venue_usd'])} at the venue, {money(body['cap']['account_usd'])} an account"
            in text
        )
        assert re.search(rf"^  {body['cap']['binding']} .*binds", report, re.MULTILINE)
        assert f"Mark: {body['mark']['basis'].replace('_', ' ')} in {body['mark']['quote']}" in text
    else:
        assert "not accepted" in text
        assert "Cap: nothing is taken as collateral" in text
        assert "Conditions" not in text


def test_the_waterfall_reads_as_it_sums(run: Run) -> None:
    """Proves that the amounts of a column come to the maintenance below them, as far as they are printed."""
    report, _ = ask(run, "ALPHA", "--as-of", DAY, "--venue", "own-book", "--size", "1M")
    rows = re.findall(r"^  [A-Z][A-Z-]+ +(-?[\d.]+) %$", report, re.MULTILINE)
    total = re.search(r"^Maintenance +([\d.]+) %$", report, re.MULTILINE)
    assert total is not None
    assert len(rows) > 3
    assert sum(map(float, rows)) == pytest.approx(float(total[1]), abs=0.005 * len(rows))


def test_a_step_that_reads_the_size_says_what_it_read_at_each(run: Run) -> None:
    """Proves that values that differ between sizes are told for all of them, and others once."""
    report, _ = ask(run, "ALPHA", "--as-of", DAY, "--size", "1M", "--size", "25M", "--size", "50M")
    assert "position.size $1M / $25M / $50M" in flat(report)
    assert flat(report).count("exit_depth $") == 1


def test_many_sizes_take_several_tables(run: Run) -> None:
    """Proves that sizes beyond the width begin a new table and that none is dropped."""
    sizes = [f"{n}M" for n in range(1, 17)]
    report, _ = ask(run, "CASH", "--as-of", DAY, *(word for size in sizes for word in ("--size", size)))
    heads = re.findall(r"^Haircut .*$", report, re.MULTILINE)
    assert len(heads) == 3
    assert re.findall(r"\$\d+M", " ".join(heads)) == [f"${size}" for size in sizes]


def test_a_wrapper_says_what_it_rests_on(run: Run) -> None:
    """Proves that a layer is named with its share and the day of its facts, or as not known."""
    assert "rests on  100 % ALPHA, known as of 15 January 2026" in ask(run, "sALPHA", "--as-of", DAY)[0]
    report, body = ask(run, "ORPHAN", "--as-of", DAY)
    assert "rests on  100 % NOWHERE, of which nothing is known here" in report
    assert body["band"] == "E"


def test_layers_of_a_request_are_told_too(run: Run) -> None:
    """Proves that facts given for a layer are told from a layer given as not known."""
    facts = {"backing": {"components": [{"kind": "stablecoin", "share": 0.6, "asset": "Y"},
                                        {"kind": "stablecoin", "share": 0.2, "asset": "ALPHA"},
                                        {"kind": "cash", "share": 0.2}], "basis": "net"}}  # fmt: skip
    for given, said in (
        ({"facts": {}}, "known as of 15 January 2026"),
        ({"facts": None}, "of which nothing is known"),
    ):
        asked = {"asset": "W", "as_of": DAY, "facts": facts, "layers": {"Y": given}}
        out = run("assess", "-", stdin=json.dumps(asked).encode()).out
        assert f"60 % Y, {said}" in out
        assert "20 % ALPHA, known as of 15 January 2026" in out


def test_a_claim_shows_basis_reference_and_total(run: Run) -> None:
    """Proves that the haircut of what a claim is on is told apart from the claim's own."""
    report, body = ask(run, "wETHX", "--as-of", DAY, "--size", "1M")
    [haircut] = body["haircuts"]
    for label, terms, part in (
        ("Maintenance, own", "maintenance", "basis"),
        ("Initial, own", "initial", "basis"),
        ("Reference", "maintenance", "reference"),
        ("Maintenance in all", "maintenance", "total"),
        ("Initial in all", "initial", "total"),
    ):
        assert re.search(rf"^{label} +{re.escape(percent(haircut[terms][part]))}$", report, re.MULTILINE)
    assert f"with {share(haircut['initial']['reference'])} for what it is a claim on" in flat(report)
    assert "Reference" not in ask(run, "CASH", "--as-of", DAY)[0]


def test_a_rule_that_fires_on_what_is_unknown_says_so(run: Run) -> None:
    """Proves that a knock-out for want of a fact is told from one for cause, by the fact that is missing."""
    report, body = ask(run, "ALPHA", "--as-of", DAY)
    assert "KO-CIRCULAR" in body["capped_by"]
    assert "Not known: backing.circular_share" in report


def test_a_status_says_which_rule_it_follows_from(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves that intake is never stopped, nor an asset refused, without the rule and the fact behind it."""
    report, body = ask(run, "sALPHA", "--as-of", DAY)
    assert body["status"] == "no_new"
    verdict = report.partition("Scores")[0]
    assert "(ST-DISCOUNT)\n    Not known: peg.discount_now\n" in verdict
    assert "Limits: $1M, $100k an account." in verdict
    refused = ask(run, "SUNK", "--as-of", DAY)[0].partition("Scores")[0]
    assert "(ST-CLASS)" in refused
    assert "Limits" not in refused
    assert "(ST-" not in ask(run, "ALPHA", "--as-of", DAY)[0]


def test_a_class_for_want_of_facts_says_what_could_not_be_told(run: Run, tmp_path: Path) -> None:
    """Proves that the last class is told from that of the rule that stopped there, and what is missing."""
    facts = yaml.safe_load((DATA / "snapshots" / "cash.yaml").read_text(encoding="utf-8"))
    locked = tmp_path / "locked.yaml"
    del facts["facts"]["redemption"]["lock"]
    del facts["facts"]["backing"]["largest_bank_share"]
    facts["facts"]["backing"]["components"] = [{"kind": "stablecoin", "share": 1}]
    locked.write_text(yaml.safe_dump(facts), encoding="utf-8")
    untold = tmp_path / "untold.yaml"
    del facts["facts"]["backing"]["components"]
    untold.write_text(yaml.safe_dump(facts), encoding="utf-8")

    report, body = ask(run, str(untold))
    assert (body["class"], body["decided_by"]) == ("unclassified", "CLS-020")
    verdict = report.partition("Scores")[0]
    assert "It cannot be told whether: " in verdict
    assert "Not known: backing.components" in flat(verdict)

    report, body = ask(run, str(locked))
    assert (body["class"], body["decided_by"]) == ("term_claim", "CLS-040")
    verdict = report.partition("Scores")[0]
    assert "It cannot be told whether: " not in verdict
    assert "(CLS-040) Not known: redemption.lock" in flat(verdict)


def test_the_trace_tells_every_rule_with_margin_and_params(run: Run) -> None:
    """Proves that `full` adds each rule evaluated: whether it held, by how much, on what."""
    report, body = ask(run, "ALPHA", "--as-of", DAY, "--explain", "full")
    trace = report.partition("Trace: ")[2]
    for entry in body["trace"]:
        assert re.search(rf"^    {entry['rule']} ", trace, re.MULTILINE)
    text = flat(trace)
    assert "CLS-050 holds" in text
    assert "CLS-020 does not hold" in text
    assert "cannot be told" in text
    assert re.search(r"own_paper_limit: 0% against \d+%, \d+% below", text)
    assert re.search(r"own_paper_limit \d+% since \d{4}-\d\d-\d\d", text)
    assert "Trace" not in ask(run, "ALPHA", "--as-of", DAY)[0]


def test_a_full_report_tells_what_it_would_take(run: Run) -> None:
    """Proves that each way stands in the report: whose it is, each change, and the terms it comes to."""
    for asset in ASSETS:
        report, body = ask(run, asset, "--as-of", DAY, "--explain", "full")
        told = body["counterfactuals"]
        text = flat(report).partition("What it would take")[2].partition("Trace: ")[0]
        for way in told["found"]:
            haircut = way["haircut"]
            assert f"band {way['band']}, " in text
            assert f"{share(haircut['initial'])} initial, {share(haircut['maintenance'])} maintenance" in text
            assert f"at most {money(way['venue_cap_usd'])}" in text
            assert all(change["fact"] in text for change in way["changes"])
        assert ("Not everything was tried" in text) == (not told["exhausted"])
    assert "What it would take" not in ask(run, "ALPHA", "--as-of", DAY)[0]


def told(body: dict[str, Any]) -> str:
    """What is said of a decision's ways, on one line."""
    lexicon = Lexicon({}, {"custom.x": "ratio", "backing.components": "ratio"}, {}, {}, "")
    said = {"accept": "accepted", "not_disclosed": "not disclosed"}
    return flat(" ".join(counterfactuals({"counterfactuals": body}, said, lexicon, Style())))


def ways(**change: Any) -> dict[str, Any]:
    """One way that takes one change."""
    way = {
        "whose": "both",
        "changes": [{"share": None, **change}],
        "band": "B",
        "status": "accept",
        "haircut": {"size_usd": 1e6, "initial": 0.05, "maintenance": 0.04},
        "venue_cap_usd": 1e7,
    }
    return {"to_band": "B", "to_status": None, "found": [way], "exhausted": True}


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"fact": "custom.x", "was": "known", "from": 0.5, "to": 0.25}, "custom.x: from 50% to 25%"),
        (
            {"fact": "custom.x", "was": "estimated", "from": 0.5, "to": 0.5},
            "custom.x: known for certain to be 50%",
        ),
        ({"fact": "custom.x", "was": "estimated", "from": 0.5, "to": 0.25}, "custom.x: from 50% to 25%"),
        (
            {"fact": "backing.components", "was": "estimated", "from": None, "to": None},
            "backing.components: known for certain",
        ),
        (
            {"fact": "backing.components", "was": "known", "from": "own_token", "to": "cash", "share": 0.1},
            "backing.components: 10 % from own token to cash",
        ),
        (
            {"fact": "custom.x", "was": "not_disclosed", "from": None, "to": 0.25},
            "custom.x, not disclosed: known to be 25% or better",
        ),
        (
            {"fact": "custom.p", "was": "not_disclosed", "from": None, "to": False},
            "custom.p, not disclosed: known to be no",
        ),
        (
            {"fact": "reference.kind", "was": "not_disclosed", "from": None, "to": "fiat"},
            "reference.kind, not disclosed: known to be fiat",
        ),
    ],
)
def test_a_change_is_told_in_words(change: dict[str, Any], text: str) -> None:
    """Proves that what is changed, confirmed, moved and learnt are told apart."""
    found = told(ways(**change))
    assert found.startswith(
        "What it would take to reach band B By both of them: band B, accepted; at $1M 5 % "
    )
    assert found.endswith(text)


def test_where_nothing_is_found_the_report_says_how_sure_that_is() -> None:
    """Proves that an exhausted search is told from one that was cut short, and that the best says nothing."""
    nothing = {"to_band": None, "to_status": "accept", "found": [], "exhausted": True}
    assert told(nothing).startswith("What it would take to be accepted No 5 changes or fewer")
    assert "Not everything was tried" in told({**nothing, "exhausted": False})
    assert told({**nothing, "to_status": None}) == ""


def test_without_explanations_the_outcomes_remain(run: Run) -> None:
    """Proves that `none` leaves out the waterfall and keeps the terms."""
    report, _ = ask(run, "ALPHA", "--as-of", DAY, "--explain", "none")
    assert "HC-BASE" not in report
    assert re.search(r"^Maintenance +[\d.]+ %", report, re.MULTILINE)
    assert "Ladder" in report


@pytest.mark.parametrize(
    "text", ["1", "1M", "$1.1M", "250k", "2.5bn", "10_000_000", "10,000,000", "1 M", "$1000bn"]
)
def test_an_amount_is_read_exactly(text: str) -> None:
    """Proves that what can be written as money is read without a rounding error, and printed back."""
    value = usd(text)
    assert value == round(value)
    assert usd(money(value)) == value


@pytest.mark.parametrize(
    "text", ["", "M", "-1", "1e6", "1.2.3", "1T", "0", "0.5", "$", "1001bn", "9" * 50, "\uff11M"]
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    """Proves that an amount is never guessed, and stays within what the API takes."""
    with pytest.raises(ValueError, match="is not"):
        usd(text)


def test_a_length_of_time_is_told_in_full() -> None:
    """Proves that no part of a length of time is dropped."""
    told = [duration(seconds) for seconds in (0, 1, 60, 864, 86_400, 93_784, 691_200, 694_861)]
    assert told == [
        "no time",
        "1 s",
        "1 min",
        "14 min 24 s",
        "24 h",
        "26 h 3 min 4 s",
        "8 d",
        "8 d 1 h 1 min 1 s",
    ]


def test_a_report_without_unicode_has_the_same_lines(run: Run) -> None:
    """Proves that bars keep their width, so that scores stay in their column."""
    assert len(Style(is_unicode=False).bar(0.37)) == len(Style().bar(0.37))
