"""What is wrong with a file of facts, in words that name the fact, and where in the file."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from pydantic import BaseModel, ValidationError

from pegmark.api.faults import Fault, faults_of
from pegmark.cli.amounts import span
from pegmark.cli.documents import tokens
from pegmark.cli.refusal import NOWHERE, Refused
from pegmark.facts.model import VenueFacts
from pegmark.facts.vocabulary import FACTS, GROUPS, FactSpec
from pegmark.language import nearest
from pegmark.problems import Problem, Span
from pegmark.storage.documents import Document
from pegmark.storage.fixtures import VenueFile

_WRITE = {
    "ratio": "write a decimal: `0.05` for 5 %",
    "USD": "write USD as a bare number: `50000000` for $50M",
    "days": "write a number of days: `0.5` for 12 hours",
    "number": "write a bare number",
    "bool": "write `true` or `false`",
}


def validated(document: Document, model: Any, data: Any, at: str = "") -> Any:
    """Return the model that `data`, at the pointer `at`, states.

    Raises `Refused` with every problem, in the order of the file.
    """
    try:
        return model.__pydantic_validator__.validate_python(data, strict=True)
    except ValidationError as error:
        faults, left_out = faults_of(error, model, data)
    problems = [
        complaint(document, at + (fault.pointer or ""), fault.code, *_worded(fault, model))
        for fault in faults
    ]
    problems.sort(key=lambda problem: problem.span.start if problem.span else NOWHERE)
    if left_out:
        problems.append(complaint(document, "", "", f"and {left_out} more"))
    raise Refused(problems)


def complaint(document: Document, pointer: str, code: str, message: str, help: str | None = None) -> Problem:
    """Return a problem at a JSON pointer of a file."""
    at, _ = document.place(tokens(pointer))
    at = at or NOWHERE
    return Problem(code, message, Span(document.name, at, at), help, yaml_path=pointer)


def _worded(fault: Fault, model: type[BaseModel]) -> tuple[str, str | None]:
    """Return a fault as a message that says which key it is about, and what to write instead."""
    path = tokens(fault.pointer or "")
    if model in (VenueFile, VenueFacts):
        path = ["venue", *(key for key in path if key != "facts")]
    key = f"`{path[-1]}`" if path else "the file"
    message = fault.detail.replace("the key", f"the key {key}", 1)
    if message == fault.detail:
        message = f"{key}: {message}" if not message.startswith("should") else f"{key} {message}"
    if fault.code == "H4222":
        return message, _meant(path) or _over_here(fault.help)
    fact = next((FACTS[name] for name in map(".".join, pairwise(path)) if name in FACTS), None)
    if fact is not None and path[-1] in ("value", fact.name.partition(".")[2]):
        return message, f"{_allowed(fact, fault)}; see `pegmark facts {fact.name}`"
    return message, _over_here(fault.help)


def _meant(path: Sequence[str]) -> str | None:
    """Return the fact that was probably meant by an unknown key."""
    group, short = path[-2] if len(path) > 1 else "", path[-1]
    if group not in GROUPS:
        return None
    elsewhere = [name for name in FACTS if name.partition(".")[2] == short]
    if elsewhere:
        return f"it is a fact of another group: `{elsewhere[0]}`"
    near = nearest(short, [spec.name.partition(".")[2] for spec in GROUPS[group]])
    return f"did you mean `{near}`?" if near else None


def _allowed(fact: FactSpec, fault: Fault) -> str:
    if fact.kind == "enum" or fact.kind not in _WRITE:
        return fault.help or ""
    if fault.code == "H4224" and fact.low is not None and fact.high is not None:
        return f"{span(fact.kind, fact.low, fact.high)}"
    return _WRITE[fact.kind]


def _over_here(help: str | None) -> str | None:
    # The codes are those of the API, which lists the facts in another place.
    return help.replace("`GET /v1/facts`", "`pegmark facts`") if help else None
