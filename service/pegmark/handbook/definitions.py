"""The chapters of what rules read: params, derived names, and facts with their readers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from pegmark.facts.specification import FactSpec
from pegmark.facts.units import RANGES
from pegmark.facts.vocabulary import READABLE
from pegmark.handbook.ledger import Ledger
from pegmark.handbook.page import (
    Block,
    Code,
    Entry,
    Grid,
    Heading,
    Line,
    Mark,
    Pairs,
    anchor,
    joined,
    says,
)
from pegmark.language.prose import constant, text
from pegmark.language.types import Kind
from pegmark.rulebook.custom import declared
from pegmark.rulebook.program import Dated, Derived, Param

WORSE: Mapping[str, str] = {
    "higher": "; more is worse",
    "lower": "; less is worse",
    "first": "; worst first",
    "true": "; yes is worse",
    "false": "; no is worse",
    "from_one": "; further from 1 is worse",
    "none": "",
}


def params(ledger: Ledger) -> Iterator[Block]:
    """Yield the chapter of dated constants."""
    yield Heading("Params", "section-params")
    yield says("Numbers that several rules read, or that may change: a decision takes the value of its day.")
    heads = ("param", "value", "why", "cites", "read by")
    yield Grid(heads, tuple(_param(ledger, param) for param in ledger.program.params))


def _param(ledger: Ledger, param: Param) -> tuple[Line, ...]:
    readers = ledger.names(ledger.readings.readers.get(param.name, ()))
    if param.name == ledger.program.estimate_weight:
        readers = (*readers, ", " if readers else "", "every estimate")
    return (
        (Mark(param.name, anchor(param.name)),),
        joined(tuple(_dated(one, param.type.kind) for one in param.values)),
        (param.why,),
        ledger.sources(param.cite),
        readers,
    )


def _dated(one: Dated, kind: Kind) -> Code:
    return Code(f"{constant(one.value, kind)} since {one.start}")


def derived(ledger: Ledger) -> Iterator[Block]:
    """Yield the chapter of derived names."""
    yield Heading("Derived names", "section-derive")
    yield says("What several rules read, worked out once; each reads only names that stand before it.")
    yield from (_derived(ledger, one) for one in ledger.program.derived)


def _derived(ledger: Ledger, one: Derived) -> Entry:
    kind = one.expr.type
    unit = f"one of {', '.join(kind.members)}" if kind.kind == "enum" else kind.kind
    pairs: list[tuple[str, Line]] = [
        ("is", (Code(text(one.expr), asks=True),)),
        ("unit", (f"{unit}, and may be unknown" if kind.optional else f"{unit}, always known",)),
        ("reads", ledger.names(ledger.readings.direct[one.name])),
        ("read by", ledger.names(ledger.readings.readers.get(one.name, ()))),
    ]
    return Entry(one.name, anchor(one.name), (Pairs(tuple(pair for pair in pairs if pair[1])),))


def facts(ledger: Ledger) -> Iterator[Block]:
    """Yield the index of facts: each that a rule reads, and which rules do."""
    program, readings = ledger.program, ledger.readings
    known = {**READABLE, **declared(program.custom)}
    filled = {filling.fact: filling.reason.id for filling in program.fillings}
    used = [spec for name, spec in known.items() if name in readings.readers or name in filled]
    unused = [name for name, spec in known.items() if spec not in used]
    yield Heading("Facts, and who reads them", "section-facts")
    yield says(
        f"Rules read {len(used)} of the {len(known)} facts that they may. Last in each line stand the rules "
        "that read a fact by derived names alone."
    )
    for group in dict.fromkeys(spec.group for spec in used):
        specs = (spec for spec in used if spec.group == group)
        yield Heading(group, f"facts-{group}", 3)
        heads = ("fact", "what it is", "read by", "and by derived names")
        yield Grid(heads, tuple(_fact(ledger, spec, filled.get(spec.name)) for spec in specs))
    if unused:
        yield says("No rule reads ", *joined(tuple(map(Code, unused))), ".")


def _fact(ledger: Ledger, spec: FactSpec, filling: str | None) -> tuple[Line, ...]:
    readers = ledger.names(ledger.readings.readers.get(spec.name, ()))
    if filling is not None:
        readers = (*readers, "; " if readers else "", "filled in by ", *ledger.names([filling]))
    return (
        (Mark(spec.name, anchor(spec.name, "fact")),),
        (f"{spec.meaning} {_values(spec)}{WORSE[spec.worse]}.",),
        readers,
        ledger.names(ledger.readings.reached.get(spec.name, ())),
    )


def _values(spec: FactSpec) -> str:
    match spec.kind:
        case "bool":
            return "Yes or no"
        case "enum":
            return f"One of {', '.join(spec.members)}"
        case kind:
            ends = (RANGES[kind][n] if end is None else end for n, end in enumerate((spec.low, spec.high)))
            return "From {} to {}".format(*(constant(Fraction(end), kind) for end in ends))
