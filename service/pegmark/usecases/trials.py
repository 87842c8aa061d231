"""Try a rulebook by its suites: ask each case's question, and compare the answer with what is expected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from pydantic import BaseModel, ValidationError

from pegmark.authoring.suite import VENUE, Case, Claim, Setting, Suite, Word
from pegmark.authoring.verdict import Verdict, decided, is_met, judged, refused
from pegmark.errors import FactsError, NotFound
from pegmark.facts.model import Facts, VenueFacts
from pegmark.facts.snapshot import moment
from pegmark.problems import Problem, Span
from pegmark.storage.fixtures import dated
from pegmark.usecases.assess import DEFAULT_SIZES, REFERENCE, Question, assess
from pegmark.usecases.desk import Desk

Said = dict[str, dict[str, Any]]
"""Facts by group, as a request states them."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A case, and the question that it asks of a desk."""

    case: Case
    question: Question


def prepare_trials(desk: Desk, suites: Sequence[Suite]) -> tuple[list[Trial], list[Problem]]:
    """Return the trials of suites, in their order, and what is wrong with what they name or state."""
    finder = _Finder(desk)
    trials = [
        Trial(case, question)
        for suite in suites
        for case in suite.cases
        if (question := finder.question(case)) is not None
    ]
    return trials, list(dict.fromkeys(finder.problems))


def question_of(desk: Desk, case: Case) -> Question | None:
    """Return the question that a case asks; None where what it names is not there, or contradicts itself."""
    return _Finder(desk).question(case)


def run_trial(desk: Desk, trial: Trial) -> Verdict:
    """Ask the question of a trial and return the verdict; only where it fails is it explained in full."""
    case, question = trial.case, trial.question
    full = question._replace(explain="full")
    try:
        is_traced = any(one.output.is_traced for one in case.expected)
        if not is_traced and is_met(case, assess(desk, question)):
            return judged(case)
        return decided(case, assess(desk, full), desk.book(question.rulebook).program)
    except FactsError as error:
        return refused(case, error.problems)


class _Finder:
    """Finds what cases name, and validates what they state."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.problems: list[Problem] = []
        self._dated: dict[tuple[str, str], Said] = {}

    def question(self, case: Case) -> Question | None:
        """Return the question of a case; None after reporting what is wrong with it."""
        setting = case.setting
        before = len(self.problems)
        if setting.at is None:
            self.report("T0006", "nothing says as of when to decide", case.span, "add `at: 2026-01-31`")
            return None
        asset = None if setting.asset is None else setting.asset.text
        own = any(not name.startswith(VENUE) for name in setting.facts)
        if asset is None and not own:
            hint = "add `asset`, `facts`, or `like` a fixture that has them"
            self.report("T0006", "nothing says what to decide on", case.span, hint)
            return None
        facts = self._facts(setting, setting.at, case.span)
        venue = self._venue(setting, asset, case.span)
        layers = {
            name: None if layer is None else self._facts(layer, setting.at, case.span)
            for name, layer in setting.layers.items()
        }
        if len(self.problems) > before:
            return None
        sizes = setting.sizes or DEFAULT_SIZES
        is_stored = asset is not None and not own
        return Question(setting.at.text, asset, None if is_stored else facts, venue, layers or None, sizes)

    def report(self, code: str, message: str, span: Span, help: str | None = None) -> None:
        self.problems.append(Problem(code, message, span, help))

    def _facts(self, setting: Setting, at: Word, span: Span) -> BaseModel | None:
        base: Said = {} if setting.asset is None else self._stored(setting.asset, at)
        claims = {name: claim for name, claim in setting.facts.items() if not name.startswith(VENUE)}
        return self._validated(Facts, _overlaid(base, claims), claims, span)

    def _stored(self, asset: Word, at: Word) -> Said:
        try:
            stored = self.desk.catalogue.in_force(asset.text, moment(at.text))
        except NotFound as missing:
            self._not_found(missing, asset)
            return {}
        if stored is None:
            first = self.desk.catalogue.snapshots(asset.text)[0].as_of
            message = f"nothing is stored on `{asset.text}` as it was at {at.text}"
            self.report("T0005", message, at.span, f"the first snapshot is of {first}")
            return {}
        key = (asset.text, stored.as_of)
        if key not in self._dated:
            self._dated[key] = dated(stored.text, stored.as_of)
        return self._dated[key]

    def _venue(self, setting: Setting, asset: str | None, span: Span) -> str | BaseModel | None:
        named = setting.venue
        changes = {name: claim for name, claim in setting.facts.items() if name.startswith(VENUE)}
        if named is None and not changes:
            return None
        claims = {**(named.facts if named is not None else {}), **changes}
        base: Said = {}
        if named is None or named.stored is not None:
            stored = None if named is None else named.stored
            name = REFERENCE if stored is None else stored.text
            try:
                found = self.desk.catalogue.venue(name)
            except NotFound as missing:
                self._not_found(missing, stored or Word(name, span))
                return None
            if not claims:
                return name
            said = {**found.text, **(found.asset_texts.get(asset, {}) if asset is not None else {})}
            base = {"venue": dict(said)} if found.as_of is None else dated({"venue": said}, found.as_of)
        return self._validated(VenueFacts, _overlaid(base, claims).get("venue", {}), claims, span, VENUE)

    def _not_found(self, missing: NotFound, word: Word) -> None:
        near = " or ".join(f"`{name}`" for name in missing.suggestions)
        hint = f"did you mean {near}?" if near else "`fixtures` and `venues` declare others"
        self.report("T0005", f"no {missing.what} `{word.text}` is stored", word.span, hint)

    def _validated(
        self, model: Any, data: Mapping[str, Any], claims: Mapping[str, Claim], span: Span, group: str = ""
    ) -> BaseModel | None:
        """Return a model of facts; what reading a suite lets pass is reported where it is said."""
        try:
            found: BaseModel = model.__pydantic_validator__.validate_python(data, strict=True)
        except ValidationError as error:
            for one in error.errors(include_url=False, include_input=False):
                steps = [group.rstrip("."), *one["loc"]] if group else list(one["loc"])
                name = ".".join(str(step) for step in steps[:2])
                said = claims[name].span if name in claims else span
                message = f"`{name}` is not of the form that is needed"
                self.report("T0008", message, said, f"see `pegmark facts {name}`")
            return None
        return found


def _overlaid(base: Said, claims: Mapping[str, Claim]) -> Said:
    """Return facts by group with claims on top; what is taken away is not there."""
    found: Said = {group: dict(said) for group, said in base.items()}
    for name, claim in claims.items():
        group, _, attribute = name.partition(".")
        said = found.setdefault(group, {})
        if claim.said is None:
            said.pop(attribute, None)
        else:
            said[attribute] = claim.said
    return found


def selected(trials: Sequence[Trial], pattern: str) -> Iterator[Trial]:
    """Yield the trials whose title holds a text, or is as a pattern with `*` says, whatever the case."""
    wanted = pattern.casefold()
    for trial in trials:
        title = trial.case.title.casefold()
        if fnmatchcase(title, wanted) if any(c in wanted for c in "*?[") else wanted in title:
            yield trial
