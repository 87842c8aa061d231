"""Two rulebooks side by side: what is said otherwise, and what becomes of whom."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Discriminator, Field, Tag

from pegmark.api.schemas.assessment import Name, Size, venue_form
from pegmark.api.schemas.rulebooks import BookText
from pegmark.api.schemas.shared import Digest, Ratio, Reply, RuleId, Usd
from pegmark.facts.model import AssetName, Facts, Strict, VenueFacts, When
from pegmark.usecases.assess import Question

MOST_ASSETS = 100
Sense = Literal["stricter", "looser", "unclear", "none"]


def _book_form(value: Any) -> str:
    return "by_text" if isinstance(value, (dict, BaseModel)) else "by_id"


AnyBook = Annotated[
    Annotated[Name, Tag("by_id")] | Annotated[BookText, Tag("by_text")], Discriminator(_book_form)
]


class ComparedAsset(Strict):
    """Whom both rulebooks are asked about: a stored asset, or facts; as in a question."""

    asset: AssetName | None = None
    as_of: When = Field(description="A date (its end, UTC) or an instant. Nothing known later is used.")
    facts: Facts | None = None  # type: ignore[valid-type]
    venue: (
        Annotated[
            Annotated[Name, Tag("by_name")] | Annotated[VenueFacts, Tag("by_facts")],  # type: ignore[valid-type]
            Discriminator(venue_form),
        ]
        | None
    ) = Field(None, description="A stored venue's id, or facts about a venue. Absent: the reference venue.")

    def question(self, size: float) -> Question:
        """Return what is asked of both."""
        return Question(self.as_of, self.asset, self.facts, self.venue, sizes=(size,))


class DiffRequest(Strict):
    """Two rulebooks, each by the id of one that is loaded or by its texts; and whom to ask both about."""

    before: AnyBook
    after: AnyBook
    assets: list[ComparedAsset] | None = Field(None, min_length=1, max_length=MOST_ASSETS)
    size_usd: Size = Field(1_000_000.0, description="Of a position in each.")


class ComparedBook(Reply):
    """One of both rulebooks."""

    id: str
    version: str
    resolved_digest: Digest


class ChangePlace(Reply):
    """Where it stands in its rulebook."""

    file: str
    line: int


class BookChange(Reply):
    """One thing that is said otherwise."""

    kind: Literal["added", "removed", "renamed", "moved", "changed"]
    section: str
    id: str = Field(description="Of the rule, param, derived name or source; of settings, their section.")
    what: str | None = Field(description="Which field of it; null is the whole.")
    before: str | None
    after: str | None
    edits: list[str] = Field(description="Of an expression, what became of it in few words.")
    sense: Sense = Field(
        description="What it does to terms, all else equal, where its form shows that; `none` is words alone."
    )
    before_at: ChangePlace | None
    after_at: ChangePlace | None


class Senses(Reply):
    """How many changes there are of each sense."""

    stricter: int
    looser: int
    unclear: int
    none: int


class OutcomeMove(Reply):
    """How many go from one outcome to another."""

    before: str
    after: str
    count: int


class Moves(Reply):
    """Who changes what."""

    of_class: list[OutcomeMove] = Field(alias="class")
    band: list[OutcomeMove]
    status: list[OutcomeMove]


class ChangeQuantile(Reply):
    """The least change that so large a share of those that moved does not exceed."""

    share: float
    change: float


class MeasureMoves(Reply):
    """How a number moved: haircuts as decimals, in total; the venue's cap in USD."""

    name: Literal["maintenance", "initial", "cap"]
    size_usd: Usd | None
    better: int
    worse: int
    unchanged: int
    least: float | None
    most: float | None
    quantiles: list[ChangeQuantile]


class MovedHaircut(Reply):
    """Haircuts of a position, in total."""

    size_usd: Usd
    initial: Ratio
    maintenance: Ratio


class MovedTerms(Reply):
    """What a decision comes to."""

    of_class: str = Field(alias="class")
    band: str
    status: str
    haircuts: list[MovedHaircut]
    venue_cap_usd: Usd


class MovedAsset(Reply):
    """One that gets other terms, and the rules that decide it otherwise."""

    asset: str
    as_of: str
    before: MovedTerms
    after: MovedTerms
    rules: list[RuleId]


class PopulationImpact(Reply):
    """What becomes of whom."""

    population: str
    decided: int
    refused: int
    changed: int
    moves: Moves
    measures: list[MeasureMoves]
    movers: list[MovedAsset] = Field(description="The ten that moved farthest.")


class DiffReply(Reply):
    """What is said otherwise, in the order of evaluation; and what becomes of whom, where that was asked."""

    before: ComparedBook
    after: ComparedBook
    changes: list[BookChange]
    left_out: int = Field(ge=0, description="How many further changes there are.")
    senses: Senses
    impact: PopulationImpact | None
