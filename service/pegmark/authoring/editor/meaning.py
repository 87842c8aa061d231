"""What a name means, in Markdown, as an editor shows it beside the name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction

from pegmark.authoring.editor.index import Name
from pegmark.authoring.editor.study import Study
from pegmark.facts.specification import WORSE, FactSpec
from pegmark.language.functions import FUNCTIONS
from pegmark.language.prose import constant, text
from pegmark.rulebook.program import Program

Rules = Mapping[str, str]
"""What each rule says, in words, by its id."""

_OUTCOMES = {
    "class": "What the asset is, by `classify`.",
    "band": "How good it is, by `rating`.",
    "position.size": "How much is taken, in USD.",
    "output.class": "What the asset is.",
    "output.maintenance": "The haircut while it is held, in total, at each size.",
    "output.initial": "The haircut at which it is taken, in total, at each size.",
    "output.cap": "How much a venue takes, in USD.",
    "output.eligible": "Whether it is taken at all.",
}


def meaning(name: Name, study: Study, rules: Rules) -> str:
    """Return what a name means; nothing where nothing is known of it."""
    program = study.program
    match name.kind:
        case "fact":
            spec = study.readable.get(name.text) or study.stated.get(name.text)
            return "" if spec is None else of_fact(spec)
        case "function":
            function = FUNCTIONS[name.text]
            return _page(function.usage, "function", [function.meaning])
        case "outcome":
            said = _OUTCOMES.get(name.text, "The score of a pillar, 0 to 100.")
            return _page(name.text, "decided by the rules", [said])
        case "fixture" | "venue":
            return _page(name.text, f"{name.kind} of the suites", [])
    if program is None:
        return _page(name.text, name.kind, _written(name, study))
    return "\n\n".join(_of_program(name, program, rules))


def _written(name: Name, study: Study) -> Iterator[str]:
    """Yield what a rulebook that was never right says of a name, as it is written."""
    section = {"param": "params", "derived": "derive", "source": "sources"}.get(name.kind)
    above = f"{section}.{name.text}"
    for said in study.rules.values.values():
        if name.kind == "rule" and said.scalar.text == name.text and said.path.endswith(".id"):
            above = said.path.removesuffix(".id")
    for said in (*study.rules.expressions.values(), *study.rules.values.values()):
        if said.path in {f"{above}.{key}" for key in ("expr", "when", "title", "href", "why")}:
            yield " ".join(said.scalar.text.split())


def of_fact(spec: FactSpec) -> str:
    """Return what a fact is: what it says, its range, which way is worse, where it is found."""
    lines = [spec.meaning, f"Found: {spec.where}", f"{_range(spec)}; {WORSE[spec.worse]}"]
    if spec.max_age_days is not None:
        lines[-1] += f"; at most {spec.max_age_days} days old"
    return _page(spec.name, f"fact, {spec.kind}", lines)


def _range(spec: FactSpec) -> str:
    if spec.members:
        return " < ".join(f"`{member}`" for member in spec.members)
    if spec.low is None or spec.high is None or spec.kind in ("bool", "enum"):
        return "yes or no" if spec.kind == "bool" else spec.kind
    low, high = (constant(Fraction(repr(end)), spec.kind) for end in (spec.low, spec.high))
    return f"{low} to {high}"


def _of_program(name: Name, program: Program, rules: Rules) -> Iterator[str]:
    match name.kind:
        case "param":
            for param in program.params:
                if param.name == name.text:
                    values = [
                        f"`{constant(dated.value, param.type.kind)}` since {dated.start}"
                        for dated in param.values
                    ]
                    yield _page(param.name, f"param, {param.type.kind}", [", ".join(values), param.why])
                    yield from _cited(param.cite, program)
        case "derived":
            for derived in program.derived:
                if derived.name == name.text:
                    unknown = ", may be unknown" if derived.expr.type.optional else ""
                    said = f"```\n{text(derived.expr)}\n```"
                    yield _page(derived.name, f"derived, {derived.expr.type.kind}{unknown}", [said])
        case "source":
            for source in program.sources:
                if source.id == name.text:
                    yield _page(source.id, "source", [source.title, source.href])
        case "rule":
            yield from _of_rule(name.text, program, rules)
        case "class":
            yield from _of_class(name.text, program)
        case "band":
            bands = dict(program.rating.bands)
            if name.text in bands:
                place = f"band, {_place(name.text, bands)}"
                yield _page(name.text, place, [f"From a score of {bands[name.text]}."])
        case "pillar":
            for card in program.scorecards:
                if card.pillar == name.text:
                    yield _page(card.pillar, "pillar", [card.why])


def _of_rule(rule: str, program: Program, rules: Rules) -> Iterator[str]:
    if rule in rules:
        yield rules[rule]
    for retired in program.retired:
        if retired.id == rule:
            yield _page(rule, f"retired on {retired.date}", [retired.why])


def _of_class(name: str, program: Program) -> Iterator[str]:
    classify = program.classify
    if name not in classify.order:
        return
    giving = [rule.reason.id for rule in classify.rules if rule.then == name]
    if name == classify.otherwise:
        giving.append(classify.otherwise_reason.id)
    said = [f"Given by {', '.join(giving)}."] if giving else []
    if name in program.rating.ineligible:
        said.append("Never taken.")
    yield _page(name, f"class, {_place(name, classify.order)}", said)


def _place(name: str, order: Iterable[str]) -> str:
    listed = list(order)
    return f"{listed.index(name) + 1} of {len(listed)}, best first"


def _cited(cites: Iterable[str], program: Program) -> Iterator[str]:
    sources = {source.id: source for source in program.sources}
    for cite in cites:
        if cite in sources:
            yield f"[{cite}] {sources[cite].title}"


def _page(name: str, kind: str, lines: Iterable[str]) -> str:
    return "\n\n".join([f"**{name}** · {kind}", *(line for line in lines if line)])
