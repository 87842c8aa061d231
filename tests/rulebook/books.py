"""A sound rulebook, small enough to see at once, and ways to change one thing in it."""

from __future__ import annotations

from pathlib import Path

from pegmark.language import CODES as LANGUAGE_CODES
from pegmark.problems import Problem, Span
from pegmark.rulebook.load import check_files
from pegmark.rulebook.program import Program

FILE = "tiny/rulebook.yaml"
SOUND = Path(__file__).with_name("sound.yaml").read_text(encoding="utf-8")


def changed(*changes: tuple[str, str]) -> str:
    """Return the sound rulebook with each of `changes` made, once; each must find its place."""
    text = SOUND
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def check(text: str) -> tuple[Program | None, list[Problem]]:
    """Return what checking a rulebook of one file gives."""
    return check_files({FILE: text.encode()})


def sound(text: str = SOUND) -> Program:
    """Return the program of a rulebook with which nothing is wrong."""
    program, problems = check(text)
    assert problems == []
    assert program is not None
    return program


def problem(*changes: tuple[str, str]) -> Problem:
    """Return the one problem that changes bring."""
    text = changed(*changes)
    (found,) = check(text)[1]
    return found


def said(*changes: tuple[str, str]) -> tuple[str, str, str]:
    """Return code and message of the one problem that changes bring, and the text it underlines."""
    found = problem(*changes)
    return found.code, found.message, underlined(changed(*changes), found.span)


def underlined(text: str, span: Span | None) -> str:
    """Return the stretch of a text that a span covers."""
    assert span is not None
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    start, end = (starts[p.line - 1] + p.column - 1 for p in (span.start, span.end))
    return text[start:end]


# Changes, to be given to `changed` and the like

Change = tuple[str, str]
_WHY = "why: W., cite: [M]"
_PARAMS = "params:\n"
_DERIVE = "derive:\n"
_RULE = "    - {id: CLS-900,"
_START = SOUND[SOUND.index("{id: HC-010") : SOUND.index("    steps:")].rstrip("\n")
_STEP = "    bounds: {id: HC-030"
_GRADED = SOUND[SOUND.index("      - id: SC-010") : SOUND.index("rating:")]


def with_top(text: str) -> Change:
    """Add a section, or a line of the header."""
    return "language: 1\n", f"language: 1\n{text}\n"


def with_fact(text: str) -> Change:
    """Declare the fact `custom.f`."""
    return _PARAMS, f"facts: {{f: {{meaning: M., {text}}}}}\n{_PARAMS}"


def with_param(text: str) -> Change:
    """Add a param."""
    return _PARAMS, f"{_PARAMS}  {text}\n"


def with_derived(*lines: str) -> Change:
    """Add derived values."""
    return _DERIVE, _DERIVE + "".join(f"  {line}\n" for line in lines)


def with_rule(text: str) -> Change:
    """Add the rule CLS-030 to `classify`, before the last."""
    return _RULE, f"    - {{id: CLS-030, {text}, {_WHY}}}\n{_RULE}"


def with_layer(text: str) -> Change:
    """Add how layers count."""
    return "  hit: first\n", f"  hit: first\n  layer: {{id: CLS-LAYER, {_WHY}, {text}}}\n"


def graded(text: str, unknown: int = 0) -> Change:
    """Replace the one characteristic."""
    return _GRADED, f"      - {{id: SC-010, weight: 1, unknown: {unknown}, {_WHY}, {text}}}\n"


def with_knock_out(text: str) -> Change:
    """Add a knock-out."""
    return "knock_outs: []", f"knock_outs: [{{id: KO-010, {_WHY}, {text}}}]"


def with_status(text: str) -> Change:
    """Add a rule of status."""
    return "rules: []}", f"rules: [{{id: ST-020, {_WHY}, {text}}}]}}"


def with_start(text: str) -> Change:
    """Replace what the haircut starts from."""
    return _START, f"{{id: HC-010, {_WHY}, {text}}}"


def with_step(text: str) -> Change:
    """Add the step HC-025 to the haircut."""
    return _STEP, f"      - {{id: HC-025, {_WHY}, {text}}}\n{_STEP}"


def with_limit(text: str) -> Change:
    """Replace the one limit of the cap."""
    return "expr: 2% * liquidity.supply, unknown: worst", text


def with_condition(text: str) -> Change:
    """Add a condition."""
    return with_top(f"conditions: [{{id: CN-010, code: c, parameter: p, applies: intake, {_WHY}, {text}}}]")


def with_finding(text: str) -> Change:
    """Add a rule of review."""
    return with_top(f"review: [{{id: RV-010, code: c, severity: low, remedy: r, {_WHY}, {text}}}]")


def with_guardrail(text: str) -> Change:
    """Add a guardrail."""
    return with_top(f"guardrails: [{{id: GR-010, {_WHY}, {text}}}]")


def complaints(*changes: Change) -> list[tuple[str, str, str]]:
    """Return code and message of each problem that changes bring, and the text that it underlines."""
    text = changed(*changes)
    found = check(text)[1]
    assert all(problem.help or problem.code in LANGUAGE_CODES for problem in found)
    return [(problem.code, problem.message, underlined(text, problem.span)) for problem in found]
