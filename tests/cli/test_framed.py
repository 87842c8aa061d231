"""`pegmark assess --frame`: each row as it is decided alone, and no file is half of one."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from pegmark.api.answers import question_of
from pegmark.api.refusals import Limit
from pegmark.bootstrap import build_desk
from pegmark.cli import framed
from pegmark.errors import FactsError
from pegmark.facts.vocabulary import FACTS
from pegmark.history.tables import rows as requests_of
from pegmark.settings import read_settings
from pegmark.usecases.assess import Question, assess, prepare
from pegmark.usecases.desk import Desk
from tests.cli.conftest import DATA, DAY, Run
from tests.reference.test_house import snapshot

pa: Any = pytest.importorskip("pyarrow")
parquet: Any = pytest.importorskip("pyarrow.parquet")
frames: Any = pytest.importorskip("pegmark.history.frames")

COUNT = 400


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def desk() -> Desk:
    """The shipped rulebooks, with the assets that were made up."""
    return build_desk(read_settings({"PEGMARK_FIXTURES": str(DATA)}))


def drawn() -> list[dict[str, Any]]:
    """Rows that are shipped assets with some facts hidden and others exchanged, so that many are refused."""
    random = Random(7)
    numbers = {"ratio": [0.0, 0.02, 0.5, 1.0, 1.01], "USD": [0.0, 1e6, 5e7, 1e9], "days": [0.0, 1.0, 30.0]}
    shipped = build_desk(read_settings({}))
    bases = [
        prepare(shipped, Question(stored.as_of, asset)).snapshot.values
        for asset in shipped.catalogue.assets()
        for stored in shipped.catalogue.snapshots(asset)
    ]
    found = []
    for n in range(COUNT):
        values = dict(bases[n % len(bases)])
        others = list(snapshot(random, numbers).values.items())
        values |= dict(random.sample(others, min(len(others), random.choice([0, 1, 3]))))
        hidden = random.choice([0.0, 0.1])
        row = {k: v for k, v in values.items() if k != "backing.listed" and random.random() >= hidden}
        # Params of several days: a batch is decided by each.
        found.append({"as_of": ("2019-03-01", DAY, "2024-02-29")[n % 3], "asset": f"row-{n}", **row})
    return found


def write(path: str, rows: Sequence[Mapping[str, Any]]) -> None:
    names = list(dict.fromkeys(name for row in rows for name in row))
    table = pa.table({name: [row.get(name) for row in rows] for name in names})
    if path.endswith(".parquet"):
        parquet.write_table(table, path)
    elif path.endswith(".arrow"):
        with pa.ipc.new_file(path, table.schema) as writer:
            writer.write_table(table, 100)
    else:
        with Path(path).open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, names)
            writer.writeheader()
            writer.writerows({k: _cell(v) for k, v in row.items()} for row in rows)


def _cell(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


def read(path: str) -> list[dict[str, str]]:
    with Path(path).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def alone(desk: Desk, path: str) -> Iterable[tuple[int, dict[str, Any] | FactsError]]:
    """Decide each row of a table by itself, as the API does."""
    for n, (_, request) in enumerate(requests_of(Path(path)), 1):
        # With columns of a venue a row in which all are empty states a venue of which nothing is known.
        question = question_of(json.dumps({"venue": {}} | request).encode(), Limit(1 << 20))
        try:
            yield n, assess(desk, question._replace(sizes=(1e6,)))
        except FactsError as error:
            yield n, error


def test_each_row_is_decided_as_it_is_alone(run: Run, here: Path, desk: Desk) -> None:
    """Proves that a table says of each row what the API says of it, and refuses what that refuses."""
    write("in.parquet", drawn())
    ran = run("assess", "--frame", "in.parquet", "--out", "out.csv", "--drop-refused")
    told = {int(row["row"]): row for row in read("out.csv")}
    seen: Counter[str] = Counter()
    for n, found in alone(desk, "in.parquet"):
        if isinstance(found, FactsError):
            seen["refused"] += 1
            assert n not in told, found
            continue
        row = told.pop(n)
        seen[found["class"], found["status"]] += 1  # type: ignore[index]
        assert row["asset"] == f"row-{n - 1}"
        for name in ("class", "status", "band", "decided_by"):
            assert row[name] == found[name], n
        for name in ("status_by", "capped_by"):
            assert row[name] == ";".join(sorted(found[name])), n
        (haircut,) = found["haircuts"]
        assert float(row["maintenance"]) == haircut["maintenance"]["total"]
        assert float(row["initial"]) == haircut["initial"]["total"]
        assert float(row["venue_cap_usd"]) == found["cap"]["venue_usd"]
        assert float(row["account_cap_usd"]) == found["cap"]["account_usd"]
        assert row["binding"] == (found["cap"]["binding"] or "")
        assert {name: int(row[f"score.{name}"]) for name in found["scores"]} == found["scores"]
        mattered = {entry["fact"] for entry in found["unknown"] if entry["mattered"]}
        assert set(filter(None, row["unknown_mattered"].split(";"))) == mattered, n
    assert not told
    refused = seen.pop("refused")
    assert COUNT / 20 < refused < COUNT * 0.8
    assert len(seen) >= 6
    assert (ran.code, ran.out) == (1, f"out.csv: {COUNT - refused:,} rows decided, {refused:,} left out\n")
    assert "row " in ran.err
    assert "F01" in ran.err


def test_what_is_stored_of_a_venue_grows_old(run: Run, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves that a venue is as it was known at each row's moment, from the first until facts are stale."""
    for kind in ("snapshots", "venues"):
        Path("data", kind).mkdir(parents=True)
    Path("data/venues/reference.yaml").write_text(
        "venue: reference\nas_of: 2025-10-09\nfacts: {depth_2pct: 50000000, price_source: own_order_book}\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("PEGMARK_FIXTURES", "data")
    age = FACTS["venue.depth_2pct"].max_age_days
    assert age is not None
    first = datetime(2025, 10, 9, 23, 59, 59, 999999, UTC)
    last = first + timedelta(days=age)
    moments = [
        first,
        first + timedelta(days=1),
        last,
        last + timedelta(seconds=1),
        last + timedelta(days=400),
    ]
    write("in.csv", [{"asset": "A", "as_of": at.isoformat().replace("+00:00", "Z")} for at in moments])
    assert run("assess", "--frame", "in.csv", "--out", "out.csv").code == 0
    is_stale = ["venue.depth_2pct" in row["unknown_mattered"].split(";") for row in read("out.csv")]
    assert is_stale == [False, False, False, True, True]
    write("in.csv", [{"asset": "A", "as_of": "2025-10-08"}])
    ran = run("assess", "--frame", "in.csv", "--out", "out.csv")
    assert ran.code == 1
    assert "row 1, column `venue`: " in ran.err


def test_forms_and_batches_make_no_difference(run: Run, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves that Parquet, CSV and Arrow, in one part or many, come to the same bytes."""
    rows = [row | {"size_usd": 1e5 * (n + 1)} for n, row in enumerate(drawn()[:120])]
    for end in ("parquet", "csv", "arrow"):
        write(f"in.{end}", rows)
    found = set()
    for size in (1 << 16, 7):
        monkeypatch.setattr(framed, "ROWS", size)
        for end in ("parquet", "csv", "arrow"):
            run("assess", "--frame", f"in.{end}", "--out", "out.csv", "--drop-refused")
            found.add(Path("out.csv").read_bytes())
    assert len(found) == 1
    for end in ("parquet", "arrow"):
        run("assess", "--frame", "in.csv", "--out", f"out.{end}", "--drop-refused")
        table = (
            parquet.read_table("out.parquet")
            if end == "parquet"
            else pa.ipc.open_file("out.arrow").read_all()
        )
        assert table.num_rows == len(read("out.csv"))
    assert not list(here.glob("*.parts"))


def test_what_was_done_is_not_done_again(run: Run, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves that a run that is interrupted leaves no result, and that the next goes on after its parts."""
    monkeypatch.setattr(framed, "ROWS", 10)
    write("in.csv", [{"asset": f"a{n}", "as_of": DAY, "peg.discount_now": n / 1000} for n in range(55)])
    decided: list[int] = []
    whole = frames.Frames.decide

    def decide(self: Any, batch: Any, asked: Any, first: int = 0) -> Any:
        if len(decided) == 3:
            raise KeyboardInterrupt
        decided.append(first)
        return whole(self, batch, asked, first)

    words = ("assess", "--frame", "in.csv", "--out", "out.csv")
    monkeypatch.setattr(frames.Frames, "decide", decide)
    assert run(*words).code == 130
    assert not Path("out.csv").exists()
    assert len(list(Path("out.csv.parts").glob("*.parquet"))) == 3
    monkeypatch.setattr(
        frames.Frames, "decide", lambda self, *asked: decided.append(asked[2]) or whole(self, *asked)
    )
    assert run(*words).out == "out.csv: 55 rows decided\n"
    assert decided == [0, 10, 20, 30, 40, 50]
    resumed = Path("out.csv").read_bytes()
    decided.clear()
    assert run(*words).out == "out.csv: 55 rows decided\n"
    assert decided == [0, 10, 20, 30, 40, 50]
    assert Path("out.csv").read_bytes() == resumed
    # Parts of another question are no parts of this one.
    Path("out.csv.parts").mkdir()
    Path("out.csv.parts/manifest.json").write_text("{}", encoding="utf-8")
    Path("out.csv.parts/000000.parquet").write_bytes(b"nonsense")
    assert run(*words).code == 0
    assert Path("out.csv").read_bytes() == resumed


FINE = {"asset": "a", "as_of": DAY, "peg.discount_now": 0.01}


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([FINE | {"peg.discont": 0.1}], "column `peg.discont`: no fact is called so"),
        ([{"peg.discount_now": 0.1}], "column `as_of`: there is no such column"),
        (
            [FINE, FINE | {"peg.discount_now": 1.5}],
            "row 2, column `peg.discount_now`: 1.5 is not between -1 and 1",
        ),
        ([FINE, FINE | {"peg.discount_now": float("inf")}], "row 2, column `peg.discount_now`: inf is not"),
        ([FINE | {"as_of": "2026-02-30"}], "row 1, column `as_of`: `2026-02-30` is no date"),
        ([FINE | {"as_of": "never"}, FINE], "row 1, column `as_of`: `never` is no date"),
        ([FINE | {"as_of": None}], "row 1, column `as_of`: there is no date"),
        ([FINE | {"as_of": "2016-01-01"}], "row 1, column `as_of`: the rulebook has no parameters before"),
        (
            [FINE | {"redemption.right": "some"}],
            "row 1, column `redemption.right`: `some` is not one of `none`",
        ),
        ([FINE | {"venue": "nowhere"}], "row 1, column `venue`: no venue is called `nowhere`"),
        (
            [FINE | {"venue": "reference", "venue.price_source": "par"}],
            "a venue is given by name and by facts",
        ),
        ([FINE | {"size_usd": 0.5}], "row 1, column `size_usd`: 0.5 is not between 1 and"),
        ([FINE | {"size_usd": None}, FINE | {"size_usd": 1e6}], "row 1, column `size_usd`: there is no size"),
        ([FINE | {"backing.components": "[]"}], "column `backing.components`: give a column a kind"),
        ([FINE | {"peg.max_discount_30d": 0.001}], "row 1: "),
        ([FINE | {"redemption.right": "none", "redemption.at_par": True}], "F0103: row 1: "),
    ],
)
@pytest.mark.parametrize("end", ["csv", "parquet"])
def test_what_is_wrong_is_named(
    run: Run, here: Path, rows: list[dict[str, Any]], said: str, end: str
) -> None:
    """Proves that a table that cannot be decided names file, row and column, and leaves nothing behind."""
    write(f"in.{end}", rows)
    ran = run("assess", "--frame", f"in.{end}", "--out", "out.parquet")
    assert (ran.code, ran.out) == (1, "")
    assert f"in.{end}: " in ran.err
    assert said in ran.err
    assert [path.name for path in here.iterdir()] == [f"in.{end}"]


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("in.parquet", b"PAR1 nonsense", "it cannot be read"),
        ("in.arrow", b"ARROW1 nonsense", "it cannot be read"),
        ("in.csv", b"asset,as_of,peg.discount_now\na,2026-01-15\n", "it cannot be read"),
        ("in.csv", b"asset,as_of,peg.discount_now\na,2026-01-15,much\n", "it cannot be read"),
        ("in.csv", b"as_of,redemption.at_par\n2026-01-15,maybe\n", "it cannot be read"),
        ("in.csv", b"as_of,as_of\n2026-01-15,2026-01-15\n", "it stands twice"),
        ("in.csv", b"", "it cannot be read"),
        ("in.csv", b"as_of\n\xff\n", "it cannot be read"),
        ("in.xlsx", b"", "a frame is a file in .parquet, .csv, .arrow"),
    ],
)
def test_what_is_no_table_is_refused(run: Run, here: Path, name: str, data: bytes, said: str) -> None:
    """Proves that a file that is broken, cut off, or none of a frame is refused, and nothing is written."""
    Path(name).write_bytes(data)
    ran = run("assess", "--frame", name, "--out", "out.csv")
    assert (ran.code, ran.out) == (1, "")
    assert said in ran.err
    assert [path.name for path in here.iterdir()] == [name]


def test_wrong_types_in_typed_tables_are_named(run: Run, here: Path) -> None:
    """Proves that a text is no number and a number no flag, whatever it looks like."""
    write("in.parquet", [FINE | {"as_of": 20251009}])
    assert (
        "row 1, column `as_of`: `20251009` is no date"
        in run("assess", "--frame", "in.parquet", "--out", "out.csv").err
    )
    for value, name in (("0.1", "peg.discount_now"), (1, "redemption.at_par"), (1.0, "redemption.right")):
        write("in.parquet", [FINE | {name: None}, FINE | {name: value}])
        ran = run("assess", "--frame", "in.parquet", "--out", "out.csv")
        assert (ran.code, ran.out) == (1, "")
        assert f"row 2, column `{name}`: should be" in ran.err
        assert name in FACTS


@pytest.mark.parametrize(
    "words",
    [
        ("--frame", "in.csv"),
        ("--out", "out.csv"),
        ("--frame", "in.csv", "--out", "out.csv", "ALPHA"),
        ("--frame", "in.csv", "--out", "out.csv", "--json"),
        ("--frame", "in.csv", "--out", "out.csv", "--explain", "full"),
        ("--frame", "in.csv", "--out", "out.csv", "--venue", "venue.yaml"),
        (),
    ],
)
def test_wrong_use_is_told(run: Run, here: Path, words: tuple[str, ...]) -> None:
    """Proves that what does not go together is refused before anything is read."""
    ran = run("assess", *words)
    assert (ran.code, ran.out) == (2, "")


def test_one_wrong_row_concerns_no_other(run: Run, here: Path) -> None:
    """Proves that of rows before one venue those are left out that are wrong, and no others."""
    write("in.csv", [FINE | {"as_of": "never"}, FINE, FINE | {"venue": "nowhere"}, FINE | {"as_of": None}])
    ran = run("assess", "--frame", "in.csv", "--out", "out.csv", "--drop-refused")
    assert ran.out == "out.csv: 1 rows decided, 3 left out\n"
    assert [row["row"] for row in read("out.csv")] == ["2"]


def test_an_empty_table_is_one(run: Run, here: Path) -> None:
    """Proves that no rows are no mistake, and that neither is a table of which every row is left out."""
    Path("in.csv").write_text("asset,as_of\n", encoding="utf-8")
    assert run("assess", "--frame", "in.csv", "--out", "out.csv").out == "out.csv: 0 rows decided\n"
    write("in.csv", [FINE | {"peg.discount_now": 2.0}])
    ran = run("assess", "--frame", "in.csv", "--out", "out.csv", "--drop-refused")
    assert (ran.code, ran.out) == (1, "out.csv: 0 rows decided, 1 left out\n")
    assert Path("out.csv").exists()
