"""Checked expressions as functions of a block of rows: the meaning that `emit` writes, in columns.

What several rules say alike is worked out once a block, whatever names the text gives it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from pegmark.engine.emit import Emitter, is_constant, literal
from pegmark.engine.vector import columns
from pegmark.engine.vector.columns import Choice, Number, Value, Verdict
from pegmark.language.nodes import (
    Abs,
    Arith,
    Choose,
    Coalesce,
    Compare,
    Const,
    Extreme,
    Known,
    Logic,
    Member,
    Not,
    Read,
    Typed,
    children,
)

Key = tuple[Any, ...]


@dataclass(slots=True)
class Scope:
    """What names mean in a block, and what was worked out from them already."""

    names: dict[str, Value]
    found: dict[Key, Value] = field(default_factory=dict)


Evaluate = Callable[[Scope], Any]


class Codes:
    """Texts as small numbers; the same text has the same one everywhere."""

    def __init__(self) -> None:
        self._codes: dict[str, int] = {}

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._codes)

    def __getitem__(self, text: str) -> int:
        """Return the code of a text."""
        return self._codes.setdefault(text, len(self._codes))


class Expressions:
    """Makes functions of the expressions of a program, params fixed on one day."""

    def __init__(
        self, constants: Mapping[str, Fraction | bool | str], codes: Codes, every: Iterable[Typed]
    ) -> None:
        """Count what `every` expression of the program is made of."""
        self._constants = constants
        self._codes = codes
        self._emitter = Emitter(self._text)
        self._keys: dict[int, Key] = {}
        self._numbers: dict[Key, int] = {}
        self._uses: Counter[Key] = Counter()
        self._kept: list[Typed] = []
        self._made: dict[Key, Evaluate] = {}
        self._rounded: dict[int, Evaluate] = {}
        for node in every:
            self._uses[self._key(node)] += 1

    def value(self, node: Typed) -> Evaluate:
        """Return what gives the value of an expression, not rounded."""
        key = self._key(node)
        if key not in self._made:
            self._made[key] = self._shared(key, node, self._make(node))
        return self._made[key]

    def rounded(self, node: Typed) -> Evaluate:
        """Return what gives the value of an expression on its grid."""
        found = self._rounded.get(id(node))
        if found is None:
            found = self._rounded[id(node)] = self._round(node)
            self._kept.append(node)
        return found

    def _round(self, node: Typed) -> Evaluate:
        if not node.type.is_numeric:
            return self.value(node)
        is_usd = node.type.kind == "USD"
        if is_constant(node):
            number = columns.quantised(self._constant(node), is_usd)
            return lambda _: number
        if self._emitter.lies_on_grid(node):
            return self.value(node)
        key = ("rounded", *self._key(node))
        if key not in self._made:
            inner = self.value(node)
            self._made[key] = self._shared(
                self._key(node), node, lambda scope: columns.quantised(inner(scope), is_usd), key
            )
        return self._made[key]

    def _shared(self, key: Key, node: Typed, make: Evaluate, name: Key | None = None) -> Evaluate:
        """Return what works a value out once a block, where it is asked for more than once."""
        if self._uses[key] < 2 or isinstance(node, (Const, Read)) or not _is_fixed(node):
            return make
        kept = key if name is None else name

        def evaluate(scope: Scope) -> Any:
            found = scope.found.get(kept)
            if found is None:
                found = scope.found[kept] = make(scope)
            return found

        return evaluate

    def _text(self, read: Read) -> str:
        return literal(self._constants[read.name]) if read.origin == "param" else read.name

    def _constant(self, node: Typed) -> Any:
        match node:
            case Const(value):
                return self._of(value)
            case Read(name):
                return self._of(self._constants[name])
        raise TypeError

    def _of(self, value: Fraction | bool | str) -> Value:
        match value:
            case bool():
                return Verdict(value)
            case str():
                return Choice(self._codes[value], True)
        return columns.constant(float(value))

    def _key(self, node: Typed) -> Key:
        """Return what makes two expressions the same one, wherever they stand."""
        # A sum of a thousand terms is a thousand levels deep.
        waiting = [node]
        while waiting:
            top = waiting[-1]
            if id(top) in self._keys:
                waiting.pop()
                continue
            below = [child for child in children(top) if id(child) not in self._keys]
            if below:
                waiting += below
                continue
            parts = tuple(self._number(self._keys[id(child)]) for child in children(top))
            key = (type(top), *_said(top), *parts)
            if key not in self._numbers:
                for child in children(top):
                    self._uses[self._keys[id(child)]] += 1
            self._number(key)
            self._keys[id(top)] = key
            self._kept.append(top)  # so that no other gets its id
            waiting.pop()
        return self._keys[id(node)]

    def _number(self, key: Key) -> int:
        return self._numbers.setdefault(key, len(self._numbers))

    def _make(self, node: Typed) -> Evaluate:
        match node:
            case Const() | Read(origin="param"):
                constant = self._constant(node)
                return lambda _: constant
            case Read(name):
                return lambda scope: scope.names[name]
            case Not(inner):
                return _unary(columns.negation, self.value(inner))
            case Logic(op, operands):
                return _joined(
                    columns.conjunction if op == "and" else columns.disjunction, self._all(operands)
                )
            case Compare(op, left, right):
                a, b = self.rounded(left), self.rounded(right)
                if left.type.is_numeric:
                    return lambda scope: columns.compared(op, a(scope), b(scope))
                if op == "==":
                    return lambda scope: columns.alike(a(scope), b(scope))
                return lambda scope: columns.negation(columns.alike(a(scope), b(scope)))
            case Member(inner, members):
                codes, of = [self._codes[member] for member in members], self.value(inner)
                return lambda scope: columns.among(of(scope), codes)
            case Arith():
                return self._chain(node)
            case Choose(condition, yes, no):
                test, one, other = map(self.value, (condition, yes, no))
                return lambda scope: _selected(scope, test, one, other)
            case Known(inner):
                return _unary(columns.known, self.value(inner))
            case Extreme(op, operands):
                parts = self._all(operands)
                return lambda scope: columns.extreme(op, [part(scope) for part in parts])
            case Abs(inner):
                return _unary(columns.magnitude, self.value(inner))
            case Coalesce(operands):
                return _joined(columns.first_known, self._all(operands))

    def _all(self, operands: Sequence[Typed]) -> list[Evaluate]:
        return [self.value(operand) for operand in operands]

    def _chain(self, node: Typed) -> Evaluate:
        """Return what works a sum out from left to right, however many terms it has."""
        terms: list[tuple[str, Evaluate]] = []
        while isinstance(node, Arith) and (not terms or self._uses[self._key(node)] < 2):
            terms.append((node.op, self.value(node.right)))
            node = node.left
        first = self.value(node)
        terms.reverse()

        def evaluate(scope: Scope) -> Number:
            found: Number = first(scope)
            for op, term in terms:
                found = columns.arithmetic(op, found, term(scope))
            return found

        return evaluate


def _unary(of: Callable[[Any], Value], inner: Evaluate) -> Evaluate:
    return lambda scope: of(inner(scope))


def _joined(of: Callable[[Sequence[Any]], Value], parts: Sequence[Evaluate]) -> Evaluate:
    return lambda scope: of([part(scope) for part in parts])


def _selected(scope: Scope, test: Evaluate, one: Evaluate, other: Evaluate) -> Value:
    condition: Verdict = test(scope)
    # Where all rows are alike the other side is not asked.
    if condition.yes is True:
        return one(scope)  # type: ignore[no-any-return]  # as its node says
    if condition.yes is False and condition.is_sure:
        return other(scope)  # type: ignore[no-any-return]
    return columns.selected(condition, one(scope), other(scope))


def _said(node: Typed) -> Key:
    """Return what a node says besides its operands."""
    match node:
        case Const(value, kind):
            return (value, type(value), kind.kind)
        case Read(name, origin):
            return (name, origin)
        case Logic(op) | Compare(op) | Arith(op) | Extreme(op):
            return (op,)
        case Member(_, members):
            return (members,)
    return ()


def _is_fixed(node: Typed) -> bool:
    """Tell whether a value stays the same in a block, whatever the size and what was decided before."""
    waiting = [node]
    while waiting:
        top = waiting.pop()
        if isinstance(top, Read) and top.origin in ("position", "outcome"):
            return False
        waiting += children(top)
    return True
