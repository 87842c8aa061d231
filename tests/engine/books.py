"""A sound tiny rulebook of which a test replaces a section, and questions to it.

Its facts are its own (`custom.p` and so on), so that every type and range is there to play with:
`p q` flags, `x y` ratios, `n` a number, `d` days, `u v` dollars, `k` one of low, middle, high.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from textwrap import indent
from typing import Any

from pegmark.engine.compiled import Compiled, compile_program
from pegmark.engine.decide import Layer, Terms, settle
from pegmark.engine.report import decide
from pegmark.facts.snapshot import Snapshot
from pegmark.rulebook.load import check_files
from pegmark.usecases.desk import declared
from tests.facts.taking import taken

Body = dict[str, Any]
DAY = "2025-10-09"
SIZES = (1e6,)

SECTIONS: Mapping[str, str] = {
    "header": """
        rulebook: tiny
        language: 1
        version: "1"
        owners: [risk]
        estimates: {weight: weight}
        sources: {M: {title: Method, href: docs/method.md}}
        """,
    "facts": """
        p: {unit: bool, worse: "true", meaning: A flag.}
        q: {unit: bool, worse: "true", meaning: Another flag.}
        x: {unit: ratio, worse: higher, low: -1000%, high: 1000%, meaning: A ratio.}
        y: {unit: ratio, worse: higher, low: -1000%, high: 1000%, meaning: Another ratio.}
        n: {unit: number, worse: higher, meaning: A number.}
        d: {unit: days, worse: higher, meaning: A length of time.}
        u: {unit: USD, worse: higher, meaning: An amount.}
        v: {unit: USD, worse: higher, meaning: Another amount.}
        k: {unit: enum, worse: first, members: [low, middle, high], meaning: A choice.}
        """,
    "params": """
        weight: {unit: ratio, values: [{from: 2017-01-01, value: 25%}], why: A quarter., cite: [M]}
        """,
    "derive": "{}",
    "classify": """
        output: class
        order: [best, good, poor, worst]
        hit: first
        rules:
          - {id: CLS-010, when: custom.k == "high", then: best, on_unknown: skip, why: High., cite: [M]}
          - {id: CLS-020, when: custom.k == "middle", then: good, on_unknown: skip, why: Middle., cite: [M]}
          - {id: CLS-030, when: custom.k == "low", then: poor, on_unknown: skip, why: Low., cite: [M]}
          - {id: CLS-900, otherwise: worst, why: Not known.}
        """,
    "scorecards": """
        - pillar: backing
          why: The only one.
          characteristics:
            - id: SC-010
              of: custom.n
              weight: 1
              direction: increasing
              bins: [{below: 1, points: 0}, {below: 2, points: 50}, {points: 100}]
              unknown: 0
              why: More is better.
              cite: [M]
        """,
    "rating": """
        weights: {backing: 1}
        lift: 25
        bands:
          - {band: A, at_least: 75}
          - {band: B, at_least: 50}
          - {band: C, at_least: 25}
          - {band: E, at_least: 0}
        knock_outs: []
        status: {ineligible: {id: ST-010, classes: [worst], why: Never taken., cite: [M]}, rules: []}
        """,
    "haircut": """
        maintenance:
          start:
            {id: HC-010, by: class, table: {best: 1%, good: 2%, poor: 10%, worst: 100%}, why: So., cite: [M]}
          steps: []
          bounds: {id: HC-030, min: 0%, max: 100%, why: All of it., cite: [M]}
          round: {to: 25bp, mode: up}
        initial: {id: HC-040, floor: 1%, share: 25%, why: Room., cite: [M]}
        reference:
          {id: HC-050, by: class, table: {best: 0%, good: 0%, poor: 0%, worst: 0%}, why: None., cite: [M]}
        """,
    "ladder": "{id: LD-010, breakpoints: [$100k, $1M, $10M], why: Where accounts differ., cite: [M]}",
    "caps": """
        limits:
          - {id: CP-010, expr: "$50M", why: A limit., cite: [M]}
        least: {venue: $1M, account: $100k}
        account: {id: CP-020, share: 10%, why: No account is the venue., cite: [M]}
        round: {to: $10k, mode: down}
        """,
    "mark": """
        id: MK-010
        basis: '"multi_venue_index"'
        quote: USD
        min_sources: 3
        max_source_weight: 34%
        max_age: 0.01d
        floor: {value: 98%, when: custom.p}
        close_out: {expr: custom.d, unknown: 10d}
        why: A price in one book is no price.
        cite: [M]
        """,
    "conditions": "[]",
    "review": "[]",
    "guardrails": "[]",
}

NORMAL = """
sources: {N: {title: Filling-in, href: docs/method.md}}
params: {}
normal: []
"""

GOOD: Mapping[str, Any] = {"custom.k": "middle", "custom.n": 2, "custom.d": 1, "custom.p": True}
"""Facts with which nothing is wrong: class good, band A, no unknown that matters."""


@cache
def program_of(normal: str, files: tuple[tuple[str, str], ...]) -> Compiled:
    """Return the compiled rulebook of texts by section; warnings are allowed, errors are not."""
    header = dict(files)["header"]
    text = _dedented(header) + "".join(
        f"{name}:\n{indent(_dedented(body), '  ')}\n" for name, body in files if name != "header"
    )
    program, problems = check_files({"tiny.yaml": text.encode()}, ("normal.yaml", normal.encode()))
    assert program is not None, [f"{p.code} {p.message} at {p.span and p.span.start}" for p in problems]
    return compile_program(program)


def book(normal: str = NORMAL, **sections: str) -> Compiled:
    """Return the tiny rulebook, with sections replaced by others."""
    assert sections.keys() <= SECTIONS.keys()
    return program_of(normal, tuple({**SECTIONS, **sections}.items()))


def _dedented(text: str) -> str:
    lines = text.strip("\n").rstrip().split("\n")
    margin = len(lines[0]) - len(lines[0].lstrip())
    return "\n".join(line[margin:] for line in lines) + "\n"


def snapshot(compiled: Compiled, given: Mapping[str, Any], as_of: str = DAY) -> Snapshot:
    """Return the snapshot of facts, those that the rulebook declares among them."""
    return taken(given, as_of, custom=declared(compiled.program.custom))


def settled(
    compiled: Compiled,
    given: Mapping[str, Any] = GOOD,
    sizes: Sequence[float] = SIZES,
    layer: Layer | None = None,
    as_of: str = DAY,
) -> Terms:
    """Return the terms for facts."""
    return settle(compiled, snapshot(compiled, given, as_of), sizes, layer)


def decided(
    compiled: Compiled,
    given: Mapping[str, Any] = GOOD,
    sizes: Sequence[float] = SIZES,
    layer: Layer | None = None,
    as_of: str = DAY,
    explain: Any = "full",
) -> Body:
    """Return the body of the decision on facts."""
    return decide(compiled, snapshot(compiled, given, as_of), sizes, layer, explain)


def evaluated(expression: str, unit: str = "bool", **facts: Any) -> Any:
    """Return what an expression over `custom` facts comes to, as a rule reads it; None is unknown.

    >>> evaluated("custom.x + 1%", "ratio", x=0.5), evaluated("custom.p", p=None)
    (0.51, None)
    """
    when = "subject or not subject" if unit == "bool" else "known(subject)"
    unknown = ", on_unknown: match" if unit == "bool" else ""
    review = f"""
        - {{id: RV-010, code: c, severity: low, when: {when}{unknown}, remedy: None., why: Read., cite: [M]}}
        """
    compiled = book(derive=f"subject: {{unit: {unit}, expr: {json.dumps(expression)}}}", review=review)
    given = {**GOOD, **{f"custom.{name}": value for name, value in facts.items()}}
    (traced,) = (line for line in decided(compiled, given)["trace"] if line["rule"] == "RV-010")
    return traced["reads"]["subject"]


def only(items: Sequence[Any], **wanted: Any) -> Any:
    """Return the one mapping whose entries are as wanted."""
    (found,) = (item for item in items if all(item.get(key) == value for key, value in wanted.items()))
    return found
