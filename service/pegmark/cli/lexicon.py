"""What the names in a decision mean: why a rule is there, in which unit a value is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from pegmark.facts.vocabulary import READABLE
from pegmark.language.prose import constant
from pegmark.rulebook.program import Program
from pegmark.usecases.rules import Rule, rules_of


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The rules of a program by id, and the kind of every value by name."""

    rules: Mapping[str, Rule]
    kinds: Mapping[str, str]

    def why(self, rule: str | None) -> str:
        """Return why a rule is there, or nothing for a line that is no rule's."""
        found = self.rules.get(rule or "")
        return found.reason.why if found else ""

    def value(self, name: str, value: object) -> str:
        """Return a value as it is written in a rulebook: `25%`, `$50M`, `own_order_book`."""
        match value:
            case None:
                return "unknown"
            case bool():
                return "yes" if value else "no"
            case str():
                return value
            case int() | float():
                kind = self.kinds.get(name, "number")
                return constant(_short(value, kind), kind)  # type: ignore[arg-type]
        return str(value)


def _short(value: float, kind: str) -> Fraction:
    """Return a value to as many digits as a reader can use."""
    if kind == "USD":
        # Three digits and a suffix: $28.6M, not $28.587301M.
        digits = 2 - (len(str(int(abs(value)))) - 1)
        return Fraction(round(value, digits if abs(value) >= 1000 else 2)).limit_denominator(100)
    return Fraction(round(value, 4 if kind == "ratio" else 3)).limit_denominator(10**4)


def lexicon(program: Program) -> Lexicon:
    """Return the lexicon of a rulebook."""
    kinds = {name: spec.kind for name, spec in READABLE.items()}
    kinds |= {fact.name: fact.type.kind for fact in program.custom}
    kinds |= {param.name: param.type.kind for param in program.params}
    kinds |= {derived.name: derived.expr.type.kind for derived in program.derived}
    kinds |= {f"score.{card.pillar}": "points" for card in program.scorecards}
    kinds |= {"position.size": "USD"}
    return Lexicon(
        {rule.reason.id: rule for rule in rules_of(program)}, {k: str(v) for k, v in kinds.items()}
    )
