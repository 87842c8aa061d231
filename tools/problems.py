"""The pages of problem codes: which there are, and the parts of them that the code knows best.

What a page says in words is written by hand, but for the codes of requests. Every example is what
really happens: broken rulebooks are checked, bodies are asked, files are read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import chdir
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson

from pegmark.api.codes import CODES as REQUEST_CODES
from pegmark.api.schemas.assessment import AssessmentRequest
from pegmark.authoring.codes import CODES as SUITE_CODES
from pegmark.bootstrap import build_book, build_desk
from pegmark.errors import FactProblem, FactsError
from pegmark.facts.codes import CODES as FACT_CODES
from pegmark.rulebook.codes import RULEBOOK_CODES
from pegmark.settings import read_settings
from pegmark.storage.fixtures import Fixtures
from pegmark.usecases.assess import assess
from pegmark.usecases.codes import CODES as QUESTION_CODES
from pegmark.usecases.desk import Desk
from tools.golden import BROKEN, BROKEN_SUITES, EXPECTED, ROOT

PAGES = "docs/problems"
HEADINGS = ("What it means", "Example", "What to do")
ABOUT: Mapping[str, Mapping[str, str]] = {
    "Rulebooks": RULEBOOK_CODES,
    "Suites": SUITE_CODES,
    "Facts": FACT_CODES,
    "Questions": QUESTION_CODES,
    "Requests": {code: known.title for code, known in REQUEST_CODES.items()},
}
"""Every code there is with its title, by what it is about."""

WHOLE_BODY = "H4220"
"""The code under which everything that is wrong with a body is answered."""

_BLOCK = re.compile(r"```(json|yaml)\n(.*?)```", re.DOTALL)

Part = tuple[str, str, Callable[[], str]]
"""A file, the name of its markers ("" for the file as a whole) and what stands there."""


def titles() -> dict[str, str]:
    """Return every code with its title."""
    return {code: title for codes in ABOUT.values() for code, title in codes.items()}


def parts() -> Iterator[Part]:
    """Yield every generated part of the pages, and of their index."""
    yield f"{PAGES}/README.md", "codes", _index
    for code in RULEBOOK_CODES:
        yield f"{PAGES}/{code}.md", "example", lambda code=code: _of_broken(BROKEN, code)  # type: ignore[misc]
    for code in SUITE_CODES:
        yield f"{PAGES}/{code}.md", "example", lambda code=code: _of_broken(BROKEN_SUITES, code)  # type: ignore[misc]
    for code in (*FACT_CODES, *QUESTION_CODES):
        yield f"{PAGES}/{code}.md", "example", lambda code=code: fenced(answer(code))  # type: ignore[misc]
    for code in REQUEST_CODES:
        yield f"{PAGES}/{code}.md", "", lambda code=code: _of_request(code)  # type: ignore[misc]


def fenced(text: str, kind: str = "text") -> str:
    """Return a text as a block of Markdown."""
    return f"```{kind}\n{text.rstrip()}\n```"


def blocks(code: str) -> dict[str, str]:
    """Return what the example of a page is made from: a body of a request, or a part of a file."""
    page = (ROOT / PAGES / f"{code}.md").read_text(encoding="utf-8")
    return {match[1]: match[2] for match in _BLOCK.finditer(page)}


def answer(code: str) -> str:
    """Return what is said to the example of a page about facts or questions."""
    return "\n\n".join(_said(problem) for problem in refusals(blocks(code)))


def refusals(example: Mapping[str, str]) -> tuple[FactProblem, ...]:
    """Return the problems of a body that is asked, or of a stored file where no body is given.

    Facts that the example's YAML declares are added to the rulebook.
    """
    try:
        if "json" not in example:
            _store(example["yaml"])
        else:
            desk = _desk() if "yaml" not in example else _declaring(example["yaml"])
            assess(desk, AssessmentRequest.model_validate_json(example["json"]).question())
    except FactsError as refused:
        return refused.problems
    return ()


def _said(problem: FactProblem) -> str:
    lines = [f"error[{problem.code}]: {problem.message}"]
    lines += [f"  --> {problem.pointer}"] if problem.pointer else []
    lines += [f"   = help: {problem.help}"] if problem.help else []
    return "\n".join(lines)


@cache
def _desk() -> Desk:
    return build_desk(read_settings({}))


def _declaring(section: str) -> Desk:
    desk = _desk()
    with TemporaryDirectory() as folder:
        for name, text in {**desk.book(None).files, "declared.yaml": section}.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return replace(desk, books={desk.default: build_book(Path(folder))})


def _store(text: str) -> None:
    with TemporaryDirectory() as folder:
        for kind in ("snapshots", "venues"):
            Path(folder, kind).mkdir()
        Path(folder, "snapshots", "example.yaml").write_text(text, encoding="utf-8")
        Fixtures(Path(folder))


def _of_broken(folder: Path, code: str) -> str:
    with chdir(ROOT):
        said = (folder / code / EXPECTED).read_text(encoding="utf-8")
    return fenced(said.replace(f"{folder.as_posix()}/{code}/", "").replace(f"{folder.as_posix()}/", ""))


def _of_request(code: str) -> str:
    known = REQUEST_CODES[code]
    top, shown = code, dict[str, Any]()
    if known.status == 422 and code != WHOLE_BODY:
        # What is wrong with a body comes in one answer, each thing under its own code.
        top, shown = WHOLE_BODY, {"errors": [{"code": code, "help": known.text}]}
    title = REQUEST_CODES[top].title
    shown = {"type": f"/v1/problems/{top}", "title": title, "status": known.status, **shown}
    example = orjson.dumps(shown, option=orjson.OPT_INDENT_2).decode()
    meaning = f"The request was answered with status {known.status}: {known.title}. Nothing was decided."
    said = zip(HEADINGS, (meaning, fenced(example, "json"), known.text), strict=True)
    return "\n\n".join((f"# {code}: {known.title}", *(f"## {head}\n\n{text}" for head, text in said))) + "\n"


def _index() -> str:
    tables = []
    for about, codes in ABOUT.items():
        rows = [f"| [{code}]({code}.md) | {title} |" for code, title in sorted(codes.items())]
        tables.append("\n".join([f"## {about}", "", "| code | title |", "| --- | --- |", *rows]))
    return "\n\n".join(tables)
