"""Problems as JUnit XML, which every build server shows: a suite a rulebook, a case a file or a failure.

A file without a failure is a case that passes; what is warned of is on its output. There is no time in
it: the same rulebook gives the same report.
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement

from pegmark.cli.forms.checked import Checked, is_whole
from pegmark.cli.junit import document
from pegmark.problems import Problem
from pegmark.rulebook.render import render


def junit(checked: Sequence[Checked]) -> str:
    """Return what was checked as one document of test suites."""
    root = Element("testsuites", name=f"pegmark {checked[0].verb}")
    for one in checked:
        _suite(root, one)
    return document(root)


def _suite(root: Element, one: Checked) -> None:
    name = _written(one.path.as_posix())
    suite = SubElement(root, "testsuite", name=name)
    failing, warnings = ([p for p in one.problems if one.is_failure(p) is fails] for fails in (True, False))
    refused = {_file(problem, one) for problem in failing}
    # A warning may be of a file that is not the rulebook's own: the filling-in.
    for file in dict.fromkeys([*one.files, *(_file(problem, one) for problem in warnings)]):
        told = [render(problem, one.quoted) for problem in warnings if _file(problem, one) == file]
        if file not in refused or told:
            case = SubElement(suite, "testcase", name=_written(file), classname=name)
            if told:
                SubElement(case, "system-out").text = _written("\n\n".join(told))
    for problem in failing:
        case = SubElement(suite, "testcase", name=_written(_named(problem, one)), classname=name)
        failure = SubElement(case, "failure", type=problem.code, message=_written(problem.message))
        failure.text = _written(render(problem, one.quoted))
    suite.attrib |= {"tests": str(len(suite)), "failures": str(len(failing)), "errors": "0", "skipped": "0"}


def _file(problem: Problem, one: Checked) -> str:
    return problem.span.file if problem.span else one.path.as_posix()


def _named(problem: Problem, one: Checked) -> str:
    """Return the name of a case that fails: two problems have different ones."""
    at = ""
    if problem.span and not is_whole(problem.span):
        at = f":{problem.span.start.line}:{problem.span.start.column}"
    return f"{_file(problem, one)}{at} {problem.code}"


def _written(text: str) -> str:
    # XML has no way to write most characters that cannot be seen.
    return "".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in text)
