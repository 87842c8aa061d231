"""The exceptions: a closed set, drawn in the module, each fit to be shown."""

from __future__ import annotations

import pytest

from pegmark import errors
from pegmark.errors import FactsError, NotFound, PegmarkError, RulebookError, SettingProblem, SettingsError
from pegmark.problems import Problem


def test_every_exception_is_drawn_in_the_tree() -> None:
    """Proves that the tree in the docstring is the whole public set."""
    exceptions = [
        name
        for name in errors.__all__
        if isinstance(getattr(errors, name), type) and issubclass(getattr(errors, name), PegmarkError)
    ]
    drawn = errors.__doc__ or ""
    assert {"PegmarkError", "RulebookError", "FactsError", "NotFound", "SettingsError"} == set(exceptions)
    assert [name for name in exceptions if name not in drawn] == []


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (
            RulebookError([Problem("E0204", "unit mismatch"), Problem("E0301", "no such source")]),
            "rulebook refused:\n  E0204: unit mismatch\n  E0301: no such source",
        ),
        (
            FactsError([("/backing/basis", "shares_not_one", "shares add up to 0.9", None)]),
            "facts refused:\n  /backing/basis: shares add up to 0.9",
        ),
        (FactsError([("", "Q0009", "a.yaml: no", None)]), "facts refused:\n  a.yaml: no"),
        (NotFound("asset", "USDE", ["USDe"]), "no asset is called `USDE`; did you mean `USDe`?"),
        (NotFound("venue", "x"), "no venue is called `x`"),
        (SettingsError([SettingProblem("PEGMARK_PORT", "no")]), "settings refused:\n  PEGMARK_PORT: no"),
    ],
)
def test_a_message_names_everything_that_is_wrong(error: PegmarkError, message: str) -> None:
    """Proves that `str()` of an error is fit to be shown to a user."""
    assert str(error) == message


def test_problems_of_facts_are_read_by_name() -> None:
    """Proves that plain tuples become named ones, so that no reader counts positions."""
    (problem,) = FactsError([("/a", "code", "message", "help")]).problems
    assert (problem.pointer, problem.code, problem.message, problem.help) == ("/a", "code", "message", "help")
