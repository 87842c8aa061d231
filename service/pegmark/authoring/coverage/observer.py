"""One decision, watched: which items of a rulebook a case exercises.

The rules are walked beside the engine, and whatever both say is compared: were they to differ, what is
counted would be the coverage of some other rulebook.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pegmark.authoring.coverage.amounts import Limits, Steps
from pegmark.authoring.coverage.classes import Classes
from pegmark.authoring.coverage.items import Item, Register
from pegmark.authoring.coverage.outcome import Outcomes
from pegmark.authoring.coverage.reach import Reach
from pegmark.authoring.coverage.rules import Fillings, Mark, Pillars, Verdicts, guards
from pegmark.authoring.coverage.watching import Names, Watch
from pegmark.engine.compiled import Compiled
from pegmark.engine.decide import UNRESOLVED, Layer, Terms, settle, stand
from pegmark.engine.emit import MICRO, ONE
from pegmark.engine.evaluation import Evaluation
from pegmark.engine.writer import submitted
from pegmark.facts.snapshot import Snapshot


class Astray(Exception):
    """What was watched is not what the engine decided: a fault of ours."""


class Observer:
    """Watches decisions by one rulebook."""

    def __init__(self, compiled: Compiled) -> None:
        program = compiled.program
        self.compiled = compiled
        self._register = register = Register()
        watch = Watch(register, Reach.of(program))
        self._fillings = Fillings(watch, program)
        self._classes = Classes(watch, program)
        self._pillars = Pillars(watch, program)
        rating = program.rating
        self._knock_outs = Verdicts(watch, "rating", rating.knock_outs, "holds", "sets the band")
        self._statuses = Verdicts(watch, "rating", rating.statuses, "holds", "sets the status")
        self._limits = Limits(watch, program)
        self._steps = Steps(watch, program)
        self._mark = Mark(watch, program)
        self._conditions = Verdicts(watch, "conditions", program.conditions, "listed")
        self._review = Verdicts(watch, "review", program.review, "found")
        self._guards = guards(watch, tuple((one.reason, one.expr) for one in program.assertions))
        self._outcomes = Outcomes(watch, compiled, self._steps)
        watch.derive(program)

    @property
    def items(self) -> Sequence[Item]:
        """Everything that there is to exercise."""
        return self._register.items

    @property
    def register(self) -> Register:
        """Everything that there is to exercise, and how it hangs together."""
        return self._register

    def observe(
        self, snapshot: Snapshot, sizes: Sequence[float], layer: Layer | None = None
    ) -> frozenset[int]:
        """Return the numbers of the items that deciding `snapshot` exercises."""
        self._register.clear()
        compiled = self.compiled
        standing = stand(compiled, snapshot, layer)
        terms = settle(compiled, snapshot, sizes, layer, standing=standing)
        if layer is None and compiled.program.classify.layering is not None:
            layer = None if "backing.listed" in snapshot.values else UNRESOLVED
        facts = _with_layer(snapshot.values, layer)
        known = self._named(snapshot, facts)
        certain, hidden = facts, known
        if snapshot.estimated:
            certain = {name: v for name, v in facts.items() if submitted(name) not in snapshot.estimated}
            hidden = self._named(snapshot, certain)
        cls, by = self._classes.decide(known, hidden)
        if layer is not None and compiled.program.classify.layering is not None:
            worst = len(compiled.program.classify.order) - 1
            inherited = worst if layer.class_index is None else layer.class_index
            if inherited > cls:
                cls, by = inherited, len(compiled.program.classify.rules) + 1
        _mind("class", (cls, by), (terms.cls, terms.by))
        self._classes.note(by)
        run = standing.run.known
        known["class"] = hidden["class"] = compiled.program.classify.order[cls]
        if hidden is not known:
            self._read(hidden, terms.epoch.answer(certain, cls, None, None), sizes)
        self._read(known, run, sizes)
        self._conclude(known, terms, run, compiled.bands[standing.band])
        if found := self._register.astray():
            raise Astray(f"{found[0].place.rule}: {found[0].title} was seen, and cannot be")
        return self._register.numbers()

    def _named(self, snapshot: Snapshot, facts: Mapping[str, Any]) -> Names:
        """Return what rules read: facts, with what stands in for unknown ones, and the params in force."""
        epoch = self.compiled.at(snapshot.day)
        names: Names = {name: param["value"] for name, param in epoch.params.items()}
        names |= facts
        self._fillings.fill(names)
        return names

    def _read(self, names: Names, run: Evaluation, sizes: Sequence[float]) -> None:
        """Watch what is read of facts alone, and of sizes."""
        applies, points = self._pillars.score(names)
        _mind("pillars", tuple(applies), run.applies)
        for mine, its in zip(points, run.points, strict=True):
            _mind("points", its if mine is None else mine, its)
        _mind("limits", tuple(self._limits.find(names)), run.limits)
        for size in sizes:
            names["position.size"] = size
            _mind(f"amounts at {size}", tuple(self._steps.find(names)), run.at(size)[0])

    def _conclude(self, names: Names, terms: Terms, run: Evaluation, band: str) -> None:
        """Watch what follows from the rest, and is read of what is known alone."""
        scores = {f"score.{pillar}": float(score) for pillar, score in terms.scores.items()}
        names |= scores
        out, held, _ = run.rate(terms.scores)
        _mind("knock-outs", tuple(self._knock_outs.fire(names, terms.capped_by)), out)
        _mind("status rules", tuple(self._statuses.fire(names, terms.status_by)), held)
        names["band"] = band
        _mind("mark", self._mark.find(names), terms.mark)
        listed = self._conditions.fire(names)
        _mind("conditions", len(listed), len(terms.conditions))
        _mind("findings", tuple(self._review.fire(names)), terms.findings)
        self._limits.bind(terms.binding)
        for p in terms.positions:
            names |= {
                "output.class": names["class"],
                "output.maintenance": p.maintenance_total / ONE,
                "output.initial": p.initial_total / ONE,
                "output.cap": terms.venue_cap / MICRO,
                "output.eligible": terms.status != "ineligible",
                "position.size": p.size,
            }
            for guard in self._guards:
                guard(names)
        self._outcomes.note(terms)


def _with_layer(values: Mapping[str, Any], layer: Layer | None) -> dict[str, Any]:
    """Return facts with those of what lies beneath."""
    if layer is None:
        return {**values, "layer.score": 100.0, "layer.haircut": 0.0}
    facts = dict(values)
    facts["layer.class"] = layer.class_index
    if layer.score is not None:
        facts["layer.score"] = float(layer.score)
    if layer.haircut is not None:
        facts["layer.haircut"] = layer.haircut / ONE
    return facts


def _mind(what: str, mine: object, its: object) -> None:
    """Stop where the two differ."""
    if mine != its:
        raise Astray(f"{what}: watched {mine}, decided {its}")
