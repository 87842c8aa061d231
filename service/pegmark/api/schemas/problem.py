"""Every failure, as RFC 9457 has it."""

from __future__ import annotations

from pydantic import Field

from pegmark.api.schemas.shared import Reply


class ErrorLine(Reply):
    """One thing that is wrong."""

    code: str
    detail: str
    help: str | None
    pointer: str | None = Field(description="Where in the body (RFC 6901); empty is the whole body.")
    parameter: str | None = Field(description="Which header, query parameter or part of the path.")


class ProblemDocument(Reply):
    """Why a request failed: `type` is permanent and can be followed."""

    type: str
    title: str
    status: int = Field(ge=400, le=599)
    detail: str
    errors: list[ErrorLine]
    left_out: int = Field(ge=0, description="How many further errors there are.")
