"""What the guardrails of a rulebook ask to be proved, as goals.

Every rulebook is proved to keep the invariants whether its guardrails say so or not; one that does is
discharged by the goals it comes to. `monotone` may also ask for what is no invariant: that something rises
with a fact which is neither better nor worse.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pegmark.facts.specification import FactSpec
from pegmark.proof.cores import Core, cores
from pegmark.proof.dependency import SIZE, Dependencies
from pegmark.proof.goals import LEMMAS, Goal
from pegmark.proof.pair import BAND, CLASS, Driver
from pegmark.rulebook.program import Obligation, Program

_LEMMAS: Mapping[str, tuple[str, ...]] = {
    "class": ("class",),
    "band": ("class", "composite"),
    "status": ("class", "composite", "status", "maintenance"),
    "haircut.maintenance": ("class", "maintenance"),
    "haircut.initial": ("class", "maintenance", "initial"),
    "cap": ("class", "cap", "status", "composite"),
    "all": LEMMAS,
}
_SECTIONS: Mapping[str, tuple[str, ...]] = {
    "class": ("classify",),
    "band": ("classify", "scorecards", "rating"),
    "status": ("classify", "scorecards", "rating", "haircut"),
    "haircut.maintenance": ("classify", "haircut"),
    "haircut.initial": ("classify", "haircut"),
    "cap": ("classify", "scorecards", "rating", "caps"),
    "all": ("classify", "scorecards", "rating", "haircut", "caps"),
}
"""The sections that an output comes from. What is not accepted has no cap, so that ratings count."""


def goals_of(obligation: Obligation, program: Program, specs: Mapping[str, FactSpec]) -> list[Goal]:
    """Return the goals that discharge an obligation; of `refines` there are none in one program alone."""
    told = dict(obligation.parameters)
    match obligation.kind:
        case "ordered_table":
            return [Goal("ordered", told["table"])]
        case "refines":
            return []
        case "unknown_never_helps":
            drivers = [Driver("hidden", name) for name in (*specs, "backing.components")]
            return _joined(told["output"], drivers, program)
    return _joined(told["output"], [_driver(told, specs)], program)


def _driver(told: Mapping[str, str], specs: Mapping[str, FactSpec]) -> Driver:
    """Return what makes the input such that the output, if it keeps its promise, is no better."""
    name = told["input"]
    # A haircut that rises is worse; a cap, a score and the place of a class, band or status are better.
    is_adverse = told["output"].startswith("haircut.") == (told["direction"] == "increasing")
    if name == SIZE:
        return Driver("larger" if is_adverse else "smaller", SIZE)
    direction = {"higher": True, "true": True, "lower": False, "false": False, "first": False}
    if name in specs and direction.get(specs[name].worse) == is_adverse:
        return Driver("worse", name)
    return Driver("raised" if is_adverse else "lowered", name)


def _joined(output: str, drivers: Sequence[Driver], program: Program) -> list[Goal]:
    rests = Dependencies(program)
    inner = [Driver("worse", CLASS), Driver("worse", BAND)]
    inner += [Driver("worse", f"score.{card.pillar}") for card in program.scorecards]
    found = [
        Goal("never better", core.rule, driver)
        for core in _cores_of(output, program)
        for driver in (*drivers, *inner)
        if driver.rests <= rests.of(*core.nodes)
    ]
    return found + [Goal("passes", lemma) for lemma in _LEMMAS.get(output, ("class",))]


def _cores_of(output: str, program: Program) -> Iterable[Core]:
    pillar = output.removeprefix("score.")
    for core in cores(program):
        if pillar != output:
            if (
                core.section == "scorecards"
                and isinstance(core.item, tuple)
                and core.item[0].pillar == pillar
            ):
                yield core
        elif core.section in _SECTIONS[output]:
            yield core
