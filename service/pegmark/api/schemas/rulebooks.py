"""Rulebooks, their texts, and what is wrong with a text."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from pegmark.api.schemas.shared import Digest, Href, Reply, RuleId, Why
from pegmark.facts.model import Strict

FileName = Annotated[
    str,
    Field(
        min_length=1,
        max_length=120,
        pattern=r"^[A-Za-z0-9_][A-Za-z0-9_-]*(/[A-Za-z0-9_][A-Za-z0-9_-]*){0,7}\.yaml$",
        examples=["house/classify.yaml"],
    ),
]


class ExtensionEntry(Reply):
    """What an overlay changes, and how it stands to that."""

    rulebook: str = Field(description="The rulebook that it extends.")
    digest: Digest = Field(description="The resolved digest of that rulebook.")
    mode: Literal["tighten", "free"] = Field(
        description="`tighten`: no terms are easier than the base's. `free`: they are held to nothing."
    )


class RulebookEntry(Reply):
    """A rulebook that questions may name."""

    id: str
    version: str
    language: int
    owners: list[str]
    effective: str | None
    is_default: bool = Field(description="Whether it decides where a question names no rulebook.")
    extends: ExtensionEntry | None = Field(description="Of an overlay, what it changes; else null.")
    rules: int
    text_digest: Digest
    resolved_digest: Digest
    href: Href


class RulebookPage(Reply):
    """All rulebooks."""

    items: list[RulebookEntry]
    next: None


class SourceEntry(Reply):
    """Something that rules cite."""

    id: str
    title: str
    href: str


class DatedValue(Reply):
    """A value from a day until the next one starts; ratios are decimals, durations days."""

    start: str = Field(alias="from")
    value: float | bool | str


class ParamEntry(Reply):
    """A dated constant."""

    name: str
    unit: str
    values: list[DatedValue]
    why: Why
    cite: list[str]


class ChangeEntry(Reply):
    """A change that an overlay makes to its base."""

    kind: Literal["rule", "path", "param", "add", "retire"]
    target: str = Field(description="A rule's id, a path, or a param's name.")
    why: str
    cite: list[str]


class RuleEntry(Reply):
    """A rule, in short."""

    id: RuleId
    section: str
    why: Why
    href: Href


class Rulebook(RulebookEntry):
    """A rulebook: its classes, bands, params, sources and rules."""

    classes: list[str] = Field(description="Best to worst.")
    bands: list[str] = Field(description="Best to worst.")
    params: list[ParamEntry]
    sources: list[SourceEntry]
    changes: list[ChangeEntry] = Field(
        description="Of an overlay, what it changes, in the order of its text."
    )
    rule_list: list[RuleEntry]


class RulebookText(Reply):
    """A rulebook as it is written, and the filling-in that is compiled into it."""

    id: str
    version: str
    text_digest: Digest
    files: dict[str, str]


class Rule(Reply):
    """One rule: what it says, why, on what grounds, and where it stands."""

    id: RuleId
    rulebook: str
    version: str
    section: str
    when: str | None = Field(description="When it applies; null is always.")
    then: str = Field(description="What follows; expressions are in the rule language.")
    unknown: str | None = Field(description="What follows where it cannot be told.")
    why: Why
    cite: list[SourceEntry]
    file: str = Field(
        description="Which of the rulebook's files it stands in; the base's name comes before a file of it."
    )
    line: int


class BookText(Strict):
    """The texts of a rulebook by file name. The filling-in is added by the server."""

    files: dict[FileName, Annotated[str, Field(max_length=1_000_000)]] = Field(min_length=1, max_length=64)


class CheckRequest(BookText):
    """The texts of a rulebook by file name. The filling-in is added by the server."""


class Place(Reply):
    """Line and column, both from 1."""

    line: int
    column: int


class Range(Reply):
    """A stretch of a file; `end` is exclusive."""

    start: Place
    end: Place


class RelatedPlace(Reply):
    """Another place that explains a problem."""

    message: str
    file: str
    range: Range


class RulebookProblem(Reply):
    """One thing that is wrong with a text."""

    code: str
    severity: Literal["error", "warning"]
    message: str
    file: str | None
    range: Range | None
    yaml_path: str
    rule_id: str | None
    help: str | None
    note: str | None
    related: list[RelatedPlace]
    href: Href


class CheckReply(Reply):
    """Whether a text is a rulebook, and every problem in it, by file and position."""

    ok: bool
    problems: list[RulebookProblem]
    left_out: int = Field(ge=0, description="How many further problems there are.")
    resolved_digest: Digest | None
