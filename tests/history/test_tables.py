"""Tables of snapshots: a row is the body of a request, whatever kind of table it stands in."""

from __future__ import annotations

import json
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pegmark.history.tables import TableError, is_table, rows

CSV = """\
asset,as_of,venue,peg.discount_now,redemption.gated,redemption.right,backing.share.cash,backing.share.bank_deposit
ALPHA,2026-01-15,reference,0.01,false,whitelisted,0.25,0.75
,2026-01-16,,,TRUE,,,0

BETA,2026-01-17T12:00:00Z,,often,perhaps,,1,
"""
REQUESTS: list[tuple[int, Any]] = [
    (
        2,
        {
            "asset": "ALPHA",
            "as_of": "2026-01-15",
            "venue": "reference",
            "facts": {
                "peg": {"discount_now": 0.01},
                "redemption": {"gated": False, "right": "whitelisted"},
                "backing": {
                    "components": [{"kind": "cash", "share": 0.25}, {"kind": "bank_deposit", "share": 0.75}]
                },
            },
        },
    ),
    (3, {"as_of": "2026-01-16", "facts": {"redemption": {"gated": True}}}),
    (
        5,
        {
            "asset": "BETA",
            "as_of": "2026-01-17T12:00:00Z",
            # What is no number and no yes or no is left as it is, for whoever validates it to refuse.
            "facts": {
                "peg": {"discount_now": "often"},
                "redemption": {"gated": "perhaps"},
                "backing": {"components": [{"kind": "cash", "share": 1.0}]},
            },
        },
    ),
]


def written(folder: Path, text: str) -> Path:
    path = folder / "table.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_row_of_csv_is_a_request(tmp_path: Path) -> None:
    """Proves that names become groups, shares become components, and an empty cell says nothing."""
    assert list(rows(written(tmp_path, CSV))) == REQUESTS
    assert list(rows(written(tmp_path, "\ufeff" + CSV))) == REQUESTS


def test_venues_and_lists_have_columns(tmp_path: Path) -> None:
    """Proves that facts about a venue stand under `venue`, and components may be written as JSON."""
    listed = json.dumps([{"kind": "cash", "share": 1}]).replace('"', '""')
    text = f'as_of,venue.fee_waived,backing.components\n2026-01-15,true,"{listed}"\n'
    ((_, request),) = rows(written(tmp_path, text))
    assert request == {
        "as_of": "2026-01-15",
        "venue": {"fee_waived": True},
        "facts": {"backing": {"components": [{"kind": "cash", "share": 1}]}},
    }


@pytest.mark.parametrize("cell", ["nan", "inf", "-Infinity"])
def test_what_json_has_not_is_no_silence(tmp_path: Path, cell: str) -> None:
    """Proves that a number that is none is not taken for a fact that is not given."""
    ((_, request),) = rows(written(tmp_path, f"as_of,peg.discount_now\n2026-01-15,{cell}\n"))
    assert request["facts"] == {"peg": {"discount_now": cell}}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("asset\nALPHA\n", "there is no column `as_of`"),
        ("", "there is no column `as_of`"),
        ("as_of,peg.discont\n", "there is no fact `peg.discont`"),
        ("as_of,as_of\n", "the column `as_of` stands twice"),
        ("as_of,backing.share.gould\n", "there is no fact `backing.share.gould`"),
        ("as_of,venue,venue.fee_waived\n", "a venue is given by name and by facts"),
        ("as_of,backing.components,backing.share.cash\n", "components are given as a list and by kind"),
        ("as_of\n2026-01-15,1\n", "line 2 has 2 cells for 1 columns"),
        ('as_of\n"2026-01-15\n', "line 2: unexpected end of data"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused(tmp_path: Path, text: str, said: str) -> None:
    """Proves that columns are facts, each once, and that a broken table is told where it is."""
    with pytest.raises(TableError) as caught:
        list(rows(written(tmp_path, text)))
    assert str(caught.value) == said


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    """Proves that a table in another encoding is told so."""
    path = tmp_path / "table.csv"
    path.write_bytes(b"as_of\n\xff\n")
    with pytest.raises(TableError, match="not UTF-8"):
        list(rows(path))


def test_parquet_says_the_same(tmp_path: Path) -> None:
    """Proves that typed cells, dates, decimals and lists of structs come to the same requests as texts."""
    pa = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "table.parquet"
    table = pa.table(
        {
            "asset": ["ALPHA", None],
            "as_of": [date(2026, 1, 15), date(2026, 1, 16)],
            "peg.discount_now": [0.01, float("nan")],
            "redemption.lock": [Decimal("1.5"), None],
            "redemption.gated": [False, None],
            "backing.components": [[{"kind": "cash", "share": 1.0, "asset": None}], None],
        }
    )
    parquet.write_table(table, path)
    assert list(rows(path)) == [
        (
            1,
            {
                "asset": "ALPHA",
                "as_of": "2026-01-15",
                "facts": {
                    "peg": {"discount_now": 0.01},
                    "redemption": {"lock": 1.5, "gated": False},
                    "backing": {"components": [{"kind": "cash", "share": 1.0}]},
                },
            },
        ),
        (2, {"as_of": "2026-01-16"}),
    ]
    instants = [datetime(2026, 1, 15, hour, tzinfo=UTC).replace(tzinfo=None) for hour in (0, 12)]
    parquet.write_table(pa.table({"as_of": instants}), path)
    assert [request["as_of"] for _, request in rows(path)] == ["2026-01-15", "2026-01-15T12:00:00Z"]
    path.write_bytes(b"PAR1 and nothing else")
    with pytest.raises(TableError, match="this is no Parquet"):
        list(rows(path))


def test_without_the_extra_parquet_is_refused_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Proves that who lacks what Parquet needs is told which extra to install."""
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(TableError) as caught:
        list(rows(tmp_path / "table.parquet"))
    assert caught.value.help is not None
    assert "pegmark[history]" in caught.value.help


def test_tables_are_told_by_their_names() -> None:
    """Proves that the suffix alone says what a table is."""
    assert [is_table(name) for name in ("a.csv", "a.PARQUET", "a.jsonl", "csv")] == [True, True, False, False]
