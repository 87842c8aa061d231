"""What chapters are written from: a program, its rules in words, who reads them, and what shows them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from pegmark.handbook.evidence import Evidence
from pegmark.handbook.page import (
    Block,
    Code,
    Entry,
    Folded,
    Items,
    Line,
    Pairs,
    Paragraph,
    Ref,
    anchor,
    joined,
    says,
)
from pegmark.handbook.proofs import Goal, Proofs, told
from pegmark.handbook.reading import Readings, is_fact, readings
from pegmark.rulebook.program import Program
from pegmark.usecases.rules import Rule, rules_of

MOST_CASES = 3
"""Cases that are named of each suite that shows a rule; of others it is said how many there are."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """Everything that is told of a rulebook, by name."""

    program: Program
    evidence: Evidence
    proofs: Proofs | None
    rules: Mapping[str, Rule]
    readings: Readings
    anchors: Mapping[str, str]
    """Where each name is told that a rule reads or is known by."""

    @classmethod
    def of(cls, program: Program, evidence: Evidence, proofs: Proofs | None) -> Ledger:
        """Return the ledger of a program."""
        rules = {rule.reason.id: rule for rule in rules_of(program)}
        found = readings(program)
        facts = [*filter(is_fact, found.readers), *(filling.fact for filling in program.fillings)]
        own = [*(one.name for one in program.params), *(one.name for one in program.derived), *rules]
        anchors = {**{name: anchor(name, "fact") for name in facts}, **{name: anchor(name) for name in own}}
        return cls(program, evidence, proofs, rules, found, anchors)

    def section(self, name: str) -> Iterator[Entry]:
        """Yield what there is to say of each rule of a section."""
        yield from (self.entry(id) for id, rule in self.rules.items() if rule.section == name)

    def entry(self, id: str, *shown: Block, pairs: Iterable[tuple[str, Line]] = ()) -> Entry:
        """Return what there is to say of a rule; where `shown` says it better, its words are folded."""
        rule = self.rules[id]
        said = list(pairs)
        if rule.when:
            said.append(("when", (Code(rule.when, asks=True),)))
        if not shown:
            said.append(("then", (Code(rule.then, asks=True),)))
        if rule.unknown:
            # It is told of some rules as `unknown: 0`, of others in a sentence.
            said.append(("unknown", (rule.unknown.removeprefix("unknown: "),)))
        notes = said if not shown else []
        if self.readings.direct.get(id):
            notes.append(("reads", self.names(self.readings.direct[id])))
        if rule.reason.cite:
            notes.append(("cites", self.sources(rule.reason.cite)))
        goals = self._goals(id)
        if goals or rule.section == "guardrails":
            notes.append(("proofs", (told(goals),)))
        blocks: list[Block] = [says(rule.reason.why)] if rule.reason.why else []
        blocks += [Pairs(tuple(said))] if said else []
        blocks += [*shown, Pairs(tuple(notes))] if shown and notes else shown
        blocks += [Folded("In words", (says(Code(rule.then, asks=True)),))] if shown else []
        return Entry(id, anchor(id), (*blocks, *self._cases(id)))

    def names(self, names: Iterable[str]) -> Line:
        """Return names of facts, params, derived names and rules, each a link to where it is told."""
        anchors = self.anchors
        return joined(tuple(Ref(name, anchors[name]) if name in anchors else Code(name) for name in names))

    def sources(self, cited: Iterable[str]) -> Line:
        """Return sources that are cited, each a link to what it is."""
        return joined(tuple(Ref(name, anchor(name, "source")) for name in cited))

    def _goals(self, id: str) -> list[Goal]:
        """Return what a prover was asked of a rule, or of those that a guardrail is about."""
        if self.proofs is None:
            return []
        obligations = (one for one in self.program.obligations if one.reason.id == id)
        return self.proofs.of_rule(id) or [
            goal for one in obligations for goal in self.proofs.of_obligation(one)
        ]

    def _cases(self, id: str) -> Iterator[Block]:
        titles = self.evidence.shown.get(id, ())
        if titles:
            yield Folded(_counted(titles), (Items(tuple(_listed(titles))),))
        elif self.evidence.tallies:
            yield Paragraph(("No case shows it.",), is_quiet=True)


def _counted(titles: tuple[tuple[str, str], ...]) -> str:
    suites = len({suite for suite, _ in titles})
    return f"Shown by {number(len(titles), 'case')} in {number(suites, 'suite')}"


def _listed(titles: tuple[tuple[str, str], ...]) -> Iterator[Line]:
    for suite, found in groupby(titles, lambda title: title[0]):
        names = [name for _, name in found]
        left = f"; and {len(names) - MOST_CASES} more" if len(names) > MOST_CASES else ""
        yield (f"{suite}: {'; '.join(names[:MOST_CASES])}{left}",)


def number(count: int, noun: str) -> str:
    """Return how many there are of something.

    >>> number(1, "case"), number(3, "case")
    ('1 case', '3 cases')
    """
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
