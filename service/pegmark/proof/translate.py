"""A checked expression as a term: what `docs/rule-language.md` says of unknown, said to z3."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from functools import reduce
from typing import TypeVar

from pegmark.language.nodes import (
    Abs,
    Arith,
    Choose,
    Coalesce,
    Compare,
    Const,
    Extreme,
    Known,
    Logic,
    Member,
    Not,
    Read,
    Typed,
)
from pegmark.language.types import Type
from pegmark.proof.terms import (
    Choice,
    Number,
    Term,
    Truth,
    arithmetic,
    compare,
    every,
    least,
    most,
    no,
    pick,
    some,
)
from pegmark.rulebook.program import Program, Scalar

T = TypeVar("T", bound=Term)


class Language:
    """What the names of a program mean on one day: its params and its derived names."""

    def __init__(self, program: Program, day: date) -> None:
        self.constants: Mapping[str, Scalar] = {param.name: param.at(day).value for param in program.params}
        self.derived: Mapping[str, Typed] = {derived.name: derived.expr for derived in program.derived}


class Reading:
    """One asset as the rules read it.

    `fact` gives the term of a readable fact, `outcomes` that of every outcome that is read.
    """

    def __init__(
        self, language: Language, fact: Callable[[str], Term], outcomes: Mapping[str, Term] | None = None
    ) -> None:
        self._language = language
        self._fact = fact
        self._outcomes = outcomes or {}
        self._derived: dict[str, Term] = {}

    def number(self, node: Typed) -> Number:
        """Return a number."""
        return _as(Number, self.term(node))

    def truth(self, node: Typed) -> Truth:
        """Return a condition."""
        return _as(Truth, self.term(node))

    def choice(self, node: Typed) -> Choice:
        """Return a member of an enum; a condition counts as false, then true."""
        found = self.term(node)
        if isinstance(found, Truth):
            return Choice(pick(found.yes, Fraction(1), Fraction(0)), found.known, ("false", "true"))
        return _as(Choice, found)

    def term(self, node: Typed) -> Term:
        """Return what an expression comes to."""
        match node:
            case Const(value, kind):
                return constant(value, kind)
            case Read():
                return self._read(node)
            case Not(inner):
                return Truth(*reversed(self.truth(inner)))
            case Logic(op, operands):
                parts = [self.truth(operand) for operand in operands]
                if op == "and":
                    return Truth(every(*(p.yes for p in parts)), some(*(p.no for p in parts)))
                return Truth(some(*(p.yes for p in parts)), every(*(p.no for p in parts)))
            case Compare(op, left, right):
                return _compared(op, self.term(left), self.term(right))
            case Member(inner, members):
                chosen = self.choice(inner)
                is_in = some(
                    *(compare("==", chosen.index, _place(member, chosen.members)) for member in members)
                )
                return Truth(every(chosen.known, is_in), every(chosen.known, no(is_in)))
            case Arith(op, left, right):
                a, b = self.number(left), self.number(right)
                known = every(a.known, b.known)
                if op == "/":
                    known = every(known, compare("!=", b.value, Fraction(0)))
                return Number(arithmetic(op, a.value, b.value), known)
            case Choose(condition, yes, otherwise):
                return chosen_by(self.truth(condition), self.term(yes), self.term(otherwise))
            case Known(inner):
                known = self.term(inner).known
                return Truth(known, no(known))
            case Extreme(op, operands):
                numbers = [self.number(operand) for operand in operands]
                extreme = least if op == "min" else most
                return Number(extreme(*(n.value for n in numbers)), every(*(n.known for n in numbers)))
            case Abs(inner):
                x = self.number(inner)
                return Number(most(x.value, arithmetic("-", Fraction(0), x.value)), x.known)
            case Coalesce(operands):
                return reduce(
                    lambda later, earlier: first_known(earlier, later),
                    [self.term(operand) for operand in reversed(operands)],
                )

    def _read(self, read: Read) -> Term:
        match read.origin:
            case "param":
                return constant(self._language.constants[read.name], read.type)
            case "derived":
                if read.name not in self._derived:
                    self._derived[read.name] = self.term(self._language.derived[read.name])
                return self._derived[read.name]
            case "fact":
                return self._fact(read.name)
        return self._outcomes[read.name]


def constant(value: Fraction | bool | str, kind: Type) -> Term:
    """Return a literal."""
    if isinstance(value, bool):
        return Truth(value, not value)
    if isinstance(value, str):
        return Choice(_place(value, kind.members), True, kind.members)
    return Number(value, True)


def first_known(first: Term, second: Term) -> Term:
    """Return the first term where it is known, else the second."""
    match first, second:
        case Number(), Number():
            return Number(pick(first.known, first.value, second.value), some(first.known, second.known))
        case Truth(), Truth():
            return Truth(
                some(first.yes, every(no(first.known), second.yes)),
                some(first.no, every(no(first.known), second.no)),
            )
        case Choice(), Choice():
            index = pick(first.known, first.index, second.index)
            return Choice(index, some(first.known, second.known), first.members)
    raise TypeError(f"{first} and {second} are of two types")


def chosen_by(condition: Truth, yes: Term, otherwise: Term) -> Term:
    """Return what `if` comes to: unknown where its condition is."""
    match yes, otherwise:
        case Truth(), Truth():
            return Truth(
                some(every(condition.yes, yes.yes), every(condition.no, otherwise.yes)),
                some(every(condition.yes, yes.no), every(condition.no, otherwise.no)),
            )
    known = some(every(condition.yes, yes.known), every(condition.no, otherwise.known))
    match yes, otherwise:
        case Number(), Number():
            return Number(pick(condition.yes, yes.value, otherwise.value), known)
        case Choice(), Choice():
            return Choice(pick(condition.yes, yes.index, otherwise.index), known, yes.members)
    raise TypeError(f"{yes} and {otherwise} are of two types")


def _compared(op: str, left: Term, right: Term) -> Truth:
    match left, right:
        case Truth(), Truth():
            same = some(every(left.yes, right.yes), every(left.no, right.no))
            other = some(every(left.yes, right.no), every(left.no, right.yes))
            return Truth(same, other) if op == "==" else Truth(other, same)
        case Number(a, knows_a), Number(b, knows_b):
            known, holds = every(knows_a, knows_b), compare(op, a, b)
        case Choice(a, knows_a, _), Choice(b, knows_b, _):
            known, holds = every(knows_a, knows_b), compare(op, a, b)
        case _:
            raise TypeError(f"{left} and {right} are of two types")
    return Truth(every(known, holds), every(known, no(holds)))


def _place(member: str, members: tuple[str, ...]) -> Fraction:
    return Fraction(members.index(member))


def _as(kind: type[T], term: Term) -> T:
    if not isinstance(term, kind):
        raise TypeError(f"{term} is no {kind.__name__}")
    return term
