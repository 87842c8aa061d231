"""What can be used is described: verbs, settings, facts, problems, endpoints, fields, rules."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel

from pegmark.api.schemas import (
    assessment,
    batch,
    catalogue,
    differences,
    problem,
    reference,
    rulebooks,
)
from pegmark.cli.verbs import VERBS
from pegmark.facts.model import Missing, Stated
from pegmark.facts.vocabulary import COMPONENT_KINDS, FACTS
from pegmark.rulebook.load import load
from pegmark.rulebook.program import Program
from pegmark.settings import SETTINGS
from pegmark.usecases.rules import rules_of
from tools.problems import titles

DOCUMENTS = ("analysts", "facts", "integrators", "methodology", "operators", "rule-language")


@pytest.fixture(scope="module")
def house(checkout: Path) -> Program:
    """The house rulebook."""
    return load(checkout / "rules/house")


def text_of(checkout: Path, *files: str) -> str:
    """Documents, one after the other."""
    return "\n".join((checkout / file).read_text(encoding="utf-8") for file in files)


def words(text: str) -> set[str]:
    """Every word in backticks, outside of fenced blocks."""
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    return {word for span in re.findall(r"`([^`]+)`", prose) for word in re.findall(r"[\w.-]+", span)}


def test_every_verb_is_shown(checkout: Path) -> None:
    """Proves that each verb of the command line is used in some document."""
    text = text_of(checkout, "README.md", "rules/README.md", *(f"docs/{name}.md" for name in DOCUMENTS))
    assert len(VERBS) >= 7
    assert {verb for verb in VERBS if f"pegmark {verb}" not in text} == set()


def test_every_setting_is_described(checkout: Path) -> None:
    """Proves that operators find each setting."""
    assert {setting.variable for setting in SETTINGS} - words(text_of(checkout, "docs/operators.md")) == set()


def test_every_fact_is_described(checkout: Path) -> None:
    """Proves that each fact, each kind of backing and each part of the long form is in the list of facts."""
    found = words(text_of(checkout, "docs/facts.md"))
    assert {*FACTS, *COMPONENT_KINDS, *Stated.model_fields, *Missing.model_fields} - found == set()


def test_every_problem_has_a_page(checkout: Path) -> None:
    """Proves that each code has a page, and that the index lists it."""
    index = text_of(checkout, "docs/problems/README.md")
    for code in titles():
        assert (checkout / f"docs/problems/{code}.md").is_file(), code
        assert f"[{code}]" in index


def test_every_endpoint_is_described(checkout: Path) -> None:
    """Proves that each operation of the API document is in the document for integrators."""
    document: dict[str, Any] = yaml.load(
        text_of(checkout, "openapi/openapi.yaml"), getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    )
    text = text_of(checkout, "docs/integrators.md")
    operations = [
        f"`{m.upper()} {path}`" for path, item in document["paths"].items() for m in item if len(m) < 7
    ]
    assert len(operations) > 15
    assert [operation for operation in operations if operation not in text] == []


def models() -> Iterator[type[BaseModel]]:
    """Every shape of a reply and of a question."""
    for module in (assessment, batch, catalogue, differences, problem, reference, rulebooks):
        for value in vars(module).values():
            is_model = isinstance(value, type) and issubclass(value, BaseModel)
            if is_model and value.__module__ == module.__name__:
                yield value


def test_every_field_is_described(checkout: Path) -> None:
    """Proves that each key of each request and reply is named in the document for integrators."""
    found = words(text_of(checkout, "docs/integrators.md"))
    fields = {f.alias or name for model in models() for name, f in model.model_fields.items()}
    assert len(fields) > 80
    assert fields - found == set()


def test_every_rule_and_param_of_the_house_is_listed(checkout: Path, house: Program) -> None:
    """Proves that the methodology leaves out no rule, no param and no class of the house."""
    found = words(text_of(checkout, "docs/methodology.md"))
    rules = {rule.reason.id for rule in rules_of(house)}
    assert len(rules) > 80
    assert rules - found == set()
    assert {*(param.name for param in house.params), *house.classify.order} - found == set()


def test_every_file_of_the_house_is_listed(checkout: Path) -> None:
    """Proves that an analyst finds in the list of files where each section stands."""
    listed = text_of(checkout, "rules/README.md")
    files = {path.relative_to(checkout / "rules").as_posix() for path in (checkout / "rules").rglob("*.yaml")}
    cards = {file for file in files if "/scorecards/" in file}
    suites = {file for file in files if "/tests/" in file}
    assert "`house/scorecards/*.yaml`" in listed
    assert "`house/tests/*.yaml`" in listed
    assert {file for file in files - cards - suites if f"`{file}`" not in listed} == set()


def test_every_package_has_its_place_in_the_plan(checkout: Path) -> None:
    """Proves that the plan of the house shows each folder and file of the package."""
    plan = text_of(checkout, "ARCHITECTURE.md").partition("```text")[2].partition("```")[0]
    there = [path for path in (checkout / "service/pegmark").iterdir() if not path.name.startswith("_")]
    names = {f"{path.name}/" if path.is_dir() else path.name for path in there if path.name != "py.typed"}
    assert {name for name in names if f"  {name}" not in plan} == set()
    missing = re.findall(r"^  (\S+)", plan, re.MULTILINE)
    assert set(missing) - names == set()


def resolved(name: str) -> bool:
    """Whether a dotted name is a module of ours, or something in one."""
    parts = name.split(".")
    for n in range(len(parts), 0, -1):
        try:
            found: Any = importlib.import_module(".".join(["pegmark", *parts[:n]]))
        except ModuleNotFoundError:
            continue
        for part in parts[n:]:
            found = getattr(found, part, None)
        return found is not None
    return False


def test_every_name_in_the_walk_exists(checkout: Path) -> None:
    """Proves that the functions which the walk of a decision names are there, under those names."""
    walk = text_of(checkout, "ARCHITECTURE.md").partition("## One decision")[2].partition("\n## ")[0]
    named = re.findall(r"`([a-z_]+(?:\.\w+)+)`", walk)
    named = [name for name in named if not name.endswith((".yaml", ".toml"))]
    assert len(named) > 12
    assert [name for name in named if not resolved(name)] == []
    assert not resolved("engine.decide.nothing")


def test_no_document_is_long(checkout: Path) -> None:
    """Proves that the README is read at one sitting, the tour included."""
    text = text_of(checkout, "README.md")
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    assert len(text.splitlines()) < 220
    assert len(prose.splitlines()) < 125
