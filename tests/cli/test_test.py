"""`pegmark test`: what it prints in which form, which cases it tries, and with which code it exits."""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import xmlschema

from pegmark.cli.crew import WORTH, worth
from tests.cli.conftest import Run
from tests.cli.test_terminal import ESCAPE, PEGMARK, environment, on_a_terminal

SUITE = """\
suite: What ALPHA is
fixtures:
  alpha:
    asset: ALPHA
    at: 2026-01-15
    facts: {peg.max_discount_30d: null, peg.max_discount_365d: null}
cases:
  - case: It is something
    like: alpha
    expect: {class: not unclassified}
  - case: It is a fund of bills <and> "more"
    like: alpha
    expect: {class: government_fund, eligible: true}
tables:
  - table: By day
    like: alpha
    given: [peg.discount_now]
    expect: [status]
    rows:
      at par: [0%, accept]
      at a discount: [3%, accept]
"""
TITLES = [
    "It is something",
    'It is a fund of bills <and> "more"',
    "By day / at par",
    "By day / at a discount",
]


@pytest.fixture
def book(checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the house rulebook with a suite of which two cases fail; paths are from where it stands."""
    shutil.copytree(checkout / "rules/house", tmp_path / "mine", ignore=shutil.ignore_patterns("tests"))
    folder = tmp_path / "mine/tests"
    folder.mkdir()
    (folder / "alpha.yaml").write_text(SUITE)
    monkeypatch.chdir(tmp_path)
    return Path("mine")


def passing(book: Path) -> Path:
    """The same with what fails corrected."""
    path = book / "tests/alpha.yaml"
    path.write_text(SUITE.replace("class: government_fund", "class: any").replace("3%, accept", "3%, no_new"))
    return path


def test_cases_that_hold_exit_0(run: Run, book: Path) -> None:
    """Proves that suites are counted by title, and the rulebook named with its version."""
    passing(book)
    ran = run("test", str(book))
    assert (ran.code, ran.err) == (0, "")
    first, last = ran.out.splitlines()
    assert first == "  alpha           What ALPHA is · 4"
    assert last.startswith("mine: ok, 4 cases, house ")


def test_a_case_that_fails_exits_1(run: Run, book: Path) -> None:
    """Proves that a failure is told with case, cell, place, both sides, and the rule that decided."""
    ran = run("test", str(book))
    assert (ran.code, ran.err) == (1, "")
    assert "  alpha           What ALPHA is · 2 of 4 failed\n" in ran.out
    row = ran.out.partition("failed: alpha: By day / at a discount\n")[2]
    assert row.startswith(
        "  status  mine/tests/alpha.yaml:21:27\n"
        "    expected  accept\n"
        "    got       no_new\n"
        "    ST-DISCOUNT    holds\n"
        "                   peg.discount_now > intake_discount: 3% against 2%, 1% above\n"
    )
    assert "\n\n\n" not in ran.out
    assert ran.out.splitlines()[-1].startswith("mine: 2 failed, 4 cases, house ")


def test_colours_are_for_a_terminal(book: Path, run: Run) -> None:
    """Proves that a pipe gets the words alone, and a terminal the same words."""
    code, shown = on_a_terminal("test", str(book))
    assert code == 1
    assert ESCAPE.search(shown)
    assert ESCAPE.sub("", shown) == run("test", str(book)).out


@pytest.mark.parametrize(
    ("pattern", "titles"),
    [
        ("alpha: by DAY", TITLES[2:]),
        ("*something", TITLES[:1]),
        ("alpha: It is *", TITLES[:2]),
        ("at par", TITLES[2:3]),
    ],
)
def test_a_filter_is_a_part_of_a_title_or_a_pattern(
    run: Run, book: Path, pattern: str, titles: list[str]
) -> None:
    """Proves which cases are tried, whatever the case of letters, and that the count says of how many."""
    reply = json.loads(run("test", str(book), "--filter", pattern, "--format", "json").out)
    found = [" / ".join(filter(None, (one["case"], one["row"]))) for one in reply["verdicts"]]
    assert found == titles
    text = run("test", str(book), "--filter", pattern).out
    assert f"{len(titles)} of 4 cases" in text


def test_a_filter_that_no_case_has_exits_2(run: Run, book: Path) -> None:
    """Proves that to try nothing is no success."""
    ran = run("test", str(book), "--filter", "alpha: By day / at parr")
    assert ran.code == 2
    assert "error[T0001]: no case is called `alpha: By day / at parr`" in ran.out
    assert "did you mean `alpha: By day / at par`?" in ran.out


@pytest.mark.parametrize(
    ("file", "text", "code"),
    [
        ("tests/alpha.yaml", "suite: A\ncasess: []\n", "E0301"),
        ("tests/alpha.yaml", "suite: A\n", "T0001"),
        ("tests/alpha.yaml", "", "E0012"),
        ("tests/alpha.yaml", "- a\n", "E0303"),
        ("tests/beta.yml", SUITE, "E0015"),
        ("caps.yaml", "caps: {}\n", "E0302"),
    ],
)
def test_what_cannot_be_used_exits_2(run: Run, book: Path, file: str, text: str, code: str) -> None:
    """Proves that a broken suite or rulebook is told as `pegmark check` tells it, and nothing is tried."""
    (book / file).write_text(text)
    ran = run("test", str(book))
    assert (ran.code, ran.err) == (2, "")
    assert f"error[{code}]: " in ran.out
    assert ran.out.splitlines()[-1].startswith("mine: nothing was tried, ")
    reply = json.loads(run("test", str(book), "--format", "json").out)
    assert (reply["ok"], reply["rulebook"], reply["verdicts"]) == (False, None, [])
    assert code in {problem["code"] for problem in reply["problems"]}


def test_a_rulebook_without_suites_exits_2(run: Run, book: Path) -> None:
    """Proves that it is not taken for one whose every case holds."""
    shutil.rmtree(book / "tests")
    ran = run("test", str(book))
    assert ran.code == 2
    assert "error[T0001]: no suite is here\n  --> mine/tests" in ran.out


def test_a_stored_file_that_is_broken_exits_2(run: Run, book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves that a catalogue that cannot be used is told with the place in its file."""
    for folder in ("snapshots", "venues"):
        (book / "stored" / folder).mkdir(parents=True)
    (book / "stored/venues/reference.yaml").write_text("venue: reference\nfacts:\n  prize_source: par\n")
    monkeypatch.setenv("PEGMARK_FIXTURES", str((book / "stored").absolute()))
    shutil.move(str(book / "stored"), "stored")
    monkeypatch.setenv("PEGMARK_FIXTURES", str(Path("stored").absolute()))
    ran = run("test", str(book))
    assert ran.code == 2
    assert "error[Q0009]: reference.yaml:3:3: " in ran.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere"], "invalid value for 'PATH': Path 'nowhere' does not exist"),
        (["mine", "--rulebook", "hause"], "no rulebook is called `hause`"),
        (["mine", "--watch", "--format", "json"], "`--watch` prints text alone"),
        (["mine", "--jobs", "0"], "invalid value for '--jobs'"),
    ],
)
@pytest.mark.usefixtures("book")
def test_wrong_use_exits_2(run: Run, arguments: list[str], message: str) -> None:
    """Proves that a slip on the command line is told in one line."""
    ran = run("test", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"error: {message}")


def test_one_file_is_tried_on_the_rulebook_around_it(run: Run, book: Path) -> None:
    """Proves that a file has the fixtures of the others in its folder, and that only its cases are tried."""
    (book / "tests/beta.yaml").write_text(
        "suite: B\ncases:\n  - {case: A, like: alpha, expect: {status: accept}}\n"
    )
    ran = run("test", str(book / "tests/beta.yaml"))
    assert (ran.code, ran.out.splitlines()[0]) == (0, "  beta            B · 1")
    assert ran.out.splitlines()[-1].startswith("mine: ok, 1 case, house ")


def test_a_suite_elsewhere_is_tried_on_the_rulebook_that_is_named(run: Run, book: Path) -> None:
    """Proves that the same suite can be tried on any rulebook, on the usual one if none is named."""
    suite = passing(book).rename("alpha.yaml")
    assert "rules/house: ok, 4 cases" in run("test", str(suite)).out.splitlines()[-1]
    assert run("test", str(suite), "--rulebook", str(book)).out.splitlines()[-1].startswith("mine: ok, ")


def test_json_holds_what_the_text_says(run: Run, book: Path) -> None:
    """Proves that each cell that differs is data: both sides, place, rule and line of the trace."""
    ran = run("test", str(book), "--format", "json")
    reply = json.loads(ran.out)
    assert (ran.code, reply["ok"], reply["cases"], reply["failed"]) == (1, False, 4, 2)
    assert reply["rulebook"]["id"] == "house"
    *_, last = reply["verdicts"]
    [difference] = last["differences"]
    assert (last["suite"], last["case"], last["row"], last["line"]) == (
        "alpha",
        "By day",
        "at a discount",
        21,
    )
    assert (difference["output"], difference["expected"], difference["got"]) == ("status", "accept", "no_new")
    assert (difference["file"], difference["line"], difference["column"]) == ("mine/tests/alpha.yaml", 21, 27)
    assert (difference["rule"], difference["trace"]["outcome"]) == ("ST-DISCOUNT", True)


@pytest.fixture(scope="module")
def schema() -> xmlschema.XMLSchema:
    """What readers of JUnit reports agree on."""
    return xmlschema.XMLSchema(Path(__file__).with_name("junit.xsd"))


def test_junit_is_valid_and_counts_right(run: Run, book: Path, schema: xmlschema.XMLSchema) -> None:
    """Proves that a report is of the schema, names every case, and has a failure where one differs."""
    ran = run("test", str(book), "--format", "junit")
    schema.validate(ran.out)
    root = ET.fromstring(ran.out.encode())
    assert root.attrib == {"tests": "4", "failures": "2", "errors": "0"}
    [suite] = root
    assert [case.attrib["name"] for case in suite] == TITLES
    [failure] = suite[3]
    assert failure.attrib["message"] == "status: expected accept, got no_new"
    assert "mine/tests/alpha.yaml:21:27" in (failure.text or "")


def test_junit_of_what_cannot_be_tried_is_an_error(run: Run, book: Path, schema: xmlschema.XMLSchema) -> None:
    """Proves that no reader of reports takes a broken suite for success."""
    (book / "tests/alpha.yaml").write_text("suite: A\ncasess: []\n")
    ran = run("test", str(book), "--format", "junit")
    schema.validate(ran.out)
    root = ET.fromstring(ran.out.encode())
    assert (ran.code, root.attrib["errors"]) == (2, "1")
    assert root[0][0][0].attrib == {"type": "E0301", "message": "unknown key `casess`"}


def test_the_schema_is_strict(schema: xmlschema.XMLSchema) -> None:
    """Proves that validation can fail: a report without counts is none."""
    assert not schema.is_valid("<testsuites><testsuite name='a'/></testsuites>")


@pytest.mark.parametrize("form", ["text", "json", "junit"])
def test_more_processes_say_the_same(run: Run, book: Path, form: str) -> None:
    """Proves that verdicts come in the order of the suites, whatever the number of processes."""
    one, three = (run("test", str(book), "--format", form, "--jobs", jobs) for jobs in ("1", "3"))
    assert one == three


def test_processes_are_started_where_they_pay() -> None:
    """Proves that a suite that is over before a process starts is tried in this one."""
    assert [worth(cases, 4) for cases in (1, 2 * WORTH - 1, 2 * WORTH, 100 * WORTH)] == [1, 1, 2, 4]


class Watched:
    """`pegmark test --watch` in a process of its own."""

    def __init__(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [*PEGMARK, "test", *arguments, "--watch"],
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.seen = ""

    def until(self, text: str) -> str:
        """Wait until a text is printed, and return what came up to its line's end."""
        assert self.process.stdout is not None
        deadline = time.monotonic() + 60
        while text not in self.seen or "\n" not in self.seen.partition(text)[2]:
            assert time.monotonic() < deadline, self.seen
            if select.select([self.process.stdout], [], [], 1)[0]:
                self.seen += os.read(self.process.stdout.fileno(), 65536).decode()
        before, found, after = self.seen.partition(text)
        line, _, self.seen = after.partition("\n")
        return f"{before}{found}{line}"

    def interrupted(self) -> tuple[int, str]:
        """Interrupt as Ctrl-C does, and return the exit code and what was complained of."""
        self.process.send_signal(signal.SIGINT)
        _, complaints = self.process.communicate(timeout=30)
        return self.process.returncode, complaints.decode()


@pytest.fixture
def watched(book: Path) -> Iterator[Watched]:
    """The suite, watched from when it was tried first."""
    found = Watched(str(book))
    try:
        yield found
    finally:
        found.process.kill()
        found.process.communicate()


def test_what_is_watched_is_tried_again_on_every_change(watched: Watched, book: Path) -> None:
    """Proves that suites and rules are watched, that broken ones are survived, and that Ctrl-C ends it."""
    watched.until("mine: 2 failed, 4 cases")
    suite = passing(book)
    assert "changed: mine/tests/alpha.yaml" in watched.until("mine: ok, 4 cases")
    suite.write_text("suite: [\n")
    assert "error[E0001]" in watched.until("mine: nothing was tried, 1 problem")
    # As editors write: another file takes the place of the first.
    passing(book).rename(book / "tests/moved.yaml")
    watched.until("mine: ok, 4 cases")
    rating = book / "rating.yaml"
    rules = rating.read_text()
    rating.write_text(rules.replace("then: no_new", "then: no_nwe"))
    assert "changed: mine/rating.yaml" in watched.until("mine: nothing was tried, 3 problems")
    rating.write_text(rules.replace("peg.discount_now > intake_discount", "peg.discount_now > 5%"))
    watched.until("mine: 1 failed, 4 cases")
    shutil.rmtree(book / "tests")
    watched.until("mine: nothing was tried, 1 problem")
    (book / "tests").mkdir()
    passing(book)
    rating.write_text(rules)
    watched.until("mine: ok, 4 cases")
    assert watched.interrupted() == (0, "")
