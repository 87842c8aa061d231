"""What several requests or responses have in common."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Reply(BaseModel):
    """A response: every key is there, and no other."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


Ratio = Annotated[float, Field(ge=0, le=1, description="A decimal from 0 to 1.")]
Usd = Annotated[float, Field(ge=0, description="US dollars.")]
Points = Annotated[int, Field(ge=0, le=100)]
Digest = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$", examples=["sha256:" + "0" * 64])]
RuleId = Annotated[str, Field(min_length=1, description="The rule's permanent id: `GET /v1/rules/{id}`.")]
Why = Annotated[str, Field(description="Why the rule is there.")]
Href = Annotated[str, Field(description="Where to read on: a path on this server.", examples=["/v1/facts"])]
