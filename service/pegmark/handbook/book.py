"""A rulebook as one document: who owns it, what it says, on what grounds, and what shows it."""

from __future__ import annotations

from collections.abc import Iterator

from pegmark.handbook import definitions, judgement, terms
from pegmark.handbook.evidence import Evidence
from pegmark.handbook.ledger import Ledger, number
from pegmark.handbook.page import (
    Block,
    Code,
    Entry,
    Grid,
    Heading,
    Line,
    Link,
    Mark,
    Page,
    Pairs,
    Paragraph,
    anchor,
    says,
)
from pegmark.handbook.proofs import Proofs, summary
from pegmark.handbook.reading import citing
from pegmark.rulebook.program import Program


def handbook(program: Program, evidence: Evidence, proofs: Proofs | None = None) -> Page:
    """Return the handbook of a rulebook; without `proofs` no guardrail is said to be proved."""
    ledger = Ledger.of(program, evidence, proofs)
    chapters = (
        *judgement.classes(ledger),
        *judgement.scorecards(ledger),
        *judgement.rating(ledger),
        *terms.haircut(ledger),
        *terms.caps(ledger),
        *terms.mark(ledger),
        *terms.conditions(ledger),
        *judgement.review(ledger),
        *_guardrails(ledger),
        *judgement.fillings(ledger),
        *definitions.params(ledger),
        *definitions.derived(ledger),
        *definitions.facts(ledger),
        *_sources(ledger),
        *_tests(ledger),
        *_retired(program),
    )
    head = tuple(_head(ledger))
    return Page(program.id, f"Rulebook {program.id} {program.version}", head, chapters, ledger.anchors)


def _head(ledger: Ledger) -> Iterator[Block]:
    program = ledger.program
    counted = (
        number(len(ledger.rules), "rule"),
        number(len(program.params), "param"),
        number(len(program.derived), "derived name"),
    )
    effective = "not stated" if program.effective is None else f"from {program.effective}"
    yield Pairs(
        (
            ("version", (f"{program.version}, in version {program.language} of the rule language",)),
            ("effective", (effective,)),
            ("owners", (", ".join(program.owners),)),
            ("holds", (", ".join(counted),)),
            ("tests", (_tried(ledger.evidence),)),
            ("proofs", (summary(ledger.proofs),)),
            ("digest", (Code(program.resolved_digest),)),
            ("of its text", (Code(program.text_digest),)),
        )
    )


def _tried(evidence: Evidence) -> str:
    if not evidence.tallies:
        return "none stand beside it"
    said = f"{number(evidence.cases, 'case')} in {number(len(evidence.tallies), 'suite')}"
    return f"{said}, all of which hold" if not evidence.failing else f"{said}; {evidence.failing} do not hold"


def _guardrails(ledger: Ledger) -> Iterator[Block]:
    yield Heading("Guardrails", "section-guardrails")
    yield says(
        "What no decision may cross. What is always to hold is asked at each decision as well, and where it "
        "does not, nothing is taken."
    )
    yield from ledger.section("guardrails")


def _sources(ledger: Ledger) -> Iterator[Block]:
    program = ledger.program
    cites = citing(program, {id: rule.reason.cite for id, rule in ledger.rules.items()})
    yield Heading("Sources", "section-sources")
    rows: list[tuple[Line, ...]] = [
        (
            (Mark(source.id, anchor(source.id, "source")),),
            (Link(source.title, source.href),),
            ledger.names(cites[source.id]) or ("nothing",),
        )
        for source in program.sources
    ]
    yield Grid(("source", "what it is", "cited by"), tuple(rows))


def _tests(ledger: Ledger) -> Iterator[Block]:
    evidence = ledger.evidence
    yield Heading("Tests", "section-tests")
    if not evidence.tallies:
        yield says("No suite stands beside the rulebook.")
        return
    yield says(
        "A case shows a rule where it holds and its decision rests on the rule: the rule gives the class, "
        "holds band or status down, takes points, adds to the haircut, binds the cap, or is listed."
    )
    rows: tuple[tuple[Line, ...], ...] = tuple(
        ((tally.title,), (Code(tally.file),), (str(tally.cases),), (str(tally.failing),))
        for tally in evidence.tallies
    )
    yield Grid(("suite", "file", "cases", "do not hold"), rows, frozenset({2, 3}))
    without = [id for id in ledger.rules if id not in evidence.shown]
    if without:
        yield says("No case shows ", *ledger.names(without), ".")


def _retired(program: Program) -> Iterator[Block]:
    yield Heading("Retired ids", "section-retired")
    if not program.retired:
        yield says("None is listed.")
    for one in program.retired:
        said: Line = (f"Retired on {one.date}: {one.why}",)
        yield Entry(one.id, anchor(one.id, "retired"), (Paragraph(said),))
