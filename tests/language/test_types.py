"""Types and checked forms: small promises that everything else builds on."""

from __future__ import annotations

import pytest
from hypothesis import given

from pegmark.language import BOOL, UNITS, Type
from pegmark.language.advice import noun, on_order
from pegmark.language.nodes import Read, children, reads
from tests.language.expressions import BASIS, checked, expressions


def test_known_and_maybe_are_inverse() -> None:
    """Proves that only what may be unknown differs."""
    assert BASIS.maybe().known() == BASIS
    assert BASIS.maybe(False) == BASIS
    assert BASIS.maybe().maybe(False) == BASIS.maybe()


def test_units_are_the_numeric_types() -> None:
    """Proves that booleans and choices are no numbers and everything else is."""
    assert all(Type(unit).is_numeric for unit in UNITS)
    assert not BOOL.is_numeric
    assert not BASIS.is_numeric


def test_types_in_words() -> None:
    """Proves how types are named, for programs and for people."""
    assert [str(Type("ratio")), str(BASIS.maybe())] == ["ratio", "enum{gross, net}"]
    assert noun(Type("days")) == "a number of days"
    assert noun(Type("enum", tuple("abcdef"))) == 'one of "a", "b", "c", "d" and 2 more'
    assert on_order(checked("1 < 2")) == "write `x` or `not x`"


@given(expressions)
def test_reads_are_found_in_order(source: str) -> None:
    """Proves that every name read is reported, from left to right."""
    node = checked(source)
    found = reads(node)
    # The middle of a chain is compared twice.
    starts = list(dict.fromkeys(read.span.start for read in found))
    assert starts == sorted(starts)

    def count(node: object) -> int:
        return isinstance(node, Read) + sum(count(child) for child in children(node))  # type: ignore[arg-type]

    assert len(found) == count(node)


@pytest.mark.parametrize("source", ["1", "window", "known(window)", "abs(window)", "not strict"])
def test_children(source: str) -> None:
    """Proves that leaves have no operands and forms of one operand have one."""
    assert len(children(checked(source))) == (0 if source in ("1", "window") else 1)
