"""The file of cases that were found: it reads back, and keeps what a person wrote."""

from __future__ import annotations

from pegmark.authoring.mutation.text import Written, suite
from pegmark.authoring.suite import MUTATION
from tests.authoring.suites import reading

FOUND = Written(
    'KO-OWN: `own_paper >= 10%` → `own_paper > 10%`, a "text"',
    "bills",
    None,
    {"backing.components": "{treasury_bill: 90%, own_token: 10%}"},
    {"band": "E", "capped_by": "[KO-OWN]", "cap.venue_usd": "$500M"},
)
FIXTURE = "suite: Beside\nfixtures:\n  bills: {at: 2026-06-30, facts: {reference.kind: fiat}}\n"


def test_what_is_written_reads_back() -> None:
    """Proves that a case that was found is one of a suite, marked by where it comes from."""
    prepared = reading(mutation=suite([FOUND]).partition("\n")[2], beside=FIXTURE)
    assert prepared.problems == []
    [trial] = prepared.trials
    assert trial.case.name == FOUND.name
    assert trial.case.origin == MUTATION
    assert [one.output.name for one in trial.case.expected] == list(FOUND.expect)


def test_what_is_there_stays() -> None:
    """Proves that cases come after what the file holds, letter for letter."""
    before = suite([FOUND]).replace("E,", "D,  # mine\n")
    assert suite([FOUND], before).startswith(before.rstrip("\n"))
    assert suite([FOUND], before).count("- case:") == 2
