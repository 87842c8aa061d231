"""Hostile and mutilated rulebooks: problems or a program, in bounded time, and nothing else."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from pathlib import Path
from random import Random

import pytest

from pegmark.problems import Problem
from pegmark.rulebook.codes import RULEBOOK_CODES
from pegmark.rulebook.files import normal_file
from pegmark.rulebook.load import check_files
from pegmark.rulebook.reading import MAX_EXPRESSIONS, MAX_PROBLEMS
from pegmark.rulebook.render import as_json, render
from tests.rulebook.books import SOUND, with_derived

IS_TRACED = sys.gettrace() is not None
MOST = 30 if IS_TRACED else 10
"""Seconds of CPU, many times what any takes; what grows with a square of the text would take minutes."""

_LAST = "    - {id: CLS-900,"
_SAYS = "then: endogenous, on_unknown: otherwise, why: W., cite: [M]}"


def checked(files: Mapping[str, bytes]) -> list[Problem]:
    """Return the problems of a rulebook, which must come in time, be sound and be fit to show."""
    start = time.process_time()
    program, problems = check_files(files)
    assert time.process_time() - start < MOST
    assert (program is None) is any(problem.severity == "error" for problem in problems)
    assert len(problems) <= MAX_PROBLEMS
    shown = {**files, **dict([normal_file()])}
    for problem in problems:
        assert problem.code in RULEBOOK_CODES
        assert problem.span is not None
        assert problem.span.start <= problem.span.end
        assert render(problem, shown).isprintable() is False  # it has several lines
        assert "\x1b" not in render(problem, shown)
        assert as_json(problem)["range"]["start"]["line"] >= 1
    return problems


def many(count: int, line: str) -> str:
    """Return a line many times over, `#` counting."""
    return "".join(line.replace("#", str(n)) for n in range(count))


def derived(*lines: str) -> str:
    """Return the sound rulebook with more derived values."""
    old, new = with_derived(*lines)
    return SOUND.replace(old, new)


def rules(lines: str) -> str:
    """Return the sound rulebook with more rules of class."""
    return SOUND.replace(_LAST, lines + _LAST)


CHAIN = [f"x{n}: {{unit: ratio, expr: x{n + 1}}}" for n in range(4000)]
DENSE = [
    f"x{n}: {{unit: ratio, expr: {' + '.join([*(f'x{m}' for m in range(max(0, n - 90), n)), 'own_paper'])}}}"
    for n in range(800)
]
ONCE = "{from: 2017-01-01, value: 1%}"
NEAR = "p" + "x" * 30
CLASSES = [f"c{n}" for n in range(4000)]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (derived(*CHAIN, "x4000: {unit: ratio, expr: own_paper}"), {"E0314"}),
        (derived(*CHAIN, "x4000: {unit: ratio, expr: x0}"), {"E0313"}),
        (derived(*DENSE), {"E0010"}),
        (rules(many(1900, f"    - {{id: CLS-X#, when: redemption.settlement > #d, {_SAYS}\n")), {"A0101"}),
        (rules(many(1900, f"    - {{id: CLS-X#, when: missing.name# > #d, {_SAYS}\n")), {"E0201"}),
        (
            SOUND.replace(
                "params:\n",
                "params:\n"
                + many(
                    800,
                    f"  {NEAR}#: {{unit: ratio, values: [{ONCE}], why: W., cite: [M]}}\n",
                ),
            ).replace(_LAST, many(150, f"    - {{id: CLS-X#, when: {NEAR}y# > 5%, {_SAYS}\n") + _LAST),
            {"E0201"},
        ),
        (SOUND.replace("own_paper >=", "own_paper + 0 * " + "x + " * 5000 + "1 >="), {"E0106"}),
        (SOUND.replace("own_paper >= own_limit", "(" * 1500), {"E0107"}),
        (SOUND.replace("value: 20%", "value: " + "-" * 1900 + "1"), {"E0107"}),
        (SOUND.replace("value: 20%", "value: " + "9" * 1900), {"E0110"}),
        (SOUND.replace("value: 20%", "value: 0." + "0" * 1900 + "1%"), {"E0110"}),
        (SOUND.replace("[$1M, $10M]", "[" + many(3000, "1" * 100 + "#, ") + "]"), {"E0110", "E0322"}),
        (SOUND.replace("[reserve, ", "[reserve, " + ", ".join(CLASSES) + ", "), {"E0320"}),
        (
            SOUND.replace("[reserve, ", "[" + ", ".join(CLASSES) + ", reserve, ").replace(
                "table: {", "table: {" + ": 0%, ".join(CLASSES) + ": 0%, "
            ),
            set(),
        ),
        (SOUND.replace("bins: [", "bins: [" + many(4000, "{below: #bp, points: 0}, ")), set()),
        (
            SOUND.replace("bands: [", "bands: [" + many(3000, "{band: B#, at_least: 50},")),
            {"E0327"},
        ),
        (SOUND.replace("cite: [M]", "cite: [" + "M, " * 15_000 + "N]", 1), {"E0310"}),
        (many(9000, "section#: {}\n"), {"E0301"}),
        (SOUND + "x: [" + "b, " * 45_000 + "b]\n", {"E0010"}),
        (SOUND + many(5000, "key#: ") + "\n", {"E0001"}),
    ],
)
def test_what_is_meant_to_take_long(text: str, codes: set[str]) -> None:
    """Proves that no rulebook of bounded size takes a second, whatever it repeats or refers to."""
    found = {problem.code for problem in checked({"a.yaml": text.encode()})}
    assert codes <= found if codes else not found
    assert len(found) <= len(codes) + 1


def test_all_expressions_together_are_bounded() -> None:
    """Proves that what each is allowed is not allowed without end, and that an expression counts once."""
    lines = [f"x{n}: {{unit: ratio, expr: '{'own_paper':<1000}'}}" for n in range(MAX_EXPRESSIONS // 1000)]
    assert {p.code for p in checked({"a.yaml": derived(*lines[:-5]).encode()})} == {"E0314"}
    (problem,) = checked({"a.yaml": derived(*lines).encode()})
    assert (problem.code, problem.message) == ("E0010", "more than 100,000 characters of expressions")


def _mutated(random: Random, data: bytes) -> bytes:
    lines = data.split(b"\n")
    at, other = random.randrange(len(lines)), random.randrange(len(lines))
    byte = random.randrange(len(data))
    match random.randrange(9):
        case 0:
            return data[:byte] + bytes([random.randrange(256)]) + data[byte + 1 :]
        case 1:
            return data[:byte] + random.choice(b"{}[]:,-#'\"|>&*!%@\t\r\n\0 ").to_bytes(1) + data[byte:]
        case 2:
            return data[:byte] + data[byte + random.randrange(1, 40) :]
        case 3:
            return data[:byte]
        case 4:
            lines[at], lines[other] = lines[other], lines[at]
        case 5:
            lines.insert(at, lines[other])
        case 6:
            del lines[at]
        case 7:
            lines[at] = b" " * random.randrange(9) + lines[at].lstrip()
        case _:
            word = random.choice(data.split() or [b"x"])
            return data[:byte] + word + data[byte:]
    return b"\n".join(lines)


@pytest.mark.parametrize(("folder", "slips"), [("rules/house", 150), ("tests/rulebook", 300)])
def test_mutilated_rulebooks(folder: str, slips: int, checkout: Path) -> None:
    """Proves for random slips that each is told, or changes nothing that matters."""
    random = Random(20261125)
    sound = {
        path.relative_to(checkout).as_posix(): path.read_bytes()
        for path in sorted((checkout / folder).rglob("*.yaml"))
        if "tests" not in path.relative_to(checkout / folder).parts
    }
    seen: set[str] = set()
    for _ in range(slips // 5 if IS_TRACED else slips):
        files = dict(sound)
        for _ in range(random.choice([1, 1, 1, 2, 5])):
            name = random.choice(sorted(sound))
            files[name] = _mutated(random, files[name] or b"x")
        seen |= {problem.code for problem in checked(files)}
    assert len(seen) >= 10


def test_the_filling_in_may_be_broken_too(checkout: Path) -> None:
    """Proves that what is wrong with the filling-in is told in its own file."""
    random = Random(20261125)
    name, data = normal_file()
    for _ in range(60):
        broken = _mutated(random, data)
        program, problems = check_files({"a.yaml": SOUND.encode()}, (name, broken))
        assert (program is None) is any(problem.severity == "error" for problem in problems)
        assert {problem.span.file for problem in problems if problem.span} <= {name, "a.yaml"}
