"""An ordinary YAML editor on the house rulebook: its real language server, led to the schema by a modeline."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pegmark.facts.vocabulary import FACTS
from pegmark.rulebook.book import NORMAL_SECTIONS, SECTIONS
from pegmark.rulebook.overlay import MARKS
from tests.editor.client import Editor

HOUSE = "rules/house"
BACKING = "scorecards/backing.yaml"
CONTROL = "scorecards/control.yaml"
NORMAL = "../normal.yaml"


@pytest.fixture(scope="module")
def editor(node_modules: Path, checkout: Path) -> Iterator[Editor]:
    """A language server; one for all tests, as starting it takes the longest."""
    server = node_modules / "yaml-language-server/bin/yaml-language-server"
    started = Editor(["node", str(server), "--stdio"], checkout)
    yield started
    started.close()


def rule_files(checkout: Path) -> list[Path]:
    """Every file of rules that ships."""
    return sorted(path for path in (checkout / "rules").rglob("*.yaml") if "tests" not in path.parts)


def test_every_file_names_its_schema(checkout: Path) -> None:
    """Proves that the first line of every file of rules leads to a schema that is there."""
    assert len(rule_files(checkout)) >= 15
    for path in rule_files(checkout):
        marker, _, schema = path.read_text(encoding="utf-8").partition("\n")[0].partition("$schema=")
        assert marker == "# yaml-language-server: ", path
        assert (path.parent / schema).resolve().parent == checkout / "rules/.schema"
        assert (path.parent / schema).is_file()


def test_nothing_is_wrong_with_the_rules_that_ship(editor: Editor, checkout: Path) -> None:
    """Proves that an editor marks nothing in any file of rules."""
    for path in rule_files(checkout):
        assert editor.diagnostics(path, path.read_text(encoding="utf-8")) == [], path


BROKEN = [
    ("a section that there is none of", "rulebook.yaml", "owners:", "ownerz:", "Property ownerz is not allowed"),
    ("another language", "rulebook.yaml", "language: 1", "language: 2", "Value must be 1"),
    ("no date", "rulebook.yaml", "2026-12-01", "1 December 2026", "write a date, like 2017-01-01"),
    ("a day that no month has", "rulebook.yaml", "effective: 2026-12-01", "effective: 2026-12-32", "date"),
    ("an empty list", "rulebook.yaml", "[risk@pegmark.example]", "[]", "too few items"),
    ("a list for a text", "rulebook.yaml", "2026.12.0", "[2026]", "write a text"),
    ("nothing for a text", "rulebook.yaml", "version: 2026.12.0", "version:", "write a text"),
    ("a text for a mapping", "rulebook.yaml", "{weight: estimate_weight}", "estimate_weight", "object"),
    ("a unit that there is none of", "rulebook.yaml", "unit: days", "unit: dayz", '"number", "ratio", "days"'),
    ("a number without its unit", "rulebook.yaml", "value: 30d", "value: 30", "write a time, like 24h"),
    ("a number of another unit", "rulebook.yaml", "value: 30d", "value: 30%", "write a time, like 24h"),
    ("nothing cited", "rulebook.yaml", "cite: [METH-FILL]", "cite: []", "too few items"),
    ("a word of the language as a name", "rulebook.yaml", "own_paper_limit:", "min:", "no word of the language"),
    ("two words as a name", "rulebook.yaml", "own_paper_limit:", "own limit:", "write a name"),
    ("a choice that there is none of", "classify.yaml", "hit: first", "hit: frist", '"first", "unique", "worst"'),
    ("a class that is no name", "classify.yaml", "- government_fund", "- government fund", "write a name"),
    ("an id that is none", "classify.yaml", "id: CLS-020", "id: cls-20", "write an id, like CLS-010"),
    ("the wrong choice of two", "classify.yaml", "on_unknown: otherwise", "on_unknown: match", '"skip", "worse", "otherwise"'),
    ("too little", BACKING, "weight: 4", "weight: 0", "below the minimum of 1"),
    ("too much", BACKING, "points: 100}, {", "points: 101}, {", "above the maximum of 100"),
    ("a word for a number", BACKING, "weight: 4", "weight: heavy", 'Expected "integer"'),
    ("a unit apart from its number", BACKING, "below: 1%", "below: 1 %", "a share, like 5%"),
    ("a member without its row", CONTROL, "none: 0, exempt_fund: 60", "none: 0", 'Missing property "exempt_fund"'),
    ("a list for a number", "rating.yaml", "{backing: 4,", "{backing: [4],", "Incorrect type"),
    ("a way to combine", "haircut.yaml", "op: add", "op: plus", '"add", "max", "min", "multiply"'),
    ("a cell without its unit", "haircut.yaml", "M: 5%", "M: 5", "write a share"),
    ("a share where dollars are", "caps.yaml", "unknown: $0", "unknown: 0%", "write worst or an amount of dollars"),
    ("a unit that is a word", "mark.yaml", "0.25h", "15min", "write a time"),
    ("a severity", "review.yaml", "severity: critical", "severity: grave", '"low", "medium", "high", "critical"'),
    ("a fact that there is none of", "guardrails.yaml", "position.size", "position.sise", "Value is not accepted"),
    ("an output that there is none of", "guardrails.yaml", "output: all", "output: al", '"haircut.maintenance"'),
    ("a fact that cannot be filled in", NORMAL, "fact: liquidity.depth_2pct", "fact: liquidity.deth_2pct", "not accepted"),
    ("a section of another file", NORMAL, "normal:\n", "review: []\nnormal:\n", "Property review is not allowed"),
]  # fmt: skip
"""What is broken, in which file, what is written for what, and what is said: one thing, at that line."""

INCOMPLETE = [
    ("a key that is missing", "classify.yaml", "      then: own_liability\n", "", 'Missing property "then"', "- id:"),
    ("a part of a pair", BACKING, "        direction: decreasing\n", "", 'Missing property "direction"', "- id:"),
    ("two of which one is meant", BACKING, "        of: component_loss\n",
     "        of: component_loss\n        when: is_hedged\n", "only one must validate", "- id:"),
    ("two things in one guardrail", "guardrails.yaml", "    monotone: {", "    assert: x\n    monotone: {",
     "only one must validate", "- id:"),
    ("a list with an item twice", "classify.yaml", "    - fiat_reserve\n", "    - government_fund\n", "duplicate",
     "- government_fund"),
]  # fmt: skip
"""What is wrong with a whole is said where the whole begins: the last column is of that line."""


def edited(checkout: Path, file: str, before: str, after: str) -> tuple[Path, str, int]:
    """A file with one thing changed, and the line that it is on."""
    path = (checkout / HOUSE / file).resolve()
    text = path.read_text(encoding="utf-8")
    assert before in text
    at = text.index(before)
    changed = text[:at] + after + text[at + len(before) :]
    return path, changed, text[:at].count("\n")


@pytest.mark.parametrize(("what", "file", "before", "after", "said"), BROKEN, ids=[row[0] for row in BROKEN])
def test_a_broken_edit_is_marked(
    editor: Editor, checkout: Path, what: str, file: str, before: str, after: str, said: str
) -> None:
    """Proves that each kind of slip that a schema can see gives one mark, at its line, with what is right."""
    path, text, line = edited(checkout, file, before, after)
    (found,) = editor.diagnostics(path, text)
    assert said in found["message"], what
    assert found["range"]["start"]["line"] == line


def test_a_key_that_stands_twice_is_marked(editor: Editor, checkout: Path) -> None:
    """Proves that the second of two equal keys is the one that is marked."""
    unit = "    unit: ratio\n"
    path, text, line = edited(checkout, "stress.yaml", unit, unit + unit)
    (found,) = editor.diagnostics(path, text)
    assert (found["message"], found["range"]["start"]["line"]) == ("Map keys must be unique", line + 1)


def test_a_required_key_that_is_misspelt_is_marked_twice(editor: Editor, checkout: Path) -> None:
    """Proves that both the key that is not known and the one that is missing are said."""
    path, text, line = edited(checkout, "caps.yaml", "  limits:", "  limitz:")
    found = {(d["message"], d["range"]["start"]["line"]) for d in editor.diagnostics(path, text)}
    assert found == {('Missing property "limits".', line - 1), ("Property limitz is not allowed.", line)}


@pytest.mark.parametrize(
    ("what", "file", "before", "after", "said", "begins"), INCOMPLETE, ids=[row[0] for row in INCOMPLETE]
)
def test_what_is_incomplete_is_marked(
    editor: Editor, checkout: Path, what: str, file: str, before: str, after: str, said: str, begins: str
) -> None:
    """Proves that what is missing, or is too much, gives one mark where the rule or list begins."""
    path, text, line = edited(checkout, file, before, after)
    (found,) = editor.diagnostics(path, text)
    assert said in found["message"], what
    at = found["range"]["start"]["line"]
    assert at <= line
    assert text.split("\n")[at].strip().startswith(begins)


def labels(editor: Editor, checkout: Path, text: str, file: str = f"{HOUSE}/new.yaml") -> list[str]:
    """What is offered where `|` stands in a new file."""
    schema = "rulebook" if "house" in file else "normal"
    marker = f"# yaml-language-server: $schema={'../' * (file.count('/') - 1) or './'}.schema/{schema}.json\n"
    return [item["label"] for item in editor.completions(checkout / file, marker + text)]


def test_sections_are_offered(editor: Editor, checkout: Path) -> None:
    """Proves that at the top of a file every section is offered, what makes an overlay, and none besides."""
    assert {*SECTIONS, *MARKS} == set(labels(editor, checkout, "|\n"))
    assert set(NORMAL_SECTIONS) == set(labels(editor, checkout, "|\n", "rules/normal.yaml"))


CHARACTERISTIC = "scorecards:\n  - pillar: p\n    characteristics:\n      - id: SC-010\n"


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("classify:\n  |\n", {"output", "order", "hit", "rules", "layer"}),
        ("classify:\n  hit: |\n", {"first", "unique", "worst"}),
        ("classify:\n  rules:\n    - id: CLS-010\n      |\n", {"when", "then", "otherwise", "on_unknown", "known_only"}),
        ("classify:\n  rules:\n    - known_only: |\n", {"true", "false"}),
        ("classify:\n  rules:\n    - when: |\n", {"redemption.at_par", "backing.segregated"}),
        ("haircut:\n  maintenance:\n    steps:\n      - op: |\n", {"add", "max", "min", "multiply"}),
        ("haircut:\n  maintenance:\n    steps:\n      - curve: {of: |}\n", {"liquidity.depth_2pct"}),
        (f"{CHARACTERISTIC}        by: |\n", {"backing.attestor", "control.issuer_regulation"}),
        (f"{CHARACTERISTIC}        by: control.mint_authority\n        table:\n          |\n",
         set(FACTS["control.mint_authority"].members)),
        ("guardrails:\n  - monotone:\n      input: |\n", {"position.size", *FACTS}),
        ("conditions:\n  - code: |\n", {"mark_composition", "promotion_excludes_collateral"}),
        ("review:\n  - severity: |\n", {"low", "medium", "high", "critical"}),
        ("params:\n  limit:\n    unit: |\n", {"number", "ratio", "days", "USD", "points", "bool"}),
    ],
)  # fmt: skip
def test_what_fits_is_offered(editor: Editor, checkout: Path, text: str, offered: set[str]) -> None:
    """Proves that keys of a rule, choices, facts of a fitting kind and rows of a table are offered in place."""
    assert offered - set(labels(editor, checkout, text)) == set()


def test_what_does_not_fit_is_not_offered(editor: Editor, checkout: Path) -> None:
    """Proves that a number is not offered as a condition, nor what bounds nothing as a filling."""
    assert "liquidity.depth_2pct" not in labels(editor, checkout, "classify:\n  rules:\n    - when: |\n")
    fillable = labels(editor, checkout, "normal:\n  - fact: |\n", "rules/normal.yaml")
    assert "liquidity.depth_2pct" in fillable
    assert "redemption.right" not in fillable


def test_a_fact_is_offered_with_its_meaning(editor: Editor, checkout: Path) -> None:
    """Proves that an offer says what the fact is."""
    marker = "# yaml-language-server: $schema=../.schema/rulebook.json\n"
    items = editor.completions(checkout / HOUSE / "new.yaml", f"{marker}classify:\n  rules:\n    - when: |\n")
    (item,) = (item for item in items if item["label"] == "redemption.at_par")
    assert FACTS["redemption.at_par"].meaning in str(item["documentation"])
    assert item["insertText"] == "redemption.at_par"


@pytest.mark.parametrize(
    ("file", "word", "said"),
    [
        ("classify.yaml", "class|ify:", "What an asset is."),
        ("classify.yaml", "hi|t: first", "Which rule decides."),
        ("classify.yaml", "hit: fi|rst", "The first rule that fires decides."),
        ("haircut.yaml", "li|mit: ", "The most that the amount can be."),
        ("rating.yaml", "knock_|outs:", "What caps the band."),
        ("guardrails.yaml", "mono|tone:", "The output moves one way with the input."),
        (NORMAL, "take|:", "A bound from the unfavourable side, never a guess."),
        (NORMAL, "fact: backing.largest_bank|_share", FACTS["backing.largest_bank_share"].meaning),
    ],
)
def test_hovering_says_what_a_word_means(
    editor: Editor, checkout: Path, file: str, word: str, said: str
) -> None:
    """Proves that keys, choices and facts are explained where the pointer rests on them."""
    path, text, _ = edited(checkout, file, word.replace("|", ""), word)
    assert said in editor.hover(path, text)
