"""A question about an asset."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Discriminator, Field, Tag

from pegmark.facts.model import AssetName, Facts, Strict, VenueFacts, When
from pegmark.usecases.assess import DEFAULT_SIZES, MOST_SIZES, Question

Name = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
Size = Annotated[float, Field(ge=1, le=1e12)]
Explain = Literal["none", "short", "full"]


def venue_form(value: Any) -> str:
    """Tell whether a venue is given by its facts or by its name."""
    # No key of a body, so that `faults` can tell where an error is from how it was found.
    return "by_facts" if isinstance(value, (dict, BaseModel)) else "by_name"


class LayerFacts(Strict):
    """What is known of an asset beneath the one in question."""

    facts: Facts | None = Field(None, description="None: treat the layer as not known.")  # type: ignore[valid-type]


class AssessmentRequest(Strict):
    """A question: which asset, as of when, before which venue, at which sizes.

    With `facts`, `asset` is only a name for them. Without, the stored snapshot of `asset` that was in
    force at `as_of` is decided.
    """

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
    layers: dict[AssetName, LayerFacts] | None = Field(
        None, max_length=20, description="Facts about assets beneath; they win over stored snapshots."
    )
    # Made anew each time: of a default that is given pydantic makes a deep copy, which takes longer.
    sizes_usd: list[Size] = Field(
        default_factory=lambda: list(DEFAULT_SIZES),
        min_length=1,
        max_length=MOST_SIZES,
        json_schema_extra={"default": list(DEFAULT_SIZES)},
    )
    rulebook: Name | None = Field(None, description="Absent: the rulebook this server decides by.")
    rulebook_version: Name | None = Field(None, description="Refused unless it is the version loaded.")
    explain: Explain = "short"

    def question(self) -> Question:
        """Return the request as the question it asks."""
        layers = self.layers
        return Question(
            as_of=self.as_of,
            asset=self.asset,
            facts=self.facts,
            venue=self.venue,
            layers=None if layers is None else {name: layer.facts for name, layer in layers.items()},
            sizes=self.sizes_usd,
            rulebook=self.rulebook,
            version=self.rulebook_version,
            explain=self.explain,
        )
