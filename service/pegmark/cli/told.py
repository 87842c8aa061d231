"""Cases that tell what no case notices: found, shown, and written beside the suites to be kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from pegmark.authoring.files import folder_of
from pegmark.authoring.mutation.text import FILE, Written, expected_written, fact_written, suite
from pegmark.authoring.reading import read_settings
from pegmark.cli.output import write
from pegmark.cli.refusal import Refused
from pegmark.cli.tried import Prepared, prepare
from pegmark.facts.vocabulary import FACTS
from pegmark.problems import Problem
from pegmark.usecases.mutation import Ground, Outcome
from pegmark.usecases.separation import Separation
from pegmark.usecases.tellers import Teller, tellers
from pegmark.usecases.trials import run_trial


def find(prepared: Prepared, ground: Ground, survivors: Sequence[Outcome]) -> Mapping[str, Teller]:
    """Return the case that tells each mutant for which one was found, by the mutant's id."""
    specs = {**FACTS, **ground.book.custom}
    fixtures, venues = read_settings(prepared.sources.suites.texts, specs)
    if not fixtures:
        return {}
    found = tellers(ground, Separation(ground.desk, fixtures, venues), survivors)
    return {one.mutant.id: teller for one, teller in zip(survivors, found, strict=True) if teller is not None}


def written(teller: Teller, prepared: Prepared) -> Written:
    """Return a case as a suite has it, named for the first fault that it tells."""
    specs = {**FACTS, **prepared.book.custom}
    facts = {fact: fact_written(said, specs[fact]) for fact, said in teller.candidate.changes}
    expect = {name: expected_written(text) for name, text in teller.expect.items()}
    more = len(teller.mutants) - 1
    name = teller.mutants[0].title + (f", and {more} more" if more else "")
    return Written(name, teller.candidate.like, teller.candidate.venue, facts, expect)


def keep(prepared: Prepared, path: Path, found: Sequence[Teller]) -> Path:
    """Write cases to the file of generated ones, after what it holds; raises `Refused`.

    What would be there is read and tried first: a case that does not hold is none.
    """
    folder = folder_of(path) or path.parent
    target = folder / FILE
    texts = prepared.sources.suites.texts
    name = next((name for name in texts if Path(name) == target), target.as_posix())
    before = texts.get(name)
    text = suite(
        (written(teller, prepared) for teller in found), None if before is None else before.decode()
    ).encode()
    suites = replace(
        prepared.sources.suites,
        texts={**texts, name: text},
        wanted=prepared.sources.suites.wanted | {name},
    )
    after = prepare(replace(prepared.sources, suites=suites))
    if after.problems:
        raise Refused(after.problems)
    assert after.desk is not None  # noqa: S101 - there are no problems
    for trial in after.trials:
        if trial.case.span.file == name and not run_trial(after.desk, trial).holds:
            message = f"the case `{trial.case.title}` that was found does not hold"
            raise Refused([Problem("", message, None, "nothing was written; this is a fault of pegmark")])
    write(str(target), text)
    return target
