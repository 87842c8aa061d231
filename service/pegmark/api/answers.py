"""One question in, as its bytes; its answer out, as the bytes that `POST /v1/assessments` sends.

No framework here: an item of a batch and a line of a file are answered as a request is.
"""

from __future__ import annotations

from typing import NamedTuple

import orjson

from pegmark.api.reading import validated
from pegmark.api.refusals import Limit, Refusal, body_of, refusal_of
from pegmark.api.schemas.assessment import AssessmentRequest
from pegmark.errors import FactsError
from pegmark.usecases.assess import Question, assess
from pegmark.usecases.desk import Desk

__all__ = ["Answer", "answer", "is_long", "question_of", "refused"]


class Answer(NamedTuple):
    """A decision, or a problem document; `refusal` is what the latter was made of."""

    body: bytes
    refusal: Refusal | None = None


def question_of(body: bytes, limit: Limit) -> Question:
    """Return the question that a body asks; raises `Refusal`."""
    if len(body) > limit.most:
        raise limit.refusal()
    return validated(AssessmentRequest, body).question()


def answer(desk: Desk, question: Question) -> Answer:
    """Return the answer to a question."""
    try:
        return Answer(orjson.dumps(assess(desk, question)))
    except FactsError as error:
        return refused(refusal_of(error))


def refused(refusal: Refusal) -> Answer:
    """Return a refusal as an answer."""
    return Answer(body_of(refusal), refusal)


def is_long(question: Question) -> bool:
    """Return whether an answer takes a hundred times as long as others: it says what it would take."""
    return question.explain == "full"
