"""The decision on an asset."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from pegmark.api.schemas.shared import Digest, Points, Ratio, Reply, RuleId, Usd, Why


class Scores(Reply):
    """Scores of the pillars and of the whole, 0-100."""

    model_config = Reply.model_config | {"extra": "allow"}
    __pydantic_extra__: dict[str, Points]

    composite: Points


class Haircuts(Reply):
    """A haircut in parts: total = 1 - (1 - basis)(1 - reference)."""

    basis: Ratio
    reference: Ratio
    total: Ratio


class WaterfallLine(Reply):
    """One line of the waterfall; lines sum to the maintenance basis."""

    rule: RuleId
    amount: float
    reads: dict[str, float | bool | str | None] = Field(description="What the rule read; null is unknown.")
    why: Why


class WaterfallBound(Reply):
    """What bounding and rounding added."""

    rule: Literal["BOUND", "ROUND"]
    amount: float


class HaircutAtSize(Reply):
    """Haircuts of a position of one size, as a whole."""

    size_usd: Usd
    initial: Haircuts
    maintenance: Haircuts


class ExplainedHaircutAtSize(HaircutAtSize):
    """Haircuts of a position of one size, and how maintenance came about."""

    waterfall: list[WaterfallLine | WaterfallBound]


class Tier(Reply):
    """One tier of the ladder: what applies to the part of a position between two sizes."""

    from_usd: Usd
    to_usd: Usd | None = Field(description="Null: without end.")
    initial: Ratio
    maintenance: Ratio


class Mark(Reply):
    """The price that the terms assume."""

    basis: str | None
    quote: str | None
    min_sources: int
    max_source_weight: Ratio
    max_age_seconds: int
    floor: float | None
    rule: RuleId


class Limit(Reply):
    """One exposure limit."""

    usd: float
    unknown: bool = Field(description="Whether the limit stands in for an amount that is unknown.")


class Cap(Reply):
    """How much to take."""

    venue_usd: Usd
    account_usd: Usd
    headroom_usd: Usd | None
    binding: str | None = Field(description="The limit that sets the cap.")
    limits: dict[str, Limit]


class ConditionLine(Reply):
    """What the venue must do for the terms to hold."""

    code: str
    parameter: str
    value: float | bool | str | None
    applies: Literal["acceptance", "intake", "continuous"]
    rule: RuleId
    why: Why


class Finding(Reply):
    """What is unsafe about the venue's own terms."""

    code: str
    severity: Literal["low", "medium", "high", "critical"]
    rule: RuleId
    why: Why
    remedy: str


class UnknownFact(Reply):
    """A fact that was not known, and whether knowing it could have changed anything."""

    fact: str
    state: Literal["not_disclosed", "not_collected", "not_credible", "stale"]
    mattered: bool


class FactChange(Reply):
    """One change of a fact; of `backing.components`, the share that moves from one kind to another."""

    fact: str
    was: Literal["known", "estimated", "not_disclosed", "not_collected", "not_credible", "stale"]
    from_: float | bool | str | None = Field(alias="from", description="Null: it was not known.")
    to: float | bool | str | None = Field(
        description="The least that suffices, with the other changes. The same as `from`: known, no estimate."
    )
    share: Annotated[float, Field(ge=0, le=10)] | None = Field(description="Of backing, what moves.")


class HaircutThen(Reply):
    """The haircut at the first size, in total."""

    size_usd: Usd
    initial: Ratio
    maintenance: Ratio


class Counterfactual(Reply):
    """Changes that suffice, none of which can be left out, and what is decided then."""

    whose: Literal["asset", "venue", "both"] = Field(description="Whose facts change.")
    changes: list[FactChange]
    class_: str = Field(alias="class")
    band: str
    status: Literal["accept", "no_new", "run_off", "ineligible"]
    haircut: HaircutThen
    venue_cap_usd: Usd


class Counterfactuals(Reply):
    """What it would take to be better: the fewest changes of facts, found by search."""

    to_band: str | None = Field(description="The next better band; null where there is none.")
    to_status: Literal["accept"] | None = Field(description="Where the asset is not accepted at all.")
    found: list[Counterfactual] = Field(description="At most three of each side, smallest moves first.")
    exhausted: bool = Field(
        description="Whether all that may be changed was searched. False: there may be more."
    )
    runs: int = Field(ge=0, description="How often the rules were run to find this.")


class Digests(Reply):
    """What the decision follows from: equal digests, equal bytes."""

    facts: Digest
    rulebook: Digest
    engine: Digest


class Decision(Reply):
    """What the asset is, how good it is, on what terms to take it, and why."""

    id: Annotated[str, Field(pattern=r"^dec_[a-z2-7]{26}$", examples=["dec_" + "a" * 26])]
    asset: str | None
    as_of: str
    venue: str
    class_: str = Field(alias="class")
    status: Literal["accept", "no_new", "run_off", "ineligible"]
    status_by: list[RuleId] = Field(description="The rules it follows from; none where it is `accept`.")
    eligible: bool
    scores: Scores
    band: str
    capped_by: list[RuleId]
    haircuts: list[ExplainedHaircutAtSize | HaircutAtSize]
    ladder: list[Tier]
    mark: Mark
    close_out_hours: float
    cap: Cap
    conditions: list[ConditionLine]
    findings: list[Finding]
    unknown: list[UnknownFact]
    decided_by: RuleId
    trace: list[dict[str, Any]] | None = Field(description="With `explain` `full`, every rule evaluated.")
    counterfactuals: Counterfactuals | None = Field(description="With `explain` `full`, what it would take.")
    digests: Digests
