"""From nodes to values: shapes are checked, nothing stops at the first problem."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from collections.abc import Mapping as Lookup
from datetime import date
from fractions import Fraction
from typing import Any

from pegmark.language import Place, Scope, Type, check, literal, nearest, shown
from pegmark.language.functions import FUNCTIONS
from pegmark.language.nodes import Typed
from pegmark.language.prose import constant
from pegmark.language.tokens import WORDS
from pegmark.language.types import Unit
from pegmark.problems import Position, Problem, Related, Severity, Span
from pegmark.rulebook.program import Reason
from pegmark.rulebook.program import Scalar as Value
from pegmark.rulebook.source import Allowance, Mapping, Node, Scalar, Sequence, parse

MAX_PROBLEMS = 100
"""How many problems of one rulebook are looked for."""
MAX_RULES = 2000
MAX_EXPRESSIONS = 100_000
"""How many characters all expressions may have together, which bounds the time that they take."""
ID = re.compile(r"[A-Z]{2,4}-[A-Z0-9]+(-[A-Z0-9]+)*")
NOWHERE = Span("", Position(1, 1), Position(1, 1))
NO_REASON = Reason("", "", (), NOWHERE)
FIRST_DAY = date(2017, 1, 1)
"""Params of a rulebook cover every day from here on, so that history can be replayed."""
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_INTEGER = re.compile(r"-?\d{1,9}", re.ASCII)
_SHORT = 40
"""Up to so many characters a literal is not counted: the number of values bounds them."""
_LONGEST = 40
"""Characters of an id or a name."""
_SHAPES = {Scalar: "a value", Sequence: "a list", Mapping: "a mapping"}
_WRITTEN = {
    "a value": "`key: value`",
    "a list": "`[a, b]`, or lines that begin with `- `",
    "a mapping": "`key: value` lines",
}


class Enough(Exception):
    """So much is wrong that looking for more would help nobody."""


class Reader:
    """Reads nodes and collects what is wrong with them.

    A getter returns None (or an empty value) after reporting; callers go on, so that one pass finds
    everything. `ids` and `cites` are checked across all files when they have all been read.
    """

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.ids: dict[str, Span] = {}
        self.cites: list[tuple[str, Scalar, str]] = []
        self.rule_id: str | None = None
        self._weighed: set[Span] = set()
        self._weight = 0

    def report(
        self,
        code: str,
        message: str,
        span: Span,
        path: str,
        help: str | None = None,
        related: tuple[Related, ...] = (),
        severity: Severity = "error",
        note: str | None = None,
    ) -> None:
        """Add one problem; raises `Enough` after the last that is looked for."""
        self.add([Problem(code, message, span, help, severity, path, self.rule_id, note, related)])

    def add(self, problems: Iterable[Problem]) -> None:
        """Add problems; raises `Enough` after the last that is looked for."""
        for problem in problems:
            self.problems.append(problem)
            if len(self.problems) >= MAX_PROBLEMS:
                raise Enough

    # Shapes

    def tree(self, data: bytes, file: str, allowance: Allowance) -> Mapping | None:
        """Return the tree of a file, or None after reporting; those read together share an allowance."""
        tree, problems = parse(data, file, allowance=allowance)
        self.add(problems)
        return tree

    def _misshapen(self, node: Node, needed: str, path: str) -> None:
        message = f"this is {_SHAPES[type(node)]}, where {needed} is needed"
        if isinstance(node, Scalar) and node.is_null:
            message = f"nothing stands here, where {needed} is needed"
        self.report("E0303", message, node.span, path, f"write {_WRITTEN[needed]}")

    def mapping(
        self, node: Node | None, path: str, required: Iterable[str] = (), optional: Iterable[str] = ()
    ) -> dict[str, Node]:
        """Return the entries of a mapping with just these keys."""
        found = {}
        required = tuple(required)
        allowed = dict.fromkeys((*required, *optional))
        for key, child in self.entries(node, path):
            if key.text in allowed:
                found[key.text] = child
                continue
            if isinstance(child, Scalar) and child.is_null and not _NAME.fullmatch(key.text):
                hint = "put a text that holds a comma in quotes"
                self.report("E0301", f"unknown key `{shown(key.text)}`", key.span, path, hint)
                continue
            near = nearest(key.text, allowed)
            keys = "keys here are " + ", ".join(f"`{name}`" for name in allowed)
            hint = f"did you mean `{near}`?" if near else keys
            self.report("E0301", f"unknown key `{shown(key.text)}`", key.span, path, hint)
        for name in required:
            if name not in found and isinstance(node, Mapping):
                self.report("E0302", f"`{name}` is missing", node.span, path, f"add `{name}: …`")
        return found

    def entries(self, node: Node | None, path: str) -> list[tuple[Scalar, Node]]:
        """Return the entries of a mapping whose keys are names."""
        if node is None:
            return []
        if not isinstance(node, Mapping):
            self._misshapen(node, "a mapping", path)
            return []
        return list(node.entries)

    def items(self, node: Node | None, path: str, least: int = 0) -> Iterator[tuple[Node, str]]:
        """Yield the items of a list with their paths; there must be `least`."""
        if node is None:
            return
        if not isinstance(node, Sequence):
            self._misshapen(node, "a list", path)
            return
        if len(node.items) < least:
            message = "the list is empty" if not node.items else f"the list has fewer than {least} items"
            self.report("E0303", message, node.span, path, f"at least {least} is needed")
        for n, item in enumerate(node.items):
            yield item, f"{path}[{n}]"

    def scalar(self, node: Node | None, path: str) -> Scalar | None:
        """Return a scalar."""
        if node is None or isinstance(node, Scalar):
            return node
        self._misshapen(node, "a value", path)
        return None

    def text(self, node: Node | None, path: str) -> str:
        """Return a text that is not empty, on one line."""
        scalar = self.scalar(node, path)
        if scalar is None:
            return ""
        if scalar.is_null or not scalar.text.strip():
            self.report("E0303", "a text is empty", scalar.span, path, "write it, in quotes if need be")
        return " ".join(scalar.text.split())

    def texts(self, node: Node | None, path: str) -> tuple[str, ...]:
        """Return a list of one text or more."""
        return tuple(self.text(item, at) for item, at in self.items(node, path, least=1))

    def choice(self, node: Node | None, path: str, members: Iterable[str], default: Any = None) -> Any:
        """Return one of `members`."""
        scalar = self.scalar(node, path)
        if scalar is None:
            return default
        allowed = dict.fromkeys(members)
        if scalar.text in allowed:
            return scalar.text
        near = nearest(scalar.text, allowed)
        hint = f"did you mean `{near}`?" if near else "one of " + ", ".join(f"`{m}`" for m in allowed)
        self.report("E0304", f"`{shown(scalar.text)}` is not one of the choices", scalar.span, path, hint)
        return default

    # Names

    def name(self, scalar: Scalar, path: str) -> str:
        """Return the text of something that is named: letters, digits, underscores."""
        if scalar.is_null or not _NAME.fullmatch(scalar.text) or len(scalar.text) > _LONGEST:
            hint = f"a name is a letter, then letters, digits or `_`, at most {_LONGEST}"
            self.report("E0306", f"`{shown(scalar.text)}` is not a name", scalar.span, path, hint)
        return scalar.text

    def variable(self, scalar: Scalar, path: str) -> str:
        """Return the text of a name that expressions read."""
        if scalar.text in WORDS or scalar.text in FUNCTIONS:
            message = f"`{scalar.text}` is a word of the language"
            self.report("E0306", message, scalar.span, path, "choose another name")
            return scalar.text
        return self.name(scalar, path)

    def members(self, node: Node | None, path: str, least: int = 1) -> tuple[str, ...]:
        """Return a list of names, each once."""
        found: dict[str, Span] = {}
        for item, at in self.items(node, path, least):
            scalar = self.scalar(item, at)
            if scalar is not None and not self.is_twice(scalar, found, at):
                self.name(scalar, at)
        return tuple(found)

    def is_twice(self, scalar: Scalar, found: dict[str, Span], path: str, noun: str = "name") -> bool:
        """Note a name in `found`, or report that it is there already, and tell which."""
        if scalar.text not in found:
            found[scalar.text] = scalar.span
            return False
        first = Related("first used here", found[scalar.text])
        message = f"{noun} `{shown(scalar.text)}` is used twice"
        self.report("E0308", message, scalar.span, path, "choose another", (first,))
        return True

    # Numbers and dates

    def integer(self, node: Node | None, path: str, low: int, high: int) -> int:
        """Return an integer in a range."""
        scalar = self.scalar(node, path)
        if scalar is None:
            return low
        if not _INTEGER.fullmatch(scalar.text) or not low <= int(scalar.text) <= high:
            message = f"`{shown(scalar.text)}` is not a whole number from {low} to {high}"
            self.report("E0311", message, scalar.span, path, f"write one from {low} to {high}")
            return low
        return int(scalar.text)

    def day(self, node: Node | None, path: str) -> date:
        """Return a date."""
        scalar = self.scalar(node, path)
        if scalar is None:
            return FIRST_DAY
        try:
            if _DAY.fullmatch(scalar.text):
                return date.fromisoformat(scalar.text)
        except ValueError:
            pass
        message = f"`{shown(scalar.text)}` is not a date"
        self.report("E0311", message, scalar.span, path, f"write one that exists, like `{FIRST_DAY}`")
        return FIRST_DAY

    def amount(
        self,
        node: Node | None,
        path: str,
        unit: Unit,
        low: Fraction | int = 0,
        high: Fraction | int | None = None,
    ) -> Fraction:
        """Return a literal number of a unit in a range, ends included."""
        scalar = self.scalar(node, path)
        if scalar is None or self._is_empty(scalar, path):
            return Fraction(low)
        value = self.literal(scalar, path, Type(unit))
        if not isinstance(value, Fraction):
            return Fraction(low)
        if value < low or (high is not None and value > high):
            least, most = (constant(Fraction(end), unit) for end in (low, high or 0))
            wanted = f"below {least}" if high is None else f"not between {least} and {most}"
            hint = f"write at least `{least}`" if high is None else f"write `{least}` to `{most}`"
            self.report("E0311", f"`{shown(scalar.text)}` is {wanted}", scalar.span, path, hint)
            return Fraction(low)
        return value

    def share(self, node: Node | None, path: str) -> Fraction:
        """Return a ratio from 0 % to 100 %."""
        return self.amount(node, path, "ratio", 0, 1)

    # Expressions

    def literal(self, scalar: Scalar, path: str, kind: Type) -> Value | None:
        """Return a literal of a type."""
        if len(scalar.text) > _SHORT:
            self.weigh(scalar, path)
        value, _, problems = literal(scalar.text, self.place(scalar, path), kind)
        self.add(problems)
        return value

    def expression(
        self, node: Node | None, path: str, scope: Scope, expected: Type | None = None
    ) -> Typed | None:
        """Return a checked expression."""
        scalar = self.scalar(node, path)
        if scalar is None or self._is_empty(scalar, path):
            return None
        self.weigh(scalar, path)
        found, problems = check(scalar.text, scope, self.place(scalar, path), expected)
        self.add(problems)
        return found

    def weigh(self, scalar: Scalar, path: str) -> None:
        """Count the text of an expression, once; raises `Enough` where all are too long together."""
        if scalar.span in self._weighed:
            return
        self._weighed.add(scalar.span)
        self._weight += len(scalar.text)
        if self._weight > MAX_EXPRESSIONS:
            message = f"more than {MAX_EXPRESSIONS:,} characters of expressions"
            self.report("E0010", message, scalar.span, path, "let tables and curves say what many rules say")
            raise Enough

    def _is_empty(self, scalar: Scalar, path: str) -> bool:
        if scalar.is_null:
            self.report("E0109", "expression is empty", scalar.span, path, "write one, or remove the key")
        return scalar.is_null

    def place(self, scalar: Scalar, path: str) -> Place:
        """Return where an expression stands."""
        return scalar.place(path, self.rule_id)

    # Rules

    def reason(self, found: Lookup[str, Node], path: str, span: Span) -> Reason:
        """Return id, why and cite of a rule, and remember the id for messages that follow."""
        name = self.scalar(found.get("id"), f"{path}.id")
        self.rule_id = None
        if name is not None:
            self._identify(name, f"{path}.id")
            self.rule_id = shown(name.text)
        why = self.text(found.get("why"), f"{path}.why")
        cites = self.citations(found.get("cite"), f"{path}.cite")
        return Reason(name.text if name else "", why, cites, name.span if name else span)

    def citations(self, node: Node | None, path: str) -> tuple[str, ...]:
        """Return the sources that are cited; whether there are such is seen when all are read."""
        cites = []
        for item, at in self.items(node, path):
            cited = self.scalar(item, at)
            if cited is not None:
                cites.append(cited.text)
                self.cites.append((cited.text, cited, at))
        if isinstance(node, Sequence) and not node.items:
            self.report("E0310", "nothing is cited", node.span, path, "cite one of `sources`")
        return tuple(cites)

    def _identify(self, name: Scalar, path: str) -> None:
        if not ID.fullmatch(name.text) or len(name.text) > _LONGEST:
            message = f"`{shown(name.text)}` is not a rule id"
            self.report("E0307", message, name.span, path, "an id is like `CLS-010` or `HC-LIQUIDITY`")
        elif not self.is_twice(name, self.ids, path, "id") and len(self.ids) > MAX_RULES:
            message = f"more than {MAX_RULES} rules"
            self.report("E0329", message, name.span, path, "let tables and curves say what many rules say")
            raise Enough

    def on_unknown(self, node: Node | None, when: Typed | None, path: str, choices: tuple[str, ...]) -> Any:
        """Return what a rule does where its condition is unknown: demanded just where it can be."""
        found = self.choice(node, f"{path}.on_unknown", choices)
        if when is None:
            return found
        if when.type.optional and node is None:
            listed = " or ".join(f"`on_unknown: {choice}`" for choice in choices)
            message = "the condition can be unknown, and nothing says what then"
            self.report("E0318", message, when.span, path, f"add {listed}")
            return choices[0]
        if not when.type.optional and node is not None:
            self.never_unknown(node, f"{path}.on_unknown", "condition")
            return None
        return found

    def never_unknown(self, node: Node, path: str, what: str) -> None:
        """Warn of a key that says what happens where something is unknown that never is."""
        key = path.rpartition(".")[2]
        message = f"the {what} is never unknown"
        self.report("E0319", message, node.span, path, f"remove `{key}`", severity="warning")
