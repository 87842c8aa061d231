"""The one door: a folder of YAML becomes a program, or every problem in it.

The filling-in (`normal.yaml`, beside the rulebooks) is compiled into every program.
"""

from __future__ import annotations

from collections.abc import Mapping as Lookup
from dataclasses import replace
from pathlib import Path

from pegmark.data import data_root
from pegmark.errors import RulebookError
from pegmark.language import nearest
from pegmark.language.nodes import reads
from pegmark.problems import Position, Problem, Span
from pegmark.rulebook.definitions import (
    read_derived,
    read_facts,
    read_fillings,
    read_params,
    read_retired,
    read_sources,
    report_unused,
)
from pegmark.rulebook.digest import resolved_digest, text_digest
from pegmark.rulebook.expressions import expressions
from pegmark.rulebook.names import Names
from pegmark.rulebook.program import Program
from pegmark.rulebook.reading import Reader
from pegmark.rulebook.source import MAX_BYTES, Mapping, Node, parse
from pegmark.rulebook.terms import (
    read_caps,
    read_conditions,
    read_haircut,
    read_ladder,
    read_mark,
)
from pegmark.rulebook.verdicts import (
    MAX_RULES,
    read_classify,
    read_guardrails,
    read_rating,
    read_review,
    read_scorecards,
)

HEADER = ("rulebook", "language", "version", "owners", "effective", "estimates")
SECTIONS = (
    "sources",
    "retired",
    "facts",
    "params",
    "derive",
    "classify",
    "scorecards",
    "rating",
    "haircut",
    "ladder",
    "caps",
    "mark",
    "conditions",
    "review",
    "guardrails",
)
REQUIRED = (
    "rulebook",
    "language",
    "version",
    "owners",
    "sources",
    "classify",
    "scorecards",
    "rating",
    "haircut",
    "ladder",
    "caps",
    "mark",
)
SHARED = ("sources", "facts", "params", "derive", "scorecards", "retired")
"""Sections that may stand in several files of one book."""
NORMAL = "normal.yaml"
NORMAL_SECTIONS = ("sources", "params", "derive", "normal")
LANGUAGE = 1


def load(path: Path) -> Program:
    """Load the rulebook in a folder (or one file); raises `RulebookError` with every problem."""
    program, problems = check(path)
    if program is None:
        raise RulebookError(problems)
    return program


def check(path: Path) -> tuple[Program | None, list[Problem]]:
    """Return the program at `path`, if it has no errors, and every problem, by file and position."""
    files, problems = read_files(path)
    if problems:
        return None, problems
    return check_files(files)


def read_files(path: Path) -> tuple[dict[str, bytes], list[Problem]]:
    """Return the YAML files of a rulebook by the name they are reported under."""
    try:
        if path.is_dir():
            paths = sorted(p for p in path.rglob("*.yaml") if "tests" not in p.relative_to(path).parts)
        else:
            paths = [path] if path.exists() else []
        files = {}
        for found in paths:
            with found.open("rb") as opened:
                files[found.as_posix()] = opened.read(MAX_BYTES + 1)
    except OSError as error:
        return {}, [_at_file(path.as_posix(), "E0013", f"cannot be read: {error.strerror}")]
    if not files:
        return {}, [_at_file(path.as_posix(), "E0013", "no rulebook is here", "name a folder of YAML files")]
    return files, []


def normal_file() -> tuple[str, bytes]:
    """Return the name and text of the filling-in that is compiled into every program."""
    path = data_root() / "rules" / NORMAL
    return f"rules/{NORMAL}", path.read_bytes()


def check_files(
    files: Lookup[str, bytes], normal: tuple[str, bytes] | None = None
) -> tuple[Program | None, list[Problem]]:
    """Check a rulebook given as texts by file name."""
    reader = Reader()
    trees: dict[str, Mapping] = {}
    for name, data in sorted(files.items()):
        tree, problems = parse(data, name)
        reader.problems += problems
        if tree is not None:
            trees[name] = tree
    normal_name, normal_data = normal or normal_file()
    normal_tree, problems = parse(normal_data, normal_name)
    reader.problems += problems
    program = None
    if len(trees) == len(files) and normal_tree is not None:
        program = _Book(reader, trees, normal_tree).read()
    found = sorted(
        reader.problems, key=lambda p: (p.span or Span("", Position(0, 0), Position(0, 0)), p.code)
    )
    if program is None or any(problem.severity == "error" for problem in found):
        return None, found
    program = replace(program, text_digest=text_digest({**files, normal_name: normal_data}))
    return replace(program, resolved_digest=resolved_digest(program)), found


def _at_file(file: str, code: str, message: str, help: str | None = None) -> Problem:
    return Problem(code, message, Span(file, Position(1, 1), Position(1, 1)), help)


class _Book:
    def __init__(self, reader: Reader, trees: Lookup[str, Mapping], normal: Mapping) -> None:
        self.reader = reader
        self.normal = normal
        self.first = next(iter(trees.values())).span
        self.found: dict[str, list[Node]] = {}
        for tree in trees.values():
            for key, node in tree.entries:
                if key.text not in (*HEADER, *SECTIONS):
                    near = nearest(key.text, dict.fromkeys((*HEADER, *SECTIONS)))
                    hint = f"did you mean `{near}`?" if near else None
                    reader.report("E0301", f"unknown section `{key.text}`", key.span, key.text, hint)
                elif key.text in self.found and key.text not in SHARED:
                    reader.report("E0305", f"section `{key.text}` stands in two files", key.span, key.text)
                else:
                    self.found.setdefault(key.text, []).append(node)
        for name in REQUIRED:
            if name not in self.found:
                reader.report("E0302", f"section `{name}` is missing", self.first, name)

    def one(self, section: str) -> Node | None:
        nodes = self.found.get(section)
        return nodes[0] if nodes else None

    def all(self, section: str) -> list[Node]:
        return self.found.get(section, [])

    def read(self) -> Program | None:
        reader, names = self.reader, Names()
        normal = reader.mapping(self.normal, "", (), NORMAL_SECTIONS)
        sources = read_sources(reader, normal.get("sources"))
        params = read_params(reader, normal.get("params"), names)
        fillings = read_fillings(reader, normal.get("normal"), names)
        for node in self.all("sources"):
            sources += read_sources(reader, node)
        custom = [fact for node in self.all("facts") for fact in read_facts(reader, node, names)]
        for node in self.all("params"):
            params += read_params(reader, node, names)
        derived = [
            item
            for node in (normal.get("derive"), *self.all("derive"))
            for item in read_derived(reader, node, names)
        ]
        classify = read_classify(reader, self.one("classify"), names)
        classes = classify.order
        cards = read_scorecards(reader, self.all("scorecards"), names)
        rating = read_rating(reader, self.one("rating"), names, classes, [card.pillar for card in cards])
        haircut = read_haircut(reader, self.one("haircut"), names, classes, derived)
        ladder = read_ladder(reader, self.one("ladder"))
        caps = read_caps(reader, self.one("caps"), names)
        mark = read_mark(reader, self.one("mark"), names)
        conditions = read_conditions(reader, self.one("conditions"), names)
        review = read_review(reader, self.one("review"), names)
        assertions, obligations = read_guardrails(reader, self.one("guardrails"), names, classes)
        retired = [item for node in self.all("retired") for item in read_retired(reader, node)]
        reader.rule_id = None
        weight = self._estimate_weight({param.name for param in params})
        if len(reader.ids) > MAX_RULES:
            reader.report("E0329", f"{len(reader.ids)} rules; at most {MAX_RULES} are read", self.first, "")
        self._report_citations({source.id for source in sources})
        if mark is None or self._has_errors():
            return None
        effective = self.one("effective")
        program = Program(
            id=reader.text(self.one("rulebook"), "rulebook"),
            language=reader.integer(self.one("language"), "language", LANGUAGE, LANGUAGE),
            version=reader.text(self.one("version"), "version"),
            owners=reader.texts(self.one("owners"), "owners"),
            effective=reader.day(effective, "effective") if effective is not None else None,
            sources=tuple(sources),
            retired=tuple(retired),
            custom=tuple(custom),
            params=tuple(params),
            estimate_weight=weight,
            fillings=tuple(fillings),
            derived=tuple(derived),
            classify=classify,
            scorecards=tuple(cards),
            rating=rating,
            haircut=haircut,
            ladder=ladder,
            caps=caps,
            mark=mark,
            conditions=tuple(conditions),
            review=tuple(review),
            assertions=tuple(assertions),
            obligations=tuple(obligations),
            text_digest="",
            resolved_digest="",
        )
        used = {read.name for node in expressions(program) for read in reads(node)}
        report_unused(reader, derived, used)
        return program

    def _has_errors(self) -> bool:
        return any(problem.severity == "error" for problem in self.reader.problems)

    def _estimate_weight(self, params: set[str]) -> str:
        entry = (
            self.reader.mapping(self.one("estimates"), "estimates", ("weight",))
            if self.one("estimates")
            else {}
        )
        if not entry:
            return ""
        return str(self.reader.choice(entry.get("weight"), "estimates.weight", params, ""))

    def _report_citations(self, sources: set[str]) -> None:
        for cited, scalar, path in self.reader.cites:
            if cited not in sources:
                near = nearest(cited, dict.fromkeys(sources))
                hint = f"did you mean `{near}`?" if near else "add it under `sources`"
                self.reader.report("E0310", f"`{cited}` is cited and is no source", scalar.span, path, hint)
