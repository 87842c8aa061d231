"""What explains the rest: facts, problems, health."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from pegmark.api.schemas.shared import Digest, Href, Reply


class Kind(Reply):
    """One kind of backing."""

    kind: str
    meaning: str


class FactEntry(Reply):
    """One fact that may be stated, and what is wrong with more or less of it."""

    name: str
    unit: str
    members: list[str] | None = Field(description="Choices of an enum, worst to best.")
    low: float | None
    high: float | None
    worse: str = Field(description="Which way is worse for a lender.")
    max_age_days: int | None = Field(description="Older than this at `as_of`, the fact counts as unknown.")
    meaning: str
    where: str = Field(description="Where a risk team finds it.")
    kinds: list[Kind] | None = Field(description="For the list of components: the kinds, best to worst.")


class FactPage(Reply):
    """The vocabulary: every fact that may be stated."""

    items: list[FactEntry]
    next: None


class ProblemEntry(Reply):
    """A problem code."""

    code: str
    title: str
    about: Literal["request", "facts", "question", "rulebook", "suite"]
    status: int | None = Field(
        description="The HTTP status it comes with; null within a check of a rulebook."
    )
    href: Href


class ProblemPage(Reply):
    """Every problem code, sorted."""

    items: list[ProblemEntry]
    next: None


class ProblemPageEntry(ProblemEntry):
    """A problem code, and its page where there is one."""

    text: str | None = Field(description="What it means and what to do, in Markdown.")


class Live(Reply):
    """The process answers."""

    status: Literal["live"]


class Ready(Reply):
    """Everything is loaded, and this is what."""

    status: Literal["ready"]
    version: str
    rulebook: str
    rulebook_version: str
    rulebook_digest: Digest
    engine_digest: Digest
    assets: int
    venues: int
