"""The sections of a rulebook, gathered from its files and read in the order of evaluation."""

from __future__ import annotations

from collections.abc import Mapping as Lookup
from fractions import Fraction

from pegmark.language import nearest, shown
from pegmark.language.nodes import reads
from pegmark.problems import Related, Span
from pegmark.rulebook.classify import read_classify
from pegmark.rulebook.decoding import whole
from pegmark.rulebook.definitions import (
    read_derived,
    read_facts,
    read_fillings,
    read_params,
    read_retired,
    read_sources,
    report_unused,
)
from pegmark.rulebook.expressions import expressions
from pegmark.rulebook.haircut import read_haircut
from pegmark.rulebook.names import Names
from pegmark.rulebook.program import Param, Program, Step, Table
from pegmark.rulebook.reading import NOWHERE, Reader
from pegmark.rulebook.scorecards import read_scorecards
from pegmark.rulebook.source import Mapping, Node
from pegmark.rulebook.terms import read_caps, read_conditions, read_ladder, read_mark
from pegmark.rulebook.verdicts import read_guardrails, read_rating, read_review

LANGUAGE = "1"
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
SHARED = ("sources", "retired", "facts", "params", "derive", "scorecards")
"""Sections that may stand in several files of one book."""
SECTIONS = dict.fromkeys((*REQUIRED, *SHARED, "effective", "estimates", "conditions", "review", "guardrails"))
NORMAL_SECTIONS = ("sources", "params", "derive", "normal")


class Book:
    """One rulebook while it is read."""

    def __init__(self, reader: Reader, trees: Lookup[str, Mapping], normal: Mapping) -> None:
        self._reader = reader
        self._normal = normal
        self._found: dict[str, list[Node]] = {}
        self._names = Names()
        keys: dict[str, Span] = {}
        for tree in trees.values():
            for key, node in tree.entries:
                name = key.text
                if name not in SECTIONS:
                    near = nearest(name, SECTIONS)
                    hint = f"did you mean `{near}`?" if near else "sections are " + ", ".join(SECTIONS)
                    reader.report("E0301", f"unknown section `{shown(name)}`", key.span, name, hint)
                elif name in self._found and name not in SHARED:
                    related = (Related("first here", keys[name]),)
                    message = f"section `{name}` stands in two files"
                    reader.report("E0305", message, key.span, name, "put it together in one", related)
                else:
                    keys.setdefault(name, key.span)
                    self._found.setdefault(name, []).append(node)
        first = whole(next(iter(trees)))
        for name in REQUIRED:
            if name not in self._found:
                reader.report("E0302", f"section `{name}` is missing", first, name, f"add `{name}:`")

    def read(self) -> Program | None:
        """Return the program, or None where an error was reported."""
        reader, names, one = self._reader, self._names, self._one
        normal = reader.mapping(self._normal, "", (), NORMAL_SECTIONS)
        identity = self._name(one("rulebook"))
        self._mind_the_language(one("language"))
        version, owners = reader.text(one("version"), "version"), reader.texts(one("owners"), "owners")
        effective = reader.day(one("effective"), "effective") if one("effective") is not None else None
        sources = read_sources(reader, self._all("sources", normal))
        given = read_params(reader, self._all("params", normal), names)
        fillings = read_fillings(reader, normal.get("normal"), names)
        reader.rule_id = None
        custom = read_facts(reader, self._all("facts"), names)
        weight = self._estimate_weight(given)
        derived = read_derived(reader, self._all("derive", normal), names)
        classify = read_classify(reader, one("classify"), names)
        cards = read_scorecards(reader, self._all("scorecards"), names)
        pillars = [card.pillar for card in cards]
        haircut = read_haircut(reader, one("haircut"), names, classify.order, derived)
        caps = read_caps(reader, one("caps"), names)
        rating = read_rating(reader, one("rating"), names, classify.order, pillars, caps)
        ladder = read_ladder(reader, one("ladder"))
        mark = read_mark(reader, one("mark"), names)
        conditions = read_conditions(reader, one("conditions"), names)
        review = read_review(reader, one("review"), names)
        steps = (haircut.start, *haircut.steps, haircut.reference)
        guardrails = read_guardrails(reader, one("guardrails"), names, custom, pillars, _tables(steps))
        retired = read_retired(reader, self._all("retired"))
        self._report_citations({source.id: None for source in sources})
        if mark is None or any(problem.severity == "error" for problem in reader.problems):
            return None
        program = Program(
            id=identity,
            language=int(LANGUAGE),
            version=version,
            owners=owners,
            effective=effective,
            sources=tuple(sources),
            retired=tuple(retired),
            custom=tuple(custom),
            params=tuple(given),
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
            assertions=tuple(guardrails[0]),
            obligations=tuple(guardrails[1]),
            text_digest="",
            resolved_digest="",
        )
        self._report_unused(program)
        return program

    def _one(self, section: str) -> Node | None:
        return next(iter(self._found.get(section, ())), None)

    def _all(self, section: str, normal: Lookup[str, Node] | None = None) -> list[Node]:
        """Return a section of every file, that of the filling-in before them."""
        before = [normal[section]] if normal is not None and section in normal else []
        return before + self._found.get(section, [])

    def _name(self, node: Node | None) -> str:
        scalar = self._reader.scalar(node, "rulebook")
        return self._reader.name(scalar, "rulebook") if scalar is not None else ""

    def _mind_the_language(self, node: Node | None) -> None:
        scalar = self._reader.scalar(node, "language")
        if scalar is not None and scalar.text != LANGUAGE:
            message = f"language `{shown(scalar.text)}` is not known here"
            self._reader.report("E0304", message, scalar.span, "language", f"write `language: {LANGUAGE}`")

    def _estimate_weight(self, params: list[Param]) -> str:
        if self._one("estimates") is None:
            return ""
        entry = self._reader.mapping(self._one("estimates"), "estimates", ("weight",))
        ratios = [param for param in params if param.type.kind == "ratio"]
        path = "estimates.weight"
        name = self._reader.choice(entry.get("weight"), path, (param.name for param in ratios), "")
        for param in ratios:
            values = [dated.value for dated in param.values if isinstance(dated.value, Fraction)]
            if param.name == name and not all(0 <= value <= 1 for value in values):
                message = f"`{name}` weighs estimates, and is not between 0% and 100%"
                self._reader.report("E0311", message, param.span, f"params.{name}", "write `0%` to `100%`")
        return str(name)

    def _report_citations(self, sources: dict[str, None]) -> None:
        self._reader.rule_id = None
        for cited, scalar, path in self._reader.cites:
            if cited not in sources:
                near = nearest(cited, sources)
                hint = f"did you mean `{near}`?" if near else "add it under `sources`"
                message = f"`{shown(cited)}` is cited and is no source"
                self._reader.report("E0310", message, scalar.span, path, hint)

    def _report_unused(self, program: Program) -> None:
        used = {read.name for node in expressions(program) for read in reads(node)}
        spans = {
            **{param.name: ("params", param.span) for param in program.params},
            **{derived.name: ("derive", derived.span) for derived in program.derived},
        }
        for fact in program.custom:
            span = self._names.defined(fact.name)
            spans[fact.name.removeprefix("custom.")] = ("facts", span or NOWHERE)
            used |= {fact.name.removeprefix("custom.")} if fact.name in used else set()
        report_unused(self._reader, spans, used | {program.estimate_weight})


def _tables(steps: tuple[Step, ...]) -> set[str]:
    return {step.reason.id for step in steps if isinstance(step.amount, Table)}
