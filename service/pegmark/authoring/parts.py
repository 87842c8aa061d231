"""A rulebook as a list of parts, each with its fields: what two rulebooks are compared by.

A field knows what it does to terms where it grows, so that who finds it changed can say whether that is
stricter. `UNCLEAR` is said wherever it could be either.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from pegmark.authoring.sense import LOOSER, NONE, STRICTER, UNCLEAR, Sense
from pegmark.language.nodes import Typed
from pegmark.language.prose import constant
from pegmark.language.types import Kind
from pegmark.problems import Span
from pegmark.rulebook.program import Bins, Characteristic, Param, Program, Reason, Scorecard


@dataclass(frozen=True, slots=True)
class Formula:
    """An expression; None holds always. `more` is what it does where it is greater, or holds more often."""

    name: str
    node: Typed | None
    more: Sense = UNCLEAR


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, or None where there is none."""

    name: str
    value: Fraction | None
    kind: Kind
    more: Sense = UNCLEAR


@dataclass(frozen=True, slots=True)
class Words:
    """A text or a choice. Of a choice, `order` runs from what is loosest to what is strictest."""

    name: str
    text: str
    order: tuple[str, ...] = ()
    is_told: bool = False
    """Whether it is there to be read by people alone."""
    presence: Sense = UNCLEAR


Field = Formula | Figure | Words


@dataclass(frozen=True, slots=True)
class Part:
    """Something of a rulebook that has a name: a rule, a param, a source, the settings of a section.

    `place` counts where the order of parts has a meaning. `presence` is what it does that it is there.
    """

    section: str
    id: str
    span: Span | None
    fields: tuple[Field, ...]
    presence: Sense = UNCLEAR
    place: int | None = None


def told(reason: Reason) -> tuple[Field, ...]:
    """Return the fields that say why a rule is there."""
    return _told(reason.why, reason.cite)


def _told(why: str, cite: Sequence[str]) -> tuple[Field, ...]:
    return Words("why", why, is_told=True), Words("cite", ", ".join(cite), is_told=True)


def parts_of_the_head(program: Program) -> Iterator[Part]:
    """Yield the parts that stand before all rules: sources, own facts, params, fillings, derived names."""
    head = (
        Words("name", program.id, is_told=True),
        Words("version", program.version, is_told=True),
        Words("owners", ", ".join(program.owners), is_told=True),
        Words("effective", "" if program.effective is None else program.effective.isoformat(), is_told=True),
        Words("estimates.weight", program.estimate_weight),
    )
    yield Part("rulebook", "rulebook", None, head)
    for source in program.sources:
        fields = (Words("title", source.title, is_told=True), Words("href", source.href, is_told=True))
        yield Part("sources", source.id, None, fields, NONE)
    for retired in program.retired:
        fields = (
            Words("date", retired.date.isoformat(), is_told=True),
            Words("why", retired.why, is_told=True),
        )
        yield Part("retired", retired.id, None, fields, NONE)
    for fact in program.custom:
        yield Part(
            "facts",
            fact.name,
            None,
            (
                Words("type", str(fact.type)),
                Figure("low", fact.low, fact.type.kind),
                Figure("high", fact.high, fact.type.kind),
                Words("worse", fact.worse),
                Words("meaning", fact.meaning, is_told=True),
            ),
        )
    yield from map(_param, program.params)
    for filling in program.fillings:
        value: tuple[Field, ...] = (
            Words("fact", filling.fact),
            Formula("value", filling.expr),
            *told(filling.reason),
        )
        yield Part("normal", filling.reason.id, filling.reason.span, value)
    for derived in program.derived:
        yield Part("derive", derived.name, derived.span, (Formula("expr", derived.expr),))


def _param(param: Param) -> Part:
    values: list[Field] = []
    for dated in param.values:
        name = f"from {dated.start}"
        if isinstance(dated.value, Fraction):
            values.append(Figure(name, dated.value, param.type.kind))
        else:
            values.append(Words(name, constant(dated.value, param.type.kind)))
    fields = (Words("unit", str(param.type)), *values, *_told(param.why, param.cite))
    # Who adds a param adds what reads it too, and that is where it matters.
    return Part("params", param.name, param.span, fields, NONE)


def parts_of_classify(program: Program) -> Iterator[Part]:
    """Yield the rules by which the class is chosen."""
    classify = program.classify
    rank = classify.order.index
    settings = (Words("order", ", ".join(classify.order)), Words("hit", classify.hit))
    yield Part("classify", "classify", None, settings)
    following = [rank(classify.otherwise)]
    effects: list[Sense] = []
    for rule in reversed(classify.rules):
        own = rank(rule.then)
        # Where it holds more often, it takes from the rules behind it.
        effect: Sense = UNCLEAR
        if classify.hit == "worst" or (classify.hit == "first" and own >= max(following)):
            effect = STRICTER
        elif classify.hit == "first" and own <= min(following):
            effect = LOOSER
        if rule.on_unknown == "otherwise" and rule.then != classify.otherwise:
            effect = UNCLEAR
        effects.append(effect)
        following.append(own)
    for n, (rule, effect) in enumerate(zip(classify.rules, reversed(effects), strict=True)):
        fields = (
            Formula("when", rule.when, effect),
            Words("then", rule.then, classify.order),
            Words("on_unknown", rule.on_unknown or "", ()),
            Words("known_only", "true" if rule.known_only else "false"),
            *told(rule.reason),
        )
        place = n if classify.hit == "first" else None
        yield Part("classify", rule.reason.id, rule.reason.span, fields, effect, place)
    reason = classify.otherwise_reason
    fields = (Words("otherwise", classify.otherwise, classify.order), *told(reason))
    yield Part("classify", reason.id, reason.span, fields)
    if classify.layering is not None:
        reason = classify.layering.reason
        fields = (Figure("material", classify.layering.material, "ratio", LOOSER), *told(reason))
        yield Part("classify", reason.id, reason.span, fields, STRICTER)


def parts_of_scorecards(program: Program) -> Iterator[Part]:
    """Yield the scorecards, and their lines."""
    for card in program.scorecards:
        section = f"scorecards.{card.pillar}"
        fields = (*_applies(card), Words("why", card.why, is_told=True))
        yield Part(section, card.pillar, card.span, fields)
        for line in card.characteristics:
            yield Part(section, line.reason.id, line.reason.span, tuple(_line(line)))


def _applies(card: Scorecard) -> tuple[Field, ...]:
    return (Formula("applies", card.applies, STRICTER),)


def _along(points: Sequence[int]) -> Sense:
    """Return what it does to go up through bins."""
    if list(points) == sorted(points):
        return LOOSER
    return STRICTER if list(points) == sorted(points, reverse=True) else UNCLEAR


def _line(line: Characteristic) -> Iterator[Field]:
    yield Figure("weight", Fraction(line.weight), "number")
    match line.grid:
        case Bins(of, edges, points):
            yield Formula("of", of, _along(points))
            kind = of.type.kind
            lower = [f"from {constant(edge, kind)}" for edge in edges]
            for name, n in zip(
                ["points below all", *(f"points {edge}" for edge in lower)], points, strict=True
            ):
                yield Figure(name, Fraction(n), "number", LOOSER)
        case grid:
            yield Formula("by", grid.by)
            for member, n in grid.points:
                yield Figure(f"points of {member}", Fraction(n), "number", LOOSER)
    yield Figure("points where unknown", Fraction(line.unknown), "number", LOOSER)
    yield from told(line.reason)
