"""`pegmark assess` of many: each is answered as it would be alone, in order, and nothing is lost."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from litestar.testing import TestClient

from pegmark.api.app import build_app
from pegmark.bootstrap import build_desk, normal_of
from pegmark.cli import assess, clerks
from pegmark.cli.sources import Line, LineFile
from pegmark.settings import read_settings
from tests.cli.conftest import DATA, DAY, Run
from tests.cli.test_terminal import PEGMARK, environment, on_a_terminal

SNAPSHOTS = str(DATA / "snapshots")
QUESTIONS: list[dict[str, Any]] = [
    {"asset": "ALPHA", "as_of": DAY},
    {"asset": "sALPHA", "as_of": DAY, "venue": "own-book", "sizes_usd": [250000], "explain": "none"},
    {"asset": "X", "as_of": DAY, "facts": {"reference": {"kind": "fiat"}, "liquidity": {"supply": 5e9}}},
    {"asset": "CASH", "as_of": DAY, "explain": "full", "rulebook": "house"},
]
BAD: list[bytes] = [
    b'{"asset": "ALPA", "as_of": "2026-01-15"}',
    b'{"as_of": "2026-01-15", "facts": {"liquidity": {"suply": 1}}}',
    b'{"as_of": "2026-01-15", "as_of": "2026-01-16"}',
    b'{"as_of": "2026-01-15"',
    b"as_of: 2026-01-15",
    b"\xff",
    b"[]",
    b"1",
    b'{"as_of": "2026-01-15", "rulebook": "hose", "asset": "ALPHA"}',
]
GOOD = [orjson.dumps(question) for question in QUESTIONS]
MIXED = [line for pair in zip(GOOD * 3, BAD, strict=False) for line in pair]


@pytest.fixture(scope="module")
def api() -> Any:
    """The HTTP API over the same made-up fixtures."""
    settings = read_settings({"PEGMARK_FIXTURES": str(DATA)})
    with TestClient(
        build_app(build_desk(settings), normal_of(settings)[1], settings.max_body_bytes)
    ) as client:
        yield client


def alone(api: Any, line: bytes) -> bytes:
    """What `POST /v1/assessments` answers to a line."""
    return api.post("/v1/assessments", content=line, headers={"content-type": "application/json"}).content


def lines(*texts: bytes) -> bytes:
    return b"".join(text + b"\n" for text in texts)


# Lines


@pytest.mark.parametrize("given", ["file", "pipe", "pipe told apart"])
def test_lines_are_answered_as_the_api_answers_each(run: Run, api: Any, tmp_path: Path, given: str) -> None:
    """Proves that decisions and problem documents are those of the API, byte for byte, in order."""
    sent = lines(*MIXED)
    (tmp_path / "q.jsonl").write_bytes(sent)
    arguments = {"file": [str(tmp_path / "q.jsonl"), "--json"], "pipe": ["-", "--jsonl"]}.get(
        given, ["-", "--json"]
    )
    ran = run("assess", *arguments, stdin=sent)
    assert ran.code == 1
    assert ran.out.encode() == lines(*(alone(api, line) for line in MIXED))
    shown = "standard input" if "pipe" in given else str(tmp_path / "q.jsonl")
    assert f"error: {shown}:2:1: Q0002: no asset is called `ALPA` (/asset)" in ran.err
    assert "hint: did you mean `ALPHA`" in ran.err
    assert ran.err.splitlines()[-1] == f"error: {len(MIXED) // 2} of {len(MIXED)} questions are refused"


def test_lines_are_what_a_batch_is(run: Run, api: Any) -> None:
    """Proves that what a batch holds can be asked of the command line, and is answered the same."""
    readable = [line for line in MIXED if line not in BAD[3:6]]
    body = b'{"items": [' + b",".join(readable) + b"]}"
    answer = api.post(
        "/v1/assessments/batch", content=body, headers={"content-type": "application/json"}
    ).json()
    ran = run("assess", "-", "--jsonl", stdin=lines(*readable))
    assert [json.loads(line) for line in ran.out.splitlines()] == [
        item["decision"] or item["problem"] for item in answer["items"]
    ]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(
    st.lists(st.sampled_from([*GOOD, *BAD]), max_size=5), st.sampled_from([b"\n", b"\r\n", b"\n\n", b"\n \n"])
)
def test_lines_are_a_map(run: Run, api: Any, texts: list[bytes], end: bytes) -> None:
    """Proves that neither neighbours nor blank lines nor the kind of line ends change an answer."""
    ran = run("assess", "-", "--jsonl", stdin=end.join(texts))
    assert ran.out.encode() == lines(*(alone(api, text) for text in texts))
    assert ran.code == int(any(text in BAD for text in texts))


def test_one_line_is_a_line_where_that_is_said(run: Run, api: Any) -> None:
    """Proves that `--jsonl` answers one question, and none, as it answers many."""
    for line in (GOOD[0], BAD[0], BAD[3]):
        ran = run("assess", "-", "--jsonl", stdin=line)
        assert ran.out.encode() == alone(api, line) + b"\n"
    assert run("assess", "-", "--jsonl", stdin=b"\n") == (0, "", "")
    assert (
        run("assess", "ALPHA", "--as-of", DAY, "--jsonl").out
        == run("assess", "ALPHA", "--as-of", DAY, "--json").out
    )


def test_a_document_on_standard_input_is_no_lines(run: Run) -> None:
    """Proves that an object that goes on, and one followed by blank lines, is one question as before."""
    asked = GOOD[0]
    report = run("assess", "-", stdin=asked).out
    assert report.startswith("ALPHA")
    indented = json.dumps(QUESTIONS[0], indent=1).encode()
    for spelt in (asked + b"\n", asked + b"\n\n \n", indented, b"{\n" + asked[1:], b"\n" + asked):
        assert run("assess", "-", stdin=spelt).out == report
    assert "H4001" in run("assess", "-", stdin=asked + b" " + asked + b"\n" + asked).err


def test_a_line_that_is_too_long_is_refused_and_passed_over(
    run: Run, monkeypatch: pytest.MonkeyPatch, api: Any
) -> None:
    """Proves that a line has the limit of a body, to the byte, and that the next is read from its start."""
    exact = GOOD[0].ljust(200)
    monkeypatch.setenv("PEGMARK_MAX_BODY_BYTES", "200")
    for end in (b"\n", b"\r\n"):
        ran = run(
            "assess", "-", "--jsonl", stdin=end.join([exact, exact + b" ", b"x" * 5_000, GOOD[1], b"x" * 201])
        )
        found = [json.loads(line) for line in ran.out.splitlines()]
        assert [answer.get("asset") or answer["status"] for answer in found] == [
            "ALPHA",
            413,
            413,
            "sALPHA",
            413,
        ]
        assert ran.out.splitlines()[0].encode() == alone(api, GOOD[0])


@given(
    st.lists(st.binary(max_size=12).map(lambda text: text.replace(b"\n", b"")), max_size=6), st.integers(4, 9)
)
def test_lines_are_cut_where_they_end(texts: list[bytes], longest: int) -> None:
    """Proves that every line is found, with its number, and of one that is too long enough to tell."""
    joined = b"\n".join(texts)
    read = LineFile("-")
    sys.stdin, before = _Input(joined), sys.stdin  # type: ignore[assignment]
    try:
        found = list(read.lines(longest))
    finally:
        sys.stdin = before
    expected = [(n, text.rstrip(b"\r")) for n, text in enumerate(texts, 1)]
    kept = [(n, text) for n, text in expected if text[: longest + 1].strip()]
    assert [line.number for line in found] == [n for n, _ in kept]
    for line, (_, text) in zip(found, kept, strict=True):
        assert line.text == text if len(text) <= longest else len(line.text) > longest
    assert sum(line.size for line in found) <= len(joined)


class _Input:
    """Standard input, as bytes."""

    def __init__(self, data: bytes) -> None:
        import io

        self.buffer = io.BytesIO(data)


# Files and folders


def test_several_are_a_table(run: Run) -> None:
    """Proves that assets, files and folders are answered in a line each, in the order they were named."""
    ran = run("assess", "CASH", f"{SNAPSHOTS}/alpha.yaml", SNAPSHOTS, "ALPA", "--as-of", "2026-01-16")
    first, *rows = ran.out.splitlines()
    assert first.split() == ["asset", "as", "of", "venue", "class", "band", "status", "haircut", "cap"]
    assert [row.split()[0] for row in rows] == ["CASH", "ALPHA", *_in_folder(), "ALPA"]
    assert rows[-1].split() == ["ALPA", "refused"]
    assert all(len(row) <= 100 for row in rows)
    assert "error: Q0002: no asset is called `ALPA`" in ran.err


def _in_folder() -> list[str]:
    return [
        next(line.split()[1] for line in path.read_text().splitlines() if line.startswith("asset:"))
        for path in sorted(Path(SNAPSHOTS).iterdir())
    ]


def test_a_folder_gives_what_its_files_give(run: Run, tmp_path: Path) -> None:
    """Proves that files of all forms, also further down, are decided as when they are named one by one."""
    (tmp_path / "b" / "c").mkdir(parents=True)
    (tmp_path / "a.yaml").write_bytes(Path(SNAPSHOTS, "alpha.yaml").read_bytes())
    (tmp_path / "b" / "c" / "x.json").write_bytes(GOOD[2])
    (tmp_path / "b" / "d.ndjson").write_bytes(lines(GOOD[0], GOOD[3]))
    (tmp_path / ".hidden.yaml").write_text("no")
    (tmp_path / "notes.txt").write_text("no")
    ran = run("assess", str(tmp_path), "--json")
    one_by_one = [
        run("assess", f"{tmp_path}/a.yaml", "--json").out,
        run("assess", f"{tmp_path}/b/c/x.json", "--json").out,
        *(run("assess", "-", "--json", stdin=line).out for line in (GOOD[0], GOOD[3])),
    ]
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == "".join(one_by_one)


def test_a_file_that_is_refused_does_not_concern_the_others(run: Run, tmp_path: Path) -> None:
    """Proves that what is wrong with a file is told by its place, and in its line by a problem document."""
    for name, text in {
        "a": "asset: A\nas_of: 2026-01-15\nfacts:\n  pegg: {}\n",
        "b": "asset: [",
        "c": "venue: v\nfacts: {price_source: par}\n",
    }.items():
        (tmp_path / f"{name}.yaml").write_text(text)
    (tmp_path / "d.json").write_bytes(GOOD[0])
    ran = run("assess", str(tmp_path), "--json")
    *problems, decision = map(json.loads, ran.out.splitlines())
    assert (ran.code, decision["asset"]) == (1, "ALPHA")
    assert [problem["type"] for problem in problems] == ["/v1/problems/H4220"] * 3
    first = problems[0]["errors"][0]
    assert (first["code"], first["pointer"]) == ("H4222", "/facts/pegg")
    assert first["detail"].startswith(f"{tmp_path}/a.yaml:4:3: the key `pegg` is not known")
    assert f"error: {tmp_path}/a.yaml:4:3: H4222" in ran.err
    assert f"error: {tmp_path}/b.yaml:1:" in ran.err
    assert "the file states facts about a venue" in ran.err
    assert ran.err.splitlines()[-1] == "error: 3 of 4 questions are refused"


def test_of_very_many_problems_the_first_are_told(run: Run) -> None:
    """Proves that bad input does not flood the screen, however long it is."""
    ran = run("assess", "-", "--jsonl", stdin=lines(*[BAD[0]] * 300))
    errors = [line for line in ran.err.splitlines() if line.startswith("error: ")]
    assert errors[-2:] == ["error: and 280 more", "error: 300 of 300 questions are refused"]
    assert len(errors) == 22


def test_what_is_typed_wins_in_every_question(run: Run) -> None:
    """Proves that options count for lines, files and assets alike."""
    typed = ["--venue", "own-book", "--size", "2M", "--explain", "none"]
    by_line = run("assess", "-", "--jsonl", *typed, stdin=lines(*GOOD))
    assert by_line.code == 0
    for line in map(json.loads, by_line.out.splitlines()):
        assert line["venue"] == "own-book"
        assert [haircut["size_usd"] for haircut in line["haircuts"]] == [2_000_000]
        assert "waterfall" not in line["haircuts"][0]
    venue = ["--venue", str(DATA / "venues" / "own-book.yaml"), "--rulebook", "house"]
    by_line = run("assess", "-", "--jsonl", *venue, stdin=lines(GOOD[0], BAD[8]))
    by_name = run("assess", "ALPHA", "ALPHA", "--as-of", DAY, "--json", *venue)
    assert by_line.out == by_name.out


AT_ONCE = [
    (["-", "--jsonl", "--as-of", DAY], 2, "a line states its own date"),
    (["-", "--jsonl", "--venue", "referense"], 1, "no venue is called `referense`"),
    (
        ["-", "--jsonl", "--venue", str(DATA / "snapshots" / "alpha.yaml")],
        1,
        "the file states facts about an asset",
    ),
    (["-", "--jsonl", "--rulebook", "hose"], 1, "no rulebook is called `hose`"),
    (["ALPHA", "no.yaml"], 1, "no.yaml: there is no such file"),
    (["ALPHA", "no.jsonl"], 1, "no.jsonl: there is no such file"),
    (["ALPHA", "CASH", "--rulebook", "hose", "--jobs", "2"], 1, "no rulebook is called `hose`"),
    (["ALPHA", "--output", "."], 1, "this is a folder"),
    (["ALPHA", "--output", "no/such/folder"], 1, "there is no folder for the file"),
]


@pytest.mark.parametrize(("arguments", "code", "message"), AT_ONCE)
def test_what_is_wrong_with_all_is_told_once_and_before(
    run: Run, arguments: list[str], code: int, message: str
) -> None:
    """Proves that a wrong option or name is not repeated for each question, and that nothing is answered."""
    ran = run("assess", *arguments, stdin=lines(*GOOD))
    assert (ran.code, ran.out) == (code, "")
    assert message in ran.err
    assert ran.err.count("error:") == 1


# Processes


def test_processes_answer_the_same_in_the_same_order(run: Run) -> None:
    """Proves that dividing the work changes nothing that is printed, in either form."""
    sent = lines(*MIXED * 20, b"x" * (1 << 21), *GOOD)
    for form in (["--jsonl"], []):
        assert run("assess", "-", "--jobs", "3", *form, stdin=sent) == run("assess", "-", *form, stdin=sent)


def test_a_line_is_answered_before_the_next_is_sent() -> None:
    """Proves that a program can hold a conversation: nothing waits for more lines, or for a full buffer."""
    with subprocess.Popen(
        [*PEGMARK, "assess", "-", "--jsonl"], env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for question in QUESTIONS:
            process.stdin.write(lines(orjson.dumps(question)))
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["asset"] == question["asset"]
        process.stdin.close()
        assert process.stdout.read() == b""
    assert process.returncode == 0


def end(_: Any) -> Any:
    """Ends the process that is to answer."""
    os._exit(1)


def test_a_process_that_is_ended_ends_the_run(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Proves that a process that is gone, killed for its memory say, is told, and that no file is left."""
    monkeypatch.setattr(clerks, "_answered", end)
    out = str(tmp_path / "out")
    ran = run("assess", "-", "--jsonl", "--jobs", "2", "--output", out, stdin=lines(*GOOD))
    assert ran == (1, "", "error: a process that answers questions was ended\n")
    assert list(tmp_path.iterdir()) == []


# Output


def test_output_goes_to_a_file(run: Run, tmp_path: Path) -> None:
    """Proves that a file gets what standard output would, with the permissions that a new file has."""
    out = tmp_path / "out"
    for arguments in (["ALPHA"], ["ALPHA", "--json"], ["ALPHA", "CASH"], ["ALPHA", "CASH", "--json"]):
        asked = ["assess", *arguments, "--as-of", DAY]
        assert run(*asked, "--output", str(out)) == (0, "", "")
        assert out.read_text(encoding="utf-8") == run(*asked).out
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE(out.stat().st_mode) == 0o666 & ~mask
    assert list(tmp_path.iterdir()) == [out]


def test_what_stood_there_is_replaced_whole_or_stays(run: Run, tmp_path: Path) -> None:
    """Proves that a run that fails keeps the old file, and one that succeeds mode and links."""
    out, link = tmp_path / "out", tmp_path / "link"
    out.write_text("old")
    out.chmod(0o640)
    link.symlink_to(out)
    assert run("assess", "ALPA", "--output", str(link)).code == 1
    assert out.read_text() == "old"
    assert run("assess", "-", "--jsonl", "--output", str(link), stdin=lines(GOOD[0], BAD[0])).code == 1
    assert len(out.read_text().splitlines()) == 2
    assert stat.S_IMODE(out.stat().st_mode) == 0o640
    assert link.is_symlink()
    assert set(tmp_path.iterdir()) == {out, link}


def test_a_device_is_written_and_not_replaced(run: Run) -> None:
    """Proves that `--output /dev/null` leaves it what it is."""
    assert run("assess", "ALPHA", "--as-of", DAY, "--output", "/dev/null") == (0, "", "")
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)  # noqa: PTH116 - as the kernel has it


def test_questions_are_not_written_over(run: Run, tmp_path: Path) -> None:
    """Proves that what is read cannot be lost to what is written, under whatever name."""
    path = tmp_path / "q.jsonl"
    path.write_bytes(lines(*GOOD))
    (tmp_path / "same").hardlink_to(path)
    for named in (str(path), str(tmp_path)):
        ran = run("assess", named, "--jsonl", "--output", str(tmp_path / "same"))
        assert (ran.code, ran.out) == (2, "")
        assert "is read, and cannot be written too" in ran.err
    assert path.read_bytes() == lines(*GOOD)


@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM], ids=lambda sent: sent.name)
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_what_is_stopped_half_way_leaves_no_half_file(
    tmp_path: Path, sent: signal.Signals, jobs: str
) -> None:
    """Proves that a file has its name only once it is whole, however the run ends, and no process is left."""
    out = tmp_path / "out.jsonl"
    with subprocess.Popen(
        [*PEGMARK, "assess", "-", "--output", str(out), "--jsonl", "--jobs", jobs],
        env=environment(), stdin=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdin is not None
        assert process.stderr is not None
        process.stdin.write(lines(*[GOOD[0]] * 2_000))
        process.stdin.flush()
        deadline = time.monotonic() + 60
        while not any(path.stat().st_size for path in tmp_path.iterdir()):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        process.send_signal(sent)
        said = process.stderr.read()  # until nobody holds the pipe, its own processes included
    assert process.returncode == (130 if sent is signal.SIGINT else -sent)
    assert said == b""
    assert not out.exists()
    assert sent is not signal.SIGINT or list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_reader_that_leaves_is_no_error(tmp_path: Path, jobs: str) -> None:
    """Proves that `pegmark assess … | head -1` ends quietly, and with it its processes."""
    path = tmp_path / "q.jsonl"
    path.write_bytes(lines(*[GOOD[0]] * 1_000))
    with subprocess.Popen(
        [*PEGMARK, "assess", str(path), "--json", "--jobs", jobs],
        env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141


# The bar


def test_a_bar_is_shown_where_it_stands_alone(tmp_path: Path) -> None:
    """Proves that progress is shown on a terminal, not among the lines, and never in a pipe."""
    path = tmp_path / "q.jsonl"
    path.write_bytes(lines(*GOOD * 20, BAD[0]))
    code, shown = on_a_terminal("assess", str(path), "--output", str(tmp_path / "out"))
    assert code == 1
    assert "100%" in shown
    assert "81, 1 refused" in shown
    assert "error:" in shown
    code, shown = on_a_terminal("assess", str(path))
    assert "answered" not in shown
    assert len((tmp_path / "out").read_text(encoding="utf-8").splitlines()) == 82


def test_memory_does_not_grow_with_the_questions() -> None:
    """Proves that lines are taken one after the other: the next is read when the last is answered."""
    read = 0

    def endless() -> Any:
        nonlocal read
        while True:
            read += 1
            yield Line("x", read, GOOD[1], len(GOOD[1]))

    order = assess.Order(assess.Typed(), DAY, is_json=True)
    for jobs in (1, 2):
        read = 0
        found = assess.outcomes(endless(), order, jobs)
        for _ in range(10):
            next(found)
        found.close()  # type: ignore[attr-defined]
        assert read <= (10 if jobs == 1 else 2 * 3 * 64 + 64)
