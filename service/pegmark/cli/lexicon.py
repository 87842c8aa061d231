"""What the names in a decision mean: why a rule is there, in which unit a value is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from pegmark.engine.writer import comparisons, submitted
from pegmark.facts.units import Kind
from pegmark.facts.vocabulary import READABLE
from pegmark.language.nodes import Typed, reads
from pegmark.language.prose import constant, text
from pegmark.rulebook.expressions import expressions
from pegmark.rulebook.program import Program
from pegmark.usecases.rules import rules_of


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Of a program: why each rule is there, and the kind of every value.

    A value goes by its name, by the rule whose outcome it is, or by the comparison it stands in.
    """

    reasons: Mapping[str, str]
    kinds: Mapping[str, Kind]
    asks: Mapping[str, frozenset[str]]
    """The facts that a rule of class, rating or review asks about, itself or by derived names."""
    classes: Mapping[str, str]
    """The class that each rule of class gives where it holds."""
    reference: str

    def why(self, rule: str | None) -> str:
        """Return why a rule is there, or nothing for a line that is no rule's."""
        return self.reasons.get(rule or "", "")

    def value(self, name: str, value: object) -> str:
        """Return a value as it is written in a rulebook, to the digits a reader can use."""
        match value:
            case None:
                return "unknown"
            case bool():
                return "yes" if value else "no"
            case int() | float():
                return short(value, self.kinds.get(name, "number"))
        return str(value)


def short(value: float, kind: Kind) -> str:
    """Return a number in its unit, to three digits of money or a hundredth of a percent.

    >>> short(28_587_301.0, "USD"), short(0.048512, "ratio"), short(1 / 24, "days")
    ('$28.6M', '4.85%', '1h')
    """
    if kind == "USD":
        digits = len(str(int(abs(value))))
        return constant(Fraction(round(value, 3 - digits if digits > 3 else 2)).limit_denominator(100), kind)
    if kind == "days" and abs(value) < 1:
        return constant(Fraction(round(value * 24, 2)).limit_denominator(100) / 24, kind)
    return constant(Fraction(round(value, 4 if kind == "ratio" else 3)).limit_denominator(10**4), kind)


def lexicon(program: Program) -> Lexicon:
    """Return the lexicon of a rulebook."""
    reasons = {rule.reason.id: rule.reason.why for rule in rules_of(program)}
    classes = {rule.reason.id: rule.then for rule in program.classify.rules}
    reference = program.haircut.reference.reason.id
    return Lexicon(reasons, dict(_kinds(program)), dict(_asks(program)), classes, reference)


def _asks(program: Program) -> Iterator[tuple[str, frozenset[str]]]:
    derived = {d.name: d.expr for d in program.derived}

    def facts(node: Typed) -> frozenset[str]:
        names = {read.name for read in reads(node)}
        found = [facts(derived[name]) for name in names & derived.keys()]
        return frozenset({submitted(name) for name in names - derived.keys()}.union(*found))

    yield from ((rule.reason.id, facts(rule.when)) for rule in program.classify.rules)
    yield from ((rule.reason.id, facts(rule.when)) for rule in program.rating.knock_outs)
    yield from ((rule.reason.id, facts(rule.when)) for rule in program.rating.statuses)
    yield from ((rule.reason.id, facts(rule.when)) for rule in program.review)


def _kinds(program: Program) -> Iterator[tuple[str, Kind]]:
    yield from ((name, spec.kind) for name, spec in READABLE.items())
    yield from ((fact.name, fact.type.kind) for fact in program.custom)
    yield from ((param.name, param.type.kind) for param in program.params)
    yield from ((derived.name, derived.expr.type.kind) for derived in program.derived)
    yield from ((f"score.{card.pillar}", "points") for card in program.scorecards)
    yield ("position.size", "USD")
    yield from ((filling.reason.id, filling.expr.type.kind) for filling in program.fillings)
    for step in (program.haircut.start, *program.haircut.steps, program.haircut.reference):
        yield (step.reason.id, "ratio")
    yield from ((limit.reason.id, "USD") for limit in program.caps.limits)
    yield from ((condition.reason.id, condition.value.type.kind) for condition in program.conditions)
    for expression in expressions(program):
        yield from ((text(found), found.left.type.kind) for found in comparisons(expression))
