"""The checker: types, units, what may be unknown, and every problem it reports."""

from __future__ import annotations

import sys
import time
from fractions import Fraction
from inspect import stack
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pegmark.language import BOOL, CODES, Type, check, literal, text
from pegmark.language.check import MAX_PROBLEMS
from pegmark.language.nodes import Arith, Const, Extreme, Logic, Read, children, reads
from pegmark.language.parser import MAX_NESTING, MAX_OPERATORS
from tests.language.expressions import (
    BASIS,
    DERIVE,
    ISSUER,
    SCOPE,
    assets,
    checked,
    expressions,
    place,
    refused,
    underlined,
)
from tests.reference.interpreter import evaluate

PROBLEMS = [
    # text, code, message, help, what is underlined
    ("x @ 1", "E0101", "unexpected character `@`", None, "@"),
    ('backing.basis == "net', "E0102", "text is not closed", 'end it with `"`', '"net'),
    ("liquidity.supply > $50m", "E0103", "`$50m` is not a number with a unit", "write `$50M`", "$50m"),
    ("1 +", "E0104", "expression ends where a value should stand", None, ""),
    ("(strict", "E0105", "`(` is not closed", "add `)`", "("),
    (
        "strict" + " " * 2000,
        "E0106",
        "expression is 2006 characters long; at most 2000 are read",
        "name parts of it under `derive`",
        " " * 6,
    ),
    (
        "(" * 41 + "strict" + ")" * 41,
        "E0107",
        "expression is nested more than 40 deep",
        "name parts of it under `derive`",
        "(",
    ),
    ("strict && strict", "E0108", "`&&` is not an operator here", "write `and`", "&&"),
    ("", "E0109", "expression is empty", None, ""),
    ("factor > 1e15", "E0103", "`1e15` is not a number with a unit", None, "1e15"),
    ("$9999tn", "E0110", "`$9999tn` is too large", "numbers go up to 10^15", "$9999tn"),
    (
        "backing.share.cripto > 0%",
        "E0201",
        "unknown name `backing.share.cripto`",
        "did you mean `backing.share.crypto`?",
        "backing.share.cripto",
    ),
    ("supply > $1M", "E0201", "unknown name `supply`", "did you mean `liquidity.supply`?", "supply"),
    ("zzz > 1", "E0201", "unknown name `zzz`", None, "zzz"),
    ("strict == True", "E0201", "unknown name `True`", "write `true`", "True"),
    ("factor == null", "E0201", "unknown name `null`", "write `known(x)` or `not known(x)`", "null"),
    ("backing.basis == net", "E0201", "unknown name `net`", 'write `"net"` in double quotes', "net"),
    ("max > 1", "E0201", "unknown name `max`", "write `max(a, b)`", "max"),
    ("mim(1, 2)", "E0202", "unknown function `mim`", "did you mean `min`?", "mim"),
    (
        "f(1)",
        "E0202",
        "unknown function `f`",
        "functions are `min`, `max`, `abs`, `clamp`, `known`, `coalesce`",
        "f",
    ),
    ("max(1)", "E0203", "`max` takes 2 to 8 arguments, not 1", "write `max(a, b)`", "max(1)"),
    ("abs()", "E0203", "`abs` takes 1 argument, not 0", "write `abs(x)`", "abs()"),
    (
        "clamp(1, 2)",
        "E0203",
        "`clamp` takes 3 arguments, not 2",
        "write `clamp(x, low, high)`",
        "clamp(1, 2)",
    ),
    (
        "backing.collateral_ratio >= 150",
        "E0204",
        "unit mismatch: comparing ratio with number",
        "`backing.collateral_ratio` is a ratio; write `150%` for 150 percent",
        "150",
    ),
    (
        "1 <= backing.collateral_ratio",
        "E0204",
        "unit mismatch: comparing number with ratio",
        "`backing.collateral_ratio` is a ratio; write `100%`, or `1%` for 1 percent",
        "1",
    ),
    (
        "backing.collateral_ratio >= 1.02",
        "E0204",
        "unit mismatch: comparing ratio with number",
        "`backing.collateral_ratio` is a ratio; write `102%`, or `1.02%` for 1.02 percent",
        "1.02",
    ),
    (
        "hedge.horizon < 45",
        "E0204",
        "unit mismatch: comparing days with number",
        "`hedge.horizon` is a number of days; write `45d` for 45 days",
        "45",
    ),
    (
        "liquidity.supply - 50000000",
        "E0204",
        "unit mismatch: subtracting number from USD",
        "`liquidity.supply` is an amount of USD; write `$50M` for 50000000 dollars",
        "50000000",
    ),
    (
        "hedge.horizon + liquidity.supply",
        "E0204",
        "unit mismatch: adding USD to days",
        "`hedge.horizon` is a number of days and `liquidity.supply` is an amount of USD",
        "liquidity.supply",
    ),
    (
        "window > $5M",
        "E0204",
        "unit mismatch: comparing days with USD",
        "`window` is a number of days",
        "$5M",
    ),
    (
        "(window + window) < 2 * 3",
        "E0204",
        "unit mismatch: comparing days with number",
        None,
        "2 * 3",
    ),
    (
        "position.size * liquidity.supply",
        "E0204",
        "unit mismatch: multiplying USD by USD",
        "one of the two must be a ratio or a bare number",
        "liquidity.supply",
    ),
    (
        "position.size / window",
        "E0204",
        "unit mismatch: dividing USD by days",
        "divide by USD, a ratio or a bare number",
        "window",
    ),
    (
        "liquidity.supply and strict",
        "E0205",
        "this is an amount of USD, where a condition is needed",
        None,
        "liquidity.supply",
    ),
    ("1 + strict", "E0205", "adding a condition to a bare number", None, "strict"),
    ("2 * strict", "E0205", "this is a condition, where a number is needed", None, "strict"),
    ("strict + strict", "E0205", "this is a condition, where a number is needed", None, "strict"),
    ("max(strict, strict)", "E0205", "this is a condition, where a number is needed", None, "strict"),
    (
        "-backing.basis",
        "E0205",
        'this is one of "gross", "net", where a number is needed',
        None,
        "backing.basis",
    ),
    ('"net"', "E0205", '`"net"` stands where no choice is made', "compare it with a choice", '"net"'),
    (
        'factor == "net"',
        "E0205",
        '`"net"` stands where no choice is made',
        "compare it with a choice",
        '"net"',
    ),
    (
        "backing.basis == control.issuer",
        "E0205",
        'comparing one of "gross", "net" with one of "none", "registered", "licensed", "prudential"',
        None,
        "control.issuer",
    ),
    (
        'backing.basis < "net"',
        "E0205",
        '`<` compares numbers, and this is one of "gross", "net"',
        'list the members: `backing.basis in ("gross", "net")`',
        "backing.basis",
    ),
    (
        "strict >= true",
        "E0205",
        "`>=` compares numbers, and this is a condition",
        "write `strict` or `not strict`",
        "strict",
    ),
    (
        'factor in ("net")',
        "E0205",
        "this is a bare number, where a choice is needed",
        "compare it with `==`, `<` and the like",
        "factor",
    ),
    ("backing.basis in (net)", "E0205", "members are written in double quotes", None, "net"),
    (
        'backing.basis == "nett"',
        "E0206",
        '`"nett"` is not a member',
        'did you mean `"net"`?',
        '"nett"',
    ),
    (
        'backing.basis in ("net", "total")',
        "E0206",
        '`"total"` is not a member',
        "members are `gross`, `net`",
        '"total"',
    ),
    ('class == "fiat"', "E0207", "`class` cannot be read here", "it is decided after this section", "class"),
    (
        "coalesce(factor, 1) > 2",
        "E0208",
        "`coalesce` is allowed in `derive` only",
        "say what unknown means with `on_unknown` or `unknown`",
        "coalesce",
    ),
]


@st.composite
def slips(draw: st.DrawFn) -> str:
    """Write an expression with one character mistyped."""
    source = draw(expressions)
    at = draw(st.integers(0, len(source)))
    return source[:at] + draw(st.sampled_from(["", ")", " ", "1", "and ", '"', "\0"])) + source[at + 1 :]


@pytest.mark.parametrize(("source", "code", "message", "hint", "where"), PROBLEMS)
def test_problems(source: str, code: str, message: str, hint: str | None, where: str) -> None:
    """Proves code, message, help and place of every problem of an expression."""
    (problem,) = refused(source, expected=None)
    assert (problem.code, problem.message) == (code, message)
    assert hint is None or problem.help == hint
    assert underlined(source, problem.span) == where
    assert (problem.severity, problem.yaml_path, problem.rule_id) == (
        "error",
        "classify.rules[3].when",
        "CLS-040",
    )


def test_every_code_has_a_case() -> None:
    """Proves that no problem of the language goes without a test, and none has a second meaning."""
    assert {code for _, code, *_ in PROBLEMS} == set(CODES)
    assert all(code[1:3] in ("01", "02") and title == title.lower() for code, title in CODES.items())


def test_everything_wrong_is_found_at_once() -> None:
    """Proves that problems beside each other come together, in the order of the text."""
    source = (
        "backing.colateral_ratio > 1 and (if strickt then position.size else windw) > $5\n"
        'or backing.basis in ("x", "net", "y") or liquidity.supply > 5'
    )
    problems = refused(source)
    assert [(problem.code, underlined(source, problem.span)) for problem in problems] == [
        ("E0201", "backing.colateral_ratio"),
        ("E0201", "strickt"),
        ("E0201", "windw"),
        ("E0206", '"x"'),
        ("E0206", '"y"'),
        ("E0204", "5"),
    ]
    spans = [problem.span for problem in problems if problem.span is not None]
    assert all(a.start < b.start for a, b in pairwise(spans))
    assert spans[-1].start.line == 2


def test_there_is_an_end_to_problems() -> None:
    """Proves that a long list of mistakes is cut short."""
    assert len(refused(" or ".join(f"wrong{n}" for n in range(90)))) == MAX_PROBLEMS


@pytest.mark.parametrize(
    ("source", "expected", "code", "message", "hint"),
    [
        ("strict", Type("ratio"), "E0205", "this is a condition, where a ratio is needed", None),
        (
            "5",
            Type("ratio"),
            "E0204",
            "unit mismatch: number where ratio is needed",
            "write `5%` for 5 percent",
        ),
        ("window", Type("USD"), "E0204", "unit mismatch: days where USD is needed", None),
        ("factor", BOOL, "E0205", "this is a bare number, where a condition is needed", None),
        (
            "backing.basis",
            Type("enum", ("none", "total")),
            "E0205",
            'this is one of "gross", "net", where one of "none", "total" is needed',
            None,
        ),
        (
            'if strict then "nett" else "net"',
            BASIS,
            "E0206",
            '`"nett"` is not a member',
            'did you mean `"net"`?',
        ),
    ],
)
def test_the_whole_must_be_what_is_expected(
    source: str, expected: Type, code: str, message: str, hint: str | None
) -> None:
    """Proves that a section gets the type it asks for, or says what is wrong."""
    (problem,) = refused(source, expected=expected)
    assert (problem.code, problem.message, problem.help) == (code, message, hint)


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("80% * position.size", "USD"),
        ("position.size * 80%", "USD"),
        ("2 * window", "days"),
        ("window * 80%", "days"),
        ("2 * 80%", "ratio"),
        ("80% * 2", "ratio"),
        ("80% * 80%", "ratio"),
        ("2 * 3", "number"),
        ("position.size / $1M", "ratio"),
        ("window / 30d", "ratio"),
        ("80% / 80%", "ratio"),
        ("6 / 3", "number"),
        ("position.size / 2", "USD"),
        ("position.size / 80%", "USD"),
        ("80% / 2", "ratio"),
        ("2 / 80%", "number"),
        ("score.backing + 5", "points"),
        ("5 - score.backing", "points"),
        ("max(0, score.backing, 5)", "points"),
        ("score.backing * 2", "points"),
        ("if strict then 50 else score.backing", "points"),
        ("abs(-window)", "days"),
        ("clamp(position.size, $0, $1M)", "USD"),
        ("known(window)", "bool"),
        ("score.backing >= 60", "bool"),
        ('if strict then "net" else backing.basis', "enum"),
        ('backing.basis == (if strict then "net" else if strict then "gross" else "net")', "bool"),
        ('"net" == backing.basis', "bool"),
        ("strict == (1 < 2)", "bool"),
    ],
)
def test_units(source: str, kind: str) -> None:
    """Proves what each combination of units comes to."""
    assert checked(source).type.kind == kind


@pytest.mark.parametrize(
    ("source", "optional"),
    [
        ("window > 3d", False),
        ("hedge.horizon > 3d", True),
        ("known(hedge.horizon)", False),
        ("strict and hedge.horizon > 3d", True),
        ("not venue.redemption_account", True),
        ("if venue.redemption_account then 1 else 2", True),
        ("if strict then 1 else control.sources", True),
        ("if strict then 1 else 2", False),
        ("window / 2", False),
        ("window / 50%", False),
        ("window / -2", False),
        ("window / factor", True),
        ("window / 0", True),
        ("window / (1 + 1)", True),
        ("max(window, hedge.horizon)", True),
        ("clamp(hedge.horizon, 0d, 1d)", True),
        ("clamp(window, 0d, 1d)", False),
        ("abs(hedge.horizon)", True),
        ("-hedge.horizon", True),
        ("coalesce(hedge.horizon, window)", False),
        ("coalesce(hedge.horizon, hedge.horizon)", True),
        ('coalesce(backing.basis, "gross")', False),
        ('backing.basis in ("net")', True),
        ('backing.basis == "net"', True),
        ('control.issuer != "none"', False),
        ("1d < hedge.horizon < 2d", True),
    ],
)
def test_what_may_be_unknown(source: str, optional: bool) -> None:
    """Proves that "may be unknown" is part of the type."""
    assert checked(source).type.optional is optional


@given(expressions, assets())
def test_what_is_known_is_never_unknown(source: str, asset: dict[str, object]) -> None:
    """Proves the type against the meaning: what is not optional always has a value."""
    node = checked(source)
    if not node.type.optional:
        assert evaluate(node, asset) is not None  # type: ignore[arg-type]


def test_forms_are_unfolded() -> None:
    """Proves that chains, `clamp` and unary minus leave only forms that every reader knows."""
    chain = checked("98% <= backing.collateral_ratio < 102%")
    assert isinstance(chain, Logic)
    assert text(chain) == "98% <= backing.collateral_ratio and backing.collateral_ratio < 102%"
    clamped = checked("clamp(window, 1d, 2d)")
    assert isinstance(clamped, Extreme)
    assert text(clamped) == "min(max(window, 1d), 2d)"
    negated = checked("-window")
    assert isinstance(negated, Arith)
    assert text(negated) == "-window"
    folded = checked("-5%")
    assert isinstance(folded, Const)
    assert folded.value == Fraction(-1, 20)


def test_spans_cover_what_was_written() -> None:
    """Proves that every checked part points at its own text, over lines."""
    source = "known(window) and\n  (1d + window) / 2 < 3d < hedge.horizon"
    whole = checked(source)
    assert underlined(source, whole.span) == source
    known, chain = children(whole)
    assert underlined(source, known.span) == "known(window)"
    first, second = children(chain)
    assert underlined(source, first.span) == "(1d + window) / 2 < 3d"
    assert underlined(source, second.span) == "3d < hedge.horizon"
    assert [underlined(source, read.span) for read in reads(whole)] == ["window", "window", "hedge.horizon"]
    assert [read.origin for read in reads(whole)] == ["param", "param", "fact"]


@pytest.mark.parametrize(
    ("source", "expected", "value"),
    [
        ("80%", Type("ratio"), Fraction(4, 5)),
        (" -25bp ", Type("ratio"), Fraction(-1, 400)),
        ("$2.5bn", None, Fraction(2_500_000_000)),
        ("60", Type("points"), Fraction(60)),
        ("true", BOOL, True),
        ('"net"', BASIS, "net"),
    ],
)
def test_literals_alone(source: str, expected: Type | None, value: object) -> None:
    """Proves that a value in YAML is read as in an expression."""
    found, kind, problems = literal(source, place(source), expected)
    assert (found, problems) == (value, [])
    assert expected is None or kind == expected


@pytest.mark.parametrize(
    ("source", "code"),
    [("1 + 1", "E0205"), ("window", "E0201"), ("5", "E0204"), ("", "E0109"), ("5 %", "E0101")],
)
def test_what_is_no_literal(source: str, code: str) -> None:
    """Proves that a value in YAML computes nothing and reads no names."""
    expected = None if code == "E0205" else Type("ratio")
    found, kind, problems = literal(source, place(source), expected)
    assert (found, kind) == (None, None)
    assert [problem.code for problem in problems] == [code]


@given(st.text() | st.text('abc.019%$"()+-*/<>=!, \n\0') | slips())
def test_any_text_is_checked_or_refused(source: str) -> None:
    """Proves that there is always an answer: an expression or problems inside the text, well put."""
    node, problems = check(source, SCOPE, place(source))
    assert (node is None) == bool(problems)
    for problem in problems:
        underlined(source, problem.span)
        for said in (problem.message, problem.help or ""):
            assert said.isprintable()
            assert not said.endswith(".")
            assert said[:1] == said[:1].lower()
        assert problem.code in CODES


def test_the_deepest_expressions_leave_room_on_the_stack() -> None:
    """Proves that what the limits allow can be walked by recursion, also far down in a server."""
    sums = "+1" * (MAX_OPERATORS // 2)
    sources = [
        "1" + "+1" * MAX_OPERATORS,
        "-" * MAX_OPERATORS + "factor",
        "not " * MAX_OPERATORS + "strict",
        "max(" * MAX_NESTING + "1" + ", 1)" * MAX_NESTING,
        "(1-" * MAX_NESTING + "1" + sums + ")" * MAX_NESTING,
        "if strict then 1 else " * 39 + "1",
    ]
    limit = sys.getrecursionlimit()
    for source in sources:
        sys.setrecursionlimit(len(stack()) + 600)
        try:
            node, problems = check(source, DERIVE, place(source))
            assert problems == []
            assert node is not None
            assert check(text(node), DERIVE, place(text(node)))[1] == []
            reads(node)
        finally:
            sys.setrecursionlimit(limit)


@pytest.mark.parametrize(
    "source", ["wrong + " * 90 + "1", "min(" * 39 + "x" + ")" * 39, "f(" * 40 + "1" + ")" * 40]
)
def test_problems_come_in_bounded_time(source: str) -> None:
    """Proves that looking for what was meant does not make a hostile text expensive."""
    start = time.perf_counter()
    refused(source)
    assert time.perf_counter() - start < 0.5


def test_read_keeps_type_and_origin() -> None:
    """Proves that a name brings all that its scope says of it."""
    node = checked("control.issuer")
    assert isinstance(node, Read)
    assert (node.origin, node.type) == ("derived", ISSUER)
