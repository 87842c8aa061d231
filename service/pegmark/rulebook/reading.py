"""From nodes to values: shapes are checked, nothing stops at the first problem."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from collections.abc import Mapping as Lookup
from datetime import date
from fractions import Fraction
from typing import Any

from pegmark.language import Place, Scope, Type, check, literal, nearest
from pegmark.language.nodes import Const, Typed
from pegmark.problems import Position, Problem, Related, Span
from pegmark.rulebook.program import Reason
from pegmark.rulebook.source import Mapping, Node, Scalar, Sequence

ID = re.compile(r"[A-Z]{2,4}-[A-Z0-9]+(-[A-Z0-9]+)*")
NOWHERE = Span("", Position(1, 1), Position(1, 1))
_SHAPES = {Scalar: "a value", Sequence: "a list", Mapping: "a mapping"}


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

    def report(
        self,
        code: str,
        message: str,
        span: Span,
        path: str,
        help: str | None = None,
        related: tuple[Related, ...] = (),
        severity: Any = "error",
        note: str | None = None,
    ) -> None:
        """Add one problem."""
        self.problems.append(Problem(code, message, span, help, severity, path, self.rule_id, note, related))

    # Shapes

    def mapping(
        self, node: Node | None, path: str, required: Iterable[str] = (), optional: Iterable[str] = ()
    ) -> dict[str, Node]:
        """Return the entries of a mapping with just these keys."""
        if node is None:
            return {}
        if not isinstance(node, Mapping):
            self.report("E0303", f"this is {_SHAPES[type(node)]}, where a mapping is needed", node.span, path)
            return {}
        required = tuple(required)
        allowed = dict.fromkeys((*required, *optional))
        for key, _ in node.entries:
            if allowed and key.text not in allowed:
                near = nearest(key.text, allowed)
                hint = (
                    f"did you mean `{near}`?"
                    if near
                    else "keys here are " + ", ".join(f"`{k}`" for k in allowed)
                )
                self.report("E0301", f"unknown key `{key.text}`", key.span, path, hint)
        found = {key.text: child for key, child in node.entries}
        for key_name in required:
            if key_name not in found:
                self.report("E0302", f"`{key_name}` is missing", node.span, path)
        return found

    def entries(self, node: Node | None, path: str) -> list[tuple[Scalar, Node]]:
        """Return the entries of a mapping whose keys are names."""
        if node is None:
            return []
        if not isinstance(node, Mapping):
            self.report("E0303", f"this is {_SHAPES[type(node)]}, where a mapping is needed", node.span, path)
            return []
        return list(node.entries)

    def items(self, node: Node | None, path: str) -> Iterator[tuple[Node, str]]:
        """Yield the items of a list with their paths."""
        if node is None:
            return
        if not isinstance(node, Sequence):
            self.report("E0303", f"this is {_SHAPES[type(node)]}, where a list is needed", node.span, path)
            return
        for n, item in enumerate(node.items):
            yield item, f"{path}[{n}]"

    def scalar(self, node: Node | None, path: str) -> Scalar | None:
        """Return a scalar."""
        if node is None or isinstance(node, Scalar):
            return node
        self.report("E0303", f"this is {_SHAPES[type(node)]}, where a value is needed", node.span, path)
        return None

    def text(self, node: Node | None, path: str) -> str:
        """Return a text that is not empty."""
        scalar = self.scalar(node, path)
        if scalar is None:
            return ""
        if not scalar.text.strip():
            self.report("E0303", "this is empty, where a text is needed", scalar.span, path)
        return " ".join(scalar.text.split())

    def choice(self, node: Node | None, path: str, members: Iterable[str], default: Any = None) -> Any:
        """Return one of `members`."""
        scalar = self.scalar(node, path)
        if scalar is None:
            return default
        allowed = dict.fromkeys(members)
        if scalar.text not in allowed:
            near = nearest(scalar.text, allowed)
            hint = f"did you mean `{near}`?" if near else "one of " + ", ".join(f"`{m}`" for m in allowed)
            self.report("E0304", f"`{scalar.text}` is not one of the choices", scalar.span, path, hint)
            return default
        return scalar.text

    def integer(self, node: Node | None, path: str, low: int, high: int) -> int:
        """Return an integer in a range."""
        scalar = self.scalar(node, path)
        if scalar is None:
            return low
        if not re.fullmatch(r"-?\d{1,9}", scalar.text) or not low <= int(scalar.text) <= high:
            self.report(
                "E0311", f"`{scalar.text}` is not a whole number from {low} to {high}", scalar.span, path
            )
            return low
        return int(scalar.text)

    def day(self, node: Node | None, path: str) -> date:
        """Return a date."""
        scalar = self.scalar(node, path)
        try:
            if scalar is not None and len(scalar.text) == 10:
                return date.fromisoformat(scalar.text)
        except ValueError:
            pass
        if scalar is not None:
            self.report("E0311", f"`{scalar.text}` is not a date", scalar.span, path, "write `2017-01-01`")
        return date(2017, 1, 1)

    def texts(self, node: Node | None, path: str) -> tuple[str, ...]:
        """Return a list of texts."""
        return tuple(self.text(item, at) for item, at in self.items(node, path))

    # Literals and expressions

    def amount(self, node: Node | None, path: str, unit: str) -> Fraction:
        """Return a literal number of a unit."""
        scalar = self.scalar(node, path)
        if scalar is None:
            return Fraction(0)
        value, _, problems = literal(scalar.text, self.place(scalar, path), Type(unit))  # type: ignore[arg-type]
        self.problems += problems
        return value if isinstance(value, Fraction) else Fraction(0)

    def expression(
        self, node: Node | None, path: str, scope: Scope, expected: Type | None = None
    ) -> Typed | None:
        """Return a checked expression."""
        scalar = self.scalar(node, path)
        if scalar is None:
            return None
        found, problems = check(scalar.text, scope, self.place(scalar, path), expected)
        self.problems += problems
        return found

    def place(self, scalar: Scalar, path: str) -> Place:
        """Return where an expression stands."""
        return scalar.place(path, self.rule_id)

    # Rules

    def reason(self, found: Lookup[str, Node], path: str, span: Span) -> Reason:
        """Return id, why and cite of a rule, and remember the id for messages that follow."""
        name = self.scalar(found.get("id"), f"{path}.id")
        self.rule_id = name.text if name is not None else None
        if name is not None:
            self._identify(name, path)
        cites = []
        for item, at in self.items(found.get("cite"), f"{path}.cite"):
            cited = self.scalar(item, at)
            if cited is not None:
                cites.append(cited.text)
                self.cites.append((cited.text, cited, at))
        why = self.text(found.get("why"), f"{path}.why")
        return Reason(name.text if name else "", why, tuple(cites), name.span if name else span)

    def _identify(self, name: Scalar, path: str) -> None:
        if not ID.fullmatch(name.text) or len(name.text) > 40:
            self.report(
                "E0307",
                f"`{name.text}` is not a rule id",
                name.span,
                path,
                "an id is like `CLS-010` or `HC-LIQUIDITY`",
            )
        elif name.text in self.ids:
            first = Related("first used here", self.ids[name.text])
            self.report("E0308", f"id `{name.text}` is used twice", name.span, path, related=(first,))
        else:
            self.ids[name.text] = name.span

    def on_unknown(
        self, node: Node | None, when: Typed | None, span: Span, path: str, choices: tuple[str, ...]
    ) -> Any:
        """Return what a rule does where its condition is unknown: demanded just where it can be."""
        found = self.choice(node, f"{path}.on_unknown", choices)
        if when is None:
            return found
        if when.type.optional and node is None:
            listed = " or ".join(f"`on_unknown: {choice}`" for choice in choices)
            self.report(
                "E0318",
                "the condition can be unknown, and nothing says what then",
                span,
                path,
                f"add {listed}",
            )
            return choices[0]
        if not when.type.optional and node is not None:
            self.report(
                "E0319",
                "the condition is never unknown",
                node.span,
                path,
                "remove `on_unknown`",
                severity="warning",
            )
            return None
        return found


def constant(node: Typed | None) -> Any:
    """Return the value of a constant expression, else None."""
    return node.value if isinstance(node, Const) else None
