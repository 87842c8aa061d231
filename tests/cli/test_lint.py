"""`pegmark lint`: what it reads, what it prints in each form, and with which code it exits."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from pegmark.authoring.lint.rules.registry import STYLE_RULES
from tests.authoring.lint.books import SOUND
from tests.cli.conftest import Run

FAULT = 'href: "https://pegmark.example/methodology"'
UNSAFE = 'href: "http://pegmark.example/methodology"'


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A rulebook with one fault of style, in the folder that the command runs in."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "mine"
    folder.mkdir()
    text = SOUND.read_text(encoding="utf-8")
    assert FAULT in text
    (folder / "rulebook.yaml").write_text(text.replace(FAULT, UNSAFE), encoding="utf-8")
    return Path("mine")


def test_the_house_has_nothing_to_say_of(run: Run, checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves that what ships is clean as the command sees it: with its suites, its assets, its links."""
    monkeypatch.chdir(checkout)
    monkeypatch.delenv("PEGMARK_FIXTURES")
    ran = run("lint", "rules/house", "--at", "2026-12-01")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("rules/house: ok, house ")
    assert ran.out.count("\n") == 1


def test_a_fault_is_shown_with_its_place_and_exits_1(run: Run, book: Path) -> None:
    """Proves that a finding looks as what `check` finds does, and that the verdict counts it."""
    ran = run("lint", str(book))
    assert (ran.code, ran.err) == (1, "")
    assert ran.out.startswith("warning[L016]: the link of `METH` is not https\n  --> mine/rulebook.yaml:")
    assert "^" in ran.out
    assert ran.out.splitlines()[-1] == "mine: 1 warning"
    assert run("check", str(book)).code == 0


@pytest.mark.parametrize(
    ("options", "code", "verdict"),
    [
        (["--fail-on", "error"], 0, "mine: ok, sound 2026.12.0, 1 warning"),
        (["--fail-on", "never"], 0, "mine: ok, sound 2026.12.0, 1 warning"),
        (["--severity", "L016=error", "--fail-on", "error"], 1, "mine: 1 error"),
        (["--severity", "L016=error", "--fail-on", "never"], 0, "mine: ok, sound 2026.12.0, 1 error"),
        (["--severity", "l016=off"], 0, "mine: ok, sound 2026.12.0"),
        (["--ignore", "L016"], 0, "mine: ok, sound 2026.12.0"),
        (["--select", "L015", "--select", "L030"], 0, "mine: ok, sound 2026.12.0"),
        (["--select", "L016"], 1, "mine: 1 warning"),
    ],
)
def test_options_say_what_is_asked_and_what_fails(
    run: Run, book: Path, options: list[str], code: int, verdict: str
) -> None:
    """Proves that each option does what its help says."""
    ran = run("lint", str(book), *options)
    assert (ran.code, ran.err) == (code, "")
    assert ran.out.splitlines()[-1] == verdict


def test_settings_beside_the_rulebook_are_read(run: Run, book: Path) -> None:
    """Proves that a rulebook brings its settings, whether it is named as a folder or as its file."""
    (book / ".pegmark-lint.yaml").write_text("ignore: [L016]\n", encoding="utf-8")
    assert run("lint", str(book)).code == 0
    assert run("lint", str(book / "rulebook.yaml")).code == 0
    assert run("check", str(book)).code == 0


def test_settings_that_cannot_be_used_are_refused(run: Run, book: Path) -> None:
    """Proves that a mistake in the settings is told with its place, and nothing is said of the rulebook."""
    (book / ".pegmark-lint.yaml").write_text("ignore: [L999]\n", encoding="utf-8")
    ran = run("lint", str(book))
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        "error: mine/.pegmark-lint.yaml:1:10: E0304: no rule of style is called `L999`\n"
        "hint: `pegmark lint --rules` lists them\n"
    )
    (book / ".pegmark-lint.yaml").unlink()
    (book / ".pegmark-lint.yaml").mkdir()
    assert run("lint", str(book)).code == 2


def test_a_rulebook_that_check_refuses_is_refused(run: Run, book: Path) -> None:
    """Proves that errors come first: they are told as `check` tells them, whatever is failed for."""
    file = book / "rulebook.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("lift: 25", "lft: 25"), encoding="utf-8")
    ran = run("lint", str(book), "--fail-on", "never")
    assert ran.code == 1
    assert ran.out == run("check", str(book)).out
    assert "E0301" in ran.out


def test_what_check_warns_of_is_told_too(run: Run, book: Path) -> None:
    """Proves that a name that nothing reads is found here as well, unless rules are selected."""
    file = book / "rulebook.yaml"
    unread = "derive:\n  unread: {unit: bool, expr: redemption.gated and redemption.at_par}\n"
    file.write_text(file.read_text(encoding="utf-8") + unread, encoding="utf-8")
    assert "warning[E0314]: `unread` is never read" in run("lint", str(book)).out
    assert "E0314" not in run("lint", str(book), "--select", "L016").out


def test_suites_beside_the_rulebook_are_asked_for_each_rule(run: Run, book: Path) -> None:
    """Proves that a rule which no suite names is found once there are suites, and a comment names none."""
    assert "L080" not in run("lint", str(book)).out
    (book / "tests").mkdir()
    suite = "# KO-DEFICIT\ncases:\n  - {case: One, expect: {decided_by: CLS-010, binding: CAP-SUPPLY}}\n"
    (book / "tests" / "one.yaml").write_text(suite, encoding="utf-8")
    ran = run("lint", str(book), "--select", "L080")
    assert ran.out.count("warning[L080]") == 1
    assert "no suite expects anything of the knock-out KO-DEFICIT" in ran.out
    (book / "tests" / "one.yaml").write_text("cases: [\n", encoding="utf-8")
    broken = run("lint", str(book), "--select", "L080")
    assert (broken.code, "error[E0001]" in broken.out) == (1, True)


def test_assets_are_those_that_are_stored(run: Run, book: Path) -> None:
    """Proves that a rule called after a stored asset is an error, and after any other word is none."""
    file = book / "rulebook.yaml"
    text = file.read_text(encoding="utf-8").replace(UNSAFE, FAULT)
    file.write_text(text.replace("KO-DEFICIT", "KO-ALPHA"), encoding="utf-8")
    ran = run("lint", str(book))
    assert (ran.code, ran.out.splitlines()[0]) == (
        1,
        "error[L020]: rule `KO-ALPHA` singles out an asset: ALPHA",
    )
    file.write_text(text.replace("KO-DEFICIT", "KO-OMEGA"), encoding="utf-8")
    assert run("lint", str(book)).code == 0


def test_a_link_to_a_file_is_looked_for_around_the_rulebook(run: Run, book: Path) -> None:
    """Proves that a path is good beside the rulebook and above it, and that one to nothing is told."""
    file = book / "rulebook.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace(UNSAFE, "href: docs/method.md#class"), encoding="utf-8")
    assert "`docs/method.md#class` is no file" in run("lint", str(book)).out
    Path("docs").mkdir()
    Path("docs/method.md").write_text("# Class\n", encoding="utf-8")
    assert run("lint", str(book)).code == 0
    file.write_text(text.replace(UNSAFE, f'href: "{"x" * 5000}"'), encoding="utf-8")
    assert run("lint", str(book)).code == 1


def test_every_form_holds_the_same(run: Run, book: Path) -> None:
    """Proves that each form names the code with its title, and that a warning may fail."""
    plain = json.loads(run("lint", str(book), "--format", "json").out)
    assert (plain["ok"], [problem["code"] for problem in plain["problems"]]) == (False, ["L016"])
    assert json.loads(run("lint", str(book), "--format", "json", "--fail-on", "error").out)["ok"] is True
    [log] = json.loads(run("lint", str(book), "--format", "sarif").out)["runs"]
    [rule], [result] = log["tool"]["driver"]["rules"], log["results"]
    assert (rule["id"], result["ruleId"], result["level"]) == ("L016", "L016", "warning")
    assert rule["shortDescription"]["text"] == "Link that leads nowhere safe"
    assert rule["helpUri"].endswith("/docs/lint/L016.md")
    github = run("lint", str(book), "--format", "github").out
    assert github.startswith("::warning file=mine/rulebook.yaml,")
    assert "title=L016%3A link that leads nowhere safe" in github
    tree = ET.fromstring(run("lint", str(book), "--format", "junit").out)
    assert (tree.attrib["name"], tree.attrib["failures"]) == ("pegmark lint", "1")
    tree = ET.fromstring(run("lint", str(book), "--format", "junit", "--fail-on", "error").out)
    assert tree.attrib["failures"] == "0"


def test_the_report_may_go_to_a_file(run: Run, book: Path) -> None:
    """Proves that `--output` writes what would have been printed, and the exit code is the same."""
    ran = run("lint", str(book), "--output", "report.txt")
    assert (ran.code, ran.out) == (1, "")
    assert Path("report.txt").read_text(encoding="utf-8") == run("lint", str(book)).out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "missing argument 'PATH…'"),
        (["no/such/path"], "invalid value for 'PATH…': Path 'no/such/path' does not exist"),
        (["mine", "--select", "L999"], "invalid value for '--select': no rule of style is called `L999`"),
        (
            ["mine", "--severity", "L016"],
            "invalid value for '--severity': `L016` is not a code and its level",
        ),
        (["mine", "--severity", "L999=error"], "invalid value for '--severity': no rule of style is called"),
        (["mine", "--at", "today"], "invalid value for '--at'"),
        (["mine", "--fail-on", "info"], "invalid value for '--fail-on'"),
    ],
)
def test_wrong_use_exits_2(run: Run, book: Path, arguments: list[str], message: str) -> None:
    """Proves that what cannot be asked is told in one line, with nothing on standard output."""
    assert book.is_dir()
    ran = run("lint", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"error: {message}")
    assert ran.err.endswith("hint: see `pegmark lint --help`\n")


def test_the_rules_are_listed(run: Run) -> None:
    """Proves that `--rules` lists each rule that would be asked, with how severe it would be."""
    lines = run("lint", "--rules").out.splitlines()
    assert [line.split()[0] for line in lines] == list(STYLE_RULES)
    fewer = run("lint", "--rules", "--ignore", "L016", "--severity", "L015=error").out.splitlines()
    assert len(fewer) == len(lines) - 1
    assert ["L015", "uncited-source", "error"] in [line.split()[:3] for line in fewer]


def test_a_rule_is_explained(run: Run, checkout: Path) -> None:
    """Proves that `pegmark explain` prints the page of a rule, in either case."""
    ran = run("explain", "l036")
    assert (ran.code, ran.out) == (0, (checkout / "docs/lint/L036.md").read_text(encoding="utf-8"))
