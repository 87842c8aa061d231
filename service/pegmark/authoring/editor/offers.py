"""What is offered where the checker met the mark: names, members, outputs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from pegmark.authoring.editor.index import Index, Kind
from pegmark.authoring.editor.listening import Expression, Heard, Said
from pegmark.authoring.editor.marking import MARK
from pegmark.authoring.editor.study import Study
from pegmark.authoring.outputs import NoSuchOutput, Output, Outputs
from pegmark.authoring.reading import COLUMNS
from pegmark.language import Scope, Symbol
from pegmark.language.functions import FUNCTIONS

_RANKS = ("member", "key", "derived", "param", "outcome", "fact", "function", "word")
_NAME = r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*"
_COMPARED = re.compile(rf"({_NAME})\s*(?:[=!]=\s*|in\s*\([^()]*)\"?[\w ]*$")
_AFTER_OPERAND = re.compile(rf'(?:({_NAME})|[\d%)]|"|[\d][A-Za-z]+)\s+\w*$')
_CALLED = re.compile(r"\w*\s*\(")
_JOINING = ("and", "or", "in", "then", "else")
_BEGINNING = ("not", "if", "true", "false")


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing that may be written: its name, what sort it is, what is said of it, and the text."""

    label: str
    kind: str
    detail: str = ""
    text: str = ""

    @property
    def rank(self) -> int:
        """Return where it stands among others: what is near before what is general."""
        return _RANKS.index(self.kind) if self.kind in _RANKS else 0


def of_names(index: Index, *kinds: Kind) -> list[Offer]:
    """Return names that are defined."""
    return [Offer(name, kind) for kind in kinds for name in index.names(kind)]


# Expressions


def in_expression(expression: Expression, study: Study) -> list[Offer]:
    """Return what may go on an expression where the mark stands."""
    before, _, after = expression.scalar.text.partition(MARK)
    members = _members(before, expression)
    if before.count('"') % 2:
        return [Offer(member, "member") for member in members]
    operand = _AFTER_OPERAND.search(before)
    if operand and operand[1] not in (*_JOINING, *_BEGINNING):
        return [Offer(word, "word") for word in _JOINING]
    found = [Offer(f'"{member}"', "member") for member in members]
    found += _symbols(expression.scope, study)
    ending = "" if _CALLED.match(after) else "("
    for name, function in FUNCTIONS.items():
        if name != "coalesce" or expression.scope.coalesce:
            found.append(Offer(name, "function", function.usage, f"{name}{ending}"))
    return [*found, *(Offer(word, "word") for word in _BEGINNING)]


def _members(before: str, expression: Expression) -> tuple[str, ...]:
    """Return the members of what is compared right before the mark, or of what the whole has to be."""
    compared = _COMPARED.search(before)
    if compared is not None:
        symbol = expression.scope.symbols.get(compared[1])
        return () if symbol is None else symbol.type.members
    return () if expression.expected is None else expression.expected.members


def _symbols(scope: Scope, study: Study) -> Iterator[Offer]:
    facts = study.readable
    for name, symbol in scope.symbols.items():
        kind = "outcome" if symbol.origin == "position" else symbol.origin
        if name not in scope.elsewhere or kind == "outcome":
            detail = facts[name].meaning if name in facts else ""
            yield Offer(name, kind, detail or _typed(symbol))


def _typed(symbol: Symbol) -> str:
    return f"{symbol.type.kind}, may be unknown" if symbol.type.optional else symbol.type.kind


# Tables


def in_table(said: Said, heard: Heard) -> list[Offer]:
    """Return the rows, or the columns, that a table by a choice may have and lacks."""
    path = said.path.rpartition(".")[0]
    present = {key.path for key in heard.keys.values()}
    for section in ("table", "rows", "points"):
        above, found, below = path.rpartition(f".{section}")
        if not found:
            continue
        key = "by2" if below else "by"
        for expression in heard.expressions.values():
            if expression.path == f"{above}.{key}":
                symbol = expression.scope.symbols.get(expression.scalar.text.strip())
                members = () if symbol is None else symbol.type.members
                lacking = (member for member in members if f"{path}.{member}" not in present)
                return [Offer(member, "member", text=f"{member}: ") for member in lacking]
    return []


# Suites


def in_suite(said: Said, study: Study, index: Index, *, is_key: bool) -> list[Offer]:
    """Return what a suite may say where the mark stands, as a key or as a value."""
    assert study.program is not None  # noqa: S101 - without a program no suite is read
    outputs = Outputs(study.program)
    above, last = said.path.removesuffix(said.scalar.text), said.path.rpartition(".")[2]
    ending = ": " if is_key else ""
    if is_key and ".expect." in above:
        return list(_outputs(outputs.names, above.rpartition(".expect.")[2], ending))
    if is_key:
        return list(_facts(study, above.rpartition(".facts.")[2], ending)) if ".facts." in above else []
    if re.search(r"\.given\[\d+\]$", said.path):
        return [*(Offer(column, "key") for column in COLUMNS), *_facts(study, "", "")]
    if re.search(r"tables\[\d+\]\.expect\[\d+\]$", said.path):
        return list(_outputs(outputs.names, "", ""))
    if last == "like" or ".layers." in said.path:
        return of_names(index, "fixture")
    if last == "venue":
        return of_names(index, "venue")
    output = _output(outputs, said.path)
    return [] if output is None else [Offer(member, "member") for member in output.members]


def _facts(study: Study, group: str, ending: str) -> Iterator[Offer]:
    for name, spec in study.stated.items():
        if name.startswith(group):
            short = name.removeprefix(group)
            yield Offer(short, "member" if group else "fact", spec.meaning, f"{short}{ending}")


def _outputs(names: Iterable[str], within: str, ending: str) -> Iterator[Offer]:
    for name in names:
        if name.startswith(within):
            short = name.removeprefix(within)
            yield Offer(short, "key", "output", f"{short}{ending}")


def _output(outputs: Outputs, path: str) -> Output | None:
    """Return the output that a value is expected of: its name is the end of the path."""
    steps = re.sub(r"\[\d+\]$", "", path).split(".")
    for start in range(1, len(steps)):
        with suppress(NoSuchOutput):
            return outputs.find(".".join(steps[start:]))
    return None
