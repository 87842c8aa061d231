"""What suites show of rules: the cases that hold, by each rule that their decisions rest on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pegmark.authoring.outputs import Body
from pegmark.authoring.suite import Suite
from pegmark.authoring.verdict import decided, refused
from pegmark.errors import FactsError
from pegmark.rulebook.program import Program
from pegmark.usecases.assess import assess
from pegmark.usecases.desk import Desk
from pegmark.usecases.rules import rules_of
from pegmark.usecases.trials import Trial

FULL = 100
"""The points that take nothing from a score."""


@dataclass(frozen=True, slots=True)
class Tally:
    """One suite: its title and file, how many cases it has, and how many of them do not hold."""

    title: str
    file: str
    cases: int
    failing: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """The suites that were tried, and by rule the cases that show it: each its suite and its name there."""

    tallies: tuple[Tally, ...] = ()
    shown: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)

    @property
    def cases(self) -> int:
        """How many cases were tried."""
        return sum(tally.cases for tally in self.tallies)

    @property
    def failing(self) -> int:
        """How many of them do not hold."""
        return sum(tally.failing for tally in self.tallies)


def tried(desk: Desk, suites: Sequence[Suite], trials: Sequence[Trial]) -> Evidence:
    """Ask the question of every case, and return what the cases that hold show."""
    program = desk.book(None).program
    known = {rule.reason.id for rule in rules_of(program)}
    shown: dict[str, list[tuple[str, str]]] = {}
    failing: dict[str, int] = {}
    titles = {suite.stem: suite.title for suite in suites}
    for trial in trials:
        case = trial.case
        try:
            body = assess(desk, trial.question._replace(explain="full"))
            holds, rules = decided(case, body, program).holds, set(rested_on(program, body))
        except FactsError as error:
            holds, rules = refused(case, error.problems).holds, set()
        if not holds:
            failing[case.suite] = failing.get(case.suite, 0) + 1
            continue
        name = case.name if case.row is None else f"{case.name} / {case.row}"
        for rule in rules & known:
            shown.setdefault(rule, []).append((titles[case.suite], name))
    tallies = (
        Tally(suite.title, f"{suite.stem}.yaml", len(suite.cases), failing.get(suite.stem, 0))
        for suite in suites
        if suite.cases
    )
    return Evidence(tuple(tallies), {rule: tuple(cases) for rule, cases in shown.items()})


def rested_on(program: Program, body: Body) -> Iterator[str]:
    """Yield the rules that a decision, explained in full, rests on; some twice, and lines of no rule."""
    yield from (body["decided_by"], *body["capped_by"], *body["status_by"])
    yield from (one["rule"] for one in (*body["findings"], *body["conditions"]))
    yield body["mark"]["rule"]
    haircut = program.haircut
    for charged in body["haircuts"]:
        lines = {line["rule"] for line in charged["waterfall"] if line["amount"]}
        yield from lines
        yield from [haircut.bounds_reason.id] if "BOUND" in lines else []
        yield from [haircut.initial_reason.id] if charged["initial"] != charged["maintenance"] else []
        yield from [haircut.reference.reason.id] if charged["maintenance"]["reference"] else []
    cap = body["cap"]
    yield from [cap["binding"]] if cap["binding"] else []
    yield from [program.caps.account_reason.id] if cap["account_usd"] < cap["venue_usd"] else []
    yield from [program.ladder.reason.id] if len(body["ladder"]) > 2 else []
    for line in body["trace"]:
        if line["section"] == "normal" and line["outcome"] is not None:
            yield line["rule"]
        # A line that gives full points takes no part in what becomes of the score.
        if line["section"].startswith("scorecards") and line["outcome"] != FULL:
            yield line["rule"]
