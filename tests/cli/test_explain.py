"""`pegmark explain`: rules, and the names that rules read; the pages of codes are minded elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from pegmark.cli.books import program_of
from pegmark.usecases.rules import rules_of
from tests.cli.conftest import Run


def test_a_rule_is_explained_with_its_place_and_sources(
    run: Run, checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Proves that a rule's id, in any case, gives what it says, why, where it stands and whom it cites."""
    monkeypatch.chdir(checkout)
    text = run("explain", "hc-base").out
    assert text.startswith("haircut · rules/house/haircut.yaml:")
    rule = next(rule for rule in rules_of(program_of(None)) if rule.reason.id == "HC-BASE")
    assert " ".join(rule.reason.why.split()) in " ".join(text.split())
    sources = {source.id: source for source in program_of(None).sources}
    for cited in rule.reason.cite:
        assert f"[{cited}] {sources[cited].title}" in text
        assert sources[cited].href in text


def test_every_rule_param_and_derived_name_can_be_explained(run: Run) -> None:
    """Proves that whatever `show` and a report name is a name that `explain` knows."""
    program = program_of(None)
    names = [rule.reason.id for rule in rules_of(program)][::7]
    names += [param.name for param in program.params][::7]
    names += [derived.name for derived in program.derived][::7]
    for name in names:
        ran = run("explain", name)
        assert (ran.code, ran.err) == (0, "")
        assert f"  {name}" in ran.out


def test_a_param_is_explained_by_its_values(run: Run) -> None:
    """Proves that a dated constant is shown with the day from which each value holds."""
    param = program_of(None).params[0]
    text = run("explain", param.name).out
    assert f"since {param.values[0].start}" in text
    assert f"[{param.cite[0]}]" in text


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("HC-BAES", "did you mean `HC-BASE`?"),
        ("exit_rout", "did you mean `exit_route`?"),
        ("E0299", "did you mean `E0"),
    ],
)
def test_a_name_that_nothing_has_suggests_one(run: Run, name: str, hint: str) -> None:
    """Proves that a slip in a code, a rule or a name exits 1 with the one that was probably meant."""
    ran = run("explain", name)
    assert (ran.code, ran.out) == (1, "")
    assert f"is called `{name}`" in ran.err
    assert hint in ran.err
