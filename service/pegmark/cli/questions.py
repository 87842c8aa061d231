"""From what was typed and what files say to a question; and back, from what is wrong to where.

A file is a snapshot (`asset`, `as_of`, `facts`, as in `fixtures/snapshots`) or the body of
`POST /v1/assessments`. What is typed wins over what the file says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from pegmark.api.schemas.assessment import AssessmentRequest
from pegmark.cli.complaints import complaint, validated
from pegmark.cli.refusal import NOWHERE, Refused
from pegmark.engine.decide import Explain
from pegmark.errors import FactProblem
from pegmark.facts.model import Facts, VenueFacts
from pegmark.facts.snapshot import moment
from pegmark.facts.vocabulary import GROUPS
from pegmark.problems import Problem, Span
from pegmark.storage.documents import Document
from pegmark.storage.fixtures import SnapshotFile, VenueFile, dated
from pegmark.usecases.assess import Question

_ONLY_IN_A_REQUEST = AssessmentRequest.model_fields.keys() - SnapshotFile.model_fields.keys()


Origin = str | tuple[Document, str]
"""The option that was typed, or a file and the JSON pointer that leads there."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed; None where nothing was."""

    as_of: str | None = None
    venue: str | Document | None = None
    sizes: Sequence[float] = ()
    explain: Explain | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, titles for what it is about, and the origin of each part by JSON pointer."""

    question: Question
    title: str | None = None
    venue_title: str | None = None
    origins: Mapping[str, Origin] = field(default_factory=dict)

    def located(self, found: FactProblem) -> Problem:
        """Return a problem of the question as one of what was typed or written."""
        prefixes = [p for p in self.origins if found.pointer == p or found.pointer.startswith(f"{p}/")]
        if not prefixes:
            return Problem(found.code, found.message, None, found.help, yaml_path=found.pointer)
        prefix = max(prefixes, key=len)
        origin = self.origins[prefix]
        if isinstance(origin, str):
            place = Span(origin, NOWHERE, NOWHERE) if origin else None
            return Problem(found.code, found.message, place, found.help)
        document, inner = origin
        pointer = inner + found.pointer.removeprefix(prefix)
        return complaint(document, pointer, found.code, found.message, found.help)


def about_asset(asset: str, today: str, typed: Typed) -> Asked:
    """Return the question about a stored asset, as of `today` unless a date was typed."""
    origins: dict[str, Origin] = {"/asset": ""}
    return with_typed(Question(typed.as_of or today, asset), typed, origins, None)


def about_file(document: Document, typed: Typed) -> Asked:
    """Return the question about what a file states; raises `Refused`."""
    data = document.data
    if not isinstance(data, dict):
        raise Refused([complaint(document, "", "", "the file states no facts", _SHAPE)])
    _refuse_a_venue(document, data)
    is_stored = "facts" not in data and data.keys() <= AssessmentRequest.model_fields.keys()
    if data.keys() & _ONLY_IN_A_REQUEST or (is_stored and data):
        return _about_request(document, typed)
    file = validated(document, SnapshotFile, data)
    _refuse_the_future(document, file.as_of, typed.as_of)
    # INVARIANT: a bare fact is as of its file, also where the file is asked about a later day.
    facts = validated(document, Facts, dated(data["facts"], file.as_of), "/facts")
    question = Question(typed.as_of or file.as_of, file.asset, facts)
    return with_typed(question, typed, {"": (document, "")}, file.title)


_SHAPE = "begin with `asset:`, `as_of:` and `facts:`; fixtures/README.md shows one"


def _about_request(document: Document, typed: Typed) -> Asked:
    data = document.data
    origins: dict[str, Origin] = {"": (document, "")}
    if typed.as_of is None:
        return with_typed(validated(document, AssessmentRequest, data).question(), typed, origins, None)
    stated = validated(document, AssessmentRequest, {"as_of": typed.as_of} | data).as_of
    if data.get("facts") is not None:
        _refuse_the_future(document, stated, typed.as_of)
    request = validated(document, AssessmentRequest, _all_dated(data, stated) | {"as_of": typed.as_of})
    return with_typed(request.question(), typed, origins, None)


def _all_dated(data: Mapping[str, Any], as_of: str) -> dict[str, Any]:
    """Return a request whose bare facts are as of `as_of`."""
    found = dict(data)
    if found.get("facts"):
        found["facts"] = dated(found["facts"], as_of)
    if isinstance(found.get("venue"), dict):
        found["venue"] = dated({"venue": found["venue"]}, as_of)["venue"]
    if found.get("layers"):
        found["layers"] = {
            asset: {"facts": dated(layer["facts"], as_of)} if layer.get("facts") else layer
            for asset, layer in found["layers"].items()
        }
    return found


def with_typed(
    question: Question, typed: Typed, origins: dict[str, Origin], title: str | None = None
) -> Asked:
    """Return a question with what was typed in place of what the file says."""
    venue: str | BaseModel | None = question.venue
    venue_title = None
    if isinstance(typed.venue, str):
        venue, origins["/venue"] = typed.venue, "--venue"
    elif typed.venue is not None:
        venue, venue_title, places = _venue(typed.venue, question.asset)
        origins |= places
    if typed.as_of is not None:
        origins["/as_of"] = "--as-of"
    return Asked(
        question._replace(
            venue=venue,
            sizes=typed.sizes or question.sizes,
            explain=typed.explain or question.explain,
        ),
        title,
        venue_title,
        origins,
    )


def _venue(document: Document, asset: str | None) -> tuple[BaseModel, str, dict[str, Origin]]:
    """Return the facts of a venue's file towards an asset, its title, and the origin of each."""
    data = document.data
    if isinstance(data, dict) and "asset" in data:
        help = "give it instead of the asset; a venue's file begins with `venue:` and `facts:`"
        raise Refused([complaint(document, "/asset", "", "the file states facts about an asset", help)])
    if isinstance(data, dict) and data and data.keys() <= VenueFacts.model_fields.keys():
        return validated(document, VenueFacts, data), document.name, {"/venue": (document, "")}
    file = validated(document, VenueFile, data)
    own = (data.get("assets") or {}).get(asset) or {}
    facts = {**data["facts"], **own}
    if file.as_of is not None:
        facts = dated({"venue": facts}, file.as_of)["venue"]
    origins: dict[str, Origin] = {"/venue": (document, "/facts")}
    origins |= {f"/venue/{name}": (document, f"/assets/{asset}/{name}") for name in own}
    return validated(document, VenueFacts, facts, "/facts"), file.title or file.venue, origins


def _refuse_a_venue(document: Document, data: Mapping[str, Any]) -> None:
    facts = data.get("facts")
    if (
        "venue" in data
        and "asset" not in data
        and isinstance(facts, dict)
        and not facts.keys() & GROUPS.keys()
    ):
        help = "give it as `--venue`, with an asset or an asset's file before it"
        raise Refused([complaint(document, "/venue", "", "the file states facts about a venue", help)])


def _refuse_the_future(document: Document, stated: str, asked: str | None) -> None:
    try:
        is_later = asked is not None and moment(stated) > moment(asked)
    except (ValueError, OverflowError):
        return  # No such date: deciding says so.
    if is_later:
        message = f"the file states facts as of {stated}, and is asked about {asked}, before that"
        raise Refused([complaint(document, "/as_of", "F0002", message, f"ask for {stated} or later")])
