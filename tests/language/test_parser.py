"""The parser: precedence, exact offsets, and limits that no input can get around."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pegmark.language import syntax as sx
from pegmark.language.parser import MAX_NESTING, MAX_OPERATORS, parse
from pegmark.language.tokens import MAX_LENGTH, WORDS, Malformed


def attempt(text: str) -> sx.Syntax | Malformed:
    """Return syntax, or why there is none."""
    try:
        return parse(text)
    except Malformed as stop:
        return stop


def brackets(node: sx.Syntax) -> str:
    """Return syntax with every bracket written out."""
    match node:
        case sx.Number(amount):
            return str(amount)
        case sx.Text(found) | sx.Name(found):
            return found
        case sx.Truth(value):
            return str(value)
        case sx.Call(function, arguments):
            return f"{function}[{', '.join(map(brackets, arguments))}]"
        case sx.Unary(op, operand):
            return f"({op} {brackets(operand)})"
        case sx.Binary(op, left, right):
            return f"({brackets(left)} {op} {brackets(right)})"
        case sx.Logical(op, operands):
            return f"({f' {op} '.join(map(brackets, operands))})"
        case sx.Chain(operands, ops):
            rest = "".join(f" {op} {brackets(x)}" for op, x in zip(ops, operands[1:], strict=True))
            return f"({brackets(operands[0])}{rest})"
        case sx.OneOf(operand, members):
            return f"({brackets(operand)} in {'|'.join(map(brackets, members))})"
        case sx.Conditional(condition, yes, no):
            return f"({brackets(condition)} ? {brackets(yes)} : {brackets(no)})"


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("a or b and not c", "(a or (b and (not c)))"),
        ("a and b and c or d", "((a and b and c) or d)"),
        ("(a and b) and c", "((a and b) and c)"),
        ("not a == b", "(not (a == b))"),
        ("not a and b", "((not a) and b)"),
        ("not not a", "(not (not a))"),
        ("a <= b < c", "(a <= b < c)"),
        ("(a < b) == c", "((a < b) == c)"),
        ("a - b - c", "((a - b) - c)"),
        ("a / b / c", "((a / b) / c)"),
        ("a + b * c - d", "((a + (b * c)) - d)"),
        ("-a * b", "((- a) * b)"),
        ("a - -b", "(a - (- b))"),
        ("--a", "(- (- a))"),
        ("-(a + b)", "(- (a + b))"),
        ("a + b < c * d", "((a + b) < (c * d))"),
        ('a + b in ("x", "y")', "((a + b) in x|y)"),
        ('a in ("x") and b', "((a in x) and b)"),
        ("if a then b else c + d", "(a ? b : (c + d))"),
        ("if a then b else if c then d else e", "(a ? b : (c ? d : e))"),
        ("if if a then b else c then d else e", "((a ? b : c) ? d : e)"),
        ("1 + (if a then b else c)", "(1 + (a ? b : c))"),
        ("min(a, b + 1) + max()", "(min[a, (b + 1)] + max[])"),
        ("f(if a then b else c, not d)", "f[(a ? b : c), (not d)]"),
        ("true and false", "(True and False)"),
        ("a\n  and\n  b", "(a and b)"),
    ],
)
def test_precedence(text: str, meaning: str) -> None:
    """Proves how tightly each operator binds, and to which side."""
    assert brackets(parse(text)) == meaning


def test_offsets_cover_each_part_with_its_brackets() -> None:
    """Proves that every part knows its own stretch of the text."""
    text = 'known(a) and ((b + 1) < -c)\n or x in ("u", "v")'
    whole = parse(text)
    assert isinstance(whole, sx.Logical)
    both, member = whole.operands
    assert isinstance(both, sx.Logical)
    call, chain = both.operands
    assert isinstance(call, sx.Call)
    assert isinstance(chain, sx.Chain)
    stretches = [text[node.start : node.end] for node in (whole, call, chain, *chain.operands, member)]
    assert stretches == [text, "known(a)", "((b + 1) < -c)", "(b + 1)", "-c", 'x in ("u", "v")']
    assert text[call.start : call.name_end] == "known"


@pytest.mark.parametrize(
    ("text", "code", "message", "hint", "where"),
    [
        ("", "E0109", "expression is empty", None, ""),
        (" \n ", "E0109", "expression is empty", None, " \n "),
        ("1 +", "E0104", "expression ends where a value should stand", None, ""),
        ("a b", "E0104", "unexpected `b` after the expression", None, "b"),
        ("a is b", "E0104", "unexpected `is` after the expression", "write `==` to compare", "is"),
        ("a AND b", "E0104", "unexpected `AND` after the expression", "write `and`", "AND"),
        ('a not in ("x")', "E0104", "unexpected `not` after the expression", "write `not x in (…)`", "not"),
        (
            "a if b else c",
            "E0104",
            "unexpected `if` after the expression",
            "write `if … then … else …`",
            "if",
        ),
        (
            "a == not b",
            "E0104",
            "unexpected `not` where a value should stand",
            "put it in parentheses",
            "not",
        ),
        (
            "1 + if a then b else c",
            "E0104",
            "unexpected `if` where a value should stand",
            "put it in parentheses",
            "if",
        ),
        ("if a b", "E0104", "unexpected `b` where `then` should stand", "write `if … then … else …`", "b"),
        (
            "if a then b",
            "E0104",
            "expression ends where `else` should stand",
            "write `if … then … else …`",
            "",
        ),
        (
            "if a then b elif c",
            "E0104",
            "unexpected `elif` where `else` should stand",
            "write `else if`",
            "elif",
        ),
        ('a in "x"', "E0104", "unexpected `x` where `(` should stand", 'write `x in ("a", "b")`', '"x"'),
        ("a in ()", "E0104", "unexpected `)` where a value should stand", None, ")"),
        ("f(a b)", "E0104", "unexpected `b` where `)` should stand", None, "b"),
        ("a)", "E0104", "unexpected `)` after the expression", None, ")"),
        ("1,000", "E0104", "unexpected `,` after the expression", None, ","),
        ('a "\0"', "E0104", "unexpected `\N{REPLACEMENT CHARACTER}` after the expression", None, '"\0"'),
        ("(a + (b)", "E0105", "`(` is not closed", "add `)`", "("),
        ("f(a, b", "E0105", "`(` is not closed", "add `)`", "("),
        ('a in ("x"', "E0105", "`(` is not closed", "add `)`", "("),
    ],
)
def test_what_is_no_expression(text: str, code: str, message: str, hint: str | None, where: str) -> None:
    """Proves code, message, help and place of everything that does not parse."""
    with pytest.raises(Malformed) as caught:
        parse(text)
    stop = caught.value
    assert (stop.code, stop.message, stop.hint, text[stop.start : stop.end]) == (code, message, hint, where)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 10_000,
        "(" * 1_000 + "a" + ")" * 900,
        "not " * 499 + "a",
        "-" * 1_999 + "1",
        "if " * 600,
        "f(" * 900,
        "if a then " * 190,
        "1+" * 999 + "1",
        "a<" * 999 + "a",
        "a and " * 300 + "a",
        " + ".join(["backing.share.crypto"] * 5_000),
        "min(" + "a," * 900 + "a)",
    ],
)
def test_no_text_is_too_deep(text: str) -> None:
    """Proves that deep and long texts end in a problem or in syntax, never in a full stack."""
    found = attempt(text)
    if isinstance(found, Malformed):
        assert found.code in ("E0104", "E0105", "E0106", "E0107")
    else:
        assert text.startswith("min(")


def test_limits_are_where_they_are_said_to_be() -> None:
    """Proves that each limit itself is allowed and the next step is not."""
    parse("(" * MAX_NESTING + "a" + ")" * MAX_NESTING)
    parse("1" + "+1" * MAX_OPERATORS)
    parse("a".ljust(MAX_LENGTH))
    for text, message, start in (
        ("(" * (MAX_NESTING + 1) + "a" + ")" * 41, "expression is nested more than 40 deep", 40),
        ("1" + "+1" * (MAX_OPERATORS + 1), "more than 100 operators in one expression", 201),
        ("a".ljust(MAX_LENGTH + 1), "expression is 2001 characters long; at most 2000 are read", 2000),
    ):
        with pytest.raises(Malformed, match=message) as caught:
            parse(text)
        assert caught.value.start == start
        assert caught.value.hint == "name parts of it under `derive`"


words = st.sampled_from(
    [*WORDS, "a", "b.c", "1", "80%", "$5M", '"x"', "min", "known", *"()+-*/<>,", "<=", "=="]
)


@given(st.text() | st.text("abc.019%$\"'()+-*/<>=!&|, \n\0") | st.lists(words).map(" ".join))
def test_any_text_parses_or_is_malformed(text: str) -> None:
    """Proves that nothing else can happen, and that the place at fault lies inside the text."""
    found = attempt(text)
    assert 0 <= found.start <= found.end <= len(text)
