"""The schemas of rulebooks: they refuse nothing that the checker takes, and know all that it knows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from copy import deepcopy
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator, FormatChecker

from pegmark.rulebook import reading
from pegmark.rulebook.load import check_files, normal_file
from pegmark.rulebook.reading import Reader
from pegmark.rulebook.source import LOADER
from tests.docs.test_rule_language import book, fenced
from tests.rulebook.books import SOUND
from tools.golden import BROKEN, files_of
from tools.schema import FOLDER, parts

_NULL = re.compile(r"|~|null|Null|NULL")
_TRUTH = re.compile(r"true|True|TRUE|false|False|FALSE")
_INTEGER = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")


@pytest.fixture(scope="module")
def rulebook(checkout: Path) -> Draft7Validator:
    """The schema of a file of a rulebook."""
    return validator(checkout, "rulebook")


@pytest.fixture(scope="module")
def normal(checkout: Path) -> Draft7Validator:
    """The schema of the filling-in."""
    return validator(checkout, "normal")


def validator(checkout: Path, name: str) -> Draft7Validator:
    """A schema as it is committed."""
    schema = json.loads((checkout / FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    Draft7Validator.check_schema(schema)
    return Draft7Validator(schema, format_checker=FormatChecker())


def as_an_editor_reads(text: str) -> Any:
    """A text as data, by the core schema of YAML 1.2."""
    return _read(yaml.compose(text, Loader=LOADER))


def _read(node: yaml.Node | None) -> Any:
    if node is None:
        return None
    if isinstance(node, yaml.MappingNode):
        return {str(key.value): _read(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [_read(item) for item in node.value]
    text = str(node.value)
    if node.style is not None:
        return text
    if _NULL.fullmatch(text):
        return None
    if _TRUTH.fullmatch(text):
        return text.lower() == "true"
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text


def refusals(schema: Draft7Validator, text: str) -> list[str]:
    """What a schema says of a text."""
    found = schema.iter_errors(as_an_editor_reads(text))
    return [f"{error.json_path}: {error.message[:200]}" for error in found]


def test_the_schemas_are_what_the_code_gives(checkout: Path) -> None:
    """Proves that the files are those that `make docs` writes, and that nothing else is beside them."""
    for file, _, written in parts():
        assert (checkout / file).read_text(encoding="utf-8") == written()
    assert {file for file, *_ in parts()} == {
        f"{FOLDER}/{path.name}" for path in (checkout / FOLDER).iterdir()
    }


# Nothing that the checker takes is refused


def test_what_ships_is_valid(checkout: Path, rulebook: Draft7Validator, normal: Draft7Validator) -> None:
    """Proves that the house rulebook, the overlay, the filling-in, and every example of the reference fit."""
    text = (checkout / "docs/rule-language.md").read_text(encoding="utf-8")
    house = [path.read_text(encoding="utf-8") for path in (checkout / "rules/house").glob("[!t]*/*.yaml")]
    house += [path.read_text(encoding="utf-8") for path in (checkout / "rules").glob("*/*.yaml")]
    assert len(house) >= 15
    for found in (*house, book(text).decode(), *fenced(text, "yaml"), SOUND):
        assert refusals(rulebook, found) == []
    assert refusals(normal, (checkout / "rules/normal.yaml").read_text(encoding="utf-8")) == []
    (example,) = (block for block in fenced(text, "text") if block.startswith("normal:"))
    assert refusals(normal, example) == []


REFUSED = {
    *("E0011", "E0103", "E0106", "E0109", "E0301", "E0302", "E0303", "E0304", "E0306", "E0307", "E0311"),
    *("E0405", "E0406"),
    *("E0330", "E0331", "E0332"),
}
"""Codes whose broken rulebook a schema refuses too; all others are about what one key does not say."""


def broken(checkout: Path) -> Iterator[tuple[str, str]]:
    """The broken rulebooks that are YAML as an editor reads it, by code, file by file."""
    for folder in sorted((checkout / BROKEN).glob("[AE]*")):
        for data in files_of(folder)[0].values():
            with suppress(yaml.YAMLError, UnicodeDecodeError):
                text = data.decode()
                if len(text) < 100_000 and isinstance(as_an_editor_reads(text), dict):
                    yield folder.name, text


def test_structural_slips_are_refused(checkout: Path, rulebook: Draft7Validator) -> None:
    """Proves which broken rulebooks the schema refuses: those with a wrong key, shape, choice or form."""
    found = {code for code, text in broken(checkout) if refusals(rulebook, text)}
    assert found == REFUSED


# Whatever a random change does to a sound book: where the checker takes it, so does the schema.

VALUES = (
    *("0%", "5%", "25bp", "100%", "(5%)", "-0%", "0.5%", "1_0%", "24h", "45d", "3y", "$0", "$100k", "$1.5bn"),
    *(
        "0",
        "1",
        "50",
        "100",
        "007",
        "2.5",
        "-1",
        "1e3",
        "true",
        "false",
        "True",
        "no",
        "~",
        "",
        " ",
        "worst",
        "class",
    ),
    *(
        "2017-01-01",
        "2016-12-31",
        "2017-02-30",
        "CLS-777",
        "A-1",
        "M",
        "x",
        "match",
        "skip",
        "otherwise",
        "first",
    ),
    *(
        "redemption.at_par",
        "backing.collateral_ratio",
        "liquidity.supply",
        "redemption.right",
        "known(peg.discount_now)",
    ),
    *(
        "custom.f",
        "0x10",
        ".5",
        "5.",
        "+5",
        "1:30",
        "a text, with a comma",
        "own_paper",
        "own_limit",
        '"false"',
        "USD",
    ),
    *(
        "add",
        "max",
        "min",
        "multiply",
        "up",
        "down",
        "worst",
        "unique",
        "increasing",
        "decreasing",
        "all",
        "position.size",
    ),
)
STYLES = (None, "'", '"')


def nodes(node: yaml.Node) -> Iterator[yaml.Node]:
    """Every node of a tree but the keys."""
    yield node
    if isinstance(node, yaml.MappingNode):
        for _, value in node.value:
            yield from nodes(value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from nodes(item)


def scrambled(random: Random, text: str) -> str:
    """A book with one to three things changed: a value, its quotes, a key, an entry, an item, an order."""
    root = yaml.compose(text, Loader=LOADER)
    for _ in range(random.randint(1, 3)):
        every = list(nodes(root))
        node = random.choice(every)
        if isinstance(node, yaml.ScalarNode):
            if random.random() < 0.4:
                node.style = random.choice(STYLES)
            else:
                node.value = random.choice(
                    (*VALUES, *(n.value for n in every if isinstance(n, yaml.ScalarNode)))
                )
        elif isinstance(node, yaml.SequenceNode):
            random.shuffle(node.value)
            if node.value and random.random() < 0.5:
                node.value.append(random.choice(node.value)) if random.random() < 0.5 else node.value.pop()
        elif node.value:
            pair = random.choice(node.value)
            other = random.choice([n for n in every if isinstance(n, yaml.MappingNode)])
            match random.randrange(4):
                case 0:
                    node.value.remove(pair)
                case 1:
                    random.shuffle(node.value)
                case 2:
                    other.value.append(deepcopy(pair))
                case 3:
                    pair[0].value = random.choice((pair[0].value, *VALUES))
                    pair[0].style = random.choice(STYLES)
    return str(yaml.serialize(root, Dumper=getattr(yaml, "CSafeDumper", yaml.SafeDumper)))


@pytest.mark.slow
@pytest.mark.parametrize("source", ["sound", "reference"])
def test_no_sound_book_is_refused(checkout: Path, rulebook: Draft7Validator, source: str) -> None:
    """Proves on hundreds of changed books that what the checker takes is valid, and that many are neither."""
    reference = book((checkout / "docs/rule-language.md").read_text(encoding="utf-8")).decode()
    text = SOUND if source == "sound" else reference
    random = Random(f"schema {source}")
    taken = refused = 0
    for _ in range(400):
        changed = scrambled(random, text)
        if check_files({"book.yaml": changed.encode()})[0] is not None:
            taken += 1
            assert refusals(rulebook, changed) == [], changed
        elif refused < 20:
            refused += not rulebook.is_valid(as_an_editor_reads(changed))
    assert taken >= 80
    assert refused >= 20


# All that the checker knows is in the schema

OVERLAY = """
rulebook: venue
language: 1
version: "1"
owners: [risk]
extends: {rulebook: tiny, digest: sha256}
mode: tighten
changes:
  - {rule: CP-020, set: {share: 5%}, why: W.}
  - {path: rating.lift, to: 20, why: W.}
  - {param: own_limit, values: [{from: 2017-01-01, value: 10%}], why: W.}
  - {add: review, rule: {}}
  - {retire: HC-020, date: 2026-01-01, why: W.}
"""
"""One change of each kind."""


def keys(schema: Any) -> set[frozenset[str]]:
    """The sets of keys that mappings of a schema have."""
    found: set[frozenset[str]] = set()
    if isinstance(schema, dict):
        if schema.get("type") == "object" and "properties" in schema:
            found.add(frozenset(schema["properties"]))
        for inner in schema.values():
            found |= keys(inner)
    elif isinstance(schema, list):
        for inner in schema:
            found |= keys(inner)
    return found


def test_every_mapping_has_its_keys(
    checkout: Path, rulebook: Draft7Validator, normal: Draft7Validator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Proves that for every mapping that is read, the schema has one with just its keys, and no other."""
    asked: set[frozenset[str]] = set()
    mapping = Reader.mapping

    def noting(
        self: Reader, node: Any, path: str, required: Iterable[str] = (), optional: Iterable[str] = ()
    ) -> Any:
        needed, others = tuple(required), tuple(optional)
        asked.add(frozenset({*needed, *others}))
        return mapping(self, node, path, needed, others)

    monkeypatch.setattr(reading.Reader, "mapping", noting)
    reference = (checkout / "docs/rule-language.md").read_text(encoding="utf-8")
    check_files({"example.yaml": book(reference)}, normal_file())
    check_files({"overlay.yaml": OVERLAY.encode()}, normal_file(), {"sound.yaml": SOUND.encode()})
    known = keys(rulebook.schema) | keys(normal.schema)
    rule_of_classify = (
        {"id", "otherwise", "why", "cite"},
        {"id", "when", "then", "why", "cite", "on_unknown", "known_only"},
    )
    # A rule and the last rule of `classify` are one mapping to the schema, with conditions.
    both = frozenset(rule_of_classify[0] | rule_of_classify[1])
    wanted = asked - set(map(frozenset, rule_of_classify)) | {both}
    assert wanted - known == set()
    top = {frozenset(rulebook.schema["properties"]), frozenset(normal.schema["properties"])}
    assert known - top - wanted == set()


def test_every_key_is_explained(rulebook: Draft7Validator, normal: Draft7Validator) -> None:
    """Proves that an editor has something to show of each key, and of each choice."""

    def lacking(schema: Any, path: str) -> Iterator[str]:
        if not isinstance(schema, dict):
            return
        if schema.get("type") == "object" and "additionalProperties" in schema and path:
            for name, inner in schema.get("properties", {}).items():
                if not (isinstance(inner, dict) and str(inner.get("description", "")).endswith(".")):
                    yield f"{path}.{name}"
        if "enumDescriptions" in schema and not all(schema["enumDescriptions"]):
            yield path
        for name, inner in schema.items():
            for n, one in enumerate(inner if isinstance(inner, list) else [inner]):
                yield from lacking(one, f"{path}.{name}[{n}]")

    for schema in (rulebook.schema, normal.schema):
        assert list(lacking(schema, "$")) == []
