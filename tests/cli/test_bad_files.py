"""Files that cannot be used: each is refused with its place and a way out, and nothing is guessed."""

# ruff: noqa: E501 - tables of cases: one case, one line

from __future__ import annotations

import os
import stat
import time
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.cli.conftest import DATA, Run

HEAD = b"asset: X\nas_of: 2026-01-15\nfacts:\n"


class Case(NamedTuple):
    """A file, and what is said of it: where, what, and what to do."""

    data: bytes
    place: str
    message: str
    hint: str = ""
    name: str = "x.yaml"


FORM = {
    "empty": Case(b"", ":1:1", "E0012: file is empty", "begin with `asset:`"),
    "only a comment": Case(b"# nothing\n", ":1:1", "E0012: file is empty", "begin with `asset:`"),
    "a list": Case(b"- asset: X\n", ":1:1", "the file is not a mapping", "begin with `asset:`"),
    "a word": Case(b"USDe\n", ":1:1", "the file is not a mapping", "begin with `asset:`"),
    "binary": Case(bytes(range(256)), ":2:118", "byte 0x80 is not UTF-8"),
    "Latin-1": Case(HEAD[:-7] + b"title: caf\xe9\n", ":3:11", "is not UTF-8", "save the file as UTF-8"),
    "a tab": Case(HEAD + b"\tpeg: {}\n", ":4:1", "E0005: tab", "indent with spaces"),
    "a BOM": Case(b"\xef\xbb\xbf" + HEAD, ":1:1", "byte-order mark", "without"),
    "NUL": Case(HEAD + b"  peg: {volatility_30d: 0\x001}\n", ":4:", "control character U+0000"),
    "an open bracket": Case(HEAD + b"  peg: {discount_now: 0.1\n", "", "E0001"),
    "a key twice": Case(HEAD + b"  peg: {discount_now: 0, discount_now: 1}\n", ":4:26", "duplicate key `discount_now`"),
    "a group twice": Case(HEAD + b"  peg: {}\n  peg: {}\n", ":5:3", "duplicate key `peg`"),
    "an alias": Case(HEAD + b"  peg: &p {discount_now: 0}\n  hedge: *p\n", ":4:8", "anchors are not allowed: `&p`", "write the value out"),
    "a bomb": Case(b"a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\n", ":1:4", "anchors are not allowed: `&a`"),
    "a tag": Case(HEAD + b"  peg: !!python/object:os.system {}\n", ":4:8", "E0008: tag"),
    "two documents": Case(HEAD + b"  peg: {}\n---\nasset: Y\n", ":5:1", "a second document"),
    "deep": Case(HEAD + b"  peg: " + b"[" * 10_000, ":4:", "deep"),
    "long": Case(HEAD + b"# " + b"x" * 10_000_000, "", "the file is too long", "at most 1,000,000 bytes"),
    "JSON, malformed": Case(b'{"asset": "X",}', ":1:15", "H4001: malformed JSON", name="x.json"),
    "JSON, empty": Case(b"", ":1:1", "H4001: malformed JSON", name="x.json"),
    "JSON, not UTF-8": Case(b'{"asset": "\xff"}', "", "H4002: byte 11 is not UTF-8", "save the file as UTF-8", "x.json"),
    "JSON, a BOM": Case(b'\xef\xbb\xbf{"asset": "X"}', "", "H4002: the file begins with", "without", "x.json"),
    "JSON, a key twice": Case(
        b'{"facts": {"a/b": {"x": 1, "x": 2}}}', "", "H4003: the key stands twice (/facts/a~1b/x)", "keep one", "x.json"
    ),
    "JSON, deep": Case(b"[" * 100_000, "", "H4004: the file is nested more than 64 deep", name="x.json"),
    "JSON, deeper than it may be": Case(b'{"a":' * 65 + b"1" + b"}" * 65, "", "H4004", name="x.json"),
    "JSON, a list": Case(b"[1]", "", "the file states no facts", "begin with `asset:`", "x.json"),
    "JSON, in a file of another name": Case(b'{"asset": }', ":1:11", "H4001", name="./x"),
    "JSON, a lone surrogate": Case(
        b'{"asset":"X","as_of":"2026-01-15","facts":{"\\ud800":1}}', "", "H4", name="x.json"
    ),
}  # fmt: skip

CONTENT = {
    "an unknown group": Case(b"  pegg: {}", ":4:3", "H4222: the key `pegg` is not known", "did you mean `peg`?"),
    "an unknown fact": Case(
        b"  liquidity:\n    dept_2pct: 5", ":5:5", "H4222: the key `dept_2pct` is not known", "did you mean `depth_2pct`?"
    ),
    "a fact of another group": Case(
        b"  peg: {depth_2pct: 5}", ":4:9", "the key `depth_2pct` is not known", "another group: `liquidity.depth_2pct`"
    ),
    "an unknown key of a fact": Case(
        b"  peg: {discount_now: {value: 0, sauce: x}}", ":4:34", "the key `sauce`", "did you mean `source`?"
    ),
    "NaN": Case(b"  peg: {discount_now: .nan}", ":4:9", "H4223: `discount_now` should be a valid number", "write a decimal"),
    "infinity": Case(b"  liquidity: {supply: 1e999}", ":4:15", "H4224: `supply` should be a finite number", "from $0 to"),
    "percent": Case(b"  peg: {discount_now: 5%}", ":4:9", "`discount_now` should be a valid number", "`0.05` for 5 %"),
    "money": Case(b"  liquidity: {supply: $5M}", ":4:15", "`supply` should be", "`50000000` for $50M; see `pegmark facts liquidity.supply`"),
    "a duration": Case(b"  redemption: {lock: 7d}", ":4:16", "`lock` should be a valid number", "a number of days"),
    "yes": Case(b"  backing: {segregated: yes}", ":4:13", "`segregated` should be a valid boolean", "write `true` or `false`"),
    "a number for a flag": Case(b"  backing: {segregated: 1}", ":4:13", "should be a valid boolean", "write `true`"),
    "a flag for a number": Case(b"  peg: {discount_now: true}", ":4:9", "should be a valid number", "write a decimal"),
    "hexadecimal": Case(b"  liquidity: {supply: 0x10}", ":4:15", "should be a valid number"),
    "sixties": Case(b"  liquidity: {supply: 1:30}", ":4:15", "should be a valid number"),
    "underscores": Case(b"  liquidity: {supply: 1_000}", ":4:15", "should be a valid number", "bare number"),
    "a quoted number": Case(b'  peg: {discount_now: "0.1"}', ":4:9", "should be a valid number"),
    "out of range": Case(b"  backing: {collateral_ratio: 11}", ":4:13", "H4224", "from 0 to 10; see `pegmark facts backing.collateral_ratio`"),
    "not a choice": Case(b"  backing: {basis: nett}", ":4:13", "H4225", "'gross' or 'net'"),
    "no components": Case(b"  backing: {components: []}", ":4:13", "H4227: `components`"),
    "a negative share": Case(
        b"  backing:\n    components:\n      - {kind: cash, share: 1}\n      - {kind: gold, share: -0.1}", ":7:22", "H4224: `share`"
    ),
    "a component of no kind": Case(b"  backing: {components: [{share: 1}]}", ":4:26", "H4221: the key `kind` is missing"),
    "shares beyond a net list": Case(
        b"  backing: {basis: net, components: [{kind: cash, share: 1.5}]}", ":4:", "F01"
    ),
    "a fact of the future": Case(
        b"  peg: {discount_now: {value: 0, as_of: 2026-01-16}}", ":4:34", "F0002: `peg.discount_now` is dated 2026-01-16"
    ),
    "a day that is none": Case(b"  peg: {discount_now: {value: 0, as_of: 2026-02-30}}", ":4:34", "F0001: `2026-02-30`"),
    "a date in words": Case(b"  peg: {discount_now: {value: 0, as_of: today}}", ":4:34", "H4226: `as_of`", "Dates are"),
    "both value and unknown": Case(b"  peg: {discount_now: {value: 0, unknown: stale}}", ":4:", "H422"),
    "a fact of the rulebook's own": Case(b"  custom: {size: 5}", ":4:12", "F0201: the rulebook declares no fact `custom.size`"),
    "facts that are a list": Case(b"  - peg", ":3:1", "H4223"),
}  # fmt: skip


def told(run: Run, folder: Path, case: Case, data: bytes) -> None:
    """Ask about a file and find in the first two lines what the case says."""
    path = folder / case.name
    path.write_bytes(data)
    started = time.monotonic()
    ran = run("assess", str(path))
    assert time.monotonic() - started < 5
    assert (ran.code, ran.out) == (1, "")
    first, *rest = ran.err.splitlines()
    assert first.startswith(f"error: {path}{case.place}"), ran.err
    assert case.message in first, ran.err
    assert all(line.startswith(("error: ", "hint: ")) for line in rest), ran.err
    if case.hint:
        assert rest[0].startswith("hint: "), ran.err
        assert case.hint in rest[0], ran.err


@pytest.mark.parametrize("case", FORM.values(), ids=FORM.keys())
def test_a_file_of_the_wrong_form_is_refused_at_its_place(run: Run, tmp_path: Path, case: Case) -> None:
    """Proves that a file that is no YAML or JSON of ours is told by line and column, soon, with a way out."""
    told(run, tmp_path, case, case.data)


@pytest.mark.parametrize("case", CONTENT.values(), ids=CONTENT.keys())
def test_a_fact_that_cannot_be_used_is_refused_at_its_place(run: Run, tmp_path: Path, case: Case) -> None:
    """Proves that a wrong fact is told by the key it stands at, in words that say what to write instead."""
    told(run, tmp_path, case, HEAD + case.data + b"\n")


def test_every_problem_is_told_at_once_in_the_order_of_the_file(run: Run, tmp_path: Path) -> None:
    """Proves that one run finds all that is wrong, from top to bottom, each with its JSON pointer."""
    path = tmp_path / "x.yaml"
    path.write_bytes(
        HEAD + b"  redemption: {lock: x}\n  peg: {discount_now: x}\n  backing: {basis: x}\n  zzz: {}\n"
    )
    errors = [line for line in run("assess", str(path)).err.splitlines() if line.startswith("error: ")]
    pointers = [line.rpartition(" (")[2].rstrip(")") for line in errors]
    assert pointers == [
        "/facts/redemption/lock",
        "/facts/peg/discount_now",
        "/facts/backing/basis",
        "/facts/zzz",
    ]


def test_of_very_many_problems_the_first_are_told_and_the_others_counted(run: Run, tmp_path: Path) -> None:
    """Proves that a file that is wrong throughout does not flood the screen."""
    path = tmp_path / "x.yaml"
    path.write_bytes(HEAD + b"".join(b"  g%d: {}\n" % n for n in range(500)))
    lines = [line for line in run("assess", str(path)).err.splitlines() if line.startswith("error: ")]
    assert len(lines) == 21
    assert lines[-1] == "error: and 31 more"


def test_what_is_missing_from_a_file_is_named(run: Run, tmp_path: Path) -> None:
    """Proves that the three keys of a snapshot are asked for by name."""
    path = tmp_path / "x.yaml"
    path.write_text("title: nothing\nfacts: {}\n")
    err = run("assess", str(path)).err
    assert "H4221: the key `asset` is missing (/asset)" in err
    assert "H4221: the key `as_of` is missing (/as_of)" in err


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nope.yaml", "there is no such file"),
        ("no/such/folder/x.json", "there is no such file"),
        ("empty/", "empty/: no file in this folder states a question"),
        ("a\0b.yaml", "the file cannot be read"),
        ("x" * 5000 + ".yaml", "the file cannot be read: file name too long"),
        ("x.yaml/y.yaml", "the file cannot be read: not a directory"),
        ("x" * 5000, None),
    ],
)
def test_a_name_that_leads_to_no_file_is_refused(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, message: str | None
) -> None:
    """Proves that missing files, folders and impossible names are one error, never a traceback."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.yaml").write_bytes(HEAD + b"  peg: {}\n")
    (tmp_path / "empty").mkdir()
    ran = run("assess", name)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("error: ")
    assert message is None or message in ran.err


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read any file")
def test_a_file_without_permission_is_refused(run: Run, tmp_path: Path) -> None:
    """Proves that a file that may not be read says so."""
    path = tmp_path / "x.yaml"
    path.write_bytes(HEAD)
    path.chmod(0)
    ran = run("assess", str(path))
    path.chmod(stat.S_IRUSR | stat.S_IWUSR)
    assert ran.code == 1
    assert "the file cannot be read: permission denied" in ran.err


def test_endless_files_are_not_read_to_their_end(run: Run) -> None:
    """Proves that no more is read of a file than can be used."""
    assert "/dev/zero: the file is too long" in run("assess", "/dev/zero").err


@pytest.mark.parametrize("option", ["asset", "venue"])
def test_an_empty_pipe_is_refused(run: Run, option: str) -> None:
    """Proves that standard input is told by its name, as an asset and as a venue."""
    arguments = ["-"] if option == "asset" else ["ALPHA", "--venue", "-"]
    ran = run("assess", *arguments)
    assert ran.code == 1
    assert ran.err.startswith("error: standard input:1:1: E0012: file is empty")


def test_a_venue_s_file_is_minded_like_an_asset_s(run: Run, tmp_path: Path) -> None:
    """Proves that an unknown fact of a venue is told at its line, with the fact that was meant."""
    path = tmp_path / "v.yaml"
    path.write_text("venue: v\nfacts:\n  price_sauce: par\n  promotional_apr: 12%\n")
    err = run("assess", "ALPHA", "--venue", str(path)).err
    assert f"error: {path}:3:3: H4222: the key `price_sauce` is not known" in err
    assert "hint: did you mean `price_source`?" in err
    assert "`0.05` for 5 %; see `pegmark facts venue.promotional_apr`" in err


def test_crlf_is_no_problem(run: Run, tmp_path: Path) -> None:
    """Proves that a file written on another system is read as it was meant."""
    text = (DATA / "snapshots" / "alpha.yaml").read_bytes()
    (tmp_path / "x.yaml").write_bytes(text.replace(b"\n", b"\r\n"))
    assert run("assess", str(tmp_path / "x.yaml"), "--json").code == 0
