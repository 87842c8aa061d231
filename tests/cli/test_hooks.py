"""The hooks of pre-commit: each runs a verb that there is, as it may be run, on the files that concern it."""

from __future__ import annotations

import re
import shlex
import tomllib
from importlib import import_module
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from pegmark.cli.verbs import VERBS
from tests.cli.conftest import Run

KEYS = {
    "additional_dependencies",
    "args",
    "description",
    "entry",
    "files",
    "id",
    "language",
    "name",
    "pass_filenames",
    "stages",
}
"""What our hooks say of what pre-commit knows."""
CHANGED = "rules/house/caps.yaml"
Hook = dict[str, Any]


def hooks() -> list[Hook]:
    """The hooks, as they are written."""
    found: list[Hook] = yaml.safe_load(
        (Path(__file__).resolve().parents[2] / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
    )
    return found


def by_name(name: str) -> Hook:
    """A hook by its id."""
    return next(hook for hook in hooks() if hook["id"] == name)


def line(hook: Hook) -> list[str]:
    """What a hook runs when the file `CHANGED` has changed."""
    passed = [CHANGED] if hook.get("pass_filenames", True) else []
    return [*shlex.split(hook["entry"]), *hook.get("args", []), *passed]


def test_the_hooks_are_these() -> None:
    """Proves that ids, which others write down, stay; and that only the slow one waits to be asked."""
    names = ["pegmark-check", "pegmark-fmt", "pegmark-lint", "pegmark-test", "pegmark-prove"]
    assert [hook["id"] for hook in hooks()] == names
    assert [hook["id"] for hook in hooks() if hook.get("stages") == ["manual"]] == ["pegmark-prove"]


@pytest.mark.parametrize("hook", hooks(), ids=lambda hook: hook["id"])
def test_a_hook_runs_a_verb_as_it_may_be_run(
    hook: Hook, checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Proves that its line is one that the verb takes, with a path that is there."""
    monkeypatch.chdir(checkout)
    program, verb, *arguments = line(hook)
    assert set(hook) <= KEYS
    assert (program, hook["language"]) == ("pegmark", "python")
    assert hook["id"] == hook["name"].replace(" ", "-") == f"pegmark-{verb}"
    assert arguments
    assert verb in VERBS
    if verb in VERBS:
        command: click.Command = import_module(f"pegmark.cli.{verb}").command
        with command.make_context(verb, list(arguments)):
            pass


@pytest.mark.parametrize("name", ["pegmark-check", "pegmark-fmt"])
def test_a_hook_passes_on_what_ships(
    name: str, run: Run, checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Proves that what a hook runs succeeds where nothing is to be done."""
    copied = tmp_path / CHANGED
    copied.parent.mkdir(parents=True)
    for path in (checkout / "rules/house").glob("**/*.yaml"):
        target = tmp_path / path.relative_to(checkout)
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(path.read_bytes())
    monkeypatch.chdir(tmp_path)
    assert run(*line(by_name(name))[1:]).code == 0


@pytest.mark.parametrize(
    ("path", "checked", "laid_out"),
    [
        ("rules/house/caps.yaml", True, True),
        ("rules/house/tests/caps.yaml", True, True),
        ("rules/normal.yaml", True, True),
        ("rules/house/caps.yml", True, False),
        ("rules/house/.hidden/caps.yaml", True, False),
        ("rules/.hidden.yaml", True, False),
        ("rules/README.md", False, False),
        ("rules/.schema/rulebook.json", False, False),
        ("fixtures/broken_rules/E0001/rulebook.yaml", False, False),
        ("openapi/openapi.yaml", False, False),
        ("my/rules/house/caps.yaml", False, False),
    ],
)
def test_a_hook_is_for_files_of_rulebooks(path: str, checked: bool, laid_out: bool) -> None:
    """Proves which change calls for which hook; `fmt` leaves alone what it would leave alone in a folder."""
    for hook in hooks():
        expected = laid_out if hook["id"] == "pegmark-fmt" else checked
        assert bool(re.search(hook["files"], path)) is expected, hook["id"]


def test_the_prover_s_solver_is_the_extra_s(checkout: Path) -> None:
    """Proves that the hook of the prover brings what `pegmark[proof]` would."""
    project = tomllib.loads((checkout / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert by_name("pegmark-prove")["additional_dependencies"] == project["optional-dependencies"]["proof"]
