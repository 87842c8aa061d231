"""Many questions at once, and their answers."""

from __future__ import annotations

from pydantic import Field

from pegmark.api.schemas.assessment import AssessmentRequest
from pegmark.api.schemas.decision import Decision
from pegmark.api.schemas.problem import ProblemDocument
from pegmark.api.schemas.shared import Reply
from pegmark.facts.model import Strict

MOST_ITEMS = 1_000


class BatchRequest(Strict):
    """Questions, each as `POST /v1/assessments` takes it."""

    items: list[AssessmentRequest] = Field(
        max_length=MOST_ITEMS, description="An item that is refused does not concern the others."
    )


class BatchItem(Reply):
    """The answer to one question: a decision, or why there is none."""

    decision: Decision | None = Field(description="What `POST /v1/assessments` sends, byte for byte.")
    problem: ProblemDocument | None = Field(description="The same; its pointers begin at the item.")


class BatchReply(Reply):
    """An answer to each question, in their order."""

    items: list[BatchItem]
    decided: int = Field(ge=0, description="How many items have a decision.")
    refused: int = Field(ge=0, description="How many have a problem instead.")
