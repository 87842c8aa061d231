"""Verdicts on cases as text, as JSON and as JUnit XML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any
from xml.etree import ElementTree as ET

from pegmark.authoring.evidence import Evidence
from pegmark.authoring.verdict import Difference, Verdict
from pegmark.cli.decision import traced
from pegmark.cli.junit import document
from pegmark.cli.lexicon import Lexicon, lexicon
from pegmark.cli.terminal import Style
from pegmark.cli.tried import Tried
from pegmark.problems import Problem, Span
from pegmark.rulebook.render import as_json, render

PLAIN = Style(is_unicode=True)


def as_text(tried: Tried, style: Style) -> Iterator[str]:
    """Yield the lines that say what came of an attempt: problems, or suites with what failed in each."""
    prepared = tried.prepared
    for problem in tried.problems:
        head, _, rest = render(problem, prepared.sources.texts).partition(": ")
        yield f"{style.paint(head, fg='red', bold=True)}: {rest}\n"
    if tried.problems:
        count = _counted(len(tried.problems), "problem")
        yield f"{prepared.sources.book}: {style.paint('nothing was tried', fg='red', bold=True)}, {count}"
        return
    words = lexicon(prepared.program)
    by_suite = {suite: list(found) for suite, found in groupby(tried.verdicts, lambda one: one.span.file)}
    for suite in prepared.suites:
        verdicts = by_suite.get(suite.file, [])
        if not verdicts:
            continue
        failed = [verdict for verdict in verdicts if not verdict.holds]
        said = (
            style.paint(f"{len(failed)} of {len(verdicts)} failed", fg="red")
            if failed
            else str(len(verdicts))
        )
        yield f"  {suite.stem:<14}  {suite.title} · {said}"
        for verdict in failed:
            yield from _failure(verdict, words, style)
        if failed:
            yield ""
    yield _verdict(tried, style)


def _verdict(tried: Tried, style: Style) -> str:
    prepared, total = tried.prepared, len(tried.verdicts)
    program = prepared.program
    cases = _counted(total, "case")
    if total < len(prepared.trials):
        cases = f"{total} of {len(prepared.trials)} cases"
    if tried.failed:
        ok = style.paint(f"{len(tried.failed)} failed", fg="red", bold=True)
    else:
        ok = style.paint("ok", fg="green", bold=True)
    return f"{prepared.sources.book}: {ok}, {cases}, {program.id} {program.version}"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _failure(verdict: Verdict, words: Lexicon, style: Style) -> Iterator[str]:
    yield ""
    yield f"{style.paint('failed', fg='red', bold=True)}: {verdict.title}"
    yield from _cells(verdict, words, style)


def _cells(verdict: Verdict, words: Lexicon, style: Style) -> Iterator[str]:
    """Yield the cells that differ; what several of them have for a reason is said once."""
    said: list[Evidence] = []
    for difference in verdict.differences:
        yield from _cell(difference, style)
        if difference.evidence not in said:
            said.append(difference.evidence)
            yield from _why(difference.evidence, words, style)


def _cell(difference: Difference, style: Style) -> Iterator[str]:
    """Yield a cell: what was expected, what came, and where that stands."""
    place = style.faint(f"{difference.span.file}:{difference.span.start.line}:{difference.span.start.column}")
    yield f"  {style.heading(difference.output)}  {place}"
    yield f"    expected  {style.paint(difference.expected, fg='green')}"
    yield f"    got       {style.paint(difference.got, fg='red')}"


def _why(evidence: Evidence, words: Lexicon, style: Style) -> Iterator[str]:
    if evidence.entry is not None:
        yield from traced(evidence.entry, words, style)
    elif evidence.rule is not None:
        yield style.wrapped(words.why(evidence.rule), 19, f"    {evidence.rule}")
    if evidence.note:
        yield style.wrapped(evidence.note, 14)


def as_data(tried: Tried) -> Mapping[str, Any]:
    """Return what came of an attempt as plain data."""
    program = None if tried.problems else tried.prepared.program
    return {
        "ok": not tried.problems and not tried.failed,
        "rulebook": None
        if program is None
        else {"id": program.id, "version": program.version, "digest": program.resolved_digest},
        "cases": len(tried.verdicts),
        "failed": len(tried.failed),
        "problems": [as_json(problem) for problem in tried.problems],
        "verdicts": [_verdict_data(verdict) for verdict in tried.verdicts],
    }


def _verdict_data(verdict: Verdict) -> Mapping[str, Any]:
    return {
        "suite": verdict.suite,
        "case": verdict.name,
        "row": verdict.row,
        **_place(verdict.span),
        "ok": verdict.holds,
        "differences": [
            {
                "output": one.output,
                "expected": one.expected,
                "got": one.got,
                **_place(one.span),
                "rule": one.evidence.rule,
                "trace": one.evidence.entry,
                "note": one.evidence.note,
            }
            for one in verdict.differences
        ],
    }


def _place(span: Span) -> Mapping[str, Any]:
    return {"file": span.file, "line": span.start.line, "column": span.start.column}


def as_junit(tried: Tried) -> str:
    """Return what came of an attempt as JUnit XML: a suite a file, a failure a case that differs.

    What cannot be tried at all is one suite of errors, so that no reader takes it for success.
    """
    root = ET.Element("testsuites")
    if tried.problems:
        _suite(root, "pegmark test", len(tried.problems), 0, len(tried.problems))
        for problem in tried.problems:
            _error(root[0], problem, tried.prepared.sources.texts)
    else:
        words = lexicon(tried.prepared.program)
        for _, found in groupby(tried.verdicts, lambda one: one.span.file):
            verdicts = list(found)
            failed = sum(not verdict.holds for verdict in verdicts)
            suite = _suite(root, verdicts[0].suite, len(verdicts), failed, 0)
            for verdict in verdicts:
                _case(suite, verdict, words)
    return document(root)


def _suite(root: ET.Element, name: str, tests: int, failures: int, errors: int) -> ET.Element:
    counts = {"tests": str(tests), "failures": str(failures), "errors": str(errors)}
    return ET.SubElement(root, "testsuite", {"name": name, **counts})


def _case(suite: ET.Element, verdict: Verdict, words: Lexicon) -> None:
    name = verdict.title.removeprefix(f"{verdict.suite}: ")
    case = ET.SubElement(suite, "testcase", {"classname": verdict.suite, "name": name})
    if verdict.holds:
        return
    cells = [f"{one.output}: expected {one.expected}, got {one.got}" for one in verdict.differences]
    failure = ET.SubElement(case, "failure", {"type": "difference", "message": "; ".join(cells)})
    failure.text = "\n".join(_cells(verdict, words, PLAIN))


def _error(suite: ET.Element, problem: Problem, texts: Mapping[str, bytes]) -> None:
    case = ET.SubElement(suite, "testcase", {"classname": "pegmark test", "name": problem.code or "problem"})
    error = ET.SubElement(case, "error", {"type": problem.code, "message": problem.message})
    error.text = render(problem, texts)
