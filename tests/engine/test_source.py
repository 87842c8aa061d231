"""Generated source: no text of a rulebook becomes code, nothing is too deep, little can be reached."""

from __future__ import annotations

import ast
import builtins
import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pegmark.engine.compiled import compile_program
from pegmark.engine.emit import RUNTIME
from pegmark.engine.scalar import write, write_bounds
from pegmark.rulebook.program import Program, Reason
from tests.engine.books import GOOD, SECTIONS, book, decided, evaluated, only, settled
from tests.engine.test_haircut import haircut
from tests.engine.test_trace import EVERYTHING, KNOWN

DAY = date(2025, 10, 9)
HOSTILE = st.one_of(
    st.text(),
    st.sampled_from(
        [
            '"', "'", '"""', "\\", "\\'", "\n", "\r", "\x00", "\u2028", "{0}", "{", "}", "%s", "#",
            "'); import os; ('", '": __import__("os").system("id"), "', "\\N{BULLET}", "\ud7ff\U0001f600",
            "eval('1')", "'''", "\\\n", ")\nraise SystemExit\n(",
        ]
    ),
)  # fmt: skip


def texts(program: Program, why: str) -> Program:
    """Return a program whose every reason says `why`."""

    def reworded(value: Any) -> Any:
        if isinstance(value, Reason):
            return replace(value, why=why)
        if isinstance(value, tuple):
            return tuple(map(reworded, value))
        if hasattr(value, "__dataclass_fields__") and any(
            isinstance(getattr(value, name), (Reason, tuple)) or hasattr(getattr(value, name), "reason")
            for name in value.__dataclass_fields__
        ):
            return replace(
                value, **{name: reworded(getattr(value, name)) for name in value.__dataclass_fields__}
            )
        return value

    found: Program = reworded(program)
    return found


@settings(max_examples=40)
@given(HOSTILE)
def test_a_reason_is_told_and_never_run(why: str) -> None:
    """Whatever stands in `why` comes back letter by letter, and the code around it is the same."""
    compiled = compile_program(texts(EVERYTHING.program, why))
    body = decided(compiled, KNOWN, explain="short")
    plain = decided(EVERYTHING, KNOWN, explain="short")
    for found, expected in zip(
        body["haircuts"][0]["waterfall"], plain["haircuts"][0]["waterfall"], strict=True
    ):
        assert found == {**expected, **({"why": why} if "why" in expected else {})}
    assert shape(write(compiled.program, DAY).text) == shape(write(EVERYTHING.program, DAY).text)


@settings(max_examples=40)
@given(st.lists(HOSTILE.filter(bool), min_size=2, max_size=4, unique=True))
def test_a_member_is_a_word_and_never_code(members: list[str]) -> None:
    """Members of choices are compared, looked up and returned as they are written."""
    program = EVERYTHING.program
    order = tuple(f"{n}{member}" for n, member in enumerate(members))
    classify = replace(
        program.classify,
        order=order,
        otherwise=order[-1],
        rules=tuple(replace(rule, then=order[0]) for rule in program.classify.rules),
    )
    rows = tuple(((name,), program.haircut.high) for name in order)
    start, reference = (
        replace(step, amount=replace(step.amount, rows=rows))
        for step in (program.haircut.start, program.haircut.reference)
    )
    renamed = replace(
        program,
        classify=classify,
        haircut=replace(program.haircut, start=start, reference=reference),
        rating=replace(program.rating, ineligible=()),
    )
    compiled = compile_program(renamed)
    assert decided(compiled, KNOWN)["class"] == order[0]
    assert settled(compiled, KNOWN).positions[0].maintenance == 10**12


def shape(text: str) -> str:
    """Return source with every text in it blanked out."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ""
    return ast.dump(tree)


def test_generated_code_reaches_little() -> None:
    """Only arithmetic by name; no attribute but `append` and `get`, no import, no access to anything else."""
    allowed = {"append", "get"}
    for source in (write(EVERYTHING.program, DAY, tracing=True).text, write_bounds(EVERYTHING.program, DAY)):
        tree = ast.parse(source)
        assert {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)} <= allowed
        assert not any(
            isinstance(node, (ast.Import, ast.ImportFrom, ast.Global, ast.Lambda, ast.Raise, ast.Try))
            for node in ast.walk(tree)
        )
    reached: Any = RUNTIME["__builtins__"]
    assert set(reached) <= {"round", "abs", "min", "max", "int"}
    assert all(getattr(builtins, name) is function for name, function in reached.items())


@pytest.mark.parametrize(
    ("expression", "unit", "expected"),
    [
        (" + ".join(["custom.x"] * 100), "ratio", 10),
        (" and ".join(["custom.p"] * 100), "bool", True),
        (" or ".join(["custom.q"] * 99 + ["custom.p"]), "bool", True),
        ("(" * 39 + "custom.x" + ")" * 39, "ratio", 0.1),
        ("not " * 38 + "custom.p", "bool", True),
        ("-" * 38 + "custom.x", "ratio", 0.1),
        ("min(1, " * 38 + "custom.x" + ")" * 38, "ratio", 0.1),
        ("abs(" * 38 + "custom.x" + ")" * 38, "ratio", 0.1),
        ("max(0%, " + ", ".join(["custom.x"] * 7) + ")", "ratio", 0.1),
        ("custom.x " + "* 1 " * 99, "ratio", 0.1),
    ],
    ids=lambda value: str(value)[:20],
)
def test_deep_and_long_expressions_compile(expression: str, unit: str, expected: Any) -> None:
    """As deep as the parser lets through, and as long, the source stays within what Python compiles."""
    expression = expression.replace("min(1, ", "min(100%, ")
    assert len(expression) <= 2000
    assert evaluated(expression, unit, x=0.1, q=False, p=True) == expected


def test_nested_choices_compile() -> None:
    """Nearly forty conditions within each other, each with a comparison."""
    expression = "".join(f"if custom.x > {n}% then {n}% else " for n in range(38, 0, -1)) + "0%"
    assert evaluated(expression, "ratio", x=0.125) == 0.12
    assert evaluated(expression, "ratio", x=0.005) == 0
    assert evaluated(expression, "ratio") is None


def test_a_table_of_many_rows_and_a_curve_of_many_points_compile() -> None:
    """64 points are the most a curve may have."""
    points = ", ".join(f"[{n}%, {n / 10}%]" for n in range(64))
    section = haircut(f"op: add, limit: 50%, unknown: worst, curve: {{of: custom.x, points: [{points}]}}")
    compiled = book(haircut=section)
    for x, expected in ((0, 0), (0.005, 0.0005), (0.31, 0.031), (0.63, 0.063), (5, 0.063)):
        (found,) = decided(compiled, {**GOOD, "custom.x": x})["haircuts"]
        assert only(found["waterfall"], rule="HC-100")["amount"] == expected


def test_a_book_of_many_rules_compiles() -> None:
    """Hundreds of classes, characteristics and knock-outs are one function each evaluated once."""
    rules = ", ".join(
        f"{{id: KO-{n}, when: custom.x > {n / 10}%, cap: C, on_unknown: skip, why: So., cite: [M]}}"
        for n in range(100, 400)
    )
    compiled = book(rating=SECTIONS["rating"].replace("knock_outs: []", f"knock_outs: [{rules}]"))
    assert len(decided(compiled, {**GOOD, "custom.x": 0.2})["capped_by"]) == 100


def test_source_is_the_same_on_every_day_of_an_epoch() -> None:
    """It depends on the program and the params in force alone."""
    first, last, after = (
        write(EVERYTHING.program, day).text
        for day in (date(2017, 1, 1), date(2024, 12, 31), date(2025, 1, 1))
    )
    assert first == last != after


def test_json_texts_survive_as_words() -> None:
    """A word of the rulebook's own, in quotes of both kinds, is a value like any other."""
    value = json.dumps('"it\'s"')
    rule = f"id: CN-010, code: c, parameter: p, value: {value}, applies: intake"
    section = f"- {{{rule}, why: \"a 'b' \\\\ c\", cite: [M]}}"
    (found,) = decided(book(conditions=section))["conditions"]
    assert (found["value"], found["why"]) == ("it's", "a 'b' \\ c")
