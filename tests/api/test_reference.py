"""Facts and problem codes: everything that a refusal refers to is there to be read."""

from __future__ import annotations

import pytest

from pegmark.api.codes import CODES as REQUEST_CODES
from pegmark.authoring.codes import CODES as SUITE_CODES
from pegmark.facts.codes import CODES as FACT_CODES
from pegmark.facts.vocabulary import describe
from pegmark.rulebook.codes import RULEBOOK_CODES
from pegmark.usecases.codes import CODES as QUESTION_CODES
from tests.api.conftest import Ask

ALL = sorted({*REQUEST_CODES, *FACT_CODES, *QUESTION_CODES, *RULEBOOK_CODES, *SUITE_CODES})


def test_facts_are_those_of_the_vocabulary(ask: Ask) -> None:
    """Proves that the list is complete and says what the command line says."""
    assert ask("GET", "/v1/facts").json() == {"items": describe(), "next": None}


def test_every_problem_code_is_listed(ask: Ask) -> None:
    """Proves that there is no code that cannot be looked up."""
    page = ask("GET", "/v1/problems").json()
    assert [item["code"] for item in page["items"]] == ALL
    assert {item["status"] for item in page["items"] if item["about"] == "rulebook"} == {None}


@pytest.mark.parametrize("code", ALL)
def test_every_problem_code_has_a_page(ask: Ask, code: str) -> None:
    """Proves that the `type` of a problem is a path that answers, with what to do."""
    entry = ask("GET", f"/v1/problems/{code}").json()
    assert entry["code"] == code
    assert entry["title"]
    if code in REQUEST_CODES:
        assert entry["status"] == REQUEST_CODES[code].status
        assert entry["text"]


def test_the_first_digits_of_a_request_code_are_its_status() -> None:
    """Proves that a reader of a log can tell the status from the code."""
    assert {code: int(code[1:4]) for code in REQUEST_CODES} == {
        code: found.status for code, found in REQUEST_CODES.items()
    }


def test_a_code_is_guessed_at(ask: Ask) -> None:
    """Proves that a mistyped code leads on."""
    (error,) = ask("GET", "/v1/problems/H422O").json()["errors"]
    assert error["parameter"] == "problem_code"
    assert "did you mean `H422" in error["help"]
