"""`pegmark diff`: what it prints in which form, whom it asks, and with which code it exits."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from pegmark.cli import population
from tests.cli.conftest import DATA, DAY, Run

CHANGE = ("rating.yaml", "cap: D", "cap: E")
"""Every knock-out that led to D leads to E."""


@pytest.fixture
def mine(checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the house rulebook with a change; paths are from where it stands."""
    shutil.copytree(checkout / "rules/house", tmp_path / "mine", ignore=shutil.ignore_patterns("tests"))
    file, old, new = CHANGE
    path = tmp_path / "mine" / file
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return Path("mine")


def compared(run: Run, *arguments: str) -> dict[str, Any]:
    """The report as JSON."""
    ran = run("diff", "house", "mine/", "--format", "json", *arguments)
    assert (ran.code, ran.err) == (0, "")
    found: dict[str, Any] = json.loads(ran.out)
    return found


def test_a_change_is_printed_with_its_place_and_sense(run: Run, mine: Path) -> None:
    """Proves that a reader sees which rule says what otherwise, where, and that it is stricter."""
    ran = run("diff", "house", str(mine) + "/")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines()[1] == "6 changes: 6 stricter."
    line = (mine / "rating.yaml").read_text(encoding="utf-8").splitlines().index("    - id: KO-CIRCULAR") + 1
    told = f"  KO-CIRCULAR  cap  stricter\n      D → E\n      rating.yaml:{line}\n"
    assert told in ran.out
    assert "get other terms (stored snapshots)." in ran.out


def test_every_stored_snapshot_is_asked_about(run: Run, mine: Path) -> None:
    """Proves that without a population every stored snapshot counts once, and with a date every asset."""
    impact = compared(run)["impact"]
    assert impact["decided"] == len(list((DATA / "snapshots").glob("*.yaml")))
    assert impact["refused"] == 0
    assert 0 < impact["changed"] == sum(move["count"] for move in impact["moves"]["band"])
    assert all(mover["rules"] for mover in impact["movers"])
    assert compared(run, "--as-of", "2009-01-04")["impact"]["decided"] == 0


def test_the_same_population_in_any_form_comes_to_the_same(run: Run, mine: Path) -> None:
    """Proves that a folder, lines, CSV and Parquet, by one process or two, are counted alike."""
    assets = ["ALPHA"] * 3
    bodies = [{"asset": asset, "as_of": DAY} for asset in assets]
    Path("a.jsonl").write_text("".join(json.dumps(body) + "\n" for body in bodies), encoding="utf-8")
    Path("a.csv").write_text("asset,as_of\n" + "".join(f"{a},{DAY}\n" for a in assets), encoding="utf-8")
    Path("a").mkdir()
    for n, body in enumerate(bodies):
        Path(f"a/{n}.json").write_text(json.dumps(body), encoding="utf-8")
    names = ["a.jsonl", "a.csv", "a"]
    pa = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    parquet.write_table(pa.table({"asset": assets, "as_of": [DAY] * 3}), "a.parquet")
    names.append("a.parquet")
    found = [compared(run, "--population", name)["impact"] for name in names]
    assert [impact.pop("population") for impact in found] == names
    assert found[0]["decided"] == 3
    assert all(impact == found[0] for impact in found)
    whole = compared(run, *(word for name in names for word in ("--population", name)))["impact"]
    assert whole["decided"] == 12


def test_processes_count_as_one_does(run: Run, mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves that several processes come to the report of one, in the order of the questions."""
    monkeypatch.setattr(population, "AT_ONCE", 2)
    bodies = [{"asset": "ALPHA", "as_of": f"2026-01-{day}"} for day in range(15, 29)]
    Path("a.jsonl").write_text("".join(json.dumps(body) + "\n" for body in bodies), encoding="utf-8")
    one, two = (compared(run, "--population", "a.jsonl", "--jobs", jobs) for jobs in ("1", "2"))
    assert one == two
    assert one["impact"]["decided"] == len(bodies)


def test_what_was_typed_is_asked_of_both(run: Run, mine: Path) -> None:
    """Proves that sizes are measured each, and that a venue, by name or file, is who takes it."""
    found = compared(run, "--size", "1M", "--size", "50M", "--venue", str(DATA / "venues/own-book.yaml"))
    names = [(measure["name"], measure["size_usd"]) for measure in found["impact"]["measures"]]
    assert names == [
        ("maintenance", 1e6),
        ("initial", 1e6),
        ("maintenance", 5e7),
        ("initial", 5e7),
        ("cap", None),
    ]


def test_a_comment_on_a_pull_request(run: Run, mine: Path) -> None:
    """Proves that Markdown holds the table of changes, the impact, and folds what is long."""
    ran = run("diff", "house", "mine/", "--format", "markdown", "--output", "comment.md")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    text = Path("comment.md").read_text(encoding="utf-8")
    assert "| `rating` `KO-CIRCULAR` | cap | `D → E` | **stricter** |" in text
    assert "| venue cap |" in text
    assert text.count("<details>") == text.count("</details>") == 2
    tables = [line for line in text.splitlines() if line.startswith("|")]
    assert all(line.endswith("|") for line in tables)


def test_markdown_shows_a_text_as_it_is(run: Run, mine: Path) -> None:
    """Proves that no text of a rulebook becomes a column, a heading, a mention or HTML."""
    path = mine / "caps.yaml"
    nasty = 'why: "a | b <script> @all `c` *d*"'
    path.write_text(
        path.read_text(encoding="utf-8").replace("why: No account is the venue.", nasty), encoding="utf-8"
    )
    ran = run("diff", "house", "mine/", "--format", "markdown")
    (row,) = [line for line in ran.out.splitlines() if line.startswith("| `caps` `CAP-ACCOUNT` | why")]
    assert r"a \| b \<script\> \@all `c` \*d\*" in row


@pytest.mark.parametrize(("pair", "code"), [(("house", "house"), 0), (("house", "mine/"), 1)])
def test_a_difference_is_a_code_where_that_is_asked(
    run: Run, mine: Path, pair: tuple[str, str], code: int
) -> None:
    """Proves that a pipeline can tell that there is a difference, and that otherwise none is an error."""
    assert run("diff", *pair).code == 0
    assert run("diff", *pair, "--exit-code").code == code


def test_nothing_otherwise_is_said_so(run: Run, mine: Path) -> None:
    """Proves that two equal rulebooks are told to be."""
    ran = run("diff", "house", "house")
    assert "No rule says anything otherwise." in ran.out
    assert "  0 of " in ran.out


def test_what_is_refused_is_told_and_the_rest_counted(run: Run, mine: Path) -> None:
    """Proves that a question that is refused has its place told, and leaves the others be."""
    Path("a.csv").write_text(f"asset,as_of,peg.discount_now\nALPHA,{DAY},\n,{DAY},much\n", encoding="utf-8")
    ran = run("diff", "house", "mine/", "--population", "a.csv", "--format", "json")
    assert ran.code == 1
    impact = json.loads(ran.out)["impact"]
    assert (impact["decided"], impact["refused"]) == (1, 1)
    assert "error: a.csv:3:1: H4223: should be a valid number (/facts/peg/discount_now)" in ran.err
    assert "error: 1 question is refused" in ran.err


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("house", "hose"), 1, "error: no rulebook is called `hose`\nhint: did you mean `house`?\n"),
        (("house", "broken/"), 1, "broken/a.yaml:1:1: E0301"),
        (("house", "mine/", "--population", "none.csv"), 1, "error: none.csv: there is no such file"),
        (("house", "mine/", "--population", "bad.csv"), 1, "error: bad.csv: there is no fact `peg.discont`"),
        (("house", "mine/", "--population", "bad.parquet"), 1, "error: bad.parquet: this is no Parquet"),
        (("house", "mine/", "--venue", "nobody"), 1, "error: no venue is called `nobody`"),
        (("house", "mine/", "--population", "bad.csv", "--as-of", DAY), 2, "a line states its own date"),
        (("house",), 2, "missing argument"),
        (("house", "mine/", *["--size", "1M"] * 17), 2, "at most 16 sizes"),
        (("house", "mine/", "--output", "nowhere/a.md"), 1, "there is no folder for the file"),
    ],
)
def test_what_cannot_be_used_is_one_error(
    run: Run, mine: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    """Proves that a name, file or option that is wrong is told with what to do, and nothing is printed."""
    Path("broken").mkdir()
    Path("broken/a.yaml").write_text("rulebok: x\n", encoding="utf-8")
    Path("bad.csv").write_text("as_of,peg.discont\n", encoding="utf-8")
    Path("bad.parquet").write_bytes(os.urandom(8))
    ran = run("diff", *arguments)
    assert (ran.code, ran.out) == (code, "")
    assert said in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.slow
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_what_is_stored_is_read_where_it_is_asked_for(
    run: Run, mine: Path, monkeypatch: pytest.MonkeyPatch, jobs: str
) -> None:
    """Proves that a file that cannot be used stops whoever asks for what is stored, once, and nobody else."""
    stated = {"as_of": DAY, "facts": {"peg": {"discount_now": 0.01}}, "venue": {"price_source": "par"}}
    Path("a.jsonl").write_text((json.dumps(stated) + "\n") * 3, encoding="utf-8")
    Path("b.jsonl").write_text((json.dumps(stated | {"venue": "reference"}) + "\n") * 3, encoding="utf-8")
    for kind in ("snapshots", "venues"):
        Path("broken", kind).mkdir(parents=True)
    Path("broken/snapshots/a.yaml").write_text("asset: [", encoding="utf-8")
    monkeypatch.setenv("PEGMARK_FIXTURES", "broken")
    assert compared(run, "--population", "a.jsonl", "--jobs", jobs)["impact"]["decided"] == 3
    for words in (["--population", "b.jsonl"], ["--population", "ALPHA"], [], ["--venue", "reference"]):
        ran = run("diff", "house", "mine/", "--jobs", jobs, *words)
        assert (ran.code, ran.out) == (1, "")
        assert ran.err.count("a.yaml:1:") == 1


def test_which_is_at_least_as_strict_is_proved(run: Run, mine: Path) -> None:
    """Proves that the changed book is proved at least as strict, and refuted the other way by an asset."""
    pytest.importorskip("z3")
    proof = compared(run, "--prove", "--jobs", "1")["proved"]
    assert proof["relation"] == "after"
    assert proof["after"]["at_least_as_strict"]
    assert proof["after"]["refuted"] == []
    (*_, refuted) = [one for one in proof["before"]["refuted"] if one["facts"] is not None]
    assert {outcome["name"] for outcome in refuted["outcomes"]} >= {"band"}
    ran = run("diff", "house", "mine/", "--prove", "--jobs", "1")
    assert "B is at least as strict: no asset has better terms by it." in ran.out
    same = run("diff", "house", "house", "--prove", "--jobs", "1")
    assert "Equivalent: no asset has other terms." in same.out


def test_without_the_solver_that_is_said(run: Run, mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves that who lacks the solver is told what to install."""
    for name in [name for name in sys.modules if name.startswith("pegmark.proof")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "z3", None)
    ran = run("diff", "house", "mine/", "--prove")
    assert (ran.code, ran.out) == (2, "")
    assert "proofs need z3" in ran.err
