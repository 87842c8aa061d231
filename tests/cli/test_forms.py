"""The forms of `pegmark check`: one list of problems, as each of its readers wants it."""

from __future__ import annotations

import json
import os
import re
import stat
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree as ET

import pytest
from jsonschema import Draft4Validator

from pegmark.authoring.suggestion import replacement
from pegmark.cli.forms import FORMS, Checked
from pegmark.cli.terminal import Style
from pegmark.problems import Position, Problem, Span
from pegmark.rulebook.codes import RULEBOOK_CODES
from pegmark.rulebook.load import check_files
from tests.cli.conftest import Ran, Run
from tests.rulebook.books import SOUND, changed
from tools.golden import BROKEN

HOUSE = "rules/house"
STRANGE = "a, b: 100%.yaml"
"""A name of a file that every form has to escape."""

Place = tuple[str, str, int, int]
"""Code, file, line and column of a problem; 0 and 0 of a file as a whole."""


@pytest.fixture(autouse=True)
def in_the_checkout(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Paths are printed as they were given."""
    monkeypatch.chdir(checkout)


@pytest.fixture(scope="module")
def sarif_schema(node_modules: Path) -> Draft4Validator:
    """The schema that OASIS publishes of SARIF 2.1.0."""
    path = node_modules / "@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json"
    schema = json.loads(path.read_text(encoding="utf-8"))
    Draft4Validator.check_schema(schema)
    return Draft4Validator(schema)


def broken_folders() -> list[str]:
    """Every broken rulebook whose files are there as they are, not as a recipe."""
    return sorted(
        path.parent.as_posix()
        for path in BROKEN.glob("*/expected.txt")
        if not any(path.parent.glob("*.recipe"))
    )


def told_by_json(out: str) -> Iterator[Place]:
    """The problems of the form `json`."""
    for problem in json.loads(out)["problems"]:
        span = problem["range"]
        start = (span["start"]["line"], span["start"]["column"])
        yield (
            problem["code"],
            problem["file"],
            *((0, 0) if span["start"] == span["end"] and start == (1, 1) else start),
        )


def told_by_text(out: str) -> Iterator[Place]:
    """The problems of the form `text`."""
    for code, place in re.findall(r"^(?:error|warning)\[(\w+)\]: .*\n  --> (.*)$", out, re.MULTILINE):
        file, line, column = place.rsplit(":", 2) if place.count(":") > 1 else (place, "0", "0")
        yield code, file, int(line), int(column)


def told_by_sarif(out: str) -> Iterator[Place]:
    """The problems of the form `sarif`."""
    (run,) = json.loads(out)["runs"]
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        place = result["locations"][0]["physicalLocation"]
        region = place.get("region", {"startLine": 0, "startColumn": 0})
        uri = place["artifactLocation"]["uri"]
        yield result["ruleId"], unquote(uri), region["startLine"], region["startColumn"]


def commands(out: str) -> Iterator[tuple[str, dict[str, str], str]]:
    """Workflow commands, read as the runner reads them: kind, properties, message."""
    for line in out.splitlines():
        kind, properties, message = re.fullmatch(r"::(\w+) ([^:]*)::(.*)", line).groups()  # type: ignore[union-attr]
        named = dict(item.split("=", 1) for item in properties.split(","))
        for escaped, meant in (("%2C", ","), ("%3A", ":"), ("%0A", "\n"), ("%0D", "\r"), ("%25", "%")):
            named = {name: value.replace(escaped, meant) for name, value in named.items()}
            message = message if escaped in ("%2C", "%3A") else message.replace(escaped, meant)
        yield kind, named, message


def told_by_github(out: str) -> Iterator[Place]:
    """The problems of the form `github`."""
    for _, named, _ in commands(out):
        yield (
            named["title"].partition(":")[0],
            named["file"],
            int(named.get("line", 0)),
            int(named.get("col", 0)),
        )


def told_by_junit(out: str) -> Iterator[Place]:
    """The errors of the form `junit`."""
    for case in ET.fromstring(out).iter("testcase"):
        for failure in case.findall("failure"):
            yield from told_by_text(failure.text or "")


TOLD: dict[str, Callable[[str], Iterator[Place]]] = {
    "text": told_by_text,
    "json": told_by_json,
    "sarif": told_by_sarif,
    "github": told_by_github,
    "junit": told_by_junit,
}


def told(run: Run, form: str, *paths: str) -> Ran:
    """What is told of rulebooks in a form."""
    ran = run("check", "--format", form, *paths)
    assert ran.err == ""
    return ran


@pytest.mark.parametrize("form", FORMS)
def test_every_form_tells_the_same(run: Run, form: str) -> None:
    """Proves that code, file, line and column of every problem, and the exit code, are the same."""
    assert set(TOLD) == set(FORMS)
    paths = [HOUSE, *broken_folders()]
    plain = run("check", "--format", "json", *paths)
    severities = [problem["severity"] for problem in json.loads(plain.out)["problems"]]
    expected = list(told_by_json(plain.out))
    assert len({code for code, *_ in expected}) >= 60
    if form == "junit":
        # What is warned of does not fail.
        expected = [place for place, kind in zip(expected, severities, strict=True) if kind == "error"]
    ran = told(run, form, *paths)
    assert (ran.code, plain.code) == (1, 1)
    found = list(TOLD[form](ran.out))
    assert found == expected


def test_a_problem_of_no_place_and_one_of_two_lines(sarif_schema: Draft4Validator) -> None:
    """Proves that every form tells a problem without a place, and one over two lines."""
    two_lines = Span("a.yaml", Position(1, 3), Position(2, 2))
    problems = (
        Problem("E0013", "no rulebook is here"),
        Problem("E0106", "too long", two_lines, "did you mean `x`?"),
    )
    files = {"a.yaml": b"a: 'b\n c'\n"}
    checked = [Checked(Path("book"), files, files, None, problems)]
    reports = {form: report(checked, Style()) for form, report in FORMS.items()}
    assert all("no rulebook is here" in report and "too long" in report for report in reports.values())
    (_, nowhere, _), (_, place, _) = commands(reports["github"])
    assert nowhere == {"title": "E0013: no rulebook here"}
    assert place == {"file": "a.yaml", "line": "1", "endLine": "2", "title": "E0106: expression too long"}
    log = json.loads(reports["sarif"])
    assert not list(sarif_schema.iter_errors(log))
    first, second = log["runs"][0]["results"]
    assert "locations" not in first
    region = {"startLine": 1, "startColumn": 3, "endLine": 2, "endColumn": 2}
    assert second["locations"][0]["physicalLocation"]["region"] == region
    assert "fixes" not in second
    assert ET.fromstring(reports["junit"]).get("failures") == "2"


@pytest.mark.parametrize("form", FORMS)
def test_a_sound_rulebook_is_well_formed_too(run: Run, form: str) -> None:
    """Proves that where nothing is wrong every form says so, with exit code 0."""
    ran = told(run, form, HOUSE)
    assert ran.code == 0
    assert list(TOLD[form](ran.out)) == []


@pytest.mark.parametrize("form", FORMS)
def test_a_warning_alone_exits_0(run: Run, form: str) -> None:
    """Proves that in no form a warning makes the command fail."""
    assert told(run, form, f"{BROKEN}/E0314").code == 0


# SARIF


def log_of(run: Run, *paths: str) -> dict[str, Any]:
    """The SARIF log of rulebooks."""
    log: dict[str, Any] = json.loads(told(run, "sarif", *paths).out)
    return log


def test_sarif_is_valid(run: Run, sarif_schema: Draft4Validator, tmp_path: Path) -> None:
    """Proves that logs of every problem there is, of none, and of files elsewhere fit the schema of OASIS."""
    (tmp_path / "rulebook.yaml").write_text("rulebok: x\n")
    for paths in ([HOUSE], broken_folders(), [str(tmp_path)]):
        assert [error.message for error in sarif_schema.iter_errors(log_of(run, *paths))] == []


def test_the_schema_would_tell(run: Run, sarif_schema: Draft4Validator) -> None:
    """Proves that the schema is looked at: a log with a key that SARIF does not know is not valid."""
    log = log_of(run, f"{BROKEN}/E0204")
    log["runs"][0]["results"][0]["rule_id"] = "E0204"
    assert list(sarif_schema.iter_errors(log))


def test_a_code_is_described_by_its_page(run: Run) -> None:
    """Proves that each code that occurs has its title, the text of its page and an address that opens it."""
    driver = log_of(run, f"{BROKEN}/E0301", f"{BROKEN}/E0204", f"{BROKEN}/E0301")["runs"][0]["tool"]["driver"]
    assert [rule["id"] for rule in driver["rules"]] == ["E0204", "E0301"]
    for rule in driver["rules"]:
        assert rule["shortDescription"]["text"].lower() == RULEBOOK_CODES[rule["id"]]
        assert rule["help"]["markdown"].startswith(f"# {rule['id']}: ")
        assert "<!--" not in rule["help"]["markdown"]
        assert Path(unquote(urlsplit(rule["helpUri"]).path)).read_text().startswith(f"# {rule['id']}: ")


def test_regions_are_exact(run: Run, tmp_path: Path) -> None:
    """Proves that a region covers what is wrong, counted in code points, and the log says that they are."""
    line = next(line for line in SOUND.splitlines() if "id: CLS-010" in line)
    text = changed(
        (line, line.replace("why: ", "why: \N{CHART WITH DOWNWARDS TREND} ").replace("cite:", "cit:"))
    )
    (tmp_path / "rulebook.yaml").write_text(text)
    (run_,) = log_of(run, str(tmp_path))["runs"]
    assert run_["columnKind"] == "unicodeCodePoints"
    lines = text.split("\n")
    regions = [
        r["locations"][0]["physicalLocation"]["region"] for r in run_["results"] if r["ruleId"] == "E0301"
    ]
    assert [lines[r["startLine"] - 1][r["startColumn"] - 1 : r["endColumn"] - 1] for r in regions] == ["cit"]


def test_places_that_explain_are_related(run: Run) -> None:
    """Proves that the first of two ids is pointed at where the second is told."""
    (result,) = log_of(run, f"{BROKEN}/E0308")["runs"][0]["results"]
    (related,) = result["relatedLocations"]
    assert related["message"]["text"] == "first used here"
    first, second = (
        related["physicalLocation"]["region"],
        result["locations"][0]["physicalLocation"]["region"],
    )
    assert first["startLine"] < second["startLine"]


def test_a_rule_is_named_by_its_path(run: Run) -> None:
    """Proves that a result says which rule, and which key of it, is at fault."""
    (result,) = log_of(run, f"{BROKEN}/E0204")["runs"][0]["results"]
    named = [{"fullyQualifiedName": "classify.rules[0].when", "name": "CLS-010"}]
    assert result["locations"][0]["logicalLocations"] == named


def test_files_are_told_from_where_we_run(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves that a file below is relative and one elsewhere absolute, each escaped, text or not."""
    names = [STRANGE, os.fsdecode(b"caf\xe9.yaml")]
    for folder in ("here", "there"):
        for name in names:
            (tmp_path / folder).mkdir(exist_ok=True)
            (tmp_path / folder / name).write_text("x: 1\n")
    monkeypatch.chdir(tmp_path / "here")
    log = log_of(run, *names, *(f"../there/{name}" for name in names))
    files = [r["locations"][0]["physicalLocation"]["artifactLocation"] for r in log["runs"][0]["results"]]
    found = list(dict.fromkeys((file.get("uriBaseId"), file["uri"]) for file in files))
    there = (tmp_path / "there").as_uri()
    assert found == [
        ("%SRCROOT%", "a%2C%20b%3A%20100%25.yaml"),
        ("%SRCROOT%", "caf%E9.yaml"),
        (None, f"{there}/a%2C%20b%3A%20100%25.yaml"),
        (None, f"{there}/caf%E9.yaml"),
    ]


# Fixes

WITH_EDIT = (*("E0103", "E0108", "E0201", "E0202", "E0204", "E0206", "E0301", "E0304", "E0315", "E0317"),)
"""The codes whose broken rulebook is put right by the edit that is suggested."""


def mended(file: str, text: str, problem: Problem) -> str | None:
    """A text with a problem's suggestion written, or None where it suggests no edit."""
    assert problem.span is not None
    lines = text.split("\n")
    start, end = problem.span.start, problem.span.end
    if problem.span.file != file or start.line != end.line:
        return None
    line = lines[start.line - 1]
    written = replacement(problem, line[start.column - 1 : end.column - 1])
    if written is None:
        return None
    lines[start.line - 1] = line[: start.column - 1] + written + line[end.column - 1 :]
    return "\n".join(lines)


def test_a_fix_is_offered_where_the_help_says_what_to_write() -> None:
    """Proves that every suggestion of a broken rulebook is an edit that leaves nothing wrong."""
    having = set()
    for folder in map(Path, broken_folders()):
        files = {path.as_posix(): path.read_bytes() for path in folder.rglob("*.yaml")}
        for problem in check_files(files)[1]:
            if problem.span is None or problem.span.file not in files:
                continue
            file = problem.span.file
            text = mended(file, files[file].decode(errors="replace"), problem)
            if text is not None:
                having.add(problem.code)
                assert check_files({**files, file: text.encode()})[1] == [], problem
            assert text is not None or "did you mean" not in (problem.help or ""), problem
    assert having == set(WITH_EDIT)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("language: 1", "language: 2"), "E0304"),
        (("scorecards:", "scorecard:"), "E0301"),
        (("cite: [M]", "cite: [MM]"), "E0310"),
        (("hit: first", "hit: frist"), "E0304"),
        (("hit: first", '"hitt": first'), "E0301"),
        (("  hit: first\n", "  hit: 'frist'\n"), "E0304"),
        (("when: own_paper >=", "when: own_papr >="), "E0201"),
        (("when: redemption.at_par", 'when: "redemption.at_parr"'), "E0201"),
    ],
    ids=lambda value: value[1] if isinstance(value, tuple) else value,
)
def test_a_fix_puts_a_slip_right(change: tuple[str, str], code: str) -> None:
    """Proves that the edit suggested of a slip gives a sound rulebook, whatever quotes it stands in."""
    text = changed(change)
    problem = next(p for p in check_files({"a.yaml": text.encode()})[1] if p.code == code)
    again = mended("a.yaml", text, problem)
    assert again is not None, problem
    assert not any(p.code == code for p in check_files({"a.yaml": again.encode()})[1])


@pytest.mark.parametrize(
    ("help", "said", "written"),
    [
        ('did you mean `"fiat"`?', '"fait"', '"fiat"'),
        ('did you mean `"fiat"`?', r"\"fait\"", r"\"fiat\""),
        ('did you mean `"fiat"`?', r"\x22fait\x22", None),
        ("did you mean `a, b`?", "a b", None),
        ("did you mean `b`?", "", None),
        ("write `unit: days`", "ratio", "days"),
        ("write `mode: up`", "ratio", None),
        ("write `20%` for 20 percent", "20%", None),
        ("delete it", "x", None),
        (None, "x", None),
    ],
)
def test_only_what_is_safe_is_an_edit(help: str | None, said: str, written: str | None) -> None:
    """Proves that an edit is escaped where it stands in quotes; what would change the YAML is none."""
    here = Span("a.yaml", Position(1, 1), Position(1, 2))
    assert replacement(Problem("E0204", "m", here, help, yaml_path="facts.f.unit"), said) == written


def test_fixes_are_in_the_log(run: Run) -> None:
    """Proves that SARIF holds the edit: which stretch goes, and what comes."""
    (result,) = log_of(run, f"{BROKEN}/E0301")["runs"][0]["results"]
    ((change,),) = [fix["artifactChanges"] for fix in result["fixes"]]
    place = result["locations"][0]["physicalLocation"]
    assert change == {
        "artifactLocation": place["artifactLocation"],
        "replacements": [{"deletedRegion": place["region"], "insertedContent": {"text": "outstanding"}}],
    }


# GitHub


def test_commands_are_escaped(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves that names and messages come out of the runner as they went in, whatever is in them."""
    monkeypatch.chdir(tmp_path)
    strange = f"100%25\n\r{STRANGE}"
    (tmp_path / strange).write_text(changed(("hit: first", 'hit: "100%0A::error::x"')))
    out = told(run, "github", strange).out
    assert out.count("\n") == 1
    ((kind, named, message),) = commands(out)
    assert (kind, named["file"], named["title"]) == ("error", strange, "E0304: unknown choice")
    assert message.startswith("`100%0A::error::x` is not one of the choices\nhelp: one of ")


def test_a_warning_is_a_warning(run: Run) -> None:
    """Proves that the severity of a command is that of the problem."""
    assert [kind for kind, *_ in commands(told(run, "github", f"{BROKEN}/E0314").out)] == ["warning"]


# JUnit


def test_junit_counts_files_and_errors(run: Run) -> None:
    """Proves that each sound file is a case that passes, each error one that fails, and the sums."""
    root = ET.fromstring(told(run, "junit", HOUSE, f"{BROKEN}/E0204", f"{BROKEN}/E0314").out)
    files = len([path for path in Path(HOUSE).rglob("*.yaml") if "tests" not in path.parts])
    assert [(s.get("name"), s.get("tests"), s.get("failures")) for s in root] == [
        (HOUSE, str(files), "0"),
        (f"{BROKEN}/E0204", "1", "1"),
        (f"{BROKEN}/E0314", "1", "0"),
    ]
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == (str(files + 2), "1", "0")
    for suite in root:
        assert len(suite.findall("testcase")) == int(suite.get("tests", ""))
        assert len(suite.findall("testcase/failure")) == int(suite.get("failures", ""))
    names = [case.get("name") for case in root.iter("testcase")]
    assert len(set(names)) == len(names)
    (warned,) = root.iterfind("testsuite/testcase/system-out")
    assert "warning[E0314]" in (warned.text or "")


def test_junit_of_a_warning_beside_an_error(run: Run, tmp_path: Path) -> None:
    """Proves that a warning is not lost where its file is refused for something else."""
    warned = Path(f"{BROKEN}/E0314/rulebook.yaml").read_text()
    (tmp_path / "rulebook.yaml").write_text(f"{warned}\nnonsense: 1\n")
    root = ET.fromstring(told(run, "junit", str(tmp_path)).out)
    found = {p["code"] for p in json.loads(told(run, "json", str(tmp_path)).out)["problems"]}
    out = ET.tostring(root, encoding="unicode")
    assert [code for code in found if code not in out] == []


def test_junit_holds_no_character_that_xml_has_not(run: Run, tmp_path: Path) -> None:
    """Proves that a report can be read whatever is in the file and in its name."""
    (tmp_path / "a\x01\ufffe.yaml").write_text("rulebook: \x01\n")
    root = ET.fromstring(told(run, "junit", str(tmp_path)).out)
    assert root.get("failures") == "1"
    assert "E0003" in ET.tostring(root, encoding="unicode")


def test_a_path_without_a_rulebook_is_told_in_every_form(run: Run, tmp_path: Path) -> None:
    """Proves that a problem of no line and no file is in every form, and refused."""
    for form in FORMS:
        ran = told(run, form, str(tmp_path))
        assert ran.code == 1
        assert [code for code, *_ in TOLD[form](ran.out)] == ["E0013"]


# Where a report goes


@pytest.mark.parametrize("form", FORMS)
def test_a_report_goes_to_a_file(run: Run, form: str, tmp_path: Path) -> None:
    """Proves that a file gets, byte for byte, what would be printed, with the same exit code."""
    printed = told(run, form, f"{BROKEN}/E0204")
    ran = run("check", "--format", form, "--output", str(tmp_path / "report"), f"{BROKEN}/E0204")
    assert (ran.code, ran.out, ran.err) == (printed.code, "", "")
    assert (tmp_path / "report").read_bytes().decode() == printed.out
    assert run("check", "--format", form, "--output", "-", f"{BROKEN}/E0204").out == printed.out
    assert [path.name for path in tmp_path.iterdir()] == ["report"]


def test_a_file_is_replaced_whole_or_not_at_all(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Proves that where writing fails the old report stands and nothing is left beside it."""
    report = tmp_path / "report"
    report.write_text("before")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device", str(report))

    monkeypatch.setattr(os, "fsync", full)
    ran = run("check", "--output", str(report), HOUSE)
    assert (ran.code, ran.out, ran.err) == (
        1,
        "",
        f"error: {report}: the file cannot be written: no space left on device\n",
    )
    assert report.read_text() == "before"
    assert list(tmp_path.iterdir()) == [report]


def test_a_file_keeps_what_it_was(run: Run, tmp_path: Path) -> None:
    """Proves that permissions and links stay, and that a new file has the permissions that any has here."""
    real, link, new = (tmp_path / name for name in ("real", "link", "new"))
    real.write_text("before")
    real.chmod(0o640)
    link.symlink_to(real)
    before = os.umask(0o027)
    try:
        for path in (link, new):
            assert run("check", "--output", str(path), HOUSE).code == 0
    finally:
        os.umask(before)
    assert link.is_symlink()
    assert "ok" in real.read_text()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert stat.S_IMODE(new.stat().st_mode) == 0o640


def test_a_pipe_is_written_to(run: Run, tmp_path: Path) -> None:
    """Proves that what is no ordinary file is not replaced by one."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    got: list[str] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_text()))
    reader.start()
    assert run("check", "--output", str(pipe), HOUSE).code == 0
    reader.join(10)
    assert "rules/house: ok" in got[0]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@pytest.mark.parametrize("path", ["no/such/folder/report", "."])
def test_a_place_that_cannot_be_written_is_told(run: Run, path: str) -> None:
    """Proves that a report that cannot be written is an error, and so is a folder."""
    ran = run("check", "--output", path, HOUSE)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("error: ")
