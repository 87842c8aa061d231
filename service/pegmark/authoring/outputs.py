"""What a decision puts out, by the names that suites give it, with the type of each.

The names are those of the decision's JSON, with a dot between levels. What JSON lists by rule is named by
rule; what it lists by size is named by size, or taken at the first size that was asked about.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from pegmark.engine.compiled import STATUSES
from pegmark.facts.units import Kind
from pegmark.facts.vocabulary import FACTS
from pegmark.language import Place, Type, literal, nearest
from pegmark.language.prose import constant
from pegmark.problems import Position
from pegmark.rulebook.program import Program

Body = Mapping[str, Any]
Form = Literal["value", "members", "outcome"]

REFUSAL = "error"
"""The output of a question that is refused: the codes of what is wrong with it."""
LEAST = "LEAST"
"""What binds where no limit reaches the least that is offered."""
LINES = ("BOUND", "ROUND", "INELIGIBLE")
"""Lines of the waterfall that are no rule's."""
STATES = ("not_disclosed", "not_collected", "not_credible", "stale")
APPLIES = ("acceptance", "intake", "continuous")
SEVERITIES = ("low", "medium", "high", "critical")
PARTS = ("basis", "reference", "total")
_CODE = re.compile(r"[FQ]\d{4}", re.ASCII)
_LEVEL = re.compile(r"\$[\d_]+(?:\.\d+)?[A-Za-z]*|[^.]+", re.ASCII)


class NoSuchOutput(Exception):
    """A name is that of no output, or names a rule that the rulebook does not have."""

    def __init__(self, code: str, message: str, help: str | None = None) -> None:
        """Say which of the two it is, and what to do."""
        super().__init__(message)
        self.code, self.message, self.help = code, message, help


@dataclass(frozen=True, slots=True)
class Output:
    """One thing a decision says.

    `members` are what it can be, or hold. `take` finds it in the body of a decision; None is not there.
    `rule` and `size` are those that the name names.
    """

    name: str
    take: Callable[[Body], Any]
    kind: Kind | None = None
    form: Form = "value"
    members: tuple[str, ...] = ()
    rule: str | None = None
    size: float | None = None

    @property
    def is_traced(self) -> bool:
        """Whether only a full explanation has it."""
        return self.name.startswith(("trace.", "counterfactuals."))

    @property
    def is_number(self) -> bool:
        """Whether it is a number, in the unit of its kind."""
        return self.kind not in (None, "bool", "enum")


class Outputs:
    """The outputs of decisions by one rulebook."""

    def __init__(self, program: Program) -> None:
        """Name what every decision has."""
        self._program = program
        self._traced = dict(_traced(program))
        self._plain = {output.name: output for output in _plain(program)}

    @property
    def plain(self) -> Iterator[str]:
        """Yield the names of what every decision has."""
        yield from self._plain

    def find(self, name: str) -> Output:
        """Return the output of a name; raises `NoSuchOutput`."""
        if name in self._plain:
            return self._plain[name]
        match _LEVEL.findall(name):
            case ["haircut", *rest]:
                found = self._haircut(name, rest, None)
            case ["haircuts", size, *rest]:
                found = self._haircut(name, rest, _size(size))
            case ["ladder", size, ("initial" | "maintenance") as terms]:
                found = _tier(name, _size(size), terms)
            case ["conditions", rule]:
                found = self._condition(name, rule)
            case ["conditions", rule, "applies"]:
                self._known(rule, self._plain["conditions"].members, "condition")
                found = Output(
                    name,
                    lambda body: _of_rule(body["conditions"], rule, "applies"),
                    "enum",
                    "value",
                    APPLIES,
                    rule=rule,
                )
            case ["findings", rule]:
                self._known(rule, self._plain["findings"].members, "finding")
                found = Output(
                    name,
                    lambda body: _of_rule(body["findings"], rule, "severity"),
                    "enum",
                    "value",
                    SEVERITIES,
                    rule,
                )
            case ["cap", "limits", rule]:
                self._known(rule, [limit.reason.id for limit in self._program.caps.limits], "limit")
                found = Output(name, lambda body: _limit(body, rule), "USD", rule=rule)
            case ["unknown", *_]:
                found = self._state(name, name.partition(".")[2])
            case ["trace", rule]:
                self._known(rule, self._traced, "rule that leaves a trace")
                kind, members = self._traced[rule]
                found = Output(name, lambda body: _outcome(body, rule), kind, "outcome", members, rule)
            case _:
                found = None
        if found is None:
            near = nearest(name, [*self._plain, *FAMILIES])
            hint = f"did you mean `{near}`?" if near else "docs/rule-language.md lists what can be expected"
            raise NoSuchOutput("T0009", f"a decision has no output `{name}`", hint)
        return found

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names that every decision has, and then those that go on with a rule.

        Names that go on with a size or a fact are not among them: of those there is no end.
        """
        rules = {
            "haircut.steps": [
                step.reason.id for step in (self._program.haircut.start, *self._program.haircut.steps)
            ],
            "cap.limits": [limit.reason.id for limit in self._program.caps.limits],
            "conditions": self._plain["conditions"].members,
            "findings": self._plain["findings"].members,
        }
        named = (f"{family}.{rule}" for family, ids in rules.items() for rule in ids)
        terms = (f"haircut.{name}" for name in ("maintenance", "initial", "reference"))
        return (*self._plain, *terms, *named)

    def is_level(self, name: str) -> bool:
        """Tell whether names of outputs begin with this one and a dot."""
        first = name.partition(".")[0]
        return first in _LEVELS or any(known.startswith(f"{name}.") for known in self._plain)

    def _known(self, rule: str, ids: Sequence[str] | Mapping[str, Any], noun: str) -> None:
        if rule not in ids:
            near = nearest(rule, ids)
            hint = f"did you mean `{near}`?" if near else f"the rulebook's are {_listed(tuple(ids))}"
            raise NoSuchOutput("T0011", f"the rulebook has no {noun} `{rule}`", hint)

    def _haircut(self, name: str, rest: list[str], size: float | None) -> Output | None:
        match rest:
            case ["steps", rule]:
                haircut = self._program.haircut
                steps = [step.reason.id for step in (haircut.start, *haircut.steps)]
                self._known(rule, (*steps, *LINES), "step of the haircut")
                return Output(name, lambda body: _line(body, rule, size), "ratio", rule=rule, size=size)
            case ["reference"]:
                rest = ["initial", "reference"]
            case [("initial" | "maintenance")]:
                rest = [*rest, "total"]
        match rest:
            case [("initial" | "maintenance") as terms, part] if part in PARTS:
                return Output(name, lambda body: at_size(body, size)[terms][part], "ratio", size=size)
        return None

    def _condition(self, name: str, rule: str) -> Output:
        found = {condition.reason.id: condition for condition in self._program.conditions}
        self._known(rule, found, "condition")
        kind = found[rule].value.type
        return Output(
            name,
            lambda body: _of_rule(body["conditions"], rule, "value"),
            kind.kind,
            "value",
            kind.members,
            rule,
        )

    def _state(self, name: str, fact: str) -> Output:
        facts = _facts(self._program)
        if fact not in facts:
            near = nearest(fact, facts)
            hint = f"did you mean `{near}`?" if near else "`pegmark facts` lists what may be known"
            raise NoSuchOutput("T0007", f"there is no fact `{fact}`", hint)
        return Output(
            name,
            lambda body: next((one["state"] for one in body["unknown"] if one["fact"] == fact), None),
            "enum",
            "value",
            STATES,
        )


FAMILIES = (
    "haircut.initial",
    "haircut.initial.basis",
    "haircut.maintenance",
    "haircut.maintenance.basis",
    "haircut.reference",
    "haircut.steps",
    "haircuts",
    "ladder",
    "cap.limits",
    "trace",
)
"""Beginnings of names that go on with a size, a rule or a fact, and names that may have one before them."""
_LEVELS = ("haircut", "haircuts", "ladder", "conditions", "findings", "unknown", "trace", "cap")


def written(value: Any, output: Output) -> str:
    """Return a value as a suite would say it.

    >>> written(0.0625, Output("haircut.initial", lambda body: None, "ratio"))
    '6.25%'
    >>> written(["KO-OWN"], Output("capped_by", lambda body: None, "enum", "members"))
    '[KO-OWN]'
    """
    match value:
        case None:
            return "unknown" if output.form == "outcome" else "null"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return number_written(value, output.kind or "number")
        case list() | tuple():
            return f"[{', '.join(map(str, value))}]"
    return str(value)


def number_written(value: float, kind: Kind) -> str:
    """Return a number in its unit, to the last digit.

    >>> number_written(0.0625, "ratio"), number_written(1_484_440_000, "USD")
    ('6.25%', '$1.48444bn')
    """
    return constant(Fraction(repr(value)), kind)


def at_size(body: Body, size: float | None) -> Any:
    """Return the haircuts at a size, or at the first."""
    haircuts = body["haircuts"]
    return next(found for found in haircuts if size is None or found["size_usd"] == size)


def entries(body: Body, rule: str) -> list[Any]:
    """Return the lines of the trace that a rule left, one for each size where it reads the size."""
    return [entry for entry in body["trace"] or () if entry["rule"] == rule]


def _stopping(program: Program) -> Iterator[str]:
    """Yield the rules that a status can follow from, but for a layer."""
    rating = program.rating
    yield rating.ineligible_reason.id
    if rating.worthless is not None:
        yield rating.worthless.id
    if rating.intake is not None:
        yield rating.intake.reason.id
    yield from (rule.reason.id for rule in rating.statuses)
    yield from (assertion.reason.id for assertion in program.assertions)


def _plain(program: Program) -> Iterator[Output]:
    def of(*path: str) -> Callable[[Body], Any]:
        def take(body: Body) -> Any:
            found: Any = body
            for key in path:
                found = found[key]
            return found

        return take

    def ids(path: str) -> Callable[[Body], Any]:
        return lambda body: [one["rule"] for one in body[path]]

    classify, rating, caps = program.classify, program.rating, program.caps
    layering = () if classify.layering is None else (classify.layering.reason.id,)
    deciding = (*(rule.reason.id for rule in classify.rules), classify.otherwise_reason.id, *layering)
    binding = (*(limit.reason.id for limit in caps.limits), LEAST)
    facts = _facts(program)
    for name in ("asset", "as_of", "venue"):
        yield Output(name, of(name))
    yield Output("class", of("class"), "enum", "value", classify.order)
    yield Output("decided_by", of("decided_by"), "enum", "value", deciding)
    yield Output("status", of("status"), "enum", "value", STATUSES)
    yield Output("status_by", of("status_by"), "enum", "members", (*_stopping(program), *layering))
    yield Output("eligible", of("eligible"), "bool")
    bands = tuple(band for band, _ in rating.bands)
    yield Output("band", of("band"), "enum", "value", bands)
    knock_outs = tuple(rule.reason.id for rule in rating.knock_outs)
    yield Output("capped_by", of("capped_by"), "enum", "members", (*knock_outs, *layering))
    for score in (*(card.pillar for card in program.scorecards), "composite"):
        yield Output(f"scores.{score}", of("scores", score), "points")
    for name in ("venue_usd", "account_usd", "headroom_usd"):
        yield Output(f"cap.{name}", of("cap", name), "USD")
    yield Output("cap.binding", of("cap", "binding"), "enum", "value", binding)
    yield Output("binding", of("cap", "binding"), "enum", "value", binding)
    yield Output("mark.basis", of("mark", "basis"), "enum", "value", program.mark.basis.type.members)
    yield Output("mark.quote", of("mark", "quote"), "enum", "value", program.mark.quote.type.members)
    yield Output("mark.min_sources", of("mark", "min_sources"), "number")
    yield Output("mark.max_source_weight", of("mark", "max_source_weight"), "ratio")
    yield Output("mark.max_age_seconds", of("mark", "max_age_seconds"), "number")
    yield Output("mark.floor", of("mark", "floor"), "ratio")
    yield Output("close_out_hours", of("close_out_hours"), "number")
    conditions = tuple(condition.reason.id for condition in program.conditions)
    findings = (
        *(rule.reason.id for rule in program.review),
        *(assertion.reason.id for assertion in program.assertions),
    )
    yield Output("conditions", ids("conditions"), "enum", "members", conditions)
    yield Output("findings", ids("findings"), "enum", "members", findings)
    yield Output("unknown", lambda body: [one["fact"] for one in body["unknown"]], "enum", "members", facts)
    yield Output(
        "unknown_mattered",
        lambda body: [one["fact"] for one in body["unknown"] if one["mattered"]],
        "enum",
        "members",
        facts,
    )
    yield Output("counterfactuals.to_band", of("counterfactuals", "to_band"), "enum", "value", bands)
    yield Output("counterfactuals.to_status", of("counterfactuals", "to_status"), "enum", "value", STATUSES)
    yield Output("counterfactuals.exhausted", of("counterfactuals", "exhausted"), "bool")
    yield Output("counterfactuals.facts", _changed, "enum", "members", facts)
    yield Output(REFUSAL, lambda body: body.get(REFUSAL, []), "enum", "members")


def is_code(text: str) -> bool:
    """Tell whether a text may be the code of a refusal.

    >>> is_code("F0101"), is_code("E0101")
    (True, False)
    """
    return _CODE.fullmatch(text) is not None


def _traced(program: Program) -> Iterator[tuple[str, tuple[Kind, tuple[str, ...]]]]:
    """Yield the rules that leave a line in the trace, with the type of its outcome."""
    for filling in program.fillings:
        yield filling.reason.id, (filling.expr.type.kind, filling.expr.type.members)
    for reason in (
        *(rule.reason for rule in program.classify.rules),
        *(rule.reason for rule in program.rating.knock_outs),
        *(rule.reason for rule in program.rating.statuses),
        *(condition.reason for condition in program.conditions),
        *(rule.reason for rule in program.review),
    ):
        yield reason.id, ("bool", ())
    for card in program.scorecards:
        yield from ((line.reason.id, ("points", ())) for line in card.characteristics)
    haircut = program.haircut
    for step in (haircut.start, *haircut.steps, haircut.reference):
        yield step.reason.id, ("ratio", ())
    yield from ((limit.reason.id, ("USD", ())) for limit in program.caps.limits)
    yield program.mark.reason.id, ("enum", program.mark.basis.type.members)


def _facts(program: Program) -> tuple[str, ...]:
    return (*FACTS, *(fact.name for fact in program.custom))


def _size(text: str) -> float:
    """Return a size that stands in a name; raises `NoSuchOutput`."""
    if text.isascii() and text.isdecimal():
        return float(text)
    place = Place("", lambda offset: Position(1, offset + 1))
    value, _, _ = literal(text, place, Type("USD"))
    if not isinstance(value, Fraction):
        raise NoSuchOutput("T0009", f"`{text}` is not a size", "write one like `$250k` or `$1M`")
    return float(value)


def _tier(name: str, size: float, terms: str) -> Output:
    def take(body: Body) -> Any:
        tiers = body["ladder"]
        return next(
            tier[terms]
            for tier in tiers
            if tier["from_usd"] <= size and (tier["to_usd"] is None or size < tier["to_usd"])
        )

    return Output(name, take, "ratio")


def _line(body: Body, rule: str, size: float | None) -> Any:
    lines = at_size(body, size)["waterfall"]
    return next((line["amount"] for line in lines if line["rule"] == rule), None)


def _of_rule(rows: Sequence[Body], rule: str, key: str) -> Any:
    return next((row[key] for row in rows if row["rule"] == rule), None)


def _limit(body: Body, rule: str) -> Any:
    limit = body["cap"]["limits"].get(rule)
    return None if limit is None else limit["usd"]


def _changed(body: Body) -> list[str]:
    """Return the facts that change in what would lead to something better."""
    found = [change["fact"] for one in body["counterfactuals"]["found"] for change in one["changes"]]
    return list(dict.fromkeys(found))


def _outcome(body: Body, rule: str) -> Any:
    found = entries(body, rule)
    return found[0]["outcome"] if found else None


def _listed(names: tuple[str, ...], most: int = 6) -> str:
    shown = ", ".join(f"`{name}`" for name in names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown
