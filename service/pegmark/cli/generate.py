"""`pegmark generate`: cases for edges, for what no case exercises, and for conditions that decide alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import click

from pegmark.authoring.files import TESTS, SuiteFiles, folder_of
from pegmark.authoring.generation.candidate import facts_of
from pegmark.authoring.generation.expectations import expectations
from pegmark.authoring.generation.text import Block, NotOurs, Written, file_text, taken_over
from pegmark.authoring.generation.variation import SIZE
from pegmark.authoring.outputs import Outputs
from pegmark.authoring.suite import GENERATED
from pegmark.cli.output import write
from pegmark.cli.refusal import NOWHERE, Refused
from pegmark.cli.terminal import say
from pegmark.cli.tried import Prepared, Sources, ready, sources_at
from pegmark.facts.specification import FactSpec
from pegmark.facts.vocabulary import FACTS
from pegmark.problems import Problem, Span
from pegmark.usecases.coverage import covered
from pegmark.usecases.desk import declared
from pegmark.usecases.generation import Search
from pegmark.usecases.trials import run_trial

FILE = "generated.yaml"


@click.command(
    epilog="""\b
Examples:
  pegmark generate rules/house
  pegmark generate rules/house --write
  pegmark generate rules/house --output my-house/tests/edges.yaml --write

\b
Cases begin with the fixtures of the suites, and change one fact or two. What they expect is what
the rules decide now, for somebody to review. A case of which `origin: generated` is taken away,
or any line changed, is kept as it stands; a file that was not generated is never replaced.

\b
Exit codes: 0 done · 1 a file that was not generated is in the way, or there is nothing to begin
with · 2 wrong use, or a rulebook, suite or stored file that cannot be used."""
)
@click.argument("path", metavar="PATH", type=click.Path(exists=True, path_type=Path))
@click.option("--write", "is_written", is_flag=True, help="Write the file.  [default: print it]")
@click.option("--output", metavar="FILE", help="The file to write.  [default: tests/generated.yaml in PATH]")
@click.option("--rulebook", metavar="NAME|PATH", help="The rules to try.  [default: those beside the suites]")
def command(path: Path, is_written: bool, output: str | None, rulebook: str | None) -> None:
    """Find cases: both sides of every edge, what no case exercises, conditions that decide alone."""
    folder = folder_of(path) or path.parent / TESTS
    name = output or (folder / FILE).as_posix()
    sources = sources_at(path, rulebook)
    try:
        kept = _kept(name)
    except NotOurs as stop:
        hint = "name another by `--output`, or move it away"
        raise Refused([Problem("", str(stop), Span(name, NOWHERE, NOWHERE), hint)]) from None
    prepared = ready(_beside(sources, name, file_text([], {}, kept)))
    cases = list(_found(prepared))
    if not cases and not any(suite.fixtures for suite in prepared.suites):
        hint = "declare one under `fixtures` of a suite"
        raise Refused([Problem("", "there is no fixture to begin with", None, hint)])
    text = file_text(cases, _specs(prepared), kept)
    _mind(_beside(sources, name, text), name)
    if is_written:
        write(name, text.encode())
        say(f"{name}: {len(cases)} cases, {len(kept)} more that were taken over")
    else:
        say(text.removesuffix("\n"))


def _kept(name: str) -> list[Block]:
    """Return what is a person's of the cases in the file that is to be written."""
    try:
        return list(taken_over(Path(name).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return []
    except (OSError, ValueError):
        raise NotOurs("the file cannot be read") from None


def _beside(sources: Sources, name: str, text: str) -> Sources:
    """Return sources with a text in the place of the file that is to be written."""
    texts = {**sources.suites.texts, name: text.encode()}
    return replace(sources, suites=SuiteFiles(texts, sources.suites.wanted | {name}))


def _specs(prepared: Prepared) -> Mapping[str, FactSpec]:
    return {**FACTS, **declared(prepared.program.custom)}


def _found(prepared: Prepared) -> Iterator[Written]:
    """Yield the cases that are found, with what the rules decide of them now."""
    desk, program = prepared.desk, prepared.program
    assert desk is not None  # noqa: S101 - nothing is refused
    outputs = Outputs(program)
    search = Search(desk, prepared.suites, covered(desk, prepared.trials))
    for found in search.cases():
        setting = search.fixtures[found.candidate.base]
        size = dict(found.candidate.changes).get(SIZE)
        yield Written(
            found.name,
            found.purpose,
            found.candidate.base,
            None if size is None else float(size),
            facts_of(found.candidate, setting),
            expectations(program, outputs, found.place, search.body(found.candidate)),
        )


def _mind(sources: Sources, name: str) -> None:
    """Stop where what was found is not what a suite would say of it: a fault of ours."""
    prepared = ready(sources)
    assert prepared.desk is not None  # noqa: S101 - nothing is refused
    for trial in prepared.trials:
        if trial.case.origin == GENERATED and trial.case.span.file == name:
            verdict = run_trial(prepared.desk, trial)
            assert verdict.holds, f"{verdict.title}: {verdict.differences}"  # noqa: S101 - see above
